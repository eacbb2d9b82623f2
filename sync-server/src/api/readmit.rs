//! Certificates, and devices that come back with them to a server that was put back from a backup.

use super::error::ApiError;
use super::message;
use crate::app::App;
use crate::auth::device::{DeviceRequest, SelfSigned};
use crate::auth::limits::Stranger;
use crate::store::readmit::ReadmitOutcome;
use crate::store::replica::ReplicaState;
use axum::extract::State;
use axum::response::Response;
use ed25519_dalek::Signer;
use gridweave_core::wire::Bytes;
use gridweave_core::wire::enrol::Admission;
use gridweave_core::wire::v1::{Readmit, ReadmitReply};
use std::sync::Arc;

/// Asks for the replica's own certificate.
#[utoipa::path(post, path = "/v1/admission", tag = "devices",
    responses((status = 200, description = "The certificate, signed by the organisation.", body = Admission)),
    extensions(("x-refusals" = json!({"403": ["revoked", "no_device"]}))))]
pub async fn admission(State(app): State<Arc<App>>, request: DeviceRequest) -> Result<Response, ApiError> {
    if !matches!(request.state, ReplicaState::Active | ReplicaState::Unconfirmed) {
        return Err(ApiError::new(403, "revoked", "this device gets no certificate. Ask your supervisor"));
    }
    let found = app.store.certificate(request.rid).await?;
    let (certificate, device) =
        found.ok_or_else(|| ApiError::new(403, "no_device", "only devices have a certificate"))?;
    let signature = Bytes(app.keys.receipt().sign(&certificate.signed_bytes()).to_bytes().to_vec());
    Ok(message::write(&Admission { certificate, signature, device }, request.wants_json))
}

/// Takes in a device that this server does not know any more.
///
/// The request is signed by the key in its certificate, and the certificate by this organisation.
#[utoipa::path(post, path = "/v1/readmit", tag = "devices", request_body = Readmit,
    responses((status = 200, description = "Known again: everything is to be offered again.", body = ReadmitReply)),
    extensions(("x-refusals" = json!({
        "403": ["not_admitted"], "409": ["number_taken"], "422": ["malformed"]
    }))))]
pub async fn readmit(
    State(app): State<Arc<App>>,
    Stranger(admitted): Stranger,
    request: SelfSigned,
) -> Result<Response, ApiError> {
    admitted?;
    let ask: Readmit = message::read_body(&request.body, request.is_json)?;
    let refused = |code, why| Err(ApiError::new(403, code, why));
    if !ask.admission.is_signed(&app.keys.receipt().verifying_key()) {
        return refused(
            "not_admitted",
            "the certificate is not of this organisation; ask your supervisor, and keep the device as it is",
        );
    }
    let certificate = &ask.admission.certificate;
    let counter = request.signed_by(&certificate.device_key.0, certificate.rid)?;
    let fits = ask.chain_key.0.len() == 32 && ask.admission.device.len() <= 200 && ask.grids.len() <= 1000;
    if !fits {
        return Err(ApiError::new(422, "malformed", "a key of the wrong length, or more than a device has"));
    }
    match app.store.readmit(ask, counter, app.now_ms()).await? {
        ReadmitOutcome::Known(replica, epoch) => {
            app.devices.put(&replica);
            Ok(message::write(&ReadmitReply { epoch, last_seq: replica.last_seq }, request.wants_json))
        }
        ReadmitOutcome::NumberTaken => Err(ApiError::new(
            409,
            "number_taken",
            "the server was put back from a backup and gave this device's number to another; all work is still on \
             the device: keep it as it is and ask your supervisor",
        )),
    }
}
