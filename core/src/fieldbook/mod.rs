//! The fieldbook: what a screen may ask of the device, one method for each thing a worker does.
//!
//! It puts together the store, the clock and sync; it holds no state of its own. All methods but [`Fieldbook::sync`] and
//! [`Fieldbook::enrol`] are short and blocking.

mod actions;
mod clock;
mod compose;
mod diagnostics;
mod drafts;
mod duplicates;
mod enrol;
mod forms;
mod list;
mod locked;
mod map;
mod page;
#[cfg(test)]
mod question_tests;
pub(crate) mod reveal;
mod safe;
mod said;
#[cfg(test)]
mod tests;
mod waiting;

pub use clock::SystemClock;
pub use compose::SaveRequest;
pub use drafts::DraftRow;
pub use duplicates::Duplicates;
pub use enrol::Enrolment;
use locked::Lock;
pub use map::{DraftMark, DrawList, Outline};
pub use page::{Custody, Difference, EntityRecord, PageField, PagePhoto, PageValue, RecordPage};
pub use reveal::RevealReason;
pub use safe::Safe;
pub use said::{Said, ShownChange, ShownWrite};
pub use waiting::Waiting;

use crate::ids::{PhotoHash, RecordId, TypeNo};
use crate::merge::RecordState;
use crate::record::TypeRef;
pub use crate::store::{Error, Refused};
use crate::store::{
    Hits, Identity, Logged, NewChange, OpenOptions, Saved, SessionRow, Shared, ShownRow, Store,
};
use crate::sync::http::HttpExchange;
use crate::sync::run::random;
use crate::sync::{Cancel, Options, SyncListener, SyncReport, sync};
use crate::time::{Clock, UtcMs};
use crate::wire::Exchange;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Photos that nothing names are kept for a week.
const UNCLAIMED_MS: UtcMs = 7 * 24 * 60 * 60 * 1000;

/// The device's fieldbook. Clones are the same one.
#[derive(Clone)]
pub struct Fieldbook {
    store: Shared,
    clock: Arc<dyn Clock>,
    stall: Duration,
    lock: Option<Arc<Lock>>,
}

impl Fieldbook {
    /// Opens the fieldbook in a directory, making it if it is not there.
    pub fn open(dir: &Path, options: &OpenOptions, clock: Arc<dyn Clock>) -> Result<Fieldbook, Error> {
        let mut store = Store::open(dir, options)?;
        // Photos of forms that were left without a draft. Where they cannot be discarded, they cost room, nothing more.
        let _ = store.discard_unclaimed_photos(clock.wall_ms().saturating_sub(UNCLAIMED_MS));
        let store = Shared::new(store);
        Ok(Fieldbook { store, clock, stall: crate::sync::http::STALL, lock: None })
    }

    /// How long without a byte counts as a stalled network; 15 seconds unless set.
    pub fn set_stall(&mut self, stall: Duration) {
        self.stall = stall;
    }

    /// The store underneath, for one step at a time.
    pub fn store(&self) -> &Shared {
        &self.store
    }

    /// Who this device is, once it is enrolled.
    pub fn identity(&self) -> Result<Identity, Error> {
        self.store.lock().identity().cloned()
    }

    /// Makes this device a replica without asking a server: for simulations and for servers' own writers.
    pub fn set_identity(&self, identity: Identity, epoch: u32) -> Result<(), Error> {
        self.store.lock().set_identity(identity, epoch)
    }

    /// Saves. When this returns, what was saved survives a loss of power.
    pub fn save(&self, request: SaveRequest) -> Result<Saved, Error> {
        let mut store = self.store.lock();
        let new = self.compose(&store, request)?;
        store.append(new)
    }

    fn compose(&self, store: &Store, request: SaveRequest) -> Result<NewChange, Error> {
        let (record, before) = match request.record {
            Some(record) => (record, Some(before(store, record, &request)?)),
            None => (RecordId::new(self.clock.wall_ms(), random()?), None),
        };
        let change = compose::compose(store, &*self.clock, request, record, before.as_ref())?;
        Ok(NewChange { change, before })
    }

    /// Saves several, in order, until one is refused; answers what was saved and why it ended.
    pub fn save_all(&self, requests: Vec<SaveRequest>) -> (Vec<Saved>, Option<Error>) {
        let mut saved = Vec::with_capacity(requests.len());
        for request in requests {
            match self.save(request) {
                Ok(one) => saved.push(one),
                Err(error) => return (saved, Some(error)),
            }
        }
        (saved, None)
    }

    /// The receiver told the satellites' time just now: changes saved in the next minute carry it.
    pub fn hear_gnss(&self, gnss_ms: UtcMs) {
        self.clock.hear_gnss(gnss_ms);
    }

    /// Keeps a photo, durably; a save then puts it into its record.
    pub fn add_photo(&self, bytes: &[u8]) -> Result<PhotoHash, Error> {
        self.store.lock().add_photo(bytes, self.clock.wall_ms())
    }

    /// A record as it is shown.
    pub fn record(&self, record: RecordId) -> Result<RecordState, Error> {
        self.store.lock().shown_state(record)?.ok_or(Error::Refused(Refused::UnknownRecord(record)))
    }

    /// Records that have all parts of the query in their names, addresses or codes.
    pub fn find(&self, query: &str, record_type: Option<TypeNo>) -> Result<Hits, Error> {
        self.store.lock().find(query, record_type)
    }

    /// Records with open conflicts, last touched first.
    pub fn conflicts(&self) -> Result<Vec<ShownRow>, Error> {
        self.store.lock().conflicts()
    }

    /// Changes that have no receipt yet, oldest first.
    pub fn outbox(&self) -> Result<Vec<Logged>, Error> {
        self.store.lock().outbox()
    }

    /// Changes of the own log as screens show them.
    pub fn shown_changes(&self, logged: Vec<Logged>) -> Vec<ShownChange> {
        said::shown_changes(&self.store.lock(), logged)
    }

    /// The last runs of sync, newest first.
    pub fn sessions(&self, max: u32) -> Result<Vec<SessionRow>, Error> {
        self.store.lock().sessions(max)
    }

    /// Runs sync over HTTP with the server that this device is enrolled at.
    pub async fn sync(
        &self,
        options: &Options,
        listener: &dyn SyncListener,
        cancel: &Cancel,
    ) -> Result<SyncReport, Error> {
        let exchange = HttpExchange::new(self.store.clone(), self.stall)?;
        let mut report = self.sync_over(&exchange, options, listener, cancel).await;
        (report.bytes_up, report.bytes_down) = exchange.traffic();
        Ok(report)
    }

    /// Runs sync over any exchange.
    pub async fn sync_over<E: Exchange>(
        &self,
        exchange: &E,
        options: &Options,
        listener: &dyn SyncListener,
        cancel: &Cancel,
    ) -> SyncReport {
        sync(&self.store, exchange, &*self.clock, options, listener, cancel).await
    }
}

/// A record as it is shown. Of one that left the device's grids nothing is known any more but what the form began with:
/// what was filled in is saved all the same, and the server judges it.
fn before(store: &Store, record: RecordId, request: &SaveRequest) -> Result<RecordState, Error> {
    if let Some(shown) = store.shown_state(record)? {
        return Ok(shown);
    }
    if request.seen.is_none() || !store.has_left(record)? {
        return Err(Refused::UnknownRecord(record).into());
    }
    Ok(RecordState::new(record, TypeRef { no: request.record_type, version: 0 }))
}
