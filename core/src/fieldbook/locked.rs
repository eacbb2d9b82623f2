//! A field book whose key is sealed to the phone and to the organisation: see [`crate::keys`].

use super::Fieldbook;
use crate::keys::{BookState, DatabaseKey, Keys};
use crate::store::{Context, Error, OpenOptions};
use crate::time::Clock;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a field book was opened with.
pub(super) struct Lock {
    keys: Keys,
    key: DatabaseKey,
}

fn holds_something(database: &Path) -> Result<bool, Error> {
    match std::fs::metadata(database) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        found => Ok(found.during("look for the field book")?.len() > 0),
    }
}

impl Lock {
    /// The organisation can open the field book from here on.
    pub(super) fn seal_to_organisation(&self, recovery: &[u8]) -> Result<(), Error> {
        Ok(self.keys.seal_to_organisation(&self.key, recovery)?)
    }
}

impl Fieldbook {
    /// How the field book of these keys stands.
    pub fn state(keys: &Keys, clock: &dyn Clock) -> Result<BookState, Error> {
        Ok(keys.state(clock.wall_ms())?)
    }

    /// Opens the field book in `dir` with its keys, making both if they are not there; `pin` where one is set. An
    /// enrolled one is sealed to its organisation before it is given out. `options.key` is not looked at.
    pub fn open_locked(
        dir: &Path,
        options: &OpenOptions,
        clock: Arc<dyn Clock>,
        keys: Keys,
        pin: Option<&str>,
    ) -> Result<Fieldbook, Error> {
        let key = keys.unlock(pin, clock.wall_ms())?;
        // A new one in its place would say that nothing waits to be handed in.
        if keys.belong_to_organisation()? && !holds_something(&dir.join("fieldbook.db"))? {
            return Err(Error::Damaged("the database of an enrolled device is gone"));
        }
        let options = OpenOptions { key: Some(key.clone()), ..options.clone() };
        let mut book = Fieldbook::open(dir, &options, clock)?;
        let lock = Lock { keys, key };
        match book.identity() {
            Ok(identity) => lock.seal_to_organisation(&identity.recovery_key.0)?,
            Err(Error::NotEnrolled) => {}
            Err(error) => return Err(error),
        }
        book.lock = Some(Arc::new(lock));
        Ok(book)
    }

    /// Renames the directory of a field book that does not open beside itself; answers the new path.
    pub fn set_aside(dir: &Path, clock: &dyn Clock) -> Result<PathBuf, Error> {
        Ok(crate::keys::set_aside(dir, clock.wall_ms())?)
    }

    /// Whether a PIN opens it; never where it was opened with a key.
    pub fn has_pin(&self) -> Result<bool, Error> {
        self.lock.as_ref().map_or(Ok(false), |lock| Ok(lock.keys.has_pin()?))
    }

    /// Sets or changes the PIN; `old` where one is set.
    pub fn set_pin(&self, old: Option<&str>, new: &str) -> Result<(), Error> {
        Ok(self.lock()?.keys.set_pin(old, new, self.clock.wall_ms())?)
    }

    /// Checks the PIN of a person who comes back.
    pub fn check_pin(&self, pin: &str) -> Result<(), Error> {
        Ok(self.lock()?.keys.check_pin(pin, self.clock.wall_ms())?)
    }

    fn lock(&self) -> Result<&Lock, Error> {
        self.lock.as_deref().ok_or(Error::NoCipher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fieldbook::SystemClock;
    use crate::keys::{DeviceKeyError, DeviceKeys};
    use crate::wire::seal;

    struct Open;

    impl DeviceKeys for Open {
        fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, DeviceKeyError> {
            Ok(plain.to_vec())
        }

        fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, DeviceKeyError> {
            Ok(sealed.to_vec())
        }
    }

    #[test]
    fn a_database_that_is_gone_is_told_and_one_that_is_not_enrolled_yet_opens() {
        let dir = tempfile::tempdir().unwrap();
        let (database, keys) = (dir.path().join("fieldbook.db"), Keys::new(dir.path(), Arc::new(Open)));
        let opened = || {
            let clock = Arc::new(SystemClock::new());
            Fieldbook::open_locked(dir.path(), &OpenOptions::default(), clock, keys.clone(), None).map(drop)
        };
        // A build that does not encrypt comes as far as that.
        let sound = |opened: &Result<(), Error>| match opened {
            Ok(()) => cfg!(feature = "sqlcipher"),
            Err(error) => matches!(error, Error::NoCipher) && !cfg!(feature = "sqlcipher"),
        };
        assert!(sound(&opened()), "a new one");
        let key = keys.unlock(None, 0).unwrap();
        keys.seal_to_organisation(&key, &seal::public_key(&[9; 32])).unwrap();
        if !cfg!(feature = "sqlcipher") {
            std::fs::write(&database, b"something").unwrap();
        }
        assert!(sound(&opened()), "the process died before it kept its enrolment");
        std::fs::remove_file(&database).unwrap();
        assert!(matches!(opened(), Err(Error::Damaged(_))));
        assert!(!database.exists(), "nothing is made");
        std::fs::write(&database, b"").unwrap();
        assert!(matches!(opened(), Err(Error::Damaged(_))));
        assert_eq!(std::fs::metadata(&database).unwrap().len(), 0);
    }
}
