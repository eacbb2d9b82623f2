//! What a map of the grid draws: marks of records, outlines of grids, in pixels of a view.
//!
//! The map is a plane about the middle of the view: within a city that differs from the ground by less than a pixel. North
//! is up. The apps draw the list, and slide and scale it until the view has left the area that it was made for.

use crate::geo::{DEGREE_M, Point};
use crate::ids::{RecordId, TypeNo};

/// More marks than this are drawn as cells with a count.
pub const MARKS_MAX: u32 = 5_000;
/// Width of such a cell, pixels.
const CELL_PX: f64 = 56.0;

/// What a map looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Latitude of the middle, degrees × 10⁷.
    pub lat_e7: i32,
    /// Longitude of the middle, degrees × 10⁷.
    pub lon_e7: i32,
    /// Metres of a pixel, 0.01 to 10,000.
    pub metres_per_px: f64,
    /// Width, pixels.
    pub width_px: u32,
    /// Height, pixels.
    pub height_px: u32,
}

/// An area between two parallels and two meridians, degrees × 10⁷.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Least latitude.
    pub south: i32,
    /// Greatest latitude.
    pub north: i32,
    /// Least longitude.
    pub west: i32,
    /// Greatest longitude.
    pub east: i32,
}

/// How a record stands, the more urgent later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The server has all of it.
    Received,
    /// Something of it is on this device alone.
    Waiting,
    /// The server did not accept something of it.
    Refused,
    /// Values contradict each other.
    Conflict,
}

/// A record at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Which record.
    pub record: RecordId,
    /// Its type.
    pub record_type: TypeNo,
    /// How it stands.
    pub standing: Standing,
    /// Where it is.
    pub point: Point,
}

impl View {
    /// The view with what cannot be drawn put right: a scale that is no number, a middle beyond the poles.
    pub fn sane(self) -> View {
        let scale = if self.metres_per_px.is_finite() { self.metres_per_px } else { 1.0 };
        View {
            lat_e7: self.lat_e7.clamp(-850_000_000, 850_000_000),
            lon_e7: self.lon_e7.clamp(-1_800_000_000, 1_800_000_000),
            metres_per_px: scale.clamp(0.01, 10_000.0),
            width_px: self.width_px.clamp(1, 20_000),
            height_px: self.height_px.clamp(1, 20_000),
        }
    }

    /// Pixels of a ten-millionth of a degree: of longitude and of latitude.
    fn px(&self) -> (f64, f64) {
        let lat = DEGREE_M / 1e7 / self.metres_per_px;
        (lat * (f64::from(self.lat_e7) / 1e7).to_radians().cos(), lat)
    }

    /// Where a place lies in the view, pixels from its left upper corner; far away it lies outside.
    pub fn place(&self, lat_e7: i32, lon_e7: i32) -> (f32, f32) {
        let (x_px, y_px) = self.px();
        let x = (f64::from(lon_e7) - f64::from(self.lon_e7)) * x_px + f64::from(self.width_px) / 2.0;
        let y = (f64::from(self.lat_e7) - f64::from(lat_e7)) * y_px + f64::from(self.height_px) / 2.0;
        (x as f32, y as f32)
    }

    /// The area that the view shows.
    pub fn area(&self) -> Area {
        let (x_px, y_px) = self.px();
        let (lon, lat) = (f64::from(self.width_px) / 2.0 / x_px, f64::from(self.height_px) / 2.0 / y_px);
        let bound = |middle: i32, by: f64, most: f64| (f64::from(middle) + by).clamp(-most, most) as i32;
        Area {
            south: bound(self.lat_e7, -lat, 9e8),
            north: bound(self.lat_e7, lat, 9e8),
            west: bound(self.lon_e7, -lon, 1.8e9),
            east: bound(self.lon_e7, lon, 1.8e9),
        }
    }

    /// Steps of latitude and longitude of a cell, degrees × 10⁷.
    pub fn cell(&self) -> (i32, i32) {
        let (x_px, y_px) = self.px();
        ((CELL_PX / y_px).min(9e8) as i32, (CELL_PX / x_px).min(1.8e9) as i32)
    }

    /// Pixels of so many metres.
    pub fn metres(&self, metres: f64) -> f32 {
        (metres / self.metres_per_px) as f32
    }

    /// The view of this size that shows all these places, with a margin; none without places.
    pub fn of(places: impl Iterator<Item = (i32, i32)>, width_px: u32, height_px: u32) -> Option<View> {
        let mut bounds: Option<Area> = None;
        for (lon, lat) in places {
            let b = bounds.get_or_insert(Area { south: lat, north: lat, west: lon, east: lon });
            (b.south, b.north) = (b.south.min(lat), b.north.max(lat));
            (b.west, b.east) = (b.west.min(lon), b.east.max(lon));
        }
        let b = bounds?;
        let middle = |low: i32, high: i32| ((i64::from(low) + i64::from(high)) / 2) as i32;
        let view = View {
            lat_e7: middle(b.south, b.north),
            lon_e7: middle(b.west, b.east),
            metres_per_px: 1.0,
            width_px,
            height_px,
        };
        let (x_px, y_px) = view.sane().px();
        let span = |low: i32, high: i32, px: f64| (f64::from(high) - f64::from(low)) * px;
        let wide = span(b.west, b.east, x_px) / f64::from(width_px.max(1));
        let high = span(b.south, b.north, y_px) / f64::from(height_px.max(1));
        Some(View { metres_per_px: (wide.max(high) * 1.1).max(0.2), ..view }.sane())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        lat_e7: 226_900_000,
        lon_e7: 1_143_400_000,
        metres_per_px: 0.5,
        width_px: 480,
        height_px: 800,
    };

    #[test]
    fn the_middle_is_in_the_middle_and_metres_are_metres() {
        assert_eq!(VIEW.place(226_900_000, 1_143_400_000), (240.0, 400.0));
        // 100 m to the north: 100 / 111,319.49 degrees.
        let (x, y) = VIEW.place(226_900_000 + 8_983, 1_143_400_000);
        assert!((x - 240.0).abs() < 0.01 && (y - 200.0).abs() < 0.1, "{x} {y}");
        // 100 m to the east: a degree of longitude is shorter there by the cosine of the latitude.
        let (x, y) = VIEW.place(226_900_000, 1_143_400_000 + 9_737);
        assert!((x - 440.0).abs() < 0.1 && (y - 400.0).abs() < 0.01, "{x} {y}");
    }

    #[test]
    fn the_area_is_what_the_corners_show() {
        let area = VIEW.area();
        let (left, top) = VIEW.place(area.north, area.west);
        let (right, bottom) = VIEW.place(area.south, area.east);
        for (is, should) in [(left, 0.0), (top, 0.0), (right, 480.0), (bottom, 800.0)] {
            assert!((is - should).abs() < 0.1, "{is} {should}");
        }
    }

    #[test]
    fn absurd_views_are_drawn_as_sane_ones() {
        for metres_per_px in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            for (lat_e7, lon_e7) in [(i32::MAX, i32::MIN), (900_000_000, 1_800_000_000), (i32::MIN, 0)] {
                let view = View { lat_e7, lon_e7, metres_per_px, width_px: 0, height_px: u32::MAX }.sane();
                let area = view.area();
                assert!(area.south <= area.north && area.west <= area.east, "{area:?}");
                let (x, y) = view.place(-900_000_000, 1_800_000_000);
                assert!(x.is_finite() && y.is_finite());
                assert!(view.cell().0 >= 0 && view.cell().1 >= 0);
            }
        }
    }

    #[test]
    fn a_view_of_places_shows_them_all() {
        let places =
            [(1_143_400_000, 226_900_000), (1_143_500_000, 227_000_000), (1_143_450_000, 226_800_000)];
        let view = View::of(places.into_iter(), 480, 800).unwrap();
        for (lon, lat) in places {
            let (x, y) = view.place(lat, lon);
            assert!((0.0..480.0).contains(&x) && (0.0..800.0).contains(&y), "{x} {y}");
        }
        assert_eq!(View::of(std::iter::empty(), 480, 800), None);
        let one = View::of([(1_143_400_000, 226_900_000)].into_iter(), 480, 800).unwrap();
        assert_eq!(one.metres_per_px, 0.2);
    }
}
