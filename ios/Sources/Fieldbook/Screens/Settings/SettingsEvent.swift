public enum SettingsEvent: Sendable {
    case choose(Chosen)

    /// Offers the sealed files of field books that were set aside to other apps.
    case handOver
}
