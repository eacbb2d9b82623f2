//! The floors: the least that the same work could cost on this machine, measured in the same run.

use crate::record_sql::Recording;
use gridweave_core::ids::to_hex;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, Statement};
use std::path::Path;
use std::time::{Duration, Instant};

/// How a bare connection is set up: as the product sets up its own.
pub const DEVICE_PRAGMAS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 16777216;";
/// The same of the server.
pub const SERVER_PRAGMAS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864;";

/// A bare connection; to a device's database it has the key where this build encrypts.
pub fn open(database: &Path, pragmas: &str) -> rusqlite::Result<Connection> {
    let conn = Connection::open(database)?;
    if let Some(key) = crate::device::KEY.filter(|_| pragmas == DEVICE_PRAGMAS) {
        conn.pragma_update(None, "key", format!("x'{}'", to_hex(&key)))?;
    }
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    conn.execute_batch(pragmas)?;
    // As the product does; without it SQLite would plan some statements anew for each run.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(conn)
}

/// Runs recorded statements again on a bare connection, prepared once each, their values ready; answers how long.
/// Rows that they answer are stepped through.
pub fn replay(database: &Path, pragmas: &str, recording: &Recording) -> rusqlite::Result<Duration> {
    let conn = open(database, pragmas)?;
    let mut statements: Vec<Statement<'_>> =
        recording.texts.iter().map(|text| conn.prepare(text)).collect::<Result<_, _>>()?;
    let begun = Instant::now();
    for (no, values) in &recording.runs {
        run(&mut statements[*no], values)?;
    }
    Ok(begun.elapsed())
}

/// Runs one statement to its end.
fn run(statement: &mut Statement<'_>, values: &[Value]) -> rusqlite::Result<()> {
    for (at, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, value)?;
    }
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

/// Puts changes into a bare table, so many in a transaction, each transaction synced; answers how long.
pub fn bare_rows<'a>(
    database: &Path,
    pragmas: &str,
    a_transaction: usize,
    changes: impl Iterator<Item = (u32, u64, &'a [u8])>,
) -> rusqlite::Result<Duration> {
    let conn = open(database, pragmas)?;
    conn.execute_batch(
        "CREATE TABLE change (rid INTEGER, seq INTEGER, body BLOB, PRIMARY KEY (rid, seq)) WITHOUT ROWID",
    )?;
    let mut begin = conn.prepare("BEGIN IMMEDIATE")?;
    let mut insert = conn.prepare("INSERT INTO change (rid, seq, body) VALUES (?1, ?2, ?3)")?;
    let mut commit = conn.prepare("COMMIT")?;
    let changes: Vec<_> = changes.collect();
    let begun = Instant::now();
    for part in changes.chunks(a_transaction) {
        begin.execute([])?;
        for (rid, seq, body) in part {
            insert.execute((rid, *seq as i64, body))?;
        }
        commit.execute([])?;
    }
    Ok(begun.elapsed())
}
