//! What a run of sync says while it runs and when it ends.

use crate::store::Error;
use std::time::Duration;

/// What the run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Handing in changes.
    Pushing,
    /// Reading records.
    Pulling,
    /// Finding where two sides differ.
    Repairing,
    /// Uploading photos.
    Photos,
}

/// How far the run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// How many changes, records, grids or photos are done.
    pub done: u64,
    /// Of how many, where that is known.
    pub total: Option<u64>,
}

/// Hears how far a run is. Called from the run's own task; it should return at once.
pub trait SyncListener: Send + Sync {
    /// The run got this far.
    fn progress(&self, progress: Progress);
}

/// Hears nothing.
impl SyncListener for () {
    fn progress(&self, _: Progress) {}
}

/// How a run went.
#[derive(Debug, Default)]
pub struct SyncReport {
    /// Changes that got their receipt.
    pub pushed: u64,
    /// Records taken in.
    pub pulled: u64,
    /// Records that left the device's grids.
    pub left: u64,
    /// Records that this version cannot read.
    pub unreadable: u64,
    /// Changes that the server received and did not accept.
    pub quarantined: u64,
    /// Photos that got their receipt.
    pub photos: u64,
    /// Photos that could not be uploaded this time.
    pub photos_failed: u64,
    /// Bytes sent, as far as the exchange counts them.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// Requests that had to be repeated.
    pub retries: u64,
    /// Grids whose digests differed from the server's.
    pub divergences: u64,
    /// Those that still differ.
    pub divergences_open: u64,
    /// The log went on as a new replica.
    pub rekeyed: bool,
    /// How long it took.
    pub duration_ms: u64,
    /// Why it did not finish; `None` when it did.
    pub unfinished: Option<Unfinished>,
}

/// Why a run did not finish. What was done is kept; the next run goes on.
#[derive(Debug)]
pub enum Unfinished {
    /// It was cancelled.
    Cancelled,
    /// The network failed, after some tries.
    Unreachable(String),
    /// The server asked to come again after so long.
    Busy(Duration),
    /// Only somebody without the server's key answered; nothing was sent there.
    Untrusted,
    /// The server refused.
    Refused(crate::wire::Refusal),
    /// The server's answers make no sense.
    Garbled(String),
    /// Everything was handed in; nothing is given out before a supervisor confirms this replica.
    Held,
    /// The device's own store failed.
    Store(Error),
}

impl Unfinished {
    /// Stable code, for the session's row and the screens.
    pub fn code(&self) -> &str {
        match self {
            Unfinished::Cancelled => "cancelled",
            Unfinished::Unreachable(_) => "unreachable",
            Unfinished::Busy(_) => "busy",
            Unfinished::Untrusted => "server_key_unknown",
            Unfinished::Refused(refusal) => &refusal.code,
            Unfinished::Garbled(_) => "garbled",
            Unfinished::Held => "held",
            Unfinished::Store(_) => "store",
        }
    }
}

impl From<Error> for Unfinished {
    fn from(error: Error) -> Unfinished {
        Unfinished::Store(error)
    }
}
