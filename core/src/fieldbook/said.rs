//! What a value reads like on this device's screens: in the product's two languages, and masked where its field wants it.
//!
//! Screens get no value itself: what they do not show they cannot leak.

use crate::form::{Catalog, Label, MaskRule, mask, system};
use crate::ids::{Dot, FieldKey, RecordId, TypeNo};
use crate::record::ChangeKind;
use crate::store::{ChangeState, Logged, Store};
use crate::time::{CITY_OFFSET_MIN, UtcMs};
use crate::value::Value;
use std::collections::BTreeMap;

/// What a value reads like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// For people; empty for what has no words, a photo for example.
    pub text: Label,
    /// Something of it is hidden; [`super::Fieldbook::reveal`] shows it.
    pub masked: bool,
}

/// A change of the own log as screens show it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownChange {
    /// Its name.
    pub dot: Dot,
    /// The record that it is of.
    pub record: RecordId,
    /// The record's type.
    pub record_type: TypeNo,
    /// What was meant.
    pub kind: ChangeKind,
    /// What it set.
    pub writes: Vec<ShownWrite>,
    /// When it was saved, by the server's clock as far as this device knows it.
    pub saved_ms: UtcMs,
    /// Where it stands.
    pub state: ChangeState,
}

/// A field that a change set.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownWrite {
    /// Which field.
    pub field: FieldKey,
    /// What stood there before, where this device wrote it too; none where nothing stood or somebody else wrote it.
    pub before: Option<Said>,
    /// What it was set to.
    pub after: Said,
}

/// How a field's answers are masked on this device. What names a record in lists is shown: by it the record is found.
pub(super) fn rule(catalog: &Catalog, type_no: TypeNo, field: FieldKey) -> MaskRule {
    catalog.by_no(type_no).map_or(MaskRule::All, |record_type| record_type.screen_mask(field.no))
}

/// A value whole; a grid by its name, where it is one of the device's.
pub(super) fn whole(store: &Store, type_no: TypeNo, field: FieldKey, value: &Value) -> Label {
    let code = value.as_text().filter(|_| field.no == system::GRID);
    match code.and_then(|code| store.grids().iter().find(|grid| grid.code.0 == code)) {
        Some(grid) => Label::same(&grid.name),
        None => store.projector().catalog().show_field(type_no, field.no, value, CITY_OFFSET_MIN),
    }
}

/// A value as its field wants it shown.
pub(super) fn said(store: &Store, type_no: TypeNo, field: FieldKey, value: &Value) -> Said {
    let whole = whole(store, type_no, field, value);
    let rule = rule(store.projector().catalog(), type_no, field);
    let text = Label::new(mask(rule, &whole.zh), mask(rule, &whole.en));
    Said { masked: text != whole, text }
}

/// Changes of the own log, in the order they came in, as screens show them.
pub(super) fn shown_changes(store: &Store, logged: Vec<Logged>) -> Vec<ShownChange> {
    let mut written: BTreeMap<(Dot, FieldKey), Value> = BTreeMap::new();
    let mut shown = Vec::with_capacity(logged.len());
    for Logged { dot, change, saved_ms, state } in logged {
        let type_no = change.record_type.no;
        let mut writes = Vec::with_capacity(change.writes.len());
        for write in change.writes {
            let before =
                write.replaces.iter().rev().find_map(|replaced| written.get(&(*replaced, write.field)));
            writes.push(ShownWrite {
                field: write.field,
                before: before.map(|value| said(store, type_no, write.field, value)),
                after: said(store, type_no, write.field, &write.value),
            });
            written.insert((dot, write.field), write.value);
        }
        shown.push(ShownChange {
            dot,
            record: change.record,
            record_type: type_no,
            kind: change.kind,
            writes,
            saved_ms,
            state,
        });
    }
    shown
}
