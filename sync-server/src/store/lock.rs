//! The lock on a data directory: what is counted in memory is counted in one place.
//!
//! Held by whoever serves the city, and by commands that must not run beside a server. Others, like adding a person, do
//! without: the database itself keeps their writes apart. The system lets go of the lock when its holder dies.

use super::StoreError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// The data directory is this holder's alone until this is dropped.
#[derive(Debug)]
pub struct DirLock {
    _file: File,
}

impl DirLock {
    /// Takes the lock of the city in `dir`, or says that another has it.
    pub fn take(dir: &Path) -> Result<DirLock, StoreError> {
        let file = |what| move |source| StoreError::File { what, source };
        // Opened, never made anew: where there is no directory, there is no city either.
        let lock = File::options().create(true).truncate(false).write(true).open(dir.join("gridweave.lock"));
        let lock = lock.map_err(file("open the lock of the data directory"))?;
        match lock.try_lock() {
            Ok(()) => Ok(DirLock { _file: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(TryLockError::Error(source)) => Err(file("lock the data directory")(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_holds_a_directory() {
        let dir = tempfile::tempdir().unwrap();
        let first = DirLock::take(dir.path()).unwrap();
        assert!(matches!(DirLock::take(dir.path()), Err(StoreError::InUse)));
        drop(first);
        assert!(DirLock::take(dir.path()).is_ok());
    }
}
