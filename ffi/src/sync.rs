//! Sync: the one long task, running on its own, watched through a handle and ended by `cancel`.
//!
//! Every step of it is atomic and repeatable, so it may be cut anywhere: by `cancel`, by a lost network, by the end of
//! the process.

use crate::error::FieldbookError;
use gridweave_core::fieldbook;
use gridweave_core::sync;
use gridweave_core::wire::v1::Facts;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::runtime::Runtime;

/// Hears how far a run is. Called from the run's own thread: return at once, and do not call the field book's network
/// methods from here. An exception from here is ignored; it does not end the run.
#[uniffi::export(with_foreign)]
pub trait SyncListener: Send + Sync {
    /// The run got this far.
    fn progress(&self, progress: Progress) -> Result<(), FieldbookError>;
    /// The run ended; nothing is told after this.
    fn finished(&self, report: SyncReport) -> Result<(), FieldbookError>;
}

type Stage = sync::Stage;
/// What a run is doing: handing in changes, reading records, finding differences, uploading photos.
#[uniffi::remote(Enum)]
pub enum Stage {
    Pushing,
    Pulling,
    Repairing,
    Photos,
}

type Progress = sync::Progress;
/// How many changes, records, grids or photos are done, and of how many where that is known.
#[uniffi::remote(Record)]
pub struct Progress {
    stage: Stage,
    done: u64,
    total: Option<u64>,
}

/// How a run is done, and how the device is doing, for the supervisors' logs.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncOptions {
    /// Upload photos too.
    #[uniffi(default = true)]
    pub photos: bool,
    /// How often a request is tried again when the network fails.
    #[uniffi(default = 4)]
    pub retries_max: u32,
    /// Version of the app.
    #[uniffi(default = "")]
    pub app: String,
    /// Battery, percent.
    #[uniffi(default = None)]
    pub battery: Option<u8>,
    /// `wifi`, `cell`, `none` …
    #[uniffi(default = "")]
    pub network: String,
    /// Free storage, mebibytes.
    #[uniffi(default = None)]
    pub storage_free_mib: Option<u32>,
}

/// How a run went.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
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
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// Requests that had to be repeated.
    pub retries: u64,
    /// Grids that still differ from the server's.
    pub divergences_open: u64,
    /// How long it took.
    pub duration_ms: u64,
    /// Why it did not finish; none when it did. What was done is kept, and the next run goes on.
    pub unfinished: Option<Unfinished>,
}

/// Why a run did not finish.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Unfinished {
    /// It was cancelled.
    Cancelled,
    /// Everything was handed in; nothing is given out before a supervisor confirms this replica.
    Held,
    /// It failed.
    Failed {
        /// What the app can do next.
        error: FieldbookError,
    },
}

/// A run of sync in the background. Letting go of it does not end the run.
#[derive(uniffi::Object)]
pub struct SyncTask {
    cancel: sync::Cancel,
    report: Mutex<Option<SyncReport>>,
    ended: Condvar,
}

impl SyncTask {
    pub(crate) fn start(
        runtime: &Runtime,
        book: fieldbook::Fieldbook,
        listener: Arc<dyn SyncListener>,
        options: SyncOptions,
    ) -> Arc<SyncTask> {
        let (report, ended) = Default::default();
        let task = Arc::new(SyncTask { cancel: sync::Cancel::default(), report, ended });
        let (cancel, told) = (task.cancel.clone(), Told(listener.clone()));
        let run = runtime.spawn(async move { book.sync(&options.into(), &told, &cancel).await });
        let watched = task.clone();
        runtime.spawn(async move {
            let report = match run.await {
                Ok(Ok(report)) => report.into(),
                Ok(Err(error)) => SyncReport::failed(error.into()),
                // A bug of the core; each step rolled back whole.
                Err(_) => SyncReport::failed(FieldbookError::Broken {
                    code: "sync_panicked".into(),
                    reason: "the run ended in the middle of a step".into(),
                }),
            };
            watched.end(report.clone());
            let _ = listener.finished(report);
        });
        task
    }

    fn end(&self, report: SyncReport) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        self.ended.notify_all();
    }
}

#[uniffi::export]
impl SyncTask {
    /// Ends the run at its next wait; `wait` then answers soon.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Whether the run has ended.
    pub fn is_finished(&self) -> bool {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Waits for the end of the run. For workers that have a thread of their own; screens use the listener.
    pub fn wait(&self) -> SyncReport {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*report {
                Some(report) => return report.clone(),
                None => report = self.ended.wait(report).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Passes on what the core tells.
struct Told(Arc<dyn SyncListener>);

impl sync::SyncListener for Told {
    fn progress(&self, progress: Progress) {
        // A screen that fails must not keep changes from reaching the server.
        let _ = self.0.progress(progress);
    }
}

impl From<SyncOptions> for sync::Options {
    fn from(from: SyncOptions) -> sync::Options {
        let SyncOptions { photos, retries_max, app, battery, network, storage_free_mib } = from;
        let facts = Facts { app, battery, network, storage_free_mib, ..Facts::default() };
        sync::Options { photos, retries_max, facts, ..sync::Options::default() }
    }
}

impl SyncReport {
    fn failed(error: FieldbookError) -> SyncReport {
        SyncReport { unfinished: Some(Unfinished::Failed { error }), ..sync::SyncReport::default().into() }
    }
}

impl From<sync::SyncReport> for SyncReport {
    fn from(report: sync::SyncReport) -> SyncReport {
        SyncReport {
            pushed: report.pushed,
            pulled: report.pulled,
            left: report.left,
            unreadable: report.unreadable,
            quarantined: report.quarantined,
            photos: report.photos,
            photos_failed: report.photos_failed,
            bytes_up: report.bytes_up,
            bytes_down: report.bytes_down,
            retries: report.retries,
            divergences_open: report.divergences_open,
            duration_ms: report.duration_ms,
            unfinished: report.unfinished.map(Unfinished::from),
        }
    }
}

impl From<sync::Unfinished> for Unfinished {
    fn from(from: sync::Unfinished) -> Unfinished {
        use gridweave_core::wire::ExchangeError as E;
        let error = match from {
            sync::Unfinished::Cancelled => return Unfinished::Cancelled,
            sync::Unfinished::Held => return Unfinished::Held,
            sync::Unfinished::Unreachable(reason) => E::Unreachable(reason).into(),
            sync::Unfinished::Busy(wait) => E::Busy(wait).into(),
            sync::Unfinished::Untrusted => E::Untrusted.into(),
            sync::Unfinished::Refused(refusal) => refusal.into(),
            sync::Unfinished::Garbled(reason) => E::Garbled(reason).into(),
            sync::Unfinished::Store(error) => error.into(),
        };
        Unfinished::Failed { error }
    }
}
