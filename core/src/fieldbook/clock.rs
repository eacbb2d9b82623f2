//! The device's own clocks.

use crate::time::{Clock, UtcMs};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The system's wall clock, and time since this process began.
pub struct SystemClock {
    start: Instant,
    boot: u32,
}

impl SystemClock {
    /// Begins counting. Each process is a `boot` of its own: its monotonic times compare with no other's.
    pub fn new() -> SystemClock {
        let boot = crate::sync::run::random().map_or_else(|_| std::process::id(), u32::from_le_bytes);
        SystemClock { start: Instant::now(), boot }
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
}
