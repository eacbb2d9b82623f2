//! What lists, searches and duplicate checks need of a record, computed from its state alone.
//!
//! Pure: the same state, catalog and key give the same projection, so all of it can be made anew.

use super::search;
use crate::entity::own_keys;
use crate::form::{Catalog, Label, MaskRule, RecordType, Search};
use crate::geo::Point;
use crate::identity::{Scheme, canonical, identity_key};
use crate::ids::{FieldKey, IdentityKey, PersonNo};
use crate::merge::RecordState;
use crate::record::{ChangeKind, TypeRef, system};
use crate::time::{CITY_OFFSET_MIN, UtcMs};
use crate::value::Value;
use std::sync::Arc;

/// Reads records with a catalog, and their identity codes with a key.
#[derive(Clone)]
pub struct Projector {
    catalog: Arc<Catalog>,
    identity_key: Option<Vec<u8>>,
}

/// What a list shows of a record and what it is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// Its type.
    pub record_type: TypeRef,
    /// The grid that it lies in.
    pub grid: Option<String>,
    /// One line that names it.
    pub title: Label,
    /// Not deleted.
    pub alive: bool,
    /// Fields with more than one distinct value.
    pub conflicts: u32,
    /// Where it is.
    pub point: Option<Point>,
    /// When it was last changed or confirmed, for the order of display.
    pub updated_ms: UtcMs,
    /// By whom.
    pub updated_by: PersonNo,
    /// When somebody last was at the spot.
    pub visited_ms: Option<UtcMs>,
    /// What it is found by, one line a value; see [`search`].
    pub text: String,
    /// Keys of its own identity codes.
    pub keys: Vec<IdentityKey>,
}

impl Projector {
    pub(super) fn new(catalog: Arc<Catalog>) -> Projector {
        Projector { catalog, identity_key: None }
    }

    pub(super) fn set_identity_key(&mut self, key: Option<Vec<u8>>) {
        self.identity_key = key;
    }

    /// The record types and code lists.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Computes a record's projection.
    pub fn project(&self, state: &RecordState) -> Projection {
        let record_type = self.catalog.by_no(state.record_type.no);
        let alive = state.is_alive();
        let last =
            state.stamps().iter().max_by_key(|(dot, stamp)| (stamp.hlc, **dot)).map(|(_, stamp)| stamp);
        let at_the_spot = |kind| matches!(kind, ChangeKind::Create | ChangeKind::Edit | ChangeKind::Visit);
        Projection {
            record_type: state.record_type,
            grid: shown_text(state, FieldKey::plain(system::GRID)),
            title: record_type.map(|t| self.title(t, state)).unwrap_or_default(),
            alive,
            conflicts: state.conflicts().len() as u32,
            point: match state.shown(FieldKey::plain(system::LOCATION)).map(|s| s.value) {
                Some(Value::Geo(point)) => Some(point),
                _ => None,
            },
            updated_ms: last.map_or(0, |stamp| stamp.hlc.ms()),
            updated_by: last.map_or(PersonNo(0), |stamp| stamp.author),
            visited_ms: state
                .stamps()
                .values()
                .filter(|stamp| stamp.fix.is_some() && at_the_spot(stamp.kind))
                .map(|stamp| stamp.hlc.ms())
                .max(),
            text: record_type.filter(|_| alive).map(|t| text(t, state)).unwrap_or_default(),
            keys: self.keys(state),
        }
    }

    fn keys(&self, state: &RecordState) -> Vec<IdentityKey> {
        let key = self.identity_key.as_ref();
        key.map(|key| own_keys(&self.catalog, key, state).into_iter().collect()).unwrap_or_default()
    }

    /// The key of a code, if this device has the key of the index.
    pub fn key_of(&self, scheme: Scheme, code: &str) -> Option<IdentityKey> {
        let canonical = canonical(scheme, code);
        let key = self.identity_key.as_ref()?;
        (!canonical.is_empty()).then(|| identity_key(key, scheme, &canonical))
    }

    fn title(&self, record_type: &RecordType, state: &RecordState) -> Label {
        let value = |no| Some(state.shown(FieldKey::plain(no))?.value);
        self.catalog.title(record_type, value, CITY_OFFSET_MIN)
    }
}

fn shown_text(state: &RecordState, field: FieldKey) -> Option<String> {
    match state.shown(field)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn text(record_type: &RecordType, state: &RecordState) -> String {
    let mut lines = Vec::new();
    for (key, register) in state.registers() {
        let kind = match record_type.field(key.no).map(|field| field.search) {
            None | Some(Search::None) => continue,
            Some(_) if record_type.screen_mask(key.no) != MaskRule::None => search::WHOLE,
            Some(Search::Name) => search::NAME,
            Some(Search::Address) => search::ADDRESS,
            Some(Search::Code) => search::CODE,
        };
        for sibling in register.live() {
            if let Some(text) = sibling.value.as_text() {
                lines.push(search::line(kind, text));
            }
        }
    }
    lines.sort();
    lines.dedup();
    lines.join("\n")
}
