//! Enrolment: codes shown to people, requests of devices, confirmation by a supervisor.

use super::audit::{self, Note};
use super::replica::{self, NewReplica, ReplicaState};
use super::{Named, Store, StoreError};
use gridweave_core::ids::{GridCode, PersonNo, Rid};
use gridweave_core::wire::enrol::{Certificate, Enrol};
use rand::RngExt;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

/// How long a code is good for.
const VALID_MS: i64 = 10 * 60 * 1000;

/// A code to show.
#[derive(Debug, Clone)]
pub struct NewEnrolment {
    /// Which.
    pub id: u64,
    /// Its one-time secret.
    pub secret: Vec<u8>,
    /// Good until, UTC milliseconds.
    pub expires_ms: i64,
}

/// What became of a device's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnrolOutcome {
    /// No such code, or it ran out, or it was used by another device, or the proof is wrong: one answer for all, so
    /// that nothing can be tried out.
    Refused,
    /// A supervisor has yet to confirm.
    Pending,
    /// Enrolled.
    Enrolled(Certificate),
}

/// A request that waits for a supervisor.
#[derive(Debug, Clone)]
pub struct WaitingEnrolment {
    /// Which.
    pub id: u64,
    /// For whom.
    pub person: PersonNo,
    /// Six digits to compare with the device's screen.
    pub fingerprint: String,
    /// What the device says it is.
    pub device: String,
}

impl Store {
    /// Makes a code for a person's device. `by`: who made it, for the audit log; `None`: a command.
    pub async fn new_enrolment(
        &self,
        person: PersonNo,
        grids: Vec<GridCode>,
        auto_confirm: bool,
        by: Option<PersonNo>,
        now_ms: i64,
    ) -> Result<NewEnrolment, StoreError> {
        // The generator is of this thread alone and must not live on across the wait below.
        let new = {
            let mut rng = rand::rng();
            // 63 bits: SQLite's integers are signed.
            NewEnrolment {
                id: rng.random::<u64>() >> 1,
                secret: rng.random::<[u8; 16]>().to_vec(),
                expires_ms: now_ms.saturating_add(VALID_MS),
            }
        };
        let row = new.clone();
        self.write(move |conn| {
            let codes: Vec<&str> = grids.iter().map(|g| g.0.as_str()).collect();
            let grids = serde_json::to_string(&codes).map_err(|_| StoreError::Corrupt("a grid code"))?;
            let hash = Sha256::digest(&row.secret);
            conn.execute(
                "INSERT INTO enrolment (id, person, grids, secret_hash, secret, expires_ms, auto_confirm)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                rusqlite::params![
                    row.id as i64,
                    person.0,
                    grids,
                    hash.as_slice(),
                    row.secret,
                    row.expires_ms,
                    auto_confirm
                ],
            )
            .named("make an enrolment")?;
            let object = format!("person {person}");
            audit::note(
                conn,
                now_ms,
                &Note { person: by, action: "make_enrolment", object: &object, reason: "" },
            )
        })
        .await?;
        Ok(new)
    }

    /// Takes in a device's request, or answers again what became of it.
    pub async fn enrol(&self, request: Enrol, now_ms: i64) -> Result<EnrolOutcome, StoreError> {
        self.write(move |conn| take_request(conn, &request, now_ms)).await
    }

    /// Confirms a request, after a supervisor compared the fingerprints. `None`: nothing waits under this number.
    pub async fn confirm_enrolment(
        &self,
        id: u64,
        by: PersonNo,
        now_ms: i64,
    ) -> Result<Option<Certificate>, StoreError> {
        self.write(move |conn| {
            let row = read(conn, id)?.filter(|row| row.rid.is_none());
            let Some((row, request)) = row.and_then(|row| row.request.clone().map(|ask| (row, ask))) else {
                return Ok(None);
            };
            let certificate = confirm(conn, &row, &request, now_ms)?;
            let object = format!("device {} of person {}", certificate.rid, certificate.person);
            let note = Note { person: Some(by), action: "confirm_enrolment", object: &object, reason: "" };
            audit::note(conn, now_ms, &note)?;
            Ok(Some(certificate))
        })
        .await
    }

    /// Requests that wait for a supervisor.
    pub async fn waiting_enrolments(&self) -> Result<Vec<WaitingEnrolment>, StoreError> {
        self.read(|conn| {
            let ids: Vec<i64> = conn
                .prepare("SELECT id FROM enrolment WHERE request IS NOT NULL AND rid IS NULL")
                .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
                .named("list enrolments")?;
            let mut waiting = Vec::new();
            for id in ids {
                let row = read(conn, id as u64)?;
                let Some((row, request)) = row.and_then(|row| row.request.clone().map(|r| (row, r))) else {
                    continue;
                };
                waiting.push(WaitingEnrolment {
                    id: id as u64,
                    person: row.person,
                    fingerprint: gridweave_core::wire::enrol::fingerprint(&request.device_key.0),
                    device: request.device,
                });
            }
            Ok(waiting)
        })
        .await
    }
}

struct EnrolmentRow {
    id: u64,
    person: PersonNo,
    grids: Vec<GridCode>,
    secret: Option<Vec<u8>>,
    expires_ms: i64,
    auto_confirm: bool,
    request: Option<Enrol>,
    rid: Option<Rid>,
}

fn read(conn: &Connection, id: u64) -> Result<Option<EnrolmentRow>, StoreError> {
    let sql =
        "SELECT person, grids, secret, expires_ms, auto_confirm, request, rid FROM enrolment WHERE id = ?1";
    let row = conn
        .query_row(sql, [id as i64], |row| {
            let request: Option<Vec<u8>> = row.get("request")?;
            let grids: String = row.get("grids")?;
            Ok(EnrolmentRow {
                id,
                person: PersonNo(row.get("person")?),
                grids: serde_json::from_str::<Vec<String>>(&grids)
                    .unwrap_or_default()
                    .into_iter()
                    .map(GridCode)
                    .collect(),
                secret: row.get("secret")?,
                expires_ms: row.get("expires_ms")?,
                auto_confirm: row.get("auto_confirm")?,
                request: request.and_then(|bytes| postcard::from_bytes(&bytes).ok()),
                rid: row.get::<_, Option<u32>>("rid")?.map(Rid),
            })
        })
        .optional()
        .named("read an enrolment")?;
    Ok(row)
}

fn take_request(conn: &Connection, request: &Enrol, now_ms: i64) -> Result<EnrolOutcome, StoreError> {
    let keys_fit =
        [&request.device_key, &request.sealing_key, &request.chain_key].iter().all(|k| k.0.len() == 32);
    let Some(row) = read(conn, request.enrolment)?.filter(|_| keys_fit && request.device.len() <= 200) else {
        return Ok(EnrolOutcome::Refused);
    };
    match (&row.request, row.rid) {
        // Asked again, by the device that asked first.
        (Some(first), rid) if first == request => match rid {
            Some(rid) => certificate(conn, rid, request).map(EnrolOutcome::Enrolled),
            None => Ok(EnrolOutcome::Pending),
        },
        (Some(_), _) => Ok(EnrolOutcome::Refused),
        (None, _) => {
            let secret = row.secret.clone().unwrap_or_default();
            let proven = !secret.is_empty() && same(&request.proof(&secret), &request.proof.0);
            if now_ms > row.expires_ms || !proven {
                return Ok(EnrolOutcome::Refused);
            }
            let bytes = postcard::to_allocvec(request).map_err(|_| StoreError::Corrupt("an enrolment"))?;
            conn.execute(
                "UPDATE enrolment SET request = ?2, secret = NULL WHERE id = ?1",
                (row.id as i64, bytes),
            )
            .named("keep an enrolment request")?;
            if row.auto_confirm {
                confirm(conn, &row, request, now_ms).map(EnrolOutcome::Enrolled)
            } else {
                Ok(EnrolOutcome::Pending)
            }
        }
    }
}

/// Compares without telling by its duration where two texts part.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (x, y)| all | (x ^ y)) == 0
}

fn confirm(
    conn: &Connection,
    row: &EnrolmentRow,
    request: &Enrol,
    now_ms: i64,
) -> Result<Certificate, StoreError> {
    if let Some(rid) = row.rid {
        return certificate(conn, rid, request);
    }
    let new = NewReplica {
        replica: request.replica,
        person: row.person,
        state: ReplicaState::Active,
        device: &request.device,
        device_key: &request.device_key.0,
        chain_key: &request.chain_key.0,
        was: None,
        now_ms,
    };
    let rid = replica::insert(conn, &new)?;
    replica::set_grids(conn, rid, &row.grids)?;
    conn.execute("UPDATE enrolment SET rid = ?2 WHERE id = ?1", (row.id as i64, rid.0))
        .named("finish an enrolment")?;
    certificate(conn, rid, request)
}

fn certificate(conn: &Connection, rid: Rid, request: &Enrol) -> Result<Certificate, StoreError> {
    let epoch = super::city::read_city(conn)?.epoch;
    let sql =
        "SELECT person.no, person.name FROM replica JOIN person ON person.no = replica.person WHERE rid = ?1";
    conn.query_row(sql, [rid.0], |row| {
        Ok(Certificate {
            replica: request.replica,
            rid,
            device_key: request.device_key.clone(),
            person: PersonNo(row.get(0)?),
            person_name: row.get(1)?,
            epoch,
        })
    })
    .named("make a certificate")
}
