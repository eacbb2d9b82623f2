//! Requests of devices: signed by the device's key, each with a counter never used before.
//!
//! A handler that takes a [`DeviceRequest`] cannot forget the check: there is no other way to the body.

use crate::api::error::ApiError;
use crate::app::App;
use crate::store::replica::{Replica, ReplicaState};
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderName;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Parts;
use ed25519_dalek::VerifyingKey;
use gridweave_core::ids::Rid;
use gridweave_core::wire::WIRE_BYTES_MAX;
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
        let Some(key) = <[u8; 32]>::try_from(replica.device_key.as_slice())
            .ok()
            .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
        else {
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

impl FromRequest<Arc<App>> for DeviceRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let signed = SelfSigned::from_request(request, app).await?;
        let rid = signed.claimed()?;
        let (key, state) = {
            let entries = app.devices.lock();
            entries.get(&rid).map(|e| (e.key, e.state)).ok_or_else(unknown)?
        };
        let counter = signed.signed_by(key.as_bytes(), rid)?;
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
        let body = to_bytes(body, WIRE_BYTES_MAX).await.map_err(|_| {
            ApiError::new(
                413,
                "body_too_large",
                "the body is larger than a request may be; send fewer changes at once",
            )
        })?;
        let has = |name: HeaderName| {
            let mut values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.any(|value| value.contains("application/json"))
        };
        let (is_json, wants_json) = (has(CONTENT_TYPE), has(ACCEPT));
        Ok(SelfSigned { parts, body, is_json, wants_json })
    }
}

impl SelfSigned {
    /// The replica that the request says it is of.
    fn claimed(&self) -> Result<Rid, ApiError> {
        self.with_claim(|claim| claim.device().parse().map_err(|_| unknown()))
    }

    /// Checks that this replica signed the request with this key; answers the request's counter.
    pub fn signed_by(&self, key: &[u8], rid: Rid) -> Result<u64, ApiError> {
        let key = <[u8; 32]>::try_from(key).ok().and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        let key = key.ok_or_else(unknown)?;
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
