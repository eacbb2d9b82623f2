//! The embedded files as rows, nothing more; `schemas/demo/README.md` says where they are from.

use super::place::moved;
use gridweave_core::geo::Point;
use std::collections::BTreeMap;

/// A division: province to community.
pub struct AreaRow {
    pub code: String,
    pub name: String,
    pub parent: String,
}

/// A building of OpenStreetMap; the rings are open, the first is the outer one.
pub struct BuildingRow {
    pub osm_id: u64,
    pub kind: String,
    pub levels: Option<u32>,
    pub year: Option<u32>,
    pub street: String,
    pub number: String,
    pub rings: Vec<Vec<Point>>,
}

/// An address of OpenStreetMap and what is found at it.
pub struct AddressRow {
    pub osm_id: u64,
    pub street: String,
    pub number: String,
    pub use_kind: String,
    pub at: Point,
}

/// A street object and its class of CJ/T 214-2007.
pub struct ComponentRow {
    pub osm_id: u64,
    pub class: String,
    pub class_name: String,
    pub at: Point,
}

pub fn areas() -> Vec<AreaRow> {
    rows(include_str!("../../../../schemas/demo/areas.csv"), |[code, name, parent]| AreaRow {
        code: code.into(),
        name: name.into(),
        parent: parent.into(),
    })
}

/// Invented Chinese name of every street, by its name in OpenStreetMap.
pub fn streets() -> BTreeMap<String, String> {
    rows(include_str!("../../../../schemas/demo/streets.csv"), |[street, name]| (street.into(), name.into()))
        .into_iter()
        .collect()
}

pub fn buildings() -> Vec<BuildingRow> {
    let text = unpacked(include_bytes!("../../../../schemas/demo/buildings.csv.zst"));
    rows(&text, |[osm_id, kind, levels, year, street, number, rings]| BuildingRow {
        osm_id: osm_id.parse().expect(BUILT),
        kind: kind.into(),
        levels: levels.parse().ok(),
        year: year.parse().ok(),
        street: street.into(),
        number: number.into(),
        rings: rings.split(';').map(ring).collect(),
    })
}

pub fn addresses() -> Vec<AddressRow> {
    let text = unpacked(include_bytes!("../../../../schemas/demo/addresses.csv.zst"));
    rows(&text, |[osm_id, street, number, use_kind, lon, lat]| AddressRow {
        osm_id: osm_id.parse().expect(BUILT),
        street: street.into(),
        number: number.into(),
        use_kind: use_kind.into(),
        at: moved(lon.parse().expect(BUILT), lat.parse().expect(BUILT)),
    })
}

pub fn components() -> Vec<ComponentRow> {
    let text = unpacked(include_bytes!("../../../../schemas/demo/components.csv.zst"));
    rows(&text, |[osm_id, class, class_name, lon, lat]| ComponentRow {
        osm_id: osm_id.parse().expect(BUILT),
        class: class.into(),
        class_name: class_name.into(),
        at: moved(lon.parse().expect(BUILT), lat.parse().expect(BUILT)),
    })
}

/// Why reading the embedded files cannot fail.
const BUILT: &str = "the embedded file was written by schemas/demo/build.py and a test reads all of it";

fn unpacked(packed: &[u8]) -> String {
    String::from_utf8(zstd::decode_all(packed).expect(BUILT)).expect(BUILT)
}

/// Rows of a table without quoted cells, after its head line.
fn rows<const N: usize, T>(text: &str, read: impl Fn([&str; N]) -> T) -> Vec<T> {
    let cells = |line: &str| {
        let mut cells = line.split(',');
        let row = std::array::from_fn(|_| cells.next().expect(BUILT));
        assert!(cells.next().is_none(), "{BUILT}");
        read(row.map(|cell: &str| cell))
    };
    text.lines().skip(1).map(cells).collect()
}

/// `lon lat` of the first vertex, then the steps to each next one.
fn ring(text: &str) -> Vec<Point> {
    let numbers: Vec<i32> = text.split(' ').map(|n| n.parse().expect(BUILT)).collect();
    let mut at = (0, 0);
    let steps = numbers.chunks_exact(2).map(|step| {
        at = (at.0 + step[0], at.1 + step[1]);
        moved(at.0, at.1)
    });
    steps.collect()
}
