//! Records as lists and pages show them.

use gridweave_core::fieldbook::{Said, ShownChange};
use gridweave_core::form::Label;
use gridweave_core::geo::{Fix, Point};
use gridweave_core::ids::{Dot, FieldKey, PersonNo, PhotoHash, RecordId, TypeNo};
use gridweave_core::record::ChangeKind;
use gridweave_core::{fieldbook, identity, record, store};

type TypeRef = record::TypeRef;
/// A record type and the version of it.
#[uniffi::remote(Record)]
pub struct TypeRef {
    no: TypeNo,
    version: u16,
}

type ShownRow = store::ShownRow;
/// A record in a list. Times are UTC milliseconds.
#[uniffi::remote(Record)]
pub struct ShownRow {
    record: RecordId,
    record_type: TypeRef,
    grid: Option<String>,
    /// One line that names it.
    title: Label,
    /// Not deleted.
    alive: bool,
    /// Fields with more than one distinct value.
    conflicts: u32,
    point: Option<Point>,
    updated_ms: i64,
    updated_by: PersonNo,
    visited_ms: Option<i64>,
}

type Hits = store::Hits;
/// Records that a query found: how many, and the first fifty, newest first.
#[uniffi::remote(Record)]
pub struct Hits {
    total: u64,
    hits: Vec<ShownRow>,
}

type RecordPage = fieldbook::RecordPage;
/// One record, whole.
#[uniffi::remote(Record)]
pub struct RecordPage {
    /// As in lists.
    row: ShownRow,
    /// Name of its grid, where that is one of the device's.
    grid_name: Option<String>,
    /// Fields that have a value, in the order of their numbers.
    fields: Vec<PageField>,
    /// Its photos.
    photos: Vec<PagePhoto>,
    /// This device's changes to it, newest first.
    history: Vec<ShownChange>,
    /// How safe this device's changes to it are.
    custody: Custody,
    /// Other records with the same identity code, on this device.
    entity: Vec<EntityRecord>,
}

type Custody = fieldbook::Custody;
/// How safe something saved here is: the server has it, keeps it without accepting it, or it is here alone.
#[uniffi::remote(Enum)]
pub enum Custody {
    Received,
    Quarantined,
    Saved,
}

type PageField = fieldbook::PageField;
/// A field with its live values, the shown one first.
#[uniffi::remote(Record)]
pub struct PageField {
    field: FieldKey,
    values: Vec<PageValue>,
    /// More than one distinct value.
    in_conflict: bool,
}

type PageValue = fieldbook::PageValue;
/// One live value: what it says, who wrote it, when (UTC milliseconds) and where.
#[uniffi::remote(Record)]
pub struct PageValue {
    /// The change that wrote it; to be named when it is settled.
    dot: Dot,
    /// What it reads like, masked where its field wants it.
    said: Said,
    author: PersonNo,
    author_name: Option<String>,
    at_ms: i64,
    kind: Option<ChangeKind>,
    fix: Option<Fix>,
    /// How far the writer stood from the record's place, metres.
    away_m: Option<u32>,
    /// What there is to see of it: the photo that it is, and those that came into the record with the same change.
    photos: Vec<PagePhoto>,
}

type PhotoState = store::PhotoState;
/// Where a photo stands: on this device only, or at the server.
#[uniffi::remote(Enum)]
pub enum PhotoState {
    Local,
    Received,
}

type PhotoTrouble = store::PhotoTrouble;
/// What keeps a photo here: its file is damaged; or this device is revoked, and what names it was not released yet, or the
/// server has taken as many as it takes.
#[uniffi::remote(Enum)]
pub enum PhotoTrouble {
    Damaged,
    Unreleased,
    OverQuota,
}

type PagePhoto = fieldbook::PagePhoto;
/// One photo of a record; no state if it was not taken here.
#[uniffi::remote(Record)]
pub struct PagePhoto {
    hash: PhotoHash,
    state: Option<PhotoState>,
    trouble: Option<PhotoTrouble>,
}

type EntityRecord = fieldbook::EntityRecord;
/// Another record of the same thing, with the fields in which the two say different things.
#[uniffi::remote(Record)]
pub struct EntityRecord {
    row: ShownRow,
    differences: Vec<Difference>,
}

type Difference = fieldbook::Difference;
/// Two records of one thing disagree.
#[uniffi::remote(Record)]
pub struct Difference {
    field: FieldKey,
    here: Said,
    there: Said,
}

/// What is known of an identity code on this device.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Duplicates {
    /// The form that codes are compared in.
    pub canonical: String,
    /// Whether it can be right.
    pub valid: bool,
    /// What is wrong or unusual: stable codes.
    pub problems: Vec<String>,
    /// What may have been meant if it is invalid, likeliest first.
    pub suggestions: Vec<String>,
    /// Records with this code as their own, of the same kind of thing.
    pub records: Vec<ShownRow>,
    /// The device has no key of the index: nothing could be compared.
    pub unchecked: bool,
}

impl From<fieldbook::Duplicates> for Duplicates {
    fn from(fieldbook::Duplicates { checked, records, unchecked }: fieldbook::Duplicates) -> Duplicates {
        let identity::Checked { canonical, valid, problems, suggestions, .. } = checked;
        let problems = problems.into_iter().map(|problem| problem.code.name().to_owned()).collect();
        Duplicates { canonical, valid, problems, suggestions, records, unchecked }
    }
}
