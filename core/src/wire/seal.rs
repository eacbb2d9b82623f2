//! Secrets sealed to one device: HPKE (RFC 9180) in base mode with X25519, HKDF-SHA-256 and ChaCha20-Poly1305.
//!
//! The bytes are the encapsulated key (32 bytes), then the ciphertext. What a secret is for stands in `info` on both
//! sides, so that one sealed for one purpose cannot be passed off as another.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};

/// What K_id is sealed for when a device is enrolled.
pub const IDENTITY_KEY_INFO: &[u8] = b"gridweave identity key 1";

const ENCAPPED_LEN: usize = 32;

/// Bytes that cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The other side's key is no X25519 key.
    #[error("the key is not an X25519 key")]
    Key,
    /// Sealed to another device, for another purpose, or damaged.
    #[error("the sealed bytes cannot be opened with this key")]
    Open,
}

/// The public half of a sealing key (any 32 random bytes).
pub fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(secret)
        .expect("every 32 bytes are an X25519 private key");
    X25519HkdfSha256::sk_to_pk(&secret).to_bytes().into()
}

/// Seals `plain` to the device with this public key.
pub fn seal(public: &[u8], info: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public).map_err(|_| SealError::Key)?;
    let (encapped, cipher) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        info,
        plain,
        b"",
    )
    .map_err(|_| SealError::Key)?;
    Ok([encapped.to_bytes().as_slice(), &cipher].concat())
}

/// Opens what was sealed to this device.
pub fn open(secret: &[u8; 32], info: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (encapped, cipher) = sealed.split_at_checked(ENCAPPED_LEN).ok_or(SealError::Open)?;
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(secret).map_err(|_| SealError::Key)?;
    let encapped =
        <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapped).map_err(|_| SealError::Open)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &encapped,
        info,
        cipher,
        b"",
    )
    .map_err(|_| SealError::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_device_opens_it_and_only_for_its_purpose() {
        let secret = [7; 32];
        let sealed = seal(&public_key(&secret), IDENTITY_KEY_INFO, b"the key").unwrap();
        assert_eq!(open(&secret, IDENTITY_KEY_INFO, &sealed).unwrap(), b"the key");
        assert_eq!(open(&[8; 32], IDENTITY_KEY_INFO, &sealed), Err(SealError::Open));
        assert_eq!(open(&secret, b"another purpose", &sealed), Err(SealError::Open));
        for cut in 0..sealed.len() {
            assert_eq!(open(&secret, IDENTITY_KEY_INFO, &sealed[..cut]), Err(SealError::Open));
        }
        assert_eq!(seal(&[0; 3], IDENTITY_KEY_INFO, b"x"), Err(SealError::Key));
    }
}
