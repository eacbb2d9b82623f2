//! Devices and a hub in one process: what must hold of sync, whatever is lost, repeated, cut, copied or restored.

use super::sim::{GRIDS, Hub, Line, texts};
use super::{Cancel, Options, SyncReport, Unfinished, sync};
use crate::fieldbook::reveal::tests::first_choice;
use crate::fieldbook::{Fieldbook, SaveRequest};
use crate::geo::{Datum, Fix, Point, Provider};
use crate::ids::{Dot, FieldKey, FieldNo, GridCode, PhotoHash, RecordId, Rid, TypeNo};
use crate::merge::RecordState;
use crate::record::{Change, ChangeKind, system};
use crate::store::{ChangeState, Error, OpenOptions, PhotoTrouble, Refused};
use crate::time::{Clock, UtcMs};
use crate::value::Value;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const PERSON: TypeNo = TypeNo(1);
const NAME: u16 = 16;
const PHONE: u16 = 31;
const REMARKS: u16 = 36;

/// A clock that goes one second at each look.
struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn wall_ms(&self) -> UtcMs {
        self.0.fetch_add(1000, Ordering::SeqCst)
    }
    fn mono_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst) as u64
    }
    fn boot(&self) -> u32 {
        7
    }
}

struct Device {
    book: Fieldbook,
    line: Line,
    dir: tempfile::TempDir,
}

fn options() -> Options {
    Options { retries_max: 2, backoff: Duration::ZERO, ..Options::default() }
}

fn open(dir: &Path, wall_ms: i64) -> Fieldbook {
    Fieldbook::open(dir, &OpenOptions::for_tests(), Arc::new(TestClock(AtomicI64::new(wall_ms)))).unwrap()
}

impl Device {
    fn new(hub: &Hub, name: u8) -> Device {
        let dir = tempfile::tempdir().unwrap();
        // Every device's clock is wrong in its own way.
        let book = open(dir.path(), 1_790_000_000_000 + (i64::from(name) - 3) * 40_000_000_000);
        book.set_identity(hub.admit(name), 1).unwrap();
        let line = Line { hub: hub.clone(), store: book.store().clone() };
        Device { book, line, dir }
    }

    fn rid(&self) -> Rid {
        self.book.identity().unwrap().rid
    }

    fn reopen(self) -> Device {
        let Device { book, line, dir } = self;
        let hub = line.hub.clone();
        drop((book, line));
        Device::open_copy(hub, dir)
    }

    fn open_copy(hub: Hub, dir: tempfile::TempDir) -> Device {
        let book = open(dir.path(), 1_800_000_000_000);
        let line = Line { hub, store: book.store().clone() };
        Device { book, line, dir }
    }

    /// A copy of the device's directory, as a backup or a cloning tool makes it.
    fn copy(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        for name in ["fieldbook.db", "fieldbook.db-wal"] {
            let from = self.dir.path().join(name);
            if from.exists() {
                std::fs::copy(from, copy.path().join(name)).unwrap();
            }
        }
        copy
    }

    async fn sync(&self) -> SyncReport {
        let clock = TestClock(AtomicI64::new(1_790_000_000_000));
        sync(self.book.store(), &self.line, &clock, &options(), &(), &Cancel::default()).await
    }

    /// Syncs until a run finishes.
    async fn settle(&self) {
        for _ in 0..200 {
            let report = self.sync().await;
            match report.unfinished {
                None => return assert_eq!(report.divergences_open, 0),
                Some(Unfinished::Unreachable(_)) => {}
                Some(other) => panic!("{other:?}"),
            }
        }
        panic!("200 runs did not finish");
    }

    fn create(&self, name: &str) -> RecordId {
        let mut request = SaveRequest::create(PERSON);
        request.answers = vec![answer(NAME, name)];
        request.grid = Some(GridCode(GRIDS[0].into()));
        self.book.save(request).unwrap().record
    }

    fn edit(&self, record: RecordId, no: u16, text: &str) -> Result<(), Error> {
        let mut request = SaveRequest::change(PERSON, record, ChangeKind::Edit);
        request.answers = vec![answer(no, text)];
        self.book.save(request).map(|_| ())
    }

    fn shown(&self, record: RecordId, no: u16) -> Vec<String> {
        self.book.record(record).map_or_else(|_| vec!["not here".into()], |state| texts(&state, no))
    }
}

fn answer(no: u16, text: &str) -> (FieldKey, Value) {
    (FieldKey::plain(FieldNo(no)), Value::text(text))
}

/// Polls a run so many times and then drops it, as the end of a process does.
fn kill_after(polls: usize, run: impl Future<Output = SyncReport>) -> Option<SyncReport> {
    let mut run = pin!(run);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(report) = run.as_mut().poll(&mut context) {
            return Some(report);
        }
    }
    None
}

#[tokio::test]
async fn what_one_saves_the_other_reads() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let records: Vec<RecordId> = (0..10).map(|n| alice.create(&format!("王小明{n}"))).collect();
    assert_eq!(alice.book.outbox().unwrap().len(), 10);
    alice.settle().await;
    bob.settle().await;
    assert!(alice.book.outbox().unwrap().is_empty());
    for (n, record) in records.iter().enumerate() {
        assert_eq!(bob.shown(*record, NAME), [format!("王小明{n}")]);
    }
    bob.edit(records[0], NAME, "王大明").unwrap();
    assert_eq!(bob.shown(records[0], NAME), ["王大明"], "own changes show before they are received");
    bob.settle().await;
    alice.settle().await;
    assert_eq!(alice.shown(records[0], NAME), ["王大明"]);
    assert_eq!(alice.book.find("大明", None).unwrap().total, 1);
}

#[tokio::test]
async fn a_page_calls_a_grid_by_its_name() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let record = alice.create("张三");
    alice.settle().await;
    let name = alice.book.store().lock().grids()[0].name.clone();
    let grid = FieldKey::plain(system::GRID);
    let page = alice.book.record_page(record).unwrap();
    let field = page.fields.iter().find(|field| field.field == grid).unwrap();
    assert_eq!(
        (field.values[0].said.text.zh.as_str(), page.grid_name.as_ref()),
        (name.as_str(), Some(&name))
    );
    let write = page.history[0].writes.iter().find(|write| write.field == grid).unwrap();
    assert_eq!(write.after.text.en, name);
    assert_ne!(name, GRIDS[0]);
}

#[tokio::test]
async fn concurrent_answers_are_both_kept_until_somebody_settles_them() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let record = alice.create("张三");
    alice.settle().await;
    bob.settle().await;
    alice.edit(record, PHONE, "555 0101").unwrap();
    bob.edit(record, PHONE, "555 0102").unwrap();
    bob.edit(record, REMARKS, "只有乙写的").unwrap();
    for device in [&alice, &bob, &alice] {
        device.settle().await;
    }
    for device in [&alice, &bob] {
        let mut phones = device.shown(record, PHONE);
        phones.sort();
        assert_eq!(phones, ["555 0101", "555 0102"]);
        assert_eq!(device.shown(record, REMARKS), ["只有乙写的"]);
        assert_eq!(device.book.conflicts().unwrap().len(), 1);
    }
    alice.edit(record, PHONE, "555 0103").unwrap();
    for device in [&alice, &bob] {
        device.settle().await;
        assert_eq!(device.shown(record, PHONE), ["555 0103"]);
        assert!(device.book.conflicts().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_form_replaces_what_it_began_with_and_not_what_came_meanwhile() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let record = alice.create("张三");
    alice.edit(record, PHONE, "555 0100").unwrap();
    alice.settle().await;
    bob.settle().await;
    let mut form = alice.book.start_form(PERSON, Some(record)).unwrap();
    let (status, value) = first_choice(&form);
    form.answer(status, value).unwrap();
    let (phone, value) = answer(PHONE, "555 0101");
    form.answer(phone, value).unwrap();
    let draft = alice.book.save_draft(&form, Some(record), None).unwrap();
    drop(form);

    bob.edit(record, PHONE, "555 0102").unwrap();
    bob.settle().await;
    alice.settle().await;
    assert_eq!(alice.shown(record, PHONE), ["555 0102"]);
    let (form, _) = alice.book.resume_draft(draft).unwrap();
    alice.book.save_form(&form, Some(record), Some(draft), None, None).unwrap();
    let mut phones = alice.shown(record, PHONE);
    phones.sort();
    assert_eq!(phones, ["555 0101", "555 0102"], "nobody who wrote the one had seen the other");
}

#[tokio::test]
async fn a_run_cut_at_any_wait_loses_nothing_and_the_next_goes_on() {
    for polls in 0..60 {
        let hub = Hub::new();
        let mut alice = Device::new(&hub, 1);
        let bob = Device::new(&hub, 2);
        let from_bob: Vec<RecordId> = (0..8).map(|n| bob.create(&format!("乙{n}"))).collect();
        bob.settle().await;
        let photo = alice.book.add_photo(&vec![9; 900]).unwrap();
        let mut request = SaveRequest::create(PERSON);
        request.answers = vec![answer(NAME, "甲")];
        request.grid = Some(GridCode(GRIDS[1].into()));
        request.photos_added = vec![photo];
        let record = alice.book.save(request).unwrap().record;
        let clock = TestClock(AtomicI64::new(0));
        let done = kill_after(
            polls,
            sync(alice.book.store(), &alice.line, &clock, &options(), &(), &Cancel::default()),
        );
        alice = alice.reopen();
        assert_eq!(alice.shown(record, NAME), ["甲"], "cut after {polls} polls");
        alice.settle().await;
        for theirs in &from_bob {
            assert!(!alice.shown(*theirs, NAME).is_empty(), "cut after {polls} polls");
        }
        assert_eq!(texts(&hub.state(record).unwrap(), NAME), ["甲"]);
        for _ in 0..3 {
            alice.settle().await;
        }
        assert_eq!(hub.photo(photo), Some(vec![9; 900]), "cut after {polls} polls");
        assert!(alice.book.store().lock().photos_pending().unwrap().is_empty());
        assert_eq!(hub.log_len(alice.rid()), 1, "a repeated push is one push");
        if done.is_some_and(|report| report.unfinished.is_none()) {
            assert!(polls > 10);
            return;
        }
    }
    panic!("60 polls do not make a run");
}

#[tokio::test]
async fn what_the_server_did_not_accept_is_kept_and_not_shown() {
    let hub = Hub::new();
    hub.lock().refuse_text = Some("BAD".into());
    let alice = Device::new(&hub, 1);
    let (good, bad) = (alice.create("好"), alice.create("BAD"));
    alice.edit(good, REMARKS, "BAD too").unwrap();
    alice.edit(good, PHONE, "555 0100").unwrap();
    let report = alice.sync().await;
    assert!(report.unfinished.is_none());
    assert_eq!((report.pushed, report.quarantined), (4, 2));
    assert_eq!(alice.shown(bad, NAME), ["not here"]);
    assert!(alice.shown(good, REMARKS).is_empty());
    assert_eq!(alice.shown(good, PHONE), ["555 0100"]);
    let kept = alice.book.store().lock().quarantined().unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|logged| logged.state == ChangeState::Quarantined { code: "wrong_kind".into() }));
    assert!(alice.book.outbox().unwrap().is_empty(), "one bad change blocks nothing");
}

#[tokio::test]
async fn a_receipt_without_the_servers_signature_marks_nothing() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    alice.create("甲");
    let dir = tempfile::tempdir().unwrap();
    let mut identity = alice.book.identity().unwrap();
    identity.receipt_key.0 =
        ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes().to_vec();
    let eve = open(dir.path(), 1_790_000_000_000);
    eve.set_identity(identity, 1).unwrap();
    let line = Line { hub: hub.clone(), store: eve.store().clone() };
    let eve = Device { book: eve, line, dir };
    eve.create("甲");
    assert!(matches!(eve.sync().await.unfinished, Some(Unfinished::Garbled(_))));
    assert_eq!(eve.book.outbox().unwrap().len(), 1);
}

#[tokio::test]
async fn a_copied_device_goes_on_as_a_new_replica_and_nothing_is_lost() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let shared = alice.create("共同");
    alice.settle().await;
    let clone = Device::open_copy(hub.clone(), alice.copy());
    alice.edit(shared, PHONE, "555 0101").unwrap();
    alice.settle().await;
    // The clone writes under the same numbers, and names its own earlier change in a later one.
    clone.edit(shared, PHONE, "555 0102").unwrap();
    clone.edit(shared, PHONE, "555 0103").unwrap();
    let own = clone.create("克隆的");
    let report = clone.sync().await;
    assert!(report.rekeyed && matches!(report.unfinished, Some(Unfinished::Held)), "{report:?}");
    assert_ne!(clone.rid(), alice.rid());
    assert_eq!(hub.log_len(clone.rid()), 3, "everything was handed in at once");
    assert!(clone.book.outbox().unwrap().is_empty());
    assert_eq!(clone.shown(shared, PHONE), ["555 0103"], "what it saved still shows");
    let first = clone.book.store().lock().history(own).unwrap().pop().unwrap();
    assert_eq!(first.change.was, Some(Dot { rid: alice.rid(), seq: crate::ids::Seq(4) }));

    hub.confirm_all();
    for device in [&clone, &alice, &bob, &clone] {
        device.settle().await;
    }
    for device in [&alice, &bob, &clone] {
        let mut phones = device.shown(shared, PHONE);
        phones.sort();
        assert_eq!(phones, ["555 0101", "555 0103"], "two devices wrote, one value each survived");
        assert_eq!(device.shown(own, NAME), ["克隆的"]);
    }
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_waited_for_and_nothing_is_lost() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let record = alice.create("甲");
    let busy = |busy, wait_ms| {
        let wait = std::time::Duration::from_millis(wait_ms);
        hub.lock().faults = super::sim::Faults { busy, wait, ..Default::default() };
    };
    // Longer than one stands in the rain for: the next run asks again.
    busy(1, 61_000);
    let report = alice.sync().await;
    let wait = std::time::Duration::from_secs(61);
    assert!(matches!(report.unfinished, Some(Unfinished::Busy(asked)) if asked == wait), "{report:?}");
    // Again and again.
    busy(100, 1);
    let report = alice.sync().await;
    assert!(matches!(report.unfinished, Some(Unfinished::Busy(_))), "{report:?}");
    assert_eq!(u64::from(options().retries_max), report.retries);
    assert_eq!(alice.book.outbox().unwrap().len(), 1);
    busy(2, 1);
    let report = alice.sync().await;
    assert!(report.unfinished.is_none() && report.retries == 2, "{report:?}");
    assert_eq!(texts(&hub.state(record).unwrap(), NAME), ["甲"]);
}

#[tokio::test]
async fn a_restored_device_finds_its_lost_changes_again() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let record = alice.create("旧");
    alice.settle().await;
    let backup = alice.copy();
    alice.edit(record, NAME, "新").unwrap();
    alice.settle().await;
    let old_rid = alice.rid();
    drop(alice);
    let restored = Device::open_copy(hub.clone(), backup);
    assert_eq!(restored.shown(record, NAME), ["旧"]);
    let report = restored.sync().await;
    assert!(report.rekeyed && matches!(report.unfinished, Some(Unfinished::Held)));
    assert_ne!(restored.rid(), old_rid);
    hub.confirm_all();
    restored.settle().await;
    assert_eq!(restored.shown(record, NAME), ["新"]);
    restored.edit(record, NAME, "更新").unwrap();
    restored.settle().await;
    assert_eq!(texts(&hub.state(record).unwrap(), NAME), ["更新"]);
}

#[tokio::test]
async fn a_fork_cut_at_any_wait_ends_in_one_new_replica() {
    for polls in 0..40 {
        let hub = Hub::new();
        let alice = Device::new(&hub, 1);
        let record = alice.create("甲");
        alice.settle().await;
        let mut clone = Device::open_copy(hub.clone(), alice.copy());
        alice.edit(record, PHONE, "555 0101").unwrap();
        alice.settle().await;
        clone.edit(record, PHONE, "555 0102").unwrap();
        let clock = TestClock(AtomicI64::new(0));
        kill_after(polls, sync(clone.book.store(), &clone.line, &clock, &options(), &(), &Cancel::default()));
        clone = clone.reopen();
        let report = clone.sync().await;
        assert!(matches!(report.unfinished, Some(Unfinished::Held)), "{polls}: {report:?}");
        assert_eq!(hub.rids().len(), 2, "cut after {polls} polls");
        hub.confirm_all();
        clone.settle().await;
        assert_eq!(clone.shown(record, PHONE).len(), 2);
    }
}

#[tokio::test]
async fn a_restored_server_is_filled_again_by_the_devices() {
    for keep in 0..4 {
        let hub = Hub::new();
        let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
        let record = alice.create("甲");
        alice.edit(record, PHONE, "555 0100").unwrap();
        let second = alice.create("乙");
        alice.settle().await;
        bob.settle().await;
        bob.edit(record, REMARKS, "丙写的").unwrap();
        bob.settle().await;
        let before = hub.states();
        hub.restore(keep);
        // Only one of them has something new to push; the other learns of the new epoch by pulling.
        alice.edit(second, PHONE, "555 0199").unwrap();
        // What bob read before is not there yet when he comes first: that is said, and he keeps it.
        for device in [&bob, &alice] {
            assert!(device.sync().await.unfinished.is_none());
            assert_eq!(bob.shown(record, PHONE), ["555 0100"]);
        }
        for device in [&bob, &alice] {
            device.settle().await;
        }
        let after = hub.states();
        assert_eq!(after.len(), before.len(), "keep {keep}");
        assert_eq!(texts(&after[&record], REMARKS), ["丙写的"]);
        assert_eq!(texts(&after[&record], PHONE), ["555 0100"]);
        assert_eq!(texts(&after[&second], PHONE), ["555 0199"]);
        assert_eq!(bob.shown(second, PHONE), ["555 0199"]);
    }
}

#[tokio::test]
async fn a_grid_taken_away_is_purged_but_for_what_has_no_receipt() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let (touched, untouched) = (bob.create("碰过"), bob.create("没碰过"));
    bob.settle().await;
    alice.settle().await;
    let mine = alice.create("自己的");
    alice.edit(touched, PHONE, "555 0100").unwrap();
    alice.settle().await;
    alice.edit(touched, REMARKS, "还没传").unwrap();
    hub.set_grids(alice.rid(), &[GRIDS[1]]);
    // The scope arrives while a change is still on its way: pull without pushing.
    let page = pull_page(&alice).await;
    alice.book.store().lock().take_page(&page, 0).unwrap();
    for record in [touched, untouched, mine] {
        assert_eq!(alice.shown(record, NAME), ["not here"]);
    }
    {
        let store = alice.book.store().lock();
        assert!(store.hub_state(untouched).unwrap().is_none(), "purged");
        assert!(store.hub_state(touched).unwrap().is_some(), "kept for its change without receipt");
        assert_eq!(store.outbox().unwrap().len(), 1);
    }
    alice.settle().await;
    assert!(alice.book.store().lock().hub_state(touched).unwrap().is_none(), "purged after the receipt");
    assert_eq!(alice.book.store().lock().shown_records().unwrap(), []);
    hub.set_grids(alice.rid(), &GRIDS);
    alice.settle().await;
    assert_eq!(alice.shown(touched, NAME), ["碰过"]);
    assert_eq!(alice.shown(touched, REMARKS), ["还没传"]);
    assert_eq!(alice.shown(mine, NAME), ["自己的"]);
}

async fn pull_page(device: &Device) -> crate::wire::v1::Page {
    use crate::wire::Exchange;
    use crate::wire::v1::{Pull, PullReply};
    let pull = {
        let store = device.book.store().lock();
        Pull {
            session: 0,
            epoch: 1,
            scope_version: store.scope_version().unwrap(),
            last_seq: crate::ids::Seq(u64::MAX),
            cursors: store.cursors().unwrap(),
            bytes_max: 1 << 20,
            facts: None,
        }
    };
    match device.line.pull(pull).await.unwrap() {
        PullReply::Page(page) => page,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_record_moved_between_grids_follows_and_leaves() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    hub.set_grids(bob.rid(), &[GRIDS[0]]);
    let record = alice.create("搬家");
    alice.settle().await;
    bob.settle().await;
    assert_eq!(bob.shown(record, NAME), ["搬家"]);
    let mut request = SaveRequest::change(PERSON, record, ChangeKind::Move);
    request.grid = Some(GridCode(GRIDS[1].into()));
    alice.book.save(request).unwrap();
    alice.settle().await;
    bob.settle().await;
    assert_eq!(bob.shown(record, NAME), ["not here"]);
    assert_eq!(alice.shown(record, NAME), ["搬家"]);
}

#[tokio::test]
async fn a_difference_is_found_by_digest_and_repaired_without_touching_own_changes() {
    let hub = Hub::new();
    hub.lock().page = 1000;
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let records: Vec<RecordId> = (0..300).map(|n| alice.create(&format!("人{n}"))).collect();
    alice.settle().await;
    bob.settle().await;
    // Three faults behind the feed's back: one record differs, one is gone at the hub, one is gone at the device.
    let mut change = alice.book.store().lock().history(records[10]).unwrap()[0].change.clone();
    change.seq = crate::ids::Seq(1);
    change.kind = ChangeKind::Edit;
    change.writes = vec![];
    change.writes.push(crate::record::Write {
        field: FieldKey::plain(FieldNo(PHONE)),
        value: Value::text("555 0177"),
        replaces: vec![],
    });
    hub.tamper(records[10], &change, Rid(4000));
    hub.vanish(records[20]);
    bob.book.store().lock().forget_hub_record(records[30]);
    bob.edit(records[40], PHONE, "555 0140").unwrap();
    let report = bob.sync().await;
    assert!(report.unfinished.is_none(), "{report:?}");
    assert_eq!((report.divergences, report.divergences_open), (1, 0));
    assert_eq!(bob.shown(records[10], PHONE), ["555 0177"]);
    assert_eq!(bob.shown(records[20], NAME), ["not here"]);
    assert_eq!(bob.shown(records[30], NAME), ["人30"]);
    assert_eq!(bob.shown(records[40], PHONE), ["555 0140"]);
    assert_eq!(bob.book.sessions(1).unwrap()[0].divergences, 1);
    assert_eq!(bob.sync().await.divergences, 0);
}

#[tokio::test]
async fn a_field_book_of_a_released_version_has_all_its_records_and_finds_them() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let theirs = bob.create("王小明");
    bob.settle().await;
    alice.settle().await;
    let own = alice.create("李四");
    let earlier = tempfile::tempdir().unwrap();
    alice.book.store().lock().write_as_version(4, earlier.path(), "c11010119000101009x");
    let alice = Device::open_copy(hub.clone(), earlier);
    let found = |query: &str| {
        let hits = alice.book.find(query, None).unwrap();
        hits.hits.into_iter().map(|hit| (hit.record, hit.title.zh)).collect::<Vec<_>>()
    };
    assert_eq!(found("小明"), [(theirs, "王小明".to_owned())]);
    assert_eq!(found("李四"), [(own, "李四".to_owned())]);
    assert_eq!((found("").len(), found("110101").len()), (2, 0));
    alice.settle().await;
    assert_eq!(texts(&hub.state(own).unwrap(), NAME), ["李四"]);
}

#[tokio::test]
async fn one_damaged_record_keeps_no_other_from_being_made_anew_and_comes_again() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let records = ["王小明", "李四"].map(|name| bob.create(name));
    bob.settle().await;
    alice.settle().await;
    alice.book.store().lock().derive_as_before("c11010119000101009x");
    alice.book.store().lock().damage_hub_record(records[0]);
    let alice = alice.reopen();
    let found = |query: &str| alice.book.find(query, None).unwrap().total;
    let told = |line: &str| alice.book.diagnostics(&[]).unwrap().lines().any(|told| told == line);
    assert_eq!((found("110101"), found("小明"), found("李四"), found("")), (0, 0, 1, 1));
    assert!(told("records that cannot be read: 1") && told("lists and search still to be made anew: false"));
    alice.settle().await;
    assert_eq!(alice.shown(records[0], NAME), ["王小明"]);
    assert!(found("小明") == 1 && told("records that cannot be read: 0"));
}

#[tokio::test]
async fn a_photo_holds_up_no_record_and_is_received_once_whole() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let bytes: Vec<u8> = (0..5000u32).map(|n| n as u8).collect();
    let photo = alice.book.add_photo(&bytes).unwrap();
    assert_eq!(alice.book.add_photo(&bytes).unwrap(), photo, "the same bytes are one photo");
    let mut request = SaveRequest::create(PERSON);
    request.answers = vec![answer(NAME, "有照片")];
    request.grid = Some(GridCode(GRIDS[0].into()));
    request.photos_added = vec![photo];
    let record = alice.book.save(request).unwrap().record;
    // Five parts of a thousand bytes, cut after each; two retries a run.
    let report = alice.sync().await;
    assert!(matches!(report.unfinished, Some(Unfinished::Unreachable(_))));
    assert_eq!(texts(&hub.state(record).unwrap(), NAME), ["有照片"], "the record did not wait");
    let pending = alice.book.store().lock().photos_pending().unwrap();
    assert_eq!(pending.len(), 1);
    alice.settle().await;
    assert_eq!(hub.photo(photo), Some(bytes));
    assert!(alice.book.store().lock().photos_pending().unwrap().is_empty());
    let unknown = PhotoHash([7; 32]);
    let mut request = SaveRequest::create(PERSON);
    request.grid = Some(GridCode(GRIDS[0].into()));
    request.photos_added = vec![unknown];
    let refused = alice.book.save(request);
    assert!(matches!(refused, Err(Error::Refused(Refused::NoPhoto(hash))) if hash == unknown));
}

impl Device {
    fn create_with(&self, photos: Vec<PhotoHash>) -> RecordId {
        let mut request = SaveRequest::create(PERSON);
        request.answers = vec![answer(NAME, "有照片")];
        request.grid = Some(GridCode(GRIDS[0].into()));
        request.photos_added = photos;
        self.book.save(request).unwrap().record
    }

    /// Photos that wait, that are damaged, and that a revoked device waits with.
    fn photos(&self) -> (u64, u64, u64) {
        let safe = self.book.safe().unwrap();
        (safe.photos_pending, safe.photos_damaged, safe.photos_unreleased)
    }

    /// Has the files of all its photos hold something else.
    fn damage_photos(&self) {
        let folders = std::fs::read_dir(self.dir.path().join("photos")).unwrap();
        for file in folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap()) {
            std::fs::write(file.unwrap().path(), b"nothing of it").unwrap();
        }
    }
}

#[tokio::test]
async fn photos_of_a_revoked_device_wait_for_the_release_and_are_then_handed_in() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    alice.settle().await;
    let photos = [b"one picture", b"and another"].map(|bytes| alice.book.add_photo(bytes).unwrap());
    let record = alice.create_with(photos.to_vec());
    hub.lock().revoked.insert(alice.rid());
    let told = async || match alice.sync().await.unfinished {
        Some(Unfinished::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    };
    assert_eq!((told().await.as_str(), alice.photos()), ("revoked", (0, 0, 2)));
    assert!(!alice.book.safe().unwrap().is_sealed());
    let waiting = alice.book.waiting().unwrap();
    assert_eq!((waiting[0].record, &*waiting[0].title.zh), (record, "有照片"), "though it is not shown");
    assert_eq!((waiting[0].photos, waiting[0].photos_not_taken), (0, 2));
    hub.lock().released.insert(photos[0]);
    assert_eq!((told().await.as_str(), alice.photos()), ("revoked", (0, 0, 1)));
    assert!(hub.photo(photos[0]).is_some() && hub.photo(photos[1]).is_none());
    // Later runs go on trying, over a new start of the app too.
    let alice = alice.reopen();
    hub.lock().released.insert(photos[1]);
    alice.sync().await;
    assert!(hub.photo(photos[1]).is_some() && alice.book.safe().unwrap().is_sealed());
}

#[tokio::test]
async fn photos_of_what_was_dismissed_are_given_up() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    alice.settle().await;
    let photos = [b"one picture", b"and another"].map(|bytes| alice.book.add_photo(bytes).unwrap());
    alice.create_with(photos.to_vec());
    hub.lock().revoked.insert(alice.rid());
    alice.sync().await;
    assert_eq!(alice.photos(), (0, 0, 2));
    hub.lock().dismissed.insert(photos[0]);
    alice.sync().await;
    assert_eq!((alice.photos(), alice.book.safe().unwrap().is_sealed()), ((0, 0, 1), false));
    hub.lock().dismissed.insert(photos[1]);
    alice.sync().await;
    assert!(alice.photos() == (0, 0, 0) && alice.book.safe().unwrap().is_sealed());
    hub.lock().revoked.clear();
    alice.settle().await;
    let told = alice.book.diagnostics(&[]).unwrap();
    assert!(told.lines().any(|line| line == "photos not wanted and given up: 2"), "{told}");
    assert!(alice.book.store().lock().photo_bytes(photos[0]).is_ok(), "a change names it still");
}

#[tokio::test]
async fn a_device_admitted_again_waits_for_no_release() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    alice.settle().await;
    let photo = alice.book.add_photo(b"a picture").unwrap();
    alice.create_with(vec![photo]);
    hub.lock().revoked.insert(alice.rid());
    alice.sync().await;
    hub.lock().revoked.clear();
    let clock = TestClock(AtomicI64::new(1_790_000_000_000));
    let no_photos = Options { photos: false, ..options() };
    sync(alice.book.store(), &alice.line, &clock, &no_photos, &(), &Cancel::default()).await;
    assert_eq!(alice.photos(), (1, 0, 0), "it waits for Wi-Fi only");
    alice.settle().await;
    assert!(hub.photo(photo).is_some());
}

#[tokio::test]
async fn a_damaged_photo_is_named_holds_up_nothing_and_is_replaced() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let damaged = alice.book.add_photo(b"a picture").unwrap();
    let record = alice.create_with(vec![damaged]);
    alice.damage_photos();
    let whole = alice.book.add_photo(b"another one").unwrap();
    alice.create_with(vec![whole]);
    let report = alice.sync().await;
    assert!(report.unfinished.is_none() && hub.photo(whole).is_some(), "{report:?}");
    let page = alice.book.record_page(record).unwrap();
    assert_eq!(page.photos[0].trouble, Some(PhotoTrouble::Damaged));
    let waiting = alice.book.waiting().unwrap();
    assert_eq!((waiting[0].record, waiting[0].photos, waiting[0].photos_damaged), (record, 0, 1));
    assert_eq!((alice.photos(), alice.book.safe().unwrap().is_sealed()), ((0, 1, 0), false));

    let anew = alice.book.add_photo(b"taken anew").unwrap();
    let mut request = SaveRequest::change(PERSON, record, ChangeKind::Edit);
    (request.photos_added, request.photos_removed) = (vec![anew], vec![damaged]);
    alice.book.save(request).unwrap();
    alice.settle().await;
    // The server goes on missing it, and nobody can do anything about that.
    alice.settle().await;
    assert!(hub.photo(anew).is_some() && alice.book.safe().unwrap().is_sealed());
}

impl Device {
    /// A damaged photo that no record needs any more is given up, told, and holds up nothing.
    fn gave_up_one(&self) {
        assert_eq!((self.photos(), self.book.waiting().unwrap()), ((0, 0, 0), vec![]));
        assert!(self.book.safe().unwrap().is_sealed());
        let told = self.book.diagnostics(&[]).unwrap();
        assert!(told.lines().any(|line| line == "photos damaged and given up: 1"), "{told}");
    }

    /// Another picture in the place of this one.
    fn replace_photo(&self, record: RecordId, photo: PhotoHash) {
        let mut request = SaveRequest::change(PERSON, record, ChangeKind::Edit);
        request.photos_added = vec![self.book.add_photo(b"taken anew").unwrap()];
        request.photos_removed = vec![photo];
        self.book.save(request).unwrap();
    }

    /// A record of which the server has all but its photo, which is found damaged.
    async fn create_with_damaged(&self) -> (RecordId, PhotoHash) {
        let photo = self.book.add_photo(b"a picture").unwrap();
        let record = self.create_with(vec![photo]);
        self.damage_photos();
        self.sync().await;
        assert_eq!(self.photos(), (0, 1, 0));
        (record, photo)
    }
}

#[tokio::test]
async fn a_photo_found_damaged_after_it_was_replaced_is_given_up() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let photo = alice.book.add_photo(b"a picture").unwrap();
    let record = alice.create_with(vec![photo]);
    alice.damage_photos();
    alice.replace_photo(record, photo);
    alice.settle().await;
    alice.gave_up_one();
}

#[tokio::test]
async fn a_damaged_photo_that_somebody_else_replaced_is_given_up() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let (record, photo) = alice.create_with_damaged().await;
    bob.settle().await;
    bob.replace_photo(record, photo);
    bob.settle().await;
    alice.settle().await;
    alice.gave_up_one();
}

#[tokio::test]
async fn a_damaged_photo_of_a_record_that_left_is_given_up() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    alice.create_with_damaged().await;
    hub.set_grids(alice.rid(), &[GRIDS[1]]);
    alice.settle().await;
    alice.gave_up_one();
}

#[tokio::test]
async fn a_damaged_photo_of_a_record_that_was_deleted_is_given_up() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let (record, _) = alice.create_with_damaged().await;
    bob.settle().await;
    let reason = bob.book.reasons_gone(PERSON)[0].code.code.clone();
    bob.book.delete(record, &reason, None).unwrap();
    bob.settle().await;
    alice.settle().await;
    alice.gave_up_one();
}

#[tokio::test]
async fn a_damaged_photo_of_a_record_that_was_refused_is_given_up() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let photo = alice.book.add_photo(b"a picture").unwrap();
    alice.create_with(vec![photo]);
    alice.damage_photos();
    hub.lock().refuse_text = Some("有照片".into());
    alice.settle().await;
    alice.gave_up_one();
}

#[tokio::test]
async fn a_photo_that_was_damaged_is_handed_in_by_who_has_it_whole() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    let photo = alice.book.add_photo(b"a picture").unwrap();
    alice.create_with(vec![photo]);
    alice.damage_photos();
    alice.sync().await;
    assert_eq!(alice.photos(), (0, 1, 0));
    assert_eq!(alice.book.add_photo(b"a picture").unwrap(), photo);
    assert_eq!(alice.photos(), (1, 0, 0));
    alice.settle().await;
    assert!(hub.photo(photo).is_some() && alice.book.safe().unwrap().is_sealed());
}

#[tokio::test]
async fn a_draft_of_a_record_that_left_is_saved_handed_in_and_judged_there() {
    let hub = Hub::new();
    let (alice, bob) = (Device::new(&hub, 1), Device::new(&hub, 2));
    let record = bob.create("王小明");
    bob.settle().await;
    alice.settle().await;
    let mut form = alice.book.start_form(PERSON, Some(record)).unwrap();
    let (status, first) = first_choice(&form);
    form.answer(status, first).unwrap();
    form.answer(FieldKey::plain(FieldNo(NAME)), Value::text("王大明")).unwrap();
    let draft = alice.book.save_draft(&form, Some(record), None).unwrap();
    assert!(!alice.book.drafts().unwrap()[0].draft.left);
    hub.set_grids(alice.rid(), &[GRIDS[1]]);
    alice.settle().await;
    let (form, kept) = alice.book.resume_draft(draft).unwrap();
    assert!(kept.left && alice.book.drafts().unwrap()[0].draft.left, "and it says so");
    alice.book.save_form(&form, kept.record, Some(draft), None, None).unwrap();
    assert_eq!(alice.shown(record, NAME), ["not here"], "what left is not shown for that");
    assert!(alice.book.drafts().unwrap().is_empty());
    assert_eq!(alice.book.waiting().unwrap()[0].title.zh, "王大明");
    alice.settle().await;
    assert_eq!(texts(&hub.state(record).unwrap(), NAME), ["王大明"], "it replaces what its author saw");
    let derived = alice.book.store().lock().dump_derived();
    alice.book.store().lock().rebuild().unwrap();
    assert_eq!(derived, alice.book.store().lock().dump_derived());
    assert!(matches!(alice.edit(record, PHONE, "5"), Err(Error::Refused(Refused::UnknownRecord(_)))));
}

#[tokio::test]
async fn the_grid_of_a_new_record_is_the_one_that_holds_the_fix() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    alice.settle().await;
    for (lon, expected) in [(114.305, Some(GRIDS[0])), (114.315, Some(GRIDS[1])), (114.4, None)] {
        let mut request = SaveRequest::create(PERSON);
        request.answers = vec![answer(NAME, "在哪")];
        request.fix = Some(Fix {
            point: Point::from_degrees(22.695, lon, Datum::Wgs84).unwrap(),
            accuracy_dm: 50,
            provider: Provider::Gnss,
            mock: false,
            at_ms: 0,
        });
        let saved = alice.book.save(request);
        match expected {
            Some(grid) => {
                let state = alice.book.record(saved.unwrap().record).unwrap();
                assert_eq!(texts(&state, system::GRID.0), [grid]);
                assert!(state.register(system::LOCATION).is_some());
            }
            None => assert!(matches!(saved, Err(Error::Refused(Refused::NoGrid)))),
        }
    }
    let mut request = SaveRequest::create(PERSON);
    request.grid = Some(GridCode("44031000999999".into()));
    assert!(matches!(alice.book.save(request), Err(Error::Refused(Refused::ForeignGrid))));
}

#[tokio::test]
async fn a_slow_clock_stamps_an_edit_after_what_it_was_made_upon_and_a_mad_one_drags_nobody_along() {
    let hub = Hub::new();
    // The first one's clock is years behind; the second one's is right.
    let (behind, right) = (Device::new(&hub, 1), Device::new(&hub, 3));
    let record = right.create("快");
    right.settle().await;
    behind.settle().await;
    behind.edit(record, NAME, "慢").unwrap();
    let stamps = behind.book.record(record).unwrap();
    let mut order: Vec<_> = stamps.stamps().iter().map(|(dot, stamp)| (stamp.hlc, dot.rid)).collect();
    order.sort();
    assert_eq!(order.last().unwrap().1, behind.rid());
    // A stamp from the far future counts for as much as the server's time allows.
    let mad = Device::new(&hub, 250);
    let far = mad.create("未来");
    mad.settle().await;
    behind.settle().await;
    let late = behind.create("现在");
    let stamp = |record| behind.book.record(record).unwrap().stamps().values().map(|s| s.hlc).max().unwrap();
    assert!(stamp(far).ms() > 10_000_000_000_000 && stamp(late).ms() <= 1_790_000_120_000);
}

#[tokio::test]
async fn a_cancelled_run_ends_and_says_so() {
    let hub = Hub::new();
    let alice = Device::new(&hub, 1);
    alice.create("甲");
    let cancel = Cancel::default();
    cancel.cancel();
    let clock = TestClock(AtomicI64::new(0));
    let report = sync(alice.book.store(), &alice.line, &clock, &options(), &(), &cancel).await;
    assert!(matches!(report.unfinished, Some(Unfinished::Cancelled)));
    assert_eq!(alice.book.outbox().unwrap().len(), 1);
    assert_eq!(alice.book.sessions(1).unwrap()[0].outcome, "cancelled");
}

/// Everything that the devices ever saved and the hub accepted, merged anew.
fn reference(devices: &[Device]) -> BTreeMap<RecordId, RecordState> {
    let mut changes: BTreeMap<Dot, Change> = BTreeMap::new();
    for device in devices {
        let store = device.book.store().lock();
        for record in device.line.hub.states().keys() {
            for logged in store.history(*record).unwrap() {
                if logged.state == ChangeState::Received {
                    changes.insert(logged.dot, logged.change);
                }
            }
        }
    }
    let mut states: BTreeMap<RecordId, RecordState> = BTreeMap::new();
    for (dot, change) in &changes {
        let state = states
            .entry(change.record)
            .or_insert_with(|| RecordState::new(change.record, change.record_type));
        state.apply(dot.rid, change).unwrap();
    }
    states
}

/// Random saves, cuts, losses, repetitions, copies and restarts; then quiet. Prints its seed when it fails.
async fn simulate(seed: u64) {
    let hub = Hub::new();
    let mut dice = Dice(seed);
    let mut devices: Vec<Device> = (1..=4).map(|name| Device::new(&hub, name)).collect();
    let mut acknowledged: BTreeMap<RecordId, ()> = BTreeMap::new();
    hub.lock().faults =
        super::sim::Faults { seed, lost_requests: 2, lost_answers: 2, doubled: 3, ..Default::default() };
    for step in 0..120 {
        let at = dice.below(devices.len() as u64) as usize;
        match dice.below(12) {
            0..=2 => {
                acknowledged.insert(devices[at].create(&format!("人{step}")), ());
            }
            3..=6 => {
                let known = devices[at].book.store().lock().shown_records().unwrap();
                if !known.is_empty() {
                    let record = known[dice.below(known.len() as u64) as usize];
                    let no = [NAME, PHONE, REMARKS][dice.below(3) as usize];
                    devices[at].edit(record, no, &format!("{}", dice.below(5))).ok();
                }
            }
            7 | 8 => {
                devices[at].sync().await;
            }
            9 => {
                let clock = TestClock(AtomicI64::new(0));
                let device = devices.remove(at);
                kill_after(
                    dice.below(30) as usize,
                    sync(device.book.store(), &device.line, &clock, &options(), &(), &Cancel::default()),
                );
                devices.insert(at, device.reopen());
            }
            10 if devices.len() < 7 && step % 3 == 0 => {
                let copy = devices[at].copy();
                devices.push(Device::open_copy(hub.clone(), copy));
            }
            _ => hub.confirm_all(),
        }
    }
    hub.lock().faults = super::sim::Faults::default();
    for _ in 0..4 {
        for device in &devices {
            let report = device.sync().await;
            assert!(
                matches!(report.unfinished, None | Some(Unfinished::Held)),
                "seed {seed}: {:?}",
                report.unfinished
            );
            hub.confirm_all();
        }
    }
    let expected = reference(&devices);
    let hubs = hub.states();
    for record in acknowledged.keys() {
        assert!(hubs.contains_key(record), "seed {seed}: a saved record is lost");
    }
    assert_eq!(expected.len(), hubs.len(), "seed {seed}");
    for (record, state) in &hubs {
        assert_eq!(state.digest(), expected[record].digest(), "seed {seed}");
        assert_eq!(state.conflicts(), expected[record].conflicts(), "seed {seed}");
        for device in &devices {
            let shown = device.book.record(*record).unwrap();
            assert_eq!(shown.digest(), state.digest(), "seed {seed}: a device shows something else");
        }
    }
    for device in &devices {
        assert!(device.book.outbox().unwrap().is_empty(), "seed {seed}");
        let derived = device.book.store().lock().dump_derived();
        device.book.store().lock().rebuild().unwrap();
        assert_eq!(derived, device.book.store().lock().dump_derived(), "seed {seed}: what is derived is not");
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

#[tokio::test]
async fn devices_converge_whatever_happens() {
    for seed in 0..12 {
        simulate(seed).await;
    }
}
