//! The feed: what is new in a device's grids since its cursors, and the digests to compare with.

use super::replica::{self, ReplicaState};
use super::session::{self, PullTally};
use super::{Named, Store, StoreError};
use gridweave_core::ids::{GridCode, PersonNo, PhotoHash, RecordId, Rid};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::v1::*;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// Most photo hashes in one page.
const PHOTOS_MISSING_MAX: i64 = 200;
/// Most ranges in one digest request.
pub const RANGES_MAX: usize = 256;

/// A page for replica `rid`, and which scope it was told.
struct Told {
    reply: PullReply,
    scope_version: Option<u64>,
    pulled: usize,
    /// The device has nothing that is not here.
    caught_up: bool,
}

impl Store {
    /// Answers a pull: one read transaction for the page and its digests, then a short write that notes the session.
    pub async fn pull(
        &self,
        rid: Rid,
        pull: Pull,
        now_ms: i64,
        bytes_up: u64,
        counter: u64,
    ) -> Result<PullReply, StoreError> {
        let (session, facts) = (pull.session, pull.facts.clone());
        let told = self.read(move |conn| page(conn, rid, &pull, now_ms)).await?;
        let bytes_down = match &told.reply {
            PullReply::Page(page) => page.items.iter().map(item_len).sum::<usize>() as u64,
            _ => 0,
        };
        let (scope, pulled, caught_up) = (told.scope_version, told.pulled, told.caught_up);
        self.write(move |conn| {
            let tally = PullTally { pulled, bytes_up, bytes_down, repaired: 0, counter };
            session::note_pull(conn, rid, session, now_ms, facts.as_ref(), &tally)?;
            if let Some(version) = scope {
                conn.prepare_cached("UPDATE replica SET scope_told = max(scope_told, ?2) WHERE rid = ?1")
                    .and_then(|mut s| s.execute(params![rid.0, version as i64]))
                    .named("note the scope told")?;
            }
            if caught_up {
                super::restored::note_caught_up(conn, rid)?;
            }
            Ok(())
        })
        .await?;
        Ok(told.reply)
    }

    /// Digests of ranges of a grid's records, and the records of ranges wanted whole. `None`: not a grid of this
    /// replica.
    pub async fn digests(
        &self,
        rid: Rid,
        ask: Digests,
        now_ms: i64,
    ) -> Result<Option<DigestsReply>, StoreError> {
        let session = ask.session;
        let reply = self.read(move |conn| digests(conn, rid, &ask)).await?;
        if let Some(reply) = &reply {
            let tally = PullTally { repaired: reply.states.len(), ..PullTally::default() };
            self.write(move |conn| session::note_pull(conn, rid, session, now_ms, None, &tally)).await?;
        }
        Ok(reply)
    }
}

fn item_len(item: &Item) -> usize {
    match item {
        Item::Record { state, .. } => state.0.len(),
        Item::Leave { .. } => 17,
    }
}

fn page(conn: &Connection, rid: Rid, pull: &Pull, now_ms: i64) -> Result<Told, StoreError> {
    let replica = replica::read(conn, rid)?.ok_or(StoreError::Corrupt("a replica"))?;
    let nothing = |reply| Ok(Told { reply, scope_version: None, pulled: 0, caught_up: false });
    if replica.state == ReplicaState::Unconfirmed {
        return nothing(PullReply::Unconfirmed);
    }
    if pull.last_seq < replica.last_seq {
        let common_hash = super::push::hash_at(conn, &replica, pull.last_seq)?;
        return nothing(PullReply::Fork(Fork { common_seq: pull.last_seq, common_hash }));
    }
    let epoch = super::city::read_city(conn)?.epoch;
    let grids = grids_of(conn, rid)?;
    let since: BTreeMap<&GridCode, u64> = if pull.epoch == epoch {
        pull.cursors.iter().map(|c| (&c.grid, c.rev)).collect()
    } else {
        BTreeMap::new()
    };
    let bytes_max = (pull.bytes_max as usize).clamp(1 << 10, 2 << 20);
    let mut page = Page {
        epoch,
        server_ms: now_ms,
        scope: (pull.scope_version != replica.scope_version)
            .then(|| scope(conn, rid, replica.scope_version, &grids))
            .transpose()?,
        items: Vec::new(),
        cursors: Vec::new(),
        more: false,
        digests: Vec::new(),
        photos_missing: Vec::new(),
        durable_seq: replica.last_seq,
    };
    let mut bytes = 0;
    for (index, (id, code)) in grids.iter().enumerate() {
        let after = since.get(code).copied().unwrap_or(0);
        let (items, rev, more) = grid_items(conn, *id, index as u16, after, bytes_max.saturating_sub(bytes))?;
        bytes += items.iter().map(item_len).sum::<usize>();
        page.items.extend(items);
        page.cursors.push(GridCursor { grid: code.clone(), rev });
        page.more |= more;
    }
    if !page.more {
        page.digests =
            grids.iter().map(|(id, code)| grid_digest(conn, *id, code)).collect::<Result<_, _>>()?;
        page.photos_missing = photos_missing(conn, rid)?;
    }
    let pulled = page.items.len();
    let scope_version = page.scope.as_ref().map(|scope| scope.version);
    let caught_up = pull.epoch == epoch && pull.last_seq == replica.last_seq;
    Ok(Told { reply: PullReply::Page(page), scope_version, pulled, caught_up })
}

/// The replica's grids in the order of their codes.
fn grids_of(conn: &Connection, rid: Rid) -> Result<Vec<(i64, GridCode)>, StoreError> {
    conn.prepare_cached(
        "SELECT grid.id, grid.code FROM replica_grid JOIN grid ON grid.id = replica_grid.grid
         WHERE rid = ?1 AND until_version IS NULL ORDER BY grid.code",
    )
    .and_then(|mut s| s.query_map([rid.0], |row| Ok((row.get(0)?, GridCode(row.get(1)?))))?.collect())
    .named("read a scope")
}

fn scope(conn: &Connection, rid: Rid, version: u64, grids: &[(i64, GridCode)]) -> Result<Scope, StoreError> {
    let mut scope = Scope { version, grids: Vec::new(), people: Vec::new() };
    for (id, code) in grids {
        let (name, layer, outline): (String, String, Vec<u8>) = conn
            .prepare_cached("SELECT name, layer, outline FROM grid WHERE id = ?1")
            .and_then(|mut s| s.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))
            .named("read a grid")?;
        let outline = postcard::from_bytes(&outline).map_err(|_| StoreError::Corrupt("an outline"))?;
        scope.grids.push(Grid { code: code.clone(), name, layer, outline });
    }
    // Whose names stand beside values: the workers of these grids, and the supervisors.
    scope.people = conn
        .prepare_cached(
            "SELECT person.no, person.name FROM person JOIN replica ON replica.person = person.no
             JOIN replica_grid USING (rid)
             WHERE grid IN (SELECT grid FROM replica_grid WHERE rid = ?1 AND until_version IS NULL)
             UNION SELECT no, name FROM person WHERE role IN ('supervisor', 'admin')
             ORDER BY 1",
        )
        .and_then(|mut s| s.query_map([rid.0], |row| Ok((PersonNo(row.get(0)?), row.get(1)?)))?.collect())
        .named("read the people of a scope")?;
    Ok(scope)
}

/// Records and leaves of one grid after `rev`, in order, about as many as fit; where the cursor then stands; whether
/// more is waiting.
fn grid_items(
    conn: &Connection,
    grid: i64,
    index: u16,
    after: u64,
    bytes_max: usize,
) -> Result<(Vec<Item>, u64, bool), StoreError> {
    let mut stmt = conn
        .prepare_cached(
            "SELECT rev, record, state, 0 AS left FROM record WHERE grid = ?1 AND rev > ?2
             UNION ALL
             SELECT also_in.rev, record.record, record.state, also_in.left
             FROM also_in JOIN record ON record.id = also_in.record WHERE also_in.grid = ?1 AND also_in.rev > ?2
             ORDER BY 1",
        )
        .named("read a feed")?;
    let mut rows = stmt.query(params![grid, after as i64]).named("read a feed")?;
    let (mut items, mut cursor, mut bytes) = (Vec::new(), after, 0);
    while let Some(row) = rows.next().named("read a feed")? {
        if bytes >= bytes_max {
            return Ok((items, cursor, true));
        }
        let read = || -> rusqlite::Result<(i64, Vec<u8>, bool)> {
            Ok((row.get("rev")?, row.get("record")?, row.get("left")?))
        };
        let (rev, record, left) = read().named("read a feed")?;
        let item = if left {
            let record = RecordId::from_slice(&record).map_err(|_| StoreError::Corrupt("a record id"))?;
            Item::Leave { grid: index, record }
        } else {
            Item::Record { grid: index, state: Bytes(row.get("state").named("read a feed")?) }
        };
        bytes += item_len(&item);
        items.push(item);
        cursor = rev as u64;
    }
    Ok((items, cursor, false))
}

fn grid_digest(conn: &Connection, grid: i64, code: &GridCode) -> Result<GridDigest, StoreError> {
    let row: Option<(i64, Vec<u8>)> = conn
        .prepare_cached("SELECT count, sum FROM grid_digest WHERE grid = ?1")
        .and_then(|mut s| s.query_row([grid], |row| Ok((row.get(0)?, row.get(1)?))).optional())
        .named("read a grid's digest")?;
    let (count, sum) = row.unwrap_or((0, vec![0; 16]));
    let sum = u128::from_be_bytes(sum.try_into().map_err(|_| StoreError::Corrupt("a grid's digest"))?);
    Ok(GridDigest { grid: code.clone(), count: count as u64, sum })
}

/// Photos that this replica's changes name and that it has not uploaded yet.
fn photos_missing(conn: &Connection, rid: Rid) -> Result<Vec<PhotoHash>, StoreError> {
    conn.prepare_cached(
        "SELECT DISTINCT hash FROM photo_claim WHERE rid = ?1
         AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.hash = photo_claim.hash AND photo.rid = ?1) LIMIT ?2",
    )
    .and_then(|mut s| {
        s.query_map(params![rid.0, PHOTOS_MISSING_MAX], |row| {
            let bytes: Vec<u8> = row.get(0)?;
            Ok(PhotoHash(bytes.try_into().unwrap_or([0; 32])))
        })?
        .collect()
    })
    .named("find missing photos")
}

fn digests(conn: &Connection, rid: Rid, ask: &Digests) -> Result<Option<DigestsReply>, StoreError> {
    let Some((grid, _)) = grids_of(conn, rid)?.into_iter().find(|(_, code)| *code == ask.grid) else {
        return Ok(None);
    };
    let mut stmt = conn
        .prepare_cached(
            "SELECT record.record, record.digest, record.state FROM record
             WHERE (record.grid = ?1 OR EXISTS (SELECT 1 FROM also_in
                    WHERE also_in.grid = ?1 AND also_in.record = record.id AND also_in.left = 0))
             AND record.record >= ?2 AND (?3 IS NULL OR record.record < ?3) ORDER BY record.record",
        )
        .named("read a range")?;
    let mut reply = DigestsReply { ranges: Vec::new(), states: Vec::new() };
    for (from, to) in ask.ranges.iter().take(RANGES_MAX) {
        let mut rows = stmt.query(params![grid, from.0, to.map(|to| to.0)]).named("read a range")?;
        let (mut count, mut sum) = (0, 0u128);
        while let Some(row) = rows.next().named("read a range")? {
            let digest: Vec<u8> = row.get(1).named("read a range")?;
            let digest: [u8; 16] = digest.try_into().map_err(|_| StoreError::Corrupt("a digest"))?;
            (count, sum) = (count + 1, sum.wrapping_add(u128::from_be_bytes(digest)));
        }
        reply.ranges.push((count, sum));
    }
    let mut bytes = 0;
    for (from, to) in ask.records.iter().take(RANGES_MAX) {
        let mut rows = stmt.query(params![grid, from.0, to.map(|to| to.0)]).named("read a range")?;
        while let Some(row) = rows.next().named("read a range")? {
            let state: Vec<u8> = row.get(2).named("read a range")?;
            bytes += state.len();
            if bytes > 2 << 20 {
                return Ok(Some(reply)); // The device asks again for what is still missing.
            }
            reply.states.push(Bytes(state));
        }
    }
    Ok(Some(reply))
}
