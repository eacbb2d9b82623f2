//! A worker's device: the real fieldbook in a directory, with a clock that the test sets.

use crate::{DESCRIPTION, HAZARD, PLACE};
use gridweave_core::fieldbook::{Enrolment, Fieldbook, SaveRequest};
use gridweave_core::geo::{Datum, Fix, Point, Provider};
use gridweave_core::ids::{FieldKey, GridCode, RecordId, Rid, Seq};
use gridweave_core::record::ChangeKind;
use gridweave_core::store::{ChangeState, OpenOptions, Saved};
use gridweave_core::sync::{Cancel, Options, SyncReport};
use gridweave_core::time::{Clock, UtcMs};
use gridweave_core::value::Value;
use gridweave_core::wire::v1::GridDigest;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Wall clock of the machine, UTC milliseconds.
pub fn true_ms() -> UtcMs {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as UtcMs
}

/// The machine's clock, wrong by as much as the test wants.
#[derive(Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Sets the clock to an instant; it goes on from there.
    pub fn set(&self, wall_ms: UtcMs) {
        self.0.store(wall_ms - true_ms(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn wall_ms(&self) -> UtcMs {
        true_ms() + self.0.load(Ordering::SeqCst)
    }
    fn mono_ms(&self) -> u64 {
        true_ms() as u64
    }
    fn boot(&self) -> u32 {
        1
    }
}

/// A device with its worker.
pub struct Device {
    /// The worker's name.
    pub name: String,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// How often a request is repeated when the network fails.
    pub retries: u32,
    dir: PathBuf,
    book: Option<Fieldbook>,
}

impl Device {
    pub(crate) async fn enrolled(name: &str, dir: &Path, code: &str) -> Device {
        std::fs::create_dir(dir).unwrap();
        let device = Device::opened(name, dir);
        assert_eq!(device.book().enrol(code, &format!("PDA of {name}")).await.unwrap(), Enrolment::Enrolled);
        device
    }

    /// Opens the fieldbook that lies in `dir`.
    pub fn opened(name: &str, dir: &Path) -> Device {
        let (clock, dir) = (Arc::new(TestClock::default()), dir.to_owned());
        let mut device = Device { name: name.into(), clock, retries: 3, dir, book: None };
        device.open();
        device
    }

    fn open(&mut self) {
        let mut book = Fieldbook::open(&self.dir, &OpenOptions::default(), self.clock.clone()).unwrap();
        book.set_stall(Duration::from_secs(5));
        self.book = Some(book);
    }

    /// Ends the app and starts it again.
    pub fn reopen(&mut self) {
        self.book = None;
        self.open();
    }

    /// A copy of the whole device, as a repair shop makes it.
    pub fn copied(&mut self, name: &str, dir: &Path) -> Device {
        self.book = None;
        copy_dir(&self.dir, dir);
        self.open();
        Device::opened(name, dir)
    }

    /// Puts the directory back to an earlier copy of it.
    pub fn restored_from(&mut self, backup: &Path) {
        self.book = None;
        std::fs::remove_dir_all(&self.dir).unwrap();
        copy_dir(backup, &self.dir);
        self.open();
    }

    /// A copy of the directory alone.
    pub fn backed_up(&mut self, to: &Path) {
        self.book = None;
        copy_dir(&self.dir, to);
        self.open();
    }

    /// The fieldbook.
    pub fn book(&self) -> &Fieldbook {
        self.book.as_ref().expect("the fieldbook is open between the calls of this type")
    }

    /// The number that stands in its dots.
    pub fn rid(&self) -> Rid {
        self.book().identity().unwrap().rid
    }

    /// Captures a hazard.
    pub fn hazard(&self, grid: &str, place: &str) -> RecordId {
        self.save(hazard(grid, place)).record
    }

    /// Saves.
    pub fn save(&self, request: SaveRequest) -> Saved {
        self.book().save(request).unwrap()
    }

    /// Changes one answer of a record.
    pub fn edit(&self, record: RecordId, field: FieldKey, text: &str) -> Saved {
        let no = self.book().record(record).unwrap().record_type.no;
        let mut request = SaveRequest::change(no, record, ChangeKind::Edit);
        request.answers = vec![(field, Value::text(text))];
        self.save(request)
    }

    /// One run of sync, however it ends.
    pub async fn try_sync(&self) -> SyncReport {
        let options =
            Options { retries_max: self.retries, backoff: Duration::from_millis(1), ..Options::default() };
        self.book().sync(&options, &(), &Cancel::default()).await.unwrap()
    }

    /// One run of sync that must finish.
    pub async fn sync(&self) -> SyncReport {
        let report = self.try_sync().await;
        assert!(report.unfinished.is_none(), "{}: {:?}", self.name, report.unfinished);
        assert_eq!(report.divergences, 0, "{} and the server differed", self.name);
        report
    }

    /// The live values of a text field, sorted; none when the record is not here.
    pub fn texts(&self, record: RecordId, field: FieldKey) -> Vec<String> {
        let Ok(state) = self.book().record(record) else { return Vec::new() };
        let siblings = state.registers().get(&field).map(|r| r.siblings()).unwrap_or_default();
        let mut texts: Vec<String> =
            siblings.iter().map(|s| s.value.as_text().unwrap_or("(no text)").to_owned()).collect();
        texts.sort();
        texts
    }

    /// What it has of a grid, from its own rows.
    pub fn digest(&self, grid: &str) -> GridDigest {
        self.book().store().lock().digest(&GridCode(grid.into()), RecordId([0; 16]), None).unwrap()
    }

    /// Its own changes that the server keeps and did not accept, as the worker sees them.
    pub fn quarantined(&self) -> Vec<(Seq, String)> {
        let list = self.book().safe().unwrap().quarantined;
        let code = |state| match state {
            ChangeState::Quarantined { code } => code,
            other => panic!("{other:?} in the list of what is in quarantine"),
        };
        list.into_iter().map(|logged| (logged.dot.seq, code(logged.state))).collect()
    }
}

/// A hazard to capture, in the middle of its grid.
pub fn hazard(grid: &str, place: &str) -> SaveRequest {
    let mut request = SaveRequest::create(HAZARD);
    request.answers = vec![(PLACE, Value::text(place)), (DESCRIPTION, Value::text("松动"))];
    request.grid = Some(GridCode(grid.into()));
    request.fix = Some(fix(grid));
    request
}

/// A reading of the receiver in the middle of a grid.
pub fn fix(grid: &str) -> Fix {
    let (lon_e7, lat_e7) = crate::city::middle(grid);
    let point = Point { lat_e7, lon_e7, datum: Datum::Wgs84 };
    Fix { point, accuracy_dm: 40, provider: Provider::Gnss, mock: false, at_ms: true_ms() }
}

/// Copies a directory with all that is in it.
pub fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
