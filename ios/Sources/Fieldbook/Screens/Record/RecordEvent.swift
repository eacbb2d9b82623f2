public enum RecordEvent: Sendable {
    /// The person stands before it and nothing has changed.
    case visited

    /// Asks why it is gone, or leaves that.
    case askGone(Bool)

    /// It is gone, for this reason.
    case gone(Code)

    /// It is there after all.
    case restored

    /// Looks at a photo whole, or no longer.
    case lookAt(String?)

    /// Shows what is masked of a field.
    case reveal(FieldKey, RevealReason)
}
