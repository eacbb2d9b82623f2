//! Code lists: dictionaries of a standard in one edition, as data. A code means nothing without both.

use super::label::Label;
use crate::value::Code;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One code of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeEntry {
    /// The code.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// Further columns, for choice filters (`major` of a component class).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// No longer offered, still readable.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A list of codes in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// Name in the product, as in values.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// The standard that it comes from, `GB/T 2261.1` for example; `Gridweave` for the product's own.
    pub standard: String,
    /// Edition of it.
    pub edition: String,
    /// How sure it is that the list is the standard's, and where it was read.
    pub certainty: String,
    /// Whether `en` is a translation made for this product, not the standard's own.
    #[serde(default)]
    pub translated: bool,
    /// The codes in the standard's order.
    pub codes: Vec<CodeEntry>,
}

impl CodeList {
    /// The entry of a code.
    pub fn entry(&self, code: &str) -> Option<&CodeEntry> {
        self.codes.iter().find(|entry| entry.code == code)
    }

    /// A code of this list as a value.
    pub fn code(&self, code: &str) -> Code {
        Code { list: self.name.clone(), edition: self.edition.clone(), code: code.into() }
    }
}
