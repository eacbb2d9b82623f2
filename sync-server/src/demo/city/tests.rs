//! What the rest of the demo relies on: counts, codes, and a division of the ground that is one.

use super::*;
use std::collections::BTreeSet;

#[test]
fn the_city_has_all_that_the_files_hold() {
    let city = City::load();
    assert_eq!((city.buildings.len(), city.components.len()), (446, 2_280));
    assert!(city.addresses.len() > 1_300);
    assert_eq!(city.communities().count(), 12);
    let layers = |layer| city.grids.iter().filter(|g| g.layer == layer).count();
    assert_eq!((layers(Layer::Land), layers(Layer::Household)), (144, 36));
    assert!(city.areas.iter().skip(1).all(|a| city.areas.iter().any(|above| above.code == a.parent)));
}

#[test]
fn codes_and_building_addresses_are_unique_and_of_the_right_length() {
    let city = City::load();
    let grids: BTreeSet<_> = city.grids.iter().map(|g| (&g.code, g.code.len(), &g.name)).collect();
    assert!(grids.len() == city.grids.len() && grids.iter().all(|g| g.1 == 15));
    let components: BTreeSet<_> = city.components.iter().map(|c| &c.code).collect();
    assert!(components.len() == city.components.len() && components.iter().all(|c| c.len() == 16));
    let buildings: BTreeSet<_> = city.buildings.iter().map(|b| &b.code).collect();
    assert!(buildings.len() == city.buildings.len() && buildings.iter().all(|b| b.len() == 19));
    let addresses: BTreeSet<_> = city.buildings.iter().map(|b| &b.address).collect();
    assert_eq!(addresses.len(), city.buildings.len());
    assert!(addresses.iter().all(|a| a.starts_with("坪山区") && a.contains("社区") && a.contains('号')));
}

#[test]
fn each_layer_covers_the_ground_once() {
    let city = City::load();
    let district = city.areas.iter().find(|a| a.code == "440310").unwrap();
    let whole = Rect::around(district.outline.iter().copied(), 0);
    for layer in [Layer::Land, Layer::Household] {
        let grids: Vec<_> = city.grids.iter().filter(|g| g.layer == layer).collect();
        let sum: f64 = grids.iter().map(|g| g.rect.area_m2()).sum();
        assert!((sum - whole.area_m2()).abs() < 1.0, "gaps or overlaps in {layer:?}");
        for (i, a) in grids.iter().enumerate() {
            let apart = |b: &Rect| {
                a.rect.east <= b.west
                    || b.east <= a.rect.west
                    || a.rect.north <= b.south
                    || b.north <= a.rect.south
            };
            assert!(grids[i + 1..].iter().all(|b| apart(&b.rect)));
            assert_eq!(a.ring.first(), a.ring.last());
        }
    }
}

#[test]
fn everything_stands_in_a_grid_and_land_grids_nest_in_household_grids() {
    let city = City::load();
    for component in &city.components {
        assert_eq!(city.grid_at(component.at, Layer::Land).unwrap().code, component.land_grid);
    }
    for building in &city.buildings {
        let land = city.grid(&building.land_grid).unwrap();
        assert_eq!(land.household_grid, building.household_grid);
        assert_eq!(&building.code[..12], land.community);
    }
    for household in city.grids.iter().filter(|g| g.layer == Layer::Household) {
        let parts: Vec<_> = city.land_grids_of(&household.code).collect();
        assert_eq!(parts.len(), 4);
        let area: f64 = parts.iter().map(|code| city.grid(code).unwrap().rect.area_m2()).sum();
        assert!((area - household.rect.area_m2()).abs() < 1.0);
    }
    let outside = gridweave_core::geo::Point::from_degrees(22.0, 114.0, Default::default()).unwrap();
    assert!(city.grid_at(outside, Layer::Land).is_none());
}

#[test]
fn land_grids_have_a_size_that_one_can_walk() {
    let areas: Vec<f64> =
        City::load().grids.iter().filter(|g| g.layer == Layer::Land).map(|g| g.rect.area_m2()).collect();
    let mean = areas.iter().sum::<f64>() / areas.len() as f64;
    assert!((8_000.0..16_000.0).contains(&mean), "mean {mean} m²");
    assert!(areas.iter().all(|a| (1_000.0..70_000.0).contains(a)), "{areas:?}");
}

#[test]
fn most_buildings_are_not_cut() {
    let city = City::load();
    let whole = |b: &&Building| {
        let extent = Rect::around(b.rings[0].iter().copied(), 0);
        let rect = city.grid(&b.household_grid).unwrap().rect;
        rect.west <= extent.west
            && extent.east <= rect.east
            && rect.south <= extent.south
            && extent.north <= rect.north
    };
    let uncut = city.buildings.iter().filter(whole).count();
    assert!(
        uncut * 100 >= city.buildings.len() * 75,
        "{uncut} of {} buildings are whole",
        city.buildings.len()
    );
}
