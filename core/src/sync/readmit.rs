//! Coming back to a server that was put back from a backup made before this device enrolled.
//!
//! It answers that it does not know the device. The certificate of enrolment, which the organisation signed, proves
//! otherwise; with it the device is taken in under its old number and offers everything again. It is given nothing
//! before a supervisor confirmed it, for the server does not know any more what it was allowed to see.

use super::Unfinished;
use super::run::Run;
use crate::store::Error;
use crate::wire::v1::Readmit;
use crate::wire::{Exchange, Refusal};

impl<E: Exchange> Run<'_, E> {
    /// Whether a refusal says that the server does not know this replica, and it can show who it is.
    pub(super) fn may_be_readmitted(&self, refusal: &Refusal) -> Result<bool, Error> {
        Ok(refusal.code == "unknown_device" && !self.readmitted && self.store.lock().admission()?.is_some())
    }

    /// Shows the certificate, and offers everything again that the server does not have.
    pub(super) async fn readmit(&mut self) -> Result<(), Unfinished> {
        self.readmitted = true;
        let Some(readmit) = self.request()? else { return Ok(()) };
        let mut tries = 0;
        let reply = loop {
            match self.or_cancelled(self.exchange.readmit(readmit.clone())).await? {
                Ok(reply) => break reply,
                Err(error) => self.wait_or_give_up(error, &mut tries).await?,
            }
        };
        Ok(self.store.lock().offer_again(reply.epoch, reply.last_seq)?)
    }

    /// Asks for the certificate of this replica where it has none: it is one made after a fork.
    pub(super) async fn keep_admission(&mut self) -> Result<(), Unfinished> {
        if self.store.lock().admission()?.is_some() {
            return Ok(());
        }
        match self.or_cancelled(self.exchange.admission()).await? {
            Ok(admission) => match self.store.lock().set_admission(&admission) {
                Err(Error::Certificate(what)) => Err(Unfinished::Garbled(what.into())),
                kept => Ok(kept?),
            },
            // It is for a day that may never come: a later run asks again.
            Err(_) => Ok(()),
        }
    }

    fn request(&self) -> Result<Option<Readmit>, Error> {
        let store = self.store.lock();
        let Some(admission) = store.admission()? else { return Ok(None) };
        Ok(Some(Readmit {
            admission,
            chain_key: store.identity()?.chain_key.clone(),
            grids: store.grids().iter().map(|grid| grid.code.clone()).collect(),
            scope_version: store.scope_version()?,
        }))
    }
}
