//! Passwords of people: argon2id, OWASP's second choice of parameters (19 MiB, 2 passes), salted.

use crate::store::StoreError;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};

/// The hash to store, as a PHC string.
pub fn hash(password: &str) -> Result<String, StoreError> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|_| StoreError::Corrupt("a password"))?;
    Ok(hash.to_string())
}

/// Whether the password is the one hashed.
pub fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_same_password_fits() {
        let hash = super::hash("correct horse").unwrap();
        assert!(super::fits("correct horse", &hash) && !super::fits("wrong horse", &hash));
        assert!(!super::fits("", "") && hash.starts_with("$argon2id$"));
    }
}
