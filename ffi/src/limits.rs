//! What every phone holds to, whatever system it runs.

use gridweave_core::limits;

type Room = limits::Room;
/// Room on a phone. Records are small and always saved; pictures wait until there is room.
#[uniffi::remote(Enum)]
pub enum Room {
    Enough,
    Low,
    NoneForPhotos,
}

/// What so much free storage, mebibytes, is enough for.
#[uniffi::export]
pub fn room(free_mib: u32) -> Room {
    limits::room(free_mib)
}

/// Whether a clock that differs by so many milliseconds from the server's misleads who reads times.
#[uniffi::export]
pub fn clock_misleads(offset_ms: i64) -> bool {
    limits::clock_misleads(offset_ms)
}

type PinLimits = limits::PinLimits;
/// What the screens of the PIN hold to: its digits, the wrong ones in a row after which this phone cannot open its field
/// book any more, and after how long it is asked again when nobody has looked.
#[uniffi::remote(Record)]
pub struct PinLimits {
    pub digits_least: u8,
    pub digits_most: u8,
    pub tries: u8,
    pub asked_after_ms: u32,
}

/// What the screens of the PIN hold to.
#[uniffi::export]
pub fn pin_limits() -> PinLimits {
    limits::PIN
}
