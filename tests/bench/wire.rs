//! `wire`: what a change costs on the wire beyond what it says.
//!
//! A batch of 1,000 changes as a push carries it, against the bare values of the same batch under the same
//! compression: texts and codes as they are, a byte between two values, points as eight bytes. Field numbers, lists of
//! codes, ids, authors, times, fixes and what each write replaces are overhead.

use crate::folk::{Folk, Resident, Writer};
use crate::report::Report;
use gridweave_core::ids::{ChainHash, Dot, FieldKey, FieldNo, Rid, Seq};
use gridweave_core::record::{Change, Write};
use gridweave_core::value::Value;
use gridweave_core::wire::v1::Push;
use gridweave_core::wire::{Bytes, compress, pack};

const PHONE: FieldKey = FieldKey::plain(FieldNo(31));

/// Runs the benchmark.
pub fn run(n: usize) -> Report {
    let mut folk = Folk::new(1);
    let mut writer = Writer::new(1203);
    let residents: Vec<Resident> = (0..n).map(|_| folk.resident()).collect();
    let creates: Vec<Change> = residents.iter().map(|r| r.create(&mut writer, folk.rng())).collect();
    // Weeks later, another worker, house by house as they come: a new phone number for one in three.
    let mut other = Writer::new(1204);
    other.now_ms += 40 * 86_400_000;
    other.on_ms += 40 * 86_400_000;
    let mut order: Vec<usize> = (0..n).collect();
    folk.rng().shuffle(&mut order);
    let edits: Vec<Change> = order
        .iter()
        .map(|at| {
            let phone = Value::text(folk.resident_phone());
            let write = Write {
                field: PHONE,
                value: phone,
                replaces: vec![Dot { rid: Rid(1017), seq: creates[*at].seq }],
            };
            other.edit(creates[*at].record, write, residents[*at].fix, folk.rng())
        })
        .collect();
    let (create, create_bare) = (packed(&creates), bare(&creates));
    let (edit, edit_bare) = (packed(&edits), bare(&edits));
    let each = |bytes: usize| bytes as f64 / n as f64;
    Report {
        name: "wire",
        value: each(create) - each(create_bare),
        unit: "bytes a change above its values",
        floor: each(create_bare),
        ratio: create as f64 / create_bare as f64,
        n,
        more: Default::default(),
    }
    .with("create_bytes", each(create))
    .with("edit_overhead", each(edit) - each(edit_bare))
    .with("edit_bytes", each(edit))
    .with("edit_floor", each(edit_bare))
    .with("create_plain_bytes", each(creates.iter().map(|c| c.encode().len()).sum()))
    .with("edit_plain_bytes", each(edits.iter().map(|c| c.encode().len()).sum()))
}

/// As a push carries them.
fn packed(changes: &[Change]) -> usize {
    let random =
        |seed: u8| (0u8..64).map(|i| i.wrapping_mul(151) ^ seed.wrapping_mul(i)).collect::<Vec<u8>>();
    let push = Push {
        session: 0x1234_5678_9abc_def0,
        rid: Rid(1017),
        epoch: 1,
        first_seq: Seq(1),
        prev_hash: ChainHash(random(1)[..32].try_into().expect("32 bytes")),
        changes: changes.iter().map(|change| Bytes(change.encode())).collect(),
        signature: Bytes(random(2)),
    };
    pack(&push).len()
}

/// Their values alone.
fn bare(changes: &[Change]) -> usize {
    let mut bytes = Vec::new();
    for write in changes.iter().flat_map(|change| &change.writes) {
        match &write.value {
            Value::Text(text) => bytes.extend(text.as_bytes()),
            Value::Code(code) => bytes.extend(code.code.as_bytes()),
            Value::Date(date) => bytes.extend(date.format("%Y%m%d").to_string().as_bytes()),
            Value::Geo(point) => {
                bytes.extend(point.lat_e7.to_be_bytes());
                bytes.extend(point.lon_e7.to_be_bytes());
            }
            other => unreachable!("residents have no {other:?}"),
        }
        bytes.push(b'\n');
    }
    compress::encode(&bytes).len()
}
