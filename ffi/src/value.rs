//! Answers and places: the core's own types, mirrored. The compiler holds each mirror to its original.

use gridweave_core::ids::{FieldNo, Instance, PhotoHash};
use gridweave_core::{form, geo, ids, value};
use std::collections::HashMap;

type NaiveDate = chrono::NaiveDate;
type NaiveTime = chrono::NaiveTime;

type Code = value::Code;
/// A value of a code list, with the list and the edition that give it a meaning.
#[uniffi::remote(Record)]
pub struct Code {
    list: String,
    edition: String,
    code: String,
}

type Value = value::Value;
/// What a field may hold.
#[uniffi::remote(Enum)]
pub enum Value {
    /// An answer that was cleared.
    Null,
    Bool(bool),
    Int(i64),
    /// `units` × 10^−`scale`, exact.
    Decimal {
        units: i64,
        scale: u8,
    },
    Text(String),
    /// `2026-09-21`, in no time zone.
    Date(NaiveDate),
    /// `08:30:00`, in no time zone.
    Time(NaiveTime),
    /// UTC milliseconds.
    Instant(i64),
    Code(Code),
    Codes(Vec<Code>),
    Geo(Point),
    Photo(PhotoHash),
    Bytes(Vec<u8>),
    /// A kind of value of a later version, kept as it came.
    Opaque {
        tag: u8,
        bytes: Vec<u8>,
    },
}

type FieldKey = ids::FieldKey;
/// A field, in a repetition where it stands in a repeated group.
#[uniffi::remote(Record)]
pub struct FieldKey {
    no: FieldNo,
    instance: Option<Instance>,
}

type Datum = geo::Datum;
/// The reference that a coordinate is given in.
#[uniffi::remote(Enum)]
pub enum Datum {
    Wgs84,
    Cgcs2000,
    Gcj02,
    Bd09,
    Other(u8),
}

type Point = geo::Point;
/// A point, degrees × 10⁷, with its datum.
#[uniffi::remote(Record)]
pub struct Point {
    lat_e7: i32,
    lon_e7: i32,
    datum: Datum,
}

type Provider = geo::Provider;
/// Who computed a reading.
#[uniffi::remote(Enum)]
pub enum Provider {
    Gnss,
    Network,
    Manual,
    Other(u8),
}

type Fix = geo::Fix;
/// One reading of the receiver, as it gave it; accuracy in decimetres, time in UTC milliseconds.
#[uniffi::remote(Record)]
pub struct Fix {
    point: Point,
    accuracy_dm: u32,
    provider: Provider,
    mock: bool,
    at_ms: i64,
}

type Average = geo::Average;
/// A point averaged from several readings: how many it is made of, and how many were left out.
#[uniffi::remote(Record)]
pub struct Average {
    fix: Fix,
    used: u32,
    rejected: u32,
}

/// One point out of the readings of a device that stands still, in the order they came; jumps are left out.
#[uniffi::export]
pub fn average_fixes(readings: Vec<Fix>) -> Option<Average> {
    geo::average(&readings)
}

/// A text in the product's two languages, and in further ones where a form brings them.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Words {
    /// Chinese (zh-CN).
    pub zh: String,
    /// English.
    pub en: String,
    /// Further languages by tag.
    pub other: HashMap<String, String>,
}

type Label = form::Label;
uniffi::custom_type!(Label, Words, {
    remote,
    try_lift: |words| Ok(Label { zh: words.zh, en: words.en, other: words.other.into_iter().collect() }),
    lower: |label| Words { zh: label.zh, en: label.en, other: label.other.into_iter().collect() },
});

/// A field with the answer given to it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Answer {
    /// Which field.
    pub field: FieldKey,
    /// What it says.
    pub value: Value,
}
