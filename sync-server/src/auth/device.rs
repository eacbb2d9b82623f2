//! Requests of devices: signed by the device's key, each with a counter never used before.
//!
//! A handler that takes a [`DeviceRequest`] cannot forget the check: there is no other way to the body.

use crate::api::error::{ApiError, Refusals};
use crate::api::message;
use crate::app::App;
use crate::store::replica::{Replica, ReplicaState};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Parts;
use ed25519_dalek::VerifyingKey;
use gridweave_core::ids::Rid;
use gridweave_core::wire::counter::{CounterWindow, WINDOW};
use gridweave_core::wire::signature;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// Keys, states and counters of all replicas, in memory: checked at each request.
#[derive(Default)]
pub struct Devices(Mutex<HashMap<Rid, Entry>>);

struct Entry {
    key: VerifyingKey,
    state: ReplicaState,
    counters: CounterWindow,
}

impl Devices {
    /// Takes in a replica, or what changed about it. The counters of a known one go on.
    pub fn put(&self, replica: &Replica) {
        let Some(key) = key(&replica.device_key) else {
            return; // A writer of the server itself: it sends no requests.
        };
        let mut entries = self.lock();
        let highest = replica.counter;
        // After a restart all counters up to the stored one count as used.
        let counters =
            entries.get(&replica.rid).map_or(CounterWindow { highest, window: u64::MAX }, |e| e.counters);
        entries.insert(replica.rid, Entry { key, state: replica.state, counters });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Rid, Entry>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A device's key, if these bytes are one that can verify a signature.
pub fn key(bytes: &[u8]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?;
    // Anybody can sign for a weak one.
    Some(key).filter(|key| !key.is_weak())
}

/// A request that a known device signed.
#[derive(Debug)]
pub struct DeviceRequest {
    /// Which replica.
    pub rid: Rid,
    /// What it may do.
    pub state: ReplicaState,
    /// The counter of this request.
    pub counter: u64,
    /// The body, as signed.
    pub body: Bytes,
    /// The body is JSON.
    pub is_json: bool,
    /// The answer is wanted as JSON.
    pub wants_json: bool,
}

/// How a request is refused that no known device signed, or that was heard before.
pub const REFUSALS: Refusals = &[
    (
        401,
        &[
            "signature_header_missing",
            "signature_header_repeated",
            "signature_header_malformed",
            "signature_several",
            "signature_covers_nothing",
            "signature_component_missing",
            "signature_component_repeated",
            "signature_component_unknown",
            "signature_parameter_unknown",
            "signature_algorithm_wrong",
            "signature_keyid_wrong",
            "signature_digest_missing",
            "signature_digest_without_body",
            "signature_digest_wrong",
            "unknown_device",
        ],
    ),
    (409, &["counter_used"]),
];

impl FromRequest<Arc<App>> for DeviceRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let signed = SelfSigned::from_request(request, app).await?;
        let (rid, state, counter) = signed.with_claim(|claim| {
            let rid: Rid = claim.device().parse().map_err(|_| unknown())?;
            let known = app.devices.lock().get(&rid).map(|entry| (entry.key, entry.state));
            let (key, state) = known.ok_or_else(unknown)?;
            let verified = claim.verify(&key).map_err(|_| unknown())?;
            Ok((rid, state, verified.counter))
        })?;
        app.limits.device(rid)?;
        app.devices.use_counter(rid, counter)?;
        let SelfSigned { body, is_json, wants_json, .. } = signed;
        Ok(DeviceRequest { rid, state, counter, is_json, wants_json, body })
    }
}

/// A request with a signature that nobody has checked yet: the key is somewhere in the body.
#[derive(Debug)]
pub struct SelfSigned {
    parts: Parts,
    /// The body, as sent.
    pub body: Bytes,
    /// The body is JSON.
    pub is_json: bool,
    /// The answer is wanted as JSON.
    pub wants_json: bool,
}

impl FromRequest<Arc<App>> for SelfSigned {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = message::body(body).await?;
        let is_json = message::says_json(&parts.headers, CONTENT_TYPE);
        let wants_json = message::says_json(&parts.headers, ACCEPT);
        Ok(SelfSigned { parts, body, is_json, wants_json })
    }
}

impl SelfSigned {
    /// Checks that this replica signed the request with this key; answers the request's counter.
    pub fn signed_by(&self, bytes: &[u8], rid: Rid) -> Result<u64, ApiError> {
        let key = key(bytes).ok_or_else(unknown)?;
        self.with_claim(|claim| {
            let is_of = claim.device() == rid.to_string();
            claim.verify(&key).ok().filter(|_| is_of).map(|verified| verified.counter).ok_or_else(unknown)
        })
    }

    fn with_claim<T>(
        &self,
        look: impl FnOnce(signature::Claim<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        // A header that is no text cannot be one of the signed ones.
        let headers = self.parts.headers.iter();
        let headers: Vec<(&str, &str)> =
            headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
        let signed = signature::Request {
            method: self.parts.method.as_str(),
            path: self.parts.uri.path(),
            query: self.parts.uri.query().unwrap_or(""),
            headers: &headers,
            body: &self.body,
        };
        look(signature::Claim::read(&signed).map_err(|p| ApiError::new(401, p.code(), &p.to_string()))?)
    }
}

fn unknown() -> ApiError {
    ApiError::new(401, "unknown_device", "no device with this number signs like that; enrol the device again")
}

impl Devices {
    fn use_counter(&self, rid: Rid, counter: u64) -> Result<(), ApiError> {
        let mut entries = self.lock();
        let Some(entry) = entries.get_mut(&rid) else {
            return Err(ApiError::new(401, "unknown_device", "the device was removed; enrol it again"));
        };
        if entry.counters.accept(counter) {
            return Ok(());
        }
        let mut used =
            ApiError::new(409, "counter_used", "this request counter was used before; go past the one given");
        used.refusal.counter = Some(entry.counters.highest.max(counter.min(entry.counters.highest + WINDOW)));
        Err(used)
    }
}
