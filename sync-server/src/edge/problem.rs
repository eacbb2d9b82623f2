//! A refusal as the API gives it: an HTTP status and `{"code", "message"}`.
//!
//! The code is stable and for programs; the message is for the person who debugs the client, and names no data.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable code, `lower_case`.
    pub code: &'static str,
    /// What failed and what to do, in English.
    pub message: String,
}

impl Problem {
    /// A problem from its parts.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Problem {
        Problem { status, code, message: message.into() }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(Body { code: self.code, message: &self.message })).into_response()
    }
}
