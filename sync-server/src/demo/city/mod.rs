//! The demo city: the area tree of Shenzhen Pingshan over the streets, buildings and street objects of central
//! Helsinki (© OpenStreetMap contributors, ODbL 1.0), moved to Pingshan's coordinates.
//!
//! It is the same in every demo; only residents and events come from the seed. Nothing of it is a map of Pingshan:
//! names of streets and house numbers are put on, community and grid outlines are cut from the layout.

mod address;
mod cut;
mod data;
mod grids;
mod place;

pub use cut::Rect;
pub use place::{distance2_m2, offset};

use gridweave_core::geo::Point;
use std::collections::BTreeMap;

/// A division: 2 digits province, 4 city, 6 district, 9 street, 12 community.
#[derive(Debug, Clone)]
pub struct Area {
    /// Statistical division code.
    pub code: String,
    /// Chinese name.
    pub name: String,
    /// Code of the division above; empty for the province.
    pub parent: String,
    /// Closed outline, WGS-84; empty where the demo has no ground for the division.
    pub outline: Vec<Point>,
}

/// Which of the two divisions of the ground a grid belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Unit grids of about 10,000 m², for components, buildings, hazards.
    Land,
    /// Unions of land grids, for people, dwellings, organisations, disputes.
    Household,
}

/// A grid; its code has 15 digits: district 6, street 3, community 3, sequence 3.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Sequences from 001 are land grids, from 801 household grids, each numbered north to south, west to east.
    pub code: String,
    /// Chinese name, unique in the city.
    pub name: String,
    /// Its layer.
    pub layer: Layer,
    /// Code of its community.
    pub community: String,
    /// Code of the household grid it is part of; a household grid names itself.
    pub household_grid: String,
    /// Closed ring, counter-clockwise, WGS-84; shares vertices with its neighbours in the layer.
    pub ring: Vec<Point>,
    /// The same as a rectangle: what decides where a point on an edge belongs.
    pub rect: Rect,
}

/// A building with its outline.
#[derive(Debug, Clone)]
pub struct Building {
    /// Number in OpenStreetMap, of the way or relation.
    pub osm_id: u64,
    /// First 19 digits of Shenzhen's house code: community 12, household grid 2, building 5.
    pub code: String,
    /// OpenStreetMap's value of `building`.
    pub kind: String,
    /// Storeys above ground, where the map knows them.
    pub levels: Option<u32>,
    /// Year of construction, where the map knows it.
    pub year: Option<u32>,
    /// Full Chinese address from the district down, unique among buildings.
    pub address: String,
    /// Closed rings, the first is the outer one.
    pub rings: Vec<Vec<Point>>,
    /// Middle of its extent.
    pub at: Point,
    /// Codes of the land and the household grid that hold the middle.
    pub land_grid: String,
    /// See `land_grid`.
    pub household_grid: String,
}

/// An address and what is found there.
#[derive(Debug, Clone)]
pub struct Address {
    /// Number of the node in OpenStreetMap.
    pub osm_id: u64,
    /// Chinese address from the district down to the house number.
    pub text: String,
    /// OpenStreetMap's value of `shop` or `amenity`; empty for a bare address.
    pub use_kind: String,
    /// Where.
    pub at: Point,
    /// Code of the household grid that holds it.
    pub household_grid: String,
}

/// A street object.
#[derive(Debug, Clone)]
pub struct Component {
    /// Number of the node in OpenStreetMap.
    pub osm_id: u64,
    /// 16 digits: district 6, major class 2, minor class 2, sequence 6 (CJ/T 214-2007).
    pub code: String,
    /// Class code, 4 digits of CJ/T 214-2007.
    pub class: String,
    /// Name of the class.
    pub class_name: String,
    /// Where.
    pub at: Point,
    /// Code of the land grid that holds it.
    pub land_grid: String,
}

/// All of it.
#[derive(Debug)]
pub struct City {
    /// Province to communities, each after the division above it.
    pub areas: Vec<Area>,
    /// Both layers, sorted by code.
    pub grids: Vec<Grid>,
    /// Sorted by their number in OpenStreetMap, like the two lists after it.
    pub buildings: Vec<Building>,
    /// Addresses.
    pub addresses: Vec<Address>,
    /// Street objects.
    pub components: Vec<Component>,
}

impl City {
    /// Unpacks the embedded files and cuts the grids: some milliseconds.
    pub fn load() -> City {
        let rows = (data::buildings(), data::addresses(), data::components());
        let ground = grids::Ground::cut(data::areas(), &rows.0, &rows.2);
        let names = data::streets();
        let addresses = address::addresses(rows.1, &names, &ground);
        let buildings = address::buildings(rows.0, &names, &addresses, &ground);
        let components = components(rows.2, &ground);
        City { areas: ground.areas, grids: ground.grids, buildings, addresses, components }
    }

    /// The grid of a layer that holds the point; none outside the city.
    pub fn grid_at(&self, at: Point, layer: Layer) -> Option<&Grid> {
        grids::grid_at(&self.grids, at, layer)
    }

    /// The grid of a code.
    pub fn grid(&self, code: &str) -> Option<&Grid> {
        self.grids.binary_search_by(|grid| grid.code.as_str().cmp(code)).ok().map(|i| &self.grids[i])
    }

    /// Codes of the land grids that make up a household grid.
    pub fn land_grids_of<'a>(&'a self, household_grid: &'a str) -> impl Iterator<Item = &'a str> {
        let within = move |g: &&Grid| g.layer == Layer::Land && g.household_grid == household_grid;
        self.grids.iter().filter(within).map(|g| g.code.as_str())
    }

    /// Communities that the city's ground lies in, in the order of their codes.
    pub fn communities(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter().filter(|area| area.code.len() == 12 && !area.outline.is_empty())
    }
}

fn components(rows: Vec<data::ComponentRow>, ground: &grids::Ground) -> Vec<Component> {
    let mut last: BTreeMap<String, u32> = BTreeMap::new();
    let component = |row: data::ComponentRow| {
        let sequence = last.entry(row.class.clone()).or_default();
        *sequence += 1;
        Component {
            osm_id: row.osm_id,
            code: format!("{}{}{sequence:06}", grids::DISTRICT, row.class),
            land_grid: ground.code_at(row.at, Layer::Land),
            class: row.class,
            class_name: row.class_name,
            at: row.at,
        }
    };
    rows.into_iter().map(component).collect()
}

#[cfg(test)]
mod tests;
