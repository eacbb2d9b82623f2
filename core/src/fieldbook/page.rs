//! One record, whole: every live value with who, when and where; photos; own history; other records of the same thing.

use super::Fieldbook;
use super::said::{Said, ShownChange, said, shown_changes};
use crate::form::{Catalog, FieldKind};
use crate::geo::{Fix, Point, distance_m};
use crate::ids::{Dot, FieldKey, PersonNo, PhotoHash, RecordId};
use crate::merge::RecordState;
use crate::record::{ChangeKind, SetItem, system};
use crate::store::{ChangeState, Error, PhotoState, PhotoTrouble, Refused, ShownRow, Store};
use crate::time::UtcMs;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One record, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordPage {
    /// As in lists.
    pub row: ShownRow,
    /// Name of its grid, where that is one of the device's.
    pub grid_name: Option<String>,
    /// Fields that have a value, in the order of their numbers.
    pub fields: Vec<PageField>,
    /// Its photos.
    pub photos: Vec<PagePhoto>,
    /// This device's changes to it, newest first.
    pub history: Vec<ShownChange>,
    /// How safe this device's changes to it are.
    pub custody: Custody,
    /// Other records with the same identity code, on this device.
    pub entity: Vec<EntityRecord>,
}

/// How safe something saved here is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Custody {
    /// The server has all of it, or nothing was saved here.
    Received,
    /// The server keeps it and did not accept some of it.
    Quarantined,
    /// Some of it is on this device alone.
    Saved,
}

/// A field with its live values.
#[derive(Debug, Clone, PartialEq)]
pub struct PageField {
    /// Which field.
    pub field: FieldKey,
    /// The live values, the shown one first. Never empty.
    pub values: Vec<PageValue>,
    /// More than one distinct value.
    pub in_conflict: bool,
}

/// One live value.
#[derive(Debug, Clone, PartialEq)]
pub struct PageValue {
    /// The change that wrote it; to be named when it is settled.
    pub dot: Dot,
    /// What it reads like.
    pub said: Said,
    /// Who wrote it.
    pub author: PersonNo,
    /// That person's name, where it is known here.
    pub author_name: Option<String>,
    /// When, by the order of display.
    pub at_ms: UtcMs,
    /// In which kind of change.
    pub kind: Option<ChangeKind>,
    /// Where the writer stood.
    pub fix: Option<Fix>,
    /// How far that is from the record's place, metres.
    pub away_m: Option<u32>,
    /// What there is to see of it: the photo that it is, and those that came into the record with the same change.
    pub photos: Vec<PagePhoto>,
}

/// One photo of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagePhoto {
    /// Its name.
    pub hash: PhotoHash,
    /// Where it stands, if it was taken here; the bytes of others are not on the device.
    pub state: Option<PhotoState>,
    /// What keeps it here.
    pub trouble: Option<PhotoTrouble>,
}

/// Another record of the same thing.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityRecord {
    /// As in lists.
    pub row: ShownRow,
    /// Fields of both in which the two say different things.
    pub differences: Vec<Difference>,
}

/// Two records of one thing disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// In which field.
    pub field: FieldKey,
    /// What this record says.
    pub here: Said,
    /// What the other says.
    pub there: Said,
}

impl Fieldbook {
    /// One record, whole.
    pub fn record_page(&self, record: RecordId) -> Result<RecordPage, Error> {
        let store = self.store.lock();
        let unknown = || Error::Refused(Refused::UnknownRecord(record));
        let state = store.shown_state(record)?.ok_or_else(unknown)?;
        let row = store.shown_row(record)?.ok_or_else(unknown)?;
        let mut history = shown_changes(&store, store.history(record)?);
        history.reverse();
        let custody = history.iter().map(custody).max().unwrap_or(Custody::Received);
        let grid_name =
            store.grids().iter().find(|g| Some(&g.code.0) == row.grid.as_ref()).map(|g| g.name.clone());
        Ok(RecordPage {
            grid_name,
            fields: fields(&store, &state, row.point)?,
            photos: photos(&store, &state)?,
            history,
            custody,
            entity: entity(&store, &state)?,
            row,
        })
    }
}

fn custody(change: &ShownChange) -> Custody {
    match change.state {
        ChangeState::Pending => Custody::Saved,
        ChangeState::Received => Custody::Received,
        ChangeState::Quarantined { .. } => Custody::Quarantined,
    }
}

fn fields(store: &Store, state: &RecordState, place: Option<Point>) -> Result<Vec<PageField>, Error> {
    let mut people = store.people()?;
    if let Ok(identity) = store.identity() {
        people.entry(identity.person).or_insert_with(|| identity.person_name.clone());
    }
    let catalog = store.projector().catalog();
    let came = photos_in_sets(state);
    let away_m = |fix: Fix| Some(distance_m(place?, fix.point)?.round() as u32);
    let value = |field: FieldKey, sibling: crate::merge::Sibling| {
        let stamp = state.stamp(sibling.dot);
        let author = stamp.map_or(PersonNo(0), |s| s.author);
        let is_photo = photo_of(catalog, state, field, &sibling.value);
        let with_it = came.iter().filter(|(_, dots)| dots.contains(&sibling.dot)).map(|(hash, _)| *hash);
        Ok(PageValue {
            dot: sibling.dot,
            said: said(store, state.record_type.no, field, &sibling.value),
            author,
            author_name: people.get(&author).cloned(),
            at_ms: stamp.map_or(0, |s| s.hlc.ms()),
            kind: stamp.map(|s| s.kind),
            fix: stamp.and_then(|s| s.fix),
            away_m: stamp.and_then(|s| s.fix).and_then(away_m),
            photos: page_photos(store, is_photo.into_iter().chain(with_it))?,
        })
    };
    let mut fields = Vec::new();
    for (field, register) in state.registers() {
        let shown = state.shown(*field).map(|sibling| sibling.dot);
        let siblings = register.siblings();
        let answered = siblings.iter().any(|sibling| !sibling.value.is_null());
        let values = siblings.into_iter().map(|s| value(*field, s));
        let mut values: Vec<PageValue> = values.collect::<Result<_, Error>>()?;
        values.sort_by_key(|v| (Some(v.dot) != shown, std::cmp::Reverse(v.at_ms), v.dot));
        let in_conflict = register.in_conflict();
        if in_conflict || answered {
            fields.push(PageField { field: *field, values, in_conflict });
        }
    }
    Ok(fields)
}

/// Those of its sets, then those that its fields name; recordings are no photos.
fn photos(store: &Store, state: &RecordState) -> Result<Vec<PagePhoto>, Error> {
    let catalog = store.projector().catalog();
    let in_fields = state.registers().iter().flat_map(|(field, register)| {
        register.siblings().into_iter().filter_map(|s| photo_of(catalog, state, *field, &s.value))
    });
    page_photos(store, photos_in_sets(state).into_keys().chain(in_fields))
}

/// The photos of a record's sets, each with the changes that brought it.
fn photos_in_sets(state: &RecordState) -> BTreeMap<PhotoHash, Vec<Dot>> {
    let entries = state.sets().values().flat_map(|set| set.entries());
    entries.fold(BTreeMap::new(), |mut photos, (item, dots)| {
        if let SetItem::Photo(hash) = item {
            photos.entry(hash).or_insert_with(Vec::new).extend(dots);
        }
        photos
    })
}

/// The photo that a value is.
fn photo_of(catalog: &Catalog, state: &RecordState, field: FieldKey, value: &Value) -> Option<PhotoHash> {
    let kind = &catalog.by_no(state.record_type.no)?.field(field.no)?.kind;
    match value {
        Value::Photo(hash) if *kind == FieldKind::Photo => Some(*hash),
        _ => None,
    }
}

/// Each once, with where it stands.
fn page_photos(store: &Store, hashes: impl Iterator<Item = PhotoHash>) -> Result<Vec<PagePhoto>, Error> {
    let mut seen = BTreeSet::new();
    let page = |hash| {
        let photo = store.photo(hash)?;
        let (state, trouble) = photo.map(|photo| (photo.state, photo.trouble)).unzip();
        Ok(PagePhoto { hash, state, trouble: trouble.flatten() })
    };
    hashes.filter(|hash| seen.insert(*hash)).map(page).collect()
}

fn entity(store: &Store, state: &RecordState) -> Result<Vec<EntityRecord>, Error> {
    let catalog = store.projector().catalog();
    let kind = |no| catalog.by_no(no).map(|t| t.entity_kind);
    let mine = kind(state.record_type.no);
    let mut seen = BTreeSet::from([state.record]);
    let mut records = Vec::new();
    for key in store.projector().project(state).keys {
        for row in store.records_of(key)? {
            // One code names things of one kind only: a shop and its building may share a number.
            if seen.insert(row.record)
                && kind(row.record_type.no) == mine
                && let Some(other) = store.shown_state(row.record)?
            {
                records.push(EntityRecord { differences: differences(store, state, &other), row });
            }
        }
    }
    Ok(records)
}

/// Fields of the type's own that both records answer, each without dispute, and differently.
fn differences(store: &Store, here: &RecordState, there: &RecordState) -> Vec<Difference> {
    if here.record_type.no != there.record_type.no {
        return Vec::new();
    }
    let agreed = |state: &RecordState| -> BTreeMap<FieldKey, Value> {
        let own =
            state.registers().iter().filter(|(key, _)| key.no >= system::FIRST_OWN && key.instance.is_none());
        own.filter_map(|(key, register)| Some((*key, register.agreed()?)))
            .filter(|(_, v)| !v.is_null())
            .collect()
    };
    let other = agreed(there);
    let mine = agreed(here).into_iter();
    let read = |field, value: &Value| said(store, here.record_type.no, field, value);
    mine.filter_map(|(field, here)| {
        let there = other.get(&field).filter(|value| **value != here)?;
        Some(Difference { field, here: read(field, &here), there: read(field, there) })
    })
    .collect()
}
