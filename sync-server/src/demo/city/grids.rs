//! From the layout to areas and grids: streets, communities, household grids, land grids, each cut from the one above.

use super::cut::{Load, Rect};
use super::data::{AreaRow, BuildingRow, ComponentRow};
use super::{Area, Grid, Layer};
use gridweave_core::geo::Point;

/// Shenzhen Pingshan.
pub const DISTRICT: &str = "440310";
/// Streets that the layout is divided among, with the number of their communities: 坪山, 马峦 and 碧岭.
const STREETS: [(&str, u32); 3] = [("440310001", 5), ("440310002", 4), ("440310003", 3)];
/// Household grids of a community, and land grids of a household grid: 144 land grids of some 11,700 m².
const HOUSEHOLD_GRIDS: usize = 3;
const LAND_GRIDS: usize = 4;
/// First sequence number of the household grids; the land grids begin with 1.
const HOUSEHOLD_FROM: usize = 801;
/// Some 50 m of ground around the outermost object.
const MARGIN_E7: i32 = 5_000;

/// The divided ground.
pub struct Ground {
    pub areas: Vec<Area>,
    pub grids: Vec<Grid>,
}

impl Ground {
    /// Divides the layout; a building weighs as much as four components.
    pub fn cut(areas: Vec<AreaRow>, buildings: &[BuildingRow], components: &[ComponentRow]) -> Ground {
        let extents: Vec<Rect> = buildings.iter().map(extent).collect();
        let mut places: Vec<(Point, u32)> = components.iter().map(|c| (c.at, 1)).collect();
        places.extend(extents.iter().map(|e| (middle(*e), 4)));
        let vertices = buildings.iter().flat_map(|b| b.rings.iter().flatten().copied());
        let whole = Rect::around(vertices.chain(components.iter().map(|c| c.at)), MARGIN_E7);
        let load = Load { places, buildings: extents };

        let mut outlines: Vec<(String, Rect)> = vec![(DISTRICT.into(), whole)];
        let mut grids = Vec::new();
        let street_rects = load.cut(whole, &STREETS.map(|(_, communities)| communities));
        for ((street, count), rect) in STREETS.into_iter().zip(street_rects) {
            outlines.push((street.into(), rect));
            let communities = areas.iter().filter(|a| a.parent == street).map(|a| a.code.clone());
            let parts = load.cut(rect, &vec![1; count as usize]);
            for (community, rect) in communities.zip(parts) {
                grids.extend(community_grids(&load, &community, short_name(&areas, &community), rect));
                outlines.push((community, rect));
            }
        }
        grids.sort_by(|a, b| a.code.cmp(&b.code));
        join_outlines(&mut grids);
        let rects: Vec<Rect> = grids.iter().map(|g| g.rect).collect();
        let outline = |code: &str| {
            let found = outlines.iter().find(|(of, _)| of == code);
            found.map(|(_, rect)| rect.ring(&rects)).unwrap_or_default()
        };
        let areas = areas
            .into_iter()
            .map(|a| Area { outline: outline(&a.code), code: a.code, name: a.name, parent: a.parent })
            .collect();
        Ground { areas, grids }
    }

    /// Code of the grid that holds a point of the layout, which lies inside by construction.
    pub fn code_at(&self, at: Point, layer: Layer) -> String {
        grid_at(&self.grids, at, layer).map(|grid| grid.code.clone()).unwrap_or_default()
    }

    /// Name of a division.
    pub fn area_name(&self, code: &str) -> &str {
        self.areas.iter().find(|area| area.code == code).map_or("", |area| &area.name)
    }
}

/// The grid of a layer that holds the point: one comparison a grid, for fewer than 200 grids.
pub fn grid_at(grids: &[Grid], at: Point, layer: Layer) -> Option<&Grid> {
    grids.iter().find(|grid| grid.layer == layer && grid.rect.holds(at))
}

/// The extent of a building.
pub fn extent(building: &BuildingRow) -> Rect {
    Rect::around(building.rings.iter().flatten().copied(), 0)
}

/// The middle of a rectangle.
pub fn middle(rect: Rect) -> Point {
    Point {
        lat_e7: rect.south + (rect.north - rect.south) / 2,
        lon_e7: rect.west + (rect.east - rect.west) / 2,
        datum: gridweave_core::geo::Datum::Wgs84,
    }
}

fn short_name<'a>(areas: &'a [AreaRow], code: &str) -> &'a str {
    let name = areas.iter().find(|a| a.code == code).map_or("", |a| a.name.as_str());
    name.strip_suffix("社区").unwrap_or(name)
}

fn community_grids(load: &Load, community: &str, name: &str, rect: Rect) -> Vec<Grid> {
    let mut households = load.cut(rect, &[1; HOUSEHOLD_GRIDS]);
    households.sort_by_key(reading_order);
    let mut lands: Vec<(Rect, usize)> = Vec::new();
    for (of, household) in households.iter().enumerate() {
        lands.extend(load.cut(*household, &[1; LAND_GRIDS]).into_iter().map(|land| (land, of)));
    }
    lands.sort_by_key(|(land, _)| reading_order(land));
    let household_code = |of: usize| format!("{community}{:03}", HOUSEHOLD_FROM + of);
    let grid = |code: String, name: String, layer, of, rect| Grid {
        code,
        name,
        layer,
        community: community.into(),
        household_grid: household_code(of),
        ring: Vec::new(),
        rect,
    };
    let mut grids: Vec<Grid> = Vec::new();
    for (i, (land, of)) in lands.into_iter().enumerate() {
        let code = format!("{community}{:03}", i + 1);
        grids.push(grid(code, format!("{name}第{}单元网格", i + 1), Layer::Land, of, land));
    }
    for (of, household) in households.into_iter().enumerate() {
        grids.push(grid(
            household_code(of),
            format!("{name}第{}网格", of + 1),
            Layer::Household,
            of,
            household,
        ));
    }
    grids
}

/// North to south, then west to east.
fn reading_order(rect: &Rect) -> (i32, i32) {
    (-rect.north, rect.west)
}

/// Draws each grid's ring so that it shares vertices with the other grids of its layer.
fn join_outlines(grids: &mut [Grid]) {
    for layer in [Layer::Land, Layer::Household] {
        let rects: Vec<Rect> = grids.iter().filter(|g| g.layer == layer).map(|g| g.rect).collect();
        for grid in grids.iter_mut().filter(|g| g.layer == layer) {
            grid.ring = grid.rect.ring(&rects);
        }
    }
}
