//! A line or an outline as people see it while they walk: how many points, how long, how large, which shape.

use super::field::FieldKind;
use super::item::ItemKind;
use super::label::Label;
use crate::geo::Line;
use crate::value::Value;

/// What there is of a line or outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// In words.
    pub words: Label,
    /// Its points as metres east and north of the first.
    pub points: Vec<SketchPoint>,
    /// Whether the last point is joined to the first.
    pub closed: bool,
}

/// A point of a sketch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SketchPoint {
    /// Metres east of the first point.
    pub east_m: f64,
    /// Metres north of it.
    pub north_m: f64,
}

impl Sketch {
    /// The sketch of an answer; `None` where none is asked for, or nothing is drawn yet.
    pub(super) fn of(kind: ItemKind, value: &Value) -> Option<Sketch> {
        let closed = match kind {
            ItemKind::Geotrace => false,
            ItemKind::Geoshape => true,
            _ => return None,
        };
        let line = Line::read(value.as_text()?)?;
        let points =
            line.on_plane().into_iter().map(|(east_m, north_m)| SketchPoint { east_m, north_m }).collect();
        Some(Sketch { words: words(&line, closed), points, closed })
    }
}

/// Least points of a line or outline; 0 for other kinds of field.
pub(super) fn points_least(kind: &FieldKind) -> usize {
    match kind {
        FieldKind::Trace => 2,
        FieldKind::Shape => 3,
        _ => 0,
    }
}

/// A line in words: its points and its length, or the area that it encloses.
pub(super) fn words(line: &Line, closed: bool) -> Label {
    let count = line.points.len();
    let points = if count == 1 { "point" } else { "points" };
    if closed {
        let area = line.area_m2().round();
        Label::new(format!("{count} 个点，{area} 平方米"), format!("{count} {points}, {area} m²"))
    } else {
        let length = line.length_m(false).round();
        Label::new(format!("{count} 个点，长 {length} 米"), format!("{count} {points}, {length} m"))
    }
}
