//! Takes changes into the merged records, inside one write operation. Used by every writer: pushes of devices,
//! supervisors, releases from quarantine. Nothing else writes to `record` and the tables made from it.

use super::row::{Row, grid_codes, own_identities};
use super::{Named, StoreError, restored};
use gridweave_core::form::{Catalog, EntityKind};
use gridweave_core::ids::{IdentityKey, RecordId, Rid, Seq, TypeNo};
use gridweave_core::merge::{Applied, MergeError, RecordState};
use gridweave_core::record::{Change, SetItem};
use gridweave_core::value::Value;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

/// Records touched by one write operation, written back by [`Merger::finish`].
pub(super) struct Merger<'a> {
    conn: &'a Connection,
    catalog: &'a Catalog,
    identity_key: &'a [u8],
    now_ms: i64,
    touched: BTreeMap<RecordId, Touched>,
    /// Records that were looked for and are not there.
    absent: BTreeSet<RecordId>,
    grids: BTreeMap<String, Option<i64>>,
    last_seqs: BTreeMap<Rid, Seq>,
    may_be_lost: BTreeMap<Rid, bool>,
    /// Row id of the next new record, once one was wanted.
    next_id: Option<i64>,
    /// Registers that came into conflict.
    pub new_conflicts: u32,
}

struct Touched {
    /// Row id; `None` for a new record that nobody asked for yet.
    id: Option<i64>,
    /// It has no row yet.
    is_new: bool,
    content: Content,
    before: Before,
    photos: BTreeSet<(Rid, SetItem)>,
    /// A change was taken in. Not to be told from the digest: a visit may write nothing, and counts.
    changed: bool,
}

/// What a touched record holds now.
enum Content {
    /// As the change that made it left it, worked out before.
    Made(Row),
    State(RecordState),
}

impl Content {
    /// The state, to be read or changed.
    fn state(&mut self) -> Result<&mut RecordState, StoreError> {
        if let Content::Made(row) = self {
            let state =
                RecordState::decode(&row.state).map_err(|_| StoreError::Corrupt("a record's state"))?;
            *self = Content::State(state);
        }
        match self {
            Content::State(state) => Ok(state),
            Content::Made(_) => unreachable!("it was replaced above"),
        }
    }

    fn grid_codes(&self) -> Vec<String> {
        match self {
            Content::Made(row) => row.grids.clone(),
            Content::State(state) => grid_codes(state),
        }
    }

    fn type_no(&self) -> TypeNo {
        match self {
            Content::Made(row) => row.type_no,
            Content::State(state) => state.record_type.no,
        }
    }
}

#[derive(Default)]
struct Before {
    grids: BTreeSet<i64>,
    digest: u128,
    identities: Identities,
    conflicts: usize,
}

type Identities = BTreeSet<(EntityKind, IdentityKey)>;

impl<'a> Merger<'a> {
    pub fn new(
        conn: &'a Connection,
        catalog: &'a Catalog,
        identity_key: &'a [u8],
        now_ms: i64,
    ) -> Merger<'a> {
        Merger {
            conn,
            catalog,
            identity_key,
            now_ms,
            touched: BTreeMap::new(),
            absent: BTreeSet::new(),
            grids: BTreeMap::new(),
            last_seqs: BTreeMap::new(),
            may_be_lost: BTreeMap::new(),
            next_id: None,
            new_conflicts: 0,
        }
    }

    /// The record as it is now, with what this operation did to it; `None` if there is none.
    pub fn state(&mut self, record: RecordId) -> Result<Option<&RecordState>, StoreError> {
        self.load(record)?;
        match self.touched.get_mut(&record) {
            Some(touched) => touched.content.state().map(|state| Some(&*state)),
            None => Ok(None),
        }
    }

    /// The record's type; `None` if there is no such record.
    pub fn type_of(&mut self, record: RecordId) -> Result<Option<TypeNo>, StoreError> {
        self.load(record)?;
        Ok(self.touched.get(&record).map(|t| t.content.type_no()))
    }

    /// Ids of the grids that the record lies in.
    pub fn grids_of(&mut self, record: RecordId) -> Result<BTreeSet<i64>, StoreError> {
        self.load(record)?;
        let codes = self.touched.get(&record).map(|t| t.content.grid_codes()).unwrap_or_default();
        self.grid_ids(&codes)
    }

    /// Id of the grid with this code.
    pub fn grid_id(&mut self, code: &str) -> Result<Option<i64>, StoreError> {
        if let Some(id) = self.grids.get(code) {
            return Ok(*id);
        }
        let id = self
            .conn
            .prepare_cached("SELECT id FROM grid WHERE code = ?1")
            .and_then(|mut s| s.query_row([code], |row| row.get(0)).optional())
            .named("find a grid")?;
        self.grids.insert(code.to_owned(), id);
        Ok(id)
    }

    /// The last change that was received of a replica before this operation; 0 for one that is not known.
    pub fn last_seq(&mut self, rid: Rid) -> Result<Seq, StoreError> {
        if let Some(seq) = self.last_seqs.get(&rid) {
            return Ok(*seq);
        }
        let last: Option<i64> = self
            .conn
            .prepare_cached("SELECT last_seq FROM replica WHERE rid = ?1")
            .and_then(|mut s| s.query_row([rid.0], |row| row.get(0)).optional())
            .named("find a replica's last change")?;
        let seq = Seq(last.unwrap_or(0) as u64);
        self.last_seqs.insert(rid, seq);
        Ok(seq)
    }

    /// Whether changes of this replica may have been here before a restore and have yet to come back.
    pub fn may_be_lost(&mut self, rid: Rid) -> Result<bool, StoreError> {
        if let Some(known) = self.may_be_lost.get(&rid) {
            return Ok(*known);
        }
        let lost = restored::may_be_lost(self.conn, rid)?;
        self.may_be_lost.insert(rid, lost);
        Ok(lost)
    }

    /// Records that this operation made.
    pub fn made(&self) -> Vec<RecordId> {
        let made = self.touched.iter().filter(|(_, t)| t.is_new && t.changed);
        made.map(|(record, _)| *record).collect()
    }

    /// Takes in one change of replica `rid`.
    pub fn apply(&mut self, rid: Rid, change: &Change) -> Result<Result<Applied, MergeError>, StoreError> {
        self.load(change.record)?;
        let Some(touched) = self.touched.get_mut(&change.record) else {
            let mut state = RecordState::new(change.record, change.record_type);
            let applied = state.apply(rid, change);
            if applied == Ok(Applied::New) {
                self.insert_new(rid, change, Content::State(state));
            }
            return Ok(applied);
        };
        // Merged on a copy: a refused change leaves no trace.
        let state = touched.content.state()?;
        let mut merged = state.clone();
        let applied = merged.apply(rid, change);
        if applied == Ok(Applied::New) {
            *state = merged;
            touched.changed = true;
            touched.photos.extend(photos(rid, change));
        }
        Ok(applied)
    }

    /// Takes in the first change of a record that is not there, with the row that [`Row::made_by`] found for it.
    pub fn make(&mut self, rid: Rid, change: &Change, row: Row) {
        self.insert_new(rid, change, Content::Made(row));
    }

    fn insert_new(&mut self, rid: Rid, change: &Change, content: Content) {
        let new = Touched {
            id: None,
            is_new: true,
            content,
            before: Before::default(),
            photos: photos(rid, change).collect(),
            changed: true,
        };
        self.touched.insert(change.record, new);
    }

    /// Names further photos of a record that this operation touched, by the replica that has them.
    pub fn claim(&mut self, record: RecordId, photos: BTreeSet<(Rid, SetItem)>) {
        if let Some(touched) = self.touched.get_mut(&record) {
            touched.photos.extend(photos);
        }
    }

    /// Row id of a record that this operation touched or loaded; a new one is written under it by `finish`.
    pub fn row_id(&mut self, record: RecordId) -> Result<i64, StoreError> {
        let touched = self.touched.get_mut(&record).ok_or(StoreError::Corrupt("a record"))?;
        if let Some(id) = touched.id {
            return Ok(id);
        }
        // Nobody else writes, and records are never deleted.
        let id = match self.next_id {
            Some(id) => id,
            None => self
                .conn
                .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM record")
                .and_then(|mut s| s.query_row([], |row| row.get(0)))
                .named("find the next row of a record")?,
        };
        self.next_id = Some(id + 1);
        touched.id = Some(id);
        Ok(id)
    }

    /// Writes back every touched record with a new revision, and what follows from it.
    pub fn finish(mut self) -> Result<u32, StoreError> {
        let mut rev = next_rev(self.conn)?;
        let mut digests: BTreeMap<i64, (i64, u128)> = BTreeMap::new();
        let touched = std::mem::take(&mut self.touched);
        for t in touched.into_values() {
            if !t.changed {
                continue; // Read, or refused.
            }
            let id = t.id.ok_or(StoreError::Corrupt("a record without a row"))?;
            let row = match t.content {
                Content::Made(row) => row,
                Content::State(state) => Row::of(self.catalog, self.identity_key, &state),
            };
            let grids = self.grid_ids(&row.grids)?;
            for grid in &t.before.grids {
                let entry = digests.entry(*grid).or_default();
                *entry = (entry.0 - 1, entry.1.wrapping_sub(t.before.digest));
            }
            for grid in &grids {
                let entry = digests.entry(*grid).or_default();
                *entry = (entry.0 + 1, entry.1.wrapping_add(row.digest));
            }
            self.write_record(id, &row, t.is_new, grids.first().copied(), rev)?;
            self.write_places(id, &t.before.grids, &grids, rev)?;
            self.write_identities(id, &t.before.identities, &row.identities)?;
            self.write_photo_claims(id, &t.photos)?;
            self.new_conflicts += row.conflicts.saturating_sub(t.before.conflicts) as u32;
            rev += 1;
        }
        self.conn
            .prepare_cached("UPDATE rev SET next = ?1")
            .and_then(|mut s| s.execute([rev]))
            .named("write the revision")?;
        self.write_digests(digests)?;
        Ok(self.new_conflicts)
    }

    fn load(&mut self, record: RecordId) -> Result<(), StoreError> {
        if self.touched.contains_key(&record) || self.absent.contains(&record) {
            return Ok(());
        }
        let row: Option<(i64, Vec<u8>)> = self
            .conn
            .prepare_cached("SELECT id, state FROM record WHERE record = ?1")
            .and_then(|mut s| s.query_row([record.0], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .named("read a record")?;
        let Some((id, bytes)) = row else {
            self.absent.insert(record);
            return Ok(());
        };
        let state = RecordState::decode(&bytes).map_err(|_| StoreError::Corrupt("a record's state"))?;
        let before = Before {
            grids: self.grid_ids(&grid_codes(&state))?,
            digest: state.digest(),
            identities: own_identities(self.catalog, self.identity_key, &state),
            conflicts: state.conflicts().len(),
        };
        let known = Touched {
            id: Some(id),
            is_new: false,
            content: Content::State(state),
            before,
            photos: BTreeSet::new(),
            changed: false,
        };
        self.touched.insert(record, known);
        Ok(())
    }

    /// A record is in the scope of every live value of its grid register. Grids unknown to the city do not count.
    fn grid_ids(&mut self, codes: &[String]) -> Result<BTreeSet<i64>, StoreError> {
        let mut ids = BTreeSet::new();
        for code in codes {
            ids.extend(self.grid_id(code)?);
        }
        Ok(ids)
    }

    fn write_record(
        &self,
        id: i64,
        row: &Row,
        is_new: bool,
        grid: Option<i64>,
        rev: i64,
    ) -> Result<(), StoreError> {
        let sql = if is_new {
            "INSERT INTO record (id, record, type, grid, rev, conflicts, dead, title, lat_e7, lon_e7, updated_ms,
                                 digest, state)
             VALUES (?1, ?12, ?13, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        } else {
            "UPDATE record SET grid = ?2, rev = ?3, conflicts = ?4, dead = ?5, title = ?6, lat_e7 = ?7,
             lon_e7 = ?8, updated_ms = ?9, digest = ?10, state = ?11 WHERE id = ?1 AND record = ?12 AND type = ?13"
        };
        let written = self
            .conn
            .prepare_cached(sql)
            .and_then(|mut s| {
                s.execute(params![
                    id,
                    grid.unwrap_or(0),
                    rev,
                    row.conflicts as i64,
                    row.dead,
                    row.title,
                    row.place.map(|p| p.0),
                    row.place.map(|p| p.1),
                    self.now_ms,
                    row.digest.to_be_bytes(),
                    row.state,
                    row.record.0,
                    row.type_no.0,
                ])
            })
            .named("write a record")?;
        if written == 1 { Ok(()) } else { Err(StoreError::Corrupt("a record's row")) }
    }

    fn write_places(
        &self,
        id: i64,
        before: &BTreeSet<i64>,
        now: &BTreeSet<i64>,
        rev: i64,
    ) -> Result<(), StoreError> {
        if before.len() <= 1 && now.len() <= 1 && (before == now || before.is_empty()) {
            return Ok(()); // Nearly all: one grid, and it stays there.
        }
        let mut write = self
            .conn
            .prepare_cached(
                "INSERT INTO also_in (grid, record, rev, left) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (grid, record) DO UPDATE SET rev = excluded.rev, left = excluded.left",
            )
            .named("place a record")?;
        let first = now.first();
        for grid in before.union(now).filter(|grid| Some(*grid) != first) {
            write.execute(params![grid, id, rev, !now.contains(grid)]).named("place a record")?;
        }
        if let Some(grid) = first {
            // The grid in the record's own row needs no row here.
            self.conn
                .prepare_cached("DELETE FROM also_in WHERE grid = ?1 AND record = ?2")
                .and_then(|mut s| s.execute(params![grid, id]))
                .named("place a record")?;
        }
        Ok(())
    }

    fn write_identities(&self, id: i64, before: &Identities, now: &Identities) -> Result<(), StoreError> {
        for (kind, key) in before.difference(now) {
            self.conn
                .prepare_cached("DELETE FROM identity WHERE kind = ?1 AND key = ?2 AND record = ?3")
                .and_then(|mut s| s.execute(params![*kind as i64, key.0, id]))
                .named("unlink a record")?;
        }
        for (kind, key) in now.difference(before) {
            self.conn
                .prepare_cached("INSERT OR IGNORE INTO identity (kind, key, record) VALUES (?1, ?2, ?3)")
                .and_then(|mut s| s.execute(params![*kind as i64, key.0, id]))
                .named("link a record")?;
        }
        Ok(())
    }

    fn write_photo_claims(&self, id: i64, photos: &BTreeSet<(Rid, SetItem)>) -> Result<(), StoreError> {
        for (rid, item) in photos {
            let SetItem::Photo(hash) = item else { continue };
            self.conn
                .prepare_cached("INSERT OR IGNORE INTO photo_claim (rid, hash, record) VALUES (?1, ?2, ?3)")
                .and_then(|mut s| s.execute(params![rid.0, hash.0, id]))
                .named("claim a photo")?;
        }
        Ok(())
    }

    fn write_digests(&self, digests: BTreeMap<i64, (i64, u128)>) -> Result<(), StoreError> {
        for (grid, (count, sum)) in digests {
            let old: Option<(i64, Vec<u8>)> = self
                .conn
                .prepare_cached("SELECT count, sum FROM grid_digest WHERE grid = ?1")
                .and_then(|mut s| s.query_row([grid], |row| Ok((row.get(0)?, row.get(1)?))).optional())
                .named("read a grid's digest")?;
            let (old_count, old_sum) = match old {
                Some((count, bytes)) => (
                    count,
                    u128::from_be_bytes(
                        bytes.try_into().map_err(|_| StoreError::Corrupt("a grid's digest"))?,
                    ),
                ),
                None => (0, 0),
            };
            self.conn
                .prepare_cached(
                    "INSERT INTO grid_digest (grid, count, sum) VALUES (?1, ?2, ?3)
                     ON CONFLICT (grid) DO UPDATE SET count = excluded.count, sum = excluded.sum",
                )
                .and_then(|mut s| {
                    s.execute(params![grid, old_count + count, old_sum.wrapping_add(sum).to_be_bytes()])
                })
                .named("write a grid's digest")?;
        }
        Ok(())
    }
}

/// Photos and recordings that a change puts into its record, in sets and in fields.
pub(super) fn photos(rid: Rid, change: &Change) -> impl Iterator<Item = (Rid, SetItem)> {
    let in_sets = change.sets.iter().flat_map(|s| &s.adds).copied();
    let in_fields = change.writes.iter().filter_map(|write| match write.value {
        Value::Photo(hash) => Some(SetItem::Photo(hash)),
        _ => None,
    });
    in_sets.chain(in_fields).filter(|item| matches!(item, SetItem::Photo(_))).map(move |item| (rid, item))
}

/// The revision after the last one. There is one writer, so revisions are in the order of commit.
fn next_rev(conn: &Connection) -> Result<i64, StoreError> {
    conn.prepare_cached("SELECT next FROM rev")
        .and_then(|mut s| s.query_row([], |row| row.get(0)))
        .named("read the revision")
}
