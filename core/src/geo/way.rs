//! A place as map apps are asked to show it, in the datum that the app reads it in: on Android a `geo:` URI, on iOS a URL
//! of the app's own scheme.
//!
//! RFC 5870 says WGS-84, and so do map apps of the world. Those of China draw on GCJ-02 and take what they are given for
//! that; a place in WGS-84 would stand some hundred metres off in them.
//!
//! Apple Maps is the one in doubt. Apple's guide to map links names no datum. In mainland China its map is Amap's, and
//! those who gave it places in WGS-84 report that they stood off there, as in any map of GCJ-02; so that is what it is
//! given. Others report that a phone bought elsewhere stands off where one of the mainland does not; on such a one the
//! mark may be wrong by as much. The field's phones are taken to be the mainland's.

use super::{Datum, Point};

/// Packages of map apps that read a `geo:` URI as GCJ-02: Amap, Baidu, Tencent, Petal.
const READ_GCJ02: [&str; 4] =
    ["com.autonavi.minimap", "com.baidu.BaiduMap", "com.tencent.map", "com.huawei.maps.app"];

impl Point {
    /// The URI that has an app show this place; `app` is its package. It holds the place and nothing else. None for a
    /// datum that cannot be converted.
    pub fn geo_uri(self, app: &str) -> Option<String> {
        let point = if READ_GCJ02.contains(&app) { self.to_gcj02() } else { self.to_wgs84() }?;
        let place = format!("{:.6},{:.6}", point.lat(), point.lon());
        // The query has apps set a mark there, where the place alone only moves the map.
        Some(format!("geo:{place}?q={place}"))
    }

    /// The URL that has an app of iOS show this place; `scheme` is the app's: `maps` (Apple), `iosamap` (Amap),
    /// `baidumap` or `qqmap` (Tencent). It holds the place and, where the app wants to know who asks, `gridweave`. None
    /// for another scheme, and for a datum that cannot be converted.
    ///
    /// Amap (<https://lbs.amap.com/api/amap-mobile/guide/ios/marker>) and Baidu
    /// (<https://lbsyun.baidu.com/docs/webapi?title=mapadjustment%2Furi%2Fios>) are told the datum and convert by
    /// themselves. Tencent's app (<https://lbs.qq.com/webApi/uriV1/uriGuide/uriMobileMarker>) has no parameter for it; its
    /// own is GCJ-02, as the guide of its web map says. Apple's parameters
    /// (<https://developer.apple.com/library/archive/featuredarticles/iPhoneURLScheme_Reference/MapLinks/MapLinks.html>)
    /// stand under `maps:` and not, as there, under `https:`, so that a phone without the app opens no web page in its
    /// place; for the datum see the head of this file.
    pub fn map_url(self, scheme: &str) -> Option<String> {
        let written = |point: Point| format!("{:.6},{:.6}", point.lat(), point.lon());
        match scheme {
            // With a label the app sets a mark, and two others want one: the place is called by its coordinates.
            "maps" => {
                let place = written(self.to_gcj02()?);
                Some(format!("maps://?ll={place}&q={place}"))
            }
            "iosamap" => {
                // 0: GCJ-02 already, 1: WGS-84.
                let (point, dev) = match self.datum {
                    Datum::Gcj02 => (self, 0),
                    _ => (self.to_wgs84()?, 1),
                };
                let (lat, lon) = (point.lat(), point.lon());
                Some(format!(
                    "iosamap://viewMap?sourceApplication=gridweave&lat={lat:.6}&lon={lon:.6}&dev={dev}"
                ))
            }
            "baidumap" => {
                let datum = match self.datum {
                    Datum::Wgs84 | Datum::Cgcs2000 => "wgs84",
                    Datum::Gcj02 => "gcj02",
                    Datum::Bd09 => "bd09ll",
                    Datum::Other(_) => return None,
                };
                let place = written(self);
                Some(format!(
                    "baidumap://map/marker?location={place}&title={place}&content={place}&coord_type={datum}\
                     &src=ios.gridweave.gridweave"
                ))
            }
            "qqmap" => {
                let place = written(self.to_gcj02()?);
                Some(format!(
                    "qqmap://map/marker?marker=coord:{place};title:{place};addr:{place}&referer=gridweave"
                ))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::geo::{Datum, Point};

    #[test]
    fn each_app_is_given_the_datum_that_it_reads() {
        let place = Point::from_degrees(22.543_847, 113.912_316, Datum::Wgs84).unwrap();
        let world = "geo:22.543847,113.912316?q=22.543847,113.912316";
        let china = "geo:22.540796,113.917176?q=22.540796,113.917176";
        assert_eq!(place.geo_uri("net.osmand").as_deref(), Some(world));
        assert_eq!(place.geo_uri("com.autonavi.minimap").as_deref(), Some(china));
        assert_eq!(place.to_gcj02().unwrap().geo_uri("net.osmand").as_deref(), Some(world));
        assert_eq!(Point { datum: Datum::Bd09, ..place }.geo_uri("net.osmand"), None);
    }

    #[test]
    fn each_app_of_ios_is_given_or_told_the_datum_that_it_reads() {
        let place = Point::from_degrees(22.543_847, 113.912_316, Datum::Wgs84).unwrap();
        let urls = |point: Point| ["maps", "iosamap", "baidumap", "qqmap"].map(|app| point.map_url(app));
        let amap = "iosamap://viewMap?sourceApplication=gridweave&lat=22.543847&lon=113.912316&dev=1";
        let baidu = "baidumap://map/marker?location=22.543847,113.912316&title=22.543847,113.912316\
                     &content=22.543847,113.912316&coord_type=wgs84&src=ios.gridweave.gridweave";
        let china = "22.540796,113.917176";
        let apple = format!("maps://?ll={china}&q={china}");
        let tencent =
            format!("qqmap://map/marker?marker=coord:{china};title:{china};addr:{china}&referer=gridweave");
        assert_eq!(urls(place), [&apple, amap, baidu, &tencent].map(|url| Some(url.to_owned())));
        assert_eq!(
            urls(Point { datum: Datum::Cgcs2000, ..place }),
            urls(place),
            "the same within decimetres"
        );

        let [apple, amap, baidu, tencent] = urls(place.to_gcj02().unwrap()).map(Option::unwrap);
        assert_eq!([Some(apple), Some(tencent)], [place.map_url("maps"), place.map_url("qqmap")]);
        assert!(amap.ends_with("&lat=22.540796&lon=113.917176&dev=0"), "{amap}");
        assert!(
            baidu.contains(&format!("location={china}&")) && baidu.contains("&coord_type=gcj02&"),
            "{baidu}"
        );

        let [apple, amap, baidu, tencent] = urls(Point { datum: Datum::Bd09, ..place });
        assert_eq!([apple, amap, tencent], [None, None, None], "nothing here converts Baidu's own");
        assert!(baidu.unwrap().contains("&coord_type=bd09ll&"), "but its app reads it");
        assert_eq!(urls(Point { datum: Datum::Other(9), ..place }), [None, None, None, None]);
        assert_eq!(place.map_url("comgooglemaps"), None, "an app that is not known");
    }
}
