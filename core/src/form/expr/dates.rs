//! `format-date`: the format codes that XLSForm knows, and no others.

use chrono::{Datelike, NaiveDateTime, Timelike};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A date and time by a format: `%Y %y %m %n %b %d %e %a %H %h %M %S %3`. What is no code stands as it is.
pub fn format_date(moment: NaiveDateTime, format: &str) -> String {
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out += &format!("{:04}", moment.year()),
            Some('y') => out += &format!("{:02}", moment.year().rem_euclid(100)),
            Some('m') => out += &format!("{:02}", moment.month()),
            Some('n') => out += &moment.month().to_string(),
            Some('b') => out += MONTHS[moment.month0() as usize],
            Some('d') => out += &format!("{:02}", moment.day()),
            Some('e') => out += &moment.day().to_string(),
            Some('a') => out += DAYS[moment.weekday().num_days_from_monday() as usize],
            Some('H') => out += &format!("{:02}", moment.hour()),
            Some('h') => out += &moment.hour().to_string(),
            Some('M') => out += &format!("{:02}", moment.minute()),
            Some('S') => out += &format!("{:02}", moment.second()),
            Some('3') => out += &format!("{:03}", moment.nanosecond() / 1_000_000 % 1000),
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
    }
    out
}
