//! Replicas: who writes, with which key, in which grids.

use super::{Named, Store, StoreError};
use gridweave_core::ids::{ChainHash, GridCode, PersonNo, ReplicaId, Rid, Seq};
use gridweave_core::wire::chain::ChainKey;
use rand::RngExt;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;

/// What the server lets a replica do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicaState {
    /// Everything in its scope.
    Active,
    /// Made after a fork: may hand in, gets nothing until a supervisor confirms it.
    Unconfirmed,
    /// May hand in, into quarantine, and gets nothing.
    Revoked,
    /// Replaced by another after a fork.
    Retired,
    /// A writer of the server itself.
    Server,
}

impl ReplicaState {
    /// Its name in the database and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ReplicaState::Active => "active",
            ReplicaState::Unconfirmed => "unconfirmed",
            ReplicaState::Revoked => "revoked",
            ReplicaState::Retired => "retired",
            ReplicaState::Server => "server",
        }
    }

    fn of(name: &str) -> Option<ReplicaState> {
        use ReplicaState::*;
        [Active, Unconfirmed, Revoked, Retired, Server].into_iter().find(|state| state.name() == name)
    }
}

/// One replica as the server knows it.
#[derive(Debug, Clone)]
pub struct Replica {
    /// Its number.
    pub rid: Rid,
    /// Who writes with it.
    pub person: PersonNo,
    /// What it may do.
    pub state: ReplicaState,
    /// Its Ed25519 key.
    pub device_key: Vec<u8>,
    /// Key of its chain.
    pub chain_key: ChainKey,
    /// Highest change received.
    pub last_seq: Seq,
    /// Chain hash there.
    pub hash: ChainHash,
    /// Version of its grids.
    pub scope_version: u64,
    /// Version that it was last told.
    pub scope_told: u64,
    /// Highest request counter used.
    pub counter: u64,
}

const COLUMNS: &str =
    "rid, person, state, device_key, chain_key, last_seq, hash, scope_version, scope_told, counter";

fn replica(row: &Row<'_>) -> rusqlite::Result<Replica> {
    let state: String = row.get("state")?;
    let chain_key: Vec<u8> = row.get("chain_key")?;
    let hash: Vec<u8> = row.get("hash")?;
    Ok(Replica {
        rid: Rid(row.get("rid")?),
        person: PersonNo(row.get("person")?),
        // A state that this version does not know gets the least: it may only hand in.
        state: ReplicaState::of(&state).unwrap_or(ReplicaState::Revoked),
        device_key: row.get("device_key")?,
        chain_key: ChainKey(chain_key.try_into().unwrap_or([0; 32])),
        last_seq: Seq(row.get::<_, i64>("last_seq")? as u64),
        hash: ChainHash(hash.try_into().unwrap_or([0; 32])),
        scope_version: row.get::<_, i64>("scope_version")? as u64,
        scope_told: row.get::<_, i64>("scope_told")? as u64,
        counter: row.get::<_, i64>("counter")? as u64,
    })
}

/// Reads one replica.
pub(super) fn read(conn: &Connection, rid: Rid) -> Result<Option<Replica>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM replica WHERE rid = ?1");
    conn.prepare_cached(&sql)
        .and_then(|mut s| s.query_row([rid.0], replica).optional())
        .named("read a replica")
}

/// What a new replica starts with.
pub(super) struct NewReplica<'a> {
    pub replica: ReplicaId,
    pub person: PersonNo,
    pub state: ReplicaState,
    pub device: &'a str,
    pub device_key: &'a [u8],
    pub chain_key: &'a [u8],
    pub was: Option<Rid>,
    pub now_ms: i64,
}

/// Adds a replica; answers its number.
pub(super) fn insert(conn: &Connection, new: &NewReplica<'_>) -> Result<Rid, StoreError> {
    insert_numbered(conn, None, new)
}

/// Adds a replica that had its number before the database lost it.
pub(super) fn insert_as(conn: &Connection, rid: Rid, new: &NewReplica<'_>) -> Result<(), StoreError> {
    insert_numbered(conn, Some(rid), new).map(drop)
}

fn insert_numbered(conn: &Connection, rid: Option<Rid>, new: &NewReplica<'_>) -> Result<Rid, StoreError> {
    conn.execute(
        "INSERT INTO replica (rid, replica, person, state, device, device_key, chain_key, hash, was, enrolled_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        rusqlite::params![
            rid.map(|rid| rid.0),
            new.replica.0,
            new.person.0,
            new.state.name(),
            new.device,
            new.device_key,
            new.chain_key,
            ChainHash::START.0,
            new.was.map(|rid| rid.0),
            new.now_ms
        ],
    )
    .named("add a replica")?;
    Ok(Rid(conn.last_insert_rowid() as u32))
}

/// Gives a replica these grids and no others; the ones it loses stay known as ended.
pub(super) fn set_grids(conn: &Connection, rid: Rid, grids: &[GridCode]) -> Result<(), StoreError> {
    let sql = "UPDATE replica SET scope_version = scope_version + 1 WHERE rid = ?1";
    conn.execute(sql, [rid.0]).named("change the scope version")?;
    conn.execute(
        "UPDATE replica_grid SET until_version = (SELECT scope_version FROM replica WHERE rid = ?1)
         WHERE rid = ?1 AND until_version IS NULL",
        [rid.0],
    )
    .named("end the old grids")?;
    let mut add = conn
        .prepare_cached(
            "INSERT INTO replica_grid (rid, grid) SELECT ?1, id FROM grid WHERE code = ?2
             ON CONFLICT (rid, grid) DO UPDATE SET until_version = NULL",
        )
        .named("add a grid to a scope")?;
    grids
        .iter()
        .try_for_each(|grid| add.execute((rid.0, &grid.0)).map(drop))
        .named("add a grid to a scope")?;
    // Its person's name now stands beside values that the others of these grids see: they are told anew.
    conn.execute(
        "UPDATE replica SET scope_version = scope_version + 1 WHERE rid IN (
           SELECT other.rid FROM replica_grid other JOIN replica_grid own USING (grid)
           WHERE own.rid = ?1 AND other.rid <> ?1
             AND own.until_version IS NULL AND other.until_version IS NULL)",
        [rid.0],
    )
    .named("tell the others of a grid")?;
    Ok(())
}

/// Ids of the grids that a change of this replica may lie in: its own now, and those it had when it was last told.
pub(super) fn writable_grids(conn: &Connection, rid: Rid) -> Result<Vec<i64>, StoreError> {
    grid_ids(
        conn,
        "SELECT g.grid FROM replica_grid g JOIN replica r USING (rid)
         WHERE g.rid = ?1 AND (g.until_version IS NULL OR g.until_version > r.scope_told)",
        rid,
    )
}

fn grid_ids(conn: &Connection, sql: &str, rid: Rid) -> Result<Vec<i64>, StoreError> {
    conn.prepare_cached(sql)
        .and_then(|mut s| s.query_map([rid.0], |row| row.get(0))?.collect())
        .named("read the grids of a replica")
}

impl Store {
    /// All replicas, for the request check to hold in memory.
    pub async fn replicas(&self) -> Result<Vec<Replica>, StoreError> {
        self.read(|conn| {
            conn.prepare(&format!("SELECT {COLUMNS} FROM replica"))
                .and_then(|mut s| s.query_map([], replica)?.collect())
                .named("read the replicas")
        })
        .await
    }

    /// One replica.
    pub async fn replica(&self, rid: Rid) -> Result<Option<Replica>, StoreError> {
        self.read(move |conn| read(conn, rid)).await
    }

    /// How far each device's clock was off (server minus device) when it was measured last, milliseconds.
    pub async fn clock_offsets(&self) -> Result<BTreeMap<Rid, i64>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT rid, clock_offset_ms FROM replica WHERE clock_offset_ms IS NOT NULL";
            conn.prepare_cached(sql)
                .and_then(|mut s| s.query_map([], |row| Ok((Rid(row.get(0)?), row.get(1)?)))?.collect())
                .named("read how far clocks are off")
        })
        .await
    }

    /// Gives a replica these grids and no others.
    pub async fn set_replica_grids(&self, rid: Rid, grids: Vec<GridCode>) -> Result<(), StoreError> {
        self.write(move |conn| set_grids(conn, rid, &grids)).await
    }
}

/// A new writer of the server itself, for `person`.
pub(super) fn insert_server_writer(
    conn: &Connection,
    person: PersonNo,
    now_ms: i64,
) -> Result<Rid, StoreError> {
    let mut rng = rand::rng();
    insert(
        conn,
        &NewReplica {
            replica: ReplicaId(rng.random()),
            person,
            state: ReplicaState::Server,
            device: "server",
            device_key: &[],
            chain_key: &rng.random::<[u8; 32]>(),
            was: None,
            now_ms,
        },
    )
}
