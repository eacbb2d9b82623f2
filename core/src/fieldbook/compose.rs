//! From what a person wants saved to the change that says it.
//!
//! Decides only; nothing is written here. An answer that is already there is left out, so that a save names exactly what
//! it changed, and each write replaces what its field shows and nothing else.

use crate::form::{Field, FieldKind, Layer, RecordType, is_too_long};
use crate::geo::{Fix, Point};
use crate::ids::{Dot, FieldKey, FieldNo, GridCode, PersonNo, PhotoHash, RecordId, Seq, TypeNo};
use crate::merge::RecordState;
use crate::record::{Change, ChangeKind, SetEdit, SetItem, TypeRef, Write, fit, system};
use crate::store::{Error, Refused, Store};
use crate::time::{Clock, Hlc, UtcMs};
use crate::value::Value;
use std::collections::BTreeMap;

/// What a person wants saved.
#[derive(Debug, Clone, PartialEq)]
pub struct SaveRequest {
    /// Of which type the record is.
    pub record_type: TypeNo,
    /// Which record; none makes a new one.
    pub record: Option<RecordId>,
    /// What is meant. A new record is always `Create`.
    pub kind: ChangeKind,
    /// Answers given.
    pub answers: Vec<(FieldKey, Value)>,
    /// Photos put into the record; each was added before.
    pub photos_added: Vec<PhotoHash>,
    /// Photos taken out of it.
    pub photos_removed: Vec<PhotoHash>,
    /// Items put into other sets: repetitions of a group, photos of a field.
    pub items_added: Vec<(FieldNo, SetItem)>,
    /// Items taken out of them.
    pub items_removed: Vec<(FieldNo, SetItem)>,
    /// Where the device is.
    pub fix: Option<Fix>,
    /// Satellite time, when the receiver had it.
    pub gnss_ms: Option<UtcMs>,
    /// The grid of a new or moved record; by its position when not given.
    pub grid: Option<GridCode>,
    /// The changes whose values the person saw, by field: no other's are replaced. None: what is shown now was seen.
    pub seen: Option<BTreeMap<FieldKey, Vec<Dot>>>,
}

impl SaveRequest {
    /// A new record of a type, nothing answered yet.
    pub fn create(record_type: TypeNo) -> SaveRequest {
        SaveRequest {
            record_type,
            record: None,
            kind: ChangeKind::Create,
            answers: Vec::new(),
            photos_added: Vec::new(),
            photos_removed: Vec::new(),
            items_added: Vec::new(),
            items_removed: Vec::new(),
            fix: None,
            gnss_ms: None,
            grid: None,
            seen: None,
        }
    }

    /// A change of a record that is there.
    pub fn change(record_type: TypeNo, record: RecordId, kind: ChangeKind) -> SaveRequest {
        SaveRequest { record: Some(record), kind, ..SaveRequest::create(record_type) }
    }
}

pub(super) fn compose(
    store: &Store,
    clock: &dyn Clock,
    request: SaveRequest,
    record: RecordId,
    before: Option<&RecordState>,
) -> Result<Change, Error> {
    let no = request.record_type;
    let record_type = store.projector().catalog().by_no(no).ok_or(Refused::UnknownType(no))?;
    if let Some(before) = before {
        check_record(before, &request)?;
    }
    check_photos(store, &request)?;
    let mut writes = Vec::new();
    for (at, (field, value)) in request.answers.iter().enumerate() {
        if request.answers[..at].iter().any(|(earlier, _)| earlier == field) {
            return Err(Refused::Twice(*field).into());
        }
        check_answer(record_type, *field, value)?;
        writes.extend(match &request.seen {
            // Of a record that is not here only the form can say what changed.
            Some(seen) if before.is_some_and(|state| state.stamps().is_empty()) => {
                let replaces = seen.get(field).cloned().unwrap_or_default();
                Some(Write { field: *field, value: value.clone(), replaces })
            }
            _ => write(before, *field, value.clone())?,
        });
    }
    if let Some(seen) = &request.seen {
        let own = store.identity()?.rid;
        for write in &mut writes {
            let seen = seen.get(&write.field);
            // A replica's later write always replaces its own earlier one.
            write.replaces.retain(|dot| dot.rid == own || seen.is_some_and(|seen| seen.contains(dot)));
        }
    }
    let sets = sets(before, &request);
    let answered = |no| request.answers.iter().any(|(key, _)| *key == FieldKey::plain(no));
    if before.is_none() {
        if let Some(fix) = request.fix.filter(|_| !answered(system::LOCATION)) {
            writes.extend(write(None, FieldKey::plain(system::LOCATION), Value::Geo(fix.point))?);
        }
        let grid = grid_of_new(store, record_type, &request)?;
        writes.extend(write(None, FieldKey::plain(system::GRID), Value::Text(grid.0))?);
    } else if let Some(grid) = &request.grid {
        check_grid(store, grid)?;
        writes.extend(write(before, FieldKey::plain(system::GRID), Value::text(grid.0.clone()))?);
    }
    let kind = if before.is_none() { ChangeKind::Create } else { request.kind };
    if before.is_some() && writes.is_empty() && sets.is_empty() && kind != ChangeKind::Visit {
        return Err(Refused::Nothing.into());
    }
    let change = Change {
        // The store numbers and stamps it, and knows who writes.
        seq: Seq(0),
        hlc: Hlc::default(),
        author: PersonNo(0),
        record,
        record_type: TypeRef { no, version: u16::try_from(record_type.version).unwrap_or(u16::MAX) },
        kind,
        wall_ms: clock.wall_ms(),
        mono_ms: clock.mono_ms(),
        boot: clock.boot(),
        gnss_ms: request.gnss_ms.or_else(|| clock.gnss_ms()),
        fix: request.fix,
        writes,
        sets,
        was: None,
        unknown: Vec::new(),
    };
    fit::check(store.projector().catalog(), &change).map_err(Refused::Misfit)?;
    Ok(change)
}

/// A write that replaces what the field shows; `None` where it says that already, alone and undisputed.
pub(super) fn write(
    before: Option<&RecordState>,
    field: FieldKey,
    value: Value,
) -> Result<Option<Write>, Error> {
    let register = before.and_then(|state| state.registers().get(&field));
    let same = match register {
        Some(register) => register.agreed().as_ref() == Some(&value),
        None => value.is_null(),
    };
    let replaces = register.map(|register| register.dots()).unwrap_or_default();
    Ok((!same).then_some(Write { field, value, replaces }))
}

fn check_record(before: &RecordState, request: &SaveRequest) -> Result<(), Refused> {
    if before.record_type.no != request.record_type {
        return Err(Refused::OtherType(before.record));
    }
    match (before.is_alive(), request.kind) {
        (true, ChangeKind::Restore) => Err(Refused::NotDeleted(before.record)),
        (false, ChangeKind::Edit | ChangeKind::Visit | ChangeKind::Delete | ChangeKind::Move) => {
            Err(Refused::Deleted(before.record))
        }
        _ => Ok(()),
    }
}

/// A photo that is put in must have been taken here.
fn check_photos(store: &Store, request: &SaveRequest) -> Result<(), Error> {
    let in_fields = request.answers.iter().filter_map(|(_, value)| match value {
        Value::Photo(hash) => Some(hash),
        _ => None,
    });
    let in_sets = request.items_added.iter().filter_map(|(_, item)| match item {
        SetItem::Photo(hash) => Some(hash),
        SetItem::Repeat(_) => None,
    });
    for hash in request.photos_added.iter().chain(in_fields).chain(in_sets) {
        if store.photo(*hash)?.is_none() {
            return Err(Refused::NoPhoto(*hash).into());
        }
    }
    Ok(())
}

fn check_answer(record_type: &RecordType, key: FieldKey, value: &Value) -> Result<(), Refused> {
    let field: &Field = record_type.field(key.no).ok_or(Refused::UnknownField(key))?;
    if field.repeat.is_some() != key.instance.is_some() {
        return Err(Refused::UnknownField(key));
    }
    if !fit::holds(&field.kind, value) || field.kind == FieldKind::System && key.no == system::GRID {
        return Err(Refused::WrongKind(key));
    }
    match value {
        Value::Text(text) if is_too_long(Some(field), text) => Err(Refused::TooLong(key)),
        Value::Geo(point) if !point.in_range() => Err(Refused::OffEarth(key)),
        _ => Ok(()),
    }
}

/// All additions to one set are one edit, whatever order they were asked in.
fn sets(before: Option<&RecordState>, request: &SaveRequest) -> Vec<SetEdit> {
    let mut edits: BTreeMap<FieldNo, SetEdit> = BTreeMap::new();
    let entries =
        |no| before.and_then(|state| state.sets().get(&no)).map(|set| set.entries()).unwrap_or_default();
    let photos = |hashes: &[PhotoHash]| -> Vec<(FieldNo, SetItem)> {
        hashes.iter().map(|hash| (system::PHOTOS, SetItem::Photo(*hash))).collect()
    };
    let empty = |field| SetEdit { field, adds: Vec::new(), removes: Vec::new() };
    for (no, item) in photos(&request.photos_added).into_iter().chain(request.items_added.iter().copied()) {
        let edit = edits.entry(no).or_insert_with(|| empty(no));
        if !entries(no).contains_key(&item) && !edit.adds.contains(&item) {
            edit.adds.push(item);
        }
    }
    for (no, item) in photos(&request.photos_removed).into_iter().chain(request.items_removed.iter().copied())
    {
        if let Some(dots) = entries(no).remove(&item) {
            edits.entry(no).or_insert_with(|| empty(no)).removes.push((item, dots));
        }
    }
    edits.into_values().filter(|edit| !edit.adds.is_empty() || !edit.removes.is_empty()).collect()
}

fn grid_of_new(store: &Store, record_type: &RecordType, request: &SaveRequest) -> Result<GridCode, Error> {
    if let Some(grid) = &request.grid {
        check_grid(store, grid)?;
        return Ok(grid.clone());
    }
    let layer = match record_type.layer {
        Layer::Land => "land",
        Layer::Household => "household",
    };
    let place = request.answers.iter().find_map(|(key, value)| match value {
        Value::Geo(point) if *key == FieldKey::plain(system::LOCATION) => Some(*point),
        _ => None,
    });
    let place: Option<Point> = place.or(request.fix.map(|fix| fix.point));
    let Some(place) = place else { return Err(Refused::NoGrid.into()) };
    store.grid_at(layer, place.lon_e7, place.lat_e7).cloned().ok_or(Error::Refused(Refused::NoGrid))
}

/// Before the first sync no scope is known, and the server judges alone.
fn check_grid(store: &Store, grid: &GridCode) -> Result<(), Error> {
    let grids = store.grids();
    if grids.is_empty() || grids.iter().any(|known| known.code == *grid) {
        Ok(())
    } else {
        Err(Refused::ForeignGrid.into())
    }
}
