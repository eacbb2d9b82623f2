//! The two slots: K_db sealed to the phone, and to the organisation.

use super::{DatabaseKey, DeviceKeys, KeyError, random};
use crate::wire::seal;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What K_db is sealed for when it is sealed to the organisation.
const RECOVERY_INFO: &[u8] = b"gridweave database key 1";
const DEVICE_INFO: &[u8] = b"gridweave slot of the phone 1";
/// Costly enough on a cheap phone (a few tenths of a second); the tests' is not.
const MEMORY_KIB: u32 = if cfg!(test) { 64 } else { 32 * 1024 };

/// K_db as this phone opens it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeviceSlot {
    /// 32 random bytes, sealed by the phone's key store.
    pub sealed_secret: Vec<u8>,
    /// How the PIN is made costly to guess; none where no PIN is set.
    pub pin: Option<PinParams>,
    /// K_db under both: nonce, then ciphertext.
    sealed_key: Vec<u8>,
}

/// Argon2id (RFC 9106) over the PIN.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PinParams {
    salt: [u8; 16],
    memory_kib: u32,
    passes: u32,
}

impl PinParams {
    /// They stand in the header, so they may be raised.
    fn new() -> Result<PinParams, KeyError> {
        let mut salt = [0; 16];
        salt.copy_from_slice(&random()?[..16]);
        Ok(PinParams { salt, memory_kib: MEMORY_KIB, passes: 3 })
    }

    /// The PIN as the slot takes it.
    pub fn hash(&self, pin: &str) -> Result<DatabaseKey, KeyError> {
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32)).map_err(|_| KeyError::Damaged)?;
        let mut hash = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(pin.as_bytes(), &self.salt, &mut *hash)
            .map_err(|_| KeyError::Damaged)?;
        Ok(hash)
    }
}

/// K_db as the organisation opens it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OrganisationSlot {
    /// Public half of the recovery key.
    pub recovery_key: Vec<u8>,
    sealed_key: Vec<u8>,
}

pub(super) fn seal_to_device(
    device: &dyn DeviceKeys,
    key: &DatabaseKey,
    pin: Option<&str>,
) -> Result<DeviceSlot, KeyError> {
    let secret = random()?;
    let params = pin.map(|_| PinParams::new()).transpose()?;
    let hashed = match (&params, pin) {
        (Some(params), Some(pin)) => Some(params.hash(pin)?),
        _ => None,
    };
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&random()?[..12]);
    let payload = Payload { msg: &key[..], aad: DEVICE_INFO };
    let cipher = cipher(&secret[..], hashed.as_deref())
        .encrypt(&Nonce::from(nonce), payload)
        .expect("a key is short enough to seal");
    Ok(DeviceSlot {
        sealed_secret: device.seal(&secret[..])?,
        pin: params,
        sealed_key: [&nonce[..], &cipher].concat(),
    })
}

/// K_db; none if secret or PIN are others.
pub(super) fn open_with_device(
    slot: &DeviceSlot,
    secret: &[u8],
    pin: Option<&[u8; 32]>,
) -> Option<DatabaseKey> {
    let (nonce, sealed) = slot.sealed_key.split_first_chunk::<12>()?;
    let payload = Payload { msg: sealed, aad: DEVICE_INFO };
    let plain = Zeroizing::new(cipher(secret, pin).decrypt(&Nonce::from(*nonce), payload).ok()?);
    Some(Zeroizing::new(plain.as_slice().try_into().ok()?))
}

pub(super) fn seal_to_organisation(key: &DatabaseKey, recovery: &[u8]) -> Result<OrganisationSlot, KeyError> {
    Ok(OrganisationSlot {
        recovery_key: recovery.to_vec(),
        sealed_key: seal::seal(recovery, RECOVERY_INFO, &key[..])?,
    })
}

pub(super) fn open_with_recovery(
    slot: &OrganisationSlot,
    secret: &[u8; 32],
) -> Result<DatabaseKey, KeyError> {
    if seal::public_key(secret).as_slice() != slot.recovery_key {
        return Err(KeyError::OtherRecovery);
    }
    let plain = Zeroizing::new(seal::open(secret, RECOVERY_INFO, &slot.sealed_key)?);
    Ok(Zeroizing::new(plain.as_slice().try_into().map_err(|_| KeyError::Damaged)?))
}

/// The cipher of the phone's slot: HKDF-SHA-256 over the phone's secret and, where there is one, the hashed PIN.
fn cipher(secret: &[u8], pin: Option<&[u8; 32]>) -> ChaCha20Poly1305 {
    let mut material = Zeroizing::new(secret.to_vec());
    material.extend(pin.into_iter().flatten());
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, &material).expand(DEVICE_INFO, &mut *key).expect("32 bytes are not too many");
    ChaCha20Poly1305::new(&Key::from(*key))
}
