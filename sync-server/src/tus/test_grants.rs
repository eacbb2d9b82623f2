//! Grants for tests: a table of tokens, and a note of what was completed.

use super::grant::{Grant, GrantCheck};
use gridweave_core::ids::{PhotoHash, Rid};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug, Default)]
pub(super) struct TestGrants {
    pub(super) by_token: Mutex<BTreeMap<String, Grant>>,
    pub(super) completed: Mutex<Vec<(Grant, PathBuf)>>,
    /// How many of the next completions fail.
    pub(super) failing: AtomicU32,
}

impl GrantCheck for TestGrants {
    async fn check(&self, token: &str) -> Option<Grant> {
        self.by_token.lock().unwrap().get(token).copied()
    }
    async fn completed(&self, grant: &Grant, path: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
        if self.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
            return Err("the store is away".into());
        }
        self.completed.lock().unwrap().push((*grant, path.to_owned()));
        Ok(())
    }
}

/// What lets a device upload these bytes.
pub(super) fn grant_for(device: u32, bytes: &[u8]) -> Grant {
    let sha256 = PhotoHash(Sha256::digest(bytes).into());
    Grant { device: Rid(device), sha256, len: bytes.len() as u64 }
}

/// Bytes that look like nothing and differ everywhere.
pub(super) fn photo(len: usize, seed: u8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len + 32);
    let mut block = [seed; 32];
    while bytes.len() < len {
        block = Sha256::digest(block).into();
        bytes.extend_from_slice(&block);
    }
    bytes.truncate(len);
    bytes
}
