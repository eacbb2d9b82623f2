//! How a field is written in a file. Apart from [`Field`], so that a kind and its list are one value in the program.

use super::field::{Field, FieldIdentity, FieldKind, Search, Sensitivity};
use super::label::Label;
use super::mask::MaskRule;
use crate::ids::FieldNo;
use serde::{Deserialize, Serialize};

/// A field as it stands in a record type's file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFile {
    no: u16,
    name: String,
    label: Label,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeat: Option<u16>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<FieldIdentity>,
    #[serde(default)]
    sensitivity: Sensitivity,
    #[serde(default)]
    mask: MaskRule,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accuracy_m: Option<u32>,
    #[serde(default)]
    photos_wanted: u8,
    #[serde(default)]
    search: Search,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_chars: Option<u32>,
}

/// Why a field's lines in a file make no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldFileError {
    /// The kind is not one of those known.
    #[error("field {name}: kind {kind} is not known")]
    Kind {
        /// The field.
        name: String,
        /// What stands there.
        kind: String,
    },
    /// A code field needs a list, any other must have none.
    #[error("field {name}: code and codes name a `list`, other kinds name none")]
    List {
        /// The field.
        name: String,
    },
}

/// The kinds without a list, by their names in files.
const PLAIN: [(&str, FieldKind); 15] = [
    ("text", FieldKind::Text),
    ("int", FieldKind::Int),
    ("decimal", FieldKind::Decimal),
    ("bool", FieldKind::Bool),
    ("date", FieldKind::Date),
    ("time", FieldKind::Time),
    ("instant", FieldKind::Instant),
    ("geo", FieldKind::Geo),
    ("trace", FieldKind::Trace),
    ("shape", FieldKind::Shape),
    ("photo", FieldKind::Photo),
    ("audio", FieldKind::Audio),
    ("photos", FieldKind::Photos),
    ("repeat", FieldKind::Repeat),
    ("system", FieldKind::System),
];

impl TryFrom<FieldFile> for Field {
    type Error = FieldFileError;

    fn try_from(file: FieldFile) -> Result<Field, FieldFileError> {
        let kind = match (file.kind.as_str(), file.list) {
            ("code", Some(list)) => FieldKind::Code(list),
            ("codes", Some(list)) => FieldKind::Codes(list),
            ("code" | "codes", None) => return Err(FieldFileError::List { name: file.name }),
            (kind, list) => match PLAIN.iter().find(|(name, _)| *name == kind) {
                Some((_, kind)) if list.is_none() => kind.clone(),
                Some(_) => return Err(FieldFileError::List { name: file.name }),
                None => return Err(FieldFileError::Kind { name: file.name, kind: kind.into() }),
            },
        };
        Ok(Field {
            no: FieldNo(file.no),
            name: file.name,
            label: file.label,
            kind,
            repeat: file.repeat.map(FieldNo),
            required: file.required,
            identity: file.identity,
            sensitivity: file.sensitivity,
            mask: file.mask,
            owner: file.owner,
            accuracy_m: file.accuracy_m,
            photos_wanted: file.photos_wanted,
            search: file.search,
            max_chars: file.max_chars,
        })
    }
}

impl From<Field> for FieldFile {
    fn from(field: Field) -> FieldFile {
        let (kind, list) = match field.kind {
            FieldKind::Code(list) => ("code", Some(list)),
            FieldKind::Codes(list) => ("codes", Some(list)),
            ref kind => (PLAIN.iter().find(|(_, k)| k == kind).map_or("system", |(name, _)| name), None),
        };
        FieldFile {
            no: field.no.0,
            name: field.name,
            label: field.label,
            kind: kind.into(),
            list,
            repeat: field.repeat.map(|no| no.0),
            required: field.required,
            identity: field.identity,
            sensitivity: field.sensitivity,
            mask: field.mask,
            owner: field.owner,
            accuracy_m: field.accuracy_m,
            photos_wanted: field.photos_wanted,
            search: field.search,
            max_chars: field.max_chars,
        }
    }
}
