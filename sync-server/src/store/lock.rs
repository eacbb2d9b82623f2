//! Locks that one process holds at a time. On a data directory: what is counted in memory is counted in one place. On the
//! demo: it is made in one place.
//!
//! Held by whoever serves the city, and by commands that must not run beside a server. Others, like adding a person, do
//! without: the database itself keeps their writes apart. The system lets go of the lock when its holder dies. Its file
//! says who holds it, for whoever comes second.

use super::StoreError;
use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Seek, Write};
use std::path::Path;

/// What it locks is this holder's alone until this is dropped.
#[derive(Debug)]
pub struct DirLock {
    file: File,
}

/// Who holds a lock, as far as its file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// Number of the process.
    pub pid: Option<u32>,
    /// Where it answers, if it serves.
    pub url: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}")?,
            None => f.write_str("another process")?,
        }
        self.url.iter().try_for_each(|url| write!(f, ", which answers at {url},"))
    }
}

impl DirLock {
    /// Takes the lock of the city in `dir`, or says who has it.
    pub fn take(dir: &Path) -> Result<DirLock, StoreError> {
        DirLock::at(&dir.join("gridweave.lock"))
    }

    /// Takes the lock that this file is.
    pub fn at(path: &Path) -> Result<DirLock, StoreError> {
        let failed = |what| move |source| StoreError::File { what, source };
        // What stands in it is kept: it says who holds the lock. A directory that is not there is not made.
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(failed("open a lock"))?;
        match file.try_lock() {
            Ok(()) => {
                let lock = DirLock { file };
                lock.write("");
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { by: holder(path) }),
            Err(TryLockError::Error(source)) => Err(failed("take a lock")(source)),
        }
    }

    /// Tells whoever comes second where this holder answers.
    pub fn tell(&self, url: &str) {
        self.write(url);
    }

    /// Writes who holds it. The lock holds without these words, too.
    fn write(&self, url: &str) {
        let mut file = &self.file;
        let words = format!("{}\n{url}\n", std::process::id());
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(words.as_bytes()));
    }
}

/// Who holds the lock that this file is. Some systems let nobody read it meanwhile.
fn holder(path: &Path) -> Holder {
    let words = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = words.lines();
    let pid = lines.next().and_then(|line| line.parse().ok());
    Holder { pid, url: lines.next().filter(|url| url.starts_with("http")).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_holds_a_directory_and_the_next_is_told_who() {
        let dir = tempfile::tempdir().unwrap();
        let first = DirLock::take(dir.path()).unwrap();
        let refused = || match DirLock::take(dir.path()) {
            Err(StoreError::InUse { by }) => by,
            other => panic!("{other:?}"),
        };
        let pid = std::process::id();
        assert_eq!(refused(), Holder { pid: Some(pid), url: None });
        first.tell("http://127.0.0.1:8640");
        assert_eq!(refused().to_string(), format!("process {pid}, which answers at http://127.0.0.1:8640,"));
        drop(first);
        // What the last holder answered under is no longer said.
        let second = DirLock::take(dir.path()).unwrap();
        assert_eq!(refused().url, None);
        drop(second);
        // An earlier version wrote nothing.
        std::fs::write(dir.path().join("gridweave.lock"), "").unwrap();
        assert_eq!(holder(&dir.path().join("gridweave.lock")).to_string(), "another process");
    }
}
