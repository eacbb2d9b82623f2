//! One run of sync. The store is locked for one step at a time and never across a wait.

use super::plan::{self, Situation, Step};
use super::{Cancel, Progress, Stage, SyncListener, SyncReport, Unfinished};
use crate::ids::{GridCode, RecordId, ReplicaId, Seq};
use crate::store::{Error, Identity, Photo, Rekeying, SessionRow, Shared};
use crate::time::Clock;
use crate::wire::chain::{receipt_is_signed, sign_head};
use crate::wire::v1::{Facts, Fork, Page, Pull, PullReply, Push, PushReply, Receipt, Rekey};
use crate::wire::{Bytes, Exchange, ExchangeError, Refusal};
use std::collections::VecDeque;
use std::future::Future;
use std::time::Duration;

/// A server that asks for a longer wait is left alone until the next run.
const BUSY_MAX: Duration = Duration::from_secs(60);
/// Most rounds of handing in that a server may ask for without any progress.
const FRUITLESS_MAX: u32 = 3;

/// How a run is done.
#[derive(Debug, Clone)]
pub struct Options {
    /// Bytes of records in one page.
    pub page_bytes: u32,
    /// How often a request is tried again when the network fails.
    pub retries_max: u32,
    /// Wait before the first repetition; each further one waits twice as long.
    pub backoff: Duration,
    /// Take what the server has, after handing in; without, the run only hands in.
    pub pull: bool,
    /// Upload photos too.
    pub photos: bool,
    /// How the device is doing; what the store knows is filled in.
    pub facts: Facts,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            page_bytes: 1 << 20,
            retries_max: 4,
            backoff: Duration::from_millis(500),
            pull: true,
            photos: true,
            facts: Facts::default(),
        }
    }
}

/// Runs sync once. It always answers a report; `unfinished` in it says why it stopped early.
pub async fn sync<E: Exchange>(
    store: &Shared,
    exchange: &E,
    clock: &dyn Clock,
    options: &Options,
    listener: &dyn SyncListener,
    cancel: &Cancel,
) -> SyncReport {
    let (started_ms, started_mono) = (clock.wall_ms(), clock.mono_ms());
    let mut run = Run {
        store,
        exchange,
        clock,
        options,
        listener,
        cancel,
        report: SyncReport::default(),
        session: 0,
        push_from: None,
        fruitless: 0,
        pulled: false,
        held: false,
        turned_away: None,
        facts_sent: false,
        readmitted: false,
        diverged: VecDeque::new(),
        photos: VecDeque::new(),
    };
    run.report.unfinished = run.steps().await.err();
    let mut report = run.report;
    report.duration_ms = clock.mono_ms().saturating_sub(started_mono);
    let session = SessionRow {
        started_ms,
        duration_ms: report.duration_ms,
        outcome: report.unfinished.as_ref().map_or("finished", Unfinished::code).to_owned(),
        pushed: report.pushed,
        pulled: report.pulled,
        quarantined: report.quarantined,
        photos: report.photos,
        bytes_up: report.bytes_up,
        bytes_down: report.bytes_down,
        retries: report.retries,
        divergences: report.divergences,
    };
    // A full disk must not turn a finished run into a failed one: the row is for reading only.
    let _ = store.lock().add_session(&session);
    report
}

pub(super) struct Run<'a, E> {
    pub(super) store: &'a Shared,
    pub(super) exchange: &'a E,
    clock: &'a dyn Clock,
    options: &'a Options,
    listener: &'a dyn SyncListener,
    cancel: &'a Cancel,
    pub(super) report: SyncReport,
    pub(super) session: u64,
    push_from: Option<Seq>,
    fruitless: u32,
    pulled: bool,
    held: bool,
    turned_away: Option<Refusal>,
    facts_sent: bool,
    pub(super) readmitted: bool,
    pub(super) diverged: VecDeque<(GridCode, u64)>,
    pub(super) photos: VecDeque<Photo>,
}

/// Why a run ends where nothing was asked because the device itself failed.
pub(super) fn failed_here(error: Box<dyn std::error::Error + Send + Sync>) -> Unfinished {
    match error.downcast::<Error>() {
        Ok(error) => Unfinished::Store(*error),
        Err(other) => Unfinished::Garbled(other.to_string()),
    }
}

impl<E: Exchange> Run<'_, E> {
    async fn steps(&mut self) -> Result<(), Unfinished> {
        self.session = u64::from_be_bytes(random()?);
        if self.options.photos {
            self.photos = self.store.lock().photos_pending()?.into();
        }
        loop {
            if self.cancel.is_cancelled() {
                return Err(Unfinished::Cancelled);
            }
            let now = Situation {
                to_push: self.push_from.is_some() || self.store.lock().first_pending()?.is_some(),
                pulled: self.pulled || !self.options.pull,
                held: self.held,
                turned_away: self.turned_away.is_some(),
                diverged: self.diverged.len(),
                photos: self.photos.len(),
            };
            match plan::next(&now) {
                Step::Push => self.push().await?,
                Step::Pull => self.pull().await?,
                Step::Repair => self.repair().await?,
                Step::Photo => self.photo().await?,
                Step::Done => {
                    if let Some(refusal) = self.turned_away.take() {
                        return Err(Unfinished::Refused(refusal));
                    }
                    self.keep_admission().await?;
                    return if self.held { Err(Unfinished::Held) } else { Ok(()) };
                }
            }
        }
    }

    async fn push(&mut self) -> Result<(), Unfinished> {
        let push = {
            let store = self.store.lock();
            let identity = store.identity()?;
            let first = match self.push_from.take() {
                Some(seq) => seq,
                None => store.first_pending()?.unwrap_or(Seq(1)),
            };
            let Some(batch) = store.batch(first)? else { return Ok(()) };
            let head = sign_head(&identity.signing_key()?, identity.rid, batch.last_seq(), batch.hash);
            Push {
                session: self.session,
                rid: identity.rid,
                epoch: store.epoch()?,
                first_seq: batch.first_seq,
                prev_hash: batch.prev_hash,
                changes: batch.changes,
                signature: Bytes(head),
            }
        };
        let exchange = self.exchange;
        let reply = self.ask(|| exchange.push(push.clone())).await;
        let Some(reply) = self.unless_turned_away(reply)? else { return Ok(()) };
        match reply {
            PushReply::Received(receipt) => self.take_receipt(&push, &receipt),
            PushReply::Gap { expected_seq } => {
                self.fruitless("gap")?;
                if expected_seq.0 == 0 || expected_seq > Seq(push.first_seq.0 + push.changes.len() as u64) {
                    return Err(Unfinished::Garbled("a gap that cannot be filled".into()));
                }
                self.push_from = Some(expected_seq);
                Ok(())
            }
            PushReply::Fork(fork) => self.rekey(fork).await,
            PushReply::Epoch { epoch, last_seq } => {
                self.fruitless("epoch")?;
                self.store.lock().offer_again(epoch, last_seq)?;
                self.pulled = false;
                Ok(())
            }
        }
    }

    fn take_receipt(&mut self, push: &Push, receipt: &Receipt) -> Result<(), Unfinished> {
        let mut store = self.store.lock();
        let identity = store.identity()?;
        let Receipt { rid, durable_seq, hash, epoch, signature, .. } = receipt;
        if *rid != identity.rid
            || !receipt_is_signed(&identity.receipt()?, *rid, *durable_seq, *hash, *epoch, &signature.0)
        {
            return Err(Unfinished::Garbled("a receipt without the server's signature".into()));
        }
        self.report.pushed += store.take_receipt(receipt)?;
        self.report.quarantined += receipt.quarantined.len() as u64;
        let left = store.pending_count()?;
        drop(store);
        if *durable_seq < push.first_seq {
            self.fruitless("receipt")?;
        } else {
            self.fruitless = 0;
        }
        self.tell(Stage::Pushing, self.report.pushed, Some(self.report.pushed + left));
        Ok(())
    }

    /// A server that keeps asking for the same is not asked for ever.
    fn fruitless(&mut self, what: &str) -> Result<(), Unfinished> {
        self.fruitless += 1;
        if self.fruitless > FRUITLESS_MAX {
            return Err(Unfinished::Garbled(format!("the server repeats itself ({what})")));
        }
        Ok(())
    }

    async fn pull(&mut self) -> Result<(), Unfinished> {
        let pull = {
            let store = self.store.lock();
            Pull {
                session: self.session,
                epoch: store.epoch()?,
                scope_version: store.scope_version()?,
                last_seq: store.last_seq(),
                cursors: store.cursors()?,
                bytes_max: self.options.page_bytes,
                facts: if self.facts_sent { None } else { Some(self.facts(&store)?) },
            }
        };
        let exchange = self.exchange;
        let reply = self.ask(|| exchange.pull(pull.clone())).await;
        let Some(reply) = self.unless_turned_away(reply)? else { return Ok(()) };
        match reply {
            PullReply::Page(page) => {
                self.facts_sent = true;
                self.take_page(&page)
            }
            PullReply::Fork(fork) => self.rekey(fork).await,
            PullReply::Unconfirmed => {
                self.held = true;
                Ok(self.store.lock().set_held(true)?)
            }
        }
    }

    fn take_page(&mut self, page: &Page) -> Result<(), Unfinished> {
        let mut store = self.store.lock();
        store.set_held(false)?;
        let offset_before_ms = store.clock_offset_ms()?;
        let effect = store.take_page(page, self.clock.wall_ms())?;
        store.put_right(offset_before_ms, self.clock)?;
        self.report.pulled += effect.records;
        self.report.left += effect.left;
        self.report.unreadable += effect.unreadable;
        if !page.more {
            self.pulled = true;
            for theirs in &page.digests {
                let ours = store.digest(&theirs.grid, RecordId([0; 16]), None)?;
                if (ours.count, ours.sum) != (theirs.count, theirs.sum) {
                    self.diverged.push_back((theirs.grid.clone(), theirs.count));
                    self.report.divergences += 1;
                }
            }
            if self.options.photos {
                // Photos that the server misses were made pending by the page.
                self.photos = store.photos_pending()?.into();
            }
        }
        drop(store);
        self.tell(Stage::Pulling, self.report.pulled, None);
        Ok(())
    }

    async fn rekey(&mut self, fork: Fork) -> Result<(), Unfinished> {
        self.fruitless("fork")?;
        let mut new: Identity = self.store.lock().identity()?.clone();
        let fresh = Rekeying {
            old_rid: new.rid,
            replica: ReplicaId(random()?),
            device_key: Bytes(random::<32>()?.to_vec()),
            chain_key: Bytes(random::<32>()?.to_vec()),
        };
        let keys = self.store.lock().rekeying(fresh)?;
        (new.replica, new.device_key, new.chain_key) = (keys.replica, keys.device_key, keys.chain_key);
        let rekey = Rekey {
            old_rid: keys.old_rid,
            replica: new.replica,
            device_key: Bytes(new.signing_key()?.verifying_key().to_bytes().to_vec()),
            chain_key: new.chain_key.clone(),
            fork,
        };
        let exchange = self.exchange;
        let reply = self.ask(|| exchange.rekey(rekey.clone())).await;
        let Some(reply) = self.unless_turned_away(reply)? else { return Ok(()) };
        new.rid = reply.rid;
        self.store.lock().rekey(fork, new)?;
        self.push_from = None;
        self.report.rekeyed = true;
        Ok(())
    }

    fn facts(&self, store: &crate::store::Store) -> Result<Facts, Error> {
        let last = store.sessions(1)?.pop().unwrap_or_default();
        Ok(Facts {
            wall_ms: self.clock.wall_ms(),
            retries: last.retries.try_into().unwrap_or(u32::MAX),
            last_session_ms: last.duration_ms.try_into().unwrap_or(u32::MAX),
            outbox: store.pending_count()?.try_into().unwrap_or(u32::MAX),
            ..self.options.facts.clone()
        })
    }

    /// A revoked device gets nothing more, and may still hand in photos: the run goes on with them, and ends with what
    /// it was told.
    fn unless_turned_away<T>(&mut self, reply: Result<T, Unfinished>) -> Result<Option<T>, Unfinished> {
        match reply {
            Err(Unfinished::Refused(refusal))
                if [Refusal::REVOKED, Refusal::QUOTA_USED].contains(&refusal.code.as_str()) =>
            {
                self.turned_away = Some(refusal);
                Ok(None)
            }
            reply => reply.map(Some),
        }
    }

    /// Asks, and asks again when the network fails: every request may be repeated.
    pub(super) async fn ask<T, F>(&mut self, request: impl Fn() -> F) -> Result<T, Unfinished>
    where
        F: Future<Output = Result<T, ExchangeError>>,
    {
        let mut tries = 0;
        loop {
            match self.or_cancelled(request()).await? {
                Ok(answer) => return Ok(answer),
                Err(ExchangeError::Refused(refusal)) if self.may_be_readmitted(&refusal)? => {
                    self.readmit().await?;
                }
                Err(error) => self.wait_or_give_up(error, &mut tries).await?,
            }
        }
    }

    /// Waits before the next try; gives up on what another try cannot mend.
    pub(super) async fn wait_or_give_up(
        &mut self,
        error: ExchangeError,
        tries: &mut u32,
    ) -> Result<(), Unfinished> {
        let mut wait = self.options.backoff * 2u32.pow((*tries).min(6));
        match error {
            ExchangeError::Busy(asked) if *tries < self.options.retries_max && asked <= BUSY_MAX => {
                wait = wait.max(asked);
            }
            ExchangeError::Busy(asked) => return Err(Unfinished::Busy(asked)),
            // Under the server's next address, or a moment later, the server itself may answer.
            ExchangeError::Unreachable(_) | ExchangeError::Untrusted if *tries < self.options.retries_max => {
            }
            ExchangeError::Unreachable(reason) => return Err(Unfinished::Unreachable(reason)),
            ExchangeError::Untrusted => return Err(Unfinished::Untrusted),
            ExchangeError::Refused(refusal) => return Err(Unfinished::Refused(refusal)),
            ExchangeError::Garbled(reason) => return Err(Unfinished::Garbled(reason)),
            ExchangeError::Local(error) => return Err(failed_here(error)),
        }
        *tries += 1;
        self.report.retries += 1;
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Unfinished::Cancelled),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// What comes of some work, unless the run is cancelled meanwhile.
    pub(super) async fn or_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T, Unfinished> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Unfinished::Cancelled),
            done = work => Ok(done),
        }
    }

    /// Waits until the run is cancelled.
    pub(super) fn cancelled(&self) -> impl Future<Output = ()> + use<E> {
        let cancel = self.cancel.clone();
        async move { cancel.cancelled().await }
    }

    pub(super) fn tell(&self, stage: Stage, done: u64, total: Option<u64>) {
        self.listener.progress(Progress { stage, done, total });
    }
}

/// Bytes from the system's random source.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}
