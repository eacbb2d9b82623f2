//! `POST /v1/enrol`: a device asks to join, and asks again until it is told.

use super::error::ApiError;
use super::message;
use crate::app::App;
use crate::auth::device;
use crate::auth::limits::Stranger;
use crate::store::enrolment::EnrolOutcome;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::Response;
use ed25519_dalek::Signer;
use gridweave_core::wire::enrol::{Enrol, EnrolReply};
use gridweave_core::wire::{self, Bytes, seal};
use std::sync::Arc;

/// Takes in the device's part of an enrolment; asked again until the answer is no longer pending.
///
/// Not signed like other requests: the device has no number yet; the one-time secret proves it instead.
#[utoipa::path(post, path = "/v1/enrol", tag = "devices", request_body = Enrol,
    responses((status = 200, description = "Enrolled, or to be asked again.", body = EnrolReply)),
    extensions(("x-refusals" = json!({
        "403": ["enrolment_refused"], "422": ["bad_key"], "503": ["store_failed"]
    }))))]
pub async fn enrol(
    State(app): State<Arc<App>>,
    Stranger(admitted): Stranger,
    request: Request,
) -> Result<Response, ApiError> {
    admitted?;
    let (parts, body) = request.into_parts();
    let body = message::body(body).await?;
    let is_json = message::says_json(&parts.headers, CONTENT_TYPE);
    let request: Enrol = if is_json { message::read_json(&body)? } else { wire::unpack(&body)? };
    if device::key(&request.device_key.0).is_none() {
        return Err(ApiError::new(422, "bad_key", "the device key is not a usable Ed25519 key"));
    }
    // First, for what cannot be sealed must not use the code up.
    let sealed = seal::seal(&request.sealing_key.0, seal::IDENTITY_KEY_INFO, &app.identity_key)
        .map_err(|_| ApiError::new(422, "bad_key", "the sealing key is not a usable X25519 key"))?;
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
            let signature = Bytes(app.keys.receipt().sign(&certificate.signed_bytes()).to_bytes().to_vec());
            EnrolReply::Enrolled { certificate, signature, sealed_identity_key: Bytes(sealed) }
        }
    };
    Ok(message::write(&reply, message::says_json(&parts.headers, ACCEPT)))
}

#[cfg(test)]
mod tests {
    use crate::console::tests::city::{GRIDS, Town, read};
    use axum::body::Body;
    use axum::http::Request;
    use ed25519_dalek::SigningKey;
    use gridweave_core::ids::{GridCode, PersonNo, ReplicaId};
    use gridweave_core::wire::enrol::Enrol;
    use gridweave_core::wire::{Bytes, seal};
    use tower::ServiceExt;

    #[tokio::test]
    async fn keys_that_serve_nothing_are_refused_and_do_not_use_the_code_up() {
        let town = Town::new().await;
        let (grids, now_ms) = (vec![GridCode(GRIDS[0].into())], town.app.now_ms());
        let code = town.app.store.new_enrolment(PersonNo(1), grids, true, None, now_ms).await.unwrap();
        let key = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes().to_vec();
        let (device_key, sealing_key) = (Bytes(key), Bytes(seal::public_key(&[2; 32]).to_vec()));
        let good = Enrol {
            enrolment: code.id,
            replica: ReplicaId([1; 16]),
            device_key,
            sealing_key,
            chain_key: Bytes(vec![3; 32]),
            device: "PDA".into(),
            proof: Bytes::default(),
        };
        // No point of the curve; a point that anybody can sign for; one that leads every secret to the same key.
        let unusable = [
            Enrol { device_key: Bytes(vec![2; 32]), ..good.clone() },
            Enrol { device_key: Bytes(vec![0; 32]), ..good.clone() },
            Enrol { device_key: Bytes(vec![9; 31]), ..good.clone() },
            Enrol { sealing_key: Bytes(vec![0; 32]), ..good.clone() },
        ];
        for (ask, expected) in unusable.into_iter().map(|ask| (ask, 422)).chain([(good, 200)]) {
            let ask = Enrol { proof: Bytes(ask.proof(&code.secret)), ..ask };
            let request = Request::post("/v1/enrol").header("content-type", "application/json");
            let request = request.body(Body::from(serde_json::to_vec(&ask).unwrap())).unwrap();
            let page = read(town.router.clone().oneshot(request).await.unwrap()).await;
            assert_eq!(page.status.as_u16(), expected, "{}", page.html);
            assert_eq!(page.html.contains("bad_key"), expected == 422);
        }
    }
}
