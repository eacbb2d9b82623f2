//! A place as map apps are asked to show it: a `geo:` URI in the datum that the app reads it in.
//!
//! RFC 5870 says WGS-84, and so do map apps of the world. Those of China draw on GCJ-02 and take what they are given for
//! that; a place in WGS-84 would stand some hundred metres off in them.

use super::Point;

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
}
