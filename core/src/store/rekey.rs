//! After a fork: this log goes on as a new replica.
//!
//! The server has other changes under the numbers that this log used, because the device was copied or restored. What
//! both have stays under the old replica. Everything after it is written again as a new chain from 1: every dot of the
//! rewritten changes is mapped, wherever a later change names it; author, times and fix stay as they were.

use super::identity::write_identity;
use super::{Context, Error, Identity, Store, meta, meta::name, shown};
use crate::ids::{ChainHash, Dot, ReplicaId, Rid, Seq};
use crate::record::Change;
use crate::wire::Bytes;
use crate::wire::v1::Fork;
use rusqlite::named_params;
use serde::{Deserialize, Serialize};

/// The keys of a replica to be, kept before the server hears of them: an answer that gets lost makes no second one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rekeying {
    pub old_rid: Rid,
    pub replica: ReplicaId,
    pub device_key: Bytes,
    pub chain_key: Bytes,
}

impl Store {
    /// The keys for going on after a fork: those of an earlier try, or `fresh` from now on.
    pub(crate) fn rekeying(&mut self, fresh: Rekeying) -> Result<Rekeying, Error> {
        let json: Option<Vec<u8>> = meta::get(&self.conn, name::REKEY)?;
        let earlier: Option<Rekeying> =
            json.map(|j| serde_json::from_slice(&j).map_err(|_| Error::Damaged("a fork"))).transpose()?;
        match earlier.filter(|earlier| earlier.old_rid == fresh.old_rid) {
            Some(earlier) => Ok(earlier),
            None => {
                let json = serde_json::to_vec(&fresh).expect("keys are plain data");
                meta::set(&self.conn, name::REKEY, json)?;
                Ok(fresh)
            }
        }
    }

    /// Becomes `new`, rewriting what was saved after the common point: all of it or nothing.
    pub fn rekey(&mut self, fork: Fork, new: Identity) -> Result<u64, Error> {
        let old = self.identity()?.rid;
        let common = fork.common_seq;
        if super::log::chain_hash(&self.conn, old, common)? != Some(fork.common_hash) {
            return Err(Error::Damaged("a fork at a place that is not in this log"));
        }
        let chain = new.chain()?;
        let moved = |dot: Dot| {
            if dot.rid == old && dot.seq > common {
                Dot { rid: new.rid, seq: Seq(dot.seq.0 - common.0) }
            } else {
                dot
            }
        };

        let tx = self.conn.transaction().during("begin the fork")?;
        super::log::mark_received(&tx, old, common)?;
        let rows: Vec<(Vec<u8>, i64)> = tx
            .prepare("SELECT bytes, saved_ms FROM change WHERE rid = :rid AND seq > :common ORDER BY seq")
            .and_then(|mut s| {
                s.query_map(named_params! {":rid": old.0, ":common": common.0}, |row| {
                    Ok((row.get("bytes")?, row.get("saved_ms")?))
                })?
                .collect()
            })
            .during("read what is to be rewritten")?;
        tx.execute("INSERT INTO forking (replica) VALUES (:rid)", named_params! {":rid": new.rid.0})
            .and_then(|_| {
                tx.execute(
                    "DELETE FROM change WHERE rid = :rid AND seq > :common",
                    named_params! {":rid": old.0, ":common": common.0},
                )
            })
            .and_then(|_| tx.execute("DELETE FROM forking", []))
            .during("take out what is to be rewritten")?;
        let mut hash = ChainHash::START;
        for (bytes, saved_ms) in &rows {
            let change = rewrite(Change::decode(bytes)?, old, moved);
            let bytes = change.encode();
            hash = chain.next(hash, &bytes);
            tx.prepare_cached(
                "INSERT INTO change (rid, seq, record, bytes, hash, saved_ms, state)
                 VALUES (:rid, :seq, :record, :bytes, :hash, :saved_ms, 'pending')",
            )
            .and_then(|mut s| {
                s.execute(named_params! {
                    ":rid": new.rid.0,
                    ":seq": change.seq.0,
                    ":record": change.record.0,
                    ":bytes": bytes,
                    ":hash": hash.0,
                    ":saved_ms": saved_ms,
                })
            })
            .during("write a change again")?;
        }
        write_identity(&tx, &new)?;
        meta::set_int(&tx, name::HELD, 1)?;
        // The old replica's counter means nothing to the server under the new one.
        meta::unset(&tx, name::COUNTER)?;
        meta::unset(&tx, name::REKEY)?;
        shown::rebuild(&tx, &self.projector)?;
        tx.commit().during("commit the fork")?;
        self.load_identity()?;
        self.load_head()?;
        Ok(rows.len() as u64)
    }
}

fn rewrite(mut change: Change, old: Rid, moved: impl Fn(Dot) -> Dot) -> Change {
    let was = Dot { rid: old, seq: change.seq };
    change.was = Some(was);
    change.seq = moved(was).seq;
    for write in &mut change.writes {
        write.replaces.iter_mut().for_each(|dot| *dot = moved(*dot));
    }
    for set in &mut change.sets {
        for (_, dots) in &mut set.removes {
            dots.iter_mut().for_each(|dot| *dot = moved(*dot));
        }
    }
    change
}
