//! Negative controls: damage done to the server's data behind its back, which the demo's check must notice.

use gridweave_core::ids::{PersonNo, Rid, Seq};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, ChangeKind, Write};
use gridweave_core::time::Hlc;
use rusqlite::{Connection, params};
use std::error::Error;
use std::path::Path;

/// What is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// A received change is gone.
    DropChange,
    /// Of several live values only the latest is kept.
    LastWriterWins,
    /// Records of one code are not linked.
    NoLink,
    /// What should be in quarantine is taken as good.
    SkipQuarantine,
}

/// Does the damage.
pub fn commit(sabotage: Sabotage, data: &Path) -> Result<(), Box<dyn Error>> {
    let conn = Connection::open(data.join("gridweave.db"))?;
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    let damaged = match sabotage {
        Sabotage::DropChange => drop_change(&conn)?,
        Sabotage::LastWriterWins => last_writer_wins(&conn)?,
        Sabotage::NoLink => conn.execute("DELETE FROM identity", [])?,
        Sabotage::SkipQuarantine => conn.execute("DELETE FROM quarantine", [])?,
    };
    if damaged == 0 { Err("there was nothing to damage".into()) } else { Ok(()) }
}

fn drop_change(conn: &Connection) -> rusqlite::Result<usize> {
    conn.execute(
        "DELETE FROM change WHERE (rid, seq) = (SELECT rid, seq FROM change WHERE record > 0 ORDER BY rid, seq LIMIT 1)",
        [],
    )
}

/// A resolution that nobody made: for every register in conflict the latest value replaces the others.
fn last_writer_wins(conn: &Connection) -> Result<usize, Box<dyn Error>> {
    let rows: Vec<(i64, Vec<u8>)> = conn
        .prepare("SELECT id, state FROM record WHERE conflicts > 0")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, bytes) in &rows {
        let mut state = RecordState::decode(bytes)?;
        let writes = state.conflicts().into_iter().filter_map(|field| {
            let replaces = state.registers().get(&field)?.dots();
            Some(Write { field, value: state.shown(field)?.value, replaces })
        });
        let change = Change {
            seq: Seq(1),
            record: state.record,
            record_type: state.record_type,
            kind: ChangeKind::Resolve,
            hlc: Hlc::default(),
            wall_ms: 0,
            mono_ms: 0,
            boot: 0,
            gnss_ms: None,
            author: PersonNo(0),
            fix: None,
            writes: writes.collect(),
            sets: vec![],
            was: None,
            unknown: vec![],
        };
        state.apply(Rid(u32::MAX), &change)?;
        let sql = "UPDATE record SET conflicts = 0, digest = ?2, state = ?3 WHERE id = ?1";
        conn.execute(sql, params![id, state.digest().to_be_bytes(), state.encode()])?;
    }
    Ok(rows.len())
}
