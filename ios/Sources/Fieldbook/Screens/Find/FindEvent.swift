public enum FindEvent: Sendable {
    case typed(String)

    /// Shows only what fits.
    case only(ListFilter)

    /// The end of the list is seen.
    case more
}
