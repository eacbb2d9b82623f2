/// Which records a list shows: of a type, in a grid, only such as want to be visited.
public struct ListFilter: Sendable, Hashable {
    public var type: Int?
    public var grid: String?
    public var due = false

    public init(type: Int? = nil, grid: String? = nil, due: Bool = false) {
        self.type = type
        self.grid = grid
        self.due = due
    }
}

/// The row that a page ended with.
public struct ListEnd: Sendable, Hashable {
    public let updatedMs: Int64
    public let record: String
}

/// A page of the list, newest change first; `next` is where the one after it begins, none after the last.
public struct ListPage: Sendable, Hashable {
    public let rows: [Listed]
    public let next: ListEnd?
}

/// A record in the list: how the own changes to it stand, and whether it wants to be visited.
public struct Listed: Sendable, Hashable {
    public let row: Row
    public let standing: MapStanding
    public let due: Bool
}

/// Living records of a type in a grid: how many, and how many of them want to be visited.
public struct RecordCount: Sendable, Hashable {
    public let type: Int
    public let grid: String?
    public let count: Int64
    public let due: Int64
}
