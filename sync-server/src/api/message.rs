//! Messages in and out: packed for devices, JSON for people, tests and integrators.

use super::error::ApiError;
use crate::auth::device::DeviceRequest;
use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use gridweave_core::wire;
use serde::Serialize;
use serde::de::DeserializeOwned;

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
