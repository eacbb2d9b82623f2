//! Values as they stand in a draft: JSON that says the kind. Not the wire's form; drafts never leave the device.

use crate::geo::{Datum, Point};
use crate::ids::{from_hex, to_hex};
use crate::value::{Code, Value};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ValueText {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(i64, u8),
    Text(String),
    Date(String),
    Time(String),
    Instant(i64),
    Code(CodeText),
    Codes(Vec<CodeText>),
    Geo(i32, i32, u8),
    Photo(String),
    Bytes(String),
    Opaque(u8, String),
}

/// List, edition, code.
type CodeText = (String, String, String);

fn code_text(code: &Code) -> CodeText {
    (code.list.clone(), code.edition.clone(), code.code.clone())
}

fn code((list, edition, code): CodeText) -> Code {
    Code { list, edition, code }
}

impl From<&Value> for ValueText {
    fn from(value: &Value) -> ValueText {
        match value {
            Value::Null => ValueText::Null,
            Value::Bool(truth) => ValueText::Bool(*truth),
            Value::Int(number) => ValueText::Int(*number),
            Value::Decimal { units, scale } => ValueText::Decimal(*units, *scale),
            Value::Text(text) => ValueText::Text(text.clone()),
            Value::Date(date) => ValueText::Date(date.to_string()),
            Value::Time(time) => ValueText::Time(time.to_string()),
            Value::Instant(ms) => ValueText::Instant(*ms),
            Value::Code(code) => ValueText::Code(code_text(code)),
            Value::Codes(codes) => ValueText::Codes(codes.iter().map(code_text).collect()),
            Value::Geo(point) => ValueText::Geo(point.lat_e7, point.lon_e7, point.datum.number()),
            Value::Photo(hash) => ValueText::Photo(hash.to_string()),
            Value::Bytes(bytes) => ValueText::Bytes(to_hex(bytes)),
            Value::Opaque { tag, bytes } => ValueText::Opaque(*tag, to_hex(bytes)),
        }
    }
}

impl ValueText {
    /// The value, or `None` for a text that is not of its kind.
    pub fn value(self) -> Option<Value> {
        Some(match self {
            ValueText::Null => Value::Null,
            ValueText::Bool(truth) => Value::Bool(truth),
            ValueText::Int(number) => Value::Int(number),
            ValueText::Decimal(units, scale) => Value::Decimal { units, scale },
            ValueText::Text(text) => Value::Text(text),
            ValueText::Date(text) => Value::Date(text.parse().ok()?),
            ValueText::Time(text) => Value::Time(text.parse().ok()?),
            ValueText::Instant(ms) => Value::Instant(ms),
            ValueText::Code(text) => Value::Code(code(text)),
            ValueText::Codes(texts) => Value::Codes(texts.into_iter().map(code).collect()),
            ValueText::Geo(lat_e7, lon_e7, datum) => {
                Value::Geo(Point { lat_e7, lon_e7, datum: Datum::from_number(datum) })
            }
            ValueText::Photo(hash) => Value::Photo(hash.parse().ok()?),
            ValueText::Bytes(text) => Value::Bytes(from_hex(&text)?),
            ValueText::Opaque(tag, text) => Value::Opaque { tag, bytes: from_hex(&text)? },
        })
    }
}
