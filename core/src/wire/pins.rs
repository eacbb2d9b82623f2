//! Which TLS keys of the server to believe from now on.
//!
//! The enrolment code tells the server's present key and its next one, so a change of keys locks nobody out: a device
//! believes the next key before it is used. What comes after it is told in a notice, signed with the organisation's
//! receipt key. Devices fetch it when the server's [`mark`] shows that theirs is old; one that was away while the keys
//! changed twice takes it as a code from a supervisor's screen. A notice holds no secret and admits nobody.

use super::Bytes;
use crate::ids::to_hex;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Name of the header with the [`mark`] of the pins that the server would tell.
pub const X_PINS: &str = "x-pins";
/// What stands before the JSON of a notice, so that a scanner knows it.
const TEXT_PREFIX: &str = "GRIDWEAVE-KEYS1:";

/// The server's present and next TLS key, as the organisation says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PinsNotice {
    /// Rises with every change of keys: an earlier notice is never taken.
    pub serial: u32,
    /// SHA-256 of the TLS keys (SubjectPublicKeyInfo): the present and the next.
    pub pins: Vec<Bytes>,
    /// The receipt key's signature on serial and pins.
    pub signature: Bytes,
}

/// Why a notice is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeProblem {
    /// Not a notice at all.
    #[error("this is not a notice of a server's keys; ask your supervisor to show one")]
    NotANotice,
    /// Not by the organisation that this device belongs to.
    #[error("the notice is not signed by this device's organisation; nothing was changed")]
    NotSigned,
    /// The device was told of later keys before.
    #[error("the notice is older than what this device knows; ask your supervisor to show the present one")]
    Older,
}

impl PinsNotice {
    /// Makes a notice.
    pub fn signed(key: &SigningKey, serial: u32, pins: Vec<Bytes>) -> PinsNotice {
        let signature = Bytes(key.sign(&signed_bytes(serial, &pins)).to_bytes().to_vec());
        PinsNotice { serial, pins, signature }
    }

    /// Whether the organisation with this receipt key says so, of at least one key.
    pub fn is_signed(&self, key: &VerifyingKey) -> bool {
        let pins_fit = !self.pins.is_empty() && self.pins.iter().all(|pin| pin.0.len() == 32);
        let bytes = signed_bytes(self.serial, &self.pins);
        pins_fit
            && Signature::from_slice(&self.signature.0).is_ok_and(|s| key.verify_strict(&bytes, &s).is_ok())
    }

    /// The text for a QR picture.
    pub fn to_text(&self) -> String {
        format!("{TEXT_PREFIX}{}", serde_json::to_string(self).expect("a notice is plain data"))
    }

    /// Reads a scanned or typed text.
    pub fn parse(text: &str) -> Result<PinsNotice, NoticeProblem> {
        let json = text.trim().strip_prefix(TEXT_PREFIX).ok_or(NoticeProblem::NotANotice)?;
        serde_json::from_str(json).map_err(|_| NoticeProblem::NotANotice)
    }
}

/// A few digits by which two sides see whether they mean the same pins.
pub fn mark(pins: &[Bytes]) -> String {
    let hash = pins.iter().fold(Sha256::new(), |hash, pin| hash.chain_update(&pin.0)).finalize();
    to_hex(&hash[..8])
}

fn signed_bytes(serial: u32, pins: &[Bytes]) -> Vec<u8> {
    let mut bytes = b"gridweave pins 1\0".to_vec();
    bytes.extend(serial.to_be_bytes());
    for pin in pins {
        bytes.extend((pin.0.len() as u64).to_be_bytes());
        bytes.extend(&pin.0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_organisations_own_words_count() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let notice = PinsNotice::signed(&key, 3, vec![Bytes(vec![7; 32]), Bytes(vec![8; 32])]);
        assert!(notice.is_signed(&key.verifying_key()));
        assert!(!notice.is_signed(&SigningKey::from_bytes(&[2; 32]).verifying_key()));
        let later = PinsNotice { serial: 4, ..notice.clone() };
        let turned = PinsNotice { pins: notice.pins.iter().rev().cloned().collect(), ..notice.clone() };
        let none = PinsNotice::signed(&key, 4, Vec::new());
        for other in [later, turned, none] {
            assert!(!other.is_signed(&key.verifying_key()), "{other:?}");
        }
        assert_eq!(PinsNotice::parse(&format!(" {}\n", notice.to_text())), Ok(notice));
        assert_eq!(PinsNotice::parse("GRIDWEAVE1:{}"), Err(NoticeProblem::NotANotice));
    }

    #[test]
    fn marks_differ_with_the_pins_and_their_order() {
        let (a, b) = (Bytes(vec![1; 32]), Bytes(vec![2; 32]));
        assert_eq!(mark(&[a.clone(), b.clone()]), mark(&[a.clone(), b.clone()]));
        assert_ne!(mark(&[a.clone(), b.clone()]), mark(&[b.clone(), a.clone()]));
        assert_ne!(mark(&[]), mark(&[a]));
    }
}
