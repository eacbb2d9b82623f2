//! The steps of writing a small file so that a power cut leaves the old one or the new one, never a part.

use super::KeyError;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// The steps, each of which a power cut may follow.
pub(super) trait Disk: Send + Sync {
    /// The bytes of a file; none if it is not there.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;
    fn exists(&self, path: &Path) -> io::Result<bool>;
    fn make_dir(&self, path: &Path) -> io::Result<()>;
    /// Writes a file and brings its bytes to the disk.
    fn write_synced(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Brings the names in a directory to the disk.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// The system's own.
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            bytes => bytes.map(Some),
        }
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    fn write_synced(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}

/// Puts `bytes` in the place of the file, whole or not at all. When this returns, they survive a loss of power.
pub(super) fn replace(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
    what: &'static str,
) -> Result<(), KeyError> {
    let steps = || {
        let beside = path.with_extension("new");
        disk.write_synced(&beside, bytes)?;
        disk.rename(&beside, path)?;
        disk.sync_dir(path.parent().unwrap_or(Path::new(".")))
    };
    steps().map_err(|source| KeyError::Io { what, source })
}

/// A kind of file of this module. Every version of it is framed alike, so that one of a later app is known as such.
pub(super) struct Kind {
    /// What its first line says before the version.
    pub name: &'static str,
    /// The version that this program writes, and the only one that it reads.
    pub version: u32,
}

impl Kind {
    /// Reads a file; `None` for one that is not there or not whole.
    pub fn read(
        &self,
        disk: &dyn Disk,
        path: &Path,
        what: &'static str,
    ) -> Result<Option<Vec<u8>>, KeyError> {
        let bytes = disk.read(path).map_err(|source| KeyError::Io { what, source })?;
        let Some((version, content)) = bytes.as_deref().and_then(|bytes| self.unwrap(bytes)) else {
            return Ok(None);
        };
        match version {
            later if later > self.version => Err(KeyError::Newer),
            _ => Ok((version == self.version).then(|| content.to_vec())),
        }
    }

    /// The first line, content, SHA-256 of both.
    pub fn wrap(&self, content: &[u8]) -> Vec<u8> {
        let mut bytes = format!("{} {}\0", self.name, self.version).into_bytes();
        bytes.extend(content);
        bytes.extend(checksum(&bytes));
        bytes
    }

    /// Version and content of whole bytes of this kind.
    fn unwrap<'a>(&self, bytes: &'a [u8]) -> Option<(u32, &'a [u8])> {
        let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        let line = (checksum(body) == sum).then_some(body)?.strip_prefix(self.name.as_bytes())?;
        let end = line.iter().position(|byte| *byte == 0)?;
        let version = std::str::from_utf8(&line[..end]).ok()?.strip_prefix(' ')?.parse().ok()?;
        Some((version, &line[end + 1..]))
    }
}

fn checksum(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}
