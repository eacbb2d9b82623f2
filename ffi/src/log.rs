//! The device's own log as screens show it: what was saved, where each change stands, whether all of today is safe.

use crate::value::Answer;
use gridweave_core::geo::Fix;
use gridweave_core::ids::{Dot, RecordId, TypeNo};
use gridweave_core::record::ChangeKind;
use gridweave_core::{fieldbook, store};

/// A change of the own log with where it stands.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Logged {
    /// Its name.
    pub dot: Dot,
    /// The record that it is of.
    pub record: RecordId,
    /// The record's type.
    pub record_type: TypeNo,
    /// What was meant.
    pub kind: ChangeKind,
    /// What it set.
    pub writes: Vec<Answer>,
    /// Where the device was.
    pub fix: Option<Fix>,
    /// When it was saved, UTC milliseconds by this device's clock.
    pub saved_ms: i64,
    /// Where it stands.
    pub state: ChangeState,
}

type ChangeState = store::ChangeState;
/// Where a change stands: here alone, at the server, or at the server and not accepted.
#[uniffi::remote(Enum)]
pub enum ChangeState {
    Pending,
    Received,
    Quarantined {
        /// Why: a stable code.
        code: String,
    },
}

/// How safe the worker's work is.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Safe {
    /// Changes saved today, by the city's day.
    pub saved_today: u64,
    /// Those of them that the server signed for.
    pub received_today: u64,
    /// Changes of any day that are on this device alone.
    pub pending: u64,
    /// Photos that are on this device alone.
    pub photos_pending: u64,
    /// What the server keeps and did not accept, oldest first.
    pub quarantined: Vec<Logged>,
    /// A supervisor has yet to confirm this replica.
    pub held: bool,
    /// When everything new was last read, UTC milliseconds by this device's clock.
    pub pulled_all_ms: Option<i64>,
    /// Nothing is on this device alone.
    pub is_sealed: bool,
    /// One line to read out, as the console shows it; none before the first receipt or while not sealed.
    pub seal: Option<String>,
}

type SessionRow = store::SessionRow;
/// One run of sync, as this device saw it; `outcome` is `finished` or a stable code.
#[uniffi::remote(Record)]
pub struct SessionRow {
    started_ms: i64,
    duration_ms: u64,
    outcome: String,
    pushed: u64,
    pulled: u64,
    quarantined: u64,
    photos: u64,
    bytes_up: u64,
    bytes_down: u64,
    retries: u64,
    divergences: u64,
}

impl From<store::Logged> for Logged {
    fn from(store::Logged { dot, change, saved_ms, state }: store::Logged) -> Logged {
        let writes = change.writes.into_iter();
        Logged {
            dot,
            record: change.record,
            record_type: change.record_type.no,
            kind: change.kind,
            writes: writes.map(|write| Answer { field: write.field, value: write.value }).collect(),
            fix: change.fix,
            saved_ms,
            state,
        }
    }
}

impl From<fieldbook::Safe> for Safe {
    fn from(safe: fieldbook::Safe) -> Safe {
        Safe {
            is_sealed: safe.is_sealed(),
            seal: safe.seal(),
            saved_today: safe.saved_today,
            received_today: safe.received_today,
            pending: safe.pending,
            photos_pending: safe.photos_pending,
            quarantined: safe.quarantined.into_iter().map(Logged::from).collect(),
            held: safe.held,
            pulled_all_ms: safe.pulled_all_ms,
        }
    }
}
