//! What is shown: the server's state of a record with the own changes applied that it has not seen and did not refuse.
//!
//! A receipt only marks rows of the log. When the state that holds a change comes, there is nothing left to apply.

use super::meta::{self, name};
use super::word_index::WordIndex;
use super::{Context, Error, Projection, Projector, Store};
use crate::form::Label;
use crate::geo::{Datum, Point};
use crate::ids::{Dot, IdentityKey, PersonNo, RecordId, Rid, Seq, TypeNo};
use crate::merge::RecordState;
use crate::record::{Change, CodecError, TypeRef};
use crate::time::UtcMs;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRow {
    /// Which record.
    pub record: RecordId,
    /// Its type.
    pub record_type: TypeRef,
    /// The grid that it lies in.
    pub grid: Option<String>,
    /// One line that names it.
    pub title: Label,
    /// Not deleted.
    pub alive: bool,
    /// Fields with more than one distinct value.
    pub conflicts: u32,
    /// Where it is.
    pub point: Option<Point>,
    /// When it was last changed or confirmed.
    pub updated_ms: UtcMs,
    /// By whom.
    pub updated_by: PersonNo,
    /// When somebody last was at the spot.
    pub visited_ms: Option<UtcMs>,
}

pub(super) const SHOWN_COLUMNS: &str = "shown.record, shown.type, shown.version, shown.grid, shown.title, shown.title_en,
    shown.alive, shown.conflicts, shown.lat_e7, shown.lon_e7, shown.datum, shown.updated_ms, shown.updated_by, shown.visited_ms";

impl ShownRow {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<ShownRow> {
        let place = (row.get("lat_e7")?, row.get("lon_e7")?, row.get::<_, Option<u8>>("datum")?);
        let point = match place {
            (Some(lat_e7), Some(lon_e7), Some(datum)) => {
                Some(Point { lat_e7, lon_e7, datum: Datum::from_number(datum) })
            }
            _ => None,
        };
        let (zh, en): (String, Option<String>) = (row.get("title")?, row.get("title_en")?);
        let title = Label { en: en.unwrap_or_else(|| zh.clone()), zh, ..Label::default() };
        Ok(ShownRow {
            record: RecordId(row.get("record")?),
            record_type: TypeRef { no: TypeNo(row.get("type")?), version: row.get("version")? },
            grid: row.get("grid")?,
            title,
            alive: row.get("alive")?,
            conflicts: row.get("conflicts")?,
            point,
            updated_ms: row.get("updated_ms")?,
            updated_by: PersonNo(row.get("updated_by")?),
            visited_ms: row.get("visited_ms")?,
        })
    }
}

impl Store {
    /// A record as it is shown; `None` for one that is not here, or left the device's grids.
    pub fn shown_state(&self, record: RecordId) -> Result<Option<RecordState>, Error> {
        shown_state(&self.conn, record)
    }

    /// Whether a record left the device's grids.
    pub fn has_left(&self, record: RecordId) -> Result<bool, Error> {
        has_left(&self.conn, record)
    }

    /// A record as the server merged it.
    pub fn hub_state(&self, record: RecordId) -> Result<Option<RecordState>, Error> {
        hub_state(&self.conn, record)
    }

    /// Records with open conflicts, last touched first.
    pub fn conflicts(&self) -> Result<Vec<ShownRow>, Error> {
        self.shown_rows("WHERE conflicts > 0 ORDER BY updated_ms DESC, record", [])
    }

    /// One record's row.
    pub fn shown_row(&self, record: RecordId) -> Result<Option<ShownRow>, Error> {
        Ok(self.shown_rows("WHERE record = :record", named_params! {":record": record.0})?.pop())
    }

    /// Records whose own identity code has this key.
    pub fn records_of(&self, key: IdentityKey) -> Result<Vec<ShownRow>, Error> {
        self.shown_rows(
            "JOIN entity_key USING (record) WHERE key = :key ORDER BY record",
            named_params! {":key": key.0},
        )
    }

    /// Every record that is shown.
    pub fn shown_records(&self) -> Result<Vec<RecordId>, Error> {
        Ok(self.shown_rows("ORDER BY record", [])?.into_iter().map(|row| row.record).collect())
    }

    /// How many records are shown.
    pub fn shown_count(&self) -> Result<u64, Error> {
        self.conn
            .prepare_cached("SELECT count(*) FROM shown")
            .and_then(|mut s| s.query_row([], |row| row.get(0)))
            .during("count records")
    }

    /// Makes everything that is derived anew.
    pub fn rebuild(&mut self) -> Result<(), Error> {
        let tx = self.conn.transaction().during("begin the rebuild")?;
        rebuild(&tx, &self.projector)?;
        meta::unset(&tx, name::REBUILD)?;
        tx.commit().during("commit the rebuild")
    }

    /// The same where a migration wants it. Where it cannot be done, for want of room, what was there is shown, and it is
    /// tried again at the next opening.
    pub(super) fn rebuild_if_due(&mut self) -> Result<(), Error> {
        if self.is_rebuild_due()? {
            let _ = self.rebuild();
        }
        Ok(())
    }

    /// Whether what is derived is still to be made anew, for that could not be done.
    pub fn is_rebuild_due(&self) -> Result<bool, Error> {
        Ok(meta::get::<Vec<u8>>(&self.conn, name::REBUILD)?.is_some())
    }

    /// Records of the device's grids that are not shown, for they are damaged here or of a later version.
    pub fn unreadable_count(&self) -> Result<u64, Error> {
        self.conn
            .prepare_cached(
                "SELECT count(*) FROM hub WHERE record NOT IN (SELECT record FROM shown)
                     AND record NOT IN (SELECT record FROM hub_left)",
            )
            .and_then(|mut s| s.query_row([], |row| row.get(0)))
            .during("count unreadable records")
    }

    fn shown_rows(&self, which: &str, params: impl rusqlite::Params) -> Result<Vec<ShownRow>, Error> {
        self.conn
            .prepare_cached(&format!("SELECT {SHOWN_COLUMNS} FROM shown {which}"))
            .and_then(|mut s| s.query_map(params, ShownRow::read)?.collect())
            .during("list records")
    }
}

pub(super) fn hub_state(conn: &Connection, record: RecordId) -> Result<Option<RecordState>, Error> {
    let bytes: Option<Vec<u8>> = conn
        .prepare_cached("SELECT state FROM hub WHERE record = :record")
        .and_then(|mut s| s.query_row(named_params! {":record": record.0}, |row| row.get("state")).optional())
        .during("read a record")?;
    match bytes.map(|bytes| RecordState::decode(&bytes)).transpose() {
        // Of a later version: kept, and shown once the app can read it.
        Err(CodecError::Version(_)) => Ok(None),
        other => Ok(other?),
    }
}

pub(super) fn shown_state(conn: &Connection, record: RecordId) -> Result<Option<RecordState>, Error> {
    if has_left(conn, record)? {
        return Ok(None);
    }
    with_own(conn, record, hub_state(conn, record)?)
}

/// The server's state of a record with the own changes applied that it has not seen.
fn with_own(
    conn: &Connection,
    record: RecordId,
    mut state: Option<RecordState>,
) -> Result<Option<RecordState>, Error> {
    let mut statement = conn
        .prepare_cached(
            "SELECT rid, seq, bytes FROM change
             WHERE record = :record AND state <> 'quarantined' ORDER BY rid, seq",
        )
        .during("read own changes")?;
    let mut rows = statement.query(named_params! {":record": record.0}).during("read own changes")?;
    while let Some(row) = rows.next().during("read own changes")? {
        let read = |row: &Row<'_>| -> rusqlite::Result<(u32, u64)> { Ok((row.get("rid")?, row.get("seq")?)) };
        let (rid, seq) = read(row).during("read own changes")?;
        let dot = Dot { rid: Rid(rid), seq: Seq(seq) };
        if state.as_ref().is_some_and(|state| state.has_seen(dot)) {
            continue;
        }
        let bytes: Vec<u8> = row.get("bytes").during("read own changes")?;
        let change = Change::decode(&bytes)?;
        let state = state.get_or_insert_with(|| RecordState::new(record, change.record_type));
        // What cannot be merged here stays in the log; the server says what it makes of it.
        let _ = state.apply(dot.rid, &change);
    }
    Ok(state)
}

pub(super) fn has_left(conn: &Connection, record: RecordId) -> Result<bool, Error> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM hub_left WHERE record = :record)")
        .and_then(|mut s| s.query_row(named_params! {":record": record.0}, |row| row.get(0)))
        .during("look whether a record left")
}

/// Brings what is derived of one record up to date, but for its words.
pub(super) fn refresh(
    conn: &Connection,
    projector: &Projector,
    record: RecordId,
    words: &mut WordIndex,
) -> Result<(), Error> {
    match shown_state(conn, record)? {
        Some(state) => write(conn, record, &projector.project(&state), words),
        None => hide(conn, record, words),
    }
}

/// The same for a record of the device's grids whose state on the server is at hand.
pub(super) fn refresh_from(
    conn: &Connection,
    projector: &Projector,
    hub: RecordState,
    words: &mut WordIndex,
) -> Result<(), Error> {
    let record = hub.record;
    match with_own(conn, record, Some(hub))? {
        Some(state) => write(conn, record, &projector.project(&state), words),
        None => hide(conn, record, words),
    }
}

/// Writes what is derived of one record, but for its words.
pub(super) fn write(
    conn: &Connection,
    record: RecordId,
    shown: &Projection,
    words: &mut WordIndex,
) -> Result<(), Error> {
    let before: Option<(i64, String)> = conn
        .prepare_cached("SELECT id, text FROM shown WHERE record = :record")
        .and_then(|mut s| {
            let row = |row: &Row<'_>| Ok((row.get("id")?, row.get("text")?));
            s.query_row(named_params! {":record": record.0}, row).optional()
        })
        .during("read a shown record")?;
    let sql = match before {
        None => {
            "INSERT INTO shown (record, type, version, grid, title, title_en, alive, conflicts, lat_e7, lon_e7, datum,
                                updated_ms, updated_by, visited_ms, text)
             VALUES (:record, :type, :version, :grid, :title, :title_en, :alive, :conflicts, :lat, :lon, :datum,
                     :updated, :by, :visited, :text)"
        }
        Some(_) => {
            "UPDATE shown SET type = :type, version = :version, grid = :grid, title = :title, title_en = :title_en,
                 alive = :alive, conflicts = :conflicts, lat_e7 = :lat, lon_e7 = :lon, datum = :datum, updated_ms = :updated,
                 updated_by = :by, visited_ms = :visited, text = :text
             WHERE record = :record"
        }
    };
    conn.prepare_cached(sql)
        .and_then(|mut s| {
            s.execute(named_params! {
                ":record": record.0,
                ":type": shown.record_type.no.0,
                ":version": shown.record_type.version,
                ":grid": shown.grid,
                ":title": shown.title.zh,
                ":title_en": Some(&shown.title.en).filter(|en| **en != shown.title.zh),
                ":alive": shown.alive,
                ":conflicts": shown.conflicts,
                ":lat": shown.point.map(|p| p.lat_e7),
                ":lon": shown.point.map(|p| p.lon_e7),
                ":datum": shown.point.map(|p| p.datum.number()),
                ":updated": shown.updated_ms,
                ":by": shown.updated_by.0,
                ":visited": shown.visited_ms,
                ":text": shown.text,
            })
        })
        .during("write a shown record")?;
    let known = before.is_some();
    let (id, text) = before.unwrap_or_else(|| (conn.last_insert_rowid(), String::new()));
    if text != shown.text {
        words.put(id, !text.is_empty(), &shown.text, shown.record_type.no);
    }
    write_keys(conn, record, shown, known)
}

fn write_keys(conn: &Connection, record: RecordId, shown: &Projection, known: bool) -> Result<(), Error> {
    if known {
        let before: Vec<[u8; 16]> = conn
            .prepare_cached("SELECT key FROM entity_key WHERE record = :record ORDER BY key")
            .and_then(|mut s| s.query_map(named_params! {":record": record.0}, |row| row.get(0))?.collect())
            .during("read identity keys")?;
        if before.iter().eq(shown.keys.iter().map(|key| &key.0)) {
            return Ok(());
        }
        delete_keys(conn, record)?;
    }
    for key in &shown.keys {
        conn.prepare_cached("INSERT INTO entity_key (key, record) VALUES (:key, :record)")
            .and_then(|mut s| s.execute(named_params! {":key": key.0, ":record": record.0}))
            .during("write identity keys")?;
    }
    Ok(())
}

fn hide(conn: &Connection, record: RecordId, words: &mut WordIndex) -> Result<(), Error> {
    let before: Option<(i64, String)> = conn
        .prepare_cached("DELETE FROM shown WHERE record = :record RETURNING id, text")
        .and_then(|mut s| {
            let row = |row: &Row<'_>| Ok((row.get("id")?, row.get("text")?));
            s.query_row(named_params! {":record": record.0}, row).optional()
        })
        .during("hide a record")?;
    if let Some((id, text)) = before {
        words.put(id, !text.is_empty(), "", TypeNo(0));
        delete_keys(conn, record)?;
    }
    Ok(())
}

fn delete_keys(conn: &Connection, record: RecordId) -> Result<(), Error> {
    conn.prepare_cached("DELETE FROM entity_key WHERE record = :record")
        .and_then(|mut s| s.execute(named_params! {":record": record.0}))
        .during("forget identity keys")?;
    Ok(())
}

pub(super) fn rebuild(conn: &Connection, projector: &Projector) -> Result<(), Error> {
    conn.execute_batch("DELETE FROM shown; DELETE FROM word; DELETE FROM word_due; DELETE FROM entity_key;")
        .during("clear what is derived")?;
    let records: Vec<RecordId> = conn
        .prepare("SELECT record FROM hub UNION SELECT record FROM change ORDER BY record")
        .and_then(|mut s| s.query_map([], |row| row.get("record").map(RecordId))?.collect())
        .during("list all records")?;
    for some in records.chunks(REBUILT_AT_ONCE) {
        let mut words = WordIndex::default();
        for record in some {
            match refresh(conn, projector, *record, &mut words) {
                // One that is damaged is not shown and holds up no other.
                Err(Error::Codec(_)) => ask_anew(conn, *record)?,
                done => done?,
            }
        }
        words.write(conn)?;
    }
    Ok(())
}

/// Has the next comparison with the server find that it has another state of a record than this one, where the one
/// here does not read.
fn ask_anew(conn: &Connection, record: RecordId) -> Result<(), Error> {
    if hub_state(conn, record).is_err() {
        conn.execute(
            "UPDATE hub SET digest = zeroblob(16) WHERE record = :record",
            named_params! {":record": record.0},
        )
        .during("ask for a damaged record anew")?;
    }
    Ok(())
}

/// Bounds what waits in memory.
const REBUILT_AT_ONCE: usize = 1_000;

#[cfg(test)]
impl Store {
    /// Everything that is derived, by record, without row ids.
    pub(crate) fn dump_derived(&self) -> Vec<String> {
        WordIndex::default().write(&self.conn).unwrap();
        let texts: Vec<(RecordId, i64, String)> = self
            .conn
            .prepare("SELECT record, id, text FROM shown ORDER BY record")
            .unwrap()
            .query_map([], |row| Ok((RecordId(row.get(0)?), row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut dump = Vec::new();
        for (record, id, text) in texts {
            let keys: Vec<[u8; 16]> = self
                .conn
                .prepare("SELECT key FROM entity_key WHERE record = ?1 ORDER BY key")
                .unwrap()
                .query_map([record.0], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            let no = self.shown_row(record).unwrap().unwrap().record_type.no;
            let found = text.is_empty()
                || crate::store::search::words(&text, no).split(' ').filter(|word| !word.is_empty()).all(
                    |word| {
                        let matches = format!("\"{word}\"");
                        let sql = "SELECT EXISTS (SELECT 1 FROM word WHERE word MATCH ?1 AND rowid = ?2)";
                        self.conn.query_row(sql, rusqlite::params![matches, id], |row| row.get(0)).unwrap()
                    },
                );
            dump.push(format!("{:?} {text} {keys:?} {found}", self.shown_row(record).unwrap()));
        }
        let words: i64 = self.conn.query_row("SELECT count(*) FROM word", [], |row| row.get(0)).unwrap();
        dump.push(format!("{words} records have words"));
        dump
    }

    /// Leaves what is derived as a version did that showed other titles and had the masked cut in pieces.
    pub(crate) fn derive_as_before(&mut self, text: &str) {
        let no = TypeNo(1);
        let words = crate::store::search::words(text, no);
        self.conn.execute("DELETE FROM word", []).unwrap();
        self.conn.execute("INSERT INTO word (rowid, words) SELECT id, ?1 FROM shown", [words]).unwrap();
        self.conn.execute("UPDATE shown SET title = 'another', text = ?1", [text]).unwrap();
        self.conn.execute("DELETE FROM word_due", []).unwrap();
        meta::set(&self.conn, name::REBUILD, Vec::new()).unwrap();
    }

    /// Damages a record of the server's.
    pub(crate) fn damage_hub_record(&mut self, record: RecordId) {
        self.conn
            .execute("UPDATE hub SET state = substr(state, 1, 9) WHERE record = ?1", [record.0])
            .unwrap();
    }

    /// Lets the database grow by a few pages only, or as it likes.
    pub(crate) fn set_room(&mut self, tight: bool) {
        let pages: i64 = self.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let max = if tight { pages + 5 } else { i64::from(u32::MAX) - 1 };
        self.conn.query_row(&format!("PRAGMA max_page_count = {max}"), [], |_| Ok(())).unwrap();
    }

    /// Loses a record of the server's, as a damaged disk would.
    pub(crate) fn forget_hub_record(&mut self, record: RecordId) {
        self.conn.execute("DELETE FROM hub WHERE record = ?1", [record.0]).unwrap();
        self.conn.execute("DELETE FROM hub_grid WHERE record = ?1", [record.0]).unwrap();
        let mut words = WordIndex::default();
        refresh(&self.conn, &self.projector, record, &mut words).unwrap();
        words.write(&self.conn).unwrap();
    }
}
