internal import GridweaveFFI

/// Room on a phone. Records are small and always saved; pictures wait until there is room.
public enum Room: Sendable { case enough, low, noneForPhotos }

/// What so much free storage, mebibytes, is enough for.
public func roomIn(freeMib: Int) -> Room {
    switch room(freeMib: UInt32(clamping: freeMib)) {
    case .enough: .enough
    case .low: .low
    case .noneForPhotos: .noneForPhotos
    }
}

/// Whether a clock that differs by so many milliseconds from the server's misleads who reads times.
public func clockMisleads(_ offsetMs: Int64) -> Bool { GridweaveFFI.clockMisleads(offsetMs: offsetMs) }

/// What the screens of the PIN hold to; `tries` wrong ones in a row, and this phone cannot open its field book any more.
struct PinLimits: Sendable {
    let digitsLeast: Int
    let digitsMost: Int
    let tries: Int
    let askedAfterMs: Int64
}

/// The core's.
let pinLimits: PinLimits = {
    let told = GridweaveFFI.pinLimits()
    return PinLimits(
        digitsLeast: Int(told.digitsLeast),
        digitsMost: Int(told.digitsMost),
        tries: Int(told.tries),
        askedAfterMs: Int64(told.askedAfterMs)
    )
}()
