//! Chinese addresses for what Helsinki's map holds: an invented name for each real street, and the real number.

use super::data::{AddressRow, BuildingRow};
use super::grids::{Ground, extent, middle};
use super::place::distance2_m2;
use super::{Address, Building, Layer};
use gridweave_core::geo::Point;
use std::collections::BTreeMap;

/// The addresses as they read in the demo.
pub fn addresses(rows: Vec<AddressRow>, names: &BTreeMap<String, String>, ground: &Ground) -> Vec<Address> {
    let address = |row: AddressRow| {
        let household_grid = ground.code_at(row.at, Layer::Household);
        let house = house(names, &row.street, &row.number);
        let text = prefix(ground, &household_grid) + &house;
        Address { osm_id: row.osm_id, text, use_kind: row.use_kind, at: row.at, household_grid }
    };
    rows.into_iter().map(address).collect()
}

/// The buildings with their codes and addresses. One without an address of its own takes the nearest; where several
/// then read alike, each gets a 栋 number.
pub fn buildings(
    rows: Vec<BuildingRow>,
    names: &BTreeMap<String, String>,
    addresses: &[Address],
    ground: &Ground,
) -> Vec<Building> {
    let mut last_in_grid: BTreeMap<String, u32> = BTreeMap::new();
    let mut buildings: Vec<Building> = Vec::new();
    for row in rows {
        let at = middle(extent(&row));
        let household_grid = ground.code_at(at, Layer::Household);
        let house = match names.get(&row.street) {
            Some(_) => house(names, &row.street, &row.number),
            None => nearest_house(addresses, at),
        };
        let sequence = last_in_grid.entry(household_grid.clone()).or_default();
        *sequence += 1;
        // A household grid's sequence is 801, 802 …; the house code has room for its last two digits.
        let code = format!("{}{}{sequence:05}", &household_grid[..12], &household_grid[13..]);
        buildings.push(Building {
            osm_id: row.osm_id,
            code,
            kind: row.kind,
            levels: row.levels,
            year: row.year,
            address: prefix(ground, &household_grid) + &house,
            rings: row.rings.into_iter().map(closed).collect(),
            at,
            land_grid: ground.code_at(at, Layer::Land),
            household_grid,
        });
    }
    number_those_alike(&mut buildings);
    buildings
}

fn number_those_alike(buildings: &mut [Building]) {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for building in buildings.iter() {
        *counts.entry(building.address.clone()).or_default() += 1;
    }
    let mut numbered: BTreeMap<String, u32> = BTreeMap::new();
    for building in buildings.iter_mut().filter(|b| counts[&b.address] > 1) {
        let number = numbered.entry(building.address.clone()).or_default();
        *number += 1;
        building.address += &format!("{number}栋");
    }
}

/// `锦绣中路14-20号`, `锦绣中路36号A座`.
fn house(names: &BTreeMap<String, String>, street: &str, number: &str) -> String {
    let name = names.get(street).map_or("", String::as_str);
    match number.strip_suffix(|c: char| c.is_ascii_uppercase()) {
        Some(digits) => format!("{name}{digits}号{}座", &number[digits.len()..]),
        None => format!("{name}{number}号"),
    }
}

/// District, street and community of a household grid.
fn prefix(ground: &Ground, household_grid: &str) -> String {
    [6, 9, 12]
        .iter()
        .filter_map(|&digits| household_grid.get(..digits))
        .map(|code| ground.area_name(code))
        .collect()
}

/// Street and number of the nearest address, without the division before them.
fn nearest_house(addresses: &[Address], at: Point) -> String {
    let distance = |a: &&Address| (distance2_m2(a.at, at) * 100.0) as u64;
    let nearest = addresses.iter().min_by_key(|a| (distance(a), a.osm_id)).map_or("", |a| &a.text);
    nearest.split_once("社区").map_or(nearest, |(_, house)| house).to_owned()
}

fn closed(mut ring: Vec<Point>) -> Vec<Point> {
    ring.extend(ring.first().copied());
    ring
}
