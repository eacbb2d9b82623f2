//! The device's scope: its grids with their outlines, and the people who write in them.

use super::{Context, Error, Store, meta, meta::name};
use crate::ids::{GridCode, PersonNo};
use crate::wire::v1::{Grid, Scope};
use rusqlite::{Connection, named_params};
use std::collections::BTreeMap;

impl Store {
    /// The device's grids, by code.
    pub fn grids(&self) -> &[Grid] {
        &self.grids
    }

    /// The grid of this layer that holds a place (degrees × 10⁷, WGS-84).
    pub fn grid_at(&self, layer: &str, lon_e7: i32, lat_e7: i32) -> Option<&GridCode> {
        let holds = |grid: &&Grid| grid.layer == layer && holds(&grid.outline, lon_e7, lat_e7);
        self.grids.iter().find(holds).map(|grid| &grid.code)
    }

    /// Reads the grids into memory: each save asks for them.
    pub(super) fn load_grids(&mut self) -> Result<(), Error> {
        self.grids = self
            .conn
            .prepare_cached("SELECT code, name, layer, outline FROM grid ORDER BY code")
            .and_then(|mut s| {
                s.query_map([], |row| {
                    Ok(Grid {
                        code: GridCode(row.get("code")?),
                        name: row.get("name")?,
                        layer: row.get("layer")?,
                        outline: decode_outline(&row.get::<_, Vec<u8>>("outline")?),
                    })
                })?
                .collect()
            })
            .during("read the grids")?;
        Ok(())
    }

    /// Names of the people who write in the device's grids.
    pub fn people(&self) -> Result<BTreeMap<PersonNo, String>, Error> {
        self.conn
            .prepare_cached("SELECT no, name FROM person")
            .and_then(|mut s| {
                s.query_map([], |row| Ok((PersonNo(row.get("no")?), row.get("name")?)))?.collect()
            })
            .during("read the people")
    }
}

/// Takes over a scope; grids that are no longer in it are left to the caller to empty.
pub(super) fn write(conn: &Connection, scope: &Scope) -> Result<(), Error> {
    conn.execute_batch("DELETE FROM grid; DELETE FROM person;").during("clear the scope")?;
    for grid in &scope.grids {
        conn.prepare_cached(
            "INSERT OR REPLACE INTO grid (code, name, layer, outline) VALUES (:code, :name, :layer, :outline)",
        )
        .and_then(|mut s| {
            s.execute(named_params! {
                ":code": grid.code.0,
                ":name": grid.name,
                ":layer": grid.layer,
                ":outline": encode_outline(&grid.outline),
            })
        })
        .during("write a grid")?;
    }
    for (no, person) in &scope.people {
        conn.prepare_cached("INSERT OR REPLACE INTO person (no, name) VALUES (:no, :name)")
            .and_then(|mut s| s.execute(named_params! {":no": no.0, ":name": person}))
            .during("write a person")?;
    }
    meta::set_int(conn, name::SCOPE_VERSION, scope.version as i64)
}

fn encode_outline(outline: &[(i32, i32)]) -> Vec<u8> {
    outline.iter().flat_map(|(lon, lat)| [lon.to_le_bytes(), lat.to_le_bytes()]).flatten().collect()
}

fn decode_outline(bytes: &[u8]) -> Vec<(i32, i32)> {
    let int = |b: &[u8]| i32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    bytes.chunks_exact(8).map(|pair| (int(&pair[..4]), int(&pair[4..]))).collect()
}

/// Whether a closed outline holds a point: a ray to the east crosses it an odd number of times. A point on an edge
/// that two grids share belongs to exactly one of them.
fn holds(outline: &[(i32, i32)], lon: i32, lat: i32) -> bool {
    let (x, y) = (i128::from(lon), i128::from(lat));
    let edges = outline.iter().zip(outline.iter().cycle().skip(1));
    edges.fold(false, |inside, (&(x1, y1), &(x2, y2))| {
        let (x1, y1, x2, y2) = (i128::from(x1), i128::from(y1), i128::from(x2), i128::from(y2));
        if (y1 > y) == (y2 > y) {
            return inside;
        }
        // x < x1 + (y − y1)(x2 − x1)/(y2 − y1), without dividing.
        let side = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1);
        inside != if y2 > y1 { side < 0 } else { side > 0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_lies_in_exactly_one_of_two_neighbours() {
        let west = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)];
        let east = [(100, 0), (200, 0), (200, 100), (100, 100), (100, 0)];
        for (lon, lat) in [(50, 50), (100, 50), (100, 0), (150, 99), (0, 0)] {
            assert_eq!([&west, &east].iter().filter(|g| holds(&g[..], lon, lat)).count(), 1, "{lon} {lat}");
        }
        for (lon, lat) in [(-1, 50), (201, 50), (50, 101), (50, -1)] {
            assert!(!holds(&west, lon, lat) && !holds(&east, lon, lat));
        }
    }

    #[test]
    fn outlines_read_back() {
        let outline = vec![(1_143_464_000, -226_908_000), (i32::MIN, i32::MAX)];
        assert_eq!(decode_outline(&encode_outline(&outline)), outline);
    }
}
