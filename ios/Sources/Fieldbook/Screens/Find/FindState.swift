public struct FindState: Sendable {
    public var query = ""
    /// None while nothing was asked.
    public var hits: Hits?
    public var types: [Int: RecordType] = [:]
    public var grids: [Grid] = []
    /// What of all records is shown while nothing is typed.
    public var filter = ListFilter()
    public var counts: [RecordCount] = []
    /// The pages that were read so far; none before the first.
    public var rows: [Listed]?
    /// Where the next page begins.
    public var next: ListEnd?
    public var trouble: Trouble?

    /// How many records fit a filter.
    public func count(_ filter: ListFilter) -> Int64 {
        counts.filter { (filter.type ?? $0.type) == $0.type && (filter.grid ?? $0.grid) == $0.grid }
            .reduce(0) { $0 + (filter.due ? $1.due : $1.count) }
    }
}
