//! One field of a record type: its number on the wire, what it holds, how careful one must be with it.
//!
//! How it is asked stands in [`super::item`]: a field lives on when a form stops asking for it.

use super::label::Label;
use super::mask::MaskRule;
use crate::ids::FieldNo;
use serde::{Deserialize, Serialize};

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// Whole number.
    Int,
    /// Decimal number.
    Decimal,
    /// Yes or no.
    Bool,
    /// Civil date.
    Date,
    /// Civil time of day.
    Time,
    /// Instant.
    Instant,
    /// One code of the named list.
    Code(String),
    /// Several codes of the named list.
    Codes(String),
    /// A point with its datum.
    Geo,
    /// A line, as text: the datum's name, then `lat lon` pairs, all parted by `;` (see [`crate::geo::Line`]).
    Trace,
    /// A closed outline, written like a line.
    Shape,
    /// One photo, by its hash.
    Photo,
    /// One sound recording, by its hash like a photo.
    Audio,
    /// A set of photos.
    Photos,
    /// A repeated group; the field is the set of its instances.
    Repeat,
    /// A set or register that the core itself reads and writes (life, review, grid).
    System,
}

/// Whose code an identity field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityRole {
    /// The code of the thing itself: groups records to an entity.
    Own,
    /// The code of something else (a householder, an owner): links, never groups.
    Refers,
}

/// The identity code that a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldIdentity {
    /// Name of the scheme, checked by the caller's [`super::IdentityCheck`].
    pub scheme: String,
    /// Whose code it is.
    pub role: IdentityRole,
}

/// How careful one must be with a field, by the Personal Information Protection Law's classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// May be published.
    Public,
    /// For those who work with it.
    #[default]
    Internal,
    /// Personal information.
    Personal,
    /// Sensitive personal information (art. 28): identity numbers, religion, whereabouts.
    Sensitive,
}

/// How a field is found by searching. What a device masks is found by the whole of it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// By parts of a name, and its pinyin.
    Name,
    /// By parts of an address.
    Address,
    /// By its head, its tail and the whole.
    Code,
    /// Not at all.
    #[default]
    None,
}

/// One field of a record type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "super::field_file::FieldFile", into = "super::field_file::FieldFile")]
pub struct Field {
    /// Number, unique in the record type for ever; 1–15 are the system's, own fields begin at 16.
    pub no: FieldNo,
    /// Name in expressions and exports: `[a-z][a-z0-9_]*`.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// What it holds; never changes once released.
    pub kind: FieldKind,
    /// The repeated group that it stands in.
    pub repeat: Option<FieldNo>,
    /// Whether a complete profile must have it; only for what a worker can always answer.
    pub required: bool,
    /// The identity code that it holds.
    pub identity: Option<FieldIdentity>,
    /// How careful one must be with it.
    pub sensitivity: Sensitivity,
    /// How it is masked for those who need not see it.
    pub mask: MaskRule,
    /// Department that answers for it (`police`, `housing`, …), ranked first when sources differ.
    pub owner: Option<String>,
    /// Accuracy wanted of a point, metres.
    pub accuracy_m: Option<u32>,
    /// How many photos are wanted.
    pub photos_wanted: u8,
    /// How it is found.
    pub search: Search,
    /// Longest text, in characters.
    pub max_chars: Option<u32>,
}
