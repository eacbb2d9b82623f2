public enum RecordEvent: Sendable {
    /// The person stands before it and nothing has changed.
    case visited

    /// Begins an edit; where one was put aside, asks whether it goes on.
    case edit

    /// Goes on with the edit that was put aside, or begins anew.
    case goOn(Draft?)

    /// Neither goes on with it nor begins anew.
    case notEdited

    /// The form is open.
    case opened

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
