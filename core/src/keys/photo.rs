//! Photos at rest: each file sealed under a key of its own, and named so that its name tells nothing.

use super::DatabaseKey;
use crate::ids::{PhotoHash, to_hex};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The keys of the photos in one field book, from K_db.
pub struct PhotoKeys(Hkdf<Sha256>);

impl PhotoKeys {
    /// Those of this K_db.
    pub fn new(key: &DatabaseKey) -> PhotoKeys {
        PhotoKeys(Hkdf::new(Some(b"gridweave photos 1"), &key[..]))
    }

    /// The name of a photo's file. Without K_db nobody can tell whether a known picture is among them.
    pub fn name(&self, photo: PhotoHash) -> String {
        to_hex(&*self.derive(b"name", photo))
    }

    /// Seals a photo's bytes.
    pub fn seal(&self, photo: PhotoHash, bytes: &[u8]) -> Vec<u8> {
        self.cipher(photo).encrypt(&Nonce::default(), bytes).expect("a photo is short enough to seal")
    }

    /// Opens them; none for bytes that are not what was sealed.
    pub fn open(&self, photo: PhotoHash, sealed: &[u8]) -> Option<Vec<u8>> {
        self.cipher(photo).decrypt(&Nonce::default(), sealed).ok()
    }

    /// A key for these bytes alone (a photo is named by its hash), so the nonce never serves twice for others.
    fn cipher(&self, photo: PhotoHash) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(*self.derive(b"key", photo)))
    }

    fn derive(&self, what: &[u8], photo: PhotoHash) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.0.expand_multi_info(&[what, &photo.0], &mut *bytes).expect("32 bytes are not too many");
        bytes
    }
}
