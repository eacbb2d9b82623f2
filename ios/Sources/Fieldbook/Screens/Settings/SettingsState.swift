public struct SettingsState: Sendable {
    public var chosen: Chosen
    public var version: String
    /// What the organisation sets: shown, not to be changed.
    public var managed = ManagedSettings()
    public var health: Health?
    /// What could type the PIN.
    public var quick: QuickKind?
    /// How this device is doing, in lines to send.
    public var diagnostics: String?
    /// What was shown whole on this device though it is masked, newest first.
    public var revealed: [Revealed] = []
    public var types: [Int: RecordType] = [:]
    /// Field books that did not open and were set aside.
    public var aside = 0
    /// One of them is being packed.
    public var packing = false
    public var trouble: Trouble?
}
