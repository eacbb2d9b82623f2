//! `POST /v1/enrol`: a device asks to join, and asks again until it is told.

use super::error::ApiError;
use super::message;
use crate::app::App;
use crate::auth::limits::Stranger;
use crate::store::enrolment::EnrolOutcome;
use axum::body::Bytes as Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use ed25519_dalek::Signer;
use gridweave_core::wire::enrol::{Enrol, EnrolReply};
use gridweave_core::wire::{self, Bytes, seal};
use std::sync::Arc;

/// Takes in the device's part. Not signed like other requests: the device has no number yet; the one-time secret
/// proves it instead.
pub async fn enrol(
    State(app): State<Arc<App>>,
    Stranger(admitted): Stranger,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    admitted?;
    let has = |name: &str, part: &str| {
        headers.get(name).is_some_and(|v| v.to_str().is_ok_and(|v| v.contains(part)))
    };
    let request: Enrol = if has("content-type", "application/json") {
        message::read_json(&body)?
    } else {
        wire::unpack(&body)?
    };
    let sealing_key = request.sealing_key.0.clone();
    let reply = match app.store.enrol(request, app.now_ms()).await? {
        EnrolOutcome::Refused => {
            return Err(ApiError::new(
                403,
                "enrolment_refused",
                "the code ran out, was used, or is not of this city; ask your supervisor to show a new one",
            ));
        }
        EnrolOutcome::Pending => EnrolReply::Pending,
        EnrolOutcome::Enrolled(certificate) => {
            if let Some(replica) = app.store.replica(certificate.rid).await? {
                app.devices.put(&replica);
            }
            let sealed = seal::seal(&sealing_key, seal::IDENTITY_KEY_INFO, &app.identity_key)
                .map_err(|_| ApiError::new(422, "bad_key", "the sealing key is not a usable X25519 key"))?;
            let signature = Bytes(app.keys.receipt().sign(&certificate.signed_bytes()).to_bytes().to_vec());
            EnrolReply::Enrolled { certificate, signature, sealed_identity_key: Bytes(sealed) }
        }
    };
    Ok(message::write(&reply, has("accept", "application/json")))
}
