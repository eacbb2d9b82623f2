//! Records as people read them: lists, and one record with its history.

use super::{Named, Store, StoreError, people};
use gridweave_core::geo::{Datum, Point};
use gridweave_core::ids::{Dot, PersonNo, PhotoHash, RecordId, Rid, Seq, TypeNo};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, SetItem};
use gridweave_core::value::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, BTreeSet};

/// Which records to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordFilter {
    /// Of this type.
    pub record_type: Option<TypeNo>,
    /// In this grid (its row id), though it may lie in others too.
    pub grid: Option<i64>,
    /// Only those with open conflicts.
    pub conflicts: bool,
    /// Only the dead (`true`) or only the living (`false`).
    pub dead: Option<bool>,
    /// Part of the title.
    pub text: Option<String>,
    /// Changed before the record with this revision.
    pub before_rev: Option<i64>,
    /// How many.
    pub limit: u32,
}

/// One record in a list.
#[derive(Debug, Clone)]
pub struct RecordRow {
    /// Row id, inside the database only.
    pub id: i64,
    /// Revision of its last change; the cursor of lists.
    pub rev: i64,
    /// Row id of its first grid; 0: none known.
    pub grid: i64,
    /// Registers in conflict.
    pub conflicts: u32,
    /// Its life register says that it is gone, and agrees.
    pub dead: bool,
    /// Where, WGS-84.
    pub place: Option<Point>,
    /// Received last, UTC milliseconds.
    pub updated_ms: i64,
    /// What is live.
    pub state: RecordState,
}

/// A grid as pages name and draw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridRow {
    /// Row id.
    pub id: i64,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// `land` or `household`.
    pub layer: String,
    /// Name of its community.
    pub area: String,
    /// Closed ring of (longitude, latitude), degrees × 10⁷, WGS-84.
    pub outline: Vec<(i32, i32)>,
}

/// A change in the log, with what the server knows of it.
#[derive(Debug, Clone)]
pub struct LoggedChange {
    /// Its name.
    pub dot: Dot,
    /// When the server received it, UTC milliseconds.
    pub received_ms: i64,
    /// What it says.
    pub change: Change,
    /// What the device said it is; empty for a writer of the server.
    pub device: String,
    /// Server clock minus device clock, as last measured.
    pub clock_offset_ms: Option<i64>,
}

/// One record with all that belongs to it.
#[derive(Debug, Clone)]
pub struct RecordView {
    /// As in lists.
    pub row: RecordRow,
    /// Every change merged into it, in the order of the stamps.
    pub changes: Vec<LoggedChange>,
    /// Names of those who wrote.
    pub names: BTreeMap<PersonNo, String>,
    /// Photos of it that are whole, by the replica that named and uploaded them.
    pub photos: BTreeSet<(Rid, PhotoHash)>,
}

const COLUMNS: &str = "record.id, rev, record.grid, conflicts, dead, lat_e7, lon_e7, updated_ms, state";

impl Store {
    /// Records that fit, latest changed first.
    pub async fn records(&self, filter: RecordFilter) -> Result<Vec<RecordRow>, StoreError> {
        self.read(move |conn| list(conn, &filter)).await
    }

    /// One record; `None` if there is none.
    pub async fn record_view(&self, record: RecordId) -> Result<Option<RecordView>, StoreError> {
        self.read(move |conn| {
            let Some(row) = one(conn, record)? else { return Ok(None) };
            let changes = changes_of(conn, row.id)?;
            let authors = changes.iter().map(|c| c.change.author);
            let names = people::names(conn, &authors.collect())?;
            let photos = photos_of(conn, row.id)?;
            Ok(Some(RecordView { row, changes, names, photos }))
        })
        .await
    }

    /// All grids, by code.
    pub async fn grids(&self) -> Result<Vec<GridRow>, StoreError> {
        self.read(|conn| {
            let mut stmt = conn
                .prepare_cached(
                    "SELECT grid.id, grid.code, grid.name, layer, coalesce(area.name, grid.area) AS area, outline
                     FROM grid LEFT JOIN area ON area.code = grid.area ORDER BY grid.code",
                )
                .named("list the grids")?;
            let rows = stmt
                .query_map([], |row| {
                    let outline: Vec<u8> = row.get("outline")?;
                    Ok(GridRow {
                        id: row.get("id")?,
                        code: row.get("code")?,
                        name: row.get("name")?,
                        layer: row.get("layer")?,
                        area: row.get("area")?,
                        outline: postcard::from_bytes(&outline).unwrap_or_default(),
                    })
                })
                .named("list the grids")?;
            rows.collect::<Result<_, _>>().named("list the grids")
        })
        .await
    }
}

/// One record by its id.
pub(super) fn one(conn: &Connection, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM record WHERE record = ?1");
    let row = conn
        .prepare_cached(&sql)
        .and_then(|mut s| s.query_row([record.0], read).optional())
        .named("read a record")?;
    row.transpose()
}

fn list(conn: &Connection, filter: &RecordFilter) -> Result<Vec<RecordRow>, StoreError> {
    let mut sql = format!("SELECT {COLUMNS} FROM record WHERE (?1 IS NULL OR rev < ?1)");
    // Parts that are not asked for stay out of the text, so that SQLite can take the index that fits the rest.
    if filter.conflicts {
        sql += " AND conflicts > 0";
    }
    if filter.grid.is_some() {
        sql += " AND (record.grid = ?2 OR EXISTS (SELECT 1 FROM also_in
                 WHERE also_in.grid = ?2 AND also_in.record = record.id AND also_in.left = 0))";
    }
    if filter.record_type.is_some() {
        sql += " AND type = ?3";
    }
    if filter.dead.is_some() {
        sql += " AND dead = ?4";
    }
    if filter.text.is_some() {
        sql += " AND title LIKE ?5 ESCAPE '\\'";
    }
    sql += " AND (?2 IS NULL OR 1) AND (?3 IS NULL OR 1) AND (?4 IS NULL OR 1) AND (?5 IS NULL OR 1)
             ORDER BY rev DESC LIMIT ?6";
    let like = filter.text.as_deref().map(|text| format!("%{}%", escape_like(text)));
    let rows: Vec<Result<RecordRow, StoreError>> = conn
        .prepare_cached(&sql)
        .and_then(|mut s| {
            s.query_map(
                params![
                    filter.before_rev,
                    filter.grid,
                    filter.record_type.map(|no| no.0),
                    filter.dead,
                    like,
                    filter.limit
                ],
                read,
            )?
            .collect()
        })
        .named("list records")?;
    rows.into_iter().collect()
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<RecordRow, StoreError>> {
    let state: Vec<u8> = row.get("state")?;
    let place = match (row.get::<_, Option<i32>>("lat_e7")?, row.get::<_, Option<i32>>("lon_e7")?) {
        (Some(lat_e7), Some(lon_e7)) => Some(Point { lat_e7, lon_e7, datum: Datum::Wgs84 }),
        _ => None,
    };
    let Ok(state) = RecordState::decode(&state) else {
        return Ok(Err(StoreError::Corrupt("a record's state")));
    };
    Ok(Ok(RecordRow {
        id: row.get("id")?,
        rev: row.get("rev")?,
        grid: row.get("grid")?,
        conflicts: row.get("conflicts")?,
        dead: row.get("dead")?,
        place,
        updated_ms: row.get("updated_ms")?,
        state,
    }))
}

fn changes_of(conn: &Connection, record: i64) -> Result<Vec<LoggedChange>, StoreError> {
    type Raw = (u32, i64, i64, Vec<u8>, String, Option<i64>);
    let rows: Vec<Raw> = conn
        .prepare_cached(
            "SELECT change.rid, seq, received_ms, bytes, iif(state = 'server', '', device), clock_offset_ms
             FROM change JOIN replica USING (rid) WHERE change.record = ?1",
        )
        .and_then(|mut s| {
            s.query_map([record], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?)))?
                .collect()
        })
        .named("read a record's changes")?;
    let mut changes = Vec::with_capacity(rows.len());
    for (rid, seq, received_ms, bytes, device, clock_offset_ms) in rows {
        let change = Change::decode(&bytes).map_err(|_| StoreError::Corrupt("a change"))?;
        let dot = Dot { rid: Rid(rid), seq: Seq(seq as u64) };
        changes.push(LoggedChange { dot, received_ms, change, device, clock_offset_ms });
    }
    changes.sort_by_key(|c| (c.change.hlc, c.dot));
    Ok(changes)
}

fn photos_of(conn: &Connection, record: i64) -> Result<BTreeSet<(Rid, PhotoHash)>, StoreError> {
    let rows: Vec<(u32, Vec<u8>)> = conn
        .prepare_cached(
            "SELECT photo_claim.rid, photo_claim.hash FROM photo_claim
             JOIN photo ON photo.hash = photo_claim.hash AND photo.rid = photo_claim.rid
             WHERE record = ?1",
        )
        .and_then(|mut s| s.query_map([record], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .named("read a record's photos")?;
    let whole =
        rows.into_iter().filter_map(|(rid, hash)| Some((Rid(rid), PhotoHash::from_slice(&hash).ok()?)));
    Ok(whole.collect())
}

impl RecordView {
    /// The change of a dot.
    pub fn change(&self, dot: Dot) -> Option<&LoggedChange> {
        self.changes.iter().find(|c| c.dot == dot)
    }

    /// Photos that this change added and that are whole.
    pub fn photos_added_by(&self, dot: Dot) -> Vec<PhotoHash> {
        let Some(logged) = self.change(dot) else { return Vec::new() };
        let in_sets = logged.change.sets.iter().flat_map(|s| &s.adds).filter_map(|item| match item {
            SetItem::Photo(hash) => Some(*hash),
            SetItem::Repeat(_) => None,
        });
        let in_fields = logged.change.writes.iter().filter_map(|write| match write.value {
            Value::Photo(hash) => Some(hash),
            _ => None,
        });
        in_sets.chain(in_fields).filter(|hash| self.has_photo(*hash)).collect()
    }

    /// Whether a photo of this name is whole and belongs here.
    pub fn has_photo(&self, photo: PhotoHash) -> bool {
        self.photos.iter().any(|(_, hash)| *hash == photo)
    }
}
