//! What an expression works with while it is evaluated, and the conversions of XPath 1.0 between them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// A value inside an expression. Not an answer: [`crate::value::Value`] is exact, this has floating numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    /// Text; the empty one is what an unanswered question has.
    Text(String),
    /// Number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Civil date.
    Date(NaiveDate),
    /// Civil time of day.
    Time(NaiveTime),
    /// Local date and time with its distance from UTC, minutes.
    Moment(NaiveDateTime, i32),
    /// One value for each repetition.
    Nodes(Vec<Val>),
}

impl Val {
    /// The value of an unanswered question.
    pub const EMPTY: Val = Val::Text(String::new());

    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        match self {
            Val::Text(text) => text.is_empty(),
            Val::Nodes(nodes) => nodes.iter().all(Val::is_empty),
            _ => false,
        }
    }

    /// As text: numbers without needless digits, dates in ISO 8601, the first of several.
    pub fn text(&self) -> String {
        match self {
            Val::Text(text) => text.clone(),
            Val::Number(number) => number_text(*number),
            Val::Bool(truth) => truth.to_string(),
            Val::Date(date) => date.format("%Y-%m-%d").to_string(),
            Val::Time(time) => time.format("%H:%M:%S").to_string(),
            Val::Moment(moment, offset) => {
                let (sign, minutes) = (if *offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
                let stamp = moment.format("%Y-%m-%dT%H:%M:%S%.3f");
                format!("{stamp}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            Val::Nodes(nodes) => nodes.first().map(Val::text).unwrap_or_default(),
        }
    }

    /// As a number: dates are days since 1970, times fractions of a day, what is none is not a number.
    pub fn number(&self) -> f64 {
        match self {
            Val::Text(text) => text_number(text),
            Val::Number(number) => *number,
            Val::Bool(truth) => f64::from(u8::from(*truth)),
            Val::Date(date) => days(*date),
            Val::Time(time) => fraction(*time),
            Val::Moment(moment, _) => days(moment.date()) + fraction(moment.time()),
            Val::Nodes(nodes) => nodes.first().map_or(f64::NAN, Val::number),
        }
    }

    /// As true or false: a text that is not empty, a number that is one and not zero.
    pub fn truth(&self) -> bool {
        match self {
            Val::Text(text) => !text.is_empty(),
            Val::Number(number) => *number != 0.0 && !number.is_nan(),
            Val::Bool(truth) => *truth,
            Val::Date(_) | Val::Time(_) | Val::Moment(..) => true,
            Val::Nodes(nodes) => nodes.first().is_some_and(Val::truth),
        }
    }

    /// As a date, if it is one: a text in ISO 8601, a number of days since 1970.
    pub fn date(&self) -> Option<NaiveDate> {
        match self {
            Val::Date(date) => Some(*date),
            Val::Moment(moment, _) => Some(moment.date()),
            Val::Text(text) => text_date(text),
            Val::Number(number) if number.is_finite() => date_of_days(number.floor()),
            Val::Nodes(nodes) => nodes.first().and_then(Val::date),
            _ => None,
        }
    }

    /// As a local date and time; a date is its midnight.
    pub fn moment(&self) -> Option<NaiveDateTime> {
        match self {
            Val::Moment(moment, _) => Some(*moment),
            Val::Text(text) if text.contains('T') => {
                let stamp = text.trim();
                let zoned = DateTime::parse_from_rfc3339(stamp).map(|t| t.naive_local());
                zoned.or_else(|_| stamp.parse::<NaiveDateTime>()).ok()
            }
            Val::Number(number) if number.is_finite() => {
                let seconds = ((number - number.floor()) * 86_400.0).round() as i64;
                let midnight = date_of_days(number.floor())?.and_time(NaiveTime::MIN);
                midnight.checked_add_signed(chrono::TimeDelta::seconds(seconds))
            }
            _ => self.date().map(|date| date.and_time(NaiveTime::MIN)),
        }
    }

    /// As a time of day, if it is one.
    pub fn time(&self) -> Option<NaiveTime> {
        match self {
            Val::Time(time) => Some(*time),
            Val::Moment(moment, _) => Some(moment.time()),
            Val::Text(text) => text_time(text).or_else(|| self.moment().map(|m| m.time())),
            Val::Nodes(nodes) => nodes.first().and_then(Val::time),
            _ => None,
        }
    }
}

/// A time in ISO 8601, with or without seconds; a zone after it is passed over.
fn text_time(text: &str) -> Option<NaiveTime> {
    let clock = text.trim().split(['Z', '+']).next()?;
    ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f"].iter().find_map(|f| NaiveTime::parse_from_str(clock, f).ok())
}

fn text_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let day = text.split('T').next()?;
    // Exactly YYYY-MM-DD: chrono alone would take other lengths of the year.
    if day.len() != 10 { None } else { NaiveDate::parse_from_str(day, "%Y-%m-%d").ok() }
}

fn text_number(text: &str) -> f64 {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return text.parse().unwrap_or(f64::NAN);
    }
    text_date(text).map_or(f64::NAN, days)
}

fn number_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else if number == number.trunc() && number.abs() < 1e15 {
        (number as i64).to_string()
    } else {
        number.to_string()
    }
}

fn days(date: NaiveDate) -> f64 {
    date.signed_duration_since(NaiveDate::default()).num_days() as f64
}

fn date_of_days(days: f64) -> Option<NaiveDate> {
    if days.abs() > 1e8 {
        return None;
    }
    NaiveDate::default().checked_add_signed(chrono::TimeDelta::try_days(days as i64)?)
}

fn fraction(time: NaiveTime) -> f64 {
    f64::from(time.num_seconds_from_midnight()) / 86_400.0
}
