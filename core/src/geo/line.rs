//! Lines and outlines: points in order, how long they are, what they enclose.

use super::average::Plane;
use super::distance::apart_m;
use super::{Datum, Point};

/// Most points of a line: so many fit into any text that a record may hold.
pub const POINTS_MAX: usize = 390;

/// Points in order, all in one datum. As an outline it is closed: after the last comes the first, which is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The points.
    pub points: Vec<Point>,
}

impl Line {
    /// Reads `wgs84;22.6910000 114.3470000;…`: the name of the datum, then pairs of latitude and longitude in degrees.
    pub fn read(text: &str) -> Option<Line> {
        let mut parts = text.trim().split(';');
        let datum = Datum::from_name(parts.next()?.trim())?;
        let point = |pair: &str| {
            let (lat, lon) = pair.trim().split_once(' ')?;
            Point::from_degrees(lat.parse().ok()?, lon.trim().parse().ok()?, datum).ok()
        };
        let points: Vec<Point> = parts.map(point).collect::<Option<_>>()?;
        (!points.is_empty()).then_some(Line { points })
    }

    /// The text that reads back as this line; `None` for one without points.
    pub fn text(&self) -> Option<String> {
        let datum = self.points.first()?.datum.name()?;
        let pairs = self.points.iter().map(|point| format!(";{:.7} {:.7}", point.lat(), point.lon()));
        Some(std::iter::once(datum.to_string()).chain(pairs).collect())
    }

    /// Length in metres; of an outline with the way back from the last point to the first.
    pub fn length_m(&self, closed: bool) -> f64 {
        // Not a sum: that of nothing is a negative zero.
        let open = self.points.windows(2).fold(0.0, |sum, pair| sum + apart_m(pair[0], pair[1]));
        match (closed, self.points.first(), self.points.last()) {
            (true, Some(first), Some(last)) => open + apart_m(*last, *first),
            _ => open,
        }
    }

    /// Area of the outline in square metres. Of one that crosses itself the parts that are walked round the other way
    /// count against the others.
    pub fn area_m2(&self) -> f64 {
        let corners = self.on_plane();
        let next = corners.iter().cycle().skip(1);
        let doubled: f64 = corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
        doubled.abs() / 2.0
    }

    /// The points as metres east and north of the first.
    pub fn on_plane(&self) -> Vec<(f64, f64)> {
        let Some(first) = self.points.first() else { return Vec::new() };
        let plane = Plane::around(*first);
        self.points.iter().map(|point| plane.metres(*point)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Line {
        let point = |(lat, lon): &(f64, f64)| Point::from_degrees(*lat, *lon, Datum::Wgs84).unwrap();
        Line { points: points.iter().map(point).collect() }
    }

    #[test]
    fn a_line_reads_back_what_it_writes() {
        let two = line(&[(22.691, 114.347), (-0.000_000_1, 180.0)]);
        let text = two.text().unwrap();
        assert_eq!(text, "wgs84;22.6910000 114.3470000;-0.0000001 180.0000000");
        assert_eq!(Line::read(&text), Some(two));
        let no = [
            "",
            "wgs84",
            "wgs84;",
            "moon;1 2",
            "wgs84;1",
            "wgs84;91 2",
            "wgs84;1 2;",
            "1 2;3 4",
            "wgs84;a b",
        ];
        for text in no {
            assert_eq!(Line::read(text), None, "{text}");
        }
        assert_eq!(Line::default().text(), None);
        let longest = Line {
            points: vec![
                Point { lat_e7: -226_910_000, lon_e7: -1_143_470_000, datum: Datum::Cgcs2000 };
                POINTS_MAX
            ],
        };
        assert!(longest.text().unwrap().len() <= 10_000, "it fits into what a field may hold");
    }

    #[test]
    fn a_square_of_a_hundred_metres_is_as_long_and_as_large_as_that() {
        // A hundred metres north, and east at this latitude.
        let (north, east) = (100.0 / 111_320.0, 100.0 / 111_320.0 / 22.691_f64.to_radians().cos());
        let square = line(&[
            (22.691, 114.347),
            (22.691 + north, 114.347),
            (22.691 + north, 114.347 + east),
            (22.691, 114.347 + east),
        ]);
        assert!((square.length_m(false) - 300.0).abs() < 0.1, "{}", square.length_m(false));
        assert!((square.length_m(true) - 400.0).abs() < 0.1);
        assert!((square.area_m2() - 10_000.0).abs() < 10.0, "{}", square.area_m2());
        let turned = Line { points: square.points.iter().rev().copied().collect() };
        assert!((turned.area_m2() - square.area_m2()).abs() < 1.0, "whichever way it is walked");
        assert_eq!((line(&[(1.0, 2.0)]).length_m(true), line(&[(1.0, 2.0)]).area_m2()), (0.0, 0.0));
        assert_eq!((Line::default().length_m(true), Line::default().area_m2()), (0.0, 0.0));
    }

    #[test]
    fn a_line_over_the_date_line_takes_the_short_way() {
        let short = line(&[(0.0, 179.999), (0.0, -179.999)]);
        assert!(short.length_m(false) < 300.0, "{}", short.length_m(false));
    }
}
