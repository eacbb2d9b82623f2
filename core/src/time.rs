//! Time as it is passed in, never taken: instants are UTC milliseconds, and who needs the present asks a [`Clock`].
//!
//! Clocks only order what is shown. Which value wins is decided by causality in `merge`, so a phone whose clock
//! is wrong by years loses nothing and overrules nobody.

/// UTC milliseconds since 1970. Negative before it; a device's own claim may be absurd and is kept as it is.
pub type UtcMs = i64;

/// Minutes that the city's zone is ahead of UTC: China has one zone. The phone's own zone is never asked.
pub const CITY_OFFSET_MIN: i32 = 8 * 60;

/// A day, milliseconds.
pub(crate) const DAY_MS: UtcMs = 24 * 60 * 60 * 1000;

/// Where the present comes from.
pub trait Clock: Send + Sync {
    /// Wall clock, UTC milliseconds.
    fn wall_ms(&self) -> UtcMs;
    /// Milliseconds since some fixed moment, never set back while the device runs.
    fn mono_ms(&self) -> u64;
    /// Names that fixed moment: another value after each start of the device.
    fn boot(&self) -> u32;
    /// What the satellites' clocks say now, where the receiver told it a moment ago.
    fn gnss_ms(&self) -> Option<UtcMs> {
        None
    }
    /// The receiver told the satellites' time just now.
    fn hear_gnss(&self, _gnss_ms: UtcMs) {}
}

/// Hybrid logical clock: 48 bits of milliseconds and a 16-bit counter. Orders changes for display, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hlc(pub u64);

impl Hlc {
    /// The stamp of `ms` with the counter at zero; times before 1970 count as 1970.
    pub fn from_ms(ms: UtcMs) -> Hlc {
        Hlc((ms.clamp(0, (1 << 48) - 1) as u64) << 16)
    }

    /// Milliseconds part.
    pub fn ms(self) -> UtcMs {
        (self.0 >> 16) as UtcMs
    }

    /// The stamp of the next local change: the wall clock, or one past the last stamp if the clock stands or was
    /// set back.
    pub fn tick(self, wall_ms: UtcMs) -> Hlc {
        Hlc::from_ms(wall_ms).max(Hlc(self.0.saturating_add(1)))
    }

    /// Moves on to a stamp heard from elsewhere, but never further than `limit_ms`: one phone in the year 2099 must
    /// not drag the others along.
    pub fn hear(self, other: Hlc, limit_ms: UtcMs) -> Hlc {
        self.max(other.min(Hlc::from_ms(limit_ms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_rise_when_the_clock_is_set_back() {
        let a = Hlc::default().tick(5_000);
        let b = a.tick(1_000);
        assert!(b > a && b.ms() == 5_000);
    }

    #[test]
    fn a_stamp_from_2099_does_not_drag_us_along() {
        let now = Hlc::from_ms(1_790_000_000_000);
        let heard = now.hear(Hlc::from_ms(4_080_000_000_000), 1_790_000_120_000);
        assert_eq!(heard.ms(), 1_790_000_120_000);
    }
}
