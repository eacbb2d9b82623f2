import Foundation
internal import GridweaveFFI

extension MapView {
    /// Dragged by so many pixels and drawn `zoom` times as large about a point, which stays under the fingers.
    public func moved(dx: Float, dy: Float, zoom: Float, x: Float, y: Float) -> MapView {
        movedView(view: theirs(), dx: dx, dy: dy, zoom: zoom, x: x, y: y).ours()
    }

    /// The longest round length that is not longer than so many pixels.
    public func scaleBar(maxPx: Float) -> ScaleBar {
        let bar = GridweaveFFI.scaleBar(view: theirs(), maxPx: maxPx)
        return ScaleBar(metres: Int(bar.metres), px: bar.px)
    }
}

/// A place as the core holds it, with its datum.
public struct Spot: Sendable, Hashable {
    let point: GridweaveFFI.Point
}

/// A map app, by the scheme of its URLs.
public enum MapApp: String, Sendable, CaseIterable {
    case apple = "maps"
    case amap = "iosamap"
    case baidu = "baidumap"
    case tencent = "qqmap"
}

/// Has a map app show a place, where the phone has that app.
public struct Way: Sendable, Hashable {
    public let app: MapApp
    public let url: URL
}

extension Spot {
    /// Ways to have this place shown, each in the datum that its app reads; without the apps for which that is not known.
    public func ways() -> [Way] {
        MapApp.allCases.compactMap { app in
            mapUrl(point: point, scheme: app.rawValue).flatMap(URL.init(string:)).map { Way(app: app, url: $0) }
        }
    }
}
