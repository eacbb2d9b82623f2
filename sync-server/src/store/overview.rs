//! The figures of the console's first page.

use super::{Named, Store, StoreError};
use gridweave_core::ids::TypeNo;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// How far a grid is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Living records in it.
    pub records: u64,
    /// Those heard of within their cycle.
    pub in_time: u64,
    /// Those with open conflicts.
    pub conflicts: u64,
}

impl Coverage {
    /// Percent of the records that are in time; `None` where there are none.
    pub fn percent(&self) -> Option<u64> {
        (self.records > 0).then(|| self.in_time * 100 / self.records)
    }
}

/// What sync brought on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DaySum {
    /// Changes pushed.
    pub pushed: u64,
    /// Registers that came into conflict.
    pub conflicts: u64,
    /// Changes not accepted.
    pub quarantined: u64,
    /// Sessions.
    pub sessions: u64,
}

impl Store {
    /// Coverage by grid (row id). `cycles` names the types that want to be heard of again and after how long,
    /// milliseconds; records of other types are always in time.
    pub async fn coverage(
        &self,
        cycles: BTreeMap<TypeNo, i64>,
        now_ms: i64,
    ) -> Result<BTreeMap<i64, Coverage>, StoreError> {
        self.read(move |conn| {
            let mut grids: BTreeMap<i64, Coverage> = BTreeMap::new();
            for (no, cycle) in types(conn)?.into_iter().map(|no| (no, cycles.get(&no).copied())) {
                let since = cycle.map_or(i64::MIN, |cycle| now_ms - cycle);
                let mut stmt = conn
                    .prepare_cached(
                        "SELECT grid, count(*), sum(updated_ms >= ?2), sum(conflicts > 0) FROM record
                         WHERE type = ?1 AND dead = 0 GROUP BY grid",
                    )
                    .named("sum up the grids")?;
                let mut rows = stmt.query(params![no.0, since]).named("sum up the grids")?;
                while let Some(row) = rows.next().named("sum up the grids")? {
                    let read = || -> rusqlite::Result<[i64; 4]> {
                        Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
                    };
                    let [grid, records, in_time, conflicts] = read().named("sum up the grids")?;
                    let sum = grids.entry(grid).or_default();
                    sum.records += records as u64;
                    sum.in_time += in_time as u64;
                    sum.conflicts += conflicts as u64;
                }
            }
            Ok(grids)
        })
        .await
    }

    /// What sync brought on each of `days` days, the first beginning at `from_ms`.
    pub async fn day_sums(&self, from_ms: i64, days: usize) -> Result<Vec<DaySum>, StoreError> {
        const DAY_MS: i64 = 86_400_000;
        self.read(move |conn| {
            let mut stmt = conn
                .prepare_cached(
                    "SELECT (started_ms - ?1) / ?2 AS day, sum(pushed), sum(conflicts), sum(quarantined), count(*)
                     FROM session WHERE started_ms >= ?1 GROUP BY day",
                )
                .named("sum up the days")?;
            let rows = stmt
                .query_map(params![from_ms, DAY_MS], |row| {
                    let n = |at| row.get::<_, i64>(at).map(|n| n as u64);
                    let sum = DaySum { pushed: n(1)?, conflicts: n(2)?, quarantined: n(3)?, sessions: n(4)? };
                    Ok((row.get::<_, i64>(0)?, sum))
                })
                .named("sum up the days")?;
            let mut sums = vec![DaySum::default(); days];
            for row in rows {
                let (day, sum) = row.named("sum up the days")?;
                if let Some(place) = usize::try_from(day).ok().and_then(|day| sums.get_mut(day)) {
                    *place = sum;
                }
            }
            Ok(sums)
        })
        .await
    }
}

fn types(conn: &Connection) -> Result<Vec<TypeNo>, StoreError> {
    conn.prepare_cached("SELECT DISTINCT type FROM record")
        .and_then(|mut s| s.query_map([], |row| row.get(0).map(TypeNo))?.collect())
        .named("list the types of the records")
}
