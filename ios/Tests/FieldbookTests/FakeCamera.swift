@testable import Fieldbook

/// A camera that sees what the story shows it.
@MainActor
final class FakeCamera: Camera {
    /// What becomes of opening it; none: it opens.
    var trouble: CameraTrouble?
    fileprivate(set) var light = false
    fileprivate(set) var open = 0
    private var heard: (any CameraHeard)?
    fileprivate var picture: [UInt8]?

    private static let width = 1280
    private static let height = 720
    private static let padding = 64

    func open(_ shot: Shot, heard: any CameraHeard) -> any CameraSession {
        self.heard = heard
        if let trouble { heard.failed(trouble) } else { heard.ready(torch: true) }
        open += 1
        return Session(self, heard)
    }

    /// Holds a code before it, as a picture of its squares; nothing where there is none. On a thread of the camera.
    func shows(_ modules: Modules?) async throws {
        let stride = Self.width + Self.padding
        var luma = [UInt8](repeating: 0xA0, count: stride * Self.height)
        if let modules {
            // Four squares of white about it.
            let scale = Self.height / (modules.size + 8)
            for y in 0..<Self.height {
                for x in 0..<Self.height {
                    let dark = modules.dark(x / scale - 4, y / scale - 4)
                    luma[y * stride + x + (Self.width - Self.height) / 2] = dark ? 20 : 0xE0
                }
            }
        }
        guard let heard else { throw Said(description: "the camera is not open") }
        let frame = Frame(luma: luma, width: Self.width, height: Self.height, rowStride: stride)
        try await away { heard.frame(frame) }
    }

    /// What the next picture is of.
    func points(at jpeg: [UInt8]) { picture = jpeg }

    /// The system takes it away.
    func dies() { heard?.failed(.disconnected) }

    private final class Session: CameraSession {
        let aspect: Float = 0.75
        private let camera: FakeCamera
        private let heard: any CameraHeard

        init(_ camera: FakeCamera, _ heard: any CameraHeard) {
            self.camera = camera
            self.heard = heard
        }

        func torch(_ on: Bool) { camera.light = on }

        func take() {
            if let picture = camera.picture { heard.picture(picture) }
        }

        func close() { camera.open -= 1 }
    }
}

/// The squares of a QR code.
struct Modules: Sendable {
    private let rows: [[Bool]]

    var size: Int { rows.count }

    func dark(_ x: Int, _ y: Int) -> Bool { rows.indices.contains(y) && rows[y].indices.contains(x) && rows[y][x] }

    /// As the operator's command prints it: two rows a line, in halves of a letter's place.
    init(printed lines: [String]) {
        let doubled = lines.flatMap { line in
            [line.map { $0 == "█" || $0 == "▀" }, line.map { $0 == "█" || $0 == "▄" }]
        }
        let inked = doubled.indices.filter { doubled[$0].contains(true) }
        guard let top = inked.first, let left = doubled[top].firstIndex(of: true) else {
            rows = []
            return
        }
        // The upper edge of a code begins and ends with a dark square; it is as high as wide.
        let size = (doubled[top].lastIndex(of: true) ?? left) - left + 1
        rows = doubled[top...].prefix(size).map { Array($0[left..<min(left + size, $0.count)]) }
    }

    /// A code of version 1, a row a number.
    private init(_ numbers: [Int]) {
        rows = numbers.map { number in (0..<21).map { number >> (20 - $0) & 1 == 1 } }
    }

    /// It says 龙田.
    static let longtian = Modules([
        0x1f_c57f, 0x10_5541, 0x17_565d, 0x17_415d, 0x17_5f5d, 0x10_5c41, 0x1f_d57f, 0x00_1000, 0x1a_6776, 0x1b_86a7,
        0x09_62c1, 0x07_99d7, 0x09_ee4d, 0x00_1cfc, 0x1f_df72, 0x10_4c47, 0x17_4dd2, 0x17_50d5, 0x17_4afd, 0x10_5f2f,
        0x1f_d4a6,
    ])

    /// It says 91440300192189783K.
    static let creditCode = Modules([
        0x1f_c17f, 0x10_4541, 0x17_475d, 0x17_555d, 0x17_595d, 0x10_4a41, 0x1f_d57f, 0x00_0000, 0x18_e218, 0x14_9114,
        0x13_e5ee, 0x1a_a99e, 0x06_6392, 0x00_1eb6, 0x1f_d4a4, 0x10_5f97, 0x17_4425, 0x17_4984, 0x17_42ff, 0x10_5749,
        0x1f_d964,
    ])
}
