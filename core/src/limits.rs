//! What every phone holds to, whatever system it runs: decided here, so that no app decides it.

use crate::keys;

/// Below so much free storage, mebibytes, the person is warned.
const LOW_MIB: u32 = 200;
/// Below so much, mebibytes, pictures wait: what is left is for records.
const NO_PHOTOS_MIB: u32 = 50;
/// When a clock is further off, milliseconds, times on screens begin to mislead.
const MISLEADS_MS: u64 = 5 * 60_000;

/// Room on a phone. Records are small and always saved; pictures wait until there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For all that comes.
    Enough,
    /// The person is to make room.
    Low,
    /// For records alone.
    NoneForPhotos,
}

/// What so much free storage, mebibytes, is enough for.
pub fn room(free_mib: u32) -> Room {
    match free_mib {
        ..NO_PHOTOS_MIB => Room::NoneForPhotos,
        NO_PHOTOS_MIB..LOW_MIB => Room::Low,
        _ => Room::Enough,
    }
}

/// Whether a clock that differs so much from the server's misleads who reads times. Nothing is refused for it.
pub fn clock_misleads(offset_ms: i64) -> bool {
    offset_ms.unsigned_abs() > MISLEADS_MS
}

/// What the screens of the PIN hold to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinLimits {
    /// Digits that a PIN has at least.
    pub digits_least: u8,
    /// And at most.
    pub digits_most: u8,
    /// Wrong ones in a row after which this phone cannot open its field book any more.
    pub tries: u8,
    /// Milliseconds after which it is asked again when nobody has looked at the screens.
    pub asked_after_ms: u32,
}

/// What the screens of the PIN hold to.
pub const PIN: PinLimits = PinLimits {
    digits_least: *keys::PIN_DIGITS.start(),
    digits_most: *keys::PIN_DIGITS.end(),
    tries: keys::TRIES,
    asked_after_ms: 5 * 60_000,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_the_last_room() {
        use Room::{Enough, Low, NoneForPhotos};
        let told: Vec<Room> = [u32::MAX, 200, 199, 50, 49, 0].into_iter().map(room).collect();
        assert_eq!(told, [Enough, Enough, Low, Low, NoneForPhotos, NoneForPhotos]);
    }

    #[test]
    fn a_clock_misleads_in_both_directions() {
        for (offset_ms, misleads) in
            [(0, false), (300_000, false), (300_001, true), (-300_001, true), (i64::MIN, true)]
        {
            assert_eq!(clock_misleads(offset_ms), misleads, "{offset_ms}");
        }
    }
}
