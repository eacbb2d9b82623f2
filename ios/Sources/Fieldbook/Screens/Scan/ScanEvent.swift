public enum ScanEvent: Sendable {
    case torch

    /// Opens the camera anew.
    case again

    /// A scanner that types was quicker.
    case heard(String)
}
