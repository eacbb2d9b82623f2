//! Cutting the city into closed polygons without gaps or overlaps.
//!
//! Every cut is a straight line along an axis at a whole number of 10⁻⁷ degrees, so neighbours share the very same
//! coordinates and each point lies in exactly one part. A cut divides what has to be managed (buildings, components)
//! in the wanted proportion and prefers the place near it where it runs through the fewest buildings.

use super::place::METRES_PER_E7;
use gridweave_core::geo::{Datum, Point};

/// A rectangle in degrees × 10⁷; the west and south edges belong to it, the east and north edges do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Smallest longitude, inside.
    pub west: i32,
    /// Smallest latitude, inside.
    pub south: i32,
    /// Longitude where the next part begins.
    pub east: i32,
    /// Latitude where the next part begins.
    pub north: i32,
}

impl Rect {
    /// Whether the point lies in it.
    pub fn holds(&self, at: Point) -> bool {
        (self.west..self.east).contains(&at.lon_e7) && (self.south..self.north).contains(&at.lat_e7)
    }

    /// The smallest rectangle around the points, `margin` wider on each side.
    pub fn around(points: impl IntoIterator<Item = Point>, margin: i32) -> Rect {
        let none = Rect { west: i32::MAX, south: i32::MAX, east: i32::MIN, north: i32::MIN };
        let tight = points.into_iter().fold(none, |r, p| Rect {
            west: r.west.min(p.lon_e7),
            south: r.south.min(p.lat_e7),
            east: r.east.max(p.lon_e7),
            north: r.north.max(p.lat_e7),
        });
        Rect {
            west: tight.west.saturating_sub(margin),
            south: tight.south.saturating_sub(margin),
            east: tight.east.saturating_add(margin),
            north: tight.north.saturating_add(margin),
        }
    }

    /// Area in square metres.
    pub fn area_m2(&self) -> f64 {
        f64::from(self.east - self.west)
            * METRES_PER_E7.0
            * f64::from(self.north - self.south)
            * METRES_PER_E7.1
    }

    fn corners(&self) -> [(i32, i32); 4] {
        [(self.west, self.south), (self.east, self.south), (self.east, self.north), (self.west, self.north)]
    }

    /// The closed ring of the outline, counter-clockwise, with a vertex wherever a corner of `others` lies on it:
    /// neighbours then share vertices as well as edges.
    pub fn ring(&self, others: &[Rect]) -> Vec<Point> {
        let corners = self.corners();
        let mut ring = Vec::new();
        for (edge, from) in corners.into_iter().enumerate() {
            let to = corners[(edge + 1) % 4];
            let between = |p: &(i32, i32)| {
                let on = |a: i32, x: i32, b: i32| a.min(b) <= x && x <= a.max(b);
                on(from.0, p.0, to.0) && on(from.1, p.1, to.1) && *p != to
            };
            let mut vertices: Vec<_> = others.iter().flat_map(Rect::corners).filter(between).collect();
            vertices.push(from);
            vertices.sort_unstable_by_key(|p| (p.0 - from.0).abs() + (p.1 - from.1).abs());
            vertices.dedup();
            ring.extend(vertices);
        }
        ring.push(ring[0]);
        ring.into_iter().map(|(lon_e7, lat_e7)| Point { lat_e7, lon_e7, datum: Datum::Wgs84 }).collect()
    }
}

/// What the cuts go by.
pub struct Load {
    /// Places to be managed, each with its weight.
    pub places: Vec<(Point, u32)>,
    /// Extents of the buildings, which a cut should not run through.
    pub buildings: Vec<Rect>,
}

impl Load {
    /// Cuts `whole` into parts whose loads stand in the proportion of `shares`, in their order.
    pub fn cut(&self, whole: Rect, shares: &[u32]) -> Vec<Rect> {
        if shares.len() < 2 {
            return vec![whole];
        }
        let (first, rest) = shares.split_at(shares.len() / 2);
        let share: u32 = first.iter().sum();
        let (a, b) = self.halve(whole, share, share + rest.iter().sum::<u32>());
        let mut parts = self.cut(a, first);
        parts.extend(self.cut(b, rest));
        parts
    }

    /// Two parts by a line across the longer side; the first, north or west, holds `share` of `of` of the load.
    fn halve(&self, whole: Rect, share: u32, of: u32) -> (Rect, Rect) {
        let upright = f64::from(whole.east - whole.west) * METRES_PER_E7.0
            > f64::from(whole.north - whole.south) * METRES_PER_E7.1;
        // Along the cut axis, growing from the first part to the second: west to east, or north to south.
        let along = |p: Point| if upright { p.lon_e7 } else { -p.lat_e7 };
        let mut inside: Vec<(i32, u32)> = self
            .places
            .iter()
            .filter(|(p, _)| whole.holds(*p))
            .map(|(p, weight)| (along(*p), *weight))
            .collect();
        inside.sort_unstable();
        let total: u32 = inside.iter().map(|(_, weight)| weight).sum();
        let (low, high) = if upright { (whole.west, whole.east) } else { (-whole.north, -whole.south) };
        let crossed = |at: i32| {
            let inner =
                |b: &&Rect| if upright { b.west < at && at < b.east } else { b.south < -at && -at < b.north };
            let beside = |b: &&Rect| {
                if upright {
                    b.south < whole.north && whole.south < b.north
                } else {
                    b.west < whole.east && whole.west < b.east
                }
            };
            self.buildings.iter().filter(beside).filter(inner).count()
        };
        // Candidates lie midway between neighbours, not nearer than an eighth of the side to its ends.
        let margin = (high - low) / 8;
        let mut sum = 0;
        let mut best = None;
        for pair in inside.windows(2) {
            sum += pair[0].1;
            let at = pair[0].0 + (pair[1].0 - pair[0].0) / 2;
            if pair[0].0 == pair[1].0 || at <= low + margin || at >= high - margin {
                continue;
            }
            let off_percent = (sum * of).abs_diff(total * share) * 100 / (total * of).max(1);
            let cost = crossed(at) as u32 * 4 + off_percent;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, at));
            }
        }
        let at = best
            .map_or(low + (i64::from(high - low) * i64::from(share) / i64::from(of)) as i32, |(_, at)| at);
        if upright {
            (Rect { east: at, ..whole }, Rect { west: at, ..whole })
        } else {
            (Rect { south: -at, ..whole }, Rect { north: -at, ..whole })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon_e7: i32, lat_e7: i32) -> Point {
        Point { lat_e7, lon_e7, datum: Datum::Wgs84 }
    }

    #[test]
    fn every_point_lies_in_exactly_one_part() {
        let whole = Rect { west: 0, south: 0, east: 40_000, north: 90_000 };
        let places = (0..300).map(|i| (at(i * 97 % 40_000, i * 7_919 % 90_000), 1)).collect();
        let load = Load { places, buildings: vec![] };
        let parts = load.cut(whole, &[5, 4, 3, 1, 1, 1, 1]);
        assert_eq!(parts.len(), 7);
        for i in 0..5_000 {
            let p = at(i * 31 % 40_000, i * 17 % 90_000);
            assert_eq!(parts.iter().filter(|part| part.holds(p)).count(), 1, "{p:?}");
        }
        // Corners and edges too: the next part takes what this one leaves.
        for p in parts.iter().flat_map(|part| part.ring(&parts)) {
            let expected = usize::from(whole.holds(p));
            assert_eq!(parts.iter().filter(|part| part.holds(p)).count(), expected, "{p:?}");
        }
    }

    #[test]
    fn a_cut_avoids_the_building_in_the_middle() {
        let whole = Rect { west: 0, south: 0, east: 90_000, north: 30_000 };
        let places = (1..90).map(|i| (at(i * 1_000, 15_000), 1)).collect();
        let building = Rect { west: 43_000, south: 10_000, east: 47_400, north: 20_000 };
        let load = Load { places, buildings: vec![building] };
        let parts = load.cut(whole, &[1, 1]);
        assert!(parts[0].east <= building.west || parts[0].east >= building.east, "{parts:?}");
    }

    #[test]
    fn neighbours_share_their_vertices() {
        let (left, upper, lower) = (
            Rect { west: 0, south: 0, east: 5, north: 10 },
            Rect { west: 5, south: 6, east: 9, north: 10 },
            Rect { west: 5, south: 0, east: 9, north: 6 },
        );
        let ring = left.ring(&[left, upper, lower]);
        assert_eq!(ring, [at(0, 0), at(5, 0), at(5, 6), at(5, 10), at(0, 10), at(0, 0)]);
    }
}
