//! Counts of the whole city, as the API tells them.

use super::{Named, Store, StoreError};
use gridweave_core::ids::GridCode;
use gridweave_core::wire::v1::GridDigest;
use rusqlite::Connection;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the city holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Stats {
    /// Records, dead ones too.
    pub records: u64,
    /// Changes received, of devices and supervisors.
    pub changes: u64,
    /// Changes merged that devices made.
    pub device_changes: u64,
    /// Photos that are whole.
    pub photos: u64,
    /// Sync sessions.
    pub sessions: u64,
    /// Entities with two or more records.
    pub linked: u64,
    /// Registers with more than one distinct live value.
    pub conflicts: u64,
    /// Changes in quarantine, not released or dismissed.
    pub quarantined: u64,
    /// Changes held for replicas that a supervisor has yet to confirm.
    pub held: u64,
    /// Records that are dead.
    pub dead: u64,
}

impl Store {
    /// Counts everything.
    pub async fn stats(&self) -> Result<Stats, StoreError> {
        self.read(|conn| {
            let count = |sql: &str| -> Result<u64, StoreError> {
                conn.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|n| n as u64).named("count")
            };
            Ok(Stats {
                records: count("SELECT count(*) FROM record")?,
                changes: count("SELECT count(*) FROM change")?,
                device_changes: count(
                    "SELECT count(*) FROM change JOIN replica USING (rid) WHERE record > 0 AND replica.state <> 'server'",
                )?,
                photos: count("SELECT count(DISTINCT hash) FROM photo")?,
                sessions: count("SELECT count(*) FROM session")?,
                linked: linked(conn)?,
                conflicts: count("SELECT coalesce(sum(conflicts), 0) FROM record WHERE conflicts > 0")?,
                quarantined: count("SELECT count(*) FROM quarantine WHERE state = 'open' AND code <> 'held'")?,
                held: count("SELECT count(*) FROM quarantine WHERE state = 'open' AND code = 'held'")?,
                dead: count("SELECT count(*) FROM record WHERE dead = 1")?,
            })
        })
        .await
    }

    /// The digest of every grid that has records.
    pub async fn grid_digests(&self) -> Result<Vec<GridDigest>, StoreError> {
        self.read(|conn| {
            let rows: Vec<(String, i64, Vec<u8>)> = conn
                .prepare("SELECT code, count, sum FROM grid_digest JOIN grid ON grid.id = grid_digest.grid ORDER BY code")
                .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect())
                .named("read the digests")?;
            rows.into_iter()
                .map(|(code, count, sum)| {
                    let sum = sum.try_into().map_err(|_| StoreError::Corrupt("a grid's digest"))?;
                    Ok(GridDigest { grid: GridCode(code), count: count as u64, sum: u128::from_be_bytes(sum) })
                })
                .collect()
        })
        .await
    }
}

/// How many entities have two or more records: records that share a key are one entity, and so are those linked
/// through a third.
fn linked(conn: &Connection) -> Result<u64, StoreError> {
    let pairs: Vec<(i64, i64, Vec<u8>)> = conn
        .prepare(
            "SELECT record, kind, key FROM identity WHERE (kind, key) IN
                (SELECT kind, key FROM identity GROUP BY kind, key HAVING count(*) > 1)",
        )
        .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect())
        .named("count linked entities")?;
    let mut group: BTreeMap<i64, i64> = BTreeMap::new();
    let mut first: BTreeMap<(i64, Vec<u8>), i64> = BTreeMap::new();
    for (record, kind, key) in pairs {
        group.entry(record).or_insert(record);
        let other = *first.entry((kind, key)).or_insert(record);
        let (a, b) = (root(&group, record), root(&group, other));
        group.insert(a.max(b), a.min(b));
    }
    Ok(group.iter().filter(|(record, parent)| record == parent).count() as u64)
}

fn root(group: &BTreeMap<i64, i64>, mut record: i64) -> i64 {
    while let Some(parent) = group.get(&record).filter(|parent| **parent != record) {
        record = *parent;
    }
    record
}
