//! Between an answer, which is exact and typed, and what expressions work with.

use super::context::local;
use super::expr::Val;
use super::field::FieldKind;
use super::form::FormNode;
use super::item::ItemKind;
use crate::geo::{Datum, Point};
use crate::time::UtcMs;
use crate::value::{Code, Value};
use chrono::TimeDelta;

/// An answer as expressions see it: codes without their list, yes/no as texts, points as XForms writes them.
pub(super) fn to_val(kind: ItemKind, value: &Value, utc_offset_min: i32) -> Val {
    match value {
        Value::Null | Value::Bytes(_) | Value::Opaque { .. } => Val::EMPTY,
        Value::Bool(truth) => match kind {
            ItemKind::YesNo => Val::Text(if *truth { "yes" } else { "no" }.into()),
            ItemKind::Acknowledge => Val::Text(if *truth { "OK" } else { "" }.into()),
            _ => Val::Bool(*truth),
        },
        Value::Int(number) => Val::Number(*number as f64),
        Value::Decimal { units, scale } => Val::Number(decimal(*units, *scale)),
        Value::Text(text) => Val::Text(text.clone()),
        Value::Date(date) => Val::Date(*date),
        Value::Time(time) => Val::Time(*time),
        Value::Instant(ms) => Val::Moment(local(*ms, utc_offset_min), utc_offset_min),
        Value::Code(code) => Val::Text(code.code.clone()),
        Value::Codes(codes) => {
            Val::Text(codes.iter().map(|code| code.code.as_str()).collect::<Vec<_>>().join(" "))
        }
        Value::Geo(point) => Val::Text(format!("{} {} 0 0", point.lat(), point.lon())),
        Value::Photo(hash) => Val::Text(hash.to_string()),
    }
}

/// What an expression gave, as an answer to an item. An error is what the field cannot hold.
pub(super) fn from_val(node: &FormNode, val: &Val, utc_offset_min: i32) -> Result<Value, WrongKind> {
    if val.is_empty() || matches!(val, Val::Number(number) if number.is_nan()) {
        return Ok(Value::Null);
    }
    let Some(field) = &node.field else { return natural(val, utc_offset_min) };
    match &field.kind {
        FieldKind::Text | FieldKind::Trace | FieldKind::Shape => Ok(Value::Text(val.text())),
        FieldKind::Int => match val.number() {
            number if number == number.trunc() && number.abs() < 9.0e15 => Ok(Value::Int(number as i64)),
            _ => Err(WrongKind),
        },
        FieldKind::Decimal => exact(val.number()).ok_or(WrongKind),
        FieldKind::Bool => Ok(Value::Bool(match val {
            Val::Text(text) => match text.as_str() {
                "yes" | "true" | "1" | "OK" => true,
                "no" | "false" | "0" => false,
                _ => return Err(WrongKind),
            },
            other => other.truth(),
        })),
        FieldKind::Date => val.date().map(Value::Date).ok_or(WrongKind),
        FieldKind::Time => val.time().map(Value::Time).ok_or(WrongKind),
        FieldKind::Instant => val.moment().map(|m| instant(m, utc_offset_min)).ok_or(WrongKind),
        FieldKind::Code(_) => code(node, val.text().trim()).map(Value::Code),
        FieldKind::Codes(_) => {
            let codes: Result<Vec<Code>, WrongKind> =
                val.text().split_whitespace().map(|text| code(node, text)).collect();
            codes.map(Value::Codes)
        }
        FieldKind::Geo => point(&val.text()).map(Value::Geo).ok_or(WrongKind),
        FieldKind::Photo | FieldKind::Audio => val.text().parse().map(Value::Photo).map_err(|_| WrongKind),
        FieldKind::Photos | FieldKind::Repeat | FieldKind::System => Err(WrongKind),
    }
}

/// A result that the field cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrongKind;

/// Whether a field of this kind may hold the value at all; null always may.
pub(super) fn holds(kind: &FieldKind, value: &Value) -> bool {
    match (kind, value) {
        (_, Value::Null) => true,
        (FieldKind::Text | FieldKind::Trace | FieldKind::Shape, Value::Text(_))
        | (FieldKind::Int, Value::Int(_))
        | (FieldKind::Decimal, Value::Decimal { .. } | Value::Int(_))
        | (FieldKind::Bool, Value::Bool(_))
        | (FieldKind::Date, Value::Date(_))
        | (FieldKind::Time, Value::Time(_))
        | (FieldKind::Instant, Value::Instant(_))
        | (FieldKind::Photo | FieldKind::Audio, Value::Photo(_)) => true,
        (FieldKind::Code(list), Value::Code(code)) => code.list == *list,
        (FieldKind::Codes(list), Value::Codes(codes)) => codes.iter().all(|code| code.list == *list),
        (FieldKind::Geo, Value::Geo(point)) => point.in_range(),
        _ => false,
    }
}

/// The result of a calculation that fills no field keeps its own kind.
fn natural(val: &Val, utc_offset_min: i32) -> Result<Value, WrongKind> {
    Ok(match val {
        Val::Text(text) => Value::Text(text.clone()),
        Val::Bool(truth) => Value::Bool(*truth),
        Val::Date(date) => Value::Date(*date),
        Val::Time(time) => Value::Time(*time),
        Val::Moment(moment, _) => instant(*moment, utc_offset_min),
        Val::Number(number) if *number == number.trunc() && number.abs() < 9.0e15 => {
            Value::Int(*number as i64)
        }
        Val::Number(number) => exact(*number).unwrap_or(Value::Text(val.text())),
        Val::Nodes(nodes) => match nodes.first() {
            Some(first) => return natural(first, utc_offset_min),
            None => Value::Null,
        },
    })
}

/// A floating number as the shortest decimal that reads back as it; `None` where none fits into 64 bits.
pub(super) fn exact(number: f64) -> Option<Value> {
    if !number.is_finite() {
        return None;
    }
    let text = number.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    // More digits than 64 bits hold are noise of the floating number: they are rounded away.
    let room = 18usize.saturating_sub(whole.trim_start_matches('-').len());
    let kept = if part.len() > room { format!("{number:.room$}") } else { text.clone() };
    let part = kept.split_once('.').map_or("", |(_, part)| part);
    let units = kept.replace('.', "").parse().ok()?;
    Some(Value::Decimal { units, scale: part.len() as u8 })
}

/// A number as expressions see it; `None` for what is none.
pub(super) fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Decimal { units, scale } => Some(decimal(*units, *scale)),
        _ => None,
    }
}

fn decimal(units: i64, scale: u8) -> f64 {
    // Through text, so that 0.1 is the same number as the literal 0.1 in an expression.
    format!("{units}e-{scale}").parse().unwrap_or(f64::NAN)
}

pub(super) fn instant(moment: chrono::NaiveDateTime, utc_offset_min: i32) -> Value {
    let utc = moment.checked_sub_signed(TimeDelta::minutes(utc_offset_min.into())).unwrap_or(moment);
    Value::Instant(utc.and_utc().timestamp_millis() as UtcMs)
}

fn code(node: &FormNode, text: &str) -> Result<Code, WrongKind> {
    let list = node.list.as_deref().ok_or(WrongKind)?;
    list.entry(text).map(|entry| list.code(&entry.code)).ok_or(WrongKind)
}

/// A point as XForms writes it, latitude first; it does not say its datum and is taken as WGS-84.
fn point(text: &str) -> Option<Point> {
    let mut parts = text.split_whitespace();
    let (lat, lon) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Point::from_degrees(lat, lon, Datum::Wgs84).ok()
}
