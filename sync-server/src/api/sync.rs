//! The exchange of sync, the server's half of `gridweave_core::wire::Exchange`, over HTTP.

use super::error::ApiError;
use super::message;
use crate::app::App;
use crate::auth::device::{self, DeviceRequest};
use crate::store::StoreError;
use crate::store::push::{PushContext, PushOutcome};
use crate::store::replica::ReplicaState;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::Response;
use gridweave_core::ids::Rid;
use gridweave_core::wire::pins::{PinsNotice, X_PINS, mark};
use gridweave_core::wire::v1::*;
use gridweave_core::wire::{Bytes, PUSH_CHANGES_MAX, chain};
use std::sync::Arc;

/// Hands in changes of one replica.
///
/// What the answer calls received is on disk. A change that is not accepted is received too, and waits in quarantine.
#[utoipa::path(post, path = "/v1/push", tag = "devices", request_body = Push,
    responses((status = 200, description = "What became of them.", body = PushReply)),
    extensions(("x-refusals" = json!({
        "403": ["other_replica", "quota_used"], "413": ["too_many_changes"], "422": ["head_signature"]
    }))))]
pub async fn push(State(app): State<Arc<App>>, request: DeviceRequest) -> Result<Response, ApiError> {
    let push: Push = message::read(&request)?;
    own(&request, push.rid)?;
    if push.changes.len() > PUSH_CHANGES_MAX {
        return Err(ApiError::new(
            413,
            "too_many_changes",
            "one push holds at most 512 changes; send them in parts",
        ));
    }
    let (rid, epoch) = (push.rid, app.city.epoch);
    let context = PushContext {
        identity_key: app.identity_key.clone(),
        now_ms: app.now_ms(),
        bytes_up: request.body.len() as u64,
        counter: request.counter,
    };
    let reply = match app.store.push(push, context).await? {
        PushOutcome::Received { durable_seq, hash, quarantined } => {
            let signature = chain::sign_receipt(&app.keys.receipt(), rid, durable_seq, hash, epoch);
            let (server_ms, signature) = (app.now_ms(), Bytes(signature));
            PushReply::Received(Receipt { rid, durable_seq, hash, epoch, server_ms, signature, quarantined })
        }
        PushOutcome::Gap(expected_seq) => PushReply::Gap { expected_seq },
        PushOutcome::Fork(fork) => PushReply::Fork(fork),
        PushOutcome::Epoch(last_seq) => PushReply::Epoch { epoch, last_seq },
        PushOutcome::BadSignature => {
            return Err(ApiError::new(
                422,
                "head_signature",
                "the signature on the head of the log does not fit the changes",
            ));
        }
        PushOutcome::QuotaUsed => {
            return Err(ApiError::new(
                403,
                "quota_used",
                "this revoked device has handed in as much as is kept of one",
            ));
        }
    };
    Ok(message::write(&reply, request.wants_json))
}

/// Asks for what is new in the device's grids.
#[utoipa::path(post, path = "/v1/pull", tag = "devices", request_body = Pull,
    responses((status = 200, description = "One page of it.", body = PullReply)),
    extensions(("x-refusals" = json!({"403": ["revoked", "retired"]}))))]
pub async fn pull(State(app): State<Arc<App>>, request: DeviceRequest) -> Result<Response, ApiError> {
    let pull: Pull = message::read(&request)?;
    may_read(&request)?;
    let reply =
        app.store.pull(request.rid, pull, app.now_ms(), request.body.len() as u64, request.counter).await?;
    let mut answer = message::write(&reply, request.wants_json);
    if let Some(Ok(mark)) = app.pins.as_ref().map(|notice| HeaderValue::try_from(mark(&notice.pins))) {
        answer.headers_mut().insert(X_PINS, mark);
    }
    Ok(answer)
}

/// Asks which TLS keys of this server to believe from now on.
///
/// For every replica: a revoked one, too, may hand in.
#[utoipa::path(post, path = "/v1/pins", tag = "devices",
    responses((status = 200, description = "The keys, signed by the organisation.", body = PinsNotice)))]
pub async fn pins(State(app): State<Arc<App>>, request: DeviceRequest) -> Result<Response, ApiError> {
    let notice = app.keys.pins_notice().map_err(|_| StoreError::Corrupt("the TLS key"))?;
    Ok(message::write(&notice, request.wants_json))
}

/// Asks for digests of ranges of a grid's records, to find where two sides differ.
///
/// Of more than 256 ranges the first 256 are answered.
#[utoipa::path(post, path = "/v1/digests", tag = "devices", request_body = Digests,
    responses((status = 200, description = "Digests, and records wanted whole.", body = DigestsReply)),
    extensions(("x-refusals" = json!({
        "403": ["revoked", "retired", "unconfirmed"], "404": ["unknown_grid"]
    }))))]
pub async fn digests(State(app): State<Arc<App>>, request: DeviceRequest) -> Result<Response, ApiError> {
    let ask: Digests = message::read(&request)?;
    may_read(&request)?;
    if request.state == ReplicaState::Unconfirmed {
        return Err(unconfirmed());
    }
    match app.store.digests(request.rid, ask, app.now_ms()).await? {
        Some(reply) => Ok(message::write(&reply, request.wants_json)),
        None => Err(ApiError::new(404, "unknown_grid", "this is not a grid of the device")),
    }
}

/// Asks for a new replica after a fork.
#[utoipa::path(post, path = "/v1/rekey", tag = "devices", request_body = Rekey,
    responses((status = 200, description = "The new replica's number.", body = RekeyReply)),
    extensions(("x-refusals" = json!({
        "403": ["other_replica", "revoked", "retired"], "409": ["no_fork"], "422": ["bad_key"]
    }))))]
pub async fn rekey(State(app): State<Arc<App>>, request: DeviceRequest) -> Result<Response, ApiError> {
    let ask: Rekey = message::read(&request)?;
    own(&request, ask.old_rid)?;
    may_read(&request)?;
    if device::key(&ask.device_key.0).is_none() || ask.chain_key.0.len() != 32 {
        return Err(ApiError::new(
            422,
            "bad_key",
            "the device key is no Ed25519 key, or the chain key not 32 bytes",
        ));
    }
    match app.store.rekey(ask, app.now_ms()).await? {
        Some(replica) => {
            app.devices.put(&replica);
            Ok(message::write(&RekeyReply { rid: replica.rid }, request.wants_json))
        }
        None => Err(ApiError::new(409, "no_fork", "the log does not part there; pull again")),
    }
}

/// A device speaks for its own replica alone.
fn own(request: &DeviceRequest, rid: Rid) -> Result<(), ApiError> {
    if request.rid == rid {
        Ok(())
    } else {
        Err(ApiError::new(403, "other_replica", "this is the log of another device"))
    }
}

/// Revoked and replaced replicas get nothing.
fn may_read(request: &DeviceRequest) -> Result<(), ApiError> {
    match request.state {
        ReplicaState::Active | ReplicaState::Unconfirmed => Ok(()),
        ReplicaState::Revoked => Err(ApiError::new(
            403,
            "revoked",
            "this device was revoked: it may still hand in what it has, and gets nothing. Ask your supervisor",
        )),
        ReplicaState::Retired | ReplicaState::Server => Err(ApiError::new(
            403,
            "retired",
            "this replica was replaced by another after its log was copied",
        )),
    }
}

fn unconfirmed() -> ApiError {
    ApiError::new(403, "unconfirmed", "a supervisor has yet to confirm this device after its log was copied")
}
