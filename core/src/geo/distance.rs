//! How far two points lie apart.

use super::average::Plane;
use super::{Datum, Point};

/// Metres between two points of one city; none between different datums, which lie hundreds of metres apart.
pub fn distance_m(a: Point, b: Point) -> Option<f64> {
    (reference(a.datum) == reference(b.datum)).then(|| apart_m(a, b))
}

/// Metres between two points of one datum, on the plane around the first.
pub(super) fn apart_m(a: Point, b: Point) -> f64 {
    let (east, north) = Plane::around(a).metres(b);
    east.hypot(north)
}

/// CGCS2000 is WGS-84 within decimetres.
fn reference(datum: Datum) -> Datum {
    if datum == Datum::Cgcs2000 { Datum::Wgs84 } else { datum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_block_is_as_long_as_it_is_and_datums_are_not_mixed() {
        let at = |lat, lon, datum| Point::from_degrees(lat, lon, datum).unwrap();
        let metres = |a, b| distance_m(a, b).unwrap();
        let corner = at(22.69, 114.34, Datum::Wgs84);
        assert!((metres(corner, at(22.691, 114.34, Datum::Cgcs2000)) - 111.3).abs() < 0.2);
        assert!(
            (metres(corner, at(22.69, 114.341, Datum::Wgs84)) - 102.7).abs() < 0.2,
            "shorter than on the equator"
        );
        assert_eq!(distance_m(corner, at(22.69, 114.34, Datum::Gcj02)), None);
    }
}
