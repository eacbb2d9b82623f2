//! One point out of several readings: the readings that agree, each weighed by how well it believes itself.
//!
//! A receiver in a street between high houses jumps now and then by dozens of metres. So what lies far from the middle
//! of all, measured by its own accuracy, is left out before the rest is averaged.

use super::{DEGREE_M, Datum, Fix, Point, Provider};

/// How far from the middle a reading may lie, in its own radii: beyond three, chance does not carry it.
const FAR_RADII: f64 = 3.0;
/// Least radius that is believed, metres: a receiver that claims less is still given so much room.
const RADIUS_LEAST_M: f64 = 3.0;
/// One receiver's readings err together: many of them halve the radius of the best, and no more.
const GAIN_MOST: f64 = 2.0;

/// A point averaged from several readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Average {
    /// The point, with the time of the last reading used. `mock` if any used reading was.
    pub fix: Fix,
    /// Readings that it is made of.
    pub used: u32,
    /// Readings that were left out: too far off, or poorer in kind than the others.
    pub rejected: u32,
}

/// Averages readings of a device that stands still, in the order they came. None when there is nothing to average.
/// Readings by satellite, where there are any, are used alone; so is the datum of the last reading.
pub fn average(readings: &[Fix]) -> Option<Average> {
    let last = readings.iter().rev().find(|fix| fix.point.in_range())?;
    let datum = last.point.datum;
    let usable = |fix: &&Fix| fix.point.in_range() && fix.point.datum == datum;
    let satellites = readings.iter().filter(usable).any(|fix| fix.provider == Provider::Gnss);
    let kind: Vec<&Fix> =
        readings.iter().filter(usable).filter(|fix| !satellites || fix.provider == Provider::Gnss).collect();
    let plane = Plane::around(kind.first()?.point);
    let placed: Vec<Placed<'_>> = kind.iter().map(|fix| plane.place(fix)).collect();
    let middle = (median(placed.iter().map(|p| p.x)), median(placed.iter().map(|p| p.y)));
    let agree = |p: &&Placed<'_>| distance(middle, (p.x, p.y)) <= FAR_RADII * p.radius_m;
    let mut used: Vec<&Placed<'_>> = placed.iter().filter(agree).collect();
    if used.is_empty() {
        // They all contradict each other: the one that believes itself most is as good as any.
        used = placed.iter().min_by(|a, b| a.radius_m.total_cmp(&b.radius_m)).into_iter().collect();
    }
    let weight: f64 = used.iter().map(|p| p.weight()).sum();
    let mean = |of: fn(&Placed<'_>) -> f64| used.iter().map(|p| of(p) * p.weight()).sum::<f64>() / weight;
    let (x, y) = (mean(|p| p.x), mean(|p| p.y));
    let spread =
        (used.iter().map(|p| distance((x, y), (p.x, p.y)).powi(2) * p.weight()).sum::<f64>() / weight).sqrt();
    let best_m = used.iter().map(|p| f64::from(p.fix.accuracy_dm) / 10.0).fold(f64::INFINITY, f64::min);
    let gain = (used.len() as f64).sqrt();
    let accuracy_m = (best_m / gain.min(GAIN_MOST)).max(spread / gain);
    let provider = used.last()?.fix.provider;
    let fix = Fix {
        point: plane.back(x, y, datum),
        accuracy_dm: (accuracy_m * 10.0).ceil() as u32,
        provider,
        mock: used.iter().any(|p| p.fix.mock),
        at_ms: used.last()?.fix.at_ms,
    };
    let rejected = readings.len() - used.len();
    Some(Average { fix, used: used.len() as u32, rejected: rejected as u32 })
}

/// Metres east and north of a point nearby.
pub(super) struct Plane {
    at: Point,
    shrink: f64,
}

struct Placed<'a> {
    fix: &'a Fix,
    x: f64,
    y: f64,
    radius_m: f64,
}

impl Placed<'_> {
    fn weight(&self) -> f64 {
        self.radius_m.powi(-2)
    }
}

impl Plane {
    pub(super) fn around(at: Point) -> Plane {
        // Never zero, so that the poles do not divide by it.
        Plane { at, shrink: at.lat().to_radians().cos().max(1e-6) }
    }

    pub(super) fn metres(&self, point: Point) -> (f64, f64) {
        // The short way round, also across the date line.
        let east = (point.lon() - self.at.lon() + 540.0).rem_euclid(360.0) - 180.0;
        (east * DEGREE_M * self.shrink, (point.lat() - self.at.lat()) * DEGREE_M)
    }

    fn place<'a>(&self, fix: &'a Fix) -> Placed<'a> {
        let (x, y) = self.metres(fix.point);
        Placed { fix, x, y, radius_m: (f64::from(fix.accuracy_dm) / 10.0).max(RADIUS_LEAST_M) }
    }

    fn back(&self, x: f64, y: f64, datum: Datum) -> Point {
        let lat = (self.at.lat() + y / DEGREE_M).clamp(-90.0, 90.0);
        let lon = (self.at.lon() + x / DEGREE_M / self.shrink + 540.0).rem_euclid(360.0) - 180.0;
        Point { lat_e7: (lat * 1e7).round() as i32, lon_e7: (lon * 1e7).round() as i32, datum }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[half],
        _ => f64::midpoint(values[half - 1], values[half]),
    }
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAT: f64 = 22.69;
    const LON: f64 = 114.347;

    /// A reading so many metres east and north of the place.
    fn read(east_m: f64, north_m: f64, accuracy_dm: u32) -> Fix {
        let lon = LON + east_m / DEGREE_M / LAT.to_radians().cos();
        let point = Point::from_degrees(LAT + north_m / DEGREE_M, lon, Datum::Wgs84).unwrap();
        Fix { point, accuracy_dm, provider: Provider::Gnss, mock: false, at_ms: 7 }
    }

    fn off_m(fix: &Fix) -> f64 {
        let placed = Plane::around(read(0.0, 0.0, 1).point).place(fix).x;
        placed.hypot((fix.point.lat() - LAT) * DEGREE_M)
    }

    #[test]
    fn readings_around_a_place_come_nearer_to_it_and_jumps_are_left_out() {
        let around = [(4.0, 0.0), (-4.0, 0.0), (0.0, 4.0), (0.0, -4.0), (3.0, 3.0), (-3.0, -3.0)];
        let mut readings: Vec<Fix> = around.iter().map(|(e, n)| read(*e, *n, 50)).collect();
        readings.insert(2, read(80.0, -60.0, 60));
        let average = average(&readings).unwrap();
        assert_eq!((average.used, average.rejected), (6, 1));
        assert!(off_m(&average.fix) < 0.5, "{}", off_m(&average.fix));
        assert!((25..50).contains(&average.fix.accuracy_dm), "{}", average.fix.accuracy_dm);
        assert_eq!(average.fix.at_ms, 7);
    }

    #[test]
    fn better_readings_weigh_more() {
        let fix = average(&[read(0.0, 0.0, 40), read(10.0, 0.0, 120)]).unwrap().fix;
        assert!(off_m(&fix) < 1.5, "a ninth of the weight: {}", off_m(&fix));
    }

    #[test]
    fn one_reading_is_itself_and_none_is_nothing() {
        let one = read(5.0, 5.0, 45);
        assert_eq!(average(&[one]), Some(Average { fix: one, used: 1, rejected: 0 }));
        assert_eq!(average(&[]), None);
        let off = Point { lat_e7: i32::MAX, ..one.point };
        assert_eq!(average(&[Fix { point: off, ..one }]), None);
    }

    #[test]
    fn the_networks_idea_does_not_blur_the_satellites() {
        let network = Fix { provider: Provider::Network, ..read(30.0, 0.0, 400) };
        let average = average(&[network, read(0.0, 0.0, 50), network]).unwrap();
        assert_eq!((average.used, average.rejected, average.fix.provider), (1, 2, Provider::Gnss));
        assert_eq!(super::average(&[network, network]).unwrap().used, 2);
    }

    #[test]
    fn a_made_up_reading_is_not_washed_clean_and_many_do_not_claim_too_much() {
        let mut readings = vec![read(0.0, 0.0, 40); 100];
        readings[3].mock = true;
        let fix = average(&readings).unwrap().fix;
        assert!(fix.mock);
        assert_eq!(fix.accuracy_dm, 20, "half of the best at most");
    }

    #[test]
    fn the_date_line_and_the_poles_are_places_like_others() {
        let at = |lat, lon| Fix {
            point: Point::from_degrees(lat, lon, Datum::Wgs84).unwrap(),
            ..read(0.0, 0.0, 50)
        };
        let east = average(&[at(10.0, 179.999_99), at(10.0, -179.999_99)]).unwrap();
        assert_eq!(east.used, 2);
        assert!(east.fix.point.lon().abs() > 179.999, "{}", east.fix.point.lon());
        assert!(average(&[at(90.0, 0.0), at(90.0, 170.0)]).is_some_and(|a| a.fix.point.in_range()));
    }

    #[test]
    fn a_receiver_that_claims_all_or_nothing_is_a_reading_too() {
        for accuracy_dm in [0, 1, u32::MAX] {
            let one = read(5.0, 5.0, accuracy_dm);
            assert_eq!(average(&[one]).unwrap().fix.accuracy_dm, accuracy_dm);
            assert!(average(&[one; 9]).is_some_and(|average| average.fix.point.in_range()));
        }
        let both = average(&[read(0.0, 0.0, 0), read(400.0, 0.0, u32::MAX)]).unwrap();
        assert!(both.used == 1 || off_m(&both.fix) < 1.0, "the one that claims nothing moves nothing");
    }

    #[test]
    fn readings_that_all_contradict_each_other_leave_the_best() {
        let average = average(&[read(0.0, 0.0, 30), read(500.0, 0.0, 50)]).unwrap();
        assert_eq!((average.used, average.fix.accuracy_dm), (1, 30));
    }
}
