//! Signed requests: one fixed profile of RFC 9421 (HTTP Message Signatures) with RFC 9530 (Content-Digest).
//!
//! Signed are exactly `@method`, `@path`, `@query`, `x-device`, `x-counter`, and `content-digest` exactly when the
//! body is not empty; the algorithm is Ed25519 and `keyid` repeats `x-device`. Any label, any order of the components
//! and the parameters `created`, `nonce` and `alg` are accepted, so that foreign libraries can sign; `created` is
//! ignored, for a device's clock may be decades off (a counter stops replays, see [`super::counter`]).
//!
//! This is not a general verifier: whatever the profile does not name is refused, since an empty or partial list of
//! components, a digest that nobody compares and a second signature are how such verifiers were broken. It knows no
//! HTTP library: it takes texts and bytes, so that client, server and simulation share it.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sfv::{BareItem, Dictionary, FieldType, InnerList, ListEntry, Parser};
use sha2::{Digest, Sha256};

/// Name of the header that says which device signs.
pub const X_DEVICE: &str = "x-device";
/// Name of the header with the device's request counter.
pub const X_COUNTER: &str = "x-counter";
/// Name of the header with the body's hash (RFC 9530).
pub const CONTENT_DIGEST: &str = "content-digest";
/// Name of the header that lists what is signed (RFC 9421 §4.1).
pub const SIGNATURE_INPUT: &str = "signature-input";
/// Name of the header with the signature itself (RFC 9421 §4.2).
pub const SIGNATURE: &str = "signature";

/// Longest device text, in bytes.
pub const DEVICE_LEN_MAX: usize = 64;
/// Greatest counter: it is kept in a signed 64-bit column.
pub const COUNTER_MAX: u64 = i64::MAX as u64;
/// Longest `Signature-Input` or `Signature` that is looked at, in bytes; ours are below 200.
const HEADER_LEN_MAX: usize = 1024;
/// Under which label we sign; verifying accepts any.
const LABEL: &str = "gw";
const COMPONENTS: [&str; 5] = ["@method", "@path", "@query", X_DEVICE, X_COUNTER];

/// What of a request is signed or looked at while verifying.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `POST` …, in capitals as sent.
    pub method: &'a str,
    /// Path as sent: percent-encoded, beginning with `/`; empty counts as `/`.
    pub path: &'a str,
    /// Query as sent, without the `?`; empty when there is none.
    pub query: &'a str,
    /// Every header line in order, names in any case. Signing does not look at them.
    pub headers: &'a [(&'a str, &'a str)],
    /// The content as sent, which is to say still compressed.
    pub body: &'a [u8],
}

/// Who signed, and with which counter: the counter is for the caller to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The device's text, as it stands in `x-device`.
    pub device: String,
    /// The request's counter.
    pub counter: u64,
}

/// Why a request does not count as signed. Nothing of the request is repeated in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureProblem {
    /// A header of the profile is not there.
    #[error("the request has no {0} header; sign it")]
    HeaderMissing(&'static str),
    /// A header of the profile stands there twice.
    #[error("the {0} header stands more than once; send it once")]
    HeaderRepeated(&'static str),
    /// A header cannot be read, or is not in its one canonical form.
    #[error("the {0} header is not in canonical form")]
    HeaderMalformed(&'static str),
    /// More than one signature.
    #[error("the request bears more than one signature; send one")]
    SeveralSignatures,
    /// Nothing is signed at all.
    #[error("the signature covers no component")]
    NothingCovered,
    /// A component of the profile is not signed.
    #[error("the signature does not cover {0}")]
    ComponentMissing(&'static str),
    /// A component is named twice.
    #[error("the signature covers a component twice")]
    ComponentRepeated,
    /// A component outside the profile, or one with parameters.
    #[error("the signature covers a component outside the profile")]
    ComponentUnknown,
    /// A parameter outside the profile, or of the wrong type.
    #[error("the signature has a parameter outside the profile")]
    ParameterUnknown,
    /// Another algorithm than Ed25519.
    #[error("the signature is not of the algorithm ed25519")]
    AlgorithmWrong,
    /// `keyid` is missing or is not the device.
    #[error("the signature's keyid is not the x-device header")]
    KeyIdWrong,
    /// The body is not covered by a digest.
    #[error("the body is not covered: send content-digest and sign it")]
    DigestMissing,
    /// A digest stands there although there is no body.
    #[error("a content-digest without a body")]
    DigestWithoutBody,
    /// The digest is of another body.
    #[error("the content-digest is not that of the body")]
    DigestWrong,
    /// The signature is not by this device's key over this request.
    #[error("the signature is not by this device over this request")]
    SignatureWrong,
}

impl SignatureProblem {
    /// Stable code for answers and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HeaderMissing(_) => "signature_header_missing",
            Self::HeaderRepeated(_) => "signature_header_repeated",
            Self::HeaderMalformed(_) => "signature_header_malformed",
            Self::SeveralSignatures => "signature_several",
            Self::NothingCovered => "signature_covers_nothing",
            Self::ComponentMissing(_) => "signature_component_missing",
            Self::ComponentRepeated => "signature_component_repeated",
            Self::ComponentUnknown => "signature_component_unknown",
            Self::ParameterUnknown => "signature_parameter_unknown",
            Self::AlgorithmWrong => "signature_algorithm_wrong",
            Self::KeyIdWrong => "signature_keyid_wrong",
            Self::DigestMissing => "signature_digest_missing",
            Self::DigestWithoutBody => "signature_digest_without_body",
            Self::DigestWrong => "signature_digest_wrong",
            Self::SignatureWrong => "signature_wrong",
        }
    }
}

/// Signs a request: answers the headers to add to it, names in lower case.
///
/// `device` is at most [`DEVICE_LEN_MAX`] bytes of ASCII letters, digits, `-`, `_`, `.` or `:`; `counter` is at most
/// [`COUNTER_MAX`] and must be kept durably by the caller before the request leaves.
pub fn sign(
    request: &Request<'_>,
    device: &str,
    counter: u64,
    key: &SigningKey,
) -> Result<Vec<(&'static str, String)>, SignatureProblem> {
    if !is_device(device) {
        return Err(SignatureProblem::HeaderMalformed(X_DEVICE));
    }
    if counter > COUNTER_MAX {
        return Err(SignatureProblem::HeaderMalformed(X_COUNTER));
    }
    let counter_text = counter.to_string();
    let digest = (!request.body.is_empty()).then(|| content_digest(request.body));
    let mut covered = COMPONENTS.to_vec();
    covered.extend(digest.as_ref().map(|_| CONTENT_DIGEST));
    let list = covered.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" ");
    let params = format!("({list});keyid=\"{device}\";alg=\"ed25519\"");
    let values = Values { request, device, counter: &counter_text, digest: digest.as_deref() };
    let signature = key.sign(base(&covered, &values, &params).as_bytes()).to_bytes();

    let mut headers = vec![(X_DEVICE, device.to_owned()), (X_COUNTER, counter_text)];
    headers.extend(digest.map(|text| (CONTENT_DIGEST, text)));
    headers.push((SIGNATURE_INPUT, format!("{LABEL}={params}")));
    headers.push((SIGNATURE, bytes_member(LABEL, &signature)));
    Ok(headers)
}

/// Verifies a request whose device's key is at hand; see [`Claim`] where the key must be looked up first.
pub fn verify(request: &Request<'_>, key: &VerifyingKey) -> Result<Verified, SignatureProblem> {
    Claim::read(request)?.verify(key)
}

/// A request that follows the profile and whose body fits its digest, the signature itself not yet checked.
///
/// Only good for finding the key: nothing in it is proven before [`Claim::verify`].
#[derive(Debug)]
pub struct Claim<'a> {
    device: &'a str,
    counter: u64,
    base: String,
    signature: [u8; 64],
}

impl<'a> Claim<'a> {
    /// Reads who claims to have signed, checking all that can be checked without the key.
    pub fn read(request: &Request<'a>) -> Result<Claim<'a>, SignatureProblem> {
        let device = needed(request, X_DEVICE)?;
        if !is_device(device) {
            return Err(SignatureProblem::HeaderMalformed(X_DEVICE));
        }
        let counter_text = needed(request, X_COUNTER)?;
        let counter = read_counter(counter_text)?;
        let digest = header(request, CONTENT_DIGEST)?;
        let input_text = needed(request, SIGNATURE_INPUT)?;
        let (label, input) = only_member(SIGNATURE_INPUT, input_text)?;
        let ListEntry::InnerList(input) = input else {
            return Err(SignatureProblem::HeaderMalformed(SIGNATURE_INPUT));
        };
        let (signature_label, signature) = only_member(SIGNATURE, needed(request, SIGNATURE)?)?;
        if signature_label != label {
            return Err(SignatureProblem::HeaderMalformed(SIGNATURE));
        }
        let signature = bytes_of(&signature)
            .and_then(|b| b.try_into().ok())
            .ok_or(SignatureProblem::HeaderMalformed(SIGNATURE))?;

        check_parameters(&input, device)?;
        let covered = covered(&input)?;
        check_digest(&covered, digest, request.body)?;
        let values = Values { request, device, counter: counter_text, digest };
        // The header is canonical, so what follows its label is the serialisation that RFC 9421 §2.3 signs.
        let params = &input_text[label.len() + 1..];
        Ok(Claim { device, counter, base: base(&covered, &values, params), signature })
    }

    /// The device that claims to have signed.
    pub fn device(&self) -> &'a str {
        self.device
    }

    /// Checks the signature. Strict: a non-canonical `S` and keys or points of small order are refused (RFC 8032 §5.1.7).
    pub fn verify(&self, key: &VerifyingKey) -> Result<Verified, SignatureProblem> {
        key.verify_strict(self.base.as_bytes(), &Signature::from_bytes(&self.signature))
            .map_err(|_| SignatureProblem::SignatureWrong)?;
        Ok(Verified { device: self.device.to_owned(), counter: self.counter })
    }
}

/// The `Content-Digest` of a body: `sha-256=:…:` (RFC 9530 §2).
pub fn content_digest(body: &[u8]) -> String {
    bytes_member("sha-256", &Sha256::digest(body))
}

struct Values<'a> {
    request: &'a Request<'a>,
    device: &'a str,
    counter: &'a str,
    digest: Option<&'a str>,
}

/// The signature base of RFC 9421 §2.5.
fn base(covered: &[&str], values: &Values<'_>, params: &str) -> String {
    let mut text = String::new();
    for name in covered {
        let query;
        let value = match *name {
            "@method" => values.request.method,
            "@path" if values.request.path.is_empty() => "/",
            "@path" => values.request.path,
            "@query" => {
                query = format!("?{}", values.request.query);
                &query
            }
            X_DEVICE => values.device,
            X_COUNTER => values.counter,
            _ => values.digest.unwrap_or_default(),
        };
        text.push_str(&format!("\"{name}\": {value}\n"));
    }
    text.push_str("\"@signature-params\": ");
    text.push_str(params);
    text
}

/// The covered components, in the signer's order: each of the profile once, `content-digest` once or not at all.
fn covered(input: &InnerList) -> Result<Vec<&'static str>, SignatureProblem> {
    if input.items.is_empty() {
        return Err(SignatureProblem::NothingCovered);
    }
    let mut covered = Vec::new();
    for item in &input.items {
        let name = item.bare_item.as_string().map(|s| s.as_str());
        let known = COMPONENTS.into_iter().chain([CONTENT_DIGEST]).find(|c| Some(*c) == name);
        let (Some(known), true) = (known, item.params.is_empty()) else {
            return Err(SignatureProblem::ComponentUnknown);
        };
        if covered.contains(&known) {
            return Err(SignatureProblem::ComponentRepeated);
        }
        covered.push(known);
    }
    match COMPONENTS.into_iter().find(|c| !covered.contains(c)) {
        Some(missing) => Err(SignatureProblem::ComponentMissing(missing)),
        None => Ok(covered),
    }
}

fn check_parameters(input: &InnerList, device: &str) -> Result<(), SignatureProblem> {
    let mut keyid = None;
    for (name, value) in &input.params {
        match (name.as_str(), value) {
            ("keyid", BareItem::String(text)) => keyid = Some(text.as_str()),
            ("alg", BareItem::String(text)) if text.as_str() == "ed25519" => {}
            ("alg", _) => return Err(SignatureProblem::AlgorithmWrong),
            ("created", BareItem::Integer(_)) | ("nonce", BareItem::String(_)) => {}
            _ => return Err(SignatureProblem::ParameterUnknown),
        }
    }
    if keyid == Some(device) { Ok(()) } else { Err(SignatureProblem::KeyIdWrong) }
}

fn check_digest(covered: &[&str], digest: Option<&str>, body: &[u8]) -> Result<(), SignatureProblem> {
    let is_covered = covered.contains(&CONTENT_DIGEST);
    if body.is_empty() {
        return if is_covered || digest.is_some() {
            Err(SignatureProblem::DigestWithoutBody)
        } else {
            Ok(())
        };
    }
    let (Some(digest), true) = (digest, is_covered) else {
        return Err(SignatureProblem::DigestMissing);
    };
    let (name, value) = only_member(CONTENT_DIGEST, digest)?;
    if name != "sha-256" {
        return Err(SignatureProblem::HeaderMalformed(CONTENT_DIGEST));
    }
    let claimed = bytes_of(&value).ok_or(SignatureProblem::HeaderMalformed(CONTENT_DIGEST))?;
    if claimed == Sha256::digest(body).as_slice() { Ok(()) } else { Err(SignatureProblem::DigestWrong) }
}

/// The one member of a dictionary (RFC 9651 §3.2) in canonical form.
///
/// Demanding that the text equals its own serialisation refuses what parsers overlook or repair: a label or parameter
/// that stands twice (the last would win), odd spaces, unpadded base64.
fn only_member(name: &'static str, text: &str) -> Result<(String, ListEntry), SignatureProblem> {
    let malformed = SignatureProblem::HeaderMalformed(name);
    if text.len() > HEADER_LEN_MAX {
        return Err(malformed);
    }
    let dictionary: Dictionary = Parser::new(text).parse().map_err(|_| malformed)?;
    if dictionary.len() > 1 && name != CONTENT_DIGEST {
        return Err(SignatureProblem::SeveralSignatures);
    }
    if dictionary.len() != 1 || dictionary.serialize().as_deref() != Some(text) {
        return Err(malformed);
    }
    let (label, value) = dictionary.into_iter().next().ok_or(malformed)?;
    Ok((label.as_str().to_owned(), value))
}

fn bytes_of(entry: &ListEntry) -> Option<&[u8]> {
    match entry {
        ListEntry::Item(item) if item.params.is_empty() => item.bare_item.as_byte_sequence(),
        _ => None,
    }
}

fn bytes_member(name: &str, bytes: &[u8]) -> String {
    let value = sfv::Item::new(bytes.to_vec()).serialize();
    format!("{name}={value}")
}

fn needed<'a>(request: &Request<'a>, name: &'static str) -> Result<&'a str, SignatureProblem> {
    header(request, name)?.ok_or(SignatureProblem::HeaderMissing(name))
}

/// The value of a header that may stand at most once, spaces around it taken off (RFC 9421 §2.1).
fn header<'a>(request: &Request<'a>, name: &'static str) -> Result<Option<&'a str>, SignatureProblem> {
    let mut found = request.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
    let value = found.next().map(|(_, value)| value.trim_matches([' ', '\t']));
    if found.next().is_some() {
        return Err(SignatureProblem::HeaderRepeated(name));
    }
    Ok(value)
}

fn is_device(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"-_.:".contains(&b);
    (1..=DEVICE_LEN_MAX).contains(&text.len()) && text.bytes().all(letter)
}

/// Reads a counter in its only spelling: digits without a leading zero.
fn read_counter(text: &str) -> Result<u64, SignatureProblem> {
    let value = text.parse().ok().filter(|n: &u64| *n <= COUNTER_MAX && n.to_string() == text);
    value.ok_or(SignatureProblem::HeaderMalformed(X_COUNTER))
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
