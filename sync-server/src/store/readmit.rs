//! Taking in again a replica that the database lost when it was put back from a backup.
//!
//! The organisation's signature says that it was admitted, with which key, number and person; what it might see is not in
//! there. So it waits for a supervisor, like a replica made after a fork: what it hands in is received and held.

use super::audit::{self, Note};
use super::replica::{self, NewReplica, Replica, ReplicaState};
use super::{Named, Store, StoreError};
use gridweave_core::ids::{PersonNo, ReplicaId, Rid};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::enrol::{Admission, Certificate};
use gridweave_core::wire::v1::Readmit;
use rusqlite::{Connection, OptionalExtension, params};

/// What became of the request.
#[derive(Debug, Clone)]
pub enum ReadmitOutcome {
    /// It is known, now or again.
    Known(Box<Replica>, u32),
    /// Its number was given to another device meanwhile.
    NumberTaken,
}

impl Store {
    /// Takes a replica in again, whose certificate was checked. Asking again answers the same. `counter` is the
    /// request's: earlier ones do not count any more.
    pub async fn readmit(
        &self,
        ask: Readmit,
        counter: u64,
        now_ms: i64,
    ) -> Result<ReadmitOutcome, StoreError> {
        self.write(move |conn| readmit(conn, &ask, counter, now_ms)).await
    }

    /// The certificate of a replica and what the device said it is. `None`: there is none for a writer of the server.
    pub async fn certificate(&self, rid: Rid) -> Result<Option<(Certificate, String)>, StoreError> {
        self.read(move |conn| {
            let epoch = super::city::read_city(conn)?.epoch;
            conn.query_row(
                "SELECT replica, device_key, device, person.no, person.name
                 FROM replica JOIN person ON person.no = replica.person WHERE rid = ?1 AND device_key <> x''",
                [rid.0],
                |row| {
                    let replica: Vec<u8> = row.get("replica")?;
                    let certificate = Certificate {
                        replica: ReplicaId(replica.try_into().unwrap_or([0; 16])),
                        rid,
                        device_key: Bytes(row.get("device_key")?),
                        person: PersonNo(row.get("no")?),
                        person_name: row.get("name")?,
                        epoch,
                    };
                    Ok((certificate, row.get("device")?))
                },
            )
            .optional()
            .named("make a certificate")
        })
        .await
    }
}

fn readmit(
    conn: &Connection,
    ask: &Readmit,
    counter: u64,
    now_ms: i64,
) -> Result<ReadmitOutcome, StoreError> {
    let Admission { certificate, device, .. } = &ask.admission;
    let epoch = super::city::read_city(conn)?.epoch;
    if let Some(known) = replica::read(conn, certificate.rid)? {
        // The answer was lost and the device asks again, or it was never lost.
        return Ok(if known.device_key == certificate.device_key.0 {
            ReadmitOutcome::Known(Box::new(known), epoch)
        } else {
            ReadmitOutcome::NumberTaken
        });
    }
    conn.execute(
        "INSERT OR IGNORE INTO person (no, name, role) VALUES (?1, ?2, 'worker')",
        params![certificate.person.0, certificate.person_name],
    )
    .named("add a person again")?;
    let new = NewReplica {
        replica: certificate.replica,
        person: certificate.person,
        state: ReplicaState::Unconfirmed,
        device,
        device_key: &certificate.device_key.0,
        chain_key: &ask.chain_key.0,
        was: None,
        now_ms,
    };
    replica::insert_as(conn, certificate.rid, &new)?;
    conn.execute(
        "UPDATE replica SET scope_version = ?2, counter = ?3 WHERE rid = ?1",
        params![certificate.rid.0, ask.scope_version as i64, counter as i64],
    )
    .named("set up a replica again")?;
    replica::set_grids(conn, certificate.rid, &ask.grids)?;
    let object = format!("device {} of person {}", certificate.rid, certificate.person);
    audit::note(conn, now_ms, &Note { person: None, action: "readmit_device", object: &object, reason: "" })?;
    let known = replica::read(conn, certificate.rid)?.ok_or(StoreError::Corrupt("a replica"))?;
    Ok(ReadmitOutcome::Known(Box::new(known), epoch))
}
