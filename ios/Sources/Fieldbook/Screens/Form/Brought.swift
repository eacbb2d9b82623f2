extension FieldKey {
    /// Names a field in the way to another screen and back.
    public var text: String { instance.map { "\(no).\($0)" } ?? "\(no)" }

    /// The field of such a name; none for a text that is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let no = Int(parts[0]) else { return nil }
        if parts.count < 2 || parts[1].isEmpty {
            self.init(no: no, instance: nil)
        } else {
            guard let instance = UInt64(parts[1]) else { return nil }
            self.init(no: no, instance: instance)
        }
    }
}

extension FormState {
    /// Whether a question wants what a scanner reads: a code of any kind, or an identity code.
    public func wantsCode(_ question: Question) -> Bool {
        guard let key = question.key else { return false }
        // A scan is no way past a mask: it goes where the person said that the answer is to be given anew.
        if question.covered != nil, !anew.contains(key) { return false }
        return !question.readOnly && (question.kind == .code || (question.kind == .text && schemes[key.no] != nil))
    }

    /// Where a code goes that a scanner typed: to the first question of the screen that wants one and has none.
    func codeQuestion() -> Question? {
        let wanting = (look?.questions ?? []).filter(wantsCode)
        let empty = wanting.first { $0.value == .nothing && ($0.key.flatMap { typed[$0] } ?? "").isEmpty }
        return empty ?? (wanting.count == 1 ? wanting[0] : nil)
    }
}
