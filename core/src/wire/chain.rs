//! The hash chain over one replica's changes, and the two signatures on it: the device's with each push, the server's
//! on its receipt.
//!
//! `hash_n = SHA-256(hash_{n-1} ‖ HMAC-SHA-256(K_rid, bytes))`: a change that is erased by law leaves its HMAC behind,
//! and the chain still verifies.

use crate::ids::{ChainHash, PhotoHash, Rid, Seq};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The key of one replica's chain; random, known to the device and the server.
#[derive(Clone, PartialEq, Eq)]
pub struct ChainKey(pub [u8; 32]);

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChainKey(…)")
    }
}

impl ChainKey {
    /// The chain one change further.
    pub fn next(&self, prev: ChainHash, change: &[u8]) -> ChainHash {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(change);
        let mut hash = Sha256::new();
        hash.update(prev.0);
        hash.update(mac.finalize().into_bytes());
        ChainHash(hash.finalize().into())
    }
}

/// What a device signs once a push: "my log up to here is this".
fn head_bytes(rid: Rid, last: Seq, hash: ChainHash) -> Vec<u8> {
    let mut bytes = b"gridweave head 1\0".to_vec();
    bytes.extend(rid.0.to_be_bytes());
    bytes.extend(last.0.to_be_bytes());
    bytes.extend(hash.0);
    bytes
}

/// Signs the head of a replica's log.
pub fn sign_head(key: &SigningKey, rid: Rid, last: Seq, hash: ChainHash) -> Vec<u8> {
    key.sign(&head_bytes(rid, last, hash)).to_bytes().to_vec()
}

/// Whether the device with this key signed that head.
pub fn head_is_signed(key: &VerifyingKey, rid: Rid, last: Seq, hash: ChainHash, signature: &[u8]) -> bool {
    verify(key, &head_bytes(rid, last, hash), signature)
}

/// What the server signs when it has changes on disk: "I have your log up to here".
fn receipt_bytes(rid: Rid, durable: Seq, hash: ChainHash, epoch: u32) -> Vec<u8> {
    let mut bytes = b"gridweave receipt 1\0".to_vec();
    bytes.extend(rid.0.to_be_bytes());
    bytes.extend(durable.0.to_be_bytes());
    bytes.extend(hash.0);
    bytes.extend(epoch.to_be_bytes());
    bytes
}

/// Signs a receipt for changes.
pub fn sign_receipt(key: &SigningKey, rid: Rid, durable: Seq, hash: ChainHash, epoch: u32) -> Vec<u8> {
    key.sign(&receipt_bytes(rid, durable, hash, epoch)).to_bytes().to_vec()
}

/// Whether the server with this receipt key has those changes on disk.
pub fn receipt_is_signed(
    key: &VerifyingKey,
    rid: Rid,
    durable: Seq,
    hash: ChainHash,
    epoch: u32,
    signature: &[u8],
) -> bool {
    verify(key, &receipt_bytes(rid, durable, hash, epoch), signature)
}

fn photo_receipt_bytes(rid: Rid, photo: PhotoHash) -> Vec<u8> {
    let mut bytes = b"gridweave photo 1\0".to_vec();
    bytes.extend(rid.0.to_be_bytes());
    bytes.extend(photo.0);
    bytes
}

/// Signs a receipt for a photo that is whole and on disk.
pub fn sign_photo_receipt(key: &SigningKey, rid: Rid, photo: PhotoHash) -> Vec<u8> {
    key.sign(&photo_receipt_bytes(rid, photo)).to_bytes().to_vec()
}

/// Whether the server with this receipt key has the photo on disk.
pub fn photo_receipt_is_signed(key: &VerifyingKey, rid: Rid, photo: PhotoHash, signature: &[u8]) -> bool {
    verify(key, &photo_receipt_bytes(rid, photo), signature)
}

fn verify(key: &VerifyingKey, bytes: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|s| key.verify_strict(bytes, &s).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_depends_on_every_change_its_order_and_its_key() {
        let key = ChainKey([1; 32]);
        let chain = |changes: &[&[u8]]| changes.iter().fold(ChainHash::START, |h, c| key.next(h, c));
        assert_ne!(chain(&[b"a", b"b"]), chain(&[b"b", b"a"]));
        assert_ne!(chain(&[b"a"]), chain(&[b"a", b""]));
        assert_ne!(chain(&[b"a"]), ChainKey([2; 32]).next(ChainHash::START, b"a"));
    }

    #[test]
    fn a_head_is_no_receipt_and_no_other_head() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let (rid, seq, hash) = (Rid(1), Seq(2), ChainHash([4; 32]));
        let signed = sign_head(&key, rid, seq, hash);
        let public = key.verifying_key();
        assert!(head_is_signed(&public, rid, seq, hash, &signed));
        assert!(!head_is_signed(&public, rid, Seq(3), hash, &signed));
        assert!(!receipt_is_signed(&public, rid, seq, hash, 0, &signed));
    }
}
