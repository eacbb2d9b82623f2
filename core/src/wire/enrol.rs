//! Enrolment: how a device becomes a replica of a city.
//!
//! The code that a supervisor shows (as a QR picture) names the server, the keys to believe and a one-time secret. The
//! device makes its keys and proves that it knows the secret; a supervisor compares the fingerprint on both screens
//! and confirms; the answer is a certificate. An enrolled app ignores enrolment codes.

use super::Bytes;
use crate::ids::{PersonNo, ReplicaId, Rid};
use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What stands before the JSON of a code, so that a scanner knows it.
const CODE_PREFIX: &str = "GRIDWEAVE1:";

/// The content of the QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentCode {
    /// Name of the organisation that the device joins, for the worker to check.
    pub organisation: String,
    /// Addresses of the server, best first.
    pub urls: Vec<String>,
    /// SHA-256 of the server's TLS keys: the present and the next. Empty only for loopback addresses.
    pub pins: Vec<Bytes>,
    /// The key that signs receipts (Ed25519).
    pub receipt_key: Bytes,
    /// The organisation's recovery key (X25519).
    pub recovery_key: Bytes,
    /// Which enrolment.
    pub enrolment: u64,
    /// One-time secret, 16 bytes.
    pub secret: Bytes,
    /// Not valid after, UTC milliseconds by the server's clock.
    pub expires_ms: i64,
}

/// A text that is no enrolment code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an enrolment code of Gridweave; ask your supervisor to show a new one")]
pub struct NotACode;

impl EnrolmentCode {
    /// The text for the QR picture.
    pub fn to_text(&self) -> String {
        format!("{CODE_PREFIX}{}", serde_json::to_string(self).expect("a code is plain data"))
    }

    /// Reads a scanned or typed text.
    pub fn parse(text: &str) -> Result<EnrolmentCode, NotACode> {
        let json = text.trim().strip_prefix(CODE_PREFIX).ok_or(NotACode)?;
        serde_json::from_str(json).map_err(|_| NotACode)
    }
}

/// The device's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrol {
    /// Which enrolment.
    pub enrolment: u64,
    /// The new replica, minted on the device.
    pub replica: ReplicaId,
    /// The device's signing key (Ed25519, 32 bytes).
    pub device_key: Bytes,
    /// The device's sealing key (X25519, 32 bytes): what the server sends in secret is sealed to it.
    pub sealing_key: Bytes,
    /// The key of the replica's chain (32 bytes).
    pub chain_key: Bytes,
    /// What the device is, for the supervisor to recognise: model, system.
    pub device: String,
    /// HMAC-SHA-256 of all the above under the one-time secret.
    pub proof: Bytes,
}

impl Enrol {
    /// What proves that the device knows the one-time secret.
    pub fn proof(&self, secret: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
        mac.update(b"gridweave enrol 1\0");
        mac.update(&self.enrolment.to_be_bytes());
        mac.update(&self.replica.0);
        for part in [&self.device_key.0, &self.sealing_key.0, &self.chain_key.0] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.update(self.device.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

/// Six digits, shown on both screens to compare before confirming.
pub fn fingerprint(device_key: &[u8]) -> String {
    let hash = Sha256::new().chain_update(b"gridweave fingerprint 1\0").chain_update(device_key).finalize();
    let n = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) % 1_000_000;
    format!("{:03} {:03}", n / 1000, n % 1000)
}

/// The server's answer to [`Enrol`]; asked again until it is no longer pending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EnrolReply {
    /// A supervisor has yet to compare fingerprints and confirm.
    Pending,
    /// Welcome.
    Enrolled {
        /// Who the device is from now on.
        certificate: Certificate,
        /// The receipt key's signature on the certificate's bytes.
        signature: Bytes,
        /// K_id, sealed (HPKE) to the device's sealing key: encapsulated key, then ciphertext.
        sealed_identity_key: Bytes,
    },
}

/// Who a device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Certificate {
    /// Its replica.
    pub replica: ReplicaId,
    /// The number that stands in its dots.
    pub rid: Rid,
    /// Its signing key.
    pub device_key: Bytes,
    /// Who writes with it.
    pub person: PersonNo,
    /// That person's name.
    pub person_name: String,
    /// The server's epoch when it was enrolled.
    pub epoch: u32,
}

impl Certificate {
    /// The bytes that the receipt key signs.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = b"gridweave certificate 1\0".to_vec();
        bytes.extend(postcard::to_allocvec(self).expect("a certificate is plain data"));
        bytes
    }
}

/// A certificate as a device keeps it: what it shows to a server that was put back from a backup and does not know it
/// any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admission {
    /// Who the device is.
    pub certificate: Certificate,
    /// The receipt key's signature on the certificate's bytes.
    pub signature: Bytes,
    /// What the device is, as it said when it enrolled.
    pub device: String,
}

impl Admission {
    /// Whether the organisation with this receipt key once admitted the device.
    pub fn is_signed(&self, key: &VerifyingKey) -> bool {
        let bytes = self.certificate.signed_bytes();
        Signature::from_slice(&self.signature.0).is_ok_and(|s| key.verify_strict(&bytes, &s).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_strange_texts_are_refused() {
        let code = EnrolmentCode {
            organisation: "坪山区".into(),
            urls: vec!["http://127.0.0.1:8640".into()],
            pins: vec![],
            receipt_key: Bytes(vec![1; 32]),
            recovery_key: Bytes(vec![2; 32]),
            enrolment: 7,
            secret: Bytes(vec![3; 16]),
            expires_ms: 1,
        };
        assert_eq!(EnrolmentCode::parse(&format!(" {}\n", code.to_text())), Ok(code));
        assert_eq!(EnrolmentCode::parse("https://example.org"), Err(NotACode));
    }
}
