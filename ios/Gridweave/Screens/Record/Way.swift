import Fieldbook
import SwiftUI

/// Has another app show the way to a record.
struct WayMeans: View {
    let spot: Spot
    /// To be chosen from, where several can.
    @State private var offered: [Way] = []
    @State private var nobody = false
    @Environment(\.openURL) private var openURL
    @Environment(\.say) private var say

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            SideButton(say("way_show")) { show() }
            ForEach(offered, id: \.app) { way in
                SideButton(way.app.name(say)) { open(way) }
            }
            if nobody { Notice(say("way_nobody"), bad: true) }
        }
    }

    /// Offers the map apps of this device, each with the place in the datum that it reads.
    private func show() {
        let there = spot.ways().filter { UIApplication.shared.canOpenURL($0.url) }
        nobody = there.isEmpty
        offered = there.count > 1 ? there : []
        if there.count == 1 { open(there[0]) }
    }

    private func open(_ way: Way) {
        // It may have been taken away just now.
        openURL(way.url) { accepted in nobody = !accepted }
    }
}

extension MapApp {
    /// What the app calls itself.
    fileprivate func name(_ say: Say) -> String {
        switch self {
        case .apple: say.english ? "Apple Maps" : "苹果地图"
        case .amap: say.english ? "Amap" : "高德地图"
        case .baidu: say.english ? "Baidu Maps" : "百度地图"
        case .tencent: say.english ? "Tencent Maps" : "腾讯地图"
        }
    }
}
