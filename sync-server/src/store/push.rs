//! Receiving changes: one push is one operation, and what it answers is on disk.
//!
//! A bad change never blocks the ones behind it: it goes to quarantine with its reason, is kept byte for byte, and is
//! receipted like the others. `Decide, then do`: `judge` says what becomes of a change, the caller does it.

use super::early;
use super::judge::{Checked, Judge, check_alone};
use super::merger::Merger;
use super::replica::{self, Replica, ReplicaState};
use super::{Named, Store, StoreError};
use gridweave_core::form::Catalog;
use gridweave_core::ids::{ChainHash, Rid, Seq};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::v1::{Fork, Push, Quarantined};
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

/// Most changes of revoked devices that are kept, each device.
const REVOKED_QUOTA: i64 = 10_000;

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// On disk up to here.
    Received {
        /// Highest change received.
        durable_seq: Seq,
        /// Chain hash there.
        hash: ChainHash,
        /// Which of the pushed ones are in quarantine.
        quarantined: Vec<Quarantined>,
    },
    /// The server expects another sequence number.
    Gap(Seq),
    /// The log parts from the one received before.
    Fork(Fork),
    /// The device knows another epoch: the server was restored and has changes up to here.
    Epoch(Seq),
    /// The device's signature does not fit these changes.
    BadSignature,
    /// A revoked device has handed in as much as it may.
    QuotaUsed,
}

/// What a push needs to know beside the database.
#[derive(Clone)]
pub struct PushContext {
    /// K_id.
    pub identity_key: Arc<Vec<u8>>,
    /// The server's clock.
    pub now_ms: i64,
    /// Bytes of the request's body, for the session row.
    pub bytes_up: u64,
    /// The request's counter.
    pub counter: u64,
}

impl Store {
    /// Takes in a push of replica `rid`.
    pub async fn push(&self, push: Push, context: PushContext) -> Result<PushOutcome, StoreError> {
        let (catalog, rid) = (self.catalog().clone(), push.rid);
        let replica =
            move |conn: &Connection| replica::read(conn, rid)?.ok_or(StoreError::Corrupt("a replica"));
        let prepare = {
            let (catalog, identity_key) = (catalog.clone(), context.identity_key.clone());
            move |replica: Replica| Prepared::of(&catalog, &identity_key, &replica, push)
        };
        let prepared = self.read_then(replica, prepare).await?;
        self.write(move |conn| {
            let replica = replica(conn)?;
            receive(conn, &catalog, &replica, prepared, &context)
        })
        .await
    }
}

/// A push with all that can be said of it without the writer, who has no time to spare.
struct Prepared {
    push: Push,
    /// Each change read and checked alone, or why it is to be kept apart.
    changes: Vec<Result<Checked, &'static str>>,
    /// The head that the replica had when this was prepared, and the one that follows from it.
    heads: (Head, Head),
    /// Whether the device signed the second one.
    is_signed: bool,
}

type Head = (Seq, ChainHash);

impl Prepared {
    fn of(catalog: &Catalog, identity_key: &[u8], replica: &Replica, push: Push) -> Prepared {
        let check = |(at, bytes): (usize, &Bytes)| {
            let change = check_alone(catalog, Seq(push.first_seq.0.wrapping_add(at as u64)), &bytes.0)?;
            Ok(Checked::of(catalog, identity_key, replica.rid, change))
        };
        let changes = push.changes.iter().enumerate().map(check).collect();
        let before = (replica.last_seq, replica.hash);
        let (after, is_signed) = follow(replica, &push);
        Prepared { changes, heads: (before, after), is_signed, push }
    }

    /// The head after this push; worked out again if another push of the replica came in between.
    fn head(&self, replica: &Replica) -> (Head, bool) {
        if (replica.last_seq, replica.hash) == self.heads.0 {
            (self.heads.1, self.is_signed)
        } else {
            follow(replica, &self.push)
        }
    }
}

/// The head of the log after the changes of a push that are new, and whether the device signed it.
fn follow(replica: &Replica, push: &Push) -> (Head, bool) {
    let new = push.changes.iter().skip(known(replica, push));
    let (mut seq, mut hash) = (replica.last_seq, replica.hash);
    for bytes in new {
        (seq, hash) = (Seq(seq.0.saturating_add(1)), replica.chain_key.next(hash, &bytes.0));
    }
    ((seq, hash), head_is_signed(replica, seq, hash, &push.signature.0))
}

/// How many of the pushed changes were received before.
fn known(replica: &Replica, push: &Push) -> usize {
    let known = (replica.last_seq.0 + 1).saturating_sub(push.first_seq.0);
    usize::try_from(known).unwrap_or(usize::MAX).min(push.changes.len())
}

fn receive(
    conn: &Connection,
    catalog: &Catalog,
    replica: &Replica,
    prepared: Prepared,
    context: &PushContext,
) -> Result<PushOutcome, StoreError> {
    let push = &prepared.push;
    if push.epoch != super::city::read_city(conn)?.epoch {
        return Ok(PushOutcome::Epoch(replica.last_seq));
    }
    let expected = Seq(replica.last_seq.0 + 1);
    if push.first_seq.0 == 0 || push.first_seq > expected {
        return Ok(PushOutcome::Gap(expected));
    }
    let known = known(replica, push);
    if let Some(common_seq) = first_difference(conn, push, known)? {
        return fork(conn, replica, common_seq);
    }
    if push.first_seq == expected && push.prev_hash != replica.hash {
        // Some earlier change differs: hear them all again and find where.
        return Ok(PushOutcome::Gap(Seq(1)));
    }
    let mut tally = Tally { duplicates: known as u32, ..Tally::default() };
    let mut quarantined = Vec::new();
    if known < push.changes.len() {
        let ((last, hash), is_signed) = prepared.head(replica);
        if !is_signed {
            return Ok(PushOutcome::BadSignature);
        }
        if replica.state == ReplicaState::Revoked && quota_used(conn, replica.rid)? {
            return Ok(PushOutcome::QuotaUsed);
        }
        tally.pushed = (push.changes.len() - known) as u32;
        let new = prepared.changes.into_iter().zip(&push.changes).skip(known);
        tally.conflicts = take_in(conn, catalog, replica, new.map(|(c, bytes)| (c, &bytes.0[..])), context)?;
        write_head(conn, replica.rid, last, hash, &push.signature.0)?;
        quarantined = quarantined_since(conn, replica.rid, expected)?;
        tally.quarantined = quarantined.len() as u32;
    }
    if known > 0 {
        quarantined = quarantined_since(conn, replica.rid, push.first_seq)?;
    }
    super::session::note_push(conn, replica.rid, push.session, context, &tally)?;
    let now = replica::read(conn, replica.rid)?.ok_or(StoreError::Corrupt("a replica"))?;
    Ok(PushOutcome::Received { durable_seq: now.last_seq, hash: now.hash, quarantined })
}

/// What one push added up to, for the session's row.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub pushed: u32,
    pub duplicates: u32,
    pub quarantined: u32,
    pub conflicts: u32,
}

fn head_is_signed(replica: &Replica, last: Seq, hash: ChainHash, signature: &[u8]) -> bool {
    let key = crate::auth::device::key(&replica.device_key);
    key.is_some_and(|key| {
        gridweave_core::wire::chain::head_is_signed(&key, replica.rid, last, hash, signature)
    })
}

/// The last change before the first one that differs from what was received under its number; `None`: all agree.
fn first_difference(conn: &Connection, push: &Push, known: usize) -> Result<Option<Seq>, StoreError> {
    let mut stored = conn
        .prepare_cached("SELECT bytes FROM change WHERE rid = ?1 AND seq = ?2")
        .named("read received changes")?;
    for (at, bytes) in push.changes[..known].iter().enumerate() {
        let seq = push.first_seq.0 + at as u64;
        let had: Option<Vec<u8>> = stored
            .query_row(params![push.rid.0, seq as i64], |row| row.get(0))
            .optional()
            .named("read received changes")?;
        if had.is_some_and(|had| had != bytes.0) {
            return Ok(Some(Seq(seq - 1)));
        }
    }
    Ok(None)
}

fn fork(conn: &Connection, replica: &Replica, common_seq: Seq) -> Result<PushOutcome, StoreError> {
    let common_hash = hash_at(conn, replica, common_seq)?;
    Ok(PushOutcome::Fork(Fork { common_seq, common_hash }))
}

/// The chain hash after change `seq`, made again from the nearest signed head before it.
pub(super) fn hash_at(conn: &Connection, replica: &Replica, seq: Seq) -> Result<ChainHash, StoreError> {
    let head: Option<(i64, Vec<u8>)> = conn
        .prepare_cached(
            "SELECT last_seq, hash FROM push_head WHERE rid = ?1 AND last_seq <= ?2 ORDER BY last_seq DESC",
        )
        .and_then(|mut s| {
            s.query_row(params![replica.rid.0, seq.0 as i64], |r| Ok((r.get(0)?, r.get(1)?))).optional()
        })
        .named("find a head")?;
    let (from, mut hash) = match head {
        Some((last, bytes)) => {
            (last, ChainHash::from_slice(&bytes).map_err(|_| StoreError::Corrupt("a head"))?)
        }
        None => (0, ChainHash::START),
    };
    let mut stmt = conn
        .prepare_cached("SELECT bytes FROM change WHERE rid = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq")
        .named("read received changes")?;
    let mut rows = stmt.query(params![replica.rid.0, from, seq.0 as i64]).named("read received changes")?;
    while let Some(row) = rows.next().named("read received changes")? {
        let bytes: Vec<u8> = row.get(0).named("read received changes")?;
        hash = replica.chain_key.next(hash, &bytes);
    }
    Ok(hash)
}

/// Stores changes in the log and merges those that are good. Answers how many registers came into conflict.
fn take_in<'b>(
    conn: &Connection,
    catalog: &Catalog,
    replica: &Replica,
    changes: impl Iterator<Item = (Result<Checked, &'static str>, &'b [u8])>,
    context: &PushContext,
) -> Result<u32, StoreError> {
    let judge = Judge::new(conn, catalog, replica)?;
    let mut merger = Merger::new(conn, catalog, &context.identity_key, context.now_ms);
    for (seq, (change, bytes)) in (replica.last_seq.0 + 1..).zip(changes) {
        let verdict = judge.and_merge(&mut merger, change, bytes)?;
        conn.prepare_cached(
            "INSERT INTO change (rid, seq, record, received_ms, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .and_then(|mut s| {
            s.execute(params![replica.rid.0, seq as i64, verdict.unwrap_or(0), context.now_ms, bytes])
        })
        .named("store a change")?;
        if let Err(code) = verdict {
            conn.prepare_cached(
                "INSERT INTO quarantine (rid, seq, code, received_ms, state) VALUES (?1, ?2, ?3, ?4, 'open')",
            )
            .and_then(|mut s| s.execute(params![replica.rid.0, seq as i64, code, context.now_ms]))
            .named("quarantine a change")?;
            early::note(conn, code, replica.rid, seq as i64, bytes)?;
        }
    }
    early::wake(conn, &judge, &mut merger)?;
    merger.finish()
}

fn write_head(
    conn: &Connection,
    rid: Rid,
    last: Seq,
    hash: ChainHash,
    signature: &[u8],
) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO push_head (rid, last_seq, hash, signature) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut s| s.execute(params![rid.0, last.0 as i64, hash.0, signature]))
        .named("keep a head")?;
    conn.prepare_cached("UPDATE replica SET last_seq = ?2, hash = ?3 WHERE rid = ?1")
        .and_then(|mut s| s.execute(params![rid.0, last.0 as i64, hash.0]))
        .named("move a replica's head")?;
    Ok(())
}

fn quota_used(conn: &Connection, rid: Rid) -> Result<bool, StoreError> {
    let n: i64 = conn
        .query_row("SELECT count(*) FROM quarantine WHERE rid = ?1 AND code = 'revoked'", [rid.0], |r| {
            r.get(0)
        })
        .named("count a revoked device's changes")?;
    Ok(n >= REVOKED_QUOTA)
}

fn quarantined_since(conn: &Connection, rid: Rid, from: Seq) -> Result<Vec<Quarantined>, StoreError> {
    conn.prepare_cached(
        "SELECT seq, code FROM quarantine WHERE rid = ?1 AND seq >= ?2 AND code NOT IN ('held', 'early')
         ORDER BY seq",
    )
    .and_then(|mut s| {
        s.query_map(params![rid.0, from.0 as i64], |row| {
            Ok(Quarantined { seq: Seq(row.get::<_, i64>(0)? as u64), code: row.get(1)? })
        })?
        .collect()
    })
    .named("read the quarantine")
}
