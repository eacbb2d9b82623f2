import Foundation
import Observation

/// A screen with what it shows. Its text is what outlives the process.
public enum Place: Sendable, Hashable {
    case today
    case find
    /// The choice of what to collect.
    case new
    case sync
    case settings
    /// The grids and what lies in them.
    case map
    /// Changes the PIN.
    case pin
    case record(String)
    /// All records in conflict, or the conflicts of one.
    case conflicts(String?)
    /// A form; `draft` is taken up in it. `nonce` tells two forms apart that are begun alike.
    case form(type: Int, record: String?, draft: Int64?, nonce: Int64)
    /// Reads a code for `asker`, the part of the screen below that it answers.
    case scan(asker: String)
    /// Takes a photo for `asker`; `taken` once there is one to look at.
    case photo(asker: String, taken: String?)

    public static let tabs: [Place] = [.today, .find, .new, .sync, .settings]

    /// A form that nobody began before.
    public static func newForm(type: Int, record: String?) -> Place {
        .form(type: type, record: record, draft: nil, nonce: .random(in: 1...Int64.max))
    }

    /// Names the screen whatever becomes of it while it is open: a photo that is taken.
    public var key: String {
        switch self {
        case .photo(let asker, _): Place.photo(asker: asker, taken: nil).text
        default: text
        }
    }

    public var text: String {
        switch self {
        case .today: "today"
        case .find: "find"
        case .new: "new"
        case .sync: "sync"
        case .settings: "settings"
        case .pin: "pin"
        case .map: "map"
        case .record(let record): "record/\(record)"
        case .conflicts(let record): "conflicts/\(record ?? "")"
        case .scan(let asker): "scan/\(asker)"
        case .photo(let asker, let taken): "photo/\(asker)/\(taken ?? "")"
        case .form(let type, let record, let draft, let nonce):
            "form/\(type)/\(record ?? "")/\(draft.map(String.init) ?? "")/\(nonce)"
        }
    }

    /// A place from its text; an unknown one is today's.
    public init(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        func part(_ at: Int) -> String? { at < parts.count && !parts[at].isEmpty ? parts[at] : nil }
        switch (parts[0], part(1)) {
        case ("record", let record?): self = .record(record)
        case ("conflicts", let record): self = .conflicts(record)
        case ("pin", _): self = .pin
        case ("map", _): self = .map
        case ("scan", let asker?): self = .scan(asker: asker)
        case ("photo", let asker?): self = .photo(asker: asker, taken: part(2))
        case ("form", let type?):
            guard let type = Int(type), let nonce = part(4).flatMap(Int64.init) else { fallthrough }
            self = .form(type: type, record: part(2), draft: part(3).flatMap(Int64.init), nonce: nonce)
        default: self = Self.tabs.first { $0.text == text } ?? .today
        }
    }
}

extension Place {
    /// Whether it asks other screens for something.
    fileprivate var asks: Bool {
        switch self {
        case .find, .form: true
        default: false
        }
    }

    /// Whether it was opened for this asker.
    fileprivate func answers(_ asker: String) -> Bool {
        switch self {
        case .scan(let its), .photo(let its, _): its == asker
        default: false
        }
    }
}

/// What a screen brings back to the one below: a scanned code or the hash of a photo.
public struct Answer: Sendable, Hashable {
    public enum Kind: String, Sendable { case scan, photo }

    public let kind: Kind
    public let asker: String
    public let said: String
}

/// What outlives the process: lists of words by name. Nothing of a PIN and nothing masked is ever in it.
@MainActor @Observable
public final class Saved {
    public private(set) var words: [String: [String]]

    /// What an earlier process left; nothing readable is as if there were none.
    public init(_ left: Data? = nil) {
        words = left.flatMap { try? JSONDecoder().decode([String: [String]].self, from: $0) } ?? [:]
    }

    /// What is left to the next process.
    public var data: Data { (try? JSONEncoder().encode(words)) ?? Data() }

    /// What an earlier process left sealed; none where it cannot be opened.
    public convenience init(sealed: Data?, by key: any DeviceKeys) {
        self.init(sealed.flatMap { try? Data(key.open([UInt8]($0))) })
    }

    /// The same sealed: what was looked for is nobody's to read on the disk. None where the phone does not seal now.
    public func sealed(by key: any DeviceKeys) -> Data? { (try? key.seal([UInt8](data))).map { Data($0) } }

    subscript(name: String) -> [String]? {
        get { words[name] }
        set { words[name] = newValue }
    }

    func forget(_ names: (String) -> Bool) { words = words.filter { !names($0.key) } }
}

/// A few words of a screen's own that outlive the process, and are forgotten when the screen is left.
@MainActor
struct Kept {
    private static let prefix = "kept "
    private static let separator = " "
    /// Under this a form keeps the draft that it became.
    static let draft = "draft"
    private let saved: Saved
    private let screen: String

    init(_ saved: Saved, screen: String) {
        self.saved = saved
        self.screen = screen
    }

    subscript(name: String) -> String? {
        get { saved[Self.prefix + screen + Self.separator + name]?.first }
        nonmutating set { saved[Self.prefix + screen + Self.separator + name] = newValue.map { [$0] } }
    }

    /// Forgets those of all screens but these.
    static func forgetBut(_ screens: Set<String>, _ saved: Saved) {
        saved.forget { name in
            guard name.hasPrefix(prefix) else { return false }
            return !screens.contains { name.hasPrefix(prefix + $0 + separator) }
        }
    }
}

/// The way back: the screens that lie over one another. It outlives the process.
@MainActor @Observable
public final class Stack {
    @ObservationIgnored let saved: Saved
    @ObservationIgnored private var models: [String: any Leaving] = [:]
    /// Hears that another place is shown, or what is shown goes by another text.
    @ObservationIgnored var moved: (() -> Void)?

    public private(set) var places: [Place]

    init(_ saved: Saved) {
        self.saved = saved
        places = (saved[Name.places] ?? []).map(Place.init)
        if places.isEmpty { places = [.today] }
    }

    public var top: Place { places[places.count - 1] }

    /// What a screen keeps for itself.
    func keeps(_ place: Place) -> Kept { Kept(saved, screen: place.key) }

    /// The model of a place, kept until the place is left.
    func model<M: Leaving>(_ place: Place, make: () -> M) -> M {
        if let there = models[place.key] as? M { return there }
        let made = make()
        models[place.key] = made
        return made
    }

    /// Goes on to a place; whoever touches twice is there already.
    public func go(_ place: Place) {
        if place != top { set(Place.tabs.contains(place) ? [place] : through(place) ?? places + [place]) }
    }

    /// A draft is filled in in one form: where that lies below, the way leads back to it.
    private func through(_ place: Place) -> [Place]? {
        guard let draft = draft(place) else { return nil }
        return places.lastIndex { self.draft($0) == draft }.map { Array(places[...$0]) }
    }

    /// The draft that a form is kept as.
    private func draft(_ place: Place) -> Int64? {
        guard case .form(_, _, let draft, _) = place else { return nil }
        return keeps(place)[Kept.draft].flatMap(Int64.init) ?? draft
    }

    public func back() { set(places.dropLast()) }

    /// Goes on to `place` from the place below, or back to it where it is that.
    func replace(_ place: Place) {
        let below = places.dropLast()
        set(below.last == place ? below : below + [place])
    }

    /// The photo has been taken: from now on the screen is about it.
    func taken(_ photo: Place, _ taken: String?) {
        guard case .photo(let asker, _) = photo else { return }
        let after = Place.photo(asker: asker, taken: taken)
        if photo != after { set(places.map { $0.key == photo.key ? after : $0 }) }
    }

    /// Goes back with what the screen below asked for; once, by the screen that was asked.
    func answer(_ answer: Answer) {
        guard top.answers(answer.asker) else { return }
        saved[Name.answers] = (saved[Name.answers] ?? []) + [answer.kind.rawValue, answer.asker, answer.said]
        back()
    }

    /// The answers that came back, each once.
    func takeAnswers() -> [Answer] {
        let came = saved[Name.answers] ?? []
        if !came.isEmpty { saved[Name.answers] = nil }
        return stride(from: 0, to: came.count - came.count % 3, by: 3).compactMap { at in
            Answer.Kind(rawValue: came[at]).map { Answer(kind: $0, asker: came[at + 1], said: came[at + 2]) }
        }
    }

    private func set(_ new: some Sequence<Place>) {
        let new = Array(new)
        places = new.isEmpty ? [.today] : new
        // Whoever asked is not there any more.
        if !top.asks { saved[Name.answers] = nil }
        saved[Name.places] = places.map(\.text)
        let stay = Set(places.map(\.key))
        for (key, model) in models where !stay.contains(key) {
            models[key] = nil
            model.left()
        }
        Kept.forgetBut(stay, saved)
        moved?()
    }

    /// Another field book: back to the beginning.
    func begin() { set([.today]) }

    /// Forgets all that the screens know; the places stay.
    func forget() {
        let all = models
        models = [:]
        for model in all.values { model.left() }
    }

    private enum Name {
        static let places = "places"
        static let answers = "answers"
    }
}

/// Hears that its screen was left.
@MainActor
protocol Leaving: AnyObject {
    func left()
}
