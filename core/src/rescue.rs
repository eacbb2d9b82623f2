//! What a phone that does not open any more still holds for the organisation.
//!
//! The folder of its field book is copied, the copy opened with the organisation's recovery key, and what the server has
//! not received is handed in as the phone would have done it: signed by the device's own key, with receipts. Nothing is
//! fetched, and the folder itself is never written to.

use crate::fieldbook::{Fieldbook, SystemClock};
use crate::ids::{Rid, from_hex};
use crate::keys::{self, KeyError};
use crate::store::{Error, OpenOptions, Photo, PhotoTrouble};
use crate::sync::{Cancel, Options, SyncListener, SyncReport};
use std::io;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// A salvaged field book, opened from a copy that is deleted when this is dropped.
pub struct Salvaged {
    book: Fieldbook,
    _copy: TempDir,
}

/// What it holds: counts, no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Number of the device's replica.
    pub rid: Rid,
    /// Changes that it saved.
    pub changes: u64,
    /// Of those, the ones without a receipt.
    pub not_received: u64,
    /// Photos that records claim and the server has not received.
    pub photos_not_received: u64,
    /// Of those, the ones whose file is damaged, as far as it was tried to hand them in.
    pub photos_damaged: u64,
    /// Of those, the ones that the server takes once a supervisor has released what names them: the device is revoked.
    pub photos_unreleased: u64,
    /// Of those, the ones that are more than the server takes of a revoked device.
    pub photos_over_quota: u64,
    /// Forms that were begun and never saved; they cannot be handed in.
    pub drafts: u64,
}

/// Why nothing could be salvaged.
#[derive(Debug, thiserror::Error)]
pub enum RescueError {
    /// The folder cannot be copied.
    #[error("the folder cannot be copied: {0}; give the folder that holds fieldbook.db and fieldbook.keys")]
    Copy(io::Error),
    /// Not a recovery key.
    #[error(
        "this is no recovery key: it has 64 hexadecimal digits, as `gridweave init --recovery-key FILE` wrote them"
    )]
    NotAKey,
    /// The keys do not open.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The field book does not open, or the server cannot be asked.
    #[error(transparent)]
    Book(#[from] Error),
}

/// The private half of a recovery key, from the text of its file.
pub fn read_key(text: &str) -> Result<keys::DatabaseKey, RescueError> {
    let bytes = Zeroizing::new(from_hex(text.trim()).ok_or(RescueError::NotAKey)?);
    Ok(keys::DatabaseKey::new(bytes.as_slice().try_into().map_err(|_| RescueError::NotAKey)?))
}

impl Salvaged {
    /// Opens a copy of the folder with the organisation's recovery key.
    pub fn open(folder: &Path, recovery: &keys::DatabaseKey) -> Result<Salvaged, RescueError> {
        let copy = tempfile::tempdir().map_err(RescueError::Copy)?;
        copy_all(folder, copy.path()).map_err(RescueError::Copy)?;
        let key = keys::open_by_organisation(copy.path(), recovery)?;
        let options = OpenOptions { key: Some(key), ..OpenOptions::default() };
        let book = Fieldbook::open(copy.path(), &options, Arc::new(SystemClock::new()))?;
        Ok(Salvaged { book, _copy: copy })
    }

    /// What it holds.
    pub fn contents(&self) -> Result<Contents, RescueError> {
        let store = self.book.store().lock();
        let photos = store.photos_pending()?;
        Ok(Contents {
            rid: store.identity()?.rid,
            changes: store.last_seq().0,
            not_received: store.pending_count()?,
            photos_not_received: photos.len() as u64,
            photos_damaged: Photo::count(&photos, Some(PhotoTrouble::Damaged)),
            photos_unreleased: Photo::count(&photos, Some(PhotoTrouble::Unreleased)),
            photos_over_quota: Photo::count(&photos, Some(PhotoTrouble::OverQuota)),
            drafts: store.drafts()?.len() as u64,
        })
    }

    /// Hands in what the server has not received. May be repeated: what arrived is acknowledged again.
    pub async fn hand_in(&self, listener: &dyn SyncListener) -> Result<SyncReport, RescueError> {
        let options = Options { pull: false, ..Options::default() };
        Ok(self.book.sync(&options, listener, &Cancel::default()).await?)
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            copy_all(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recovery_key_is_read_as_one() {
        assert_eq!(read_key(&format!("{}\n", "0a".repeat(32))).unwrap()[..], [10; 32]);
        for text in ["", "0a", &"0g".repeat(32), &"é".repeat(32), &"+1".repeat(32)] {
            assert!(matches!(read_key(text), Err(RescueError::NotAKey)), "{text}");
        }
    }

    #[test]
    fn a_folder_without_keys_says_what_it_needs() {
        let empty = tempfile::tempdir().unwrap();
        let key = keys::DatabaseKey::default();
        assert!(matches!(Salvaged::open(empty.path(), &key), Err(RescueError::Keys(KeyError::Damaged))));
        assert!(matches!(Salvaged::open(&empty.path().join("none"), &key), Err(RescueError::Copy(_))));
    }
}
