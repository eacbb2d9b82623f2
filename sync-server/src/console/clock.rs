//! Times as people of the city read them: by the city's zone, whatever the server's and the browser's.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone};
use gridweave_core::time::CITY_OFFSET_MIN;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

fn zone() -> FixedOffset {
    FixedOffset::east_opt(CITY_OFFSET_MIN * 60).expect("a zone is less than a day from UTC")
}

/// A time by a device's clock, put right by how far that clock was off when it was measured last.
pub fn put_right(device_ms: i64, offset_ms: Option<i64>) -> i64 {
    device_ms.saturating_add(offset_ms.unwrap_or(0))
}

/// Day and minute; a stamp that no calendar has reads as a dash.
pub fn minute(utc_ms: i64) -> String {
    local(utc_ms).map_or_else(|| "—".into(), |time| time.format("%Y-%m-%d %H:%M").to_string())
}

/// The day in the city.
pub fn day(utc_ms: i64) -> Option<NaiveDate> {
    local(utc_ms).map(|time| time.date_naive())
}

/// The first instant of a day in the city, UTC milliseconds.
pub fn day_start_ms(day: NaiveDate) -> i64 {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    zone().from_local_datetime(&midnight).single().map_or(0, |time| time.timestamp_millis())
}

fn local(utc_ms: i64) -> Option<DateTime<FixedOffset>> {
    // Years beyond four digits break every table they stand in.
    let time = DateTime::from_timestamp_millis(utc_ms)?.with_timezone(&zone());
    (0..=9999).contains(&chrono::Datelike::year(&time)).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_the_citys_midnight() {
        let start = day_start_ms(NaiveDate::from_ymd_opt(2026, 9, 4).unwrap());
        assert_eq!(minute(start), "2026-09-04 00:00");
        assert_eq!(day(start - 1), NaiveDate::from_ymd_opt(2026, 9, 3));
        assert_eq!((minute(i64::MAX), day(i64::MAX)), ("—".into(), None));
    }
}
