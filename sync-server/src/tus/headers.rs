//! The headers of tus 1.0, read strictly and bounded.

use super::problem::TusProblem;
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The version of tus spoken here.
pub(super) const VERSION: &str = "1.0.0";
/// What is offered beside the core.
pub(super) const EXTENSIONS: &str = "creation,checksum,expiration,termination";
/// With what a chunk may be summed.
pub(super) const ALGORITHMS: &str = "sha1,sha256";
/// Longest `Upload-Metadata`, in bytes.
const METADATA_LEN_MAX: usize = 4096;
/// Most pairs in it.
const METADATA_PAIRS_MAX: usize = 32;

/// The method that counts: `X-HTTP-Method-Override` for clients whose library knows no PATCH.
pub(super) fn method(method: &Method, headers: &HeaderMap) -> Result<Method, TusProblem> {
    const NAME: &str = "x-http-method-override";
    match only(headers, NAME)? {
        None => Ok(method.clone()),
        Some(text) => text.parse().map_err(|_| TusProblem::Header(NAME)),
    }
}

/// Checks `Tus-Resumable`.
pub(super) fn version(headers: &HeaderMap) -> Result<(), TusProblem> {
    match only(headers, "tus-resumable") {
        Ok(Some(VERSION)) => Ok(()),
        _ => Err(TusProblem::Version),
    }
}

/// The bearer token, at most 512 bytes.
pub(super) fn token(headers: &HeaderMap) -> Result<&str, TusProblem> {
    let value = only(headers, AUTHORIZATION.as_str()).ok().flatten().ok_or(TusProblem::NoGrant)?;
    let (scheme, token) = value.split_once(' ').ok_or(TusProblem::NoGrant)?;
    let sound = scheme.eq_ignore_ascii_case("bearer") && (1..=512).contains(&token.len());
    if sound { Ok(token) } else { Err(TusProblem::NoGrant) }
}

/// Checks that a PATCH's body is what tus says, and not encoded.
pub(super) fn content_type(headers: &HeaderMap) -> Result<(), TusProblem> {
    match only(headers, CONTENT_TYPE.as_str()) {
        Ok(Some("application/offset+octet-stream")) if !headers.contains_key(CONTENT_ENCODING) => Ok(()),
        _ => Err(TusProblem::ContentType),
    }
}

/// A needed whole number, digits only.
pub(super) fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, TusProblem> {
    let text = only(headers, name)?.ok_or(TusProblem::Header(name))?;
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().map_err(|_| TusProblem::Header(name)) } else { Err(TusProblem::Header(name)) }
}

/// `Upload-Metadata` as sent, once it is sound: unique keys, each with base64 or nothing.
pub(super) fn metadata(headers: &HeaderMap) -> Result<Option<String>, TusProblem> {
    const NAME: &str = "upload-metadata";
    let Some(text) = only(headers, NAME)? else { return Ok(None) };
    if text.is_empty() {
        return Ok(None);
    }
    let mut keys = BTreeSet::new();
    let sound = |pair: &str| {
        let pair = pair.trim_matches(' ');
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_graphic()) && STANDARD.decode(value).is_ok()
    };
    let mut key_is_new =
        |pair: &str| keys.insert(pair.trim_matches(' ').split(' ').next().map(str::to_owned));
    let bounded = text.len() <= METADATA_LEN_MAX && text.split(',').count() <= METADATA_PAIRS_MAX;
    if bounded && text.split(',').all(|pair| sound(pair) && key_is_new(pair)) {
        Ok(Some(text.to_owned()))
    } else {
        Err(TusProblem::Header(NAME))
    }
}

/// The checksum that a chunk must come to.
#[derive(Debug)]
pub(super) struct Checksum {
    sum: Vec<u8>,
    hasher: Hasher,
}

#[derive(Debug)]
enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// Takes in bytes of the chunk.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.hasher {
            Hasher::Sha1(h) => h.update(bytes),
            Hasher::Sha256(h) => h.update(bytes),
        }
    }

    /// Whether the chunk came to its checksum.
    pub(super) fn fits(self) -> bool {
        match self.hasher {
            Hasher::Sha1(h) => h.finalize().as_slice() == self.sum,
            Hasher::Sha256(h) => h.finalize().as_slice() == self.sum,
        }
    }
}

/// `Upload-Checksum`: algorithm and base64 of the sum.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, TusProblem> {
    const NAME: &str = "upload-checksum";
    let Some(text) = only(headers, NAME)? else { return Ok(None) };
    let (algorithm, sum) = text.split_once(' ').ok_or(TusProblem::Header(NAME))?;
    let (hasher, len) = match algorithm {
        "sha1" => (Hasher::Sha1(Sha1::new()), 20),
        "sha256" => (Hasher::Sha256(Sha256::new()), 32),
        _ => return Err(TusProblem::ChecksumAlgorithm),
    };
    match STANDARD.decode(sum) {
        Ok(sum) if sum.len() == len => Ok(Some(Checksum { sum, hasher })),
        _ => Err(TusProblem::Header(NAME)),
    }
}

/// The value of a header that may stand at most once.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, TusProblem> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(TusProblem::Header(name));
    }
    value.map(|v| v.to_str().map_err(|_| TusProblem::Header(name))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn metadata_has_unique_keys_and_base64_values_and_bounds() {
        for good in ["a", "a ", "a YQ==", "a YQ==,b", "a YQ==, b Yg==", "filename d29ybGQ=,is_confidential"] {
            assert_eq!(metadata(&one("upload-metadata", good)).unwrap().as_deref(), Some(good));
        }
        let many: Vec<_> = (0..33).map(|n| format!("k{n}")).collect();
        let long = format!("a {}", STANDARD.encode([0; 4096]));
        for bad in ["a YQ==,a Yg==", "a Y", "a b c", ",", "a,", &many.join(","), &long] {
            assert!(metadata(&one("upload-metadata", bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_digits_only() {
        assert_eq!(number(&one("upload-offset", "42"), "upload-offset").unwrap(), 42);
        for bad in ["", "-1", "+1", "1.0", "0x1", "18446744073709551616", "1 2"] {
            assert!(number(&one("upload-offset", bad), "upload-offset").is_err(), "{bad}");
        }
        let mut twice = one("upload-offset", "1");
        twice.append("upload-offset", "1".parse().unwrap());
        assert!(number(&twice, "upload-offset").is_err());
    }

    #[test]
    fn checksums_are_read_by_their_algorithm() {
        let mut sum =
            checksum(&one("upload-checksum", "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=")).unwrap().unwrap();
        sum.update(b"hel");
        sum.update(b"lo");
        assert!(sum.fits());
        assert!(matches!(checksum(&one("upload-checksum", "md5 AAAA")), Err(TusProblem::ChecksumAlgorithm)));
        for bad in ["sha1", "sha1 !", "sha1 AAAA", "sha256 qvTGHdzF6KLavt4PO0gs2a6pQ00="] {
            assert!(matches!(checksum(&one("upload-checksum", bad)), Err(TusProblem::Header(_))), "{bad}");
        }
    }
}
