//! Whether a change says something its record type can hold. The same on the device, before saving, and on the server.
//!
//! What this version does not know (a type, a field, a kind of value) is not refused: a newer app may know it.

use super::{Change, SetItem};
use crate::form::{Catalog, FieldKind, is_too_long};
use crate::value::Value;

/// Most registers and set items that one change may touch.
pub const WRITES_MAX: usize = 2_000;

/// What is wrong with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A value of another kind than the field's.
    #[error("a value is not of the kind that its field holds")]
    Kind,
    /// A text or a list that is too long.
    #[error("a value is longer than its field allows")]
    TooLong,
    /// One field written twice.
    #[error("a field is written twice in one change")]
    Twice,
    /// A coordinate off the Earth.
    #[error("a coordinate lies outside the Earth")]
    OffEarth,
}

impl Misfit {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Misfit::Kind => "wrong_kind",
            Misfit::TooLong => "too_long",
            Misfit::Twice => "field_twice",
            Misfit::OffEarth => "off_earth",
        }
    }
}

/// Checks a change against its record type.
pub fn check(catalog: &Catalog, change: &Change) -> Result<(), Misfit> {
    if change.writes.len() + change.sets.iter().map(|s| s.adds.len() + s.removes.len()).sum::<usize>()
        > WRITES_MAX
    {
        return Err(Misfit::TooLong);
    }
    let mut fields: Vec<_> = change.writes.iter().map(|w| w.field).collect();
    fields.sort();
    if fields.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Misfit::Twice);
    }
    if change.fix.is_some_and(|fix| !fix.point.in_range()) {
        return Err(Misfit::OffEarth);
    }
    let record_type = catalog.by_no(change.record_type.no);
    for write in &change.writes {
        let field = record_type.and_then(|t| t.field(write.field.no));
        if field.is_some_and(|f| !holds(&f.kind, &write.value)) {
            return Err(Misfit::Kind);
        }
        match &write.value {
            Value::Text(text) if is_too_long(field, text) => return Err(Misfit::TooLong),
            Value::Geo(point) if !point.in_range() => return Err(Misfit::OffEarth),
            _ => {}
        }
    }
    for set in &change.sets {
        let kind = record_type.and_then(|t| t.field(set.field)).map(|f| &f.kind);
        let mut items = set.adds.iter().chain(set.removes.iter().map(|(item, _)| item));
        let fits = |item: &SetItem| match (kind, item) {
            (Some(FieldKind::Photos), item) => matches!(item, SetItem::Photo(_)),
            (Some(FieldKind::Repeat), item) => matches!(item, SetItem::Repeat(_)),
            (Some(_), _) => false,
            (None, _) => true,
        };
        if !items.all(fits) {
            return Err(Misfit::Kind);
        }
    }
    Ok(())
}

/// Whether a field of this kind holds this value. Nothing (null) fits everywhere, and so does what we do not know.
pub fn holds(kind: &FieldKind, value: &Value) -> bool {
    match (kind, value) {
        (_, Value::Null | Value::Opaque { .. }) => true,
        (FieldKind::Photos | FieldKind::Repeat, _) => false,
        (FieldKind::System, _) => true,
        (FieldKind::Text, v) => matches!(v, Value::Text(_)),
        (FieldKind::Int, v) => matches!(v, Value::Int(_)),
        (FieldKind::Decimal, v) => matches!(v, Value::Int(_) | Value::Decimal { .. }),
        (FieldKind::Bool, v) => matches!(v, Value::Bool(_)),
        (FieldKind::Date, v) => matches!(v, Value::Date(_)),
        (FieldKind::Time, v) => matches!(v, Value::Time(_)),
        (FieldKind::Instant, v) => matches!(v, Value::Instant(_)),
        (FieldKind::Code(list), v) => matches!(v, Value::Code(code) if code.list == *list),
        (FieldKind::Codes(list), v) => {
            matches!(v, Value::Codes(codes) if codes.iter().all(|c| c.list == *list))
        }
        (FieldKind::Geo, v) => matches!(v, Value::Geo(_)),
        (FieldKind::Trace | FieldKind::Shape, v) => matches!(v, Value::Bytes(_) | Value::Text(_)),
        (FieldKind::Photo, v) => matches!(v, Value::Photo(_)),
        (FieldKind::Audio, v) => matches!(v, Value::Photo(_) | Value::Bytes(_)),
    }
}
