//! When changes were saved: by the server's clock, as far as this device knows it.
//!
//! What counts as saved today rests on it, and what screens show beside a change. The order of changes does not: that is
//! the log's. A phone's clock may be set between two saves; the satellites' time tells through it at once, and the next
//! contact with the server puts right what was saved since the device's other clock began.

use super::{Context, Error, Store, meta, meta::name};
use crate::record::Change;
use crate::time::{Clock, UtcMs};
use rusqlite::{Connection, named_params};

/// An offset that moved by more than this: somebody set the clock.
const SET_MS: u64 = 60_000;

/// The instant of a change that is being saved.
pub(super) fn saved_ms(conn: &Connection, change: &Change) -> Result<UtcMs, Error> {
    let offset_ms = meta::get_int(conn, name::CLOCK_OFFSET)?.unwrap_or(0);
    Ok(change.gnss_ms.unwrap_or(change.wall_ms.saturating_add(offset_ms)))
}

impl Store {
    /// How many changes were saved in a span of the server's time, the end excluded, and how many of them have a receipt.
    pub fn saved_between(&self, from_ms: UtcMs, to_ms: UtcMs) -> Result<(u64, u64), Error> {
        self.conn
            .query_row(
                "SELECT count(*) AS saved, coalesce(sum(state <> 'pending'), 0) AS received
                 FROM change WHERE saved_ms >= :from AND saved_ms < :to",
                named_params! {":from": from_ms, ":to": to_ms},
                |row| Ok((row.get("saved")?, row.get("received")?)),
            )
            .during("count what was saved")
    }

    /// Where the offset moved since `offset_before_ms`, dates what was saved since this device started by the server's
    /// clock and the time that passed since.
    pub(crate) fn put_right(
        &mut self,
        offset_before_ms: Option<i64>,
        clock: &dyn Clock,
    ) -> Result<(), Error> {
        let offset_ms = self.clock_offset_ms()?.unwrap_or(0);
        if offset_ms.abs_diff(offset_before_ms.unwrap_or(0)) <= SET_MS {
            return Ok(());
        }
        let now_ms = clock.wall_ms().saturating_add(offset_ms);
        let (mono_ms, boot) = (clock.mono_ms(), clock.boot());
        let rid = self.identity()?.rid;
        let tx = self.conn.transaction().during("begin dating changes")?;
        {
            let mut log = tx
                .prepare_cached("SELECT seq, bytes FROM change WHERE rid = :rid ORDER BY seq DESC")
                .during("read what was saved")?;
            let mut rows = log.query(named_params! {":rid": rid.0}).during("read what was saved")?;
            while let Some(row) = rows.next().during("read what was saved")? {
                let bytes: Vec<u8> = row.get("bytes").during("read what was saved")?;
                let change = Change::decode(&bytes)?;
                let Some(passed_ms) = mono_ms.checked_sub(change.mono_ms).filter(|_| change.boot == boot)
                else {
                    break;
                };
                let saved_ms = change.gnss_ms.unwrap_or(now_ms.saturating_sub_unsigned(passed_ms));
                tx.prepare_cached("UPDATE change SET saved_ms = :saved_ms WHERE rid = :rid AND seq = :seq")
                    .and_then(|mut s| {
                        s.execute(named_params! {":saved_ms": saved_ms, ":rid": rid.0, ":seq": change.seq.0})
                    })
                    .during("date a change")?;
            }
        }
        tx.commit().during("commit dating changes")
    }
}
