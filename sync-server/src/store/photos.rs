//! Photos: grants to upload them, and who uploaded which.

use super::{Named, Store, StoreError};
use crate::tus::{Grant, GrantCheck};
use ed25519_dalek::SigningKey;
use gridweave_core::ids::{PhotoHash, Rid};
use gridweave_core::wire::chain;
use rand::RngExt;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::path::Path;

/// A grant is good for a day.
const GRANT_MS: i64 = 24 * 60 * 60 * 1000;

/// Answer to a request for a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantOutcome {
    /// Leave to upload, as a bearer token.
    Granted(String),
    /// This device uploaded that photo before.
    Received,
}

impl Store {
    /// Grants an upload to one device, for one hash and length.
    pub async fn grant_upload(
        &self,
        device: Rid,
        sha256: PhotoHash,
        len: u64,
        now_ms: i64,
    ) -> Result<GrantOutcome, StoreError> {
        self.write(move |conn| {
            let done: Option<i64> = conn
                .prepare_cached("SELECT len FROM photo WHERE hash = ?1 AND rid = ?2")
                .and_then(|mut s| s.query_row(params![sha256.0, device.0], |row| row.get(0)).optional())
                .named("look for a photo")?;
            if done.is_some() {
                return Ok(GrantOutcome::Received);
            }
            let token: String = rand::rng().random::<[u8; 32]>().iter().map(|b| format!("{b:02x}")).collect();
            conn.execute("DELETE FROM upload_grant WHERE expires_ms < ?1", [now_ms]).named("drop old grants")?;
            conn.execute(
                "INSERT INTO upload_grant (token_hash, rid, sha256, len, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![Sha256::digest(&token).as_slice(), device.0, sha256.0, len as i64, now_ms + GRANT_MS],
            )
            .named("grant an upload")?;
            Ok(GrantOutcome::Granted(token))
        })
        .await
    }
}

/// The grants as uploads ask for them, with the key that signs receipts.
pub struct Granter {
    /// The database.
    pub store: Store,
    /// The city's receipt key.
    pub receipt: SigningKey,
}

/// A grant ends with its day and with its device: a revoked one may still hand in what it was granted before, no more.
impl GrantCheck for Granter {
    async fn check(&self, token: &str) -> Option<Grant> {
        let (hash, now_ms) = (Sha256::digest(token).to_vec(), chrono::Utc::now().timestamp_millis());
        let found = self.store.read(move |conn| {
            conn.prepare_cached(
                "SELECT upload_grant.rid, sha256, len FROM upload_grant JOIN replica USING (rid)
                 WHERE token_hash = ?1 AND expires_ms > ?2",
            )
            .and_then(|mut s| {
                s.query_row(params![hash, now_ms], |row| {
                    let sha256: Vec<u8> = row.get("sha256")?;
                    Ok(Grant {
                        device: Rid(row.get("rid")?),
                        sha256: PhotoHash(sha256.try_into().unwrap_or([0; 32])),
                        len: row.get::<_, i64>("len")? as u64,
                    })
                })
                .optional()
            })
            .named("read a grant")
        });
        found.await.ok().flatten()
    }

    async fn completed(&self, grant: &Grant, _path: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
        let (grant, now_ms) = (*grant, chrono::Utc::now().timestamp_millis());
        self.store.write(move |conn| {
            conn.execute(
                "INSERT OR IGNORE INTO photo (hash, rid, len, received_ms) VALUES (?1, ?2, ?3, ?4)",
                params![grant.sha256.0, grant.device.0, grant.len as i64, now_ms],
            )
            .named("note a photo")?;
            conn.execute(
                "UPDATE session SET photos = photos + 1 WHERE id = (SELECT max(id) FROM session WHERE rid = ?1)",
                [grant.device.0],
            )
            .named("note a photo in its session")?;
            Ok(())
        })
        .await?;
        Ok(())
    }

    fn receipt(&self, grant: &Grant) -> Option<String> {
        let signature = chain::sign_photo_receipt(&self.receipt, grant.device, grant.sha256);
        Some(signature.iter().map(|b| format!("{b:02x}")).collect())
    }
}
