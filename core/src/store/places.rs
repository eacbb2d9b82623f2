//! Records by place, for the map.

use super::{Context, Error, Store};
use crate::geo::{Datum, Point};
use crate::ids::{RecordId, TypeNo};
use crate::map::{Area, Mark, Standing};
use rusqlite::{Row, named_params};
use std::collections::BTreeMap;

const WINDOW: &str = "FROM shown WHERE alive = 1 AND lat_e7 IS NOT NULL
    AND lat_e7 BETWEEN :south AND :north AND lon_e7 BETWEEN :west AND :east
    AND type = coalesce(:type, type)";

/// Records of a cell together: how many, and where they lie on average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// How many.
    pub count: u32,
    /// Their mean place.
    pub point: Point,
}

impl Store {
    /// The records that lie in an area, of one type or of all, not more than `max` of them.
    pub fn marks_in(&self, area: &Area, record_type: Option<TypeNo>, max: u32) -> Result<Vec<Mark>, Error> {
        let own = self.own_standing()?;
        let Area { south, north, west, east } = *area;
        let read = |row: &Row<'_>| {
            let record = RecordId(row.get(0)?);
            let in_conflict = row.get::<_, u32>(1)? > 0;
            let own = own.get(&record).copied().unwrap_or(Standing::Received);
            Ok(Mark {
                record,
                record_type: TypeNo(row.get(2)?),
                standing: if in_conflict { Standing::Conflict } else { own },
                point: Point {
                    lat_e7: row.get(3)?,
                    lon_e7: row.get(4)?,
                    datum: Datum::from_number(row.get::<_, Option<u8>>(5)?.unwrap_or(0)),
                },
            })
        };
        self.conn
            .prepare_cached(&format!(
                "SELECT record, conflicts, type, lat_e7, lon_e7, datum {WINDOW} LIMIT :max"
            ))
            .and_then(|mut s| {
                s.query_map(
                    named_params! {
                        ":south": south, ":north": north, ":west": west, ":east": east,
                        ":type": record_type.map(|no| no.0), ":max": max,
                    },
                    read,
                )?
                .collect()
            })
            .during("read records by place")
    }

    /// The same in cells of `lat_step` by `lon_step`, degrees × 10⁷.
    pub fn cells_in(
        &self,
        area: &Area,
        record_type: Option<TypeNo>,
        lat_step: i32,
        lon_step: i32,
    ) -> Result<Vec<Cell>, Error> {
        let Area { south, north, west, east } = *area;
        self.conn
            .prepare_cached(&format!(
                "SELECT count(*), CAST(avg(lat_e7) AS INTEGER), CAST(avg(lon_e7) AS INTEGER) {WINDOW}
                 GROUP BY (lat_e7 - :south) / :lat_step, (lon_e7 - :west) / :lon_step"
            ))
            .and_then(|mut s| {
                s.query_map(
                    named_params! {
                        ":south": south, ":north": north, ":west": west, ":east": east,
                        ":type": record_type.map(|no| no.0),
                        ":lat_step": lat_step.max(1), ":lon_step": lon_step.max(1),
                    },
                    |row| {
                        let point = Point { lat_e7: row.get(1)?, lon_e7: row.get(2)?, datum: Datum::Wgs84 };
                        Ok(Cell { count: row.get(0)?, point })
                    },
                )?
                .collect()
            })
            .during("count records by cell")
    }

    /// Records with own changes that the server has not received or did not accept.
    pub(super) fn own_standing(&self) -> Result<BTreeMap<RecordId, Standing>, Error> {
        // Each half reads its own index; asked together, SQLite would look through the whole log. What is refused comes
        // last and stands.
        self.conn
            .prepare_cached(
                "SELECT record, 0 FROM change WHERE state = 'pending'
                 UNION ALL SELECT record, 1 FROM change WHERE state = 'quarantined'",
            )
            .and_then(|mut s| {
                s.query_map([], |row| {
                    let refused: bool = row.get(1)?;
                    Ok((RecordId(row.get(0)?), if refused { Standing::Refused } else { Standing::Waiting }))
                })?
                .collect()
            })
            .during("read own changes by record")
    }
}
