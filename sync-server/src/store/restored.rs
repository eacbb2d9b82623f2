//! After the database was put back from a backup: a new epoch, and what has to be told apart until everybody has handed
//! in again.
//!
//! What was given out since the backup is not known here any more: numbers of replicas and people, and changes. Numbers
//! go on far above what can have been given out, so that none is given out twice, not even when the same backup is put
//! back twice. Changes come back from the devices in whatever order these call, so one may name another that is not
//! here yet; [`may_be_lost`] tells such a name from one that never was.

use super::audit::{self, Note};
use super::{Named, Store, StoreError};
use gridweave_core::ids::{PhotoHash, Rid};
use rand::RngExt;
use rusqlite::{Connection, OptionalExtension, params};

/// Numbers that are passed over at least.
const SKIPPED: i64 = 1 << 20;
/// And at most so many more, by chance: the same backup may be put back twice.
const SCATTERED: i64 = 1 << 24;

/// What became of a database that was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The epoch that began.
    pub epoch: u32,
    /// Photos that the database names and the disk does not have: their devices are asked for them again.
    pub photos_gone: u64,
}

impl Store {
    /// Begins a new epoch. Devices then offer again what the database lost.
    pub async fn begin_epoch(&self, now_ms: i64) -> Result<Restored, StoreError> {
        let photos = self.dir().join("photos");
        let gone = move |hash: PhotoHash, len: u64| {
            let name = hash.to_string();
            let file = photos.join(&name[..2]).join(&name[2..4]).join(&name);
            std::fs::metadata(file).map_or(true, |file| file.len() != len)
        };
        self.write(move |conn| begin(conn, now_ms, gone)).await
    }
}

fn begin(
    conn: &Connection,
    now_ms: i64,
    gone: impl Fn(PhotoHash, u64) -> bool,
) -> Result<Restored, StoreError> {
    let now_s = now_ms / 1000;
    let number =
        |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).named("read the last numbers");
    let last_rid = number("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'replica'")?;
    let last_person = number(
        "SELECT max(coalesce((SELECT max(no) FROM person), 0),
                    coalesce((SELECT max(person_floor) FROM restored), 0))",
    )?;
    let floor = |last: i64| last + SKIPPED + rand::rng().random_range(0..SCATTERED);
    // The clock goes on whatever is put back, so two restores of one backup are two epochs.
    let epoch = (i64::from(super::city::read_city(conn)?.epoch) + 1).max(now_s) as u32;
    let (rid_floor, person_floor) = (floor(last_rid), floor(last_person));
    conn.execute("UPDATE meta SET epoch = ?1", [epoch]).named("begin an epoch")?;
    conn.execute(
        "INSERT INTO restored (epoch, at_ms, rid_floor, person_floor) VALUES (?1, ?2, ?3, ?4)",
        params![epoch, now_ms, rid_floor, person_floor],
    )
    .named("note the restore")?;
    // There is no row yet in a copy from before the first device.
    conn.execute("DELETE FROM sqlite_sequence WHERE name = 'replica'", []).named("skip replica numbers")?;
    conn.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('replica', ?1)", [rid_floor])
        .named("skip replica numbers")?;
    // Whoever signed out since the backup stays signed out.
    conn.execute("DELETE FROM web_session", []).named("sign everybody out")?;
    let photos_gone = forget_photos(conn, gone)?;
    let object = format!("epoch {epoch}");
    audit::note(conn, now_ms, &Note { person: None, action: "restore_server", object: &object, reason: "" })?;
    Ok(Restored { epoch, photos_gone })
}

/// Takes photos off the list whose files are not there; the next page asks their devices for them.
fn forget_photos(conn: &Connection, gone: impl Fn(PhotoHash, u64) -> bool) -> Result<u64, StoreError> {
    let listed: Vec<(Vec<u8>, i64)> = conn
        .prepare("SELECT DISTINCT hash, len FROM photo")
        .and_then(|mut s| s.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .named("list the photos")?;
    let mut photos_gone = 0;
    for (hash, len) in listed {
        let hash: [u8; 32] = hash.try_into().map_err(|_| StoreError::Corrupt("a photo's hash"))?;
        if gone(PhotoHash(hash), len as u64) {
            conn.execute("DELETE FROM photo WHERE hash = ?1", params![hash]).named("forget a photo")?;
            photos_gone += 1;
        }
    }
    Ok(photos_gone)
}

/// The last restore: its epoch, and up to where replica numbers may have been given out before it. `None`: there was
/// none.
pub(super) fn last(conn: &Connection) -> Result<Option<(u32, Rid)>, StoreError> {
    conn.prepare_cached("SELECT epoch, rid_floor FROM restored ORDER BY epoch DESC LIMIT 1")
        .and_then(|mut s| s.query_row([], |row| Ok((row.get(0)?, Rid(row.get(1)?)))).optional())
        .named("read the last restore")
}

/// Whether changes of this replica may have been received before the restore and be missing now. Not of one that has
/// handed in everything since, nor of one that began after it.
pub(super) fn may_be_lost(conn: &Connection, rid: Rid) -> Result<bool, StoreError> {
    let Some((epoch, _)) = last(conn)?.filter(|(_, floor)| rid <= *floor) else { return Ok(false) };
    let caught_up: Option<u32> = conn
        .prepare_cached("SELECT epoch FROM caught_up WHERE rid = ?1")
        .and_then(|mut s| s.query_row([rid.0], |row| row.get(0)).optional())
        .named("read who handed in again")?;
    Ok(caught_up != Some(epoch))
}

/// Notes that a replica has nothing left to hand in again.
pub(super) fn note_caught_up(conn: &Connection, rid: Rid) -> Result<(), StoreError> {
    let Some((epoch, _)) = last(conn)? else { return Ok(()) };
    conn.prepare_cached(
        "INSERT INTO caught_up (rid, epoch) VALUES (?1, ?2)
         ON CONFLICT (rid) DO UPDATE SET epoch = excluded.epoch WHERE epoch <> excluded.epoch",
    )
    .and_then(|mut s| s.execute(params![rid.0, epoch]))
    .named("note who handed in again")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::city::{City, NewPerson};
    use crate::store::replica;
    use gridweave_core::form::Catalog;
    use std::sync::Arc;

    const NOW_MS: i64 = 1_795_600_000_000;

    /// A database without a single device, and somebody in it.
    async fn empty(dir: &std::path::Path) -> Store {
        let store = Store::open(dir, Arc::new(Catalog::builtin())).unwrap();
        let city = City { organisation: "x".into(), epoch: 1, invented: true };
        store.make_city(city).await.unwrap();
        store.add_person(person()).await.unwrap();
        store
    }

    fn person() -> NewPerson {
        NewPerson { name: "甲".into(), role: "worker", login: None, password: None }
    }

    #[tokio::test]
    async fn numbers_go_on_far_above_also_where_none_was_given_out_yet() {
        let dir = tempfile::tempdir().unwrap();
        let store = empty(dir.path()).await;
        let first = store.begin_epoch(NOW_MS).await.unwrap();
        let second = store.begin_epoch(NOW_MS).await.unwrap();
        assert_eq!([first.epoch, second.epoch].map(i64::from), [NOW_MS / 1000, NOW_MS / 1000 + 1]);
        let person = store.add_person(person()).await.unwrap();
        assert!(i64::from(person.0) > 2 * SKIPPED);
        let rid = store.write(move |conn| replica::insert_server_writer(conn, person, NOW_MS)).await.unwrap();
        assert!(i64::from(rid.0) > 2 * SKIPPED);
    }

    #[tokio::test]
    async fn only_who_may_have_lost_something_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let store = empty(dir.path()).await;
        let lost = |rid: u32| store.read(move |conn| may_be_lost(conn, Rid(rid)));
        assert!(!lost(7).await.unwrap(), "nothing was ever put back");
        store.begin_epoch(NOW_MS).await.unwrap();
        let (_, floor) = store.read(last).await.unwrap().unwrap();
        assert!(lost(7).await.unwrap() && lost(floor.0).await.unwrap());
        assert!(!lost(floor.0 + 1).await.unwrap(), "it began after the restore");
        store.write(|conn| note_caught_up(conn, Rid(7))).await.unwrap();
        assert!(!lost(7).await.unwrap() && lost(8).await.unwrap());
        store.begin_epoch(NOW_MS).await.unwrap();
        assert!(lost(7).await.unwrap(), "put back once more, it may be lost again");
    }
}
