//! A power cut at every step of every write, and every state that the disk may come back in.

use super::disk::Disk;
use super::tests::{COPIES, NOW, PIN, enrolled, keys_on, recovered, recovery};
use super::*;
use std::collections::BTreeMap;
use std::io;

/// A disk that loses its power: what was not synced may be gone, torn or there, names and bytes apart.
#[derive(Default)]
pub(super) struct CutDisk(Mutex<State>);

#[derive(Clone, Default)]
struct State {
    /// Files by number: bytes.
    files: Vec<Vec<u8>>,
    names: BTreeMap<PathBuf, usize>,
    names_synced: BTreeMap<PathBuf, usize>,
    /// The file being written when the power went, which is torn.
    torn: Option<usize>,
    steps_left: Option<usize>,
}

impl CutDisk {
    fn step(&self) -> io::Result<std::sync::MutexGuard<'_, State>> {
        let mut state = self.0.lock().unwrap();
        match &mut state.steps_left {
            Some(0) => return Err(io::Error::other("the power is cut")),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(state)
    }

    fn cut_after(&self, steps: usize) {
        self.0.lock().unwrap().steps_left = Some(steps);
    }

    /// What the disk may hold when the power is back.
    fn outcomes(&self) -> Vec<CutDisk> {
        let state = self.0.lock().unwrap();
        let mut outcomes = Vec::new();
        for names in [&state.names, &state.names_synced] {
            for part in [0, 1, 2] {
                let mut after = State { names: names.clone(), names_synced: names.clone(), ..state.clone() };
                if let Some(torn) = after.torn.take() {
                    let len = after.files[torn].len();
                    after.files[torn].truncate(len * part / 2);
                }
                after.steps_left = None;
                outcomes.push(CutDisk(Mutex::new(after)));
            }
        }
        outcomes
    }
}

impl Disk for CutDisk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let state = self.0.lock().unwrap();
        Ok(state.names.get(path).map(|at| state.files[*at].clone()))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.0.lock().unwrap().names.contains_key(path))
    }

    fn make_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn write_synced(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let begun = self.step().map(|mut state| {
            let at = state.files.len();
            state.files.push(bytes.to_vec());
            state.names.insert(path.to_owned(), at);
            state.torn = Some(at);
        });
        begun?;
        self.step()?.torn = None;
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.step()?;
        let at = state.names.remove(from).unwrap();
        state.names.insert(to.to_owned(), at);
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        let mut state = self.step()?;
        state.names_synced = state.names.clone();
        Ok(())
    }
}

/// Cuts the power after each step of an operation, and looks at every state that the disk may come back in. `prepare`
/// brings a new disk to where the operation begins; `after` is told whether the operation had said that it is done.
fn cut_everywhere<T>(
    prepare: impl Fn(&Keys) -> T,
    operation: impl Fn(&Keys, &T) -> Result<(), KeyError>,
    after: impl Fn(&Keys, &T, bool),
) {
    for steps in 0..100 {
        let disk = Arc::new(CutDisk::default());
        let (keys, _) = keys_on(disk.clone());
        let prepared = prepare(&keys);
        disk.cut_after(steps);
        let done = operation(&keys, &prepared).is_ok();
        for outcome in disk.outcomes() {
            after(&keys_on(Arc::new(outcome)).0, &prepared, done);
        }
        if done {
            assert!(steps > 3, "an operation that writes has steps");
            return;
        }
    }
    panic!("the operation has no end");
}

#[test]
fn power_cut_while_the_first_key_is_made() {
    cut_everywhere(
        |_| (),
        |keys, ()| keys.unlock(None, NOW).map(drop),
        |keys, (), done| {
            assert!(!done || keys.state(NOW).unwrap() == BookState::Unlocked);
            // Whatever is there, it opens, and from then on with the same key.
            let key = keys.unlock(None, NOW).unwrap();
            assert_eq!(*keys.unlock(None, NOW).unwrap(), *key);
        },
    );
}

#[test]
fn power_cut_while_it_is_sealed_to_the_organisation() {
    cut_everywhere(
        |keys| keys.unlock(None, NOW).unwrap(),
        |keys, key| keys.seal_to_organisation(key, &recovery()),
        |keys, key, done| {
            assert_eq!(*keys.unlock(None, NOW).unwrap(), **key);
            assert!(!done || *recovered(keys).unwrap() == **key);
        },
    );
}

#[test]
fn power_cut_while_a_pin_is_set_and_changed() {
    cut_everywhere(
        enrolled,
        |keys, _| keys.set_pin(None, PIN, NOW),
        |keys, key, done| {
            let opened = if done || keys.has_pin().unwrap() {
                keys.unlock(Some(PIN), NOW)
            } else {
                keys.unlock(None, NOW)
            };
            assert_eq!(*opened.unwrap(), **key);
            assert_eq!(*recovered(keys).unwrap(), **key);
        },
    );
    cut_everywhere(
        |keys| {
            let key = enrolled(keys);
            keys.set_pin(None, PIN, NOW).unwrap();
            key
        },
        |keys, _| keys.set_pin(Some(PIN), "314159", NOW),
        |keys, key, done| {
            let new = keys.unlock(Some("314159"), NOW);
            assert!(!done || new.is_ok());
            let opened = new.or_else(|_| keys.unlock(Some(PIN), NOW)).unwrap();
            assert_eq!(*opened, **key);
            assert_eq!(*recovered(keys).unwrap(), **key);
        },
    );
}

#[test]
fn power_cut_while_a_try_is_counted_never_gives_one_back() {
    cut_everywhere(
        |keys| {
            enrolled(keys);
            keys.set_pin(None, PIN, NOW).unwrap();
            for _ in 0..3 {
                assert!(keys.check_pin("999998", NOW).is_err());
            }
        },
        |keys, ()| match keys.check_pin("999998", NOW) {
            Err(KeyError::WrongPin { .. }) => Ok(()),
            other => other,
        },
        |keys, (), done| {
            let BookState::Locked { tries_left, .. } = keys.state(NOW).unwrap() else {
                panic!("a PIN is set")
            };
            assert_eq!(tries_left.min(7), tries_left, "the three before stand");
            assert!(!done || tries_left == 6, "said to be wrong, so it is counted");
        },
    );
}

#[test]
fn power_cut_while_the_phones_slot_is_destroyed() {
    cut_everywhere(
        |keys| {
            let key = enrolled(keys);
            keys.set_pin(None, PIN, NOW).unwrap();
            pin::write(&*keys.disk, &keys.dir, pin::Tries::default()).unwrap();
            let mut now = NOW;
            for _ in 0..9 {
                now += 3_600_000;
                assert!(keys.check_pin("999998", now).is_err());
            }
            key
        },
        |keys, _| match keys.check_pin("999998", NOW + 100 * 3_600_000) {
            Err(KeyError::WrongPins) => Ok(()),
            other => other,
        },
        |keys, key, done| {
            assert_eq!(*recovered(keys).unwrap(), **key);
            let again = keys.unlock(Some(PIN), NOW + 200 * 3_600_000);
            assert!(!done || matches!(again, Err(KeyError::WrongPins)));
        },
    );
}

#[test]
fn power_cut_while_a_copy_of_the_header_is_mended() {
    // A copy is damaged, is gone, or was left behind by a write that lost its power.
    for copy in COPIES {
        for harm in 0..3 {
            cut_everywhere(
                |keys| {
                    let key = enrolled(keys);
                    let before = keys.disk.read(Path::new(copy)).unwrap().unwrap();
                    keys.set_pin(None, PIN, NOW).unwrap();
                    let path = Path::new(copy);
                    match harm {
                        0 => keys.disk.write_synced(path, &before[..before.len() / 2]).unwrap(),
                        1 => keys.disk.rename(path, Path::new("/book/elsewhere")).unwrap(),
                        _ => keys.disk.write_synced(path, &before).unwrap(),
                    }
                    keys.disk.sync_dir(&keys.dir).unwrap();
                    key
                },
                |keys, _| header::mend(&*keys.disk, &keys.dir, &keys.header()?),
                |keys, key, done| {
                    let copies = COPIES.map(|copy| keys.disk.read(Path::new(copy)).unwrap());
                    assert!(!done || copies[0] == copies[1], "{copy} {harm}: alike once it is done");
                    assert!(keys.has_pin().unwrap(), "{copy} {harm}: never what was before");
                    assert_eq!(*keys.unlock(Some(PIN), NOW).unwrap(), **key);
                    assert_eq!(*recovered(keys).unwrap(), **key);
                    let copies = COPIES.map(|copy| keys.disk.read(Path::new(copy)).unwrap());
                    assert_eq!(
                        copies[0], copies[1],
                        "{copy} {harm}: mended at the next opening at the latest"
                    );
                },
            );
        }
    }
}
