//! The map of the grid. What there may be thousands of crosses as packed bytes, little-endian.

use gridweave_core::fieldbook;
use gridweave_core::geo::Point;
use gridweave_core::ids::{RecordId, TypeNo};
use gridweave_core::map::{self, Standing};

type View = map::View;
/// What a map looks at: its middle (degrees × 10⁷), metres of a pixel, its size in pixels.
#[uniffi::remote(Record)]
pub struct View {
    lat_e7: i32,
    lon_e7: i32,
    metres_per_px: f64,
    width_px: u32,
    height_px: u32,
}

type ScaleBar = map::ScaleBar;
/// A length to compare the map with: what it stands for, metres, and how long it is drawn.
#[uniffi::remote(Record)]
pub struct ScaleBar {
    metres: u32,
    px: f32,
}

/// A view dragged by `dx` and `dy` pixels and drawn `zoom` times as large about the pixel `x`, `y`.
#[uniffi::export]
pub fn moved_view(view: View, dx: f32, dy: f32, zoom: f32, x: f32, y: f32) -> View {
    view.moved((dx, dy), zoom, (x, y))
}

/// The longest round length that is not longer than so many pixels in a view.
#[uniffi::export]
pub fn scale_bar(view: View, max_px: f32) -> ScaleBar {
    view.scale_bar(max_px)
}

/// The URI that has the app of a package show a place, in the datum that it reads; none where that cannot be converted.
#[uniffi::export]
pub fn geo_uri(point: Point, app: String) -> Option<String> {
    point.geo_uri(&app)
}

/// The URL that has an app of iOS show a place, by the app's scheme (`maps`, `iosamap`, `baidumap`, `qqmap`), in the datum
/// that it reads; none for another app and where that cannot be converted.
#[uniffi::export]
pub fn map_url(point: Point, scheme: String) -> Option<String> {
    point.map_url(&scheme)
}

/// A draft at its place, pixels.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct MapDraft {
    /// Which draft.
    pub id: i64,
    /// What is being collected.
    pub record_type: TypeNo,
    /// The record being edited; none for a new one.
    pub record: Option<RecordId>,
    /// From the left.
    pub x: f32,
    /// From above.
    pub y: f32,
}

/// A grid's outline; `corners` are pairs of 32-bit floats.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct MapOutline {
    /// Code of the grid.
    pub grid: String,
    /// Its name.
    pub name: String,
    /// Its corners: x and y, pixels.
    pub corners: Vec<u8>,
}

/// What a map draws for one view, pixels from its left upper corner.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct MapList {
    /// The device's grids.
    pub outlines: Vec<MapOutline>,
    /// Places of the marks: pairs of 32-bit floats, x and y. The urgent ones come last.
    pub places: Vec<u8>,
    /// How each mark stands, a byte: 0 received, 1 waiting, 2 refused, 3 in conflict.
    pub standings: Vec<u8>,
    /// Number of each mark's record type, 16 bits.
    pub types: Vec<u8>,
    /// Each mark's record, 16 bytes.
    pub records: Vec<u8>,
    /// In the place of marks where there are too many: x, y and count, 32-bit floats.
    pub cells: Vec<u8>,
    /// Drafts that have a place.
    pub drafts: Vec<MapDraft>,
}

impl From<fieldbook::DrawList> for MapList {
    fn from(list: fieldbook::DrawList) -> MapList {
        let floats = |pairs: &[(f32, f32)]| {
            pairs.iter().flat_map(|(x, y)| [x.to_le_bytes(), y.to_le_bytes()]).flatten().collect()
        };
        let outline = |outline: fieldbook::Outline| MapOutline {
            grid: outline.grid.0,
            name: outline.name,
            corners: floats(&outline.corners),
        };
        let marks = &list.marks;
        let standing = |standing: Standing| match standing {
            Standing::Received => 0,
            Standing::Waiting => 1,
            Standing::Refused => 2,
            Standing::Conflict => 3,
        };
        let draft = |fieldbook::DraftMark { draft, x, y }| MapDraft {
            id: draft.id,
            record_type: draft.record_type,
            record: draft.record,
            x,
            y,
        };
        MapList {
            drafts: list.drafts.into_iter().map(draft).collect(),
            outlines: list.outlines.into_iter().map(outline).collect(),
            places: floats(&marks.iter().map(|(_, x, y)| (*x, *y)).collect::<Vec<_>>()),
            standings: marks.iter().map(|(mark, ..)| standing(mark.standing)).collect(),
            types: marks.iter().flat_map(|(mark, ..)| mark.record_type.0.to_le_bytes()).collect(),
            records: marks.iter().flat_map(|(mark, ..)| mark.record.0).collect(),
            cells: list
                .cells
                .iter()
                .flat_map(|(count, x, y)| [x.to_le_bytes(), y.to_le_bytes(), (*count as f32).to_le_bytes()])
                .flatten()
                .collect(),
        }
    }
}
