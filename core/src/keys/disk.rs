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

/// Reads a file of this module; `None` for one that is not there or not whole.
pub(super) fn read_whole(
    disk: &dyn Disk,
    path: &Path,
    magic: &[u8],
    what: &'static str,
) -> Result<Option<Vec<u8>>, KeyError> {
    let bytes = disk.read(path).map_err(|source| KeyError::Io { what, source })?;
    Ok(bytes.and_then(|bytes| unwrap(&bytes, magic)))
}

/// Magic, content, SHA-256 of both.
pub(super) fn wrap(magic: &[u8], content: &[u8]) -> Vec<u8> {
    let mut bytes = [magic, content].concat();
    bytes.extend(checksum(&bytes));
    bytes
}

fn unwrap(bytes: &[u8], magic: &[u8]) -> Option<Vec<u8>> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
    (checksum(body) == sum).then(|| body.strip_prefix(magic).map(<[u8]>::to_vec)).flatten()
}

fn checksum(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}
