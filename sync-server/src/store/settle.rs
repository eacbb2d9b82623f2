//! What supervisors write: settled conflicts, reviews, deletions, corrections, and changes released from quarantine.
//!
//! They write like a device: as a replica, numbered and chained, one change a save, merged by the same [`Merger`]. A
//! person keeps one such replica as long as it does no harm: a replica's later write of a register replaces its own
//! earlier one even unnamed, so where an earlier value of it is live that the screen did not show, another replica
//! writes.

use super::audit::{self, Note};
use super::merger::Merger;
use super::replica::{self, Replica};
use super::{Named, Store, StoreError, restored};
use gridweave_core::form::Catalog;
use gridweave_core::ids::{Dot, PersonNo, RecordId, Rid, Seq};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, ChangeKind, Write, fit, system};
use gridweave_core::time::Hlc;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

/// Stamps from further ahead than this are not followed, milliseconds.
const AHEAD_MS_MAX: i64 = 120_000;

/// What a supervisor wants written.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who.
    pub person: PersonNo,
    /// To which record.
    pub record: RecordId,
    /// What is meant.
    pub kind: ChangeKind,
    /// Registers to set; `replaces` names exactly the values that were on the screen.
    pub writes: Vec<Write>,
    /// Why, where a reason was asked for.
    pub reason: String,
}

/// Why an order was not carried out. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such record.
    #[error("there is no such record")]
    NoRecord,
    /// A value that its field cannot hold.
    #[error("a value does not fit its field: {0}")]
    Misfit(#[from] fit::Misfit),
    /// A grid that the city does not have.
    #[error("the city has no grid with this code")]
    UnknownGrid,
    /// A value to be replaced that nobody ever wrote into this field.
    #[error("a value to be replaced was never in this field; read the record again")]
    Unseen,
}

impl Store {
    /// Carries out an order; answers the name of the change that did it.
    pub async fn settle(
        &self,
        order: Order,
        identity_key: Arc<Vec<u8>>,
        now_ms: i64,
    ) -> Result<Result<Dot, Refused>, StoreError> {
        let catalog = self.catalog().clone();
        self.write(move |conn| {
            let mut merger = Merger::new(conn, &catalog, &identity_key, now_ms);
            let dot = match carry_out(conn, &catalog, &mut merger, &order, now_ms)? {
                Ok(dot) => dot,
                Err(refused) => return Ok(Err(refused)),
            };
            merger.finish()?;
            let object = format!("{} {}", order.record, dot);
            let note = Note {
                person: Some(order.person),
                action: order.kind.name(),
                object: &object,
                reason: &order.reason,
            };
            audit::note(conn, now_ms, &note)?;
            Ok(Ok(dot))
        })
        .await
    }
}

fn carry_out(
    conn: &Connection,
    catalog: &Catalog,
    merger: &mut Merger<'_>,
    order: &Order,
    now_ms: i64,
) -> Result<Result<Dot, Refused>, StoreError> {
    let Some(state) = merger.state(order.record)? else { return Ok(Err(Refused::NoRecord)) };
    let written =
        |write: &Write, dot: &Dot| state.registers().get(&write.field).is_some_and(|r| r.has_seen(*dot));
    if order.writes.iter().any(|write| !write.replaces.iter().all(|dot| written(write, dot))) {
        return Ok(Err(Refused::Unseen));
    }
    let draft = Change {
        seq: UNNUMBERED,
        record: order.record,
        kind: order.kind,
        author: order.person,
        hlc: next_stamp(state, now_ms),
        wall_ms: now_ms,
        mono_ms: 0,
        boot: 0,
        gnss_ms: None,
        fix: None,
        record_type: state.record_type,
        writes: order.writes.clone(),
        sets: Vec::new(),
        was: None,
        unknown: Vec::new(),
    };
    if let Some(write) = draft.writes.iter().find(|w| w.field.no == system::GRID) {
        let known = match write.value.as_text() {
            Some(code) => merger.grid_id(code)?.is_some(),
            None => false,
        };
        if !known {
            return Ok(Err(Refused::UnknownGrid));
        }
    }
    write_as(conn, catalog, merger, order.person, draft, now_ms)
}

/// Number of a change that has none yet.
pub(super) const UNNUMBERED: Seq = Seq(0);

/// Writes a change as a server replica of `person`, into the log and the merged record, under that replica's next
/// number. The caller finishes the merger.
pub(super) fn write_as(
    conn: &Connection,
    catalog: &Catalog,
    merger: &mut Merger<'_>,
    person: PersonNo,
    draft: Change,
    now_ms: i64,
) -> Result<Result<Dot, Refused>, StoreError> {
    let writer = writer(conn, merger, person, &draft, now_ms)?;
    let seq = Seq(writer.last_seq.0 + 1);
    let change = Change { seq, ..draft };
    if let Err(misfit) = fit::check(catalog, &change) {
        return Ok(Err(misfit.into()));
    }
    let bytes = change.encode();
    let hash = writer.chain_key.next(writer.hash, &bytes);
    // A new number never clashes, and the type was taken from the record: there is nothing to refuse.
    merger.apply(writer.rid, &change)?.map_err(|_| StoreError::Corrupt("a server replica"))?;
    let row_id = merger.row_id(change.record)?;
    conn.prepare_cached(
        "INSERT INTO change (rid, seq, record, received_ms, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .and_then(|mut s| s.execute(params![writer.rid.0, seq.0 as i64, row_id, now_ms, bytes]))
    .named("store a supervisor's change")?;
    conn.prepare_cached("UPDATE replica SET last_seq = ?2, hash = ?3 WHERE rid = ?1")
        .and_then(|mut s| s.execute(params![writer.rid.0, seq.0 as i64, hash.0]))
        .named("move a server replica's head")?;
    Ok(Ok(change.dot(writer.rid)))
}

/// The person's server replica, or a new one where the old would replace a value that this change does not name.
fn writer(
    conn: &Connection,
    merger: &mut Merger<'_>,
    person: PersonNo,
    draft: &Change,
    now_ms: i64,
) -> Result<Replica, StoreError> {
    // One from before a restore may have written more than is known here: its numbers are not given out again.
    let floor = restored::last(conn)?.map_or(Rid(0), |(_, floor)| floor);
    let last: Option<u32> = conn
        .prepare_cached("SELECT max(rid) FROM replica WHERE person = ?1 AND state = 'server' AND rid > ?2")
        .and_then(|mut s| s.query_row([person.0, floor.0], |row| row.get(0)).optional())
        .named("find a server replica")?
        .flatten();
    let reusable = match (last.map(Rid), merger.state(draft.record)?) {
        (Some(rid), Some(state)) => Some(rid).filter(|rid| !would_drop(state, *rid, &draft.writes)),
        (rid, _) => rid,
    };
    let rid = match reusable {
        Some(rid) => rid,
        None => replica::insert_server_writer(conn, person, now_ms)?,
    };
    replica::read(conn, rid)?.ok_or(StoreError::Corrupt("a server replica"))
}

/// Whether one of the writes, made by `rid`, would replace a live value of `rid` that it does not name.
fn would_drop(state: &RecordState, rid: Rid, writes: &[Write]) -> bool {
    writes.iter().any(|write| {
        let live = state.registers().get(&write.field).map(|r| r.dots()).unwrap_or_default();
        live.iter().any(|dot| dot.rid == rid && !write.replaces.contains(dot))
    })
}

/// After every stamp that is live in the record, but not dragged along by a clock far ahead.
fn next_stamp(state: &RecordState, now_ms: i64) -> Hlc {
    let dots = state.registers().values().flat_map(|r| r.dots());
    let latest = dots.filter_map(|dot| state.stamp(dot)).map(|s| s.hlc).max().unwrap_or_default();
    Hlc::default().hear(latest, now_ms + AHEAD_MS_MAX).tick(now_ms)
}
