//! What must come out of a plan.

use super::{Answers, BadKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The outcome, worked out before anything runs. Every count is above zero for every seed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Expected {
    /// Records that exist, dead ones too.
    pub records: usize,
    /// Changes that the server takes from devices: creates, edits, visits, deletes. Settlements are not among them.
    pub changes: usize,
    /// Photos, each of its own content.
    pub photos: usize,
    /// Entities with two or more records: the same code, typed differently.
    pub linked: usize,
    /// Fields with more than one distinct live value at the end.
    pub conflicts: usize,
    /// Fields that had several values until the supervisor settled them.
    pub settled: usize,
    /// Changes put into quarantine.
    pub quarantined: usize,
    /// The same by reason.
    pub quarantined_by_kind: BTreeMap<BadKind, usize>,
    /// Records that are dead at the end.
    pub deleted: usize,
    /// Those among them that somebody edited without knowing: shown, and the edit kept.
    pub deleted_but_edited: Vec<String>,
    /// Replicas that a supervisor had to admit.
    pub forks: usize,
    /// Keys of the records of each linked entity.
    pub entities: Vec<Vec<String>>,
    /// Fate of every save: each record with the values of its fields that are live at the end.
    pub fates: BTreeMap<String, ExpectedRecord>,
}

/// One record at the end.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ExpectedRecord {
    /// Name of its record type.
    #[serde(rename = "type")]
    pub record_type: String,
    /// Code of its grid.
    pub grid: String,
    /// Why it is dead, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<String>,
    /// Names of its photos.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// Fields with one value.
    pub fields: Answers,
    /// Fields in conflict, each with its distinct values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conflicts: BTreeMap<String, Vec<Value>>,
}

impl Expected {
    /// Keys of the records that a scope must show at the end.
    pub fn within<'a>(&'a self, grids: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.fates.iter().filter(|(_, record)| grids.contains(&record.grid)).map(|(key, _)| key.as_str())
    }
}
