//! The keys of the field book: what an app does before it is open.

use crate::book::Fieldbook;
use crate::error::FieldbookError;
use gridweave_core::fieldbook::{self, SystemClock};
use gridweave_core::keys;
use gridweave_core::store::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The phone's own key, which never leaves it: Android's key store, the iOS key chain. Calls come on any thread.
#[uniffi::export(with_foreign)]
pub trait DeviceKeys: Send + Sync {
    /// Seals a short secret with the phone's key, making the key the first time.
    fn seal(&self, plain: Vec<u8>) -> Result<Vec<u8>, DeviceKeyError>;
    /// Opens what was sealed on this phone.
    fn open(&self, sealed: Vec<u8>) -> Result<Vec<u8>, DeviceKeyError>;
}

/// Why the phone's key does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum DeviceKeyError {
    /// It is gone for ever.
    #[error("lost")]
    Lost,
    /// It cannot be used now.
    #[error("unavailable")]
    Unavailable,
}

impl From<DeviceKeyError> for keys::DeviceKeyError {
    fn from(error: DeviceKeyError) -> keys::DeviceKeyError {
        match error {
            DeviceKeyError::Lost => keys::DeviceKeyError::Lost,
            DeviceKeyError::Unavailable => keys::DeviceKeyError::Unavailable,
        }
    }
}

/// An app whose key store threw something else: nothing is said to be lost for that.
impl From<uniffi::UnexpectedUniFFICallbackError> for DeviceKeyError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> DeviceKeyError {
        DeviceKeyError::Unavailable
    }
}

struct Foreign(Arc<dyn DeviceKeys>);

impl keys::DeviceKeys for Foreign {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, keys::DeviceKeyError> {
        Ok(self.0.seal(plain.to_vec())?)
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, keys::DeviceKeyError> {
        Ok(self.0.open(sealed.to_vec())?)
    }
}

type BookState = keys::BookState;
/// How a field book stands before it is opened: there is none yet; it opens without a PIN; a PIN is asked; too many
/// wrong PINs; the phone's key store lost its key; both copies of the keys are damaged.
#[uniffi::remote(Enum)]
pub enum BookState {
    New,
    Unlocked,
    Locked { wait_ms: u64, tries_left: u8 },
    WrongPins,
    DeviceKeyLost,
    Damaged,
}

/// The keys of the field book in one directory.
#[derive(uniffi::Object)]
pub struct Keys {
    dir: PathBuf,
    keys: keys::Keys,
}

#[uniffi::export]
impl Keys {
    /// The keys in `dir`; nothing is read yet.
    #[uniffi::constructor]
    pub fn new(dir: String, device: Arc<dyn DeviceKeys>) -> Arc<Keys> {
        let keys = keys::Keys::new(Path::new(&dir), Arc::new(Foreign(device)));
        Arc::new(Keys { dir: dir.into(), keys })
    }

    /// How the field book stands.
    pub fn state(&self) -> Result<BookState, FieldbookError> {
        Ok(fieldbook::Fieldbook::state(&self.keys, &SystemClock::new())?)
    }

    /// Opens the field book, making it if there is none; `pin` where one is set. Lost with code `wrong_key` where the
    /// right keys do not fit the database.
    #[uniffi::method(default(pin = None))]
    pub fn open(&self, pin: Option<String>) -> Result<Arc<Fieldbook>, FieldbookError> {
        let (options, clock) = (OpenOptions::default(), Arc::new(SystemClock::new()));
        let keys = self.keys.clone();
        let opened = fieldbook::Fieldbook::open_locked(&self.dir, &options, clock, keys, pin.as_deref());
        let book = opened.map_err(|error| match error {
            fieldbook::Error::Key => {
                FieldbookError::Lost { code: "wrong_key".into(), reason: error.to_string() }
            }
            error => error.into(),
        })?;
        Ok(Fieldbook::of(book))
    }

    /// Renames the directory of a field book that does not open, so that a new one can be made; answers its new path.
    /// Nothing is deleted.
    pub fn set_aside(&self) -> Result<String, FieldbookError> {
        Ok(fieldbook::Fieldbook::set_aside(&self.dir, &SystemClock::new())?.to_string_lossy().into_owned())
    }
}
