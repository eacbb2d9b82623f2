import Foundation

/// What the screens' models are made of, once the field book is open.
@MainActor
public final class Parts {
    let book: any Fieldbook
    let version: String
    let services: Services
    let sync: SyncRuns

    /// Forms that were left and still take their last steps.
    private var leaving: [Int: Task<Void, Never>] = [:]
    private var everLeft = 0

    var device: any DeviceState { services.device }
    var location: any Location { services.location }

    init(book: any Fieldbook, version: String, services: Services) {
        let saving = SavingBook(book) { [weak services] in
            Task { @MainActor in
                if let services { services.jobs.soon(services.chosen) }
            }
        }
        self.book = saving
        self.version = version
        self.services = services
        sync = SyncRuns(book: saving, version: version, services: services)
    }

    /// Ends a form whose screen was left.
    func leave(_ end: @escaping @MainActor () async -> Void) {
        everLeft += 1
        let me = everLeft
        leaving[me] = Task {
            await end()
            leaving[me] = nil
        }
    }

    /// Whether a form that was left is still at its last steps.
    var isLeaving: Bool { !leaving.isEmpty }

    /// Ends once every form that was left before this call has taken its last step: who opens a draft waits for it, for
    /// the draft may be theirs.
    func allLeft() -> Task<Void, Never> {
        let left = leaving.values
        return Task { for one in left { await one.value } }
    }

    /// Ends what writes to the field book without being asked: a run of sync, and forms that were left.
    func end() async {
        await sync.stop()
        await allLeft().value
    }

    /// The bytes of a photo; none for one that is not on this device.
    func photo(_ hash: String) async -> [UInt8]? { try? await book.photo(hash) }

    /// Keeps a picture of the camera or of another app in the field book, in the size and form that all pictures have;
    /// answers its hash. `marked`: with the mark, where it is chosen. Refused while there is no room for pictures: the room
    /// that is left is for records.
    func keepPicture(_ bytes: [UInt8], standing: Standing?, marked: Bool = true) async throws -> String {
        try wantRoom()
        let mark = marked && services.chosen.watermark ? try await mark(standing) : []
        guard let kept = await services.pictures.prepare(bytes, mark: mark) else {
            throw Trouble(next: .refused, code: "no_picture", reason: "bytes that are no picture")
        }
        return try await book.addPhoto(kept)
    }

    /// Keeps a recording in the field book; answers its hash. Refused like a picture.
    func keepSound(_ bytes: [UInt8]) async throws -> String {
        try wantRoom()
        return try await book.addPhoto(bytes)
    }

    private func wantRoom() throws {
        if roomIn(freeMib: device.storageFreeMib) == .noneForPhotos {
            throw Trouble(
                next: .refused,
                code: "no_room_for_photos",
                reason: "less storage is free than is left for records"
            )
        }
    }

    /// When by the server's clock, where, who: what an inspector wants to read off a print.
    private func mark(_ standing: Standing?) async throws -> [String] {
        let offset = try await book.safe().clockOffsetMs ?? 0
        let grids = try await book.grids()
        let grid = grids.count == 1 ? grids[0].name : nil
        let at = standing?.fix.map { fix in
            let (latitude, longitude) = (Double(fix.latE7) / 1e7, Double(fix.lonE7) / 1e7)
            return String(format: "%.5f, %.5f", latitude, longitude) + " ±\(metres(fix.accuracyDm)) m"
        }
        // However far the clock is off, it is no reason to end here.
        let lines = [[cityTime(wallMs() &+ offset), grid], [try await book.me()?.name, at]]
        return lines.map { $0.compactMap { $0 }.joined(separator: " · ") }.filter { !$0.isEmpty }
    }
}
