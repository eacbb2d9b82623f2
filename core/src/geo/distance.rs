//! How far two points lie apart, on a sphere: good to half a percent, which is less than a receiver errs by.

use super::{Datum, Point};

/// Mean radius of the Earth, metres (IUGG).
const EARTH_M: f64 = 6_371_008.8;

/// Metres between two points (haversine); none between different datums, which lie hundreds of metres apart.
pub fn distance_m(a: Point, b: Point) -> Option<f64> {
    if reference(a.datum) != reference(b.datum) {
        return None;
    }
    let (lat_a, lat_b) = (a.lat().to_radians(), b.lat().to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let part = half(b.lat() - a.lat()) + lat_a.cos() * lat_b.cos() * half(b.lon() - a.lon());
    Some(2.0 * EARTH_M * part.sqrt().min(1.0).asin())
}

/// CGCS2000 is WGS-84 within decimetres.
fn reference(datum: Datum) -> Datum {
    if datum == Datum::Cgcs2000 { Datum::Wgs84 } else { datum }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64, datum: Datum) -> Point {
        Point::from_degrees(lat, lon, datum).unwrap()
    }

    #[test]
    fn a_degree_of_latitude_is_a_hundred_and_eleven_kilometres_everywhere() {
        for lat in [0.0, 22.6, 53.0] {
            let metres =
                distance_m(at(lat, 114.0, Datum::Wgs84), at(lat + 1.0, 114.0, Datum::Cgcs2000)).unwrap();
            assert!((metres - 111_195.0).abs() < 1.0, "{metres}");
        }
        let east = distance_m(at(60.0, 10.0, Datum::Wgs84), at(60.0, 11.0, Datum::Wgs84)).unwrap();
        assert!((east - 55_597.0).abs() < 10.0, "a degree of longitude shrinks with the latitude: {east}");
        assert_eq!(distance_m(at(1.0, 2.0, Datum::Gcj02), at(1.0, 2.0, Datum::Wgs84)), None);
    }
}
