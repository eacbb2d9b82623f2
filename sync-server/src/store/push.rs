//! Receiving changes: one push is one operation, and what it answers is on disk.
//!
//! A bad change never blocks the ones behind it: it goes to quarantine with its reason, is kept byte for byte, and is
//! receipted like the others. `Decide, then do`: [`judge`] says what becomes of a change, the caller does it.

use super::early;
use super::merger::Merger;
use super::replica::{self, Replica, ReplicaState};
use super::row::Row;
use super::{Named, Store, StoreError};
use gridweave_core::form::Catalog;
use gridweave_core::ids::{ChainHash, Rid, Seq};
use gridweave_core::merge::Applied;
use gridweave_core::record::{Change, ChangeKind, CodecError, fit, system};
use gridweave_core::wire::v1::{Fork, Push, Quarantined};
use gridweave_core::wire::{Bytes, CHANGE_BYTES_MAX};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reason of changes that wait for a supervisor to confirm their replica.
pub const HELD: &str = "held";
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

/// A change that has nothing wrong with it. With the row of the record that it makes, the change itself is cut down to
/// what its place is judged by.
struct Checked {
    change: Change,
    made: Option<Row>,
}

impl Checked {
    fn of(catalog: &Catalog, identity_key: &[u8], rid: Rid, mut change: Change) -> Checked {
        let makes = change.kind == ChangeKind::Create;
        let made = makes.then(|| Row::made_by(catalog, identity_key, rid, &change)).flatten();
        if made.is_some() {
            change.writes.retain(|write| write.field.no == system::GRID || !write.replaces.is_empty());
        }
        Checked { change, made }
    }
}

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
    let key = <[u8; 32]>::try_from(replica.device_key.as_slice())
        .ok()
        .and_then(|bytes| ed25519_dalek::VerifyingKey::from_bytes(&bytes).ok());
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

/// Judges again, in order, what a replica handed in before it was confirmed; answers how many changes were merged.
pub(super) fn admit_held(
    conn: &Connection,
    catalog: &Catalog,
    merger: &mut Merger<'_>,
    rid: Rid,
) -> Result<u32, StoreError> {
    let replica = replica::read(conn, rid)?.ok_or(StoreError::Corrupt("a replica"))?;
    let judge = Judge::new(conn, catalog, &replica)?;
    let held: Vec<(i64, Vec<u8>)> = conn
        .prepare_cached(
            "SELECT seq, bytes FROM quarantine JOIN change USING (rid, seq)
             WHERE rid = ?1 AND code = ?2 AND state = 'open' ORDER BY seq",
        )
        .and_then(|mut s| s.query_map(params![rid.0, HELD], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .named("read held changes")?;
    let mut merged = 0;
    for (seq, bytes) in held {
        merged += u32::from(judge_again(conn, merger, &judge, seq, &bytes)?);
    }
    early::wake(conn, &judge, merger)?;
    Ok(merged)
}

/// Judges a change that lies in quarantine again, and merges it if it is good now: `true`.
pub(super) fn judge_again(
    conn: &Connection,
    merger: &mut Merger<'_>,
    judge: &Judge<'_>,
    seq: i64,
    bytes: &[u8],
) -> Result<bool, StoreError> {
    let rid = judge.replica.rid;
    let change = check_alone(judge.catalog, Seq(seq as u64), bytes);
    match judge.and_merge(merger, change.map(|change| Checked { change, made: None }), bytes)? {
        Ok(record) => {
            conn.execute("DELETE FROM quarantine WHERE rid = ?1 AND seq = ?2", params![rid.0, seq])
                .named("admit a change")?;
            let sql = "UPDATE change SET record = ?3 WHERE rid = ?1 AND seq = ?2";
            conn.execute(sql, params![rid.0, seq, record]).named("admit a change")?;
            Ok(true)
        }
        Err(code) => {
            let sql = "UPDATE quarantine SET code = ?3 WHERE rid = ?1 AND seq = ?2";
            conn.execute(sql, params![rid.0, seq, code]).named("quarantine a change")?;
            early::note(conn, code, rid, seq, bytes)?;
            Ok(false)
        }
    }
}

/// Reads a change and checks what can be checked without the database.
fn check_alone(catalog: &Catalog, seq: Seq, bytes: &[u8]) -> Result<Change, &'static str> {
    if bytes.len() > CHANGE_BYTES_MAX {
        return Err("too_large");
    }
    let change = match Change::decode(bytes) {
        Ok(change) => change,
        Err(CodecError::Version(_)) => return Err("unknown_version"),
        Err(_) => return Err("malformed"),
    };
    if change.seq != seq {
        return Err("wrong_number");
    }
    fit::check(catalog, &change).map_err(|misfit| misfit.code())?;
    Ok(change)
}

/// What the changes of one replica are judged by.
pub(super) struct Judge<'a> {
    catalog: &'a Catalog,
    replica: Replica,
    scope: BTreeSet<i64>,
    /// The database was put back from a backup: what a change builds on may have yet to come.
    pub(super) restored: bool,
}

impl<'a> Judge<'a> {
    pub fn new(conn: &Connection, catalog: &'a Catalog, replica: &Replica) -> Result<Judge<'a>, StoreError> {
        let scope = replica::writable_grids(conn, replica.rid)?.into_iter().collect();
        let restored = super::restored::last(conn)?.is_some();
        Ok(Judge { catalog, replica: replica.clone(), scope, restored })
    }

    /// The same for another replica.
    pub fn of(&self, conn: &Connection, replica: &Replica) -> Result<Judge<'a>, StoreError> {
        Judge::new(conn, self.catalog, replica)
    }

    /// Merges a change if it is good; answers the row id of its record, or the reason to keep it apart.
    fn and_merge(
        &self,
        merger: &mut Merger<'_>,
        change: Result<Checked, &'static str>,
        bytes: &[u8],
    ) -> Result<Result<i64, &'static str>, StoreError> {
        let Checked { change, made } = match self.judge(merger, change)? {
            Ok(checked) => checked,
            Err(code) => return Ok(Err(code)),
        };
        let (record, rid) = (change.record, self.replica.rid);
        let applied = match made {
            Some(row) if merger.type_of(record)?.is_none() => {
                merger.make(rid, &change, row);
                Ok(Applied::New)
            }
            // Two changes make one record: the later one is merged into it, whole.
            Some(_) => {
                let whole = Change::decode(bytes).map_err(|_| StoreError::Corrupt("a change"))?;
                merger.apply(rid, &whole)?
            }
            None => merger.apply(rid, &change)?,
        };
        match applied {
            Ok(_) => Ok(Ok(merger.row_id(record)?)),
            Err(_) => Ok(Err("unmergeable")),
        }
    }

    /// What becomes of a received change: `Ok` to merge it, or the reason to keep it apart.
    fn judge(
        &self,
        merger: &mut Merger<'_>,
        checked: Result<Checked, &'static str>,
    ) -> Result<Result<Checked, &'static str>, StoreError> {
        match self.replica.state {
            ReplicaState::Revoked => return Ok(Err("revoked")),
            ReplicaState::Unconfirmed => return Ok(Err(HELD)),
            _ => {}
        }
        let checked = match checked {
            Ok(checked) => checked,
            Err(code) => return Ok(Err(code)),
        };
        let change = &checked.change;
        if change.author != self.replica.person {
            return Ok(Err("other_author"));
        }
        if !saw_what_it_replaces(merger, self.replica.rid, change)? {
            return Ok(Err("replaces_unseen"));
        }
        Ok(match judge_place(merger, &self.scope, change)? {
            Ok(()) => Ok(checked),
            Err("unknown_record") if self.restored => Err(early::EARLY),
            Err(code) => Err(code),
        })
    }
}

/// Whether everything that the change replaces can have been on its screen: another replica's change that is here or was
/// here before a restore, or an earlier one of its own. A dot of the future would make a value dead before it is written.
pub(super) fn saw_what_it_replaces(
    merger: &mut Merger<'_>,
    rid: Rid,
    change: &Change,
) -> Result<bool, StoreError> {
    let in_registers = change.writes.iter().flat_map(|w| &w.replaces);
    let in_sets = change.sets.iter().flat_map(|s| &s.removes).flat_map(|(_, dots)| dots);
    for dot in in_registers.chain(in_sets) {
        let last =
            if dot.rid == rid { Seq(change.seq.0.saturating_sub(1)) } else { merger.last_seq(dot.rid)? };
        let is_here = dot.seq.0 > 0 && dot.seq <= last;
        let was_here = dot.seq.0 > 0 && dot.rid != rid;
        if !(is_here || was_here && merger.may_be_lost(dot.rid)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the change lies in the scope: the record's grids, or, for a new record, the grid it names.
pub(super) fn judge_place(
    merger: &mut Merger<'_>,
    scope: &BTreeSet<i64>,
    change: &Change,
) -> Result<Result<(), &'static str>, StoreError> {
    let named = change.writes.iter().find(|w| w.field.no == system::GRID);
    let named = match named.map(|w| w.value.as_text()) {
        Some(Some(code)) => match merger.grid_id(code)? {
            Some(id) => Some(id),
            None => return Ok(Err("unknown_grid")),
        },
        Some(None) => return Ok(Err("unknown_grid")),
        None => None,
    };
    let exists = merger.type_of(change.record)?;
    Ok(match (exists, change.kind) {
        (None, ChangeKind::Create) => match named {
            Some(grid) if scope.contains(&grid) => Ok(()),
            Some(_) => Err("out_of_scope"),
            None => Err("no_grid"),
        },
        (None, _) => Err("unknown_record"),
        (Some(no), _) if no != change.record_type.no => Err("other_type"),
        (Some(_), _) => {
            let grids = merger.grids_of(change.record)?;
            if grids.is_disjoint(scope) { Err("out_of_scope") } else { Ok(()) }
        }
    })
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
