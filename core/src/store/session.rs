//! Runs of sync with their figures, as this device saw them.

use super::{Context, Error, Store};
use crate::time::UtcMs;
use rusqlite::{Row, named_params};

/// How many runs are kept.
const SESSIONS_MAX: u32 = 500;

/// One run of sync.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionRow {
    /// When it began, by this device's clock.
    pub started_ms: UtcMs,
    /// How long it took.
    pub duration_ms: u64,
    /// `finished`, or a stable code of why not.
    pub outcome: String,
    /// Changes that got their receipt.
    pub pushed: u64,
    /// Records taken in.
    pub pulled: u64,
    /// Changes that went into quarantine.
    pub quarantined: u64,
    /// Photos that got their receipt.
    pub photos: u64,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// Requests that had to be repeated.
    pub retries: u64,
    /// Grids whose digests differed.
    pub divergences: u64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        started_ms: row.get("started_ms")?,
        duration_ms: row.get("duration_ms")?,
        outcome: row.get("outcome")?,
        pushed: row.get("pushed")?,
        pulled: row.get("pulled")?,
        quarantined: row.get("quarantined")?,
        photos: row.get("photos")?,
        bytes_up: row.get("bytes_up")?,
        bytes_down: row.get("bytes_down")?,
        retries: row.get("retries")?,
        divergences: row.get("divergences")?,
    })
}

impl Store {
    /// Writes a run down.
    pub fn add_session(&mut self, session: &SessionRow) -> Result<(), Error> {
        let tx = self.conn.transaction().during("begin a session")?;
        tx.execute(
            "INSERT INTO session (started_ms, duration_ms, outcome, pushed, pulled, quarantined, photos,
                                  bytes_up, bytes_down, retries, divergences)
             VALUES (:started_ms, :duration_ms, :outcome, :pushed, :pulled, :quarantined, :photos,
                     :bytes_up, :bytes_down, :retries, :divergences)",
            named_params! {
                ":started_ms": session.started_ms,
                ":duration_ms": session.duration_ms,
                ":outcome": session.outcome,
                ":pushed": session.pushed,
                ":pulled": session.pulled,
                ":quarantined": session.quarantined,
                ":photos": session.photos,
                ":bytes_up": session.bytes_up,
                ":bytes_down": session.bytes_down,
                ":retries": session.retries,
                ":divergences": session.divergences,
            },
        )
        .during("write a session")?;
        tx.execute(
            "DELETE FROM session WHERE id <= (SELECT max(id) FROM session) - :max",
            named_params! {":max": SESSIONS_MAX},
        )
        .during("forget old sessions")?;
        tx.commit().during("commit a session")
    }

    /// The last runs, newest first.
    pub fn sessions(&self, max: u32) -> Result<Vec<SessionRow>, Error> {
        self.conn
            .prepare_cached("SELECT * FROM session ORDER BY id DESC LIMIT :max")
            .and_then(|mut s| s.query_map(named_params! {":max": max}, read)?.collect())
            .during("read the sessions")
    }
}
