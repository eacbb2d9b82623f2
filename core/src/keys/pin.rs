//! Tries of a PIN: counted on the disk before one is looked at, and slower after five.

use super::KeyError;
use super::disk::{Disk, Kind, replace};
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::path::Path;

/// How many digits a PIN has.
pub const PIN_DIGITS: RangeInclusive<u8> = 6..=12;
/// After so many wrong ones in a row the phone's slot is destroyed.
pub const TRIES: u8 = 10;
/// So many count where the counter is lost: who removes it waits at each try. It slows somebody with the phone in hand; who
/// can write to the phone's storage can put it back, and is held up by the phone's key store and argon2id alone.
const LOST: u8 = 5;
const SECOND: u64 = 1000;
const FILE: &str = "pin.tries";
const KIND: Kind = Kind { name: "gridweave tries", version: 1 };

/// Wrong tries since the last right one, and before when none is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Tries {
    failures: u8,
    not_before_ms: UtcMs,
}

impl Tries {
    fn failed(failures: u8, now_ms: UtcMs) -> Tries {
        let wait = i64::try_from(delay_ms(failures)).unwrap_or(i64::MAX);
        Tries { failures, not_before_ms: now_ms.saturating_add(wait) }
    }

    /// How long to wait from now. A clock that was set back makes nobody wait longer than the last delay.
    pub fn wait_ms(self, now_ms: UtcMs) -> u64 {
        let left = u64::try_from(self.not_before_ms.saturating_sub(now_ms)).unwrap_or(0);
        left.min(delay_ms(self.failures))
    }

    /// Tries that are left.
    pub fn left(self) -> u8 {
        TRIES.saturating_sub(self.failures)
    }
}

/// What becomes of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is looked at; so it stands on the disk if it is wrong.
    Try(Tries),
    Wait(u64),
    UsedUp,
}

/// Milliseconds of wait after so many wrong ones.
fn delay_ms(failures: u8) -> u64 {
    SECOND
        * match failures {
            0..5 => 0,
            5 => 30,
            6 => 60,
            7 => 5 * 60,
            8 => 15 * 60,
            _ => 60 * 60,
        }
}

/// Counts a try as failed, on the disk, before it is looked at.
pub(super) fn begin(disk: &dyn Disk, dir: &Path, now_ms: UtcMs) -> Result<Verdict, KeyError> {
    let tries = read(disk, dir, now_ms)?;
    if tries.failures >= TRIES {
        return Ok(Verdict::UsedUp);
    }
    let wait_ms = tries.wait_ms(now_ms);
    if wait_ms > 0 {
        // Written anew, so that a lost counter or a clock set back begins one wait, not one at each question.
        write(disk, dir, Tries { not_before_ms: now_ms.saturating_add_unsigned(wait_ms), ..tries })?;
        return Ok(Verdict::Wait(wait_ms));
    }
    let counted = Tries::failed(tries.failures + 1, now_ms);
    write(disk, dir, counted)?;
    Ok(Verdict::Try(counted))
}

/// The tries; where the file is gone or damaged, as after [`LOST`] wrong ones.
pub(super) fn read(disk: &dyn Disk, dir: &Path, now_ms: UtcMs) -> Result<Tries, KeyError> {
    let content = KIND.read(disk, &dir.join(FILE), "read the tries")?;
    let kept = content.and_then(|content| postcard::from_bytes(&content).ok());
    Ok(kept.unwrap_or_else(|| Tries::failed(LOST, now_ms)))
}

pub(super) fn write(disk: &dyn Disk, dir: &Path, tries: Tries) -> Result<(), KeyError> {
    let content = postcard::to_allocvec(&tries).expect("tries are plain data");
    replace(disk, &dir.join(FILE), &KIND.wrap(&content), "count a try")
}

/// Whether it may be set: digits, and none of the first that a stranger would try.
pub(super) fn is_fit(pin: &str) -> bool {
    let digits = pin.as_bytes();
    let all_step = |step: i16| digits.windows(2).all(|two| i16::from(two[1]) - i16::from(two[0]) == step);
    u8::try_from(digits.len()).is_ok_and(|count| PIN_DIGITS.contains(&count))
        && digits.iter().all(u8::is_ascii_digit)
        && ![-1, 0, 1].into_iter().any(all_step)
}
