//! What becomes of a received change: merged, or kept apart with its reason.

use super::early;
use super::merger::Merger;
use super::replica::{self, Replica, ReplicaState};
use super::row::Row;
use super::{Named, StoreError};
use gridweave_core::form::Catalog;
use gridweave_core::ids::{Rid, Seq};
use gridweave_core::merge::Applied;
use gridweave_core::record::{Change, ChangeKind, CodecError, fit, system};
use gridweave_core::wire::CHANGE_BYTES_MAX;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// Reason of changes that wait for a supervisor to confirm their replica.
pub const HELD: &str = "held";

/// A change that has nothing wrong with it. With the row of the record that it makes, the change itself is cut down to
/// what its place is judged by.
pub(super) struct Checked {
    pub(super) change: Change,
    made: Option<Row>,
}

impl Checked {
    pub(super) fn of(catalog: &Catalog, identity_key: &[u8], rid: Rid, mut change: Change) -> Checked {
        let makes = change.kind == ChangeKind::Create;
        let made = makes.then(|| Row::made_by(catalog, identity_key, rid, &change)).flatten();
        if made.is_some() {
            change.writes.retain(|write| write.field.no == system::GRID || !write.replaces.is_empty());
        }
        Checked { change, made }
    }
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
pub(super) fn check_alone(catalog: &Catalog, seq: Seq, bytes: &[u8]) -> Result<Change, &'static str> {
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
    pub(super) fn and_merge(
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
