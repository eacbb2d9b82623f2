//! How fast the device is, on whatever machine this runs: a save that survives a loss of power, and finding one of a
//! hundred thousand records. Run with `--ignored`; the bars are loose enough for a busy machine and tight enough to
//! notice a missing index.
#![cfg(feature = "device")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot begin has to say so")]

use gridweave_core::fieldbook::{Fieldbook, SaveRequest, SystemClock};
use gridweave_core::ids::{FieldKey, FieldNo, GridCode, PersonNo, RecordId, ReplicaId, Rid, Seq, TypeNo};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, ChangeKind, TypeRef, Write, system};
use gridweave_core::store::{Identity, OpenOptions};
use gridweave_core::time::Hlc;
use gridweave_core::value::Value;
use gridweave_core::wire::Bytes;
use gridweave_core::wire::v1::{GridCursor, Item, Page};
use std::sync::Arc;
use std::time::{Duration, Instant};

const GRID: &str = "44031000100101";
const RECORDS: u64 = 100_000;

fn open(dir: &std::path::Path) -> Fieldbook {
    let book = Fieldbook::open(dir, &OpenOptions::default(), Arc::new(SystemClock::new())).unwrap();
    let key = || Bytes(vec![7; 32]);
    let identity = Identity {
        replica: ReplicaId([1; 16]),
        rid: Rid(1),
        device_key: key(),
        sealing_key: key(),
        chain_key: key(),
        person: PersonNo(7),
        person_name: "测试员".into(),
        organisation: "测试".into(),
        receipt_key: key(),
        recovery_key: key(),
        urls: vec![],
        pins: vec![],
        identity_key: key(),
    };
    book.set_identity(identity, 1).unwrap();
    book
}

const FAMILY: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马"];
const GIVEN: [&str; 16] =
    ["明", "小", "伟", "芳", "秀英", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "超", "霞", "平"];

fn name(n: u64) -> String {
    let given = |at: u64| GIVEN[(at % 16) as usize];
    format!(
        "{}{}{}",
        FAMILY[(n % 12) as usize],
        given(n / 12),
        if n.is_multiple_of(3) { "" } else { given(n / 200) }
    )
}

fn answers(n: u64) -> Vec<(FieldKey, Value)> {
    let field = |no| FieldKey::plain(FieldNo(no));
    vec![
        (field(16), Value::text(name(n))),
        (field(20), Value::text(format!("4403101900{:02}{:02}{:04}", n % 12 + 1, n % 28 + 1, n / 336))),
        (field(31), Value::text(format!("139{:08}", n * 7919 % 100_000_000))),
        (field(34), Value::text(format!("坑梓街道龙田路{}号{}栋{}", n % 300 + 1, n % 40 + 1, n % 60 + 101))),
    ]
}

fn state(n: u64) -> RecordState {
    let record =
        RecordId::new(1_790_000_000_000 + n as i64, (n as u128).to_be_bytes()[6..].try_into().unwrap());
    let record_type = TypeRef { no: TypeNo(1), version: 1 };
    let mut answers = answers(n);
    answers.push((FieldKey::plain(system::GRID), Value::text(GRID)));
    let writes = answers.into_iter().map(|(field, value)| Write { field, value, replaces: vec![] }).collect();
    let change = Change {
        seq: Seq(n + 1),
        record,
        record_type,
        kind: ChangeKind::Create,
        hlc: Hlc::from_ms(1_790_000_000_000 + n as i64),
        wall_ms: 1_790_000_000_000 + n as i64,
        mono_ms: n,
        boot: 1,
        gnss_ms: None,
        author: PersonNo(1),
        fix: None,
        writes,
        sets: vec![],
        was: None,
        unknown: vec![],
    };
    let mut state = RecordState::new(record, record_type);
    state.apply(Rid(2), &change).unwrap();
    state
}

#[test]
#[ignore = "measures time; run it alone"]
fn one_of_a_hundred_thousand_records_is_found_in_twenty_milliseconds() {
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let begun = Instant::now();
    for first in (0..RECORDS).step_by(2000) {
        let items = (first..first + 2000)
            .map(|n| Item::Record { grid: 0, state: Bytes(state(n).encode()) })
            .collect();
        let page = Page {
            epoch: 1,
            server_ms: 1_790_000_000_000,
            scope: None,
            items,
            cursors: vec![GridCursor { grid: GridCode(GRID.into()), rev: first + 2000 }],
            more: true,
            digests: vec![],
            photos_missing: vec![],
            durable_seq: Seq(0),
        };
        book.store().lock().take_page(&page, 1_790_000_000_000).unwrap();
    }
    println!("{RECORDS} records taken in: {:.1} s", begun.elapsed().as_secs_f64());
    let queries = [
        "王",
        "明",
        "小明",
        "王小明",
        "欧阳",
        "w",
        "wx",
        "wxm",
        "wang",
        "ouyang",
        "1",
        "12",
        "龙田路",
        "龙田路12号",
        "12号3栋",
        "139",
        "1390000",
        "4403",
        "0101",
        "王 12",
        "坑",
        "坑梓街道",
        "司马超",
        "张伟 3栋",
    ];
    let mut times: Vec<(Duration, &str, u64)> = Vec::new();
    for query in queries {
        for _ in 0..20 {
            let begun = Instant::now();
            let hits = book.find(query, None).unwrap();
            times.push((begun.elapsed(), query, hits.total));
        }
    }
    for query in queries {
        let (slowest, _, total) = times.iter().filter(|(_, q, _)| *q == query).max().unwrap();
        println!("{query:>10}: {total:>6} hits, {:>6.2} ms", slowest.as_secs_f64() * 1e3);
    }
    times.sort();
    let p99 = times[times.len() * 99 / 100].0;
    println!("p99 {:.2} ms", p99.as_secs_f64() * 1e3);
    assert!(p99 < Duration::from_millis(20));
}

#[test]
#[ignore = "measures time; run it alone"]
fn a_durable_save_costs_a_few_single_row_inserts() {
    const SAVES: u64 = 400;
    let dir = tempfile::tempdir().unwrap();
    let book = open(dir.path());
    let mut saves = Vec::new();
    for n in 0..SAVES {
        let request = SaveRequest {
            answers: answers(n),
            grid: Some(GridCode(GRID.into())),
            ..SaveRequest::create(TypeNo(1))
        };
        let begun = Instant::now();
        book.save(request).unwrap();
        saves.push(begun.elapsed());
    }
    let conn = rusqlite::Connection::open(dir.path().join("plain.db")).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = full;
         CREATE TABLE row (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    )
    .unwrap();
    let mut inserts = Vec::new();
    for n in 0..SAVES {
        let begun = Instant::now();
        conn.prepare_cached("INSERT INTO row VALUES (?1, ?2)")
            .unwrap()
            .execute(rusqlite::params![n as i64, vec![7u8; 200]])
            .unwrap();
        inserts.push(begun.elapsed());
    }
    saves.sort();
    inserts.sort();
    let median = |times: &[Duration]| times[times.len() / 2].as_secs_f64() * 1e3;
    println!("save {:.3} ms, single-row insert {:.3} ms", median(&saves), median(&inserts));
    assert!(median(&saves) <= 5.0 * median(&inserts));
}
