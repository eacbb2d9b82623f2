//! The circumstances of a form session. All of them are passed in: the form asks no clock and no device.

use crate::ids::{Dot, FieldKey, FieldNo, Instance, PhotoHash};
use crate::time::UtcMs;
use crate::value::Value;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use std::collections::BTreeMap;

/// When, where and by whom a form is filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The day in the city's zone.
    pub today: NaiveDate,
    /// The moment the form was opened.
    pub now_ms: UtcMs,
    /// Minutes that the city's zone is ahead of UTC.
    pub utc_offset_min: i32,
    /// Language of labels inside calculations (`zh`, `en`).
    pub lang: String,
    /// The device, for `deviceid`.
    pub device: String,
    /// The user, for `username`.
    pub user: String,
    /// The user's phone number, for `phonenumber`.
    pub phone: String,
    /// What the record holds already; `None` for a new one.
    pub existing: Option<Existing>,
}

/// What a record holds before it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Existing {
    /// Values by field.
    pub values: BTreeMap<FieldKey, Value>,
    /// Instances of each repeated group, in the order to show.
    pub instances: BTreeMap<FieldNo, Vec<Instance>>,
    /// Photos of each set.
    pub photos: BTreeMap<FieldNo, Vec<PhotoHash>>,
    /// The changes that wrote each field's live values: a save replaces them, and not what came after.
    pub dots: BTreeMap<FieldKey, Vec<Dot>>,
}

impl Context {
    /// A new record at this moment, in Chinese and without a name of device or user.
    pub fn at(now_ms: UtcMs, utc_offset_min: i32) -> Context {
        Context {
            today: local(now_ms, utc_offset_min).date(),
            now_ms,
            utc_offset_min,
            lang: "zh".into(),
            device: String::new(),
            user: String::new(),
            phone: String::new(),
            existing: None,
        }
    }

    /// The same circumstances, for a record that exists.
    pub fn editing(self, existing: Existing) -> Context {
        Context { existing: Some(existing), ..self }
    }
}

/// Local date and time of an instant; the first day of 1970 for one that no calendar holds.
pub(super) fn local(ms: UtcMs, utc_offset_min: i32) -> NaiveDateTime {
    let utc = DateTime::from_timestamp_millis(ms).unwrap_or_default().naive_utc();
    utc.checked_add_signed(TimeDelta::minutes(utc_offset_min.into())).unwrap_or(utc)
}
