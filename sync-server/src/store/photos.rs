//! Photos: grants to upload them, and who uploaded which.

use super::replica::{self, ReplicaState};
use super::{Named, Store, StoreError};
use crate::tus::{Grant, GrantCheck};
use ed25519_dalek::SigningKey;
use gridweave_core::ids::{PhotoHash, Rid, to_hex};
use gridweave_core::wire::chain;
use rand::RngExt;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::path::Path;

/// A grant is good for a day.
const GRANT_MS: i64 = 24 * 60 * 60 * 1000;

/// Most bytes of photos that are taken of a revoked device, each time that it is revoked.
const REVOKED_BYTES_MAX: i64 = 256 << 20;

/// Answer to a request for a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantOutcome {
    /// Leave to upload, as a bearer token.
    Granted(String),
    /// This device uploaded that photo before.
    Received,
    /// The device is revoked, and no change of it that was merged names that photo.
    Revoked,
    /// The device is revoked, and what it handed in with that photo was dismissed: it is not wanted.
    Dismissed,
    /// The device is revoked and was granted as much as it may upload.
    QuotaUsed,
}

impl Store {
    /// Grants an upload to one device, for one hash and length. To a revoked one only for photos of its changes that
    /// were merged, and only so many bytes.
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
            let replica = replica::read(conn, device)?.ok_or(StoreError::Corrupt("a replica"))?;
            if replica.state == ReplicaState::Revoked
                && let Some(refused) = refused_to_revoked(conn, device, sha256, len, now_ms)?
            {
                return Ok(refused);
            }
            let token = to_hex(&rand::rng().random::<[u8; 32]>());
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

fn refused_to_revoked(
    conn: &Connection,
    device: Rid,
    sha256: PhotoHash,
    len: u64,
    now_ms: i64,
) -> Result<Option<GrantOutcome>, StoreError> {
    let named: bool = conn
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM photo_claim WHERE rid = ?1 AND hash = ?2)",
            params![device.0, sha256.0],
            |row| row.get(0),
        )
        .named("look for a photo's record")?;
    if !named {
        let dismissed = only_dismissed_name(conn, device, sha256)?;
        return Ok(Some(if dismissed { GrantOutcome::Dismissed } else { GrantOutcome::Revoked }));
    }
    // Grants ended with the revocation, so these were all made since. A photo that came counts once.
    let taken: i64 = conn
        .query_row(
            "SELECT coalesce(sum(len), 0) FROM (
                SELECT hash, len FROM photo WHERE rid = ?1
                    AND received_ms >= (SELECT at_ms FROM revocation WHERE rid = ?1)
                UNION SELECT sha256, len FROM upload_grant WHERE rid = ?1 AND sha256 <> ?2 AND expires_ms >= ?3)",
            params![device.0, sha256.0, now_ms],
            |row| row.get(0),
        )
        .named("count a revoked device's photos")?;
    let fits = i64::try_from(len).is_ok_and(|len| taken.saturating_add(len) <= REVOKED_BYTES_MAX);
    Ok((!fits).then_some(GrantOutcome::QuotaUsed))
}

/// Whether a change that was dismissed names a photo, and none that may still be released.
fn only_dismissed_name(conn: &Connection, device: Rid, sha256: PhotoHash) -> Result<bool, StoreError> {
    let (dismissed, open): (bool, bool) = conn
        .query_row(
            "SELECT coalesce(max(state = 'dismissed'), 0), coalesce(max(state = 'open'), 0)
             FROM quarantine JOIN change USING (rid, seq) WHERE rid = ?1 AND instr(bytes, ?2) > 0",
            params![device.0, sha256.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .named("look for a photo in quarantine")?;
    Ok(dismissed && !open)
}

/// The grants as uploads ask for them, with the key that signs receipts.
pub struct Granter {
    /// The database.
    pub store: Store,
    /// The city's receipt key.
    pub receipt: SigningKey,
}

/// A grant ends after a day, and when its device is revoked. What a revoked one may upload, it is granted anew.
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
        Some(to_hex(&signature))
    }
}
