//! The photo's APP1 segment: EXIF 2.3 in TIFF form with date, time and position (CIPA DC-008-2012 §4.6).
//!
//! Written here because it is 26 tags of one layout; reading photos of real cameras is another matter.

use super::Photo;
use chrono::{DateTime, FixedOffset, Utc};

/// The city's zone, UTC+8, in seconds.
const ZONE_S: i32 = 8 * 3_600;

/// One entry of a directory.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    bytes: Vec<u8>,
}

/// The content of the segment, from `Exif\0\0` on.
pub fn segment(photo: &Photo) -> Vec<u8> {
    let utc = DateTime::<Utc>::from_timestamp_millis(photo.taken_ms).unwrap_or_default();
    let zone = FixedOffset::east_opt(ZONE_S).expect("eight hours are less than a day");
    let local = utc.with_timezone(&zone).format("%Y:%m:%d %H:%M:%S").to_string();
    let camera = vec![
        text(0x9003, &local),
        text(0x9011, "+08:00"),
        text(0x9291, &format!("{:03}", utc.timestamp_subsec_millis())),
    ];
    let (hour, minute, second) = (utc.format("%H"), utc.format("%M"), utc.format("%S"));
    let clock = [hour, minute, second].map(|part| (part.to_string().parse().unwrap_or(0), 1));
    let gps = vec![
        Entry { tag: 0x00, kind: 1, count: 4, bytes: vec![2, 3, 0, 0] },
        text(0x01, if photo.lat_e7 < 0 { "S" } else { "N" }),
        rationals(0x02, &degrees(photo.lat_e7)),
        text(0x03, if photo.lon_e7 < 0 { "W" } else { "E" }),
        rationals(0x04, &degrees(photo.lon_e7)),
        rationals(0x07, &clock),
        text(0x12, "WGS-84"),
        text(0x1d, &utc.format("%Y:%m:%d").to_string()),
    ];
    let main = vec![
        text(0x010e, &photo.caption),
        text(0x010f, "Gridweave"),
        text(0x0110, "Drawn for the demo"),
        text(0x0132, &local),
        long(0x8769, 0),
        long(0x8825, 0),
    ];
    let (header, main_len, camera_len) = (8, length(&main), length(&camera));
    let (camera_at, gps_at) = (header + main_len, header + main_len + camera_len);
    let main = main.into_iter().map(|entry| match entry.tag {
        0x8769 => long(0x8769, camera_at),
        0x8825 => long(0x8825, gps_at),
        _ => entry,
    });
    let mut out = b"Exif\0\0II\x2a\0\x08\0\0\0".to_vec();
    out.extend(directory(header, main.collect()));
    out.extend(directory(camera_at, camera));
    out.extend(directory(gps_at, gps));
    out
}

fn text(tag: u16, text: &str) -> Entry {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    Entry { tag, kind: 2, count: bytes.len() as u32, bytes }
}

fn long(tag: u16, value: u32) -> Entry {
    Entry { tag, kind: 4, count: 1, bytes: value.to_le_bytes().to_vec() }
}

fn rationals(tag: u16, values: &[(u32, u32)]) -> Entry {
    let bytes = values.iter().flat_map(|(n, d)| [n.to_le_bytes(), d.to_le_bytes()].concat()).collect();
    Entry { tag, kind: 5, count: values.len() as u32, bytes }
}

/// Degrees, minutes and seconds to 10⁻⁴ of a second: 3 mm.
fn degrees(e7: i32) -> [(u32, u32); 3] {
    let total = u64::from(e7.unsigned_abs()) * 36 / 10; // 10⁻⁴ seconds
    let (degrees, rest) = (total / 36_000_000, total % 36_000_000);
    [(degrees as u32, 1), ((rest / 600_000) as u32, 1), ((rest % 600_000) as u32, 10_000)]
}

/// Bytes of a directory with its values.
fn length(entries: &[Entry]) -> u32 {
    let values: usize =
        entries.iter().filter(|e| e.bytes.len() > 4).map(|e| e.bytes.len().next_multiple_of(2)).sum();
    (2 + entries.len() * 12 + 4 + values) as u32
}

/// A directory that begins `at` bytes after the TIFF header's start; values longer than four bytes follow it.
fn directory(at: u32, entries: Vec<Entry>) -> Vec<u8> {
    let mut value_at = at + 2 + entries.len() as u32 * 12 + 4;
    let mut table = (entries.len() as u16).to_le_bytes().to_vec();
    let mut values = Vec::new();
    for entry in entries {
        table.extend(entry.tag.to_le_bytes());
        table.extend(entry.kind.to_le_bytes());
        table.extend(entry.count.to_le_bytes());
        let mut bytes = entry.bytes;
        if bytes.len() <= 4 {
            bytes.resize(4, 0);
            table.extend(bytes);
        } else {
            table.extend(value_at.to_le_bytes());
            bytes.resize(bytes.len().next_multiple_of(2), 0);
            value_at += bytes.len() as u32;
            values.extend(bytes);
        }
    }
    table.extend(0_u32.to_le_bytes());
    table.extend(values);
    table
}

#[cfg(test)]
mod tests {
    use crate::demo::photo::{Photo, Subject, draw};
    use exif::{In, Tag, Value};

    /// Read back by another's reader, from the whole JPEG.
    #[test]
    fn a_reader_finds_position_and_time() {
        let photo = Photo {
            name: "x".into(),
            seed: 1,
            subject: Subject::Post,
            caption: "4403100118000001".into(),
            lat_e7: 226_908_123,
            lon_e7: 1_143_464_567,
            taken_ms: 1_773_018_061_250,
        };
        let jpeg = draw(&photo).unwrap();
        let read = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(jpeg)).unwrap();
        let degrees = |tag| match &read.get_field(tag, In::PRIMARY).unwrap().value {
            Value::Rational(v) => v[0].to_f64() + v[1].to_f64() / 60.0 + v[2].to_f64() / 3_600.0,
            other => panic!("{other:?}"),
        };
        assert!((degrees(Tag::GPSLatitude) - 22.690_812_3).abs() < 2e-7);
        assert!((degrees(Tag::GPSLongitude) - 114.346_456_7).abs() < 2e-7);
        let shown = |tag| read.get_field(tag, In::PRIMARY).unwrap().display_value().to_string();
        assert_eq!(shown(Tag::DateTimeOriginal), "2026-03-09 09:01:01");
        assert_eq!(shown(Tag::GPSDateStamp), "2026-03-09");
        assert_eq!(shown(Tag::GPSTimeStamp), "01:01:01");
        assert!(shown(Tag::GPSMapDatum).contains("WGS-84"));
    }
}
