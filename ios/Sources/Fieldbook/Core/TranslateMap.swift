import Foundation
internal import GridweaveFFI

extension GridweaveFFI.View {
    func ours() -> MapView {
        MapView(
            latE7: Int(latE7),
            lonE7: Int(lonE7),
            metresPerPx: metresPerPx,
            widthPx: Int(widthPx),
            heightPx: Int(heightPx)
        )
    }
}

extension MapView {
    func theirs() -> GridweaveFFI.View {
        GridweaveFFI.View(
            latE7: Int32(clamping: latE7),
            lonE7: Int32(clamping: lonE7),
            metresPerPx: metresPerPx,
            widthPx: UInt32(clamping: widthPx),
            heightPx: UInt32(clamping: heightPx)
        )
    }
}

extension GridweaveFFI.MapList {
    func ours(_ view: MapView) -> MapList {
        MapList(
            view: view,
            outlines: outlines.map { MapOutline(grid: $0.grid, name: $0.name, corners: $0.corners.floats()) },
            places: places.floats(),
            standings: [UInt8](standings),
            records: [UInt8](records),
            cells: cells.floats(),
            drafts: drafts.map {
                MapDraft(id: $0.id, type: Int($0.recordType), record: $0.record, x: $0.x, y: $0.y)
            }
        )
    }
}

extension Data {
    /// The 32-bit floats, little-endian, that these bytes are.
    fileprivate func floats() -> [Float] {
        withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - 3, by: 4).map { at in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
            }
        }
    }
}
