//! What a person wants saved.

use crate::value::Answer;
use gridweave_core::geo::Fix;
use gridweave_core::ids::{FieldNo, GridCode, Instance, PhotoHash, RecordId, Seq, TypeNo};
use gridweave_core::{fieldbook, record, store};

/// One save; nothing but the type must be given.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct SaveRequest {
    /// Of which type the record is.
    pub record_type: TypeNo,
    /// Which record; none makes a new one.
    #[uniffi(default = None)]
    pub record: Option<RecordId>,
    /// What is meant; an edit unless said otherwise. A new record is always `Create`.
    #[uniffi(default = None)]
    pub kind: Option<ChangeKind>,
    /// Answers given.
    #[uniffi(default = [])]
    pub answers: Vec<Answer>,
    /// Photos put into the record; each was added before.
    #[uniffi(default = [])]
    pub photos_added: Vec<PhotoHash>,
    /// Photos taken out of it.
    #[uniffi(default = [])]
    pub photos_removed: Vec<PhotoHash>,
    /// Items put into other sets.
    #[uniffi(default = [])]
    pub items_added: Vec<Entry>,
    /// Items taken out of them.
    #[uniffi(default = [])]
    pub items_removed: Vec<Entry>,
    /// Where the device is.
    #[uniffi(default = None)]
    pub fix: Option<Fix>,
    /// Satellite time, UTC milliseconds, when the receiver had it.
    #[uniffi(default = None)]
    pub gnss_ms: Option<i64>,
    /// The grid of a new or moved record; by its position when not given.
    #[uniffi(default = None)]
    pub grid: Option<GridCode>,
}

/// An item of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Entry {
    /// Which set.
    pub field: FieldNo,
    /// What is in it.
    pub item: SetItem,
}

type SetItem = record::SetItem;
/// Something that a set may hold.
#[uniffi::remote(Enum)]
pub enum SetItem {
    Photo(PhotoHash),
    Repeat(Instance),
}

type ChangeKind = record::ChangeKind;
/// What the person meant to do.
#[uniffi::remote(Enum)]
pub enum ChangeKind {
    Create,
    Edit,
    Visit,
    Delete,
    Restore,
    Review,
    Resolve,
    Move,
    /// A kind of a later version.
    Other(u8),
}

type Saved = store::Saved;
/// A change that is on this device's disk: its place in the log, and its record.
#[uniffi::remote(Record)]
pub struct Saved {
    seq: Seq,
    record: RecordId,
}

impl From<SaveRequest> for fieldbook::SaveRequest {
    fn from(from: SaveRequest) -> fieldbook::SaveRequest {
        let entries = |of: Vec<Entry>| of.into_iter().map(|entry| (entry.field, entry.item)).collect();
        fieldbook::SaveRequest {
            record_type: from.record_type,
            record: from.record,
            kind: from.kind.unwrap_or(ChangeKind::Edit),
            answers: from.answers.into_iter().map(|answer| (answer.field, answer.value)).collect(),
            photos_added: from.photos_added,
            photos_removed: from.photos_removed,
            items_added: entries(from.items_added),
            items_removed: entries(from.items_removed),
            fix: from.fix,
            gnss_ms: from.gnss_ms,
            grid: from.grid,
            seen: None,
        }
    }
}
