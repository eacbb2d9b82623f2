//! Record types and forms as data: what may be collected, how it is asked, what an answer must be.
//!
//! Forms follow XLSForm (question types, expressions, relevance, cascades, repeats), so that a community's own
//! workbook can become one. Nothing here reads a file, a clock or a network: the day is passed in. It decides and
//! reports; what is drawn is the apps' business.

mod builtin;
mod catalog;
mod code_list;
pub mod expr;
mod field;
mod field_file;
mod item;
mod label;
mod mask;
mod record_type;

pub use catalog::{Catalog, CatalogError};
pub use code_list::{CodeEntry, CodeList};
pub use field::{Field, FieldIdentity, FieldKind, IdentityRole, Search, Sensitivity};
pub use field_file::{FieldFile, FieldFileError};
pub use item::{Item, ItemKind, RangeParameters};
pub use label::Label;
pub use mask::{MaskRule, mask};
pub use record_type::{EntityKind, Layer, RecordType, system};

#[cfg(test)]
mod catalog_tests;
