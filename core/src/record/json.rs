//! Values in plain JSON, for people, tests and integrators. Changes themselves travel as bytes, never as JSON.
//!
//! Text, numbers and booleans stand as such; dates as `2026-03-09`, times as `09:30:00`, instants in RFC 3339, decimals
//! as text so that no digit is lost, a code as `{list, edition, code}`, a point as `{lat, lon, datum}`, photos and
//! bytes in hexadecimal.

use crate::form::FieldKind;
use crate::geo::{Datum, Point};
use crate::ids::to_hex;
use crate::value::{Code, Value};
use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat};
use serde_json::{Value as Json, json};

/// A value as JSON.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => json!(b),
        Value::Int(n) => json!(n),
        Value::Decimal { units, scale } => json!(decimal_text(*units, *scale)),
        Value::Text(text) => json!(text),
        Value::Date(date) => json!(date.to_string()),
        Value::Time(time) => json!(time.to_string()),
        Value::Instant(ms) => match DateTime::from_timestamp_millis(*ms) {
            Some(at) => json!(at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => json!(ms),
        },
        Value::Code(code) => code_json(code),
        Value::Codes(codes) => codes.iter().map(code_json).collect(),
        Value::Geo(p) => json!({"lat": p.lat(), "lon": p.lon(), "datum": p.datum.name().unwrap_or("other")}),
        Value::Photo(hash) => json!(hash.to_string()),
        Value::Bytes(bytes) => json!(to_hex(bytes)),
        Value::Opaque { tag, bytes } => json!({"tag": tag, "bytes": to_hex(bytes)}),
    }
}

/// The value that JSON says, for a field of this kind; `None` if it says none.
pub fn from_json(kind: &FieldKind, json: &Json) -> Option<Value> {
    if json.is_null() {
        return Some(Value::Null);
    }
    Some(match kind {
        FieldKind::Text | FieldKind::System | FieldKind::Trace | FieldKind::Shape => {
            Value::Text(json.as_str()?.to_owned())
        }
        FieldKind::Int => Value::Int(json.as_i64()?),
        FieldKind::Decimal => decimal(json)?,
        FieldKind::Bool => Value::Bool(json.as_bool()?),
        FieldKind::Date => Value::Date(json.as_str()?.parse::<NaiveDate>().ok()?),
        FieldKind::Time => Value::Time(json.as_str()?.parse::<NaiveTime>().ok()?),
        FieldKind::Instant => match json.as_i64() {
            Some(ms) => Value::Instant(ms),
            None => Value::Instant(DateTime::parse_from_rfc3339(json.as_str()?).ok()?.timestamp_millis()),
        },
        FieldKind::Code(_) => Value::Code(code(json)?),
        FieldKind::Codes(_) => Value::Codes(json.as_array()?.iter().map(code).collect::<Option<_>>()?),
        FieldKind::Geo => {
            let datum = match json.get("datum").and_then(Json::as_str) {
                None => Datum::Wgs84,
                Some(name) => Datum::from_name(name)?,
            };
            Value::Geo(
                Point::from_degrees(json.get("lat")?.as_f64()?, json.get("lon")?.as_f64()?, datum).ok()?,
            )
        }
        FieldKind::Photo | FieldKind::Audio => Value::Photo(json.as_str()?.parse().ok()?),
        FieldKind::Photos | FieldKind::Repeat => return None,
    })
}

fn code_json(code: &Code) -> Json {
    json!({"list": code.list, "edition": code.edition, "code": code.code})
}

fn code(json: &Json) -> Option<Code> {
    let part = |name: &str| json.get(name)?.as_str().map(str::to_owned);
    Some(Code { list: part("list")?, edition: part("edition")?, code: part("code")? })
}

fn decimal_text(units: i64, scale: u8) -> String {
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if units < 0 { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

fn decimal(json: &Json) -> Option<Value> {
    if let Some(n) = json.as_i64() {
        return Some(Value::Int(n));
    }
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let scale = u8::try_from(part.len()).ok()?;
    Some(Value::Decimal { units: format!("{whole}{part}").parse().ok()?, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back_from_their_json() {
        let code = Code { list: "sex".into(), edition: "2003".into(), code: "1".into() };
        let point = Point::from_degrees(22.69, 114.34, Datum::Wgs84).unwrap();
        for (kind, value) in [
            (FieldKind::Text, Value::text("张三")),
            (FieldKind::Int, Value::Int(-7)),
            (FieldKind::Decimal, Value::Decimal { units: -5, scale: 2 }),
            (FieldKind::Date, Value::Date("1903-02-28".parse().unwrap())),
            (FieldKind::Instant, Value::Instant(1_790_000_000_123)),
            (FieldKind::Code("sex".into()), Value::Code(code.clone())),
            (FieldKind::Codes("sex".into()), Value::Codes(vec![code])),
            (FieldKind::Geo, Value::Geo(point)),
            (FieldKind::Bool, Value::Null),
        ] {
            assert_eq!(from_json(&kind, &to_json(&value)), Some(value));
        }
        assert_eq!(to_json(&Value::Decimal { units: -5, scale: 2 }), "-0.05");
        assert_eq!(from_json(&FieldKind::Int, &json!("7")), None);
    }
}
