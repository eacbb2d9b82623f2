//! Refusals: `{code, message}` with a status. Codes are stable; messages say what failed, on what, and what to do, and
//! hold no personal data.

use crate::edge::rate::retry_after;
use crate::store::StoreError;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gridweave_core::wire::{Refusal, UnpackError};

/// Refusals that something may answer: statuses, each with its stable codes. Stands beside what refuses, for the
/// document.
pub type Refusals = &'static [(u16, &'static [&'static str])];

/// How the store's failure is told.
pub const STORE_REFUSALS: Refusals = &[(503, &["store_failed"])];

/// A refusal as an answer.
#[derive(Debug)]
pub struct ApiError {
    /// What is answered.
    pub refusal: Refusal,
    /// When the same may be asked again, seconds.
    pub wait_s: Option<u32>,
}

impl ApiError {
    /// A refusal.
    pub fn new(status: u16, code: &str, message: &str) -> ApiError {
        let refusal = Refusal { status, code: code.into(), message: message.into(), counter: None };
        ApiError { refusal, wait_s: None }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let answer = (status, Json(self.refusal)).into_response();
        match self.wait_s {
            Some(wait_s) => retry_after(answer, wait_s),
            None => answer,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        tracing::error!(%error, "the store failed");
        ApiError::new(
            503,
            "store_failed",
            "the server could not save or read this; nothing was changed, try again later",
        )
    }
}

impl From<UnpackError> for ApiError {
    fn from(error: UnpackError) -> ApiError {
        let (status, code) = match &error {
            UnpackError::Compress(problem) => {
                (if problem.code().contains("large") { 413 } else { 400 }, problem.code())
            }
            UnpackError::Malformed => (400, "malformed"),
        };
        ApiError::new(status, code, &error.to_string())
    }
}
