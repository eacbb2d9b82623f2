//! What the API for people reads: replicas, their logs, merged records.

use super::{Named, Store, StoreError};
use gridweave_core::ids::{Dot, RecordId, Rid};
use gridweave_core::merge::RecordState;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

/// A replica in the list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ReplicaRow {
    /// Its number.
    pub rid: u32,
    /// Who writes with it.
    pub person: u32,
    /// What it may do.
    pub state: String,
    /// What the device says it is.
    pub device: String,
    /// Highest change received.
    pub last_seq: i64,
    /// The replica it was copied or restored from.
    pub was: Option<u32>,
    /// When it was last heard, UTC milliseconds.
    pub heard_ms: Option<i64>,
    /// Server clock minus device clock then.
    pub clock_offset_ms: Option<i64>,
}

/// A change of a log.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// Its place.
    pub seq: u64,
    /// `merged`, or why it is in quarantine.
    pub state: String,
    /// The change.
    pub bytes: Vec<u8>,
}

impl Store {
    /// All replicas.
    pub async fn replica_rows(&self) -> Result<Vec<ReplicaRow>, StoreError> {
        self.read(|conn| {
            conn.prepare_cached(
                "SELECT rid, person, state, device, last_seq, was, heard_ms, clock_offset_ms FROM replica ORDER BY rid",
            )
            .and_then(|mut s| {
                s.query_map([], |row| {
                    Ok(ReplicaRow {
                        rid: row.get("rid")?,
                        person: row.get("person")?,
                        state: row.get("state")?,
                        device: row.get("device")?,
                        last_seq: row.get("last_seq")?,
                        was: row.get("was")?,
                        heard_ms: row.get("heard_ms")?,
                        clock_offset_ms: row.get("clock_offset_ms")?,
                    })
                })?
                .collect()
            })
            .named("list replicas")
        })
        .await
    }

    /// Changes of one replica after `seq`, in order.
    pub async fn log(&self, rid: Rid, after: u64, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        // No log is longer than SQLite's integers reach.
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        self.read(move |conn| {
            conn.prepare_cached(
                "SELECT change.seq, bytes, CASE WHEN record > 0 THEN 'merged' ELSE coalesce(code, 'lost') END AS state
                 FROM change LEFT JOIN quarantine USING (rid, seq)
                 WHERE change.rid = ?1 AND change.seq > ?2 ORDER BY change.seq LIMIT ?3",
            )
            .and_then(|mut s| {
                s.query_map(params![rid.0, after, limit], |row| {
                    Ok(LogRow {
                        seq: row.get::<_, i64>("seq")? as u64,
                        state: row.get("state")?,
                        bytes: row.get("bytes")?,
                    })
                })?
                .collect()
            })
            .named("read a log")
        })
        .await
    }

    /// Merged records after an id, in the order of their ids.
    pub async fn states(&self, after: Option<RecordId>, limit: u32) -> Result<Vec<RecordState>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Vec<u8>> = conn
                .prepare_cached("SELECT state FROM record WHERE record > ?1 ORDER BY record LIMIT ?2")
                .and_then(|mut s| {
                    let after = after.map_or(Vec::new(), |id| id.0.to_vec());
                    s.query_map(params![after, limit], |row| row.get(0))?.collect()
                })
                .named("read records")?;
            rows.iter()
                .map(|bytes| RecordState::decode(bytes).map_err(|_| StoreError::Corrupt("a record's state")))
                .collect()
        })
        .await
    }

    /// One merged record.
    pub async fn state(&self, record: RecordId) -> Result<Option<RecordState>, StoreError> {
        self.read(move |conn| state(conn, record)).await
    }
}

fn state(conn: &Connection, record: RecordId) -> Result<Option<RecordState>, StoreError> {
    let bytes: Option<Vec<u8>> = conn
        .prepare_cached("SELECT state FROM record WHERE record = ?1")
        .and_then(|mut s| s.query_row([record.0], |row| row.get(0)).optional())
        .named("read a record")?;
    bytes.map(|b| RecordState::decode(&b).map_err(|_| StoreError::Corrupt("a record's state"))).transpose()
}

/// A dot as the API tells it.
pub fn dot_pair(dot: Dot) -> (u32, u64) {
    (dot.rid.0, dot.seq.0)
}
