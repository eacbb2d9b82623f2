//! Central Helsinki's street layout, moved to Pingshan: an affine map in metres, the same for every point.
//!
//! Distances, angles and areas stay what they are on the ground; only the place is another, and the whole is turned
//! so that most streets run along the axes. Not a projection for survey work: over 1.7 km the plane is good to
//! centimetres.

use gridweave_core::geo::{Datum, Point};

/// Where the point lies in the demo from which the embedded files count, `ORIGIN_E7` in `build.py`: Pingshan, 22.6908° N 114.3464° E.
const CENTRE_E7: (i32, i32) = (1_143_464_000, 226_908_000);

// Metres per degree of longitude and latitude on the WGS-84 ellipsoid at both places, from the usual series
// 111132.954 − 559.822 cos 2φ + 1.175 cos 4φ and 111412.84 cos φ − 93.5 cos 3φ + 0.118 cos 5φ. They and the turn are
// literals, because sine and cosine may differ in the last bit between platforms.
const ORIGIN_M_PER_DEG: (f64, f64) = (55_510.75, 111_415.19);
const CENTRE_M_PER_DEG: (f64, f64) = (102_754.53, 110_739.73);
/// Cosine and sine of the turn, −3.2°: the direction in which most of Helsinki's walls run.
const TURN: (f64, f64) = (0.998_440_8, -0.055_821_5);

/// Metres per degree × 10⁷ of longitude and latitude in the demo city.
pub const METRES_PER_E7: (f64, f64) = (CENTRE_M_PER_DEG.0 / 1e7, CENTRE_M_PER_DEG.1 / 1e7);

/// The demo's place of a point given in the embedded files.
pub fn moved(lon_less_origin: i32, lat_less_origin: i32) -> Point {
    let east = f64::from(lon_less_origin) / 1e7 * ORIGIN_M_PER_DEG.0;
    let north = f64::from(lat_less_origin) / 1e7 * ORIGIN_M_PER_DEG.1;
    offset(
        Point { lat_e7: CENTRE_E7.1, lon_e7: CENTRE_E7.0, datum: Datum::Wgs84 },
        east * TURN.0 - north * TURN.1,
        east * TURN.1 + north * TURN.0,
    )
}

/// The point so many metres east and north of another.
pub fn offset(from: Point, east_m: f64, north_m: f64) -> Point {
    Point {
        lat_e7: from.lat_e7 + (north_m / METRES_PER_E7.1).round() as i32,
        lon_e7: from.lon_e7 + (east_m / METRES_PER_E7.0).round() as i32,
        datum: from.datum,
    }
}

/// Square of the distance of two points of the city, in square metres.
pub fn distance2_m2(a: Point, b: Point) -> f64 {
    let east = f64::from(a.lon_e7 - b.lon_e7) * METRES_PER_E7.0;
    let north = f64::from(a.lat_e7 - b.lat_e7) * METRES_PER_E7.1;
    east * east + north * north
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_degree(lat: f64) -> (f64, f64) {
        let phi = lat.to_radians();
        (
            111_412.84 * phi.cos() - 93.5 * (3.0 * phi).cos() + 0.118 * (5.0 * phi).cos(),
            111_132.954 - 559.822 * (2.0 * phi).cos() + 1.175 * (4.0 * phi).cos(),
        )
    }

    #[test]
    fn the_written_scales_are_those_of_the_ellipsoid() {
        for (lat, written) in [(60.1716, ORIGIN_M_PER_DEG), (22.6908, CENTRE_M_PER_DEG)] {
            let exact = per_degree(lat);
            assert!((exact.0 - written.0).abs() < 0.01 && (exact.1 - written.1).abs() < 0.01, "{exact:?}");
        }
        assert!((TURN.0 * TURN.0 + TURN.1 * TURN.1 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn distances_survive_the_move() {
        // 100 m east of the origin in Helsinki stay 100 m, within the rounding to 1e-7 degrees.
        let there = (100.0 / ORIGIN_M_PER_DEG.0 * 1e7).round() as i32;
        let metres = distance2_m2(moved(0, 0), moved(there, 0)).sqrt();
        assert!((metres - 100.0).abs() < 0.05, "{metres}");
        assert_eq!(moved(0, 0), Point { lat_e7: 226_908_000, lon_e7: 1_143_464_000, datum: Datum::Wgs84 });
    }
}
