//! What was received and not accepted: listed with its reason, released by a supervisor, or dismissed. Never dropped: a
//! dismissed change stays in the log and in the table.

use super::audit::{self, Note};
use super::merger::{self, Merger};
use super::settle::{Refused, UNNUMBERED, write_as};
use super::{Named, Store, StoreError, judge};
use gridweave_core::form::Catalog;
use gridweave_core::ids::{Dot, PersonNo, Rid, Seq};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, Write};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One change that was not accepted.
#[derive(Debug, Clone)]
pub struct QuarantineRow {
    /// Its name.
    pub dot: Dot,
    /// Stable reason.
    pub code: String,
    /// When it came, UTC milliseconds.
    pub received_ms: i64,
    /// `open`, `released` or `dismissed`.
    pub state: String,
    /// What the device says it is.
    pub device: String,
    /// Whose device it is.
    pub name: String,
    /// Who settled it, and when.
    pub settled: Option<(String, i64)>,
    /// Its length in bytes.
    pub len: usize,
    /// What it says; `None`: it cannot be read.
    pub change: Option<Change>,
    /// The record that it is about, if there is one.
    pub record: Option<RecordState>,
}

/// Why a change cannot be released. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseRefused {
    /// No open change has this name in quarantine.
    #[error("nothing waits in quarantine under this name")]
    NotOpen,
    /// It waits for its device to be confirmed, which admits all of that device's changes in order.
    #[error("confirm its device instead")]
    Held,
    /// Its bytes are no change that this version can read.
    #[error("the bytes are not a change")]
    Unreadable,
    /// It still does not fit; the reason is a code of the quarantine.
    #[error("it still cannot be accepted: {0}")]
    Unfit(&'static str),
}

impl Store {
    /// Changes in quarantine, open ones or settled ones, latest first.
    pub async fn quarantine(
        &self,
        open: bool,
        before: Option<(i64, Dot)>,
        limit: u32,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        self.read(move |conn| list(conn, open, before, limit)).await
    }

    /// Releases a change: a supervisor's replica writes it again, with its author, times and place, in its own name.
    pub async fn release(
        &self,
        dot: Dot,
        person: PersonNo,
        reason: String,
        identity_key: Arc<Vec<u8>>,
        now_ms: i64,
    ) -> Result<Result<Dot, ReleaseRefused>, StoreError> {
        let catalog = self.catalog().clone();
        self.write(move |conn| {
            let mut merger = Merger::new(conn, &catalog, &identity_key, now_ms);
            let new = match release(conn, &catalog, &mut merger, dot, person, now_ms)? {
                Ok(new) => new,
                Err(refused) => return Ok(Err(refused)),
            };
            merger.finish()?;
            settle_row(conn, dot, "released", person, now_ms)?;
            let object = format!("{dot} as {new}");
            audit::note(
                conn,
                now_ms,
                &Note { person: Some(person), action: "release", object: &object, reason: &reason },
            )?;
            Ok(Ok(new))
        })
        .await
    }

    /// Declares that a change is not wanted. It stays where it is. `false`: nothing open has this name.
    pub async fn dismiss(
        &self,
        dot: Dot,
        person: PersonNo,
        reason: String,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            if open_code(conn, dot)?.is_none_or(|code| code == judge::HELD) {
                return Ok(false);
            }
            settle_row(conn, dot, "dismissed", person, now_ms)?;
            let object = dot.to_string();
            audit::note(
                conn,
                now_ms,
                &Note { person: Some(person), action: "dismiss", object: &object, reason: &reason },
            )?;
            Ok(true)
        })
        .await
    }
}

fn release(
    conn: &Connection,
    catalog: &Catalog,
    merger: &mut Merger<'_>,
    dot: Dot,
    person: PersonNo,
    now_ms: i64,
) -> Result<Result<Dot, ReleaseRefused>, StoreError> {
    match open_code(conn, dot)?.as_deref() {
        None => return Ok(Err(ReleaseRefused::NotOpen)),
        Some(judge::HELD) => return Ok(Err(ReleaseRefused::Held)),
        Some(_) => {}
    }
    let bytes: Vec<u8> = conn
        .query_row(
            "SELECT bytes FROM change WHERE rid = ?1 AND seq = ?2",
            params![dot.rid.0, dot.seq.0 as i64],
            |row| row.get(0),
        )
        .named("read a change in quarantine")?;
    let Ok(mut change) = Change::decode(&bytes) else { return Ok(Err(ReleaseRefused::Unreadable)) };
    // Judged like any other, but for scope: the supervisor answers for that.
    let everywhere: BTreeSet<i64> = conn
        .prepare_cached("SELECT id FROM grid")
        .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
        .named("list the grids")?;
    if let Err(code) = judge::judge_place(merger, &everywhere, &change)? {
        return Ok(Err(ReleaseRefused::Unfit(code)));
    }
    if !judge::saw_what_it_replaces(merger, dot.rid, &change)? {
        return Ok(Err(ReleaseRefused::Unfit("replaces_unseen")));
    }
    // Under whatever name it is written again: its photos are on the device that took them.
    let (record, photos) = (change.record, merger::photos(dot.rid, &change).collect());
    let writes = still_meant(merger.state(change.record)?, dot, std::mem::take(&mut change.writes));
    let draft = Change { seq: UNNUMBERED, writes, was: Some(dot), ..change };
    Ok(match write_as(conn, catalog, merger, person, draft, now_ms)? {
        Ok(new) => {
            merger.claim(record, photos);
            Ok(new)
        }
        Err(Refused::Misfit(misfit)) => Err(ReleaseRefused::Unfit(misfit.code())),
        Err(Refused::UnknownGrid) => Err(ReleaseRefused::Unfit("unknown_grid")),
        Err(Refused::NoRecord) => Err(ReleaseRefused::Unfit("unknown_record")),
        Err(Refused::Unseen) => Err(ReleaseRefused::Unfit("replaces_unseen")),
    })
}

/// The writes that nobody has replaced meanwhile. A later change of the same device, or one that names this one, was
/// made by someone who had seen it: under a new name the old value would stand up against its own successor.
fn still_meant(state: Option<&RecordState>, dot: Dot, writes: Vec<Write>) -> Vec<Write> {
    let Some(state) = state else { return writes };
    let replaced = |write: &Write| state.registers().get(&write.field).is_some_and(|r| r.has_seen(dot));
    writes.into_iter().filter(|write| !replaced(write)).collect()
}

fn open_code(conn: &Connection, dot: Dot) -> Result<Option<String>, StoreError> {
    conn.query_row(
        "SELECT code FROM quarantine WHERE rid = ?1 AND seq = ?2 AND state = 'open'",
        params![dot.rid.0, dot.seq.0 as i64],
        |row| row.get(0),
    )
    .optional()
    .named("find a change in quarantine")
}

fn settle_row(
    conn: &Connection,
    dot: Dot,
    state: &str,
    person: PersonNo,
    now_ms: i64,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE quarantine SET state = ?3, settled_by = ?4, settled_ms = ?5 WHERE rid = ?1 AND seq = ?2",
        params![dot.rid.0, dot.seq.0 as i64, state, person.0, now_ms],
    )
    .named("settle a change in quarantine")?;
    Ok(())
}

fn list(
    conn: &Connection,
    open: bool,
    before: Option<(i64, Dot)>,
    limit: u32,
) -> Result<Vec<QuarantineRow>, StoreError> {
    let state = if open { "quarantine.state = 'open'" } else { "quarantine.state <> 'open'" };
    let sql = format!(
        "SELECT quarantine.rid, quarantine.seq, code, quarantine.received_ms, quarantine.state, device,
            person.name, settler.name AS settled_by, settled_ms, bytes
         FROM quarantine JOIN change ON change.rid = quarantine.rid AND change.seq = quarantine.seq
         JOIN replica ON replica.rid = quarantine.rid JOIN person ON person.no = replica.person
         LEFT JOIN person AS settler ON settler.no = settled_by
         WHERE {state} AND (?1 IS NULL OR (quarantine.received_ms, quarantine.rid, quarantine.seq) < (?1, ?2, ?3))
         ORDER BY quarantine.received_ms DESC, quarantine.rid DESC, quarantine.seq DESC LIMIT ?4"
    );
    let mut rows: Vec<QuarantineRow> = conn
        .prepare_cached(&sql)
        .and_then(|mut s| {
            let (ms, dot) = before.unzip();
            let after = params![ms, dot.map(|d| d.rid.0), dot.map(|d| d.seq.0 as i64), limit];
            s.query_map(after, |row| {
                let bytes: Vec<u8> = row.get("bytes")?;
                let settled_by: Option<String> = row.get("settled_by")?;
                let settled_ms: Option<i64> = row.get("settled_ms")?;
                Ok(QuarantineRow {
                    dot: Dot { rid: Rid(row.get("rid")?), seq: Seq(row.get::<_, i64>("seq")? as u64) },
                    code: row.get("code")?,
                    received_ms: row.get("received_ms")?,
                    state: row.get("state")?,
                    device: row.get("device")?,
                    name: row.get("name")?,
                    settled: settled_by.zip(settled_ms),
                    len: bytes.len(),
                    change: Change::decode(&bytes).ok(),
                    record: None,
                })
            })?
            .collect()
        })
        .named("list the quarantine")?;
    for row in &mut rows {
        if let Some(change) = &row.change {
            row.record = super::records::one(conn, change.record)?.map(|record| record.state);
        }
    }
    Ok(rows)
}
