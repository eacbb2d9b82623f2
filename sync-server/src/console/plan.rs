//! A plan of the city for SVG: degrees to drawing units, north up, true in shape at the middle latitude.

use crate::store::records::GridRow;
use gridweave_core::geo::Point;
use std::fmt::Write;

/// How degrees become drawing units.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    west: f64,
    north: f64,
    /// Drawing units a degree of longitude.
    scale_x: f64,
    /// Drawing units a degree of latitude.
    scale_y: f64,
    width: f64,
    height: f64,
}

impl Plan {
    /// A plan so many units wide that holds all grids.
    pub fn of(grids: &[GridRow], width: f64) -> Plan {
        let corners = grids.iter().flat_map(|grid| &grid.outline);
        let mut bounds: Option<(i32, i32, i32, i32)> = None;
        for (lon, lat) in corners {
            let b = bounds.unwrap_or((*lon, *lon, *lat, *lat));
            bounds = Some((b.0.min(*lon), b.1.max(*lon), b.2.min(*lat), b.3.max(*lat)));
        }
        let (west, east, south, north) = bounds.unwrap_or((0, 10_000_000, 0, 10_000_000));
        let degrees = |e7: i32| f64::from(e7) / 1e7;
        let wide = (degrees(east) - degrees(west)).max(1e-6);
        let high = (degrees(north) - degrees(south)).max(1e-6);
        let scale_x = width / wide;
        let scale_y = scale_x / degrees(south / 2 + north / 2).to_radians().cos();
        Plan { west: degrees(west), north: degrees(north), scale_x, scale_y, width, height: high * scale_y }
    }

    /// For the drawing, with a margin.
    pub fn view_box(&self) -> String {
        format!("-6 -6 {:.0} {:.0}", self.width + 12.0, self.height + 12.0)
    }

    /// An outline as a path.
    pub fn path(&self, outline: &[(i32, i32)]) -> String {
        let mut path = String::new();
        for (i, (lon, lat)) in outline.iter().enumerate() {
            let (x, y) = self.place(f64::from(*lon) / 1e7, f64::from(*lat) / 1e7);
            // Writing to a String cannot fail.
            let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
        }
        path.push('Z');
        path
    }

    /// A point in drawing units.
    pub fn point(&self, point: &Point) -> (f64, f64) {
        self.place(point.lon(), point.lat())
    }

    fn place(&self, lon: f64, lat: f64) -> (f64, f64) {
        ((lon - self.west) * self.scale_x, (self.north - lat) * self.scale_y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_of_the_city_are_the_corners_of_the_plan() {
        let outline = vec![(1_140_000_000, 220_000_000), (1_141_000_000, 220_500_000)];
        let grid = GridRow {
            id: 1,
            code: String::new(),
            name: String::new(),
            layer: "land".into(),
            area: String::new(),
            outline: outline.clone(),
        };
        let plan = Plan::of(&[grid], 900.0);
        let high = 900.0 * 0.5 / 22.025_f64.to_radians().cos();
        assert_eq!(plan.path(&outline), format!("M0.0 {high:.1}L900.0 0.0Z"));
        assert!(Plan::of(&[], 900.0).view_box().starts_with("-6 -6 912"));
    }
}
