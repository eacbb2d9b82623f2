/// A line that is told outside the screens. Numbers only, never what was recorded: it stands on the locked screen.
public enum NoticeLine: Sendable, Hashable {
    case refused(Int)
    case conflicts(Int)
    case held
    case update
    case enrol
}

/// What is told outside the screens: what nobody but the person can mend. The system shows no progress of a run there.
@MainActor
public protocol Notices: AnyObject {
    /// The person has not forbidden them.
    var allowed: Bool { get async }

    /// Sync cannot open the field book without a person.
    func waits()

    func waitsNoMore()

    /// Tells what needs the person, in the place of what was told before; nothing where there is nothing.
    func needed(_ lines: [NoticeLine])
}

extension Report {
    /// What of a run needs the person.
    func needs(conflicts: Int) -> [NoticeLine] {
        var lines: [NoticeLine] = []
        if refused > 0 { lines.append(.refused(Int(refused))) }
        if conflicts > 0 { lines.append(.conflicts(conflicts)) }
        switch unfinished {
        case .held: lines.append(.held)
        case .failed(let trouble) where trouble.next == .update: lines.append(.update)
        case .failed(let trouble) where trouble.next == .enrol: lines.append(.enrol)
        default: break
        }
        return lines
    }
}
