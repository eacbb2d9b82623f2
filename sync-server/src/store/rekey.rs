//! After a fork: the second presenter of a log becomes a replica of its own, held until a supervisor confirms it.

use super::audit::{self, Note};
use super::merger::Merger;
use super::replica::{self, NewReplica, Replica, ReplicaState};
use super::{Named, Store, StoreError};
use gridweave_core::ids::{PersonNo, Rid};
use gridweave_core::wire::v1::Rekey;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

impl Store {
    /// Makes the new replica, unconfirmed, with the grids of the old one. Asking again answers the same. `None`: the
    /// logs do not part there.
    pub async fn rekey(&self, ask: Rekey, now_ms: i64) -> Result<Option<Replica>, StoreError> {
        self.write(move |conn| rekey(conn, &ask, now_ms)).await
    }

    /// Confirms an unconfirmed replica and merges what it handed in meanwhile; answers how many changes. `None`: it
    /// waits for no such word.
    pub async fn confirm_replica(
        &self,
        rid: Rid,
        by: PersonNo,
        identity_key: Arc<Vec<u8>>,
        now_ms: i64,
    ) -> Result<Option<u32>, StoreError> {
        let catalog = self.catalog().clone();
        self.write(move |conn| {
            let sql = "UPDATE replica SET state = 'active' WHERE rid = ?1 AND state = 'unconfirmed'";
            if conn.execute(sql, [rid.0]).named("confirm a replica")? == 0 {
                return Ok(None);
            }
            let mut merger = Merger::new(conn, &catalog, &identity_key, now_ms);
            let merged = super::judge::admit_held(conn, &catalog, &mut merger, rid)?;
            merger.finish()?;
            let object = format!("device {rid}");
            let note = Note { person: Some(by), action: "confirm_replica", object: &object, reason: "" };
            audit::note(conn, now_ms, &note)?;
            Ok(Some(merged))
        })
        .await
    }
}

fn rekey(conn: &Connection, ask: &Rekey, now_ms: i64) -> Result<Option<Replica>, StoreError> {
    let Some(old) = replica::read(conn, ask.old_rid)? else { return Ok(None) };
    let made: Option<u32> = conn
        .query_row(
            "SELECT rid FROM replica WHERE replica = ?1 AND was = ?2",
            params![ask.replica.0, old.rid.0],
            |r| r.get(0),
        )
        .optional()
        .named("find a new replica")?;
    if let Some(rid) = made {
        return replica::read(conn, Rid(rid)); // The answer was lost; the device asks again.
    }
    let parts_there = ask.fork.common_seq < old.last_seq
        && super::push::hash_at(conn, &old, ask.fork.common_seq)? == ask.fork.common_hash;
    if !parts_there {
        return Ok(None);
    }
    let device: String = conn
        .query_row("SELECT device FROM replica WHERE rid = ?1", [old.rid.0], |r| r.get(0))
        .named("read a replica")?;
    let rid = replica::insert(
        conn,
        &NewReplica {
            replica: ask.replica,
            person: old.person,
            state: ReplicaState::Unconfirmed,
            device: &device,
            device_key: &ask.device_key.0,
            chain_key: &ask.chain_key.0,
            was: Some(old.rid),
            now_ms,
        },
    )?;
    conn.execute(
        "INSERT INTO replica_grid (rid, grid, until_version) SELECT ?1, grid, NULL FROM replica_grid
         WHERE rid = ?2 AND until_version IS NULL",
        params![rid.0, old.rid.0],
    )
    .named("copy a scope")?;
    replica::read(conn, rid)
}
