//! Record types and forms as data: what may be collected, how it is asked, what an answer must be.
//!
//! Forms follow XLSForm (question types, expressions, relevance, cascades, repeats), so that a community's own
//! workbook can become one. Nothing here reads a file, a clock or a network: the day is passed in. It decides and
//! reports; what is drawn is the apps' business.

mod builtin;
mod catalog;
mod code_list;
mod compile;
mod context;
mod convert;
mod cover;
mod draft;
mod env;
pub mod expr;
mod face;
mod field;
mod field_file;
mod finalise;
#[allow(clippy::module_inception, reason = "the form itself, beside what it is made of")]
mod form;
mod form_error;
mod graph;
mod hands;
mod identity_check;
mod item;
mod label;
mod longest;
mod mask;
mod names;
mod problem;
mod record_type;
mod scale;
mod scheme_check;
mod screen;
mod session;
mod settle;
mod show;
mod sketch;
mod template;
mod typed;
mod value_text;

pub use catalog::{Catalog, CatalogError};
pub use code_list::{CodeEntry, CodeList};
pub use context::{Context, Existing};
pub use draft::{DraftError, draft_values};
pub use field::{Field, FieldIdentity, FieldKind, IdentityRole, Search, Sensitivity};
pub use field_file::{FieldFile, FieldFileError};
pub use finalise::Finalised;
pub use form::Form;
pub use form_error::{FormError, FormErrorKind};
pub use identity_check::{IdentityCheck, IdentityFinding, NoIdentityCheck};
pub use item::{Item, ItemKind, RangeParameters};
pub use label::Label;
pub use longest::is_too_long;
pub use mask::{MaskRule, mask};
pub use problem::{Problem, ProblemCode, Severity};
pub use record_type::{EntityKind, Layer, RecordType, system};
pub use scheme_check::SchemeCheck;
pub use screen::{Choice, Entries, Question, Screen, ScreenId};
pub use session::{AnswerError, Changed, FormSession, SessionError};
pub use sketch::{Sketch, SketchPoint};
pub use typed::{read_typed, typed_text};

#[cfg(test)]
mod catalog_tests;
#[cfg(test)]
mod draft_tests;
#[cfg(test)]
mod hands_tests;
#[cfg(test)]
mod session_tests;
