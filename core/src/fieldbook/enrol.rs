//! Enrolment: the device makes its keys, proves that it knows the code's secret, and waits for a supervisor.
//!
//! The keys are kept before the server hears of them. Asking again with the same code repeats the same request, so an
//! answer that got lost makes no second replica. An enrolled device ignores enrolment codes.

use super::Fieldbook;
use crate::ids::ReplicaId;
use crate::store::{self, Error, Identity};
use crate::sync::http::Connection;
use crate::sync::run::random;
use crate::wire::enrol::{Admission, Enrol, EnrolReply, EnrolmentCode, fingerprint};
use crate::wire::pins::PinsNotice;
use crate::wire::{Bytes, ExchangeError, seal};
use ed25519_dalek::{SigningKey, VerifyingKey};

/// Where an enrolment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolment {
    /// A supervisor compares these six digits with the ones on the console, and confirms.
    Pending {
        /// `123 456`.
        fingerprint: String,
        /// The organisation that the device joins, for the worker to check.
        organisation: String,
    },
    /// The device may save and sync.
    Enrolled,
}

impl Fieldbook {
    /// Takes a scanned code to the server; `device` says what this is, for the supervisor to recognise.
    pub async fn enrol(&self, code: &str, device: &str) -> Result<Enrolment, Error> {
        let code = EnrolmentCode::parse(code)?;
        {
            let mut store = self.store.lock();
            if store.identity().is_ok() {
                return Err(Error::Enrolled);
            }
            // Before anything can be saved the organisation can open it.
            if let Some(lock) = &self.lock {
                lock.seal_to_organisation(&code.recovery_key.0)?;
            }
            let same =
                |e: &store::Enrolment| e.code.enrolment == code.enrolment && e.code.secret == code.secret;
            if !store.enrolment()?.is_some_and(|earlier| same(&earlier)) {
                store.set_enrolment(&store::Enrolment {
                    code,
                    replica: ReplicaId(random()?),
                    device_key: Bytes(random::<32>()?.to_vec()),
                    sealing_key: Bytes(random::<32>()?.to_vec()),
                    chain_key: Bytes(random::<32>()?.to_vec()),
                    device: device.to_owned(),
                })?;
            }
        }
        self.poll_enrolment().await
    }

    /// Asks the server whether a supervisor has confirmed.
    pub async fn poll_enrolment(&self) -> Result<Enrolment, Error> {
        let waiting = {
            let store = self.store.lock();
            if store.identity().is_ok() {
                return Ok(Enrolment::Enrolled);
            }
            store.enrolment()?.ok_or(Error::NotEnrolled)?
        };
        let request = request(&waiting)?;
        let connection = Connection::new(&waiting.code.urls, &waiting.code.pins, self.stall)
            .map_err(|error| ExchangeError::Garbled(error.to_string()))?;
        match connection.enrol(&request).await? {
            EnrolReply::Pending => Ok(Enrolment::Pending {
                fingerprint: fingerprint(&request.device_key.0),
                organisation: waiting.code.organisation,
            }),
            EnrolReply::Enrolled { certificate, signature, sealed_identity_key } => {
                let admission = Admission { certificate, signature, device: waiting.device.clone() };
                let (identity, epoch) = welcome(&waiting, &request, &admission, &sealed_identity_key)?;
                let mut store = self.store.lock();
                store.set_identity(identity, epoch)?;
                // If this is cut off before, the next sync asks for it again.
                store.set_admission(&admission)?;
                Ok(Enrolment::Enrolled)
            }
        }
    }
}

impl Fieldbook {
    /// Takes a notice of the server's keys as a supervisor shows it. An enrolled device may: only its own organisation
    /// can sign one, and nothing else changes by it.
    pub fn take_server_keys(&self, text: &str) -> Result<(), Error> {
        let notice = PinsNotice::parse(text)?;
        self.store.lock().take_server_keys(&notice)
    }
}

fn request(waiting: &store::Enrolment) -> Result<Enrol, Error> {
    let device_key = SigningKey::from_bytes(&key(&waiting.device_key)?).verifying_key();
    let mut request = Enrol {
        enrolment: waiting.code.enrolment,
        replica: waiting.replica,
        device_key: Bytes(device_key.to_bytes().to_vec()),
        sealing_key: Bytes(seal::public_key(&key(&waiting.sealing_key)?).to_vec()),
        chain_key: waiting.chain_key.clone(),
        device: waiting.device.clone(),
        proof: Bytes::default(),
    };
    request.proof = Bytes(request.proof(&waiting.code.secret.0));
    Ok(request)
}

/// Checks the server's welcome against the code: only who holds the receipt key may say it.
fn welcome(
    waiting: &store::Enrolment,
    request: &Enrol,
    admission: &Admission,
    sealed: &Bytes,
) -> Result<(Identity, u32), Error> {
    let receipt = VerifyingKey::from_bytes(&key(&waiting.code.receipt_key)?)
        .map_err(|_| Error::Certificate("the code's receipt key is not a key"))?;
    if !admission.is_signed(&receipt) {
        return Err(Error::Certificate("it is not signed by the organisation"));
    }
    let certificate = admission.certificate.clone();
    if certificate.replica != request.replica || certificate.device_key != request.device_key {
        return Err(Error::Certificate("it is for another device"));
    }
    let identity_key = seal::open(&key(&waiting.sealing_key)?, seal::IDENTITY_KEY_INFO, &sealed.0)?;
    let identity = Identity {
        replica: certificate.replica,
        rid: certificate.rid,
        device_key: waiting.device_key.clone(),
        sealing_key: waiting.sealing_key.clone(),
        chain_key: waiting.chain_key.clone(),
        person: certificate.person,
        person_name: certificate.person_name,
        organisation: waiting.code.organisation.clone(),
        receipt_key: waiting.code.receipt_key.clone(),
        recovery_key: waiting.code.recovery_key.clone(),
        urls: waiting.code.urls.clone(),
        pins: waiting.code.pins.clone(),
        identity_key: Bytes(identity_key),
    };
    Ok((identity, certificate.epoch))
}

fn key(bytes: &Bytes) -> Result<[u8; 32], Error> {
    bytes.0.as_slice().try_into().map_err(|_| Error::Certificate("a key of the wrong length"))
}
