//! The log of sync sessions: what supervisors read to know how the field is doing.

use super::push::{PushContext, Tally};
use super::{Named, StoreError};
use gridweave_core::ids::Rid;
use gridweave_core::wire::v1::Facts;
use rusqlite::{Connection, params};

/// Adds one push to its session's row.
pub(super) fn note_push(
    conn: &Connection,
    rid: Rid,
    session: u64,
    context: &PushContext,
    tally: &Tally,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO session (rid, session, started_ms, last_ms, requests, pushed, quarantined, conflicts,
                              duplicates, bytes_up)
         VALUES (?1, ?2, ?3, ?3, 1, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (rid, session) DO UPDATE SET last_ms = excluded.last_ms, requests = requests + 1,
            pushed = pushed + excluded.pushed, quarantined = quarantined + excluded.quarantined,
            conflicts = conflicts + excluded.conflicts, duplicates = duplicates + excluded.duplicates,
            bytes_up = bytes_up + excluded.bytes_up",
    )
    .and_then(|mut s| {
        s.execute(params![
            rid.0,
            session as i64,
            context.now_ms,
            tally.pushed,
            tally.quarantined,
            tally.conflicts,
            tally.duplicates,
            context.bytes_up as i64
        ])
    })
    .named("note a push")?;
    note_heard(conn, rid, context.now_ms, context.counter, None)
}

/// Notes that a device was heard, with the request counter that it used.
fn note_heard(
    conn: &Connection,
    rid: Rid,
    now_ms: i64,
    counter: u64,
    offset: Option<i64>,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "UPDATE replica SET heard_ms = ?2, counter = max(counter, ?3),
            clock_offset_ms = coalesce(?4, clock_offset_ms) WHERE rid = ?1",
    )
    .and_then(|mut s| s.execute(params![rid.0, now_ms, counter as i64, offset]))
    .named("note that a device was heard")?;
    Ok(())
}

/// What one pull adds to its session's row.
#[derive(Debug, Default)]
pub(super) struct PullTally {
    pub pulled: usize,
    pub bytes_up: u64,
    pub bytes_down: u64,
    pub repaired: usize,
    pub counter: u64,
}

/// Adds one pull to its session's row; with the device's facts, when it told them.
pub(super) fn note_pull(
    conn: &Connection,
    rid: Rid,
    session: u64,
    now_ms: i64,
    facts: Option<&Facts>,
    tally: &PullTally,
) -> Result<(), StoreError> {
    let offset = facts.map(|f| now_ms.wrapping_sub(f.wall_ms));
    conn.prepare_cached(
        "INSERT INTO session (rid, session, started_ms, last_ms, requests, pulled, bytes_up, bytes_down, repaired)
         VALUES (?1, ?2, ?3, ?3, 1, ?4, ?5, ?6, ?7)
         ON CONFLICT (rid, session) DO UPDATE SET last_ms = excluded.last_ms, requests = requests + 1,
            pulled = pulled + excluded.pulled, bytes_up = bytes_up + excluded.bytes_up,
            bytes_down = bytes_down + excluded.bytes_down, repaired = repaired + excluded.repaired",
    )
    .and_then(|mut s| {
        s.execute(params![
            rid.0, session as i64, now_ms, tally.pulled as i64, tally.bytes_up as i64, tally.bytes_down as i64,
            tally.repaired as i64
        ])
    })
    .named("note a pull")?;
    if let Some(facts) = facts {
        conn.prepare_cached(
            "UPDATE session SET clock_offset_ms = ?3, app = ?4, schema = ?5, battery = ?6, network = ?7,
                storage_free_mib = ?8, retries = ?9, last_session_ms = ?10, outbox = ?11
             WHERE rid = ?1 AND session = ?2",
        )
        .and_then(|mut s| {
            s.execute(params![
                rid.0,
                session as i64,
                offset,
                facts.app,
                facts.schema,
                facts.battery,
                facts.network,
                facts.storage_free_mib,
                facts.retries,
                facts.last_session_ms,
                facts.outbox
            ])
        })
        .named("note how a device is doing")?;
    }
    note_heard(conn, rid, now_ms, tally.counter, offset)
}
