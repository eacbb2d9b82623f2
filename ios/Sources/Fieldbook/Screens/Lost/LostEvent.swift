public enum LostEvent: Sendable {
    /// Opens it again, as the first time.
    case again

    /// Packs the rescue file and offers it to other apps.
    case handOver

    /// Asks first.
    case anew
    case notYet

    /// Sets the field book aside; a new one is enrolled.
    case anewReally
}
