//! `gridweave pda DIR`: one simulated PDA. The real fieldbook over real files and real HTTP; only the worker's hands
//! and the clock are played.

use super::orders::{Acked, NumberedStep, Order, Report, Synced};
use super::plan::{Action, Answers, Bad, BadKind, Create, OVERSIZED_CHARS, PlannedFix};
use super::verify::{acked_file, read_acked};
use gridweave_core::fieldbook::{Enrolment, Fieldbook, SaveRequest};
use gridweave_core::form::{Catalog, RecordType};
use gridweave_core::geo::{Datum, Fix, Point, Provider};
use gridweave_core::ids::{FieldKey, GridCode, PersonNo, RecordId, Seq, TypeNo};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, ChangeKind, TypeRef, Write as Written, json, system};
use gridweave_core::store::{NewChange, OpenOptions, Saved};
use gridweave_core::sync::{Cancel, Options, Unfinished};
use gridweave_core::time::{Clock, Hlc, UtcMs};
use gridweave_core::value::{Code, Value};
use rand::RngExt;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

type Failure = Box<dyn Error>;

/// The device's clock as the plan plays it.
#[derive(Default)]
struct PlayedClock {
    wall_ms: AtomicI64,
    true_ms: AtomicI64,
}

impl PlayedClock {
    fn set(&self, true_ms: UtcMs, offset_ms: UtcMs) {
        self.true_ms.store(true_ms, Ordering::Relaxed);
        self.wall_ms.store(true_ms.saturating_add(offset_ms), Ordering::Relaxed);
    }
}

impl Clock for PlayedClock {
    fn wall_ms(&self) -> UtcMs {
        self.wall_ms.load(Ordering::Relaxed)
    }
    fn mono_ms(&self) -> u64 {
        self.true_ms.load(Ordering::Relaxed).unsigned_abs()
    }
    fn boot(&self) -> u32 {
        1
    }
}

/// Obeys orders until standard input ends.
pub fn run(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir)?;
    let clock = Arc::new(PlayedClock::default());
    let catalog = Arc::new(Catalog::builtin());
    let mut book = Fieldbook::open(dir, &OpenOptions::default(), clock.clone())?;
    book.set_stall(Duration::from_secs(2));
    let acked = File::options().create(true).append(true).open(acked_file(dir))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let name = dir.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
    let mut pda = Pda { dir: dir.to_path_buf(), book, clock, catalog, acked, name };
    for line in stdin().lock().lines() {
        let order: Order = serde_json::from_str(&line?)?;
        let report = runtime
            .block_on(pda.obey(order))
            .unwrap_or_else(|error| Report::Failed { why: error.to_string() });
        let mut out = stdout().lock();
        serde_json::to_writer(&mut out, &report)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

struct Pda {
    dir: std::path::PathBuf,
    book: Fieldbook,
    clock: Arc<PlayedClock>,
    catalog: Arc<Catalog>,
    acked: File,
    /// What it is called where people see it: the name of its directory.
    name: String,
}

impl Pda {
    async fn obey(&mut self, order: Order) -> Result<Report, Failure> {
        match order {
            Order::Enrol { code } => self.enrol(&code).await,
            Order::Steps { steps } => self.steps(&steps),
            Order::Sync { now_ms } => self.sync(now_ms).await,
            Order::Digests => self.digests(),
        }
    }

    async fn enrol(&mut self, code: &str) -> Result<Report, Failure> {
        if self.book.identity().is_ok() {
            return Ok(Report::Enrolled);
        }
        for _ in 0..100 {
            if let Ok(Enrolment::Enrolled) = self.book.enrol(code, &self.name).await {
                return Ok(Report::Enrolled);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("the server does not let this device join".into())
    }

    /// Does the steps that are not done yet. A save that was begun and not acknowledged is found in the log.
    fn steps(&mut self, steps: &[NumberedStep]) -> Result<Report, Failure> {
        let lines = read_acked(&self.dir)?;
        let mut done: BTreeMap<usize, (String, String)> = BTreeMap::new();
        for line in &lines {
            if let Acked::Saved { no, record, key, .. } = line {
                done.insert(*no, (key.clone(), record.clone()));
            }
        }
        let begun = match lines.last() {
            Some(Acked::Begin { no, last }) => Some((*no, *last)),
            _ => None,
        };
        let mut records = BTreeMap::new();
        for step in steps {
            let (key, record) = match done.get(&step.no) {
                Some(known) => known.clone(),
                None => self.step(step, begun, &records)?,
            };
            records.insert(key, record);
        }
        Ok(Report::Done { records })
    }

    fn step(
        &mut self,
        step: &NumberedStep,
        begun: Option<(usize, (u32, u64))>,
        made: &BTreeMap<String, String>,
    ) -> Result<(String, String), Failure> {
        self.clock.set(step.step.at_ms, step.clock_offset_ms);
        let (key, known) = match &step.step.action {
            Action::Create(Create { key, .. }) | Action::Bad(Bad { key, .. }) => (key.clone(), None),
            Action::Edit { key, .. } | Action::Visit { key, .. } | Action::Delete { key, .. } => {
                let id = step.record.as_ref().or_else(|| made.get(key)).ok_or("a record that nobody made")?;
                (key.clone(), Some(id.parse::<RecordId>()?))
            }
            _ => return Err("not a step of a device".into()),
        };
        let last = self.last_dot()?;
        let saved = match begun {
            // Killed between the save and its acknowledgement: the save is the last change of the log.
            Some((no, before)) if no == step.no && before != last => self.last_saved()?,
            _ => {
                self.note(&Acked::Begin { no: step.no, last })?;
                self.save(step, known)?
            }
        };
        let record = saved.record.to_string();
        let dot = self.last_dot()?;
        self.note(&Acked::Saved { no: step.no, dot, record: record.clone(), key: key.clone() })?;
        Ok((key, record))
    }

    fn note(&mut self, line: &Acked) -> Result<(), Failure> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        Ok(self.acked.write_all(&text)?)
    }

    fn last_dot(&self) -> Result<(u32, u64), Failure> {
        Ok((self.book.identity()?.rid.0, self.book.store().lock().last_seq().0))
    }

    fn last_saved(&self) -> Result<Saved, Failure> {
        // Nothing was synced since: it has no receipt yet.
        let last = self.book.outbox()?.pop().ok_or("the log lost its last change")?;
        Ok(Saved { seq: last.dot.seq, record: last.change.record })
    }

    fn save(&mut self, step: &NumberedStep, known: Option<RecordId>) -> Result<Saved, Failure> {
        Ok(match &step.step.action {
            Action::Create(create) => {
                let record_type = self.record_type(&create.record_type)?;
                let mut request = SaveRequest::create(record_type.no);
                request.answers = answers(&record_type, &create.answers)?;
                request.grid = Some(GridCode(create.grid.clone()));
                request.fix = Some(self.fix(&create.fix));
                request.photos_added = self.photos(&create.photos)?;
                self.book.save(request)?
            }
            Action::Edit { answers: given, fix, .. } => {
                let (state, record_type) = self.known(known)?;
                let mut request = SaveRequest::change(record_type.no, state.record, ChangeKind::Edit);
                request.answers = answers(&record_type, given)?;
                request.fix = Some(self.fix(fix));
                self.book.save(request)?
            }
            Action::Visit { fix, photos, .. } => {
                let (state, record_type) = self.known(known)?;
                let mut request = SaveRequest::change(record_type.no, state.record, ChangeKind::Visit);
                request.fix = Some(self.fix(fix));
                request.photos_added = self.photos(photos)?;
                self.book.save(request)?
            }
            Action::Delete { reason, .. } => {
                let (state, record_type) = self.known(known)?;
                let mut request = SaveRequest::change(record_type.no, state.record, ChangeKind::Delete);
                request.answers = vec![(FieldKey::plain(system::LIFE), dead(reason))];
                self.book.save(request)?
            }
            Action::Bad(bad) => self.save_bad(bad)?,
            _ => return Err("not a step of a device".into()),
        })
    }

    /// Past the form's checks, straight into the log: what a broken or hostile app would send.
    fn save_bad(&mut self, bad: &Bad) -> Result<Saved, Failure> {
        let record_type = self.record_type(&bad.record_type)?;
        let record = RecordId::new(self.clock.wall_ms(), rand::rng().random());
        let mut given = bad.answers.clone();
        let spoilt = match bad.kind {
            BadKind::OutOfScope => None,
            BadKind::WrongType => given.remove(&bad.field).map(|v| Value::text(v.as_str().unwrap_or("?"))),
            BadKind::Oversized => {
                given.remove(&bad.field);
                Some(Value::Text("长".repeat(OVERSIZED_CHARS)))
            }
        };
        let mut all = answers(&record_type, &given)?;
        if let (Some(value), Some(field)) = (spoilt, record_type.field_named(&bad.field)) {
            all.push((FieldKey::plain(field.no), value));
        }
        all.push((FieldKey::plain(system::GRID), Value::text(bad.grid.clone())));
        let version = u16::try_from(record_type.version).unwrap_or(u16::MAX);
        let change = Change {
            seq: Seq(0),
            hlc: Hlc::default(),
            author: PersonNo(0),
            record,
            record_type: TypeRef { no: record_type.no, version },
            kind: ChangeKind::Create,
            wall_ms: self.clock.wall_ms(),
            mono_ms: self.clock.mono_ms(),
            boot: self.clock.boot(),
            gnss_ms: None,
            fix: Some(self.fix(&bad.fix)),
            writes: all
                .into_iter()
                .map(|(field, value)| Written { field, value, replaces: vec![] })
                .collect(),
            sets: vec![],
            was: None,
            unknown: vec![],
        };
        Ok(self.book.store().lock().append(NewChange { change, before: None })?)
    }

    fn record_type(&self, name: &str) -> Result<RecordType, Failure> {
        self.catalog.by_name(name).cloned().ok_or_else(|| format!("no record type {name}").into())
    }

    fn known(&self, record: Option<RecordId>) -> Result<(RecordState, RecordType), Failure> {
        let state = self.book.record(record.ok_or("a step without its record")?)?;
        let no: TypeNo = state.record_type.no;
        let record_type = self.catalog.by_no(no).cloned().ok_or("a record of an unknown type")?;
        Ok((state, record_type))
    }

    fn photos(&self, photos: &[super::photo::Photo]) -> Result<Vec<gridweave_core::ids::PhotoHash>, Failure> {
        photos.iter().map(|photo| Ok(self.book.add_photo(&super::photo::draw(photo)?)?)).collect()
    }

    fn fix(&self, planned: &PlannedFix) -> Fix {
        Fix {
            point: Point { lat_e7: planned.lat_e7, lon_e7: planned.lon_e7, datum: Datum::Wgs84 },
            accuracy_dm: planned.accuracy_dm,
            provider: Provider::Gnss,
            mock: false,
            at_ms: self.clock.wall_ms(),
        }
    }

    async fn sync(&mut self, now_ms: UtcMs) -> Result<Report, Failure> {
        self.clock.true_ms.fetch_max(now_ms, Ordering::Relaxed);
        let mut options =
            Options { retries_max: 6, backoff: Duration::from_millis(20), ..Options::default() };
        options.facts.app = concat!("simulated PDA ", env!("CARGO_PKG_VERSION")).to_owned();
        options.facts.network = "wifi".to_owned();
        let report = self.book.sync(&options, &(), &Cancel::default()).await?;
        let idle = report.pushed + report.pulled + report.left + report.photos + report.divergences == 0;
        let waiting = !self.book.outbox()?.is_empty() || report.photos_failed > 0;
        let unconfirmed = matches!(report.unfinished, Some(Unfinished::Held));
        let error = report.unfinished.filter(|_| !unconfirmed).map(|u| format!("{u:?}"));
        let quiet = idle && !waiting && error.is_none() && !report.rekeyed;
        Ok(Report::Synced(Synced { quiet, unconfirmed: unconfirmed && !waiting && !report.rekeyed, error }))
    }

    fn digests(&self) -> Result<Report, Failure> {
        let store = self.book.store().lock();
        let first = RecordId([0; 16]);
        let digests = store
            .grids()
            .iter()
            .map(|grid| store.digest(&grid.code, first, None))
            .collect::<Result<_, _>>()?;
        Ok(Report::Digests { digests })
    }
}

fn dead(reason: &str) -> Value {
    Value::Code(Code { list: "life".into(), edition: "1".into(), code: reason.into() })
}

fn answers(record_type: &RecordType, given: &Answers) -> Result<Vec<(FieldKey, Value)>, Failure> {
    given
        .iter()
        .map(|(name, value)| {
            let field = record_type
                .field_named(name)
                .ok_or_else(|| format!("{}: no field {name}", record_type.name))?;
            let value = json::from_json(&field.kind, value)
                .ok_or_else(|| format!("{name}: not a value of its kind"))?;
            Ok((FieldKey::plain(field.no), value))
        })
        .collect()
}
