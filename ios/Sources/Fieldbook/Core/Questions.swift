public struct ScreenName: Sendable, Hashable {
    public let item: String
    public let instance: UInt64?
}

/// A screen of a form with its place among the others.
public struct Look: Sendable, Hashable {
    public let heading: Words
    public let name: ScreenName
    public let title: Words
    public let number: Int
    public let of: Int
    public let next: ScreenName?
    public let previous: ScreenName?
    public let questions: [Question]
    public let entries: Entries?
    /// Everything wrong or odd in the whole form, in its order.
    public let problems: [Problem]
}

/// The entries of a repeated group.
public struct Entries: Sendable, Hashable {
    public let field: Int
    public let instances: [UInt64]
    public let problems: [Problem]
}

public struct Question: Sendable, Hashable {
    public let item: String
    /// The field to answer; none for headings, notes and what is worked out.
    public let key: FieldKey?
    public let kind: Asks
    public let label: Words
    public let hint: Words?
    public let value: Value
    /// What may be read of a masked answer that the record brought along; `value` is nothing then.
    public let covered: Words?
    /// A masked answer that the record brought along is answered anew: it may be left as it was.
    public let anew: Bool
    public let required: Bool
    public let readOnly: Bool
    public let choices: [Choice]
    public let scale: Scale?
    /// What there is of a line or an area.
    public let sketch: Sketch?
    public let photos: [String]
    public let photosWanted: Int
    public let accuracyM: Int?
    public let problems: [Problem]
}

/// How a question is drawn.
public enum Asks: Sendable, CaseIterable {
    case heading, note, text, phone, code, integer, decimal, scale, yesNo, acknowledge, one, many, rank, date, time
    case dateTime, point, line, area, image, signature, audio, photos

    /// The core works it out or knows it by itself: nothing is drawn.
    case silent
}

/// A line or an area while one walks it: in words, and its points in metres from the first.
public struct Sketch: Sendable, Hashable {
    public let words: Words
    public let points: [SketchPoint]
    public let closed: Bool
}

public struct SketchPoint: Sendable, Hashable {
    public let eastM: Double
    public let northM: Double
}

public struct Choice: Sendable, Hashable {
    public let code: Code
    public let label: Words
}

public struct Code: Sendable, Hashable {
    public let list: String
    public let edition: String
    public let code: String
}

public struct Problem: Sendable, Hashable {
    public let item: String
    public let key: FieldKey?
    public let code: String
    public let error: Bool
    public let message: Words
}

/// The scale of a number: steps from `start` to `end`, by `step`.
public struct Scale: Sendable, Hashable {
    public let start: Double
    public let end: Double
    public let step: Double
}

/// What a question holds.
public enum Value: Sendable, Hashable {
    case nothing
    case truth(Bool)
    case whole(Int64)
    /// `units` × 10^-`scale`: 12.50 is not 12.5.
    case exact(units: Int64, scale: Int)
    case text(String)
    /// `2026-09-21`
    case date(String)
    /// `08:30:00`
    case time(String)
    /// UTC milliseconds.
    case moment(Int64)
    /// A photo, or a recording, by its hash.
    case photo(String)
    case one(Code)
    case many([Code])
    /// Degrees × 10⁷, WGS-84.
    case point(latE7: Int, lonE7: Int)
    /// What this version cannot change: the core keeps it.
    case other
}
