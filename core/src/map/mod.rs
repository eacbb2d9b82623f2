//! What a map of the grid draws: marks of records, outlines of grids, in pixels of a view.
//!
//! The map is a plane about the middle of the view: within a city that differs from the ground by less than a pixel. North
//! is up. The apps draw the list, and slide and scale it until the view has left the area that it was made for.

use crate::geo::{DEGREE_M, Point};
use crate::ids::{RecordId, TypeNo};

/// More marks than this are drawn as cells with a count.
pub const MARKS_MAX: u32 = 5_000;
/// How near and how far a hand may take the map, metres of a pixel.
const NEAREST: f64 = 0.05;
const FARTHEST: f64 = 200.0;
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

/// A length to compare the map with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleBar {
    /// What it stands for, metres: 1, 2 or 5 with noughts.
    pub metres: u32,
    /// How long it is drawn, pixels.
    pub px: f32,
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

    /// Dragged by so many pixels and drawn `zoom` times as large about the pixel `(x, y)`: what lies under the fingers
    /// stays under them.
    pub fn moved(self, (dx, dy): (f32, f32), zoom: f32, (x, y): (f32, f32)) -> View {
        let view = self.sane();
        let zoom = if zoom.is_finite() && zoom > 0.0 { f64::from(zoom) } else { 1.0 };
        let metres_per_px = (view.metres_per_px / zoom).clamp(NEAREST, FARTHEST);
        // Pixels of the view as it was, from its middle to its new one.
        let from = |at: f32, by: f32, size_px: u32| {
            let off = f64::from(at) - f64::from(size_px) / 2.0;
            let by = off * (1.0 - metres_per_px / view.metres_per_px) - f64::from(by);
            if by.is_finite() { by } else { 0.0 }
        };
        let (x_px, y_px) = view.px();
        let lon = f64::from(view.lon_e7) + from(x, dx, view.width_px) / x_px;
        let lat = f64::from(view.lat_e7) - from(y, dy, view.height_px) / y_px;
        // What is no 32-bit number ends at the nearest that is one, and that is put right.
        View { lat_e7: lat.round() as i32, lon_e7: lon.round() as i32, metres_per_px, ..view }.sane()
    }

    /// The longest length of 1, 2 or 5 with noughts that is not longer than so many pixels, at the middle of the view;
    /// a metre where even that is longer.
    pub fn scale_bar(&self, max_px: f32) -> ScaleBar {
        let view = self.sane();
        let fits = |metres: &u32| view.metres(f64::from(*metres)) <= max_px;
        let lengths = (0..8).flat_map(|noughts| [1, 2, 5].map(|n| n * 10_u32.pow(noughts)));
        let metres = lengths.take_while(fits).last().unwrap_or(1);
        ScaleBar { metres, px: view.metres(f64::from(metres)) }
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
pub(crate) mod tests {
    use super::*;

    pub(crate) const VIEW: View = View {
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
    fn what_lies_under_the_fingers_stays_under_them() {
        let seen = (226_905_000, 1_143_405_000);
        let (x, y) = VIEW.place(seen.0, seen.1);
        let near = |view: View, (x, y): (f32, f32)| {
            let (is_x, is_y) = view.place(seen.0, seen.1);
            assert!((is_x - x).abs() < 0.2 && (is_y - y).abs() < 0.2, "{is_x} {is_y}, not {x} {y}");
        };
        near(VIEW.moved((30.0, -50.0), 1.0, (7.0, 7.0)), (x + 30.0, y - 50.0));
        for zoom in [1.5, 3.0, 0.7, 0.2] {
            let view = VIEW.moved((0.0, 0.0), zoom, (x, y));
            assert!((view.metres_per_px - 0.5 / f64::from(zoom)).abs() < 1e-6);
            near(view, (x, y));
        }
        near(VIEW.moved((10.0, 20.0), 2.0, (x, y)), (x + 20.0, y + 40.0));
    }

    #[test]
    fn hands_take_the_map_neither_too_near_nor_too_far_nor_off_the_earth() {
        let still = ((0.0, 0.0), (240.0, 400.0));
        assert_eq!(VIEW.moved(still.0, 1e9, still.1).metres_per_px, NEAREST);
        assert_eq!(VIEW.moved(still.0, 1e-9, still.1).metres_per_px, FARTHEST);
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -1.0] {
            assert_eq!(VIEW.moved(still.0, wrong, still.1), VIEW);
        }
        assert_eq!(VIEW.moved((f32::NAN, f32::INFINITY), 1.0, (f32::NAN, 0.0)), VIEW);
        let far = VIEW.moved((1e30, 1e30), 1.0, still.1);
        assert_eq!((far.lat_e7, far.lon_e7), (850_000_000, -1_800_000_000));
    }

    #[test]
    fn a_scale_bar_is_the_longest_round_length_that_fits() {
        let bar = |metres_per_px: f64| {
            let ScaleBar { metres, px } = View { metres_per_px, ..VIEW }.scale_bar(100.0);
            assert!(px <= 100.0 && (px - (f64::from(metres) / metres_per_px) as f32).abs() < 0.01);
            metres
        };
        let bars = [0.05, 0.1, 0.2, 0.5, 0.9, 1.0, 1.9, 5.0, 200.0].map(bar);
        assert_eq!(bars, [5, 10, 20, 50, 50, 100, 100, 500, 20_000]);
        assert_eq!(VIEW.scale_bar(1.0), ScaleBar { metres: 1, px: 2.0 }, "a metre at least");
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
