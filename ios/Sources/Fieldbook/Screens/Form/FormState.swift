public struct FormState: Sendable {
    public var look: Look?
    public var editing = false
    /// The record has left this device's grids.
    public var left = false
    /// Texts under the fingers; what the core holds follows them.
    public var typed: [FieldKey: String] = [:]
    /// Masked questions that are being answered anew.
    public var anew: Set<FieldKey> = []
    /// Of the typed texts, the ones that no answer can be read from.
    public var unreadable: Set<FieldKey> = []
    /// Fields that hold an identity code, with the name of its scheme.
    public var schemes: [Int: String] = [:]
    public var duplicates: [FieldKey: Duplicates] = [:]
    /// The question that fills the screen: with its choices, its line, its signature.
    public var ownPage: FieldKey?
    /// The question that is being recorded.
    public var recording: FieldKey?
    /// The question whose recording is heard.
    public var playing: FieldKey?
    public var recorderTrouble: RecorderTrouble?
    /// What is missing is said where the person has been already.
    public var sayMissing = false
    public var standing = Standing.searching
    /// What the readings so far make of the place.
    public var meter: Average?
    /// How accurate the points were that were taken on this form, decimetres.
    public var taken: [FieldKey: Int] = [:]
    public var developerOptions = false
    /// To be chosen from, as the place lies in none.
    public var grids: [Grid] = []
    public var saving = false
    public var draft: Int64?
    /// Why the draft is behind what was typed last.
    public var unkeptBecause: Trouble?
    /// Steps that are not in the draft yet.
    public var unkept = 0
    /// The record, once saved.
    public var saved: String?
    public var trouble: Trouble?

    static let tooLate = "too_late"

    /// It is saved without what came too late: that is read before one goes on.
    public var late: Bool { saved != nil && trouble?.code == Self.tooLate }

    /// The problems to be shown at a question now.
    public func problemsOf(_ question: Question) -> [Problem] {
        question.problems.filter { sayMissing || !Self.missing.contains($0.code) }
    }

    private static let missing: Set<String> = ["required", "photos"]
}
