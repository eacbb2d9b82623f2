//! What stands in a record's row, beside its id and revision, and what follows from it: worked out from the state alone,
//! so that any thread can do it before the one that writes.

use gridweave_core::entity::own_keys;
use gridweave_core::form::{Catalog, EntityKind, RecordType};
use gridweave_core::geo::Datum;
use gridweave_core::ids::{FieldKey, IdentityKey, RecordId, Rid, TypeNo};
use gridweave_core::merge::{Applied, RecordState};
use gridweave_core::record::{Change, system};
use gridweave_core::value::Value;
use std::collections::BTreeSet;

/// A merged record as it is to be written.
pub(super) struct Row {
    pub record: RecordId,
    pub type_no: TypeNo,
    /// Codes of the grids that it lies in: all live values of its grid register.
    pub grids: Vec<String>,
    /// Registers with more than one distinct live value.
    pub conflicts: usize,
    pub dead: bool,
    pub title: String,
    pub place: Option<(i32, i32)>,
    pub digest: u128,
    pub identities: BTreeSet<(EntityKind, IdentityKey)>,
    /// The encoded state.
    pub state: Vec<u8>,
}

impl Row {
    /// The row of this state.
    pub fn of(catalog: &Catalog, identity_key: &[u8], state: &RecordState) -> Row {
        let record_type = catalog.by_no(state.record_type.no);
        Row {
            record: state.record,
            type_no: state.record_type.no,
            grids: grid_codes(state),
            conflicts: state.conflicts().len(),
            dead: !state.is_alive(),
            title: record_type.map(|t| title(t, state)).unwrap_or_default(),
            place: place(state),
            digest: state.digest(),
            identities: own_identities(catalog, identity_key, state),
            state: state.encode(),
        }
    }

    /// The row of a record that this change makes; `None` where it cannot be its first.
    pub fn made_by(catalog: &Catalog, identity_key: &[u8], rid: Rid, change: &Change) -> Option<Row> {
        let mut state = RecordState::new(change.record, change.record_type);
        let applied = state.apply(rid, change);
        (applied == Ok(Applied::New)).then(|| Row::of(catalog, identity_key, &state))
    }
}

/// The live values of the grid register.
pub(super) fn grid_codes(state: &RecordState) -> Vec<String> {
    let live = state.register(system::GRID).map(|r| r.live()).unwrap_or_default();
    live.iter().filter_map(|s| s.value.as_text().map(str::to_owned)).collect()
}

/// Where the record is: its location, else where it was last confirmed. WGS-84 only: other datums shift.
fn place(state: &RecordState) -> Option<(i32, i32)> {
    let said = state.shown(FieldKey::plain(system::LOCATION)).map(|s| s.value);
    let point = match said {
        Some(Value::Geo(point)) => Some(point),
        _ => {
            let live = state.registers().values().flat_map(|r| r.live());
            let stamps = live.filter_map(|s| state.stamp(s.dot)).filter(|s| s.fix.is_some());
            stamps.max_by_key(|s| s.hlc).and_then(|s| s.fix).map(|fix| fix.point)
        }
    }?;
    matches!(point.datum, Datum::Wgs84 | Datum::Cgcs2000).then_some((point.lat_e7, point.lon_e7))
}

/// The record in one line, from its type's title fields.
fn title(record_type: &RecordType, state: &RecordState) -> String {
    let values = record_type.title_fields().filter_map(|f| state.shown(FieldKey::plain(f.no)));
    let texts: Vec<String> = values.filter_map(|s| s.value.as_text().map(str::to_owned)).collect();
    texts.join(" ")
}

/// Identity keys of the record's own codes, each with what it is a key of.
pub(super) fn own_identities(
    catalog: &Catalog,
    key: &[u8],
    state: &RecordState,
) -> BTreeSet<(EntityKind, IdentityKey)> {
    let Some(record_type) = catalog.by_no(state.record_type.no) else { return BTreeSet::new() };
    own_keys(catalog, key, state).into_iter().map(|key| (record_type.entity_kind, key)).collect()
}
