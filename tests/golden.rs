//! Golden bytes of everything that is kept or sent: `schemas/wire/NAME.hex`, with its reading beside it in `NAME.json`.
//!
//! Once released, these bytes never change: a later version that writes others is another version. Until then, and for
//! new messages, one command makes them anew; the difference in version control says what changed:
//!
//! ```sh
//! UPDATE_GOLDEN=1 cargo test -p gridweave-tests --test golden
//! ```
//!
//! Messages are shown before compression, whose bytes depend on the version of the compressor.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ed25519_dalek::SigningKey;
use gridweave_core::geo::{Datum, Fix, Point, Provider};
use gridweave_core::ids::*;
use gridweave_core::merge::RecordState;
use gridweave_core::record::{
    Change, ChangeKind, Reader, SetEdit, SetItem, TypeRef, Write, Writer, decode_value, encode_value, json,
    system,
};
use gridweave_core::time::Hlc;
use gridweave_core::value::{Code, Value};
use gridweave_core::wire::chain::{ChainKey, sign_head, sign_photo_receipt, sign_receipt};
use gridweave_core::wire::enrol::{Admission, Certificate, Enrol, EnrolReply, EnrolmentCode, fingerprint};
use gridweave_core::wire::pins::PinsNotice;
use gridweave_core::wire::signature::{Request, sign};
use gridweave_core::wire::v1::*;
use gridweave_core::wire::{Bytes, Refusal};
use readings::{change_json, state_json};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;

#[path = "golden/readings.rs"]
mod readings;

const WALL_MS: i64 = 1_790_000_000_123;

fn dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schemas/wire")
}

/// The golden files, compared or written, and which there were.
#[derive(Default)]
struct Golden {
    names: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Golden {
    fn file(&mut self, name: &str, is: &str) {
        let path = dir().join(name);
        self.names.insert(name.to_owned());
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(dir()).unwrap();
            std::fs::write(path, is).unwrap();
        } else if std::fs::read_to_string(path).unwrap_or_default() != is {
            self.wrong.push(name.to_owned());
        }
    }

    fn bytes(&mut self, name: &str, bytes: &[u8], reading: &Json) {
        let hex: Vec<String> =
            bytes.chunks(40).map(|line| line.iter().map(|b| format!("{b:02x}")).collect()).collect();
        self.file(&format!("{name}.hex"), &(hex.join("\n") + "\n"));
        self.file(&format!("{name}.json"), &(serde_json::to_string_pretty(reading).unwrap() + "\n"));
    }

    /// A message: both its encodings must read back to it.
    fn message<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, message: &T) {
        let bytes = postcard::to_allocvec(message).unwrap();
        let reading = serde_json::to_value(message).unwrap();
        assert_eq!(&postcard::from_bytes::<T>(&bytes).unwrap(), message, "{name}");
        assert_eq!(&serde_json::from_value::<T>(reading.clone()).unwrap(), message, "{name} in JSON");
        self.bytes(name, &bytes, &reading);
    }

    fn change(&mut self, name: &str, change: &Change) {
        let bytes = change.encode();
        assert_eq!(&Change::decode(&bytes).unwrap(), change, "{name}");
        self.bytes(&format!("change-{name}"), &bytes, &change_json(change));
    }

    fn state(&mut self, name: &str, state: &RecordState) {
        let bytes = state.encode();
        let back = RecordState::decode(&bytes).unwrap();
        assert_eq!((back.encode(), back.digest()), (bytes.clone(), state.digest()), "{name}");
        self.bytes(&format!("state-{name}"), &bytes, &state_json(state));
    }
}

fn point() -> Point {
    Point { lat_e7: 226_900_123, lon_e7: 1_143_400_456, datum: Datum::Wgs84 }
}

fn fix() -> Fix {
    Fix { point: point(), accuracy_dm: 42, provider: Provider::Gnss, mock: false, at_ms: WALL_MS - 1_500 }
}

fn text(no: u16, text: &str, replaces: &[Dot]) -> Write {
    Write { field: FieldKey::plain(FieldNo(no)), value: Value::text(text), replaces: replaces.to_vec() }
}

fn code(list: &str, code: &str) -> Code {
    Code { list: list.into(), edition: "1".into(), code: code.into() }
}

fn change(seq: u64, kind: ChangeKind, writes: Vec<Write>) -> Change {
    Change {
        seq: Seq(seq),
        record: RecordId::new(WALL_MS, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        record_type: TypeRef { no: TypeNo(8), version: 1 },
        kind,
        hlc: Hlc(Hlc::from_ms(WALL_MS + seq as i64).0 + 1),
        wall_ms: WALL_MS + seq as i64,
        mono_ms: 55_000 + seq,
        boot: 0xb007,
        gnss_ms: None,
        author: PersonNo(12),
        fix: None,
        writes,
        sets: Vec::new(),
        was: None,
        unknown: Vec::new(),
    }
}

fn photo_set(adds: Vec<SetItem>, removes: Vec<(SetItem, Vec<Dot>)>) -> Vec<SetEdit> {
    vec![SetEdit { field: system::PHOTOS, adds, removes }]
}

/// One change of each kind, with each optional part somewhere.
fn changes() -> Vec<(&'static str, Change)> {
    let grid = text(system::GRID.0, "440310001001001", &[]);
    let life = |code_is: &str, replaces: &[Dot]| Write {
        field: FieldKey::plain(system::LIFE),
        value: Value::Code(code("life", code_is)),
        replaces: replaces.to_vec(),
    };
    let photo = SetItem::Photo(PhotoHash([5; 32]));
    let create =
        change(1, ChangeKind::Create, vec![grid, text(18, "校门口", &[]), text(19, "井盖松动", &[])]);
    let create = Change {
        fix: Some(fix()),
        gnss_ms: Some(WALL_MS - 900),
        sets: photo_set(vec![photo], vec![]),
        ..create
    };
    let mut edit = change(
        2,
        ChangeKind::Edit,
        vec![text(19, "井盖缺失", &[Dot::new(7, 1), Dot::new(9, 4_000_000_000)])],
    );
    edit.sets = photo_set(vec![SetItem::Repeat(Instance(1))], vec![(photo, vec![Dot::new(7, 1)])]);
    edit.writes.push(Write {
        field: FieldKey { no: FieldNo(81), instance: Some(Instance(u64::MAX)) },
        value: Value::Null,
        replaces: vec![],
    });
    let moved = text(system::GRID.0, "440310001001002", &[Dot::new(7, 1)]);
    vec![
        ("create", create),
        ("edit", edit),
        (
            "visit",
            Change {
                fix: Some(Fix { mock: true, provider: Provider::Manual, ..fix() }),
                ..change(3, ChangeKind::Visit, vec![])
            },
        ),
        ("delete", change(4, ChangeKind::Delete, vec![life("demolished", &[])])),
        ("restore", change(5, ChangeKind::Restore, vec![life("alive", &[Dot::new(7, 4)])])),
        ("review", change(6, ChangeKind::Review, vec![text(system::REVIEW.0, "ok", &[])])),
        (
            "resolve",
            change(7, ChangeKind::Resolve, vec![text(19, "已更换", &[Dot::new(7, 2), Dot::new(8, 3)])]),
        ),
        ("move", change(8, ChangeKind::Move, vec![moved])),
        (
            "rewritten",
            Change {
                was: Some(Dot::new(3, 17)), ..change(9, ChangeKind::Edit, vec![text(19, "又松", &[])])
            },
        ),
        (
            "later-version",
            Change { unknown: vec![(77, vec![8, 8])], ..change(10, ChangeKind::Other(99), vec![]) },
        ),
        (
            "clock-1970",
            Change { wall_ms: -1, mono_ms: u64::MAX, hlc: Hlc(1), ..change(11, ChangeKind::Edit, vec![]) },
        ),
    ]
}

fn values() -> Vec<(&'static str, Value)> {
    vec![
        ("null", Value::Null),
        ("false", Value::Bool(false)),
        ("true", Value::Bool(true)),
        ("int", Value::Int(-123_456_789_012)),
        ("decimal", Value::Decimal { units: -12_345, scale: 2 }),
        ("text", Value::text("井盖 Ａ·x")),
        ("date", Value::Date("1905-06-07".parse().unwrap())),
        ("time", Value::Time("23:59:59.125".parse().unwrap())),
        ("instant", Value::Instant(WALL_MS)),
        ("code", Value::Code(code("hazard_type", "02"))),
        ("codes", Value::Codes(vec![code("hazard_type", "01"), code("hazard_type", "02")])),
        ("geo", Value::Geo(Point { datum: Datum::Gcj02, ..point() })),
        ("photo", Value::Photo(PhotoHash([5; 32]))),
        ("bytes", Value::Bytes(vec![0, 255, 7])),
        ("opaque", Value::Opaque { tag: 200, bytes: vec![1, 2, 3] }),
    ]
}

/// States: fresh, in conflict, settled, and with a removal that came before what it removes.
fn states() -> Vec<(&'static str, RecordState)> {
    let all = changes();
    let create = &all[0].1;
    let mut state = RecordState::new(create.record, create.record_type);
    let mut states = Vec::new();
    state.apply(Rid(7), create).unwrap();
    states.push(("created", state.clone()));
    for (rid, said) in [(7, "裂缝"), (8, "有水")] {
        let seq = if rid == 7 { 2 } else { 3 };
        state
            .apply(Rid(rid), &change(seq, ChangeKind::Edit, vec![text(19, said, &[Dot::new(7, 1)])]))
            .unwrap();
    }
    assert_eq!(state.conflicts().len(), 1);
    states.push(("in-conflict", state.clone()));
    state.apply(Rid(9), &all[6].1).unwrap();
    assert_eq!(state.conflicts(), []);
    states.push(("settled", state.clone()));
    let early = photo_set(vec![], vec![(SetItem::Photo(PhotoHash([6; 32])), vec![Dot::new(10, 5)])]);
    state.apply(Rid(9), &Change { sets: early, ..change(8, ChangeKind::Edit, vec![]) }).unwrap();
    states.push(("early-removal", state));
    states
}

fn messages(golden: &mut Golden) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let bytes: Vec<Bytes> = changes().iter().take(2).map(|(_, c)| Bytes(c.encode())).collect();
    let hash = bytes.iter().fold(ChainHash::START, |hash, b| ChainKey([2; 32]).next(hash, &b.0));
    let (rid, last) = (Rid(7), Seq(2));
    let receipt = Receipt {
        rid,
        durable_seq: last,
        hash,
        epoch: 1,
        server_ms: WALL_MS,
        signature: Bytes(sign_receipt(&key, rid, last, hash, 1)),
        quarantined: vec![Quarantined { seq: Seq(2), code: "out_of_scope".into() }],
    };
    let fork = Fork { common_seq: Seq(1), common_hash: ChainHash([3; 32]) };
    let push = Push {
        session: 0x0123_4567_89ab_cdef,
        rid,
        epoch: 1,
        first_seq: Seq(1),
        prev_hash: ChainHash::START,
        changes: bytes,
        signature: Bytes(sign_head(&key, rid, last, hash)),
    };
    golden.message("push", &push);
    golden.message("push-reply-received", &PushReply::Received(receipt));
    golden.message("push-reply-gap", &PushReply::Gap { expected_seq: Seq(300) });
    golden.message("push-reply-fork", &PushReply::Fork(fork));
    golden.message("push-reply-epoch", &PushReply::Epoch { epoch: 2, last_seq: Seq(1) });

    let grid = GridCode("440310001001001".into());
    let cursors = vec![GridCursor { grid: grid.clone(), rev: 70_000 }];
    let facts = Facts {
        wall_ms: WALL_MS,
        app: "1.0.0".into(),
        schema: 3,
        battery: Some(87),
        network: "cell".into(),
        storage_free_mib: Some(2_048),
        retries: 2,
        last_session_ms: 1_500,
        outbox: 4,
    };
    let pull = |facts| Pull {
        session: 1,
        epoch: 1,
        scope_version: 2,
        last_seq: Seq(2),
        cursors: cursors.clone(),
        bytes_max: 1 << 20,
        facts,
    };
    golden.message("pull", &pull(None));
    golden.message("pull-with-facts", &pull(Some(facts)));
    let record = changes()[0].1.record;
    let outline = vec![
        (1_143_400_000, 226_900_000),
        (1_143_440_000, 226_900_000),
        (1_143_440_000, 226_940_000),
        (1_143_400_000, 226_900_000),
    ];
    let page = Page {
        epoch: 1,
        server_ms: WALL_MS,
        scope: Some(Scope {
            version: 2,
            grids: vec![Grid {
                code: grid.clone(), name: "第一网格".into(), layer: "land".into(), outline
            }],
            people: vec![(PersonNo(12), "测试员".into())],
        }),
        items: vec![
            Item::Record { grid: 0, state: Bytes(states()[0].1.encode()) },
            Item::Leave { grid: 0, record },
        ],
        cursors: cursors.clone(),
        more: false,
        digests: vec![GridDigest { grid: grid.clone(), count: 1, sum: u128::MAX - 1 }],
        photos_missing: vec![PhotoHash([5; 32])],
        durable_seq: Seq(2),
    };
    golden.message("pull-reply-page", &PullReply::Page(page));
    golden.message("pull-reply-fork", &PullReply::Fork(fork));
    golden.message("pull-reply-unconfirmed", &PullReply::Unconfirmed);
    let range = (RecordId([0; 16]), Some(record));
    golden.message(
        "digests",
        &Digests { session: 1, grid, ranges: vec![range, (record, None)], records: vec![range] },
    );
    golden.message(
        "digests-reply",
        &DigestsReply { ranges: vec![(3, 5), (0, 0)], states: vec![Bytes(vec![1, 2])] },
    );
    let (device_key, chain_key) = (Bytes(key.verifying_key().to_bytes().to_vec()), Bytes(vec![4; 32]));
    let replica = ReplicaId([6; 16]);
    golden.message(
        "rekey",
        &Rekey { old_rid: rid, replica, device_key: device_key.clone(), chain_key: chain_key.clone(), fork },
    );
    golden.message("rekey-reply", &RekeyReply { rid: Rid(70_000) });
    golden.message("upload-grant", &UploadGrant { sha256: PhotoHash([5; 32]), len: 3_000_000 });
    let granted = UploadGrantReply::Granted { token: "00ff".into(), upload: Some("v1/uploads/1".into()) };
    golden.message("upload-grant-reply-granted", &granted);
    let signature = Bytes(sign_photo_receipt(&key, rid, PhotoHash([5; 32])));
    golden
        .message("upload-grant-reply-received", &UploadGrantReply::Received { signature: signature.clone() });

    let mut enrol = Enrol {
        enrolment: 77,
        replica,
        device_key: device_key.clone(),
        sealing_key: Bytes(vec![8; 32]),
        chain_key,
        device: "Model X".into(),
        proof: Bytes::default(),
    };
    enrol.proof = Bytes(enrol.proof(&[3; 16]));
    golden.message("enrol", &enrol);
    golden.message("enrol-reply-pending", &EnrolReply::Pending);
    let certificate = Certificate {
        replica,
        rid,
        device_key: device_key.clone(),
        person: PersonNo(12),
        person_name: "测试员".into(),
        epoch: 1,
    };
    let sealed_identity_key = Bytes(vec![9; 80]);
    let (given, signed) = (certificate.clone(), signature.clone());
    let enrolled = EnrolReply::Enrolled { certificate: given, signature: signed, sealed_identity_key };
    golden.message("enrol-reply-enrolled", &enrolled);
    let admission = Admission { certificate, signature, device: "Model X".into() };
    golden.message("admission", &admission);
    let (grids, chain_key) = (vec![GridCode("440310001001001".into())], Bytes(vec![4; 32]));
    golden.message("readmit", &Readmit { admission, chain_key, grids, scope_version: 2 });
    golden.message("readmit-reply", &ReadmitReply { epoch: 2, last_seq: Seq(0) });
    let notice = PinsNotice::signed(&key, 2, vec![Bytes(vec![1; 32]), Bytes(vec![2; 32])]);
    assert_eq!(PinsNotice::parse(&notice.to_text()).unwrap(), notice);
    golden.message("pins-notice", &notice);
    golden.file("pins-notice.txt", &(notice.to_text() + "\n"));
    let code = EnrolmentCode {
        organisation: "测试区".into(),
        urls: vec!["https://example.org".into()],
        pins: vec![Bytes(vec![1; 32])],
        receipt_key: device_key.clone(),
        recovery_key: Bytes(vec![2; 32]),
        enrolment: 77,
        secret: Bytes(vec![3; 16]),
        expires_ms: WALL_MS,
    };
    assert_eq!(EnrolmentCode::parse(&code.to_text()).unwrap(), code);
    golden.file("enrolment-code.txt", &(code.to_text() + "\n"));
    golden.file("fingerprint.txt", &(fingerprint(&device_key.0) + "\n"));

    let refusal = Refusal { status: 409, code: "counter_used".into(), message: "m".into(), counter: Some(7) };
    golden.file("refusal.json", &(serde_json::to_string_pretty(&refusal).unwrap() + "\n"));
    let request = Request { method: "POST", path: "/v1/push", query: "", headers: &[], body: b"body" };
    let headers = sign(&request, "7", 42, &key).unwrap();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    golden.file("signed-request.txt", &lines);
}

#[test]
fn every_message_change_state_and_value_has_the_bytes_it_always_had() {
    let mut golden = Golden::default();
    messages(&mut golden);
    for (name, change) in changes() {
        golden.change(name, &change);
    }
    for (name, state) in states() {
        golden.state(name, &state);
    }
    for (name, value) in values() {
        let mut writer = Writer::default();
        encode_value(&mut writer, &value);
        assert_eq!(decode_value(&mut Reader(&writer.0)).unwrap(), value, "{name}");
        golden.bytes(&format!("value-{name}"), &writer.0, &json::to_json(&value));
    }
    assert!(
        golden.wrong.is_empty(),
        "other bytes than in schemas/wire: {:?}\nIf that is meant, and nothing of it was ever released, run\n\
         UPDATE_GOLDEN=1 cargo test -p gridweave-tests --test golden",
        golden.wrong
    );
    let there = std::fs::read_dir(dir()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let stray: Vec<String> =
        there.filter(|name| name != "README.md" && !golden.names.contains(name)).collect();
    assert!(stray.is_empty(), "golden files of nothing: {stray:?}");
}

#[test]
fn golden_changes_read_back_from_their_files_and_make_the_same_bytes() {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return; // They are being written.
    }
    for (name, change) in changes() {
        let hex = std::fs::read_to_string(dir().join(format!("change-{name}.hex"))).unwrap();
        let bytes = from_hex(&hex.replace('\n', "")).unwrap();
        assert_eq!(Change::decode(&bytes).unwrap(), change, "{name}");
    }
}
