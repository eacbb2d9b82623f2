//! Where: points with their datum, and readings of the receiver as it gave them.
//!
//! A coordinate without its datum is a wrong one: WGS-84 and GCJ-02 lie some 600 m apart in Shenzhen. Readings are
//! stored raw with their datum; conversion is for display only.

mod average;
mod distance;
mod gcj02;
mod line;
mod way;

pub use average::{Average, average};
pub use distance::distance_m;
pub use line::{Line, POINTS_MAX};

/// Metres of a degree along a meridian, and of a degree of longitude on the equator: a sphere with the semi-major axis of
/// WGS 84 (NGA.STND.0036), 6,378,137 m. Over a city the Earth's true shape differs from it by less than a receiver errs.
pub(crate) const DEGREE_M: f64 = 6_378_137.0 * std::f64::consts::PI / 180.0;

/// Degrees times 10⁷: about one centimetre, exact in integers.
pub type DegE7 = i32;

/// The reference that a coordinate is given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Datum {
    /// What receivers give (GNSS).
    #[default]
    Wgs84,
    /// China's official system; equal to WGS-84 within decimetres.
    Cgcs2000,
    /// The offset system of published maps.
    Gcj02,
    /// Baidu's further offset of GCJ-02.
    Bd09,
    /// A datum of a later version, kept by its number.
    Other(u8),
}

impl Datum {
    /// Number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Datum::Wgs84 => 0,
            Datum::Cgcs2000 => 1,
            Datum::Gcj02 => 2,
            Datum::Bd09 => 3,
            Datum::Other(n) => n,
        }
    }

    /// Name in texts; a datum of a later version has none here.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Datum::Wgs84 => Some("wgs84"),
            Datum::Cgcs2000 => Some("cgcs2000"),
            Datum::Gcj02 => Some("gcj02"),
            Datum::Bd09 => Some("bd09"),
            Datum::Other(_) => None,
        }
    }

    /// The datum of a name.
    pub fn from_name(name: &str) -> Option<Datum> {
        [Datum::Wgs84, Datum::Cgcs2000, Datum::Gcj02, Datum::Bd09]
            .into_iter()
            .find(|datum| datum.name() == Some(name))
    }

    /// The datum of a number on the wire.
    pub fn from_number(n: u8) -> Datum {
        match n {
            0 => Datum::Wgs84,
            1 => Datum::Cgcs2000,
            2 => Datum::Gcj02,
            3 => Datum::Bd09,
            n => Datum::Other(n),
        }
    }
}

/// A point with its datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Latitude, degrees × 10⁷, −90° to 90°.
    pub lat_e7: DegE7,
    /// Longitude, degrees × 10⁷, −180° to 180°.
    pub lon_e7: DegE7,
    /// Reference of both.
    pub datum: Datum,
}

/// Latitude or longitude that no place on Earth has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("coordinate out of range: latitude must lie within 90 and longitude within 180 degrees")]
pub struct OutOfRange;

impl Point {
    /// A point from degrees; refuses what lies outside ±90, ±180 or is not a number.
    pub fn from_degrees(lat: f64, lon: f64, datum: Datum) -> Result<Point, OutOfRange> {
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return Err(OutOfRange);
        }
        Ok(Point { lat_e7: (lat * 1e7).round() as DegE7, lon_e7: (lon * 1e7).round() as DegE7, datum })
    }

    /// Latitude in degrees.
    pub fn lat(&self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }

    /// Longitude in degrees.
    pub fn lon(&self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }

    /// Whether the point lies on Earth at all.
    pub fn in_range(&self) -> bool {
        self.lat_e7.unsigned_abs() <= 900_000_000 && self.lon_e7.unsigned_abs() <= 1_800_000_000
    }
}

/// Who computed a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Provider {
    /// Satellites.
    #[default]
    Gnss,
    /// Cell towers and Wi-Fi.
    Network,
    /// A point set by hand on the map.
    Manual,
    /// A provider of a later version, kept by its number.
    Other(u8),
}

impl Provider {
    /// Number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Provider::Gnss => 0,
            Provider::Network => 1,
            Provider::Manual => 2,
            Provider::Other(n) => n,
        }
    }

    /// The provider of a number on the wire.
    pub fn from_number(n: u8) -> Provider {
        match n {
            0 => Provider::Gnss,
            1 => Provider::Network,
            2 => Provider::Manual,
            n => Provider::Other(n),
        }
    }
}

/// One reading of the receiver, as it gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fix {
    /// Where.
    pub point: Point,
    /// Radius in decimetres within which the receiver believes to be (68 %).
    pub accuracy_dm: u32,
    /// Who computed it.
    pub provider: Provider,
    /// The system says that the position was made up by a test app.
    pub mock: bool,
    /// When the reading was taken, UTC milliseconds by the device's clock.
    pub at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_off_the_earth_are_refused() {
        assert!(Point::from_degrees(90.1, 0.0, Datum::Wgs84).is_err());
        assert!(Point::from_degrees(0.0, f64::NAN, Datum::Wgs84).is_err());
        let p = Point::from_degrees(22.6908, 114.3464, Datum::Wgs84).unwrap();
        assert_eq!((p.lat_e7, p.lon_e7), (226_908_000, 1_143_464_000));
        assert!(p.in_range() && !Point { lat_e7: i32::MIN, ..p }.in_range());
    }
}
