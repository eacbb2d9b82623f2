//! The drills: wrong PINs, a lost key store, damaged copies, a later version, two threads at once.

use super::disk::Disk;
use super::power_cuts::CutDisk;
use super::*;
use crate::wire::seal;
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(super) const PIN: &str = "271828";
pub(super) const NOW: UtcMs = 1_790_000_000_000;
const RECOVERY: [u8; 32] = [9; 32];
pub(super) const COPIES: [&str; 2] = ["/book/fieldbook.keys", "/book/fieldbook-copy.keys"];

/// A key store in software; it can be lost.
#[derive(Default)]
pub(super) struct SoftKeys {
    lost: AtomicBool,
}

impl DeviceKeys for SoftKeys {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, DeviceKeyError> {
        Ok(plain.iter().map(|byte| byte ^ 0x5a).collect())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, DeviceKeyError> {
        if self.lost.load(Ordering::Relaxed) { Err(DeviceKeyError::Lost) } else { self.seal(sealed) }
    }
}

pub(super) fn keys_on(disk: Arc<dyn Disk>) -> (Keys, Arc<SoftKeys>) {
    let soft = Arc::new(SoftKeys::default());
    (Keys { dir: "/book".into(), device: soft.clone(), disk, turn: Arc::default() }, soft)
}

/// A disk on which each reading takes a while: who reads and then writes is met in between.
#[derive(Default)]
struct SlowDisk(CutDisk);

impl Disk for SlowDisk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let bytes = self.0.read(path);
        std::thread::sleep(Duration::from_millis(5));
        bytes
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.0.exists(path)
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        self.0.make_dir(path)
    }

    fn write_synced(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.0.write_synced(path, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.0.sync_dir(path)
    }
}

/// Runs `act` at the same time in as many threads; answers what came of each.
fn together<T: Send>(threads: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let begun: Vec<_> = (0..threads)
            .map(|at| {
                scope.spawn({
                    let act = &act;
                    move || act(at)
                })
            })
            .collect();
        begun.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

pub(super) fn recovery() -> [u8; 32] {
    seal::public_key(&RECOVERY)
}

/// A field book as it is used: enrolled, with a PIN.
fn used() -> (Keys, Arc<SoftKeys>, DatabaseKey) {
    let (keys, soft) = keys_on(Arc::new(CutDisk::default()));
    let key = keys.unlock(None, NOW).unwrap();
    keys.seal_to_organisation(&key, &recovery()).unwrap();
    keys.set_pin(None, PIN, NOW).unwrap();
    (keys, soft, key)
}

pub(super) fn recovered(keys: &Keys) -> Option<DatabaseKey> {
    let header = header::read(&*keys.disk, &keys.dir).unwrap()?;
    slot::open_with_recovery(&header.organisation?, &RECOVERY).ok()
}

#[test]
fn one_key_from_the_first_start_on_and_both_slots_open_it() {
    let (keys, _, key) = used();
    assert_eq!(*keys.unlock(Some(PIN), NOW).unwrap(), *key);
    assert_eq!(*recovered(&keys).unwrap(), *key);
    assert!(matches!(keys.unlock(None, NOW), Err(KeyError::PinWanted)));
    assert_eq!(keys.state(NOW).unwrap(), BookState::Locked { wait_ms: 0, tries_left: 10 });
    keys.set_pin(Some(PIN), "314159", NOW).unwrap();
    assert!(matches!(keys.check_pin(PIN, NOW), Err(KeyError::WrongPin { left: 9, wait_ms: 0 })));
    keys.check_pin("314159", NOW).unwrap();
    for unfit in ["12345", "123456", "654321", "000000", "12a456", "1234567890123", "１２３４５８"] {
        assert!(matches!(keys.set_pin(Some("314159"), unfit, NOW), Err(KeyError::PinUnfit)), "{unfit}");
    }
}

#[test]
fn wrong_pins_are_counted_delayed_and_end_at_the_organisation() {
    let (keys, _, key) = used();
    let mut now = NOW;
    let mut waits = Vec::new();
    for at in 1..=9_u8 {
        match keys.unlock(Some("999998"), now) {
            Err(KeyError::WrongPin { left, wait_ms }) => {
                assert_eq!(left, 10 - at);
                waits.push(wait_ms / 1000);
                if wait_ms > 0 {
                    // Even the right one is not looked at before its time, and asking does not make it later.
                    let early = keys.unlock(Some(PIN), now + wait_ms as i64 - 1);
                    assert!(matches!(early, Err(KeyError::PinWait { wait_ms: 1 })), "{early:?}");
                }
                now += wait_ms as i64;
            }
            other => panic!("{at}: {other:?}"),
        }
    }
    assert_eq!(waits, [0, 0, 0, 0, 30, 60, 300, 900, 3600]);
    assert!(matches!(keys.unlock(Some("999998"), now), Err(KeyError::WrongPins)));
    assert!(matches!(keys.unlock(Some(PIN), now), Err(KeyError::WrongPins)));
    assert_eq!(keys.state(now).unwrap(), BookState::WrongPins);
    assert_eq!(*recovered(&keys).unwrap(), *key);
}

#[test]
fn a_right_pin_begins_the_count_anew() {
    let (keys, _, _) = used();
    for _ in 0..4 {
        assert!(keys.check_pin("999998", NOW).is_err());
    }
    keys.check_pin(PIN, NOW).unwrap();
    assert_eq!(keys.state(NOW).unwrap(), BookState::Locked { wait_ms: 0, tries_left: 10 });
}

#[test]
fn a_clock_set_back_or_forward_neither_locks_for_ever_nor_gives_more_tries() {
    let (keys, _, _) = used();
    for _ in 0..5 {
        assert!(keys.check_pin("999998", NOW).is_err());
    }
    let years = 3 * 365 * 24 * 60 * 60 * 1000;
    assert!(matches!(keys.check_pin(PIN, NOW - years), Err(KeyError::PinWait { wait_ms: 30_000 })));
    keys.check_pin(PIN, NOW - years + 30_000).unwrap();
    let mut now = NOW;
    for _ in 0..9 {
        now += years;
        assert!(matches!(keys.check_pin("999998", now), Err(KeyError::WrongPin { .. })));
    }
    assert!(matches!(keys.check_pin("999998", now + years), Err(KeyError::WrongPins)));
}

#[test]
fn a_counter_that_was_removed_counts_as_five_wrong_ones() {
    let (keys, _, _) = used();
    keys.disk.rename(Path::new("/book/pin.tries"), Path::new("/book/elsewhere")).unwrap();
    assert!(matches!(keys.check_pin(PIN, NOW), Err(KeyError::PinWait { wait_ms: 30_000 })));
    assert!(matches!(keys.check_pin("999998", NOW + 30_000), Err(KeyError::WrongPin { left: 4, .. })));
}

#[test]
fn a_key_store_that_lost_its_key_is_told_and_costs_no_tries() {
    let (keys, soft, key) = used();
    soft.lost.store(true, Ordering::Relaxed);
    assert_eq!(keys.state(NOW).unwrap(), BookState::DeviceKeyLost);
    for _ in 0..20 {
        let lost = keys.unlock(Some(PIN), NOW);
        assert!(matches!(lost, Err(KeyError::Device(DeviceKeyError::Lost))));
    }
    assert_eq!(*recovered(&keys).unwrap(), *key);
    soft.lost.store(false, Ordering::Relaxed);
    assert_eq!(*keys.unlock(Some(PIN), NOW).unwrap(), *key);
}

#[test]
fn a_header_damaged_in_one_copy_opens_and_is_mended_in_both_it_is_told() {
    for copy in COPIES {
        let (keys, _, key) = used();
        let whole = keys.disk.read(Path::new(copy)).unwrap().unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            keys.disk.write_synced(Path::new(copy), &bytes).unwrap();
            assert_eq!(*recovered(&keys).unwrap(), *key, "{copy} byte {at}");
        }
        assert_eq!(*keys.unlock(Some(PIN), NOW).unwrap(), *key);
        assert_eq!(keys.disk.read(Path::new(copy)).unwrap().unwrap(), whole, "{copy} is mended");
    }
    let (keys, _, _) = used();
    for copy in COPIES {
        keys.disk.write_synced(Path::new(copy), b"").unwrap();
    }
    assert_eq!(keys.state(NOW).unwrap(), BookState::New);
    keys.disk.write_synced(Path::new("/book/fieldbook.db"), b"sealed").unwrap();
    assert_eq!(keys.state(NOW).unwrap(), BookState::Damaged);
    // A new key over an old database would be the end of it.
    assert!(matches!(keys.unlock(None, NOW), Err(KeyError::Damaged)));
}

#[test]
fn a_header_of_a_later_version_is_told_as_such_and_left_alone() {
    let later = disk::Kind { name: "gridweave keys", version: 12 }.wrap(b"what a later app keeps there");
    for copies in [&COPIES[..1], &COPIES[1..], &COPIES[..]] {
        let (keys, _, key) = used();
        for copy in copies {
            keys.disk.write_synced(Path::new(copy), &later).unwrap();
        }
        let read = |path: &&str| keys.disk.read(Path::new(path)).unwrap().unwrap();
        let before: Vec<_> = COPIES.iter().map(read).collect();
        assert!(matches!(keys.state(NOW), Err(KeyError::Newer)));
        assert!(matches!(keys.has_pin(), Err(KeyError::Newer)));
        assert!(matches!(keys.unlock(Some(PIN), NOW), Err(KeyError::Newer)));
        assert!(matches!(keys.set_pin(Some(PIN), "314159", NOW), Err(KeyError::Newer)));
        assert!(matches!(keys.seal_to_organisation(&key, &[3; 32]), Err(KeyError::Newer)));
        assert_eq!(COPIES.iter().map(read).collect::<Vec<_>>(), before, "{copies:?}");
    }
    // One that is not whole is damaged, whatever version it claims: the other copy opens, and mends it.
    let (keys, _, key) = used();
    keys.disk.write_synced(Path::new(COPIES[0]), &later[..later.len() - 1]).unwrap();
    assert_eq!(*keys.unlock(Some(PIN), NOW).unwrap(), *key);
    // A count of tries that cannot be read for its age is not counted anew.
    let tries = disk::Kind { name: "gridweave tries", version: 2 }.wrap(b"9");
    keys.disk.write_synced(Path::new("/book/pin.tries"), &tries).unwrap();
    assert!(matches!(keys.check_pin(PIN, NOW), Err(KeyError::Newer)));
}

#[test]
fn guesses_at_the_same_time_are_counted_one_by_one() {
    let (keys, _) = keys_on(Arc::new(SlowDisk::default()));
    enrolled(&keys);
    keys.set_pin(None, PIN, NOW).unwrap();
    let told = together(8, |_| keys.clone().check_pin("999998", NOW));
    let left: BTreeSet<u8> = told
        .iter()
        .filter_map(|told| match told {
            Err(KeyError::WrongPin { left, .. }) => Some(*left),
            _ => None,
        })
        .collect();
    assert_eq!(left, (5..=9).collect(), "no two guesses are told the same count");
    let waits = told.iter().filter(|told| matches!(told, Err(KeyError::PinWait { .. }))).count();
    assert_eq!(waits, 3, "after five the others wait: {told:?}");
    assert!(matches!(keys.state(NOW).unwrap(), BookState::Locked { tries_left: 5, .. }));
}

#[test]
fn who_opens_a_new_book_at_the_same_time_gets_the_same_key() {
    let (keys, _) = keys_on(Arc::new(SlowDisk::default()));
    let opened = together(4, |_| keys.clone().unlock(None, NOW).unwrap());
    assert!(opened.iter().all(|key| **key == *opened[0]));
}

#[test]
fn a_pin_and_the_organisations_slot_set_at_the_same_time_both_stand() {
    let (keys, _) = keys_on(Arc::new(SlowDisk::default()));
    let key = keys.unlock(None, NOW).unwrap();
    together(2, |at| match at {
        0 => keys.set_pin(None, PIN, NOW).unwrap(),
        _ => keys.seal_to_organisation(&key, &recovery()).unwrap(),
    });
    assert_eq!(*keys.unlock(Some(PIN), NOW).unwrap(), *key);
    assert!(keys.has_pin().unwrap());
    assert_eq!(*recovered(&keys).unwrap(), *key);
}

pub(super) fn enrolled(keys: &Keys) -> DatabaseKey {
    let key = keys.unlock(None, NOW).unwrap();
    keys.seal_to_organisation(&key, &recovery()).unwrap();
    key
}

#[test]
fn photos_are_sealed_under_names_that_tell_nothing() {
    let (photo, other) = (crate::ids::PhotoHash([1; 32]), crate::ids::PhotoHash([2; 32]));
    let keys = PhotoKeys::new(&Zeroizing::new([7; 32]));
    let sealed = keys.seal(photo, b"a picture");
    assert!(!sealed.windows(4).any(|part| part == b"pict"));
    assert_eq!(keys.open(photo, &sealed).unwrap(), b"a picture");
    assert_eq!(keys.open(other, &sealed), None);
    assert_ne!(keys.name(photo), keys.name(other));
    assert_ne!(keys.name(photo), photo.to_string());
    assert_ne!(keys.name(photo), PhotoKeys::new(&Zeroizing::new([8; 32])).name(photo));
}

#[test]
fn a_book_set_aside_keeps_every_file() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("fieldbook");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("fieldbook.db"), b"sealed").unwrap();
    let aside = set_aside(&dir, NOW).unwrap();
    assert!(!dir.exists() && std::fs::read(aside.join("fieldbook.db")).unwrap() == b"sealed");
    std::fs::create_dir(&dir).unwrap();
    assert_ne!(set_aside(&dir, NOW).unwrap(), aside);
}
