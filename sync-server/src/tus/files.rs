//! Where uploads lie on disk, and every step that must survive a power cut. All calls block.
//!
//! `uploads/ID.info` says what is uploaded (JSON), `uploads/ID.part` holds the bytes that came, its length being the
//! offset; `uploads/ID.chunk` a chunk not yet checked. A whole photo moves to `photos/aa/bb/HASH`. Names are made of
//! our own ids and hashes alone: nothing that a client sent ever becomes part of a path.

use super::grant::Grant;
use gridweave_core::ids::{PhotoHash, Rid, from_hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::SystemTime;

/// Name of one upload: 128 random bits, so that it cannot be guessed either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct UploadId([u8; 16]);

impl UploadId {
    pub(super) fn random() -> UploadId {
        UploadId(rand::random())
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl FromStr for UploadId {
    type Err = ();
    fn from_str(text: &str) -> Result<UploadId, ()> {
        let id = from_hex(text).and_then(|b| b.try_into().ok()).map(UploadId).ok_or(())?;
        // One spelling only.
        if id.to_string() == text { Ok(id) } else { Err(()) }
    }
}

/// How far an upload has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// Bytes are missing, or came but were not hashed yet.
    Open,
    /// The whole was hashed and is right; it may or may not have been moved, and the device not been noted.
    Verified,
    /// The photo is in its place and noted.
    Complete,
}

/// What stands in `ID.info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Info {
    pub(super) grant: Grant,
    pub(super) metadata: Option<String>,
    pub(super) stage: Stage,
}

/// The same as JSON; a type of its own, so that the domain's need not be serialisable.
#[derive(Serialize, Deserialize)]
struct InfoJson {
    version: u32,
    device: u32,
    sha256: String,
    len: u64,
    metadata: Option<String>,
    stage: Stage,
}

const INFO_VERSION: u32 = 1;

/// The two folders.
#[derive(Debug, Clone)]
pub(super) struct Files {
    uploads: PathBuf,
    photos: PathBuf,
}

impl Files {
    /// Opens or makes the folders below `dir`, and throws away what a crash left half-made.
    pub(super) fn open(dir: &Path) -> io::Result<Files> {
        let files = Files { uploads: dir.join("uploads"), photos: dir.join("photos") };
        fs::create_dir_all(&files.uploads)?;
        fs::create_dir_all(&files.photos)?;
        sync_dir(dir)?;
        for entry in fs::read_dir(&files.uploads)? {
            let path = entry?.path();
            let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
            // A part without its info was about to be made, or to be removed.
            if kind == "chunk" || kind == "new" || kind == "part" && !path.with_extension("info").exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(files)
    }

    /// Every upload there is; one whose info cannot be read is left alone.
    pub(super) fn list(&self) -> io::Result<Vec<(UploadId, Info)>> {
        let mut list = Vec::new();
        for entry in fs::read_dir(&self.uploads)? {
            let path = entry?.path();
            let id = path.extension().filter(|e| *e == "info").and(path.file_stem()).and_then(|s| s.to_str());
            let Some(id) = id.and_then(|s| s.parse().ok()) else { continue };
            if let Some(info) = self.info(id)? {
                list.push((id, info));
            }
        }
        Ok(list)
    }

    /// What is known of an upload; `None` when there is none.
    pub(super) fn info(&self, id: UploadId) -> io::Result<Option<Info>> {
        let bytes = match fs::read(self.path(id, "info")) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes?,
        };
        let Ok(json) = serde_json::from_slice::<InfoJson>(&bytes) else { return Ok(None) };
        let Ok(sha256) = json.sha256.parse() else { return Ok(None) };
        if json.version != INFO_VERSION {
            return Ok(None);
        }
        let grant = Grant { device: Rid(json.device), sha256, len: json.len };
        Ok(Some(Info { grant, metadata: json.metadata, stage: json.stage }))
    }

    /// Writes an upload's info, whole or not at all.
    pub(super) fn set_info(&self, id: UploadId, info: &Info) -> io::Result<()> {
        let json = InfoJson {
            version: INFO_VERSION,
            device: info.grant.device.0,
            sha256: info.grant.sha256.to_string(),
            len: info.grant.len,
            metadata: info.metadata.clone(),
            stage: info.stage,
        };
        let new = self.path(id, "new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(&json)?)?;
        file.sync_all()?;
        fs::rename(&new, self.path(id, "info"))?;
        sync_dir(&self.uploads)
    }

    /// Makes the empty file that bytes are added to.
    pub(super) fn create_part(&self, id: UploadId) -> io::Result<()> {
        File::create_new(self.path(id, "part")).map(drop)
    }

    /// How many bytes are kept, and when the last came; `None` when the file is not there (any more).
    pub(super) fn part(&self, id: UploadId) -> io::Result<Option<(u64, SystemTime)>> {
        match fs::metadata(self.path(id, "part")) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            found => found.and_then(|m| Ok(Some((m.len(), m.modified()?)))),
        }
    }

    /// When the info was last written.
    pub(super) fn info_time(&self, id: UploadId) -> io::Result<SystemTime> {
        fs::metadata(self.path(id, "info"))?.modified()
    }

    /// The file that bytes are added to.
    pub(super) fn open_part(&self, id: UploadId) -> io::Result<File> {
        OpenOptions::new().append(true).open(self.path(id, "part"))
    }

    /// A fresh file for a chunk that must be checked first.
    pub(super) fn create_chunk(&self, id: UploadId) -> io::Result<File> {
        File::create(self.path(id, "chunk"))
    }

    /// Adds the checked chunk to the part, durably.
    pub(super) fn append_chunk(&self, id: UploadId) -> io::Result<()> {
        let mut part = self.open_part(id)?;
        io::copy(&mut File::open(self.path(id, "chunk"))?, &mut part)?;
        part.sync_all()?;
        self.drop_chunk(id)
    }

    /// Throws the chunk away.
    pub(super) fn drop_chunk(&self, id: UploadId) -> io::Result<()> {
        remove(&self.path(id, "chunk"))
    }

    /// The hash of all bytes that came; they are durable afterwards.
    pub(super) fn hash_part(&self, id: UploadId) -> io::Result<PhotoHash> {
        let mut file = File::open(self.path(id, "part"))?;
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let n = file.read(&mut chunk)?;
            if n == 0 {
                break;
            }
            hasher.update(&chunk[..n]);
        }
        file.sync_all()?;
        Ok(PhotoHash(hasher.finalize().into()))
    }

    /// Moves the part into its place among the photos, durably. Done already is fine, too.
    pub(super) fn place_photo(&self, id: UploadId, hash: PhotoHash) -> io::Result<PathBuf> {
        let text = hash.to_string();
        let outer = self.photos.join(&text[..2]);
        let inner = outer.join(&text[2..4]);
        let path = inner.join(&text);
        fs::create_dir_all(&inner)?;
        match fs::rename(self.path(id, "part"), &path) {
            // Moved before a crash or an error that came after it.
            Err(e) if e.kind() == io::ErrorKind::NotFound && path.exists() => {}
            moved => moved?,
        }
        for dir in [&inner, &outer, &self.photos, &self.uploads] {
            sync_dir(dir)?;
        }
        Ok(path)
    }

    /// Removes all of an upload; a photo in its place stays.
    pub(super) fn remove(&self, id: UploadId) -> io::Result<()> {
        // The info goes first: without it there is no upload.
        for kind in ["info", "part", "chunk"] {
            remove(&self.path(id, kind))?;
        }
        sync_dir(&self.uploads)
    }

    fn path(&self, id: UploadId, kind: &str) -> PathBuf {
        self.uploads.join(format!("{id}.{kind}"))
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes creations, renames and removals in a folder durable.
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upload_ids_have_one_spelling_and_never_a_path() {
        let id = UploadId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in
            ["", "..", "../../etc/passwd", "%2e%2e", "AB", &"A".repeat(32), &"0".repeat(33), "0\0", "a/b"]
        {
            assert!(bad.parse::<UploadId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_crash_left_half_made_is_thrown_away_and_the_rest_kept() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::open(dir.path()).unwrap();
        let id = UploadId::random();
        let grant = Grant { device: Rid(7), sha256: PhotoHash([9; 32]), len: 5 };
        let info = Info { grant, metadata: Some("a YQ==".into()), stage: Stage::Open };
        files.create_part(id).unwrap();
        files.set_info(id, &info).unwrap();
        files.open_part(id).unwrap().write_all(b"abc").unwrap();
        files.create_chunk(id).unwrap().write_all(b"half").unwrap();
        fs::write(files.path(id, "new"), "{").unwrap();
        fs::write(files.path(UploadId::random(), "info"), "{").unwrap();

        let files = Files::open(dir.path()).unwrap();
        assert_eq!(files.list().unwrap(), [(id, info)]);
        assert_eq!(files.part(id).unwrap().unwrap().0, 3);
        assert!(!files.path(id, "chunk").exists() && !files.path(id, "new").exists());
    }
}
