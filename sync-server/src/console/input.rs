//! One field as a form asks for it, and the answer read back. Not the capture forms of the apps: a supervisor corrects
//! one value at a time.

use super::clock;
use super::fields::Fields;
use super::lang::Lang;
use super::records::Choice;
use super::words::Words;
use crate::store::records::GridRow;
use chrono::{NaiveDate, NaiveTime};
use gridweave_core::form::{FieldKind, IdentityCheck, SchemeCheck, system};
use gridweave_core::geo::{Datum, Point};
use gridweave_core::ids::{FieldKey, TypeNo};
use gridweave_core::value::Value;

/// How a field is asked for.
pub struct Input {
    /// `text`, `number`, `date`, `time`, `select` or `checks`.
    pub kind: &'static str,
    /// Choices, where there are some.
    pub choices: Vec<Choice>,
    /// Longest text.
    pub max_chars: u32,
}

/// How to ask for a field; `None`: it cannot be typed.
pub fn of(words: &Words<'_>, grids: &[GridRow], no: TypeNo, key: FieldKey) -> Option<Input> {
    let field = words.field(no, key.no)?;
    let input = |kind| Input { kind, choices: Vec::new(), max_chars: field.max_chars.unwrap_or(10_000) };
    let choice = |value: &str, label: String| Choice { value: value.into(), label, chosen: false };
    let codes = |kind, list: &str| Input { choices: words.choices(list), ..input(kind) };
    Some(match &field.kind {
        FieldKind::Text | FieldKind::Geo => input("text"),
        FieldKind::Int | FieldKind::Decimal => input("number"),
        FieldKind::Date => input("date"),
        FieldKind::Time => input("time"),
        FieldKind::Bool => {
            let said = [("true", words.lang.t("value.yes")), ("false", words.lang.t("value.no"))];
            Input { choices: said.map(|(v, l)| choice(v, l.to_owned())).into(), ..input("select") }
        }
        FieldKind::Code(list) => codes("select", list),
        FieldKind::Codes(list) => codes("checks", list),
        FieldKind::System if key.no == system::GRID => {
            let choices = grids.iter().map(|g| choice(&g.code, words.grid(&g.code)));
            Input { choices: choices.collect(), ..input("select") }
        }
        _ => return None,
    })
}

/// The answer of a form; the error is the key of a text. Nothing typed clears the field.
pub fn read(words: &Words<'_>, no: TypeNo, key: FieldKey, fields: &Fields) -> Result<Value, &'static str> {
    let field = words.field(no, key.no).ok_or("settle.misfit")?;
    let Some(text) = fields.get("value") else { return Ok(Value::Null) };
    let value = match &field.kind {
        FieldKind::Text => Some(Value::text(text)),
        FieldKind::System if key.no == system::GRID => Some(Value::text(text)),
        FieldKind::Int => text.parse().ok().map(Value::Int),
        FieldKind::Decimal => decimal(text),
        FieldKind::Date => text.parse::<NaiveDate>().ok().map(Value::Date),
        FieldKind::Time => NaiveTime::parse_from_str(text, "%H:%M").ok().map(Value::Time),
        FieldKind::Bool => text.parse().ok().map(Value::Bool),
        FieldKind::Code(list) => {
            let list = words.catalog.code_lists.get(list);
            list.filter(|l| l.entry(text).is_some()).map(|l| Value::Code(l.code(text)))
        }
        FieldKind::Codes(list) => words.catalog.code_lists.get(list).and_then(|list| {
            let chosen = fields.all("value").map(|text| list.entry(text).map(|e| list.code(&e.code)));
            chosen.collect::<Option<Vec<_>>>().map(Value::Codes)
        }),
        FieldKind::Geo => point(text).map(Value::Geo),
        _ => None,
    };
    value.ok_or("settle.misfit")
}

/// What the core's check finds wrong or odd about the code that a field holds, in words; `None`: nothing.
pub fn doubts(words: &Words<'_>, no: TypeNo, key: FieldKey, value: &Value, now_ms: i64) -> Option<String> {
    let identity = words.field(no, key.no)?.identity.as_ref()?;
    let check = SchemeCheck { today: clock::day(now_ms)? };
    let found = check.check(&identity.scheme, value.as_text()?);
    let said: Vec<&str> = found.iter().map(|finding| finding.message.get(words.lang.tag())).collect();
    let between = if words.lang == Lang::ZhCn { "；" } else { "; " };
    (!said.is_empty()).then(|| words.lang.fill("field.code_doubted", &[&said.join(between)]))
}

fn decimal(text: &str) -> Option<Value> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let units = format!("{whole}{part}").parse().ok()?;
    Some(Value::Decimal { units, scale: u8::try_from(part.len()).ok()? })
}

fn point(text: &str) -> Option<Point> {
    let (lat, lon) = text.split_once([',', '，'])?;
    Point::from_degrees(lat.trim().parse().ok()?, lon.trim().parse().ok()?, Datum::Wgs84).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gridweave_core::form::Catalog;
    use gridweave_core::ids::FieldNo;

    fn read_as(no: u16, sent: &str) -> Result<Value, &'static str> {
        let catalog = Catalog::builtin();
        let words = Words::new(Lang::En, &catalog, &[]);
        read(&words, TypeNo(1), FieldKey::plain(FieldNo(no)), &Fields::parse(sent.as_bytes()))
    }

    #[test]
    fn answers_are_read_as_what_their_fields_hold() {
        assert_eq!(read_as(16, "value=%E6%9D%8E"), Ok(Value::text("李")));
        assert_eq!(
            read_as(18, "value=1901-02-03"),
            Ok(Value::Date(NaiveDate::from_ymd_opt(1901, 2, 3).unwrap()))
        );
        assert_eq!(read_as(5, "value=22.5,+114.1").map(|v| v.is_null()), Ok(false));
        assert_eq!(read_as(16, "value=+"), Ok(Value::Null));
    }

    #[test]
    fn what_a_field_cannot_hold_is_refused() {
        for (no, sent) in [(18, "value=1901-02-30"), (17, "value=7"), (5, "value=91,0"), (4000, "value=1")] {
            assert_eq!(read_as(no, sent), Err("settle.misfit"), "{no} {sent}");
        }
    }
}
