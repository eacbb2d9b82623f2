//! Identifiers as the plain text or number that an app keeps. They are read once, here: a text that is none is refused
//! with code `bad_id` wherever it is given.

use crate::error::FieldbookError;
use chrono::{NaiveDate, NaiveTime};
use gridweave_core::form::ProblemCode;
use gridweave_core::ids::{
    ChainHash, Dot, FieldNo, GridCode, Instance, PersonNo, PhotoHash, RecordId, Rid, Seq, TypeNo,
};

fn read<T: std::str::FromStr>(text: &str, what: &'static str) -> uniffi::Result<T> {
    let refused = FieldbookError::Refused { code: "bad_id".into(), reason: format!("this is not {what}") };
    text.parse().map_err(|_| refused.into())
}

uniffi::custom_type!(RecordId, String, {
    remote,
    try_lift: |text| read(&text, "the id of a record"),
    lower: |id| id.to_string(),
});
uniffi::custom_type!(PhotoHash, String, {
    remote,
    try_lift: |text| read(&text, "the hash of a photo"),
    lower: |hash| hash.to_string(),
});
uniffi::custom_type!(ChainHash, String, {
    remote,
    try_lift: |text| read(&text, "the hash of a change"),
    lower: |hash| hash.to_string(),
});
uniffi::custom_type!(Dot, String, {
    remote,
    try_lift: |text| read(&text, "the name of a change"),
    lower: |dot| dot.to_string(),
});
uniffi::custom_type!(GridCode, String, { remote, try_lift: |code| Ok(GridCode(code)), lower: |code| code.0 });
uniffi::custom_type!(Rid, u32, { remote, try_lift: |n| Ok(Rid(n)), lower: |rid| rid.0 });
uniffi::custom_type!(Seq, u64, { remote, try_lift: |n| Ok(Seq(n)), lower: |seq| seq.0 });
uniffi::custom_type!(FieldNo, u16, { remote, try_lift: |n| Ok(FieldNo(n)), lower: |no| no.0 });
uniffi::custom_type!(TypeNo, u16, { remote, try_lift: |n| Ok(TypeNo(n)), lower: |no| no.0 });
uniffi::custom_type!(PersonNo, u32, { remote, try_lift: |n| Ok(PersonNo(n)), lower: |no| no.0 });
uniffi::custom_type!(Instance, u64, { remote, try_lift: |n| Ok(Instance(n)), lower: |id| id.0 });

// Civil dates and times as ISO 8601 writes them: no platform's date type is free of time zones.
uniffi::custom_type!(NaiveDate, String, {
    remote,
    try_lift: |text| read(&text, "a date like 2026-09-21"),
    lower: |date| date.to_string(),
});
uniffi::custom_type!(NaiveTime, String, {
    remote,
    try_lift: |text| read(&text, "a time like 08:30:00"),
    lower: |time| time.to_string(),
});

// The stable name; the core tells problems and is never told any.
uniffi::custom_type!(ProblemCode, String, {
    remote,
    try_lift: |_name| Err(FieldbookError::refused("bad_id", "problems are only read").into()),
    lower: |code| code.name().to_owned(),
});
