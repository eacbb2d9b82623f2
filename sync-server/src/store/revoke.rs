//! Revoking a replica and admitting it again.

use super::audit::{self, Note};
use super::{Named, Store, StoreError};
use gridweave_core::ids::{PersonNo, Rid};
use rusqlite::{Connection, params};

impl Store {
    /// Revokes a replica that is active or waits to be confirmed, and ends its leave to upload photos. `false`: it is
    /// neither.
    pub async fn revoke_replica(
        &self,
        rid: Rid,
        by: PersonNo,
        reason: String,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let noted = conn
                .execute(
                    "INSERT OR REPLACE INTO revocation (rid, at_ms, before)
                     SELECT rid, ?2, state FROM replica WHERE rid = ?1 AND state IN ('active', 'unconfirmed')",
                    params![rid.0, now_ms],
                )
                .named("note a revocation")?;
            if noted == 0 {
                return Ok(false);
            }
            conn.execute("UPDATE replica SET state = 'revoked' WHERE rid = ?1", [rid.0])
                .named("revoke a replica")?;
            conn.execute("DELETE FROM upload_grant WHERE rid = ?1", [rid.0]).named("end a replica's grants")?;
            note(conn, now_ms, by, "revoke_device", rid, &reason)?;
            Ok(true)
        })
        .await
    }

    /// Makes a revoked replica again what it was: one that was never confirmed still waits for that. `false`: it is not
    /// revoked.
    pub async fn admit_replica(
        &self,
        rid: Rid,
        by: PersonNo,
        reason: String,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            // Without a note of what it was, somebody has to confirm it.
            let admitted = conn
                .execute(
                    "UPDATE replica SET state = coalesce(
                        (SELECT before FROM revocation WHERE revocation.rid = replica.rid), 'unconfirmed')
                     WHERE rid = ?1 AND state = 'revoked'",
                    [rid.0],
                )
                .named("admit a replica")?;
            conn.execute("DELETE FROM revocation WHERE rid = ?1", [rid.0]).named("end a revocation")?;
            if admitted > 0 {
                note(conn, now_ms, by, "admit_device", rid, &reason)?;
            }
            Ok(admitted > 0)
        })
        .await
    }
}

fn note(
    conn: &Connection,
    now_ms: i64,
    by: PersonNo,
    action: &str,
    rid: Rid,
    reason: &str,
) -> Result<(), StoreError> {
    let object = format!("device {rid}");
    audit::note(conn, now_ms, &Note { person: Some(by), action, object: &object, reason })
}
