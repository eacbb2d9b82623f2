//! Slows down guessing: after some failures under one name, the next try has to wait, longer each time.
//!
//! It counts in memory and by name only, known or unknown, so that it tells nothing about which names exist. The wait
//! is bounded: someone else's guessing must not lock a supervisor out for the day.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

/// Failures that cost nothing.
const FREE: u32 = 3;
/// Longest wait, milliseconds.
const WAIT_MS_MAX: i64 = 5 * 60 * 1000;
/// Names remembered at most; beyond it the one that failed longest ago is forgotten.
const NAMES_MAX: usize = 10_000;

/// Failures by name.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<String, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last_ms: i64,
}

impl Throttle {
    /// Milliseconds to wait before this name may be tried; 0: now.
    pub fn wait_ms(&self, name: &str, now_ms: i64) -> i64 {
        let Some(failures) = self.lock().get(name).copied() else { return 0 };
        let over = failures.count.saturating_sub(FREE);
        if over == 0 {
            return 0;
        }
        let wait = 1_000_i64.checked_shl(over.min(20) - 1).unwrap_or(WAIT_MS_MAX).min(WAIT_MS_MAX);
        (failures.last_ms + wait - now_ms).max(0)
    }

    /// Notes a failure.
    pub fn failed(&self, name: &str, now_ms: i64) {
        let mut names = self.lock();
        if names.len() >= NAMES_MAX
            && !names.contains_key(name)
            && let Some(oldest) = names.iter().min_by_key(|(_, f)| f.last_ms).map(|(name, _)| name.clone())
        {
            names.remove(&oldest);
        }
        let failures = names.entry(name.to_owned()).or_insert(Failures { count: 0, last_ms: 0 });
        failures.count = failures.count.saturating_add(1);
        failures.last_ms = now_ms;
    }

    /// Forgets the failures of a name that got it right.
    pub fn succeeded(&self, name: &str) {
        self.lock().remove(name);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_with_success() {
        let throttle = Throttle::default();
        for _ in 0..FREE {
            throttle.failed("lin", 0);
        }
        assert_eq!(throttle.wait_ms("lin", 0), 0);
        let waits: Vec<i64> = (0..12)
            .map(|_| {
                throttle.failed("lin", 0);
                throttle.wait_ms("lin", 0)
            })
            .collect();
        assert_eq!(waits[..4], [1_000, 2_000, 4_000, 8_000]);
        assert_eq!(waits[11], WAIT_MS_MAX);
        assert_eq!(throttle.wait_ms("lin", WAIT_MS_MAX), 0);
        assert_eq!(throttle.wait_ms("wu", 0), 0);
        throttle.succeeded("lin");
        assert_eq!(throttle.wait_ms("lin", 0), 0);
    }

    #[test]
    fn the_memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..NAMES_MAX + 10 {
            throttle.failed(&n.to_string(), n as i64);
        }
        assert_eq!(throttle.lock().len(), NAMES_MAX);
    }
}
