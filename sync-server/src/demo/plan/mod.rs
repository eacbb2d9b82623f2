//! The plan: what every simulated PDA does in three days, and what must come out of it.
//!
//! It is written to a file before any PDA starts. What must come out is worked out by [`ledger`], a few dozen lines
//! of bookkeeping about who knew which value, with no merge code of the product in it.
//!
//! How a plan is run: rounds follow one another with a barrier between them.
//! - An **offline** round: no network. First the steps about devices ([`Action::Backup`], [`Action::Restore`],
//!   [`Action::Clone`]), in their order; then every device does its own steps in their order, all devices at once.
//! - An **online** round: all sync until quiet. Where the server reports a fork, [`Action::ConfirmFork`] admits the
//!   held copy, and all sync until quiet again. Then the supervisor settles, and all sync until quiet once more.
//!
//! Only what is saved in one offline round is concurrent. A device edits only records that it made itself or pulled
//! in an online round before, and never a field that has several values: those are left to the supervisor.

mod answers;
mod base;
mod cast;
mod events;
mod expected;
mod ledger;
mod make;
mod pairs;

pub use expected::{Expected, ExpectedRecord};
pub use make::{DEVICES_MAX, DEVICES_MIN, Options, PlanError, ZONE_MS, make};

use super::photo::Photo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Field names with their values in plain JSON: text, numbers and booleans as such, dates as `2026-03-09`, a code as
/// `{"list", "edition", "code"}`, decimals as text. The catalog says which kind a field is.
pub type Answers = BTreeMap<String, serde_json::Value>;

/// Everything that happens, and its outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it was made from.
    pub seed: u64,
    /// Midnight of the first day in the city's zone, UTC milliseconds.
    pub start_ms: i64,
    /// The PDAs at the start; [`Action::Clone`] adds one.
    pub devices: Vec<DevicePlan>,
    /// In their order.
    pub rounds: Vec<Round>,
    /// What must come out.
    pub expected: Expected,
}

impl Plan {
    /// The first day in the city.
    pub fn first_day(&self) -> Option<chrono::NaiveDate> {
        chrono::DateTime::from_timestamp_millis(self.start_ms + ZONE_MS).map(|time| time.date_naive())
    }
}

/// One PDA and who carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DevicePlan {
    /// `pda-01` …
    pub name: String,
    /// The worker's invented name.
    pub person: String,
    /// Its scope: codes of household grids and of the land grids inside them, sorted.
    pub grids: Vec<String>,
    /// How far its clock is ahead of the true time, milliseconds.
    pub clock_offset_ms: i64,
    /// What is wrong with it.
    pub quirk: Quirk,
}

/// What is wrong with a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quirk {
    /// Nothing.
    None,
    /// Its storage is copied to a second device, which goes on beside it under this name.
    Cloned {
        /// Name of the copy.
        copy: String,
    },
    /// It is set back to a backup a day later.
    Restored,
    /// Its clock stands in 1970.
    #[serde(rename = "clock_1970")]
    Clock1970,
    /// Its clock stands in 2099.
    #[serde(rename = "clock_2099")]
    Clock2099,
}

/// One stretch of time between two barriers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// 1, 2, 3 …
    pub no: u32,
    /// 1 to 3.
    pub day: u32,
    /// Whether there is a network.
    pub online: bool,
    /// In the order in which each device does its own.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// True time, UTC milliseconds; the device's own clock shows its offset more.
    pub at_ms: i64,
    /// What.
    #[serde(flatten)]
    pub action: Action,
}

/// What can happen. Keys name records inside the plan only; the device that creates one mints its record id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// A device saves a new record.
    Create(Create),
    /// A device changes fields of a record.
    Edit {
        /// Who.
        device: String,
        /// Which record.
        key: String,
        /// New values.
        answers: Answers,
        /// Where the worker stood.
        fix: PlannedFix,
    },
    /// A device confirms a record at the spot.
    Visit {
        /// Who.
        device: String,
        /// Which record.
        key: String,
        /// Where the worker stood.
        fix: PlannedFix,
        /// Photos added to the record.
        photos: Vec<Photo>,
    },
    /// A device says that the thing is gone.
    Delete {
        /// Who.
        device: String,
        /// Which record.
        key: String,
        /// Why, as a word of the code list of dead records: `removed`, `resolved`.
        reason: String,
    },
    /// A device saves what the server must put into quarantine, past the checks of its own form.
    Bad(Bad),
    /// The device's data directory is copied aside, and the device goes on.
    Backup {
        /// Whose.
        device: String,
    },
    /// The device's data directory is replaced by the copy set aside.
    Restore {
        /// Whose.
        device: String,
    },
    /// The device's data directory is copied to a new device, and both go on.
    Clone {
        /// Whose.
        device: String,
        /// Name of the new one.
        copy: String,
    },
    /// A supervisor admits the replica that the server holds back after a fork of this device's log; whichever of a
    /// device and its copy came second.
    ConfirmFork {
        /// The device, or the one it was copied from.
        device: String,
    },
    /// A supervisor settles a conflict: one of the values seen replaces all that were seen.
    Settle {
        /// Which record.
        key: String,
        /// Which field.
        field: String,
        /// The value that stays.
        value: serde_json::Value,
    },
}

impl Action {
    /// The device that does it; none for a supervisor's.
    pub fn device(&self) -> Option<&str> {
        match self {
            Action::Create(Create { device, .. })
            | Action::Bad(Bad { device, .. })
            | Action::Edit { device, .. }
            | Action::Visit { device, .. }
            | Action::Delete { device, .. }
            | Action::Backup { device }
            | Action::Restore { device }
            | Action::Clone { device, .. } => Some(device),
            Action::ConfirmFork { .. } | Action::Settle { .. } => None,
        }
    }
}

/// A new record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Create {
    /// Who.
    pub device: String,
    /// Its name in the plan: `p-00012`.
    pub key: String,
    /// Name of its record type.
    #[serde(rename = "type")]
    pub record_type: String,
    /// Code of its grid; the fix lies in it.
    pub grid: String,
    /// Its fields.
    pub answers: Answers,
    /// The accepted fix; its point is the record's location.
    pub fix: PlannedFix,
    /// Its photos.
    pub photos: Vec<Photo>,
}

/// A new record that the server cannot accept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bad {
    /// Who.
    pub device: String,
    /// Its name in the plan.
    pub key: String,
    /// What is wrong with it.
    pub kind: BadKind,
    /// Name of its record type.
    #[serde(rename = "type")]
    pub record_type: String,
    /// Code of its grid.
    pub grid: String,
    /// Its fields, sound but for `field`.
    pub answers: Answers,
    /// Where the worker stood, in one of the device's own grids.
    pub fix: PlannedFix,
    /// The field that `kind` spoils; empty where it is not about a field.
    pub field: String,
}

/// Why the server must refuse a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadKind {
    /// The grid is not in the device's scope.
    OutOfScope,
    /// `field` is no text; it is written as one, with the value given in the answers.
    WrongType,
    /// `field` is a text; it is written with [`OVERSIZED_CHARS`] characters.
    Oversized,
}

/// Characters of a text that is too long for any field, in a change that is still short enough to be sent.
pub const OVERSIZED_CHARS: usize = 20_000;

/// A reading of the receiver, WGS-84.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFix {
    /// Latitude, degrees × 10⁷.
    pub lat_e7: i32,
    /// Longitude, degrees × 10⁷.
    pub lon_e7: i32,
    /// Radius in decimetres.
    pub accuracy_dm: u32,
}

/// The plan in some lines, for the terminal.
pub fn summary(plan: &Plan) -> String {
    let e = &plan.expected;
    let steps: usize = plan.rounds.iter().map(|round| round.steps.len()).sum();
    format!(
        "seed {}: {} devices, {} rounds, {steps} steps\n\
         expected: {} records, {} changes, {} photos, {} linked entities, {} open conflicts ({} settled), \
         {} in quarantine, {} forks",
        plan.seed,
        plan.devices.len(),
        plan.rounds.len(),
        e.records,
        e.changes,
        e.photos,
        e.linked,
        e.conflicts,
        e.settled,
        e.quarantined,
        e.forks,
    )
}

#[cfg(test)]
mod tests;
