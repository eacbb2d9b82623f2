//! The field book, as an app holds it. One object for the whole app; every method translates one of the core's.

use crate::catalog::{Grid, RecordType};
use crate::error::FieldbookError;
use crate::form::{Draft, FormSession};
use crate::log::Safe;
use crate::map::MapList;
use crate::page::Duplicates;
use crate::reveal::RevealedValue;
use crate::runtime::runtime;
use crate::save::SaveRequest;
use crate::sync::{SyncListener, SyncOptions, SyncTask};
use gridweave_core::fieldbook::{self, RecordPage, RevealReason, ShownChange, SystemClock};
use gridweave_core::form::{Choice, Label};
use gridweave_core::geo::Fix;
use gridweave_core::ids::{Dot, FieldKey, GridCode, PersonNo, PhotoHash, RecordId, Rid, TypeNo};
use gridweave_core::keys::DatabaseKey;
use gridweave_core::map::View;
use gridweave_core::store::{
    Hits, ListEnd, ListFilter, ListPage, OpenOptions, RecordCount, Revealed, Saved, SessionRow, ShownRow,
};
use gridweave_core::value::Code;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The device's field book.
#[derive(uniffi::Object)]
pub struct Fieldbook {
    book: fieldbook::Fieldbook,
    /// The last run of sync: one at a time.
    run: Mutex<Option<Arc<SyncTask>>>,
}

/// Who this device is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Identity {
    /// Number of its replica.
    pub rid: Rid,
    /// Who writes with it.
    pub person: PersonNo,
    /// That person's name.
    pub person_name: String,
    /// The organisation that it belongs to.
    pub organisation: String,
}

type Enrolment = fieldbook::Enrolment;
/// Where an enrolment stands.
#[uniffi::remote(Enum)]
pub enum Enrolment {
    /// A supervisor compares the six digits of the fingerprint with the ones on the console, and confirms.
    Pending { fingerprint: String, organisation: String },
    /// The device may save and sync.
    Enrolled,
}

#[uniffi::export]
impl Fieldbook {
    /// Opens the field book in a directory, making it if it is not there. `key`: 32 bytes from the system's key store;
    /// a build with encryption refuses to open without one, a build without refuses one.
    #[uniffi::constructor(default(key = None))]
    pub fn open(dir: String, key: Option<Vec<u8>>) -> Result<Arc<Fieldbook>, FieldbookError> {
        let options = OpenOptions { key: key.map(read_key).transpose()?, ..OpenOptions::default() };
        let book = fieldbook::Fieldbook::open(Path::new(&dir), &options, Arc::new(SystemClock::new()))?;
        Ok(Fieldbook::of(book))
    }

    /// Whether a PIN opens it.
    pub fn has_pin(&self) -> Result<bool, FieldbookError> {
        Ok(self.book.has_pin()?)
    }

    /// Sets or changes the PIN; `old` where one is set. Refused with code `pin_unfit`, `wrong_pin` or `pin_wait`.
    pub fn set_pin(&self, old: Option<String>, new: String) -> Result<(), FieldbookError> {
        Ok(self.book.set_pin(old.as_deref(), &new)?)
    }

    /// Checks the PIN of a person who comes back; it is counted and delayed as at opening.
    pub fn check_pin(&self, pin: String) -> Result<(), FieldbookError> {
        Ok(self.book.check_pin(&pin)?)
    }

    /// Who this device is, once it is enrolled.
    pub fn identity(&self) -> Result<Identity, FieldbookError> {
        let identity = self.book.identity()?;
        Ok(Identity {
            rid: identity.rid,
            person: identity.person,
            person_name: identity.person_name,
            organisation: identity.organisation,
        })
    }

    /// Takes a scanned code to the server; `device` says what this is, for the supervisor. Waits for the network.
    pub fn enrol(&self, code: String, device: String) -> Result<Enrolment, FieldbookError> {
        Ok(runtime()?.block_on(self.book.enrol(&code, &device))?)
    }

    /// Asks the server whether a supervisor has confirmed. Waits for the network.
    pub fn poll_enrolment(&self) -> Result<Enrolment, FieldbookError> {
        Ok(runtime()?.block_on(self.book.poll_enrolment())?)
    }

    /// Takes a supervisor's code with the server's present keys, for a device that does not believe them any more. Only
    /// the device's own organisation can make one; an enrolment is not touched by it.
    pub fn take_server_keys(&self, notice: String) -> Result<(), FieldbookError> {
        Ok(self.book.take_server_keys(&notice)?)
    }

    /// What may be collected.
    pub fn record_types(&self) -> Vec<RecordType> {
        self.book.store().lock().projector().catalog().types.values().map(RecordType::from).collect()
    }

    /// What a code means; none for one that is not known here.
    pub fn code_label(&self, code: Code) -> Option<Label> {
        let store = self.book.store().lock();
        store.projector().catalog().code_entry(&code).map(|entry| entry.label.clone())
    }

    /// The device's grids, as of the last sync.
    pub fn grids(&self) -> Vec<Grid> {
        self.book.store().lock().grids().iter().map(Grid::from).collect()
    }

    /// Saves. When this returns, what was saved survives a loss of power.
    pub fn save(&self, request: SaveRequest) -> Result<Saved, FieldbookError> {
        Ok(self.book.save(request.into())?)
    }

    /// Confirms a record at the spot; nothing of it changes.
    #[uniffi::method(default(fix = None))]
    pub fn confirm_visit(&self, record: RecordId, fix: Option<Fix>) -> Result<Saved, FieldbookError> {
        Ok(self.book.confirm_visit(record, fix)?)
    }

    /// Declares a record's thing gone; `reason` is a code of the list `life`.
    #[uniffi::method(default(fix = None))]
    pub fn delete(
        &self,
        record: RecordId,
        reason: String,
        fix: Option<Fix>,
    ) -> Result<Saved, FieldbookError> {
        Ok(self.book.delete(record, &reason, fix)?)
    }

    /// Why a thing of this type may be gone: what `delete` is asked with.
    pub fn reasons_gone(&self, record_type: TypeNo) -> Vec<Choice> {
        self.book.reasons_gone(record_type)
    }

    /// How far a reading lies from the place of a record, metres; none where the record has no place.
    pub fn distance_from(&self, record: RecordId, fix: Fix) -> Result<Option<u32>, FieldbookError> {
        Ok(self.book.distance_from(record, fix)?)
    }

    /// Takes up again what the server did not accept of a new record, as a draft of another new one. Answers its id.
    pub fn take_up(&self, refused: Dot) -> Result<i64, FieldbookError> {
        Ok(self.book.take_up(refused)?)
    }

    /// Takes a deletion back.
    #[uniffi::method(default(fix = None))]
    pub fn restore(&self, record: RecordId, fix: Option<Fix>) -> Result<Saved, FieldbookError> {
        Ok(self.book.restore(record, fix)?)
    }

    /// Settles one field with one of its values, named by the change that wrote it; `seen` are the values that were on
    /// the screen, and they alone are replaced.
    pub fn choose(
        &self,
        record: RecordId,
        field: FieldKey,
        chosen: Dot,
        seen: Vec<Dot>,
    ) -> Result<Saved, FieldbookError> {
        Ok(self.book.choose(record, field, chosen, &seen)?)
    }

    /// A field's values whole; who asked, and why, is written down first.
    pub fn reveal(
        &self,
        record: RecordId,
        field: FieldKey,
        reason: RevealReason,
    ) -> Result<Vec<RevealedValue>, FieldbookError> {
        let values = self.book.reveal(record, field, reason)?;
        Ok(values.into_iter().map(|(dot, text)| RevealedValue { dot, text }).collect())
    }

    /// Lets a form show a masked answer that its record brought along; written down first.
    pub fn reveal_answer(
        &self,
        form: Arc<FormSession>,
        field: FieldKey,
        reason: RevealReason,
    ) -> Result<(), FieldbookError> {
        let Some(record) = form.record else { return Ok(()) };
        Ok(self.book.reveal_answer(&mut form.lock(), record, field, reason)?)
    }

    /// What was shown whole on this device though it is masked, newest first.
    pub fn revealed(&self, max: u32) -> Result<Vec<Revealed>, FieldbookError> {
        Ok(self.book.revealed(max)?)
    }

    /// The receiver told the satellites' time just now, UTC milliseconds: changes saved in the next minute carry it,
    /// so that a wrong clock of this device can be told from a right one.
    pub fn hear_gnss(&self, gnss_ms: i64) {
        self.book.hear_gnss(gnss_ms);
    }

    /// Keeps a photo, durably; a save or a form then puts it into its record.
    pub fn add_photo(&self, bytes: Vec<u8>) -> Result<PhotoHash, FieldbookError> {
        Ok(self.book.add_photo(&bytes)?)
    }

    /// The bytes of a photo that is on this device.
    pub fn photo(&self, photo: PhotoHash) -> Result<Vec<u8>, FieldbookError> {
        Ok(self.book.store().lock().photo_bytes(photo)?)
    }

    /// One record, whole.
    pub fn record_page(&self, record: RecordId) -> Result<RecordPage, FieldbookError> {
        Ok(self.book.record_page(record)?)
    }

    /// Records that have all parts of the query in their names, addresses or codes.
    #[uniffi::method(default(record_type = None))]
    pub fn find(&self, query: String, record_type: Option<TypeNo>) -> Result<Hits, FieldbookError> {
        Ok(self.book.find(&query, record_type)?)
    }

    /// A page of the living records that fit a filter, newest change first; it begins after `after`.
    #[uniffi::method(default(after = None))]
    pub fn list_records(
        &self,
        filter: ListFilter,
        after: Option<ListEnd>,
    ) -> Result<ListPage, FieldbookError> {
        Ok(self.book.list_records(&filter, after)?)
    }

    /// How many living records there are of each type in each grid.
    pub fn record_counts(&self) -> Result<Vec<RecordCount>, FieldbookError> {
        Ok(self.book.record_counts()?)
    }

    /// The view that shows all of the device's grids; none before the first sync.
    pub fn map_of_grids(&self, width_px: u32, height_px: u32) -> Option<View> {
        self.book.map_of_grids(width_px, height_px)
    }

    /// What a map draws for a view: what is of one type, or all.
    #[uniffi::method(default(record_type = None))]
    pub fn draw_map(&self, view: View, record_type: Option<TypeNo>) -> Result<MapList, FieldbookError> {
        Ok(self.book.draw_map(view, record_type)?.into())
    }

    /// Records with open conflicts, last touched first.
    pub fn conflicts(&self) -> Result<Vec<ShownRow>, FieldbookError> {
        Ok(self.book.conflicts()?)
    }

    /// Records with this identity code on this device; `scheme` is a name that a field gives.
    pub fn duplicate_check(
        &self,
        record_type: TypeNo,
        scheme: String,
        code: String,
    ) -> Result<Duplicates, FieldbookError> {
        Ok(self.book.duplicate_check(record_type, &scheme, &code)?.into())
    }

    /// Changes that have no receipt yet, oldest first.
    pub fn outbox(&self) -> Result<Vec<ShownChange>, FieldbookError> {
        Ok(self.book.shown_changes(self.book.outbox()?))
    }

    /// How safe the worker's work is.
    pub fn safe(&self) -> Result<Safe, FieldbookError> {
        Ok(self.book.safe()?.into())
    }

    /// Records of which something is on this device alone, the longest waiting first.
    pub fn waiting(&self) -> Result<Vec<fieldbook::Waiting>, FieldbookError> {
        Ok(self.book.waiting()?)
    }

    /// How this device is doing, as lines to send to whoever helps: nothing personal. `about`: the app's own lines.
    pub fn diagnostics(&self, about: Vec<String>) -> Result<String, FieldbookError> {
        Ok(self.book.diagnostics(&about)?)
    }

    /// The last runs of sync, newest first.
    pub fn sessions(&self, max: u32) -> Result<Vec<SessionRow>, FieldbookError> {
        Ok(self.book.sessions(max)?)
    }

    /// Begins a form: for a new record, or with what a record holds.
    #[uniffi::method(default(record = None))]
    pub fn start_form(
        self: Arc<Self>,
        record_type: TypeNo,
        record: Option<RecordId>,
    ) -> Result<Arc<FormSession>, FieldbookError> {
        let session = self.book.start_form(record_type, record)?;
        Ok(Arc::new(FormSession::new(Arc::downgrade(&self), session, record, None)))
    }

    /// Saves a form as one change, and forgets its draft in the same step. A form that changes nothing confirms the
    /// record. Refused with code `problems` while answers are to be put right; the form tells which.
    #[uniffi::method(default(fix = None, grid = None))]
    pub fn save_form(
        &self,
        form: Arc<FormSession>,
        fix: Option<Fix>,
        grid: Option<GridCode>,
    ) -> Result<Saved, FieldbookError> {
        form.save_once(|| {
            let draft = *form.draft();
            Ok(self.book.save_form(&form.lock(), form.record, draft, fix, grid)?)
        })
    }

    /// Moves a date of a form, with or without time, by so many days; one that is not answered begins with now, by the
    /// server's clock.
    pub fn move_day(&self, form: Arc<FormSession>, field: FieldKey, days: i32) -> Result<(), FieldbookError> {
        form.lock().move_day(field, days, self.book.true_ms()?)?;
        Ok(())
    }

    /// Puts a form aside, durably; the same draft again if it was put aside before. Answers the draft's id.
    pub fn save_draft(&self, form: Arc<FormSession>) -> Result<i64, FieldbookError> {
        // A draft of what was saved would be saved again.
        let _unsaved = form.unsaved()?;
        let mut draft = form.draft();
        let id = self.book.save_draft(&form.lock(), form.record, *draft)?;
        *draft = Some(id);
        Ok(id)
    }

    /// Takes a draft up again.
    pub fn resume_draft(self: Arc<Self>, id: i64) -> Result<Arc<FormSession>, FieldbookError> {
        let (session, draft) = self.book.resume_draft(id)?;
        Ok(Arc::new(FormSession::new(Arc::downgrade(&self), session, draft.record, Some(draft.id))))
    }

    /// All drafts, last kept first.
    pub fn drafts(&self) -> Result<Vec<Draft>, FieldbookError> {
        Ok(self.book.drafts()?.into_iter().map(Draft::from).collect())
    }

    /// Which form is for an edit of this record: the draft that was kept last. With none, one is begun.
    pub fn draft_of(&self, record: RecordId) -> Result<Option<Draft>, FieldbookError> {
        Ok(self.book.draft_of(record)?.map(Draft::from))
    }

    /// Forgets a draft.
    pub fn discard_draft(&self, id: i64) -> Result<(), FieldbookError> {
        Ok(self.book.discard_draft(id)?)
    }

    /// Starts a run of sync in the background and returns at once. One runs at a time: while one does, another is
    /// refused with code `sync_running`.
    pub fn sync_start(
        &self,
        listener: Arc<dyn SyncListener>,
        options: SyncOptions,
    ) -> Result<Arc<SyncTask>, FieldbookError> {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if run.as_ref().is_some_and(|run| !run.is_finished()) {
            return Err(FieldbookError::refused("sync_running", "sync is running already"));
        }
        let task = SyncTask::start(runtime()?, self.book.clone(), listener, options);
        *run = Some(task.clone());
        Ok(task)
    }
}

impl Fieldbook {
    pub(crate) fn of(book: fieldbook::Fieldbook) -> Arc<Fieldbook> {
        Arc::new(Fieldbook { book, run: Mutex::default() })
    }

    pub(crate) fn has_left(&self, record: RecordId) -> Result<bool, FieldbookError> {
        Ok(self.book.store().lock().has_left(record)?)
    }
}

fn read_key(key: Vec<u8>) -> Result<DatabaseKey, FieldbookError> {
    <[u8; 32]>::try_from(key)
        .map(DatabaseKey::new)
        .map_err(|_| FieldbookError::Unlock { code: "wrong_key".into(), reason: "a key has 32 bytes".into() })
}
