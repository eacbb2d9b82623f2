public enum ConflictsEvent: Sendable {
    case choose(FieldKey, dot: String)

    /// Takes the chosen value in the place of all that are on the screen.
    case take(FieldKey)

    /// Shows what is masked of a field.
    case reveal(FieldKey, RevealReason)
}
