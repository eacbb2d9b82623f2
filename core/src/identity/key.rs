//! The keyed hash that records are grouped by. Without the key it can neither be made nor guessed at: ID numbers are
//! few enough to try them all against a plain hash.

use super::normal::CANONICAL_VERSION;
use super::scheme::Scheme;
use crate::ids::IdentityKey;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The first 16 bytes of HMAC-SHA-256(`k_id`, `version|scheme|canonical`). An index derived by each side for itself;
/// it never stands in a change, a URL or a log. Grouping by codes that fail their check is the caller's choice.
pub fn identity_key(k_id: &[u8], scheme: Scheme, canonical: &str) -> IdentityKey {
    let mut mac = Hmac::<Sha256>::new_from_slice(k_id).expect("HMAC takes keys of any length");
    mac.update(format!("{CANONICAL_VERSION}|{scheme}|{canonical}").as_bytes());
    let hash: [u8; 32] = mac.finalize().into_bytes().into();
    IdentityKey(*hash.first_chunk().expect("32 bytes begin with 16"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_version_1_are_frozen() {
        let key = identity_key(&[7; 32], Scheme::Citizen, "11010119000101009X");
        assert_eq!(key.to_string(), "e29f731b86fe918789448446c668c86a");
    }

    #[test]
    fn another_key_scheme_or_code_makes_another_identity_key() {
        let key = identity_key(&[7; 32], Scheme::Citizen, "11010119000101009X");
        assert_ne!(key, identity_key(&[8; 32], Scheme::Citizen, "11010119000101009X"));
        assert_ne!(key, identity_key(&[7; 32], Scheme::Credit, "11010119000101009X"));
        assert_ne!(key, identity_key(&[7; 32], Scheme::Citizen, "110101190001010081"));
    }
}
