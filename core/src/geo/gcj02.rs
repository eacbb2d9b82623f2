//! GCJ-02, the offset system of maps published in China: for handing a place to such a map, never for storing one.
//!
//! The system itself is not published. What stands here is the approximation that open-source programs share
//! (`EvilTransform`, kept at <https://github.com/googollee/eviltransform>): an offset in metres, a polynomial and sines
//! about 105° E 35° N, on the ellipsoid of Krassowsky 1940. How far it is from a map service's own converter is known
//! for the one point of which the tests have both: half a metre. The way back has no formula; it is found by trying
//! the way there.
//!
//! Written here and taken from no library: twenty lines of numbers that do not change any more.

use super::{Datum, Point};
use std::f64::consts::PI;

/// Semi-major axis of the Krassowsky ellipsoid, metres, and the square of its eccentricity.
const AXIS_M: f64 = 6_378_245.0;
const ECCENTRICITY_2: f64 = 0.006_693_421_622_965_943;
/// Where the offset applies: a rectangle about China. It takes in some of its neighbours too.
const LAT: std::ops::RangeInclusive<f64> = 0.8293..=55.8271;
const LON: std::ops::RangeInclusive<f64> = 72.004..=137.8347;
/// The offset changes by some 2 m in a kilometre, so each try leaves a few thousandths of the error: of 600 m nothing
/// after four.
const TRIES: usize = 4;

impl Point {
    /// The same place in GCJ-02; none for a datum that this cannot convert.
    pub fn to_gcj02(self) -> Option<Point> {
        match self.datum {
            Datum::Gcj02 => Some(self),
            Datum::Wgs84 | Datum::Cgcs2000 => {
                let (lat, lon) = shifted(self.lat(), self.lon());
                Point::from_degrees(lat, lon, Datum::Gcj02).ok()
            }
            Datum::Bd09 | Datum::Other(_) => None,
        }
    }

    /// The same place in WGS-84; none for a datum that this cannot convert.
    pub fn to_wgs84(self) -> Option<Point> {
        match self.datum {
            Datum::Wgs84 | Datum::Cgcs2000 => Some(Point { datum: Datum::Wgs84, ..self }),
            Datum::Gcj02 => {
                let (mut lat, mut lon) = (self.lat(), self.lon());
                for _ in 0..TRIES {
                    let (there_lat, there_lon) = shifted(lat, lon);
                    (lat, lon) = (lat + self.lat() - there_lat, lon + self.lon() - there_lon);
                }
                Point::from_degrees(lat, lon, Datum::Wgs84).ok()
            }
            Datum::Bd09 | Datum::Other(_) => None,
        }
    }
}

/// A place of WGS-84 as GCJ-02 has it, degrees.
fn shifted(lat: f64, lon: f64) -> (f64, f64) {
    if !LAT.contains(&lat) || !LON.contains(&lon) {
        return (lat, lon);
    }
    let (north_m, east_m) = offset_m(lon - 105.0, lat - 35.0);
    let sin = lat.to_radians().sin();
    let w2 = 1.0 - ECCENTRICITY_2 * sin * sin;
    let meridian_m = AXIS_M * (1.0 - ECCENTRICITY_2) / (w2 * w2.sqrt());
    let parallel_m = AXIS_M / w2.sqrt() * lat.to_radians().cos();
    (lat + (north_m / meridian_m).to_degrees(), lon + (east_m / parallel_m).to_degrees())
}

/// How far to the north and to the east a place is moved; `x` and `y` are degrees east and north of 105° E 35° N.
fn offset_m(x: f64, y: f64) -> (f64, f64) {
    let sines = |terms: [(f64, f64); 2]| -> f64 {
        terms.iter().map(|(metres, angle)| metres * (angle * PI).sin()).sum::<f64>() * 2.0 / 3.0
    };
    let both = sines([(20.0, 6.0 * x), (20.0, 2.0 * x)]);
    let root = x.abs().sqrt();
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + both
        + sines([(20.0, y), (40.0, y / 3.0)])
        + sines([(160.0, y / 12.0), (320.0, y / 30.0)]);
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + both
        + sines([(20.0, x), (40.0, x / 3.0)])
        + sines([(150.0, x / 12.0), (300.0, x / 30.0)]);
    (north_m, east_m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::DEGREE_M;

    fn wgs84(lat: f64, lon: f64) -> Point {
        Point::from_degrees(lat, lon, Datum::Wgs84).unwrap()
    }

    fn apart_m(a: Point, b: Point) -> f64 {
        let east = (a.lon() - b.lon()) * DEGREE_M * a.lat().to_radians().cos();
        east.hypot((a.lat() - b.lat()) * DEGREE_M)
    }

    #[test]
    fn published_points_are_met() {
        // The tests of googollee/eviltransform (Shanghai, Shenzhen, Beijing) and of wandergis/coordtransform (Beijing).
        let published = [
            ((31.177_427_6, 121.527_210_6), (31.175_303_983_645_97, 121.531_541_859_215)),
            ((22.543_847, 113.912_316), (22.540_796_131_694_766, 113.917_176_480_836_3)),
            ((39.911_954, 116.377_817), (39.913_345_455_360_69, 116.384_047_224_556_57)),
            ((39.915, 116.404), (39.916_404_281_501_64, 116.410_244_499_169_38)),
        ];
        for ((lat, lon), (there_lat, there_lon)) in published {
            let there = Point::from_degrees(there_lat, there_lon, Datum::Gcj02).unwrap();
            let is = wgs84(lat, lon).to_gcj02().unwrap();
            assert_eq!(is.datum, Datum::Gcj02);
            assert!(apart_m(is, there) < 0.05, "{lat} {lon}: {is:?}");
        }
        // A map service's own converter, as the tests of an R package give it: the approximation is one.
        let service = Point::from_degrees(39.908_745_39, 116.397_136_23, Datum::Gcj02).unwrap();
        assert!(apart_m(wgs84(39.907_34, 116.390_89).to_gcj02().unwrap(), service) < 1.0);
    }

    #[test]
    fn the_way_back_ends_where_it_began() {
        for lat in (18..54).step_by(3) {
            for lon in (74..135).step_by(3) {
                let place = wgs84(f64::from(lat) + 0.123_456_7, f64::from(lon) + 0.765_432_1);
                let there = place.to_gcj02().unwrap();
                assert!((50.0..2_000.0).contains(&apart_m(place, there)), "{place:?} {there:?}");
                let back = there.to_wgs84().unwrap();
                assert!(apart_m(place, back) < 0.05, "{place:?} {back:?}");
            }
        }
    }

    #[test]
    fn outside_china_nothing_is_moved_and_what_cannot_be_converted_is_not() {
        for (lat, lon) in [(48.85, 2.35), (-33.9, 151.2), (40.7, -74.0), (0.0, 0.0), (90.0, 180.0)] {
            let place = wgs84(lat, lon);
            let there = Point { datum: Datum::Gcj02, ..place };
            assert_eq!((place.to_gcj02(), there.to_wgs84()), (Some(there), Some(place)));
        }
        let shenzhen = wgs84(22.543_847, 113.912_316);
        let official = Point { datum: Datum::Cgcs2000, ..shenzhen };
        assert_eq!((official.to_gcj02(), official.to_wgs84()), (shenzhen.to_gcj02(), Some(shenzhen)));
        for datum in [Datum::Bd09, Datum::Other(9)] {
            let unknown = Point { datum, ..shenzhen };
            assert_eq!((unknown.to_gcj02(), unknown.to_wgs84()), (None, None));
        }
        let twice = shenzhen.to_gcj02().unwrap();
        assert_eq!(twice.to_gcj02(), Some(twice), "what is moved is not moved again");
    }
}
