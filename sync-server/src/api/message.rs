//! Messages in and out: packed for devices, JSON for people, tests and integrators.

use super::error::{ApiError, Refusals};
use crate::auth::device::DeviceRequest;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use gridweave_core::wire::{self, PLAIN_BYTES_MAX, WIRE_BYTES_MAX};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How a body is refused that is not the message expected.
pub const REFUSALS: Refusals = &[(400, &["body_broke_off", "malformed"]), (413, &["body_too_large"])];
/// And one that should be a packed message.
pub const PACKED_REFUSALS: Refusals = &[(400, &["body_not_zstd"]), (413, &["body_unpacks_too_large"])];

/// The whole body of a request.
pub async fn body(body: Body) -> Result<Bytes, ApiError> {
    // What is too much was refused on the way here, so an error means that the rest did not come.
    let bytes = to_bytes(body, PLAIN_BYTES_MAX).await.map_err(|_| {
        ApiError::new(400, "body_broke_off", "the body broke off or could not be unpacked; send it again")
    })?;
    if bytes.len() > WIRE_BYTES_MAX {
        let says = "the body is larger than a request may be; send fewer changes at once";
        return Err(ApiError::new(413, "body_too_large", says));
    }
    Ok(bytes)
}

/// Whether a header names JSON.
pub fn says_json(headers: &HeaderMap, name: HeaderName) -> bool {
    let mut values = headers.get_all(name).iter();
    values.any(|value| value.to_str().is_ok_and(|text| text.contains("application/json")))
}

/// JSON as the body of a request or an answer of people and integrators.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Json<T>, ApiError> {
        read_json(&body(request.into_body()).await?).map(Json)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads the message of a request.
pub fn read<T: DeserializeOwned>(request: &DeviceRequest) -> Result<T, ApiError> {
    read_body(&request.body, request.is_json)
}

/// Reads the message of a body.
pub fn read_body<T: DeserializeOwned>(body: &[u8], is_json: bool) -> Result<T, ApiError> {
    if is_json { read_json(body) } else { Ok(wire::unpack(body)?) }
}

/// Reads a message in JSON.
pub fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // serde's own words may quote the body; the place is enough to find the mistake.
    serde_json::from_slice(body).map_err(|e| {
        let place =
            format!("the JSON is not the message expected here (line {}, column {})", e.line(), e.column());
        ApiError::new(400, "malformed", &place)
    })
}

/// Answers with a message.
pub fn write(message: &impl Serialize, json: bool) -> Response {
    if json {
        return Json(message).into_response();
    }
    ([(CONTENT_TYPE, wire::MEDIA_TYPE)], wire::pack(message)).into_response()
}
