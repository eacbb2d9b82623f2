//! Changes that came before what they build on: after a restore devices hand in again in whatever order they call, so an
//! edit may come before the creation of its record, which another device makes up for.
//!
//! Such a change waits in quarantine as `early` and is judged again as soon as its record is there. Until then all
//! changes of its replica to that record wait with it, for there is no such record yet: so the order in which a replica
//! wrote a record is kept.

use super::judge::{self, Judge};
use super::merger::Merger;
use super::replica;
use super::{Named, StoreError};
use gridweave_core::ids::Rid;
use gridweave_core::record::Change;
use rusqlite::{Connection, params};

/// Its reason in quarantine.
pub const EARLY: &str = "early";

/// Notes of a change that was quarantined for this reason whether it waits for its record.
pub(super) fn note(
    conn: &Connection,
    code: &str,
    rid: Rid,
    seq: i64,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let Some(change) = Change::decode(bytes).ok().filter(|_| code == EARLY) else { return Ok(()) };
    conn.prepare_cached("INSERT OR IGNORE INTO early (record, rid, seq) VALUES (?1, ?2, ?3)")
        .and_then(|mut s| s.execute(params![change.record.0, rid.0, seq]))
        .named("note an early change")?;
    Ok(())
}

/// Judges again what waited for records that this operation made. The caller finishes the merger.
pub(super) fn wake(conn: &Connection, judge: &Judge<'_>, merger: &mut Merger<'_>) -> Result<(), StoreError> {
    if !judge.restored {
        return Ok(());
    }
    for record in merger.made() {
        let waiting: Vec<(u32, i64, Vec<u8>)> = conn
            .prepare_cached(
                "SELECT early.rid, early.seq, change.bytes FROM early JOIN change USING (rid, seq)
                 JOIN quarantine USING (rid, seq)
                 WHERE early.record = ?1 AND quarantine.state = 'open' ORDER BY early.rid, early.seq",
            )
            .and_then(|mut s| {
                s.query_map([record.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
            })
            .named("find early changes")?;
        if waiting.is_empty() {
            continue;
        }
        for (rid, seq, bytes) in waiting {
            let replica = replica::read(conn, Rid(rid))?.ok_or(StoreError::Corrupt("a replica"))?;
            let judge = judge.of(conn, &replica)?;
            judge::judge_again(conn, merger, &judge, seq, &bytes)?;
        }
        conn.prepare_cached("DELETE FROM early WHERE record = ?1")
            .and_then(|mut s| s.execute([record.0]))
            .named("forget early changes")?;
    }
    Ok(())
}
