//! The one runtime that network calls run on.

use crate::error::FieldbookError;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// The runtime, started by the first call that needs a network.
pub fn runtime() -> Result<&'static Runtime, FieldbookError> {
    if let Some(running) = RUNTIME.get() {
        return Ok(running);
    }
    let new =
        Builder::new_multi_thread().worker_threads(2).thread_name("gridweave").enable_all().build().map_err(
            |error| FieldbookError::Retry { code: "threads".into(), reason: error.kind().to_string() },
        )?;
    Ok(RUNTIME.get_or_init(|| new))
}
