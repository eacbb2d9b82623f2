//! Translation of the field book for the apps, nothing more: every method is the core's own, in types that Kotlin,
//! Swift and Python can hold.
//!
//! Calls are blocking and short; run them off the main thread. [`sync::SyncTask`] is the one long task. The generated
//! bindings are no API either: each app wraps them once in its own language.
#![allow(
    unsafe_code,
    reason = "uniffi's macros generate the C functions that the bindings call; there is none by hand"
)]

uniffi::setup_scaffolding!();

pub mod book;
pub mod catalog;
pub mod error;
pub mod form;
pub mod ids;
pub mod log;
pub mod page;
mod runtime;
pub mod save;
pub mod sync;
pub mod value;
