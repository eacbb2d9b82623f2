//! Photos: files named by their hash, and rows that say what became of each.
//!
//! A file is whole or not there: it is written beside, synced, renamed, and its directory synced, before its row is.
//! Where the database is encrypted the files are sealed, too, and their names tell nothing.
//!
//! A photo that is given up belongs to no record any more and keeps the trouble that it was given up for. It is not handed
//! in and holds up nothing; its file stays as long as a change names it.

use super::{Context, Error, Refused, Store, shown};
use crate::ids::{PhotoHash, RecordId, Rid, Seq};
use crate::merge::{ItemSet, RecordState, Register};
use crate::record::SetItem;
use crate::time::UtcMs;
use crate::value::Value;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// Where a photo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoState {
    /// On this device only.
    Local,
    /// The server has it, whole and on disk.
    Received,
}

/// Why a photo could not be handed in when that was tried last. Told until it is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoTrouble {
    /// Its file is gone or holds other bytes: it cannot be handed in, and is to be taken anew.
    Damaged,
    /// This device is revoked: the server takes it once a supervisor has released a change that names it.
    Unreleased,
    /// This device is revoked: the server has taken as many photos as it takes of one.
    OverQuota,
}

impl PhotoTrouble {
    fn name(self) -> &'static str {
        match self {
            PhotoTrouble::Damaged => "damaged",
            PhotoTrouble::Unreleased => "unreleased",
            PhotoTrouble::OverQuota => "over_quota",
        }
    }

    fn from_name(name: &str) -> Option<PhotoTrouble> {
        [PhotoTrouble::Damaged, PhotoTrouble::Unreleased, PhotoTrouble::OverQuota]
            .into_iter()
            .find(|trouble| trouble.name() == name)
    }
}

/// A photo taken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Photo {
    /// Its name.
    pub hash: PhotoHash,
    /// Length, bytes.
    pub len: u64,
    /// The record that claims it; none while it belongs to a draft.
    pub record: Option<RecordId>,
    /// Where it stands.
    pub state: PhotoState,
    /// What keeps it here.
    pub trouble: Option<PhotoTrouble>,
}

impl Photo {
    /// How many of these have this trouble, or none.
    pub fn count(photos: &[Photo], trouble: Option<PhotoTrouble>) -> u64 {
        photos.iter().filter(|photo| photo.trouble == trouble).count() as u64
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Photo> {
    Ok(Photo {
        hash: PhotoHash(row.get("hash")?),
        len: row.get("len")?,
        record: row.get::<_, Option<[u8; 16]>>("record")?.map(RecordId),
        state: match row.get::<_, String>("state")?.as_str() {
            "local" => PhotoState::Local,
            _ => PhotoState::Received,
        },
        trouble: row.get::<_, Option<String>>("trouble")?.and_then(|name| PhotoTrouble::from_name(&name)),
    })
}

/// Input or output failed: the same number on Linux and on Apple's systems.
const EIO: i32 = 5;

const COLUMNS: &str = "SELECT hash, len, record, state, trouble FROM photo";

impl Store {
    /// Keeps a photo. When this returns, it survives a loss of power. The same bytes twice are one photo. No bytes are
    /// none.
    pub fn add_photo(&mut self, bytes: &[u8], now_ms: UtcMs) -> Result<PhotoHash, Error> {
        if bytes.is_empty() {
            return Err(Refused::NoPicture.into());
        }
        let hash = PhotoHash(Sha256::digest(bytes).into());
        let path = self.photo_path(hash);
        let sealed = self.photo_keys.as_ref().map(|keys| keys.seal(hash, bytes));
        let kept = sealed.as_deref().unwrap_or(bytes);
        // One that is there and damaged is put right by who has it whole.
        if self.photo_bytes(hash).is_err() {
            let dir = path.parent().expect("a photo's path has a directory");
            std::fs::create_dir_all(dir).during("make a directory for photos")?;
            let beside = path.with_extension("new");
            let mut file = File::create(&beside).during("begin a photo")?;
            if let Err(error) = file.write_all(kept).and_then(|()| file.sync_all()) {
                // The part that was written would take room where there is none.
                let _ = std::fs::remove_file(&beside);
                return Err(error).during("write a photo");
            }
            std::fs::rename(&beside, &path).during("name a photo")?;
            for dir in [dir, &self.dir.join("photos")] {
                File::open(dir).and_then(|d| d.sync_all()).during("sync a directory of photos")?;
            }
        }
        self.conn
            .prepare_cached(
                "INSERT INTO photo (hash, len, added_ms, state) VALUES (:hash, :len, :now, 'local')
                 ON CONFLICT (hash) DO UPDATE SET trouble = NULL",
            )
            .and_then(|mut s| {
                s.execute(named_params! {":hash": hash.0, ":len": bytes.len() as u64, ":now": now_ms})
            })
            .during("note a photo")?;
        Ok(hash)
    }

    /// One photo's row.
    pub fn photo(&self, hash: PhotoHash) -> Result<Option<Photo>, Error> {
        self.conn
            .prepare_cached(&format!("{COLUMNS} WHERE hash = :hash"))
            .and_then(|mut s| s.query_row(named_params! {":hash": hash.0}, read).optional())
            .during("look for a photo")
    }

    /// A photo's bytes, checked against its name.
    pub fn photo_bytes(&self, hash: PhotoHash) -> Result<Vec<u8>, Error> {
        let bytes = match std::fs::read(self.photo_path(hash)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Refused::NoPhoto(hash).into());
            }
            Err(error) if error.raw_os_error() == Some(EIO) => {
                return Err(Error::Damaged("the storage does not give a photo back"));
            }
            bytes => bytes.during("read a photo")?,
        };
        let bytes = match &self.photo_keys {
            Some(keys) => {
                keys.open(hash, &bytes).ok_or(Error::Damaged("a photo's bytes were not sealed here"))?
            }
            None => bytes,
        };
        let found: [u8; 32] = Sha256::digest(&bytes).into();
        if found == hash.0 {
            Ok(bytes)
        } else {
            Err(Error::Damaged("a photo's bytes are not those of its name"))
        }
    }

    /// Photos that records claim and the server has not received, oldest first.
    pub fn photos_pending(&self) -> Result<Vec<Photo>, Error> {
        self.conn
            .prepare_cached(&format!(
                "{COLUMNS} WHERE state = 'local' AND record IS NOT NULL ORDER BY added_ms, hash"
            ))
            .and_then(|mut s| s.query_map([], read)?.collect())
            .during("list photos to upload")
    }

    /// Photos of one record that were taken here.
    pub fn photos_of(&self, record: RecordId) -> Result<Vec<Photo>, Error> {
        self.conn
            .prepare_cached(&format!("{COLUMNS} WHERE record = :record ORDER BY added_ms, hash"))
            .and_then(|mut s| s.query_map(named_params! {":record": record.0}, read)?.collect())
            .during("list a record's photos")
    }

    /// Notes that the server has a photo. Only after its signature on that was verified.
    pub fn set_photo_received(&mut self, hash: PhotoHash) -> Result<(), Error> {
        self.conn
            .prepare_cached("UPDATE photo SET state = 'received', trouble = NULL WHERE hash = :hash")
            .and_then(|mut s| s.execute(named_params! {":hash": hash.0}))
            .during("note a photo's receipt")?;
        Ok(())
    }

    /// Notes what keeps a photo here.
    pub fn set_photo_trouble(&mut self, hash: PhotoHash, trouble: PhotoTrouble) -> Result<(), Error> {
        let tx = self.conn.transaction().during("begin noting a photo's trouble")?;
        tx.prepare_cached("UPDATE photo SET trouble = :trouble WHERE hash = :hash AND state = 'local'")
            .and_then(|mut s| s.execute(named_params! {":hash": hash.0, ":trouble": trouble.name()}))
            .during("note a photo's trouble")?;
        give_up_damaged(&tx)?;
        tx.commit().during("commit a photo's trouble")
    }

    /// Gives up a photo of which the server has said that nobody will release what names it.
    pub fn give_up_unwanted(&mut self, hash: PhotoHash) -> Result<(), Error> {
        self.conn
            .prepare_cached(
                "UPDATE photo SET record = NULL, trouble = :trouble WHERE hash = :hash AND state = 'local'",
            )
            .and_then(|mut s| {
                s.execute(named_params! {":hash": hash.0, ":trouble": PhotoTrouble::Unreleased.name()})
            })
            .during("give up a photo that is not wanted")?;
        Ok(())
    }

    /// How many photos were given up for this trouble.
    pub fn photos_given_up(&self, trouble: PhotoTrouble) -> Result<u64, Error> {
        self.conn
            .prepare_cached("SELECT count(*) FROM photo WHERE record IS NULL AND trouble = :trouble")
            .and_then(|mut s| s.query_row(named_params! {":trouble": trouble.name()}, |row| row.get(0)))
            .during("count photos that were given up")
    }

    /// Deletes photos that no record claims and that neither a change of this log nor a draft names, if they were added
    /// before `before_ms` by this device's clock.
    pub fn discard_unclaimed_photos(&mut self, before_ms: UtcMs) -> Result<u64, Error> {
        let unclaimed: Vec<PhotoHash> = self
            .conn
            .prepare_cached(
                // A change holds the hash itself, a draft its digits.
                "SELECT hash FROM photo WHERE record IS NULL AND added_ms < :before
                     AND NOT EXISTS (SELECT 1 FROM change WHERE instr(change.bytes, photo.hash) > 0)
                     AND NOT EXISTS (SELECT 1 FROM draft
                                     WHERE instr(draft.form, CAST(lower(hex(photo.hash)) AS BLOB)) > 0)",
            )
            .and_then(|mut s| {
                s.query_map(named_params! {":before": before_ms}, |row| row.get("hash").map(PhotoHash))?
                    .collect()
            })
            .during("list unclaimed photos")?;
        for hash in &unclaimed {
            self.conn
                .execute(
                    "DELETE FROM photo WHERE hash = :hash AND record IS NULL",
                    named_params! {":hash": hash.0},
                )
                .during("forget a photo")?;
            // A file that stays behind costs space, nothing more.
            let _ = std::fs::remove_file(self.photo_path(*hash));
        }
        Ok(unclaimed.len() as u64)
    }

    fn photo_path(&self, hash: PhotoHash) -> PathBuf {
        let name = self.photo_keys.as_ref().map_or_else(|| hash.to_string(), |keys| keys.name(hash));
        self.dir.join("photos").join(&name[..2]).join(name)
    }
}

/// The server lost the changes after `last`, and with them perhaps what it was given of their records' photos. Offering
/// one that it has costs a question.
pub(super) fn offer_again(conn: &Connection, rid: Rid, last: Seq) -> Result<(), Error> {
    conn.prepare_cached(
        "UPDATE photo SET state = 'local' WHERE state = 'received'
             AND record IN (SELECT record FROM change WHERE rid = :rid AND seq > :last)",
    )
    .and_then(|mut s| s.execute(named_params! {":rid": rid.0, ":last": last.0}))
    .during("offer photos again")?;
    Ok(())
}

/// This device was given a page: it is not revoked, or not any more.
pub(super) fn not_revoked(conn: &Connection) -> Result<(), Error> {
    conn.prepare_cached(
        "UPDATE photo SET trouble = NULL WHERE record IS NOT NULL AND trouble IN ('unreleased', 'over_quota')",
    )
    .and_then(|mut s| s.execute([]))
    .during("note that photos are taken again")?;
    Ok(())
}

/// Gives up the damaged photos that nobody can take anew: their record names others in their place, is not shown or is
/// deleted.
pub(super) fn give_up_damaged(conn: &Connection) -> Result<(), Error> {
    let damaged: Vec<(PhotoHash, RecordId)> = conn
        .prepare_cached(
            "SELECT hash, record FROM photo
             WHERE state = 'local' AND record IS NOT NULL AND trouble = 'damaged'",
        )
        .and_then(|mut s| {
            s.query_map([], |row| Ok((PhotoHash(row.get("hash")?), RecordId(row.get("record")?))))?.collect()
        })
        .during("list damaged photos")?;
    for (hash, record) in damaged {
        let state = match shown::shown_state(conn, record) {
            // What it names is not known until it comes anew.
            Err(Error::Codec(_)) => continue,
            state => state?,
        };
        if !state.is_some_and(|state| state.is_alive() && names(&state, hash)) {
            conn.execute(
                "UPDATE photo SET record = NULL WHERE hash = :hash",
                named_params! {":hash": hash.0},
            )
            .during("give up a damaged photo")?;
        }
    }
    Ok(())
}

fn names(state: &RecordState, hash: PhotoHash) -> bool {
    let in_set = |set: &ItemSet| set.entries().contains_key(&SetItem::Photo(hash));
    let in_field = |register: &Register| register.siblings().iter().any(|s| s.value == Value::Photo(hash));
    state.sets().values().any(in_set) || state.registers().values().any(in_field)
}

/// The server misses photos that it once had or never got: they are to be uploaded again.
pub(super) fn mark_missing(conn: &Connection, missing: &[PhotoHash]) -> Result<(), Error> {
    for hash in missing {
        conn.prepare_cached("UPDATE photo SET state = 'local' WHERE hash = :hash AND record IS NOT NULL")
            .and_then(|mut s| s.execute(named_params! {":hash": hash.0}))
            .during("offer a photo again")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::OpenOptions;

    #[test]
    fn a_photo_reads_back_and_with_a_key_lies_sealed() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path(), &OpenOptions::for_tests()).unwrap();
        let bytes = b"a picture of somebody's door".repeat(100);
        let hash = store.add_photo(&bytes, 0).unwrap();
        let path = store.photo_path(hash);
        assert_eq!(store.photo_bytes(hash).unwrap(), bytes);
        let kept = std::fs::read(&path).unwrap();
        assert_eq!(kept == bytes, !cfg!(feature = "sqlcipher"));
        assert_eq!(path.to_string_lossy().contains(&hash.to_string()), !cfg!(feature = "sqlcipher"));
        // The same bytes again are the same photo; changed ones are told, not shown.
        assert_eq!(store.add_photo(&bytes, 1).unwrap(), hash);
        std::fs::write(&path, [&kept[1..], b"x"].concat()).unwrap();
        assert!(matches!(store.photo_bytes(hash), Err(Error::Damaged(_))));
        store.add_photo(&bytes, 2).unwrap();
        assert_eq!(store.photo_bytes(hash).unwrap(), bytes, "whoever has it whole puts it right");
        assert!(matches!(store.add_photo(b"", 3), Err(Error::Refused(Refused::NoPicture))));
    }
}
