//! Single facts by name.

use super::{Context, Error, Store};
use crate::wire::v1::Receipt;
use rusqlite::types::{FromSql, ToSql};
use rusqlite::{Connection, OptionalExtension, named_params};

/// Names of facts; in one place so that no two things share one.
pub(super) mod name {
    pub const IDENTITY: &str = "identity";
    pub const ENROLMENT: &str = "enrolment";
    pub const EPOCH: &str = "epoch";
    pub const SCOPE_VERSION: &str = "scope_version";
    pub const COUNTER: &str = "counter";
    pub const HEARD: &str = "hlc_heard";
    pub const CLOCK_OFFSET: &str = "clock_offset_ms";
    pub const RECEIPT: &str = "receipt";
    pub const REKEY: &str = "rekey";
    pub const HELD: &str = "held";
    pub const ADMISSION: &str = "admission";
    pub const PINS_SERIAL: &str = "pins_serial";
    pub const PULLED_ALL: &str = "pulled_all_ms";
    pub const REBUILD: &str = "rebuild";
}

pub(super) fn get<T: FromSql>(conn: &Connection, name: &str) -> Result<Option<T>, Error> {
    conn.prepare_cached("SELECT value FROM meta WHERE name = :name")
        .and_then(|mut s| s.query_row(named_params! {":name": name}, |row| row.get("value")).optional())
        .during("read a fact")
}

pub(super) fn set(conn: &Connection, name: &str, value: impl ToSql) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (:name, :value)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .and_then(|mut s| s.execute(named_params! {":name": name, ":value": value}))
    .during("write a fact")?;
    Ok(())
}

pub(super) fn unset(conn: &Connection, name: &str) -> Result<(), Error> {
    conn.execute("DELETE FROM meta WHERE name = :name", named_params! {":name": name})
        .during("forget a fact")?;
    Ok(())
}

/// An integer fact; strict tables hold it as text-free bytes, so it is written as a blob of eight bytes.
pub(super) fn get_int(conn: &Connection, name: &str) -> Result<Option<i64>, Error> {
    Ok(get::<[u8; 8]>(conn, name)?.map(i64::from_be_bytes))
}

pub(super) fn set_int(conn: &Connection, name: &str, value: i64) -> Result<(), Error> {
    set(conn, name, value.to_be_bytes())
}

impl Store {
    /// The server's epoch that this device knows.
    pub fn epoch(&self) -> Result<u32, Error> {
        Ok(get_int(&self.conn, name::EPOCH)?.unwrap_or(0) as u32)
    }

    /// Version of the scope that this device knows; 0 for none.
    pub fn scope_version(&self) -> Result<u64, Error> {
        Ok(get_int(&self.conn, name::SCOPE_VERSION)?.unwrap_or(0) as u64)
    }

    /// Whether the server holds this replica back until a supervisor confirms it.
    pub fn is_held(&self) -> Result<bool, Error> {
        Ok(get_int(&self.conn, name::HELD)?.unwrap_or(0) != 0)
    }

    /// Notes whether the server holds this replica back.
    pub fn set_held(&mut self, held: bool) -> Result<(), Error> {
        if self.is_held()? != held {
            set_int(&self.conn, name::HELD, held.into())?;
        }
        Ok(())
    }

    /// Server's clock minus this device's, milliseconds, as of the last contact.
    pub fn clock_offset_ms(&self) -> Result<Option<i64>, Error> {
        get_int(&self.conn, name::CLOCK_OFFSET)
    }

    /// When everything that the server had was last here, by this device's clock.
    pub fn pulled_all_ms(&self) -> Result<Option<i64>, Error> {
        get_int(&self.conn, name::PULLED_ALL)
    }

    /// The last receipt of this replica's changes: the proof that the server has them.
    pub fn last_receipt(&self) -> Result<Option<Receipt>, Error> {
        let json: Option<Vec<u8>> = get(&self.conn, name::RECEIPT)?;
        json.map(|j| serde_json::from_slice(&j).map_err(|_| Error::Damaged("receipt"))).transpose()
    }

    /// Reserves request counters: `first..first + count` are this caller's alone, whatever happens to it.
    pub fn reserve_counters(&mut self, count: u64) -> Result<u64, Error> {
        let tx = self.conn.transaction().during("begin reserving counters")?;
        let first = get_int(&tx, name::COUNTER)?.unwrap_or(1) as u64;
        set_int(&tx, name::COUNTER, (first + count) as i64)?;
        tx.commit().during("commit reserving counters")?;
        Ok(first)
    }

    /// Goes past a counter that the server has seen.
    pub fn jump_counter_past(&mut self, used: u64) -> Result<(), Error> {
        let next = get_int(&self.conn, name::COUNTER)?.unwrap_or(1).max(used.saturating_add(1) as i64);
        set_int(&self.conn, name::COUNTER, next)
    }
}
