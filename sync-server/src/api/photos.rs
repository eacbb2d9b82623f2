//! `POST /v1/upload-grants`: leave to upload one photo. No answer tells whether somebody else's photo is here.

use super::error::ApiError;
use super::message;
use crate::app::App;
use crate::auth::device::DeviceRequest;
use crate::store::photos::GrantOutcome;
use crate::store::replica::ReplicaState;
use crate::tus::PHOTO_LEN_MAX;
use axum::extract::State;
use axum::response::Response;
use gridweave_core::wire::v1::{UploadGrant, UploadGrantReply};
use gridweave_core::wire::{Bytes, chain};
use std::sync::Arc;

/// Grants the upload of one photo, or answers its receipt again. A revoked device is granted the photos of what it
/// handed in before, up to a quota.
#[utoipa::path(post, path = "/v1/upload-grants", tag = "devices", request_body = UploadGrant,
    responses((status = 200, description = "The grant, or the receipt.", body = UploadGrantReply)),
    extensions(("x-refusals" = json!({"403": ["retired", "revoked", "dismissed", "quota_used"], "413": ["photo_size"]}))))]
pub async fn upload_grant(State(app): State<Arc<App>>, request: DeviceRequest) -> Result<Response, ApiError> {
    let ask: UploadGrant = message::read(&request)?;
    if matches!(request.state, ReplicaState::Retired | ReplicaState::Server) {
        return Err(ApiError::new(
            403,
            "retired",
            "this replica was replaced by another after its log was copied",
        ));
    }
    if ask.len == 0 || ask.len > PHOTO_LEN_MAX {
        return Err(ApiError::new(413, "photo_size", "a photo has between one byte and 64 MiB"));
    }
    let reply = match app.store.grant_upload(request.rid, ask.sha256, ask.len, app.now_ms()).await? {
        GrantOutcome::Granted(token) => {
            let begun = app.uploads.get().and_then(|uploads| uploads.begun(request.rid, ask.sha256));
            UploadGrantReply::Granted { token, upload: begun.map(|id| format!("v1/uploads/{id}")) }
        }
        GrantOutcome::Revoked => {
            return Err(ApiError::new(
                403,
                "revoked",
                "this device was revoked: only photos of records that it handed in before are taken",
            ));
        }
        GrantOutcome::Dismissed => {
            return Err(ApiError::new(
                403,
                "dismissed",
                "this device was revoked, and what it handed in with this photo was dismissed: the photo is not wanted",
            ));
        }
        GrantOutcome::QuotaUsed => {
            return Err(ApiError::new(
                403,
                "quota_used",
                "this revoked device has handed in as many photos as are taken of one",
            ));
        }
        GrantOutcome::Received => {
            let signature = Bytes(chain::sign_photo_receipt(&app.keys.receipt(), request.rid, ask.sha256));
            UploadGrantReply::Received { signature }
        }
    };
    Ok(message::write(&reply, request.wants_json))
}
