//! What was shown whole though it is masked: written down before it is shown, never the value itself.

use super::{Context, Error, Store};
use crate::ids::{FieldKey, FieldNo, Instance, RecordId, TypeNo};
use crate::time::UtcMs;
use rusqlite::{Row, named_params};

/// How many are kept.
const REVEALED_MAX: u32 = 10_000;

/// A field that was shown whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revealed {
    /// When, by this device's clock.
    pub at_ms: UtcMs,
    /// Of which record.
    pub record: RecordId,
    /// The record's type.
    pub record_type: TypeNo,
    /// Which field.
    pub field: FieldKey,
    /// Why: a stable name.
    pub reason: String,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Revealed> {
    let instance: Option<[u8; 8]> = row.get("instance")?;
    Ok(Revealed {
        at_ms: row.get("at_ms")?,
        record: RecordId(row.get("record")?),
        record_type: TypeNo(row.get("type")?),
        field: FieldKey {
            no: FieldNo(row.get("field")?),
            instance: instance.map(u64::from_be_bytes).map(Instance),
        },
        reason: row.get("reason")?,
    })
}

impl Store {
    /// Writes one down, durably.
    pub fn note_reveal(&mut self, revealed: &Revealed) -> Result<(), Error> {
        let tx = self.conn.transaction().during("begin noting what is shown")?;
        tx.execute(
            "INSERT INTO revealed (at_ms, record, type, field, instance, reason)
             VALUES (:at_ms, :record, :type, :field, :instance, :reason)",
            named_params! {
                ":at_ms": revealed.at_ms,
                ":record": revealed.record.0,
                ":type": revealed.record_type.0,
                ":field": revealed.field.no.0,
                ":instance": revealed.field.instance.map(|instance| instance.0.to_be_bytes()),
                ":reason": revealed.reason,
            },
        )
        .during("note what is shown")?;
        tx.execute(
            "DELETE FROM revealed WHERE id <= (SELECT max(id) FROM revealed) - :max",
            named_params! {":max": REVEALED_MAX},
        )
        .during("forget old notes of what was shown")?;
        tx.commit().during("commit what is shown")
    }

    /// The last ones, newest first.
    pub fn revealed(&self, max: u32) -> Result<Vec<Revealed>, Error> {
        self.conn
            .prepare_cached("SELECT * FROM revealed ORDER BY id DESC LIMIT :max")
            .and_then(|mut s| s.query_map(named_params! {":max": max}, read)?.collect())
            .during("read what was shown")
    }
}
