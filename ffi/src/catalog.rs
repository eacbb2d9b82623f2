//! What may be collected and what its parts are called: the words of lists, pages and filters.

use gridweave_core::form;
use gridweave_core::form::Label;
use gridweave_core::ids::{FieldNo, GridCode, TypeNo};
use gridweave_core::wire::v1;

/// A record type.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RecordType {
    /// Number, unique for ever.
    pub no: TypeNo,
    /// Name in files and URLs.
    pub name: String,
    /// Raised with every published change.
    pub version: u32,
    /// What people read.
    pub label: Label,
    /// Days after which a record wants to be confirmed again; none: never.
    pub revisit_days: Option<u32>,
    /// Accuracy wanted of its location, metres.
    pub accuracy_m: Option<u32>,
    /// How many photos are wanted.
    pub photos_wanted: u8,
    /// Its fields, the system's first.
    pub fields: Vec<Field>,
}

/// One field of a record type.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Field {
    /// Number, unique in the record type for ever; 1–15 are the system's.
    pub no: FieldNo,
    /// Name in expressions and exports.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// The scheme of the identity code that it holds.
    pub scheme: Option<String>,
}

/// A grid of the device.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Grid {
    /// Its code.
    pub code: GridCode,
    /// Its name.
    pub name: String,
    /// `land` or `household`.
    pub layer: String,
    /// Outline, closed, WGS-84.
    pub outline: Vec<Corner>,
}

/// A corner of an outline, degrees × 10⁷, WGS-84.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Corner {
    /// Latitude.
    pub lat_e7: i32,
    /// Longitude.
    pub lon_e7: i32,
}

impl From<&form::RecordType> for RecordType {
    fn from(from: &form::RecordType) -> RecordType {
        RecordType {
            no: from.no,
            name: from.name.clone(),
            version: from.version,
            label: from.label.clone(),
            revisit_days: from.revisit_days,
            accuracy_m: from.accuracy_m,
            photos_wanted: from.photos_wanted,
            fields: from.fields.iter().map(Field::from).collect(),
        }
    }
}

impl From<&form::Field> for Field {
    fn from(from: &form::Field) -> Field {
        Field {
            no: from.no,
            name: from.name.clone(),
            label: from.label.clone(),
            scheme: from.identity.as_ref().map(|identity| identity.scheme.clone()),
        }
    }
}

impl From<&v1::Grid> for Grid {
    fn from(from: &v1::Grid) -> Grid {
        let corner = |(lon_e7, lat_e7): &(i32, i32)| Corner { lat_e7: *lat_e7, lon_e7: *lon_e7 };
        Grid {
            code: from.code.clone(),
            name: from.name.clone(),
            layer: from.layer.clone(),
            outline: from.outline.iter().map(corner).collect(),
        }
    }
}
