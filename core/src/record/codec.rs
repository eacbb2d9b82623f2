//! The bytes of a change and of a value.
//!
//! One layout, written by hand so that it is small and canonical: the same change always gives the same bytes.
//! First byte: version. Integers are LEB128 varints, signed ones zigzag. Times stand as differences from the wall
//! clock, and the wall clock as a difference from the time inside the record id when a record is created, because
//! those differences are small. What is optional comes last as numbered parts with their length, so a reader keeps
//! the parts it does not know. Golden bytes: `schemas/wire`.

use super::bytes::{CodecError, Reader, Writer, text};
use super::change::{Change, ChangeKind, SetEdit, SetItem, TypeRef, Write};
use crate::geo::{Datum, Fix, Point, Provider};
use crate::ids::{Dot, FieldKey, FieldNo, Instance, PersonNo, PhotoHash, RecordId, Seq, TypeNo};
use crate::time::Hlc;
use crate::value::{Code, Value};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

/// Version of the layout of a change.
pub const CHANGE_VERSION: u8 = 1;

const PART_FIX: u8 = 1;
const PART_GNSS: u8 = 2;
const PART_SETS: u8 = 3;
const PART_WAS: u8 = 4;

fn id_ms(record: RecordId) -> i64 {
    let mut ms = [0u8; 8];
    ms[2..].copy_from_slice(&record.0[..6]);
    i64::from_be_bytes(ms)
}

pub(super) fn encode_change(change: &Change) -> Vec<u8> {
    let mut w = Writer::default();
    w.u8(CHANGE_VERSION);
    w.u8(change.kind.number());
    w.raw(&change.record.0);
    w.uint(change.seq.0);
    w.uint(u64::from(change.record_type.no.0));
    w.uint(u64::from(change.record_type.version));
    w.uint(u64::from(change.author.0));
    w.raw(&change.boot.to_le_bytes());
    if change.kind == ChangeKind::Create {
        w.int(change.wall_ms.wrapping_sub(id_ms(change.record)));
    } else {
        // Fixed width: neighbours share the high bytes, which a compressor then finds in one piece.
        w.raw(&change.wall_ms.to_be_bytes());
    }
    w.int((change.wall_ms as u64).wrapping_sub(change.mono_ms) as i64);
    w.int((change.hlc.0).wrapping_sub(Hlc::from_ms(change.wall_ms).0) as i64);
    w.uint(change.writes.len() as u64);
    for write in &change.writes {
        w.uint(u64::from(write.field.no.0) << 1 | u64::from(write.field.instance.is_some()));
        if let Some(instance) = write.field.instance {
            w.raw(&instance.0.to_le_bytes());
        }
        w.uint(write.replaces.len() as u64);
        write.replaces.iter().for_each(|dot| w.dot(*dot));
        encode_value(&mut w, &write.value);
    }
    for (no, bytes) in parts(change) {
        w.u8(no);
        w.bytes(&bytes);
    }
    w.0
}

/// The optional parts in the order of their numbers: one change, one encoding.
fn parts(change: &Change) -> Vec<(u8, Vec<u8>)> {
    let mut parts = change.unknown.clone();
    let mut add = |no, fill: &dyn Fn(&mut Writer)| {
        let mut w = Writer::default();
        fill(&mut w);
        parts.push((no, w.0));
    };
    if let Some(fix) = &change.fix {
        add(PART_FIX, &|w| encode_fix(w, fix, change.wall_ms));
    }
    if let Some(gnss) = change.gnss_ms {
        add(PART_GNSS, &|w| w.int(gnss.wrapping_sub(change.wall_ms)));
    }
    if !change.sets.is_empty() {
        add(PART_SETS, &|w| encode_sets(w, &change.sets));
    }
    if let Some(was) = change.was {
        add(PART_WAS, &|w| w.dot(was));
    }
    parts.sort();
    parts
}

pub(super) fn decode_change(bytes: &[u8]) -> Result<Change, CodecError> {
    let r = &mut Reader(bytes);
    let version = r.u8()?;
    if version != CHANGE_VERSION {
        return Err(CodecError::Version(version));
    }
    let kind = ChangeKind::from_number(r.u8()?);
    let record = RecordId(r.array()?);
    let seq = Seq(r.uint()?);
    let record_type = TypeRef { no: TypeNo(r.small("record type")?), version: r.small("type version")? };
    let author = PersonNo(r.small("author")?);
    let boot = u32::from_le_bytes(r.array()?);
    let wall_ms = match kind {
        ChangeKind::Create => id_ms(record).wrapping_add(r.int()?),
        _ => i64::from_be_bytes(r.array()?),
    };
    let mono_ms = (wall_ms as u64).wrapping_sub(r.int()? as u64);
    let hlc = Hlc(Hlc::from_ms(wall_ms).0.wrapping_add(r.int()? as u64));
    let mut writes = Vec::with_capacity(r.count("number of writes")?);
    for _ in 0..writes.capacity() {
        writes.push(decode_write(r)?);
    }
    let mut change = Change {
        seq,
        record,
        record_type,
        kind,
        hlc,
        wall_ms,
        mono_ms,
        boot,
        author,
        writes,
        gnss_ms: None,
        fix: None,
        sets: Vec::new(),
        was: None,
        unknown: Vec::new(),
    };
    let mut last = None;
    while !r.0.is_empty() {
        let no = r.u8()?;
        if last.replace(no) >= Some(no) {
            return Err(CodecError::Bad("order of parts"));
        }
        let part = r.bytes()?;
        let p = &mut Reader(part);
        match no {
            PART_FIX => change.fix = Some(decode_fix(p, wall_ms)?),
            PART_GNSS => change.gnss_ms = Some(wall_ms.wrapping_add(p.int()?)),
            PART_SETS => change.sets = decode_sets(p)?,
            PART_WAS => change.was = Some(p.dot()?),
            no => {
                change.unknown.push((no, part.to_vec()));
                continue;
            }
        }
        p.end()?;
    }
    Ok(change)
}

fn decode_write(r: &mut Reader<'_>) -> Result<Write, CodecError> {
    let head = r.uint()?;
    let no = FieldNo((head >> 1).try_into().map_err(|_| CodecError::Bad("field number"))?);
    let instance = if head & 1 == 1 { Some(Instance(u64::from_le_bytes(r.array()?))) } else { None };
    let mut replaces = Vec::with_capacity(r.count("number of replaced values")?);
    for _ in 0..replaces.capacity() {
        replaces.push(r.dot()?);
    }
    Ok(Write { field: FieldKey { no, instance }, replaces, value: decode_value(r)? })
}

fn encode_fix(w: &mut Writer, fix: &Fix, wall_ms: i64) {
    w.raw(&fix.point.lat_e7.to_be_bytes());
    w.raw(&fix.point.lon_e7.to_be_bytes());
    w.u8(fix.point.datum.number());
    w.uint(u64::from(fix.accuracy_dm));
    w.u8(fix.provider.number());
    w.u8(fix.mock.into());
    w.int(fix.at_ms.wrapping_sub(wall_ms));
}

fn decode_fix(r: &mut Reader<'_>, wall_ms: i64) -> Result<Fix, CodecError> {
    let (lat_e7, lon_e7) = (i32::from_be_bytes(r.array()?), i32::from_be_bytes(r.array()?));
    Ok(Fix {
        point: Point { lat_e7, lon_e7, datum: Datum::from_number(r.u8()?) },
        accuracy_dm: r.small("accuracy")?,
        provider: Provider::from_number(r.u8()?),
        mock: match r.u8()? {
            0 => false,
            1 => true,
            _ => return Err(CodecError::Bad("mock flag")),
        },
        at_ms: wall_ms.wrapping_add(r.int()?),
    })
}

fn encode_item(w: &mut Writer, item: &SetItem) {
    match item {
        SetItem::Photo(hash) => {
            w.u8(0);
            w.raw(&hash.0);
        }
        SetItem::Repeat(instance) => {
            w.u8(1);
            w.raw(&instance.0.to_le_bytes());
        }
    }
}

fn decode_item(r: &mut Reader<'_>) -> Result<SetItem, CodecError> {
    match r.u8()? {
        0 => Ok(SetItem::Photo(PhotoHash(r.array()?))),
        1 => Ok(SetItem::Repeat(Instance(u64::from_le_bytes(r.array()?)))),
        _ => Err(CodecError::Bad("set item")),
    }
}

fn encode_sets(w: &mut Writer, sets: &[SetEdit]) {
    w.uint(sets.len() as u64);
    for set in sets {
        w.uint(u64::from(set.field.0));
        w.uint(set.adds.len() as u64);
        set.adds.iter().for_each(|item| encode_item(w, item));
        w.uint(set.removes.len() as u64);
        for (item, dots) in &set.removes {
            encode_item(w, item);
            w.uint(dots.len() as u64);
            dots.iter().for_each(|dot| w.dot(*dot));
        }
    }
}

fn decode_sets(r: &mut Reader<'_>) -> Result<Vec<SetEdit>, CodecError> {
    let mut sets = Vec::new();
    for _ in 0..r.count("number of sets")? {
        let field = FieldNo(r.small("field number")?);
        let mut set = SetEdit { field, adds: Vec::new(), removes: Vec::new() };
        for _ in 0..r.count("number of items")? {
            set.adds.push(decode_item(r)?);
        }
        for _ in 0..r.count("number of items")? {
            let item = decode_item(r)?;
            let dots: Result<Vec<Dot>, _> = (0..r.count("number of dots")?).map(|_| r.dot()).collect();
            set.removes.push((item, dots?));
        }
        sets.push(set);
    }
    Ok(sets)
}

/// Appends a value: its tag, then its content; every tag but the first three carries a length, so unknown ones can be
/// kept.
pub fn encode_value(w: &mut Writer, value: &Value) {
    let mut v = Writer::default();
    let tag = match value {
        Value::Null => return w.u8(0),
        Value::Bool(false) => return w.u8(1),
        Value::Bool(true) => return w.u8(2),
        Value::Int(n) => {
            v.int(*n);
            3
        }
        Value::Decimal { units, scale } => {
            v.u8(*scale);
            v.int(*units);
            4
        }
        Value::Text(text) => {
            v.raw(text.as_bytes());
            5
        }
        Value::Date(date) => {
            v.int(date.num_days_from_ce().into());
            6
        }
        Value::Time(time) => {
            v.uint(
                u64::from(time.num_seconds_from_midnight()) * 1000
                    + u64::from(time.nanosecond() / 1_000_000 % 1000),
            );
            7
        }
        Value::Instant(ms) => {
            v.int(*ms);
            8
        }
        Value::Code(code) => {
            encode_code(&mut v, code);
            9
        }
        Value::Codes(codes) => {
            codes.iter().for_each(|code| encode_code(&mut v, code));
            10
        }
        Value::Geo(point) => {
            v.raw(&point.lat_e7.to_be_bytes());
            v.raw(&point.lon_e7.to_be_bytes());
            v.u8(point.datum.number());
            11
        }
        Value::Photo(hash) => {
            v.raw(&hash.0);
            12
        }
        Value::Bytes(bytes) => {
            v.raw(bytes);
            13
        }
        Value::Opaque { tag, bytes } => {
            v.raw(bytes);
            *tag
        }
    };
    w.u8(tag);
    w.bytes(&v.0);
}

fn encode_code(w: &mut Writer, code: &Code) {
    w.bytes(code.list.as_bytes());
    w.bytes(code.edition.as_bytes());
    w.bytes(code.code.as_bytes());
}

fn decode_code(r: &mut Reader<'_>) -> Result<Code, CodecError> {
    Ok(Code { list: text(r.bytes()?)?, edition: text(r.bytes()?)?, code: text(r.bytes()?)? })
}

/// Reads one value.
pub fn decode_value(r: &mut Reader<'_>) -> Result<Value, CodecError> {
    let tag = r.u8()?;
    match tag {
        0 => return Ok(Value::Null),
        1 => return Ok(Value::Bool(false)),
        2 => return Ok(Value::Bool(true)),
        _ => {}
    }
    let bytes = r.bytes()?;
    let v = &mut Reader(bytes);
    let value = match tag {
        3 => Value::Int(v.int()?),
        4 => Value::Decimal { scale: v.u8()?, units: v.int()? },
        5 => return Ok(Value::Text(text(bytes)?)),
        6 => {
            let days = v.int()?.try_into().map_err(|_| CodecError::Bad("date"))?;
            Value::Date(NaiveDate::from_num_days_from_ce_opt(days).ok_or(CodecError::Bad("date"))?)
        }
        7 => {
            let ms: u32 = v.small("time of day")?;
            let time = NaiveTime::from_num_seconds_from_midnight_opt(ms / 1000, ms % 1000 * 1_000_000);
            Value::Time(time.ok_or(CodecError::Bad("time of day"))?)
        }
        8 => Value::Instant(v.int()?),
        9 => Value::Code(decode_code(v)?),
        10 => {
            let mut codes = Vec::new();
            while !v.0.is_empty() {
                codes.push(decode_code(v)?);
            }
            Value::Codes(codes)
        }
        11 => {
            let (lat_e7, lon_e7) = (i32::from_be_bytes(v.array()?), i32::from_be_bytes(v.array()?));
            Value::Geo(Point { lat_e7, lon_e7, datum: Datum::from_number(v.u8()?) })
        }
        12 => Value::Photo(PhotoHash(v.array()?)),
        13 => return Ok(Value::Bytes(bytes.to_vec())),
        tag => return Ok(Value::Opaque { tag, bytes: bytes.to_vec() }),
    };
    v.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(kind: ChangeKind) -> Change {
        let point = Point::from_degrees(22.69, 114.34, Datum::Wgs84).unwrap();
        Change {
            seq: Seq(7),
            record: RecordId::new(1_790_000_000_000, [9; 10]),
            record_type: TypeRef { no: TypeNo(8), version: 1 },
            kind,
            hlc: Hlc(Hlc::from_ms(1_790_000_000_123).0 + 3),
            wall_ms: 1_790_000_000_123,
            mono_ms: 55_000,
            boot: 0xb007,
            gnss_ms: Some(1_790_000_000_100),
            author: PersonNo(12),
            fix: Some(Fix {
                point,
                accuracy_dm: 42,
                provider: Provider::Gnss,
                mock: false,
                at_ms: 1_790_000_000_000,
            }),
            writes: vec![
                Write {
                    field: FieldKey::plain(FieldNo(16)),
                    value: Value::text("井盖松动"),
                    replaces: vec![],
                },
                Write {
                    field: FieldKey { no: FieldNo(300), instance: Some(Instance(u64::MAX)) },
                    value: Value::Opaque { tag: 200, bytes: vec![1, 2, 3] },
                    replaces: vec![Dot::new(3, 9), Dot::new(4, u64::MAX)],
                },
            ],
            sets: vec![SetEdit {
                field: FieldNo(4),
                adds: vec![SetItem::Photo(PhotoHash([5; 32])), SetItem::Repeat(Instance(1))],
                removes: vec![(SetItem::Repeat(Instance(2)), vec![Dot::new(1, 1)])],
            }],
            was: Some(Dot::new(2, 5)),
            unknown: vec![(77, vec![8, 8])],
        }
    }

    #[test]
    fn a_change_reads_back_whole_and_has_one_encoding() {
        for kind in [ChangeKind::Create, ChangeKind::Edit, ChangeKind::Other(99)] {
            let change = sample(kind);
            let bytes = change.encode();
            assert_eq!(Change::decode(&bytes).unwrap(), change);
            assert_eq!(Change::decode(&bytes).unwrap().encode(), bytes);
        }
    }

    #[test]
    fn absurd_clocks_survive() {
        for wall in [i64::MIN, -1, 0, 4_080_000_000_000, i64::MAX] {
            for kind in [ChangeKind::Create, ChangeKind::Edit] {
                let change = Change { wall_ms: wall, mono_ms: u64::MAX, ..sample(kind) };
                assert_eq!(Change::decode(&change.encode()).unwrap(), change);
            }
        }
    }

    #[test]
    fn a_later_version_is_named_and_not_guessed_at() {
        let mut bytes = sample(ChangeKind::Edit).encode();
        bytes[0] = 9;
        assert_eq!(Change::decode(&bytes), Err(CodecError::Version(9)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_and_what_is_read_has_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut versioned = vec![CHANGE_VERSION];
            versioned.extend(&bytes);
            if let Ok(change) = Change::decode(&versioned) {
                prop_assert_eq!(change.encode(), versioned);
            }
        }

        #[test]
        fn damaged_changes_never_panic(at in 0usize..150, byte: u8, cut in 0usize..150) {
            let mut bytes = sample(ChangeKind::Edit).encode();
            let len = bytes.len();
            bytes[at % len] = byte;
            bytes.truncate(len - cut % len);
            let _ = Change::decode(&bytes);
        }
    }
}
