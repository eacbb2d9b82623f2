//! One answer, typed. Values compare by content, so equal answers given apart are not a conflict.

use crate::geo::Point;
use crate::ids::PhotoHash;
use chrono::{NaiveDate, NaiveTime};

/// A value of a code list: a code means nothing without its list and the edition of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// Name of the list, as in `schemas/codes`.
    pub list: String,
    /// Edition of the standard, `2003` for example.
    pub edition: String,
    /// The code itself.
    pub code: String,
}

/// What a field may hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Value {
    /// Explicitly nothing: an answer that was cleared.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// `units` × 10^−`scale`, exact.
    Decimal {
        /// All digits.
        units: i64,
        /// How many of them stand after the point.
        scale: u8,
    },
    /// Text as it was typed.
    Text(String),
    /// Civil date, in no time zone.
    Date(NaiveDate),
    /// Civil time of day.
    Time(NaiveTime),
    /// Instant, UTC milliseconds.
    Instant(i64),
    /// One code of a list.
    Code(Code),
    /// Several codes of lists, in the order they were chosen.
    Codes(Vec<Code>),
    /// A point with its datum.
    Geo(Point),
    /// A photo by its hash.
    Photo(PhotoHash),
    /// Raw bytes, a signature's strokes for example.
    Bytes(Vec<u8>),
    /// A kind of value of a later version, kept as it came.
    Opaque {
        /// Number of the kind; never one of the kinds above.
        tag: u8,
        /// Its bytes, untouched.
        bytes: Vec<u8>,
    },
}

impl Value {
    /// Shorthand for a text value.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// The text inside, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it says nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}
