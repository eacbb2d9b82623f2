//! Sync: one run that pushes the log, pulls merged states, compares digests and uploads photos.
//!
//! [`plan`] decides the next step from plain facts; [`run`] carries it out over any [`crate::wire::Exchange`]. Every
//! step is atomic on disk and may be repeated, so a run can be cut anywhere, by a lost network, by
//! [`Cancel::cancel`] or by the end of the process, and the next one goes on.

mod cancel;
pub mod http;
mod photos;
pub mod plan;
mod readmit;
mod repair;
mod report;
pub mod run;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod tests;

pub use cancel::Cancel;
pub use report::{Progress, Stage, SyncListener, SyncReport, Unfinished};
pub use run::{Options, sync};
