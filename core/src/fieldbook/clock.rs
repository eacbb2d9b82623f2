//! The device's own clocks.

use crate::time::{Clock, UtcMs};
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The system's wall clock, and time since this process began.
pub struct SystemClock {
    start: Instant,
    boot: u32,
    heard: Mutex<Option<Heard>>,
}

/// The satellites' time, with this device's clocks at that moment.
#[derive(Clone, Copy)]
struct Heard {
    gnss_ms: UtcMs,
    wall_ms: UtcMs,
    mono_ms: u64,
}

/// How long the satellites' time is carried on by the device's own clock.
const CARRIED_MS: u64 = 60_000;
/// More than this between the device's two clocks: it slept, or somebody set one of them.
const APART_MS: u64 = 1_000;

impl Heard {
    /// The satellites' time now; none once it was long ago, or when it cannot be told how long ago it was.
    fn now(&self, wall_ms: UtcMs, mono_ms: u64) -> Option<UtcMs> {
        let passed_ms = mono_ms.checked_sub(self.mono_ms).filter(|ms| *ms <= CARRIED_MS)? as i64;
        let by_wall_ms = wall_ms.saturating_sub(self.wall_ms);
        (by_wall_ms.abs_diff(passed_ms) <= APART_MS).then(|| self.gnss_ms.saturating_add(passed_ms))
    }
}

impl SystemClock {
    /// Begins counting. Each process is a `boot` of its own: its monotonic times compare with no other's.
    pub fn new() -> SystemClock {
        let boot = crate::sync::run::random().map_or_else(|_| std::process::id(), u32::from_le_bytes);
        SystemClock { start: Instant::now(), boot, heard: Mutex::default() }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn wall_ms(&self) -> UtcMs {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_millis() as UtcMs,
            Err(before) => -(before.duration().as_millis() as UtcMs),
        }
    }

    fn mono_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    fn boot(&self) -> u32 {
        self.boot
    }

    fn gnss_ms(&self) -> Option<UtcMs> {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard?.now(self.wall_ms(), self.mono_ms())
    }

    fn hear_gnss(&self, gnss_ms: UtcMs) {
        let heard = Heard { gnss_ms, wall_ms: self.wall_ms(), mono_ms: self.mono_ms() };
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_satellites_time_goes_on_for_a_minute_unless_the_clocks_disagree() {
        let heard = Heard { gnss_ms: 1_000_000, wall_ms: 50_000, mono_ms: 7_000 };
        assert_eq!(heard.now(55_000, 12_000), Some(1_005_000));
        assert_eq!(heard.now(55_900, 12_000), Some(1_005_000), "a little apart is rounding");
        assert_eq!(heard.now(50_000 + 61_000, 7_000 + 61_000), None, "too long ago");
        assert_eq!(heard.now(50_000 + 3_600_000, 12_000), None, "the device slept");
        assert_eq!(heard.now(-9_000_000, 12_000), None, "the clock was set back");
        assert_eq!(heard.now(50_000, 6_000), None);
    }
}
