//! Between one typed line and the answer that it is.

use super::context::local;
use super::convert::instant;
use super::item::ItemKind;
use super::show::decimal;
use crate::value::Value;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// Most digits after the point of a typed number.
const PLACES_MAX: usize = 9;

/// The answer that a typed line is for a question of this kind; `None` for one that cannot be read. A blank line clears
/// the answer. Of dates and times only the digits count, whatever stands between them; `utc_offset_min` is the city's.
pub fn read_typed(kind: ItemKind, line: &str, utc_offset_min: i32) -> Option<Value> {
    if line.trim().is_empty() {
        return Some(Value::Null);
    }
    match kind {
        ItemKind::Integer => line.trim().parse().ok().map(Value::Int),
        ItemKind::Decimal => number(line),
        // A scale of whole numbers fills a whole-number field.
        ItemKind::Range => line.trim().parse().ok().map(Value::Int).or_else(|| number(line)),
        ItemKind::Date => day(&digits(line, 8)?).map(Value::Date),
        ItemKind::Time => time(&digits(line, 4)?).map(Value::Time),
        ItemKind::DateTime => {
            let digits = digits(line, 12)?;
            let moment = NaiveDateTime::new(day(&digits[..8])?, time(&digits[8..])?);
            Some(instant(moment, utc_offset_min))
        }
        _ => Some(Value::text(line)),
    }
}

/// What an answer looks like in a line for typing; nothing for what is not typed.
pub fn typed_text(value: &Value, utc_offset_min: i32) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal { units, scale } => decimal(*units, *scale),
        Value::Date(date) => date.format("%Y-%m-%d").to_string(),
        Value::Time(time) => time.format("%H:%M").to_string(),
        Value::Instant(ms) => local(*ms, utc_offset_min).format("%Y-%m-%d %H:%M").to_string(),
        _ => String::new(),
    }
}

/// An exact decimal, with as many places as were typed.
fn number(line: &str) -> Option<Value> {
    let line = line.trim();
    let (whole, part) = line.split_once('.').unwrap_or((line, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    if !plain(unsigned) || !plain(part) || part.len() > PLACES_MAX || (unsigned.is_empty() && part.is_empty())
    {
        return None;
    }
    let units = format!("{whole}{part}").parse().ok()?;
    Some(Value::Decimal { units, scale: part.len() as u8 })
}

fn digits(line: &str, count: usize) -> Option<String> {
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    (digits.len() == count).then_some(digits)
}

fn day(digits: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(digits, "%Y%m%d").ok()
}

fn time(digits: &str) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(digits[..2].parse().ok()?, digits[2..].parse().ok()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: ItemKind, line: &str) -> Option<Value> {
        read_typed(kind, line, 480)
    }

    #[test]
    fn numbers_are_exact_or_not_read() {
        assert_eq!(read(ItemKind::Integer, " 12 "), Some(Value::Int(12)));
        assert_eq!(read(ItemKind::Decimal, "12.50"), Some(Value::Decimal { units: 1250, scale: 2 }));
        assert_eq!(read(ItemKind::Decimal, "-0.5"), Some(Value::Decimal { units: -5, scale: 1 }));
        assert_eq!(read(ItemKind::Range, "3"), Some(Value::Int(3)));
        assert_eq!(read(ItemKind::Range, "3.5"), Some(Value::Decimal { units: 35, scale: 1 }));
        for (kind, line) in [
            (ItemKind::Integer, "12.5"),
            (ItemKind::Decimal, "twelve"),
            (ItemKind::Decimal, "1e9"),
            (ItemKind::Decimal, "."),
            (ItemKind::Decimal, "1.2.3"),
            (ItemKind::Decimal, "1.0123456789"),
            (ItemKind::Decimal, "99999999999999999999"),
        ] {
            assert_eq!(read(kind, line), None, "{line}");
        }
        assert_eq!(read(ItemKind::Integer, "  "), Some(Value::Null));
    }

    #[test]
    fn days_times_and_moments_are_their_digits_in_the_citys_zone() {
        let day = NaiveDate::from_ymd_opt(2026, 9, 21).unwrap();
        for line in ["20260921", "2026-09-21", "2026年09月21日"] {
            assert_eq!(read(ItemKind::Date, line), Some(Value::Date(day)), "{line}");
        }
        assert_eq!(read(ItemKind::Date, "20260231"), None);
        assert_eq!(read(ItemKind::Time, "08:30"), NaiveTime::from_hms_opt(8, 30, 0).map(Value::Time));
        assert_eq!(read(ItemKind::Time, "2460"), None);
        // Eight in the morning in Shenzhen is midnight in Greenwich.
        let moment = read(ItemKind::DateTime, "1970-01-02 08:00").unwrap();
        assert_eq!(moment, Value::Instant(86_400_000));
        assert_eq!(typed_text(&moment, 480), "1970-01-02 08:00");
        for line in ["1970-01-02", "1970-01-02 25:00", "1970-13-02 08:00"] {
            assert_eq!(read(ItemKind::DateTime, line), None, "{line}");
        }
    }
}
