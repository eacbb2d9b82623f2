//! Who this device is: its replica, keys and person, from enrolment on.

use super::{Context, Error, Store, meta, meta::name};
use crate::ids::{PersonNo, ReplicaId, Rid};
use crate::wire::Bytes;
use crate::wire::chain::ChainKey;
use crate::wire::enrol::{Admission, EnrolmentCode};
use crate::wire::pins::{NoticeProblem, PinsNotice};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// Who this device is. Its secrets lie in the database; with `sqlcipher` that is encrypted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// This incarnation of the log.
    pub replica: ReplicaId,
    /// The number that stands in its dots.
    pub rid: Rid,
    /// Secret half of the signing key (Ed25519).
    pub device_key: Bytes,
    /// Secret half of the sealing key (X25519).
    pub sealing_key: Bytes,
    /// Key of the hash chain.
    pub chain_key: Bytes,
    /// Who writes with it.
    pub person: PersonNo,
    /// That person's name.
    pub person_name: String,
    /// Name of the organisation.
    pub organisation: String,
    /// The key that signs receipts.
    pub receipt_key: Bytes,
    /// The organisation's recovery key (X25519).
    pub recovery_key: Bytes,
    /// Addresses of the server, best first.
    pub urls: Vec<String>,
    /// SHA-256 of the server's TLS keys.
    pub pins: Vec<Bytes>,
    /// K_id, the key of the index of identity codes.
    pub identity_key: Bytes,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("rid", &self.rid).finish_non_exhaustive()
    }
}

impl Identity {
    /// The signing key.
    pub fn signing_key(&self) -> Result<SigningKey, Error> {
        Ok(SigningKey::from_bytes(&key(&self.device_key)?))
    }

    /// The key of the chain.
    pub fn chain(&self) -> Result<ChainKey, Error> {
        Ok(ChainKey(key(&self.chain_key)?))
    }

    /// The key that receipts are checked with.
    pub fn receipt(&self) -> Result<VerifyingKey, Error> {
        VerifyingKey::from_bytes(&key(&self.receipt_key)?).map_err(|_| Error::Damaged("receipt key"))
    }
}

fn key(bytes: &Bytes) -> Result<[u8; 32], Error> {
    bytes.0.as_slice().try_into().map_err(|_| Error::Damaged("a key of the identity"))
}

/// An enrolment that waits for a supervisor: the code, and the keys that this device made for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Enrolment {
    pub code: EnrolmentCode,
    pub replica: ReplicaId,
    pub device_key: Bytes,
    pub sealing_key: Bytes,
    pub chain_key: Bytes,
    pub device: String,
}

impl Store {
    /// Who this device is, once it is enrolled.
    pub fn identity(&self) -> Result<&Identity, Error> {
        self.identity.as_ref().ok_or(Error::NotEnrolled)
    }

    /// Makes this device that replica. Once only: a later one comes through a fork.
    pub fn set_identity(&mut self, identity: Identity, epoch: u32) -> Result<(), Error> {
        if self.identity.is_some() {
            return Err(Error::Enrolled);
        }
        let tx = self.conn.transaction().during("begin enrolment")?;
        write_identity(&tx, &identity)?;
        meta::set_int(&tx, name::EPOCH, epoch.into())?;
        meta::unset(&tx, name::ENROLMENT)?;
        tx.commit().during("commit enrolment")?;
        self.load_identity()?;
        self.load_head()
    }

    /// The organisation's word that it admitted this replica; none for one that it was not given yet.
    pub(crate) fn admission(&self) -> Result<Option<Admission>, Error> {
        let identity = self.identity()?;
        let json: Option<Vec<u8>> = meta::get(&self.conn, name::ADMISSION)?;
        let kept: Option<Admission> =
            json.map(|j| serde_json::from_slice(&j).map_err(|_| Error::Damaged("admission"))).transpose()?;
        // After a fork it is that of the replica before.
        Ok(kept.filter(|kept| kept.certificate.rid == identity.rid))
    }

    /// Keeps the organisation's word that it admitted this replica.
    pub(crate) fn set_admission(&mut self, admission: &Admission) -> Result<(), Error> {
        let identity = self.identity()?;
        let Admission { certificate, .. } = admission;
        if !admission.is_signed(&identity.receipt()?) {
            return Err(Error::Certificate("it is not signed by the organisation"));
        }
        if (certificate.replica, certificate.rid) != (identity.replica, identity.rid) {
            return Err(Error::Certificate("it is for another device"));
        }
        let json = serde_json::to_vec(admission).expect("a certificate is plain data");
        meta::set(&self.conn, name::ADMISSION, json)
    }

    /// Believes the server's keys that a notice tells, if the organisation signed it and no later one was taken before.
    pub fn take_server_keys(&mut self, notice: &PinsNotice) -> Result<(), Error> {
        let mut identity = self.identity()?.clone();
        if !notice.is_signed(&identity.receipt()?) {
            return Err(NoticeProblem::NotSigned.into());
        }
        let tx = self.conn.transaction().during("begin a notice of keys")?;
        if meta::get_int(&tx, name::PINS_SERIAL)?.unwrap_or(0) > notice.serial.into() {
            return Err(NoticeProblem::Older.into());
        }
        identity.pins = notice.pins.clone();
        write_identity(&tx, &identity)?;
        meta::set_int(&tx, name::PINS_SERIAL, notice.serial.into())?;
        tx.commit().during("commit a notice of keys")?;
        self.load_identity()
    }

    /// The enrolment that waits for a supervisor.
    pub(crate) fn enrolment(&self) -> Result<Option<Enrolment>, Error> {
        let json: Option<Vec<u8>> = meta::get(&self.conn, name::ENROLMENT)?;
        json.map(|j| serde_json::from_slice(&j).map_err(|_| Error::Damaged("enrolment"))).transpose()
    }

    /// Keeps the enrolment's keys before the server hears of them.
    pub(crate) fn set_enrolment(&mut self, enrolment: &Enrolment) -> Result<(), Error> {
        let json = serde_json::to_vec(enrolment).expect("an enrolment is plain data");
        meta::set(&self.conn, name::ENROLMENT, json)
    }

    pub(super) fn load_identity(&mut self) -> Result<(), Error> {
        let json: Option<Vec<u8>> = meta::get(&self.conn, name::IDENTITY)?;
        self.identity =
            json.map(|j| serde_json::from_slice(&j).map_err(|_| Error::Damaged("identity"))).transpose()?;
        let k_id = self.identity.as_ref().map(|identity| identity.identity_key.0.clone());
        self.projector.set_identity_key(k_id.filter(|key| !key.is_empty()));
        Ok(())
    }
}

pub(super) fn write_identity(conn: &rusqlite::Connection, identity: &Identity) -> Result<(), Error> {
    meta::set(conn, name::IDENTITY, serde_json::to_vec(identity).expect("an identity is plain data"))
}
