internal import GridweaveFFI

/// The answer that a typed line is; none for one that cannot be read. An empty line clears the answer.
public func valueOf(_ line: String, _ asks: Asks) -> Value? { readTyped(kind: asks.typing(), line: line)?.ours() }

/// What an answer looks like in a line for typing; nothing for what is not typed.
public func typedOf(_ value: Value) -> String {
    guard let theirs = try? value.theirs() else { return "" }
    return typedText(value: theirs)
}

extension Scale {
    private var theirs: RangeParameters { RangeParameters(start: start, end: end, step: step) }

    /// How many steps it has; none for bounds that make no scale.
    public var steps: Int { Int(scaleSteps(scale: theirs)) }

    /// The number after so many steps.
    public func value(at: Int) -> Value { scaleValue(scale: theirs, step: UInt32(clamping: at)).ours() }

    /// After how many steps a number stands; none for what is no number.
    public func step(of: Value) -> Int? {
        guard let value = try? of.theirs() else { return nil }
        return scaleStep(scale: theirs, value: value).map { Int($0) }
    }
}
