//! What the demo tells a simulated PDA to do, and what it answers: one JSON object a line, over its standard input and
//! output.

use super::plan::Step;
use gridweave_core::wire::v1::GridDigest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An order to a PDA.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Join the city with this code; no effect on a PDA that has joined.
    Enrol {
        /// Text of the QR picture.
        code: String,
    },
    /// Do these steps that are not done yet, in their order.
    Steps {
        /// The steps.
        steps: Vec<NumberedStep>,
    },
    /// Sync once.
    Sync {
        /// True time, UTC milliseconds.
        now_ms: i64,
    },
    /// Say what the device has.
    Digests,
}

/// A step of the plan with its number in the whole plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NumberedStep {
    /// Its number.
    pub no: usize,
    /// How far the device's clock is ahead, milliseconds.
    pub clock_offset_ms: i64,
    /// The record that it is about, when it is not a new one.
    pub record: Option<String>,
    /// What to do.
    pub step: Step,
}

/// A PDA's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Report {
    /// It has joined.
    Enrolled,
    /// All steps are done: ids of the records that they made, by the plan's keys.
    Done {
        /// Key to record id.
        records: BTreeMap<String, String>,
    },
    /// It has synced, or tried to.
    Synced(Synced),
    /// What it has of each grid.
    Digests {
        /// Computed from its own rows.
        digests: Vec<GridDigest>,
    },
    /// It could not do what it was told.
    Failed {
        /// Why.
        why: String,
    },
}

/// What a run of sync came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Synced {
    /// Nothing was sent or got, and nothing is waiting.
    pub quiet: bool,
    /// The server holds this replica until a supervisor confirms it.
    pub unconfirmed: bool,
    /// Why it ended early, if it did.
    pub error: Option<String>,
}

/// A save that the PDA was told is on disk: one line of a file outside its store.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Acked {
    /// Written before the save, with the last change in the log then.
    Begin {
        /// Number of the step.
        no: usize,
        /// Last change in the log: replica and sequence number.
        last: (u32, u64),
    },
    /// Written after the save returned.
    Saved {
        /// Number of the step.
        no: usize,
        /// The change: replica and sequence number.
        dot: (u32, u64),
        /// The record.
        record: String,
        /// The plan's key of the record.
        key: String,
    },
}
