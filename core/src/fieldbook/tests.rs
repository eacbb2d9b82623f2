//! What a worker does, without a network.

use super::{Custody, Fieldbook, Said, SaveRequest};
use crate::form::system;
use crate::ids::{FieldKey, FieldNo, GridCode, PersonNo, RecordId, ReplicaId, Rid, Seq, TypeNo};
use crate::record::ChangeKind;
use crate::store::{Error, Identity, OpenOptions, Refused};
use crate::time::{Clock, UtcMs};
use crate::value::Value;
use crate::wire::Bytes;
use crate::wire::v1::{Quarantined, Receipt};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub(super) const PERSON: TypeNo = TypeNo(1);
pub(super) const NAME: FieldKey = FieldKey::plain(FieldNo(16));
pub(super) const CITIZEN_ID: FieldKey = FieldKey::plain(FieldNo(20));
pub(super) const PHONE: FieldKey = FieldKey::plain(FieldNo(31));
const ADDRESS: FieldKey = FieldKey::plain(FieldNo(34));
/// A number from the published specimens: nobody born in 1900 bears it.
pub(super) const CODE: &str = "11010119000101009X";

/// A clock that goes on by its second number whenever it is asked.
struct TestClock(AtomicI64, i64);
impl Clock for TestClock {
    fn wall_ms(&self) -> UtcMs {
        self.0.fetch_add(self.1, Ordering::SeqCst)
    }
    fn mono_ms(&self) -> u64 {
        1
    }
    fn boot(&self) -> u32 {
        1
    }
}

pub(super) fn identity() -> Identity {
    Identity {
        replica: ReplicaId([1; 16]),
        rid: Rid(1),
        device_key: Bytes(vec![1; 32]),
        sealing_key: Bytes(vec![2; 32]),
        chain_key: Bytes(vec![3; 32]),
        person: PersonNo(7),
        person_name: "测试员".into(),
        organisation: "测试".into(),
        receipt_key: Bytes(vec![4; 32]),
        recovery_key: Bytes(vec![5; 32]),
        urls: vec!["http://127.0.0.1:1".into()],
        pins: vec![],
        identity_key: Bytes(vec![6; 32]),
    }
}

pub(super) fn open(dir: &std::path::Path) -> Fieldbook {
    open_at(dir, 1_790_000_000_000, 1000)
}

/// With a clock that begins at `ms` and goes on by `step_ms` whenever it is asked.
pub(super) fn open_at(dir: &std::path::Path, ms: UtcMs, step_ms: i64) -> Fieldbook {
    let clock = Arc::new(TestClock(AtomicI64::new(ms), step_ms));
    let book = Fieldbook::open(dir, &OpenOptions::for_tests(), clock).unwrap();
    if book.identity().is_err() {
        book.set_identity(identity(), 1).unwrap();
    }
    book
}

pub(super) fn create(book: &Fieldbook, answers: &[(FieldKey, &str)]) -> RecordId {
    let mut request = SaveRequest::create(PERSON);
    request.answers = answers.iter().map(|(key, text)| (*key, Value::text(*text))).collect();
    request.grid = Some(GridCode("44031000100101".into()));
    book.save(request).unwrap().record
}

/// The server signs for all own changes and does not accept some of them.
pub(super) fn receive(book: &Fieldbook, refused: &[u64]) {
    let rid = book.identity().unwrap().rid;
    let mut store = book.store().lock();
    let (durable_seq, hash) = (store.last_seq(), store.batch(Seq(1)).unwrap().unwrap().hash);
    let quarantined = refused.iter().map(|seq| Quarantined { seq: Seq(*seq), code: "late".into() }).collect();
    let signature = Bytes(Vec::new());
    store
        .take_receipt(&Receipt { rid, durable_seq, hash, epoch: 1, server_ms: 1, signature, quarantined })
        .unwrap();
}

fn titles(book: &Fieldbook, query: &str) -> Vec<String> {
    let hits = book.find(query, None).unwrap();
    assert_eq!(hits.total as usize, hits.hits.len());
    hits.hits.into_iter().map(|hit| hit.title.zh).collect()
}

#[test]
fn a_save_is_there_after_the_process_died() {
    let dir = tempfile::tempdir().unwrap();
    let record = create(&open(dir.path()), &[(NAME, "王小明")]);
    let book = open(dir.path());
    assert_eq!(book.record_page(record).unwrap().row.title.zh, "王小明");
    assert_eq!(book.outbox().unwrap().len(), 1);
    let second = create(&book, &[(NAME, "李四")]);
    assert_eq!(book.store().lock().last_seq().0, 2);
    assert_ne!(second, record);
}

#[test]
fn names_addresses_and_codes_are_found_by_their_parts() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    create(&book, &[(NAME, "王小明"), (ADDRESS, "坑梓街道龙田路12号3栋502"), (CITIZEN_ID, CODE)]);
    create(&book, &[(NAME, "王明"), (ADDRESS, "坑梓街道龙田路120号"), (PHONE, "555-010-1234")]);
    create(&book, &[(NAME, "欧阳小明"), (ADDRESS, "龙田路9号")]);
    let spaced = CODE.split("").collect::<Vec<_>>().join(" ");
    for (query, found) in [
        ("王", 2),
        ("小明", 2),
        ("王小明", 1),
        ("阳小", 1),
        ("wxm", 1),
        ("xm", 2),
        ("wang", 2),
        ("wangxiao", 1),
        ("ouyang", 1),
        ("龙田路12", 2),
        ("龙田路12号", 1),
        ("田路12", 2),
        ("路1", 2),
        ("3栋502", 1),
        (CODE, 1),
        (&spaced, 1),
        ("１１０１０１ １９０００１０１ ００９ｘ", 1),
        ("5550101234", 1),
        ("555 010 1234", 1),
        ("110101", 0),
        ("11010119000101009", 0),
        ("009x", 0),
        ("555-010", 0),
        ("1234", 0),
        ("王 12", 2),
        ("小王", 0),
        ("田龙", 0),
        ("李", 0),
        ("", 3),
    ] {
        assert_eq!(titles(&book, query).len(), found, "{query}");
    }
    for hostile in ["\"", "*", "(", "a OR b", "NEAR(", "'; DROP TABLE shown", "\u{0}", "words:x", "-"] {
        book.find(hostile, None).unwrap();
    }
}

#[test]
fn what_an_earlier_version_derived_is_made_anew_when_it_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    create(&book, &[(NAME, "王小明"), (CITIZEN_ID, CODE)]);
    book.store().lock().derive_as_before("c11010119000101009x");
    assert_eq!(titles(&book, "110101"), ["another"]);
    drop(book);
    let book = open(dir.path());
    assert_eq!((titles(&book, "110101"), titles(&book, CODE)), (vec![], vec!["王小明".to_owned()]));
    assert_eq!(titles(&book, "小明"), ["王小明"]);
}

#[test]
fn a_rebuild_that_cannot_be_done_is_told_until_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    create(&book, &[(NAME, "王小明")]);
    let told = || book.diagnostics(&[]).unwrap().contains("still to be made anew: true");
    assert!(!told());
    book.store().lock().derive_as_before("n王小明");
    assert!(told());
    book.store().lock().rebuild().unwrap();
    assert!(!told());
}

#[test]
fn a_record_is_found_by_what_it_says_now_however_its_words_were_written() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    // More than are put off: some are in the index, some are not.
    let records: Vec<RecordId> =
        (0..70).map(|at| create(&book, &[(NAME, "赵一"), (ADDRESS, &format!("龙田路{at}号"))])).collect();
    let rename = |record, name| {
        let mut request = SaveRequest::change(PERSON, record, ChangeKind::Edit);
        request.answers = vec![(NAME, Value::text(name))];
        book.save(request).unwrap();
    };
    let total = |query: &str| book.find(query, None).unwrap().total;
    for (renamed, record) in (1..).zip(&records) {
        rename(*record, "钱二");
        assert_eq!((total("赵一"), total("钱二"), total("钱二 龙田路")), (70 - renamed, renamed, renamed));
        assert_eq!((total("qe"), total("")), (renamed, 70));
    }
    rename(records[3], "赵一");
    rename(records[3], "钱二");
    let hits = book.find("龙田路", Some(PERSON)).unwrap();
    assert_eq!((hits.total, hits.hits.len()), (70, 50));
    let newest: Vec<RecordId> = hits.hits.iter().map(|hit| hit.record).collect();
    assert_eq!(newest, records.iter().rev().take(50).copied().collect::<Vec<_>>());
}

#[test]
fn an_edit_names_only_what_it_changed_and_a_saved_page_shows_who_and_when() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let record = create(&book, &[(NAME, "王小明"), (PHONE, "555 0100")]);
    let mut request = SaveRequest::change(PERSON, record, ChangeKind::Edit);
    request.answers = vec![(NAME, Value::text("王小明")), (PHONE, Value::text("555 0101"))];
    book.save(request.clone()).unwrap();
    let page = book.record_page(record).unwrap();
    assert_eq!(page.history.len(), 2);
    let [write] = page.history[0].writes.as_slice() else { panic!("the name was there already") };
    let reads = |said: &Said| (said.text.zh.clone(), said.masked);
    assert_eq!(write.before.as_ref().map(reads), Some(("********".into(), true)));
    assert_eq!(reads(&write.after), ("********".into(), true));
    assert_eq!(page.custody, Custody::Saved);
    let phone = page.fields.iter().find(|f| f.field == PHONE).unwrap();
    assert_eq!(phone.values[0].said, write.after);
    assert_eq!(phone.values[0].author_name.as_deref(), Some("测试员"));
    assert!(matches!(book.save(request), Err(Error::Refused(Refused::Nothing))));
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let grid = Some(GridCode("44031000100101".into()));
    let refused = |answers: Vec<(FieldKey, Value)>| {
        let request = SaveRequest { answers, grid: grid.clone(), ..SaveRequest::create(PERSON) };
        match book.save(request) {
            Err(Error::Refused(refused)) => refused,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(vec![(NAME, Value::Int(1))]), Refused::WrongKind(NAME));
    assert_eq!(refused(vec![(NAME, Value::text("很".repeat(51)))]), Refused::TooLong(NAME));
    let spaced = |by: &str| Value::text(CODE.split("").collect::<Vec<_>>().join(by));
    let a_code_more = Value::text(format!("{CODE} 1"));
    for too_long in [a_code_more, spaced(&" ".repeat(1000))] {
        assert_eq!(refused(vec![(CITIZEN_ID, too_long)]), Refused::TooLong(CITIZEN_ID));
    }
    let unknown = FieldKey::plain(FieldNo(9999));
    assert_eq!(refused(vec![(unknown, Value::text("x"))]), Refused::UnknownField(unknown));
    let twice = refused(vec![(NAME, Value::text("a")), (NAME, Value::text("b"))]);
    assert_eq!(twice, Refused::Twice(NAME));
    assert_eq!(book.store().lock().last_seq().0, 0, "nothing refused was saved");
    let unknown_type = book.save(SaveRequest::create(TypeNo(999)));
    assert!(matches!(unknown_type, Err(Error::Refused(Refused::UnknownType(_)))));
}

#[test]
fn a_code_typed_with_spaces_is_no_longer_than_its_signs() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let spaced = " 110101 1900 0101 009x ";
    let record = create(&book, &[(NAME, "王小明"), (CITIZEN_ID, spaced)]);
    let found = book.duplicate_check(PERSON, "citizen", CODE).unwrap().records;
    assert_eq!(found.iter().map(|row| row.record).collect::<Vec<_>>(), [record]);
    let mut form = book.start_form(PERSON, None).unwrap();
    form.answer(CITIZEN_ID, Value::text(spaced)).unwrap();
    let wrong = |form: &crate::form::FormSession| {
        form.problems()
            .iter()
            .any(|p| p.key == Some(CITIZEN_ID) && p.severity == crate::form::Severity::Error)
    };
    assert!(!wrong(&form), "{:?}", form.problems());
    form.answer(CITIZEN_ID, Value::text(format!("{spaced}1"))).unwrap();
    assert!(wrong(&form));
}

#[test]
fn a_deleted_record_is_not_found_and_comes_back_when_restored() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let record = create(&book, &[(NAME, "王小明")]);
    for no_reason in ["alive", "tired of it"] {
        let refused = book.delete(record, no_reason, None);
        assert!(matches!(refused, Err(Error::Refused(Refused::WrongKind(_)))), "{no_reason}");
    }
    book.delete(record, "mistake", None).unwrap();
    assert_eq!(titles(&book, "小明").len(), 0);
    assert!(!book.record_page(record).unwrap().row.alive);
    assert!(matches!(book.delete(record, "mistake", None), Err(Error::Refused(Refused::Deleted(_)))));
    book.restore(record, None).unwrap();
    assert_eq!(titles(&book, "小明").len(), 1);
    assert!(matches!(book.restore(record, None), Err(Error::Refused(Refused::NotDeleted(_)))));
    book.confirm_visit(record, None).unwrap();
    assert_eq!(book.record_page(record).unwrap().history.len(), 4);
}

#[test]
fn the_same_code_is_found_before_a_second_record_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let record = create(&book, &[(NAME, "王小明"), (CITIZEN_ID, CODE), (PHONE, "555 0100")]);
    let spoken = book.duplicate_check(PERSON, "citizen", " 110101 19000101 009x ").unwrap();
    assert!(spoken.checked.valid && !spoken.unchecked);
    assert_eq!(spoken.records.iter().map(|row| row.record).collect::<Vec<_>>(), [record]);
    assert!(book.duplicate_check(PERSON, "citizen", "110101190001010110").unwrap().records.is_empty());
    assert!(book.duplicate_check(PERSON, "house", CODE).unwrap().records.is_empty());
    assert!(book.duplicate_check(PERSON, "no such scheme", CODE).is_err());

    let second = create(&book, &[(NAME, "王晓明"), (CITIZEN_ID, CODE)]);
    let page = book.record_page(record).unwrap();
    assert_eq!(page.entity.len(), 1);
    assert_eq!(page.entity[0].row.record, second);
    let fields: Vec<FieldKey> = page.entity[0].differences.iter().map(|d| d.field).collect();
    assert_eq!(fields, [NAME], "an answer that only one gives is no difference");
}

#[test]
fn a_form_is_put_aside_taken_up_and_saved_once() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let mut form = book.start_form(PERSON, None).unwrap();
    form.answer(PHONE, Value::text("555 0100")).unwrap();
    let draft = book.save_draft(&form, None, None).unwrap();
    drop((form, book));
    let book = open(dir.path());
    let (mut form, kept) = book.resume_draft(draft).unwrap();
    assert_eq!((kept.record, form.value(PHONE)), (None, Some(&Value::text("555 0100"))));
    let grid = Some(GridCode("44031000100101".into()));
    let refused = book.save_form(&form, None, Some(draft), None, grid.clone());
    assert!(matches!(refused, Err(Error::Refused(Refused::Problems(_)))), "the name is missing");
    assert_eq!(book.drafts().unwrap().len(), 1, "and the draft stays");
    form.answer(NAME, Value::text("王小明")).unwrap();
    let status = book.store().lock().projector().catalog().code_lists["residence_status"].clone();
    let first = status.codes[0].code.clone();
    form.answer(FieldKey::plain(FieldNo(32)), Value::Code(status.code(&first))).unwrap();
    let saved = book.save_form(&form, None, Some(draft), None, grid).unwrap();
    assert!(book.drafts().unwrap().is_empty(), "saved and forgotten in one step");
    assert!(matches!(book.resume_draft(draft), Err(Error::Refused(Refused::NoDraft))));

    let mut form = book.start_form(PERSON, Some(saved.record)).unwrap();
    form.answer(PHONE, Value::text("555 0101")).unwrap();
    book.save_form(&form, Some(saved.record), None, None, None).unwrap();
    let unchanged = book.start_form(PERSON, Some(saved.record)).unwrap();
    book.save_form(&unchanged, Some(saved.record), None, None, None).unwrap();
    let kinds: Vec<ChangeKind> =
        book.record_page(saved.record).unwrap().history.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::Visit, ChangeKind::Edit, ChangeKind::Create]);
}

#[test]
fn photos_that_nothing_names_go_after_a_week_when_the_fieldbook_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let start_ms = 1_790_000_000_000;
    let open_at = |ms| {
        let clock = Arc::new(TestClock(AtomicI64::new(ms), 1000));
        Fieldbook::open(dir.path(), &OpenOptions::for_tests(), clock).unwrap()
    };
    let book = open_at(start_ms);
    book.set_identity(identity(), 1).unwrap();
    let [alone, drafted, saved] = [b"one", b"two", b"tre"].map(|bytes| book.add_photo(bytes).unwrap());
    let mut form = book.start_form(PERSON, None).unwrap();
    form.add_photo(system::PHOTOS, drafted).unwrap();
    book.save_draft(&form, None, None).unwrap();
    let mut request = SaveRequest::create(PERSON);
    request.grid = Some(GridCode("44031000100101".into()));
    request.photos_added = vec![saved];
    book.save(request).unwrap();
    drop((form, book));
    if !cfg!(feature = "sqlcipher") {
        // A claim that was lost: the change itself still names the photo.
        let db = rusqlite::Connection::open(dir.path().join("fieldbook.db")).unwrap();
        db.execute("UPDATE photo SET record = NULL", []).unwrap();
    }

    let there =
        |book: &Fieldbook| [alone, drafted, saved].map(|hash| book.store().lock().photo_bytes(hash).is_ok());
    let day = 24 * 60 * 60 * 1000;
    assert_eq!(there(&open_at(start_ms + 6 * day)), [true; 3]);
    assert_eq!(there(&open_at(start_ms + 8 * day)), [false, true, true]);
}

#[test]
fn nothing_is_sealed_while_something_is_here_alone() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    assert!(book.safe().unwrap().is_sealed() && book.safe().unwrap().seal().is_none());
    create(&book, &[(NAME, "王小明")]);
    let safe = book.safe().unwrap();
    assert_eq!((safe.saved_today, safe.received_today, safe.pending), (1, 0, 1));
    assert!(!safe.is_sealed() && safe.seal().is_none());
}

#[test]
fn what_was_saved_by_a_wrong_clock_is_no_part_of_a_later_day() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(AtomicI64::new(0), 1000));
    let book = Fieldbook::open(dir.path(), &OpenOptions::for_tests(), clock.clone()).unwrap();
    book.set_identity(identity(), 1).unwrap();
    let (now_ms, day_ms) = (1_790_000_000_000, 86_400_000);
    let saved_today = |at_ms| {
        clock.0.store(at_ms, Ordering::SeqCst);
        book.safe().unwrap().saved_today
    };
    for (at_ms, gnss_ms) in
        [(now_ms, None), (now_ms + 365 * day_ms, None), (now_ms - day_ms, Some(now_ms + 5))]
    {
        clock.0.store(at_ms, Ordering::SeqCst);
        let mut request = SaveRequest::create(PERSON);
        request.grid = Some(GridCode("44031000100101".into()));
        request.gnss_ms = gnss_ms;
        book.save(request).unwrap();
    }
    assert_eq!(saved_today(now_ms), 2, "the satellites knew better than the clock that was a day behind");
    assert_eq!((saved_today(now_ms + day_ms), saved_today(now_ms + 2 * day_ms)), (0, 0));
    let order: Vec<u64> = book.outbox().unwrap().iter().map(|logged| logged.dot.seq.0).collect();
    assert_eq!(order, [1, 2, 3]);
    let stamps: Vec<_> = book.outbox().unwrap().iter().map(|logged| logged.change.hlc).collect();
    assert!(stamps.is_sorted() && stamps[1] < stamps[2], "a clock set back does not go back in the log");
}

#[test]
fn a_device_without_identity_saves_nothing_and_an_enrolled_one_ignores_codes() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(AtomicI64::new(0), 1000));
    let book = Fieldbook::open(dir.path(), &OpenOptions::for_tests(), clock).unwrap();
    let mut request = SaveRequest::create(PERSON);
    request.grid = Some(GridCode("44031000100101".into()));
    assert!(matches!(book.save(request), Err(Error::NotEnrolled)));
    book.set_identity(identity(), 1).unwrap();
    assert!(matches!(book.set_identity(identity(), 1), Err(Error::Enrolled)));
}

#[test]
fn a_full_disk_refuses_a_save_keeps_what_was_there_and_takes_the_next_one_once_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let first = create(&book, &[(NAME, "王小明")]);
    book.store().lock().set_room(true);
    let mut request = SaveRequest::create(PERSON);
    request.grid = Some(GridCode("44031000100101".into()));
    request.answers = vec![(FieldKey::plain(FieldNo(36)), Value::text("长".repeat(1000)))];
    let mut saved = 1;
    let refused = loop {
        match book.save(request.clone()) {
            Ok(_) => saved += 1,
            Err(error) => break error,
        }
        assert!(saved < 1000, "the disk is never full");
    };
    assert!(matches!(refused, Error::Full { .. }), "{refused:?}");
    assert_eq!(book.outbox().unwrap().len(), saved);
    assert_eq!(book.record_page(first).unwrap().row.title.zh, "王小明");
    assert_eq!(titles(&book, "小明"), ["王小明"]);
    book.store().lock().set_room(false);
    book.save(request).unwrap();
    assert_eq!(book.store().lock().last_seq().0, saved as u64 + 1, "no number was lost");
}
