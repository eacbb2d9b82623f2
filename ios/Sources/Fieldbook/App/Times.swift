import Foundation

/// The zone of the cities; never the phone's.
private let cityZone = TimeZone(secondsFromGMT: 8 * 3600) ?? .gmt

/// An instant as the city's clock shows it.
public func cityTime(_ ms: Int64) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = cityZone
    let at = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute],
        from: Date(timeIntervalSince1970: Double(ms) / 1000)
    )
    return String(
        format: "%04d-%02d-%02d %02d:%02d",
        at.year ?? 0,
        at.month ?? 0,
        at.day ?? 0,
        at.hour ?? 0,
        at.minute ?? 0
    )
}

/// Decimetres as metres.
public func metres(_ decimetres: Int) -> String {
    decimetres % 10 == 0 ? "\(decimetres / 10)" : "\(Double(decimetres) / 10)"
}

extension Duration {
    /// In whole milliseconds.
    var ms: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

/// Now, by this device's wall clock, UTC milliseconds.
func wallMs() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
