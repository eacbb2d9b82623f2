//! `POST /v1/sign-in`: a person's session, for programs.

use super::error::ApiError;
use super::message::Json;
use crate::app::App;
use crate::auth::limits::Stranger;
use crate::auth::person::{self, SignInError};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    login: String,
    password: String,
}

/// What belongs to the session beside its cookie.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// To be sent as `X-CSRF` with everything that changes something.
    csrf: String,
}

/// Signs in, and ends the session whose cookie came with the request.
#[utoipa::path(post, path = "/v1/sign-in", tag = "people", request_body = SignIn,
    responses((status = 200, description = "Signed in.", body = SignedIn,
        headers(("Set-Cookie" = String, description = "The session.")))),
    extensions(("x-refusals" = json!({
        "401": ["wrong_password"], "403": ["other_origin"], "429": ["too_many_failures"], "503": ["store_failed"]
    }))))]
pub async fn sign_in(
    State(app): State<Arc<App>>,
    Stranger(admitted): Stranger,
    headers: HeaderMap,
    Json(ask): Json<SignIn>,
) -> Result<Response, ApiError> {
    admitted?;
    if !person::same_origin(&headers) {
        return Err(ApiError::new(403, "other_origin", "the request comes from a page of another site"));
    }
    match person::sign_in(&app, &headers, &ask.login, &ask.password).await {
        Ok(session) => {
            Ok(person::with_cookie(Json(SignedIn { csrf: session.csrf }).into_response(), session.cookie))
        }
        Err(error @ SignInError::Wrong) => Err(ApiError::new(401, "wrong_password", &error.to_string())),
        Err(error @ SignInError::Wait(wait_s)) => Err(ApiError {
            wait_s: u32::try_from(wait_s).ok(),
            ..ApiError::new(429, "too_many_failures", &error.to_string())
        }),
        Err(SignInError::Store(error)) => Err(error.into()),
    }
}
