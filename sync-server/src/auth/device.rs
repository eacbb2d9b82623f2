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
        let (parts, body) = request.into_parts();
        let body = message::body(body).await?;
        let mut headers = Vec::with_capacity(parts.headers.len());
        for (name, value) in &parts.headers {
            // A header that is no text cannot be one of the signed ones.
            headers.extend(value.to_str().ok().map(|value| (name.as_str(), value)));
        }
        let signed = signature::Request {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or(""),
            headers: &headers,
            body: &body,
        };
        let claim =
            signature::Claim::read(&signed).map_err(|p| ApiError::new(401, p.code(), &p.to_string()))?;
        let unknown = || {
            ApiError::new(
                401,
                "unknown_device",
                "no device with this number signs like that; enrol the device again",
            )
        };
        let rid: Rid = claim.device().parse().map_err(|_| unknown())?;
        let (key, state) = {
            let entries = app.devices.lock();
            entries.get(&rid).map(|e| (e.key, e.state)).ok_or_else(unknown)?
        };
        let verified = claim.verify(&key).map_err(|_| unknown())?;
        app.devices.use_counter(rid, verified.counter)?;
        Ok(DeviceRequest {
            rid,
            state,
            counter: verified.counter,
            is_json: message::says_json(&parts.headers, CONTENT_TYPE),
            wants_json: message::says_json(&parts.headers, ACCEPT),
            body,
        })
    }
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
        used.0.counter = Some(entry.counters.highest.max(counter.min(entry.counters.highest + WINDOW)));
        Err(used)
    }
}
