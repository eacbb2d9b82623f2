//! The key of the field book on a phone, and who can open it.
//!
//! The database and the photos are sealed under one random key, K_db. It lies beside them in a header with two slots:
//! the phone's own (its key store and the worker's PIN together) and the organisation's (its recovery key, whose
//! private half is kept off every server). So a thief with the phone's storage reads nothing, and a phone that forgot
//! its key, or a worker who forgot the PIN, loses nothing: the organisation opens what was saved.
//!
//! The header is written in two copies, each whole or not at all. Nothing here asks for the time: it is passed in. Who
//! reads and then writes does both in one turn, so two threads never count one try for two guesses.

mod disk;
mod header;
mod photo;
mod pin;
#[cfg(test)]
mod power_cuts;
mod slot;
#[cfg(test)]
mod tests;

pub use photo::PhotoKeys;
pub use pin::{PIN_DIGITS, TRIES};

use crate::time::UtcMs;
use crate::wire::seal::SealError;
use disk::{Disk, RealDisk};
use header::Header;
use pin::Verdict;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// K_db: 32 random bytes under which everything on the device is sealed. Wiped when dropped.
pub type DatabaseKey = Zeroizing<[u8; 32]>;

/// The phone's own key, which never leaves it: Android's key store, the iOS key chain.
pub trait DeviceKeys: Send + Sync {
    /// Seals a short secret with the phone's key, making the key the first time.
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, DeviceKeyError>;
    /// Opens what [`DeviceKeys::seal`] sealed on this phone.
    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, DeviceKeyError>;
}

/// Why the phone's key does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceKeyError {
    /// It is gone for ever.
    #[error(
        "this phone's key store lost its key; hand the phone to the organisation, which can open what was saved"
    )]
    Lost,
    /// It cannot be used now.
    #[error("this phone's key store does not answer; try again, or start the phone anew")]
    Unavailable,
}

/// Why a key could not be had, or a header not be written. No secret stands in it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The phone's key store fails.
    #[error(transparent)]
    Device(#[from] DeviceKeyError),
    /// A PIN is set and none was given.
    #[error("a PIN is set; enter it")]
    PinWanted,
    /// Another PIN than the one set.
    #[error("the PIN is wrong; {left} tries are left, the next after {wait_ms} ms")]
    WrongPin {
        /// Tries before this phone cannot open it any more.
        left: u8,
        /// Milliseconds before the next is looked at.
        wait_ms: u64,
    },
    /// Too soon after wrong ones: it was not looked at.
    #[error("wait {wait_ms} ms before the next PIN")]
    PinWait {
        /// Milliseconds that are left.
        wait_ms: u64,
    },
    /// Too many wrong PINs: this phone cannot open it any more.
    #[error(
        "too many wrong PINs: only the organisation can open this field book now; nothing that was saved is lost"
    )]
    WrongPins,
    /// Not a PIN that may be set.
    #[error("a PIN has 6 to 12 digits that are not all the same and not just counted up or down")]
    PinUnfit,
    /// Both copies of the header are damaged or gone while there is a database.
    #[error("the keys of this field book are damaged in both copies; set the directory aside and keep it")]
    Damaged,
    /// A later version of the app wrote them; nothing was changed.
    #[error("the keys of this field book are of a later version; install the newer app")]
    Newer,
    /// There is no slot of the organisation.
    #[error(
        "this field book was never sealed to an organisation: it had not been enrolled, so nothing was saved in it"
    )]
    NoRecovery,
    /// The recovery key is another organisation's.
    #[error("this field book was sealed to another recovery key; use the one that the city was made with")]
    OtherRecovery,
    /// The recovery key cannot be sealed to.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A file could not be read or written.
    #[error("{what}: {}", .source.kind())]
    Io {
        /// What was being done.
        what: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No randomness from the system.
    #[error("the system gives no random numbers")]
    Random,
}

/// How a field book stands before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookState {
    /// There is none yet.
    New,
    /// It opens without a PIN.
    Unlocked,
    /// A PIN is asked.
    Locked {
        /// Milliseconds before one is looked at.
        wait_ms: u64,
        /// Wrong ones that may still come before this phone cannot open it any more.
        tries_left: u8,
    },
    /// Too many wrong PINs: the phone's slot is destroyed.
    WrongPins,
    /// The phone's key store lost its key.
    DeviceKeyLost,
    /// Both copies of the header are damaged or gone.
    Damaged,
}

/// The keys of the field book in one directory. Clones are the same keys; a process makes no second ones.
#[derive(Clone)]
pub struct Keys {
    dir: PathBuf,
    device: Arc<dyn DeviceKeys>,
    disk: Arc<dyn Disk>,
    turn: Arc<Mutex<()>>,
}

impl Keys {
    /// The keys in `dir`; nothing is read yet.
    pub fn new(dir: &Path, device: Arc<dyn DeviceKeys>) -> Keys {
        Keys { dir: dir.to_owned(), device, disk: Arc::new(RealDisk), turn: Arc::default() }
    }

    /// How the field book stands. Asks the phone's key store, so it may take a moment.
    pub fn state(&self, now_ms: UtcMs) -> Result<BookState, KeyError> {
        let Some(header) = header::read(&*self.disk, &self.dir)? else {
            return Ok(if self.has_database()? { BookState::Damaged } else { BookState::New });
        };
        let Some(slot) = header.device else { return Ok(BookState::WrongPins) };
        match self.device.open(&slot.sealed_secret) {
            Err(DeviceKeyError::Lost) => return Ok(BookState::DeviceKeyLost),
            secret => drop(Zeroizing::new(secret?)),
        }
        if slot.pin.is_none() {
            return Ok(BookState::Unlocked);
        }
        let tries = pin::read(&*self.disk, &self.dir, now_ms)?;
        Ok(BookState::Locked { wait_ms: tries.wait_ms(now_ms), tries_left: tries.left() })
    }

    /// Whether the organisation can open the field book: its device was enrolled.
    pub fn belong_to_organisation(&self) -> Result<bool, KeyError> {
        Ok(self.header()?.organisation.is_some())
    }

    /// Whether a PIN is set.
    pub fn has_pin(&self) -> Result<bool, KeyError> {
        Ok(self.header()?.device.is_some_and(|slot| slot.pin.is_some()))
    }

    /// K_db, made if there is no field book yet. A PIN counts as tried before it is looked at.
    pub fn unlock(&self, pin: Option<&str>, now_ms: UtcMs) -> Result<DatabaseKey, KeyError> {
        let _turn = self.turn();
        let Some(header) = header::read(&*self.disk, &self.dir)? else {
            return if self.has_database()? { Err(KeyError::Damaged) } else { self.make() };
        };
        let key = self.try_pin(&header, pin, now_ms)?;
        // A copy that was damaged or left behind is made whole again; if that fails, the other one still stands.
        let _ = header::mend(&*self.disk, &self.dir, &header);
        Ok(key)
    }

    /// Sets or changes the PIN; `old` where one is set.
    pub fn set_pin(&self, old: Option<&str>, new: &str, now_ms: UtcMs) -> Result<(), KeyError> {
        if !pin::is_fit(new) {
            return Err(KeyError::PinUnfit);
        }
        let _turn = self.turn();
        let mut header = self.header()?;
        let key = self.try_pin(&header, old, now_ms)?;
        pin::write(&*self.disk, &self.dir, pin::Tries::default())?;
        header.device = Some(slot::seal_to_device(&*self.device, &key, Some(new))?);
        header::write(&*self.disk, &self.dir, &mut header)
    }

    /// Whether this is the PIN; it is counted and delayed as at opening.
    pub fn check_pin(&self, pin: &str, now_ms: UtcMs) -> Result<(), KeyError> {
        let _turn = self.turn();
        self.try_pin(&self.header()?, Some(pin), now_ms).map(drop)
    }

    /// Sees to it that the organisation with this recovery key (X25519, public half) can open the field book. When this
    /// returns, it can, whatever becomes of the phone.
    pub fn seal_to_organisation(&self, key: &DatabaseKey, recovery: &[u8]) -> Result<(), KeyError> {
        let _turn = self.turn();
        let mut header = self.header()?;
        if header.organisation.as_ref().is_some_and(|slot| slot.recovery_key == recovery) {
            return Ok(());
        }
        header.organisation = Some(slot::seal_to_organisation(key, recovery)?);
        header::write(&*self.disk, &self.dir, &mut header)
    }

    /// Waits until nobody else is between reading and writing.
    fn turn(&self) -> MutexGuard<'_, ()> {
        // Nothing lies in it that a panic could leave half done: what counts is on the disk, whole.
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn header(&self) -> Result<Header, KeyError> {
        header::read(&*self.disk, &self.dir)?.ok_or(KeyError::Damaged)
    }

    fn make(&self) -> Result<DatabaseKey, KeyError> {
        let key = random()?;
        let device = slot::seal_to_device(&*self.device, &key, None)?;
        let mut header = Header { generation: 0, device: Some(device), organisation: None };
        self.disk
            .make_dir(&self.dir)
            .map_err(|source| KeyError::Io { what: "make the directory", source })?;
        sync_parent(&*self.disk, &self.dir)?;
        header::write(&*self.disk, &self.dir, &mut header)?;
        Ok(key)
    }

    fn try_pin(&self, header: &Header, pin: Option<&str>, now_ms: UtcMs) -> Result<DatabaseKey, KeyError> {
        let slot = header.device.as_ref().ok_or(KeyError::WrongPins)?;
        let secret = Zeroizing::new(self.device.open(&slot.sealed_secret)?);
        let Some(params) = &slot.pin else {
            return slot::open_with_device(slot, &secret, None).ok_or(KeyError::Damaged);
        };
        let pin = pin.ok_or(KeyError::PinWanted)?;
        let counted = match pin::begin(&*self.disk, &self.dir, now_ms)? {
            Verdict::Wait(wait_ms) => return Err(KeyError::PinWait { wait_ms }),
            Verdict::UsedUp => {
                self.destroy_device_slot()?;
                return Err(KeyError::WrongPins);
            }
            Verdict::Try(counted) => counted,
        };
        let hashed = params.hash(pin)?;
        if let Some(key) = slot::open_with_device(slot, &secret, Some(&hashed)) {
            pin::write(&*self.disk, &self.dir, pin::Tries::default())?;
            return Ok(key);
        }
        match counted.left() {
            0 => {
                self.destroy_device_slot()?;
                Err(KeyError::WrongPins)
            }
            left => Err(KeyError::WrongPin { left, wait_ms: counted.wait_ms(now_ms) }),
        }
    }

    /// The tries are used up. Without an organisation nothing was saved, so nothing is lost with the slot.
    fn destroy_device_slot(&self) -> Result<(), KeyError> {
        let mut header = self.header()?;
        header.device = None;
        header::write(&*self.disk, &self.dir, &mut header)
    }

    fn has_database(&self) -> Result<bool, KeyError> {
        self.disk
            .exists(&self.dir.join("fieldbook.db"))
            .map_err(|source| KeyError::Io { what: "look for the field book", source })
    }
}

/// K_db of the field book in `dir`, opened with the organisation's recovery key (X25519, private half).
pub fn open_by_organisation(dir: &Path, recovery_secret: &[u8; 32]) -> Result<DatabaseKey, KeyError> {
    let header = header::read(&RealDisk, dir)?.ok_or(KeyError::Damaged)?;
    slot::open_with_recovery(&header.organisation.ok_or(KeyError::NoRecovery)?, recovery_secret)
}

/// Renames the directory of a field book beside itself, so that a new one can be made in its place; answers the new
/// path. Nothing is deleted.
pub fn set_aside(dir: &Path, now_ms: UtcMs) -> Result<PathBuf, KeyError> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for n in 0..1000 {
        let to = dir.with_file_name(format!("{name}.aside-{now_ms}-{n}"));
        if !to.exists() {
            std::fs::rename(dir, &to)
                .map_err(|source| KeyError::Io { what: "set the field book aside", source })?;
            sync_parent(&RealDisk, dir)?;
            return Ok(to);
        }
    }
    let source = std::io::ErrorKind::AlreadyExists.into();
    Err(KeyError::Io { what: "set the field book aside", source })
}

/// Brings the directory's own name to the disk.
fn sync_parent(disk: &dyn Disk, dir: &Path) -> Result<(), KeyError> {
    let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    disk.sync_dir(parent).map_err(|source| KeyError::Io { what: "sync the directory's name", source })
}

/// 32 random bytes.
fn random() -> Result<DatabaseKey, KeyError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| KeyError::Random)?;
    Ok(bytes)
}
