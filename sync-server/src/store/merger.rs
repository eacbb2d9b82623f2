//! Takes changes into the merged records, inside one write operation. Used by every writer: pushes of devices,
//! supervisors, releases from quarantine. Nothing else writes to `record` and the tables made from it.

use super::{Named, StoreError, restored};
use gridweave_core::entity::own_keys;
use gridweave_core::form::{Catalog, EntityKind, RecordType};
use gridweave_core::geo::Datum;
use gridweave_core::ids::{Dot, FieldKey, IdentityKey, RecordId, Rid, Seq};
use gridweave_core::merge::{Applied, MergeError, RecordState};
use gridweave_core::record::{Change, SetItem, system};
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
    grids: BTreeMap<String, Option<i64>>,
    last_seqs: BTreeMap<Rid, Seq>,
    may_be_lost: BTreeMap<Rid, bool>,
    /// Registers that came into conflict.
    pub new_conflicts: u32,
}

struct Touched {
    /// Row id; `None` for a record that is new.
    id: Option<i64>,
    state: RecordState,
    before: Before,
    photos: BTreeSet<(Rid, SetItem)>,
    /// A change was taken in. Not to be told from the digest: a visit may write nothing, and counts.
    changed: bool,
    /// There was no such record before.
    is_new: bool,
}

#[derive(Default)]
struct Before {
    grids: BTreeSet<i64>,
    digest: u128,
    identities: BTreeSet<(EntityKind, IdentityKey)>,
    conflicts: usize,
}

impl<'a> Merger<'a> {
    pub fn new(
        conn: &'a Connection,
        catalog: &'a Catalog,
        identity_key: &'a [u8],
        now_ms: i64,
    ) -> Merger<'a> {
        let (touched, grids, last_seqs, may_be_lost) = Default::default();
        let new_conflicts = 0;
        Merger { conn, catalog, identity_key, now_ms, touched, grids, last_seqs, may_be_lost, new_conflicts }
    }

    /// The record as it is now, with what this operation did to it; `None` if there is none.
    pub fn state(&mut self, record: RecordId) -> Result<Option<&RecordState>, StoreError> {
        self.load(record)?;
        Ok(self.touched.get(&record).map(|t| &t.state))
    }

    /// Ids of the grids that the record lies in.
    pub fn grids_of(&mut self, record: RecordId) -> Result<BTreeSet<i64>, StoreError> {
        self.load(record)?;
        match self.touched.get(&record).map(|t| t.state.clone()) {
            Some(state) => self.live_grids(&state),
            None => Ok(BTreeSet::new()),
        }
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
        let touched = self.touched.entry(change.record).or_insert_with(|| Touched {
            id: None,
            state: RecordState::new(change.record, change.record_type),
            before: Before::default(),
            photos: BTreeSet::new(),
            changed: false,
            is_new: true,
        });
        // Merged on a copy: a refused change leaves no trace.
        let mut merged = touched.state.clone();
        let applied = merged.apply(rid, change);
        if applied == Ok(Applied::New) {
            touched.state = merged;
            touched.changed = true;
            let photos = change.sets.iter().flat_map(|s| &s.adds).filter(|i| matches!(i, SetItem::Photo(_)));
            touched.photos.extend(photos.map(|item| (rid, *item)));
        }
        Ok(applied)
    }

    /// Row id of a record that this operation touched or loaded; writes new ones so that they have one.
    pub fn row_id(&mut self, record: RecordId) -> Result<i64, StoreError> {
        let touched = self.touched.get_mut(&record).ok_or(StoreError::Corrupt("a record"))?;
        if let Some(id) = touched.id {
            return Ok(id);
        }
        // A place holder, filled by `finish` in the same transaction.
        self.conn
            .prepare_cached(
                "INSERT INTO record (record, type, grid, rev, conflicts, dead, title, updated_ms, digest, state)
                 VALUES (?1, ?2, 0, 0, 0, 0, '', 0, x'', x'')",
            )
            .and_then(|mut s| s.execute(params![record.0, touched.state.record_type.no.0]))
            .named("add a record")?;
        let id = self.conn.last_insert_rowid();
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
            let digest = t.state.digest();
            let id = t.id.ok_or(StoreError::Corrupt("a record without a row"))?;
            let grids = self.live_grids(&t.state)?;
            for grid in &t.before.grids {
                let entry = digests.entry(*grid).or_default();
                *entry = (entry.0 - 1, entry.1.wrapping_sub(t.before.digest));
            }
            for grid in &grids {
                let entry = digests.entry(*grid).or_default();
                *entry = (entry.0 + 1, entry.1.wrapping_add(digest));
            }
            self.write_record(id, &t.state, &grids, digest, rev)?;
            self.write_places(id, &t.before.grids, &grids, rev)?;
            self.write_identities(id, &t)?;
            self.write_photo_claims(id, &t.photos)?;
            self.new_conflicts += t.state.conflicts().len().saturating_sub(t.before.conflicts) as u32;
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
        if self.touched.contains_key(&record) {
            return Ok(());
        }
        let row: Option<(i64, Vec<u8>)> = self
            .conn
            .prepare_cached("SELECT id, state FROM record WHERE record = ?1")
            .and_then(|mut s| s.query_row([record.0], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .named("read a record")?;
        let Some((id, bytes)) = row else { return Ok(()) };
        let state = RecordState::decode(&bytes).map_err(|_| StoreError::Corrupt("a record's state"))?;
        let before = Before {
            grids: self.live_grids(&state)?,
            digest: state.digest(),
            identities: own_identities(self.catalog, self.identity_key, &state),
            conflicts: state.conflicts().len(),
        };
        let photos = BTreeSet::new();
        let touched = Touched { id: Some(id), state, before, photos, changed: false, is_new: false };
        self.touched.insert(record, touched);
        Ok(())
    }

    /// A record is in the scope of every live value of its grid register. Grids unknown to the city do not count.
    fn live_grids(&mut self, state: &RecordState) -> Result<BTreeSet<i64>, StoreError> {
        let mut ids = BTreeSet::new();
        for sibling in state.register(system::GRID).map(|r| r.siblings()).unwrap_or_default() {
            if let Some(code) = sibling.value.as_text()
                && let Some(id) = self.grid_id(code)?
            {
                ids.insert(id);
            }
        }
        Ok(ids)
    }

    fn write_record(
        &self,
        id: i64,
        state: &RecordState,
        grids: &BTreeSet<i64>,
        digest: u128,
        rev: i64,
    ) -> Result<(), StoreError> {
        let record_type = self.catalog.by_no(state.record_type.no);
        let place = place(state);
        self.conn
            .prepare_cached(
                "UPDATE record SET grid = ?2, rev = ?3, conflicts = ?4, dead = ?5, title = ?6, lat_e7 = ?7,
                 lon_e7 = ?8, updated_ms = ?9, digest = ?10, state = ?11 WHERE id = ?1",
            )
            .and_then(|mut s| {
                s.execute(params![
                    id,
                    grids.first().copied().unwrap_or(0),
                    rev,
                    state.conflicts().len() as i64,
                    is_dead(state),
                    record_type.map(|t| title(t, state)).unwrap_or_default(),
                    place.map(|p| p.0),
                    place.map(|p| p.1),
                    self.now_ms,
                    digest.to_be_bytes(),
                    state.encode(),
                ])
            })
            .named("write a record")?;
        Ok(())
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

    fn write_identities(&self, id: i64, t: &Touched) -> Result<(), StoreError> {
        let now = own_identities(self.catalog, self.identity_key, &t.state);
        for (kind, key) in t.before.identities.difference(&now) {
            self.conn
                .prepare_cached("DELETE FROM identity WHERE kind = ?1 AND key = ?2 AND record = ?3")
                .and_then(|mut s| s.execute(params![*kind as i64, key.0, id]))
                .named("unlink a record")?;
        }
        for (kind, key) in now.difference(&t.before.identities) {
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

/// The revision after the last one. There is one writer, so revisions are in the order of commit.
fn next_rev(conn: &Connection) -> Result<i64, StoreError> {
    conn.prepare_cached("SELECT next FROM rev")
        .and_then(|mut s| s.query_row([], |row| row.get(0)))
        .named("read the revision")
}

fn is_dead(state: &RecordState) -> bool {
    let life = state.register(system::LIFE).and_then(|r| r.agreed());
    matches!(life, Some(Value::Code(code)) if code.code != "alive")
}

/// Where the record is: its location, else where it was last confirmed. WGS-84 only: other datums shift.
fn place(state: &RecordState) -> Option<(i32, i32)> {
    let said = state.shown(FieldKey::plain(system::LOCATION)).map(|s| s.value);
    let point = match said {
        Some(Value::Geo(point)) => Some(point),
        _ => {
            let dots: Vec<Dot> = state.registers().values().flat_map(|r| r.dots()).collect();
            let stamps = dots.iter().filter_map(|dot| state.stamp(*dot)).filter(|s| s.fix.is_some());
            stamps.max_by_key(|s| s.hlc).and_then(|s| s.fix).map(|fix| fix.point)
        }
    }?;
    matches!(point.datum, Datum::Wgs84 | Datum::Cgcs2000).then_some((point.lat_e7, point.lon_e7))
}

/// The record in one line, from its type's title fields.
fn title(record_type: &RecordType, state: &RecordState) -> String {
    let values = record_type.title_fields().filter_map(|f| state.shown(FieldKey::plain(f.no)));
    let texts: Vec<String> = values.filter_map(|s| s.value.as_text().map(str::to_owned)).collect();
    texts.join(" ")
}

/// Identity keys of the record's own codes, each with what it is a key of.
pub(super) fn own_identities(
    catalog: &Catalog,
    key: &[u8],
    state: &RecordState,
) -> BTreeSet<(EntityKind, IdentityKey)> {
    let Some(record_type) = catalog.by_no(state.record_type.no) else { return BTreeSet::new() };
    let keys = own_keys(catalog, key, state).into_iter();
    keys.map(|key| (record_type.entity_kind, key)).collect()
}
