//! What the server said: merged states, grid by grid, kept apart from the own changes.

use super::word_index::WordIndex;
use super::{Context, Error, Projector, Store, log, meta, meta::name, photo, scope, shown};
use crate::ids::{GridCode, RecordId};
use crate::merge::RecordState;
use crate::record::CodecError;
use crate::time::{Hlc, UtcMs};
use crate::wire::v1::{GridCursor, GridDigest, Item, Page};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use std::collections::BTreeSet;

/// How far a stamp that was read may lead the server's clock, milliseconds.
const HEARD_LEAD_MS: UtcMs = 120_000;

/// What a page did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageEffect {
    /// Records taken in.
    pub records: u64,
    /// Records that left.
    pub left: u64,
    /// Records of a later version or damaged: kept out of sight.
    pub unreadable: u64,
    /// The latest stamp among them.
    pub heard: Hlc,
}

impl Store {
    /// How far each grid was read; a grid that was never read stands at 0.
    pub fn cursors(&self) -> Result<Vec<GridCursor>, Error> {
        self.conn
            .prepare_cached("SELECT grid, rev FROM cursor ORDER BY grid")
            .and_then(|mut s| {
                s.query_map([], |row| {
                    Ok(GridCursor { grid: GridCode(row.get("grid")?), rev: row.get::<_, i64>("rev")? as u64 })
                })?
                .collect()
            })
            .during("read the cursors")
    }

    /// Takes in a page with its cursors: all of it or nothing.
    pub fn take_page(&mut self, page: &Page, wall_ms: UtcMs) -> Result<PageEffect, Error> {
        let rid = self.identity()?.rid;
        let tx = self.conn.transaction().during("begin a page")?;
        let (mut touched, mut words) = (BTreeSet::new(), WordIndex::default());
        // A server that was put back from a backup says so by its epoch; one that does not is found out by what it lost.
        let is_new = meta::get_int(&tx, name::EPOCH)? != Some(page.epoch.into());
        if is_new || log::last_received(&tx, rid)? > page.durable_seq {
            touched.extend(log::offer_again(&tx, rid, page.durable_seq)?);
            log::enter_epoch(&tx, page.epoch)?;
        }
        if let Some(scope) = &page.scope {
            scope::write(&tx, scope)?;
            touched.extend(empty_foreign_grids(&tx)?);
        }
        let effect = take_items(&tx, &self.projector, page, &mut touched, &mut words)?;
        purge_left(&tx)?;
        for record in &touched {
            shown::refresh(&tx, &self.projector, *record, &mut words)?;
        }
        if page.scope.is_some() || !page.more {
            for record in hide_stranded(&tx)? {
                shown::refresh(&tx, &self.projector, record, &mut words)?;
            }
        }
        for cursor in &page.cursors {
            tx.prepare_cached(
                "INSERT INTO cursor (grid, rev) VALUES (:grid, :rev)
                 ON CONFLICT (grid) DO UPDATE SET rev = excluded.rev",
            )
            .and_then(|mut s| s.execute(named_params! {":grid": cursor.grid.0, ":rev": cursor.rev as i64}))
            .during("write a cursor")?;
        }
        photo::not_revoked(&tx)?;
        photo::give_up_damaged(&tx)?;
        photo::mark_missing(&tx, &page.photos_missing)?;
        meta::set_int(&tx, name::CLOCK_OFFSET, page.server_ms.saturating_sub(wall_ms))?;
        // The next own stamp comes after what was read here, however far this clock is behind; but never further ahead
        // than the server's time allows.
        let heard = self.head.hlc.hear(effect.heard, page.server_ms.saturating_add(HEARD_LEAD_MS));
        meta::set_int(&tx, name::HEARD, heard.0 as i64)?;
        if !page.more {
            meta::set_int(&tx, name::PULLED_ALL, wall_ms)?;
        }
        words.write(&tx)?;
        tx.commit().during("commit a page")?;
        self.head.hlc = self.head.hlc.max(heard);
        if page.scope.is_some() {
            self.load_grids()?;
        }
        Ok(effect)
    }

    /// What this device has of a grid's records between two ids (`to` excluded), from its own rows.
    pub fn digest(&self, grid: &GridCode, from: RecordId, to: Option<RecordId>) -> Result<GridDigest, Error> {
        let mut digest = GridDigest { grid: grid.clone(), count: 0, sum: 0 };
        for (_, part) in range(&self.conn, grid, from, to)? {
            digest.count += 1;
            digest.sum = digest.sum.wrapping_add(u128::from_be_bytes(part));
        }
        Ok(digest)
    }

    /// Ids of a grid's records between two ids (`to` excluded), in order.
    pub fn records_in(
        &self,
        grid: &GridCode,
        from: RecordId,
        to: Option<RecordId>,
    ) -> Result<Vec<RecordId>, Error> {
        Ok(range(&self.conn, grid, from, to)?.into_iter().map(|(record, _)| record).collect())
    }

    /// Makes a range of a grid what the server has of it. A state that came in this epoch is the server's to correct;
    /// one of an earlier epoch is merged, for the server may have lost what it once said. `count` is how many records
    /// the server has there: an answer that was cut short takes nothing away.
    pub fn repair(
        &mut self,
        grid: &GridCode,
        from: RecordId,
        to: Option<RecordId>,
        states: &[Vec<u8>],
        count: u64,
    ) -> Result<u64, Error> {
        let epoch = self.epoch()?;
        let tx = self.conn.transaction().during("begin a repair")?;
        let mut gone: BTreeSet<RecordId> =
            range(&tx, grid, from, to)?.into_iter().map(|(record, _)| record).collect();
        let mut touched = BTreeSet::new();
        let mut told = 0;
        for bytes in states {
            let Ok(state) = RecordState::decode(bytes) else { continue };
            let record = state.record;
            gone.remove(&record);
            if record < from || to.is_some_and(|to| record >= to) {
                continue;
            }
            told += 1;
            let same_epoch = hub_epoch(&tx, record)? == Some(epoch);
            if same_epoch {
                put_state(&tx, &state, bytes, epoch)?;
            } else {
                take_state(&tx, state, bytes, epoch)?;
            }
            place(&tx, grid, record)?;
            touched.insert(record);
        }
        for record in gone.into_iter().filter(|_| told == count) {
            if hub_epoch(&tx, record)? == Some(epoch) {
                leave(&tx, grid, record)?;
                touched.insert(record);
            }
        }
        purge_left(&tx)?;
        let mut words = WordIndex::default();
        for record in &touched {
            shown::refresh(&tx, &self.projector, *record, &mut words)?;
        }
        photo::give_up_damaged(&tx)?;
        words.write(&tx)?;
        tx.commit().during("commit a repair")?;
        Ok(touched.len() as u64)
    }
}

/// Takes in a page's items and shows its records; what else is to be shown anew comes to be `touched`.
fn take_items(
    tx: &Transaction<'_>,
    projector: &Projector,
    page: &Page,
    touched: &mut BTreeSet<RecordId>,
    words: &mut WordIndex,
) -> Result<PageEffect, Error> {
    let mut effect = PageEffect::default();
    for item in &page.items {
        let grid = |at: u16| page.cursors.get(usize::from(at)).map(|cursor| &cursor.grid);
        match item {
            Item::Record { grid: at, state: bytes } => {
                let Some(grid) = grid(*at) else { continue };
                match RecordState::decode(&bytes.0) {
                    Ok(state) => {
                        let record = state.record;
                        let last = state.stamps().values().map(|stamp| stamp.hlc).max();
                        effect.heard = effect.heard.max(last.unwrap_or_default());
                        let state = take_state(tx, state, &bytes.0, page.epoch)?;
                        place(tx, grid, record)?;
                        shown::refresh_from(tx, projector, state, words)?;
                        effect.records += 1;
                    }
                    Err(CodecError::Version(_) | CodecError::Short(_) | CodecError::Bad(_)) => {
                        effect.unreadable += 1;
                    }
                }
            }
            Item::Leave { grid: at, record } => {
                let Some(grid) = grid(*at) else { continue };
                leave(tx, grid, *record)?;
                touched.insert(*record);
                effect.left += 1;
            }
        }
    }
    Ok(effect)
}

/// Merges a state into what is here; answers what is here then. What the server once said in an earlier epoch and does
/// not say now stays, under its own epoch: the server lost it, and somebody may still hand it in again.
fn take_state(conn: &Connection, state: RecordState, bytes: &[u8], epoch: u32) -> Result<RecordState, Error> {
    let here = match shown::hub_state(conn, state.record) {
        // What is damaged here is replaced.
        Err(Error::Codec(_)) => None,
        here => here?,
    };
    let Some(mut here) = here else {
        put_state(conn, &state, bytes, epoch)?;
        return Ok(state);
    };
    let theirs = state.digest();
    if here.merge(state.clone()).is_err() {
        // The server gives a dot another value than before. Of its own records it has the last word, and one such
        // record must not hold up the others; own changes lie apart.
        put_state(conn, &state, bytes, epoch)?;
        return Ok(state);
    }
    let epoch = if here.digest() == theirs { Some(epoch) } else { hub_epoch(conn, here.record)? };
    put_state(conn, &here, &here.encode(), epoch.unwrap_or_default())?;
    Ok(here)
}

fn put_state(conn: &Connection, state: &RecordState, bytes: &[u8], epoch: u32) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO hub (record, state, digest, epoch) VALUES (:record, :state, :digest, :epoch)
         ON CONFLICT (record) DO UPDATE
             SET state = excluded.state, digest = excluded.digest, epoch = excluded.epoch",
    )
    .and_then(|mut s| {
        s.execute(named_params! {
            ":record": state.record.0,
            ":state": bytes,
            ":digest": state.digest().to_be_bytes(),
            ":epoch": epoch,
        })
    })
    .during("write a record")?;
    Ok(())
}

fn hub_epoch(conn: &Connection, record: RecordId) -> Result<Option<u32>, Error> {
    conn.prepare_cached("SELECT epoch FROM hub WHERE record = :record")
        .and_then(|mut s| s.query_row(named_params! {":record": record.0}, |row| row.get(0)).optional())
        .during("read a record's epoch")
}

fn place(conn: &Connection, grid: &GridCode, record: RecordId) -> Result<(), Error> {
    let params = named_params! {":grid": grid.0, ":record": record.0};
    conn.prepare_cached("INSERT OR IGNORE INTO hub_grid (grid, record) VALUES (:grid, :record)")
        .and_then(|mut s| s.execute(params))
        .during("place a record")?;
    conn.prepare_cached("DELETE FROM hub_left WHERE record = :record")
        .and_then(|mut s| s.execute(named_params! {":record": record.0}))
        .during("welcome a record back")?;
    Ok(())
}

/// Takes a record out of a grid. Out of its last one, it is hidden; and it is purged unless an own change to it has no
/// receipt yet.
fn leave(conn: &Connection, grid: &GridCode, record: RecordId) -> Result<(), Error> {
    let params = named_params! {":record": record.0};
    conn.prepare_cached("DELETE FROM hub_grid WHERE grid = :grid AND record = :record")
        .and_then(|mut s| s.execute(named_params! {":grid": grid.0, ":record": record.0}))
        .during("take a record out of a grid")?;
    let elsewhere: bool = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM hub_grid WHERE record = :record)")
        .and_then(|mut s| s.query_row(params, |row| row.get(0)))
        .during("look for a record's other grids")?;
    if !elsewhere {
        conn.prepare_cached("INSERT OR IGNORE INTO hub_left (record) VALUES (:record)")
            .and_then(|mut s| s.execute(params))
            .during("note that a record left")?;
    }
    Ok(())
}

/// Purges what left, as soon as no own change to it waits for its receipt.
pub(super) fn purge_left(conn: &Connection) -> Result<(), Error> {
    conn.prepare_cached(
        "DELETE FROM hub WHERE record IN (SELECT record FROM hub_left)
             AND NOT EXISTS (SELECT 1 FROM change WHERE change.record = hub.record AND state = 'pending')",
    )
    .and_then(|mut s| s.execute([]))
    .during("purge records that left")?;
    Ok(())
}

/// Hides what this device saved for a grid that is not its own any more and that no page will bring back.
fn hide_stranded(conn: &Connection) -> Result<Vec<RecordId>, Error> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO hub_left (record)
         SELECT record FROM shown
         WHERE grid NOT IN (SELECT code FROM grid) AND record NOT IN (SELECT record FROM hub_grid)
             AND NOT EXISTS (SELECT 1 FROM change WHERE change.record = shown.record AND state = 'pending')
         RETURNING record",
    )
    .and_then(|mut s| s.query_map([], |row| row.get("record").map(RecordId))?.collect())
    .during("hide what lies out of scope")
}

/// Takes every record out of the grids that are not in the scope any more, and forgets their cursors.
fn empty_foreign_grids(conn: &Connection) -> Result<Vec<RecordId>, Error> {
    let rows: Vec<(String, [u8; 16])> = conn
        .prepare_cached("SELECT grid, record FROM hub_grid WHERE grid NOT IN (SELECT code FROM grid)")
        .and_then(|mut s| s.query_map([], |row| Ok((row.get("grid")?, row.get("record")?)))?.collect())
        .during("list records out of scope")?;
    for (grid, record) in &rows {
        leave(conn, &GridCode(grid.clone()), RecordId(*record))?;
    }
    conn.execute("DELETE FROM cursor WHERE grid NOT IN (SELECT code FROM grid)", [])
        .during("forget cursors out of scope")?;
    Ok(rows.into_iter().map(|(_, record)| RecordId(record)).collect())
}

type Part = (RecordId, [u8; 16]);

fn range(
    conn: &Connection,
    grid: &GridCode,
    from: RecordId,
    to: Option<RecordId>,
) -> Result<Vec<Part>, Error> {
    conn.prepare_cached(
        "SELECT record, digest FROM hub_grid JOIN hub USING (record)
         WHERE grid = :grid AND record >= :from AND (:to IS NULL OR record < :to) ORDER BY record",
    )
    .and_then(|mut s| {
        s.query_map(named_params! {":grid": grid.0, ":from": from.0, ":to": to.map(|to| to.0)}, |row| {
            Ok((RecordId(row.get("record")?), row.get("digest")?))
        })?
        .collect()
    })
    .during("read a grid's digest")
}
