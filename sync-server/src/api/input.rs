//! What a request names in its path and its query, refused like everything else when it cannot be read.

use super::error::{ApiError, Refusals};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// How a path or a query is refused.
pub const REFUSALS: Refusals = &[(400, &["bad_parameter"])];

/// What stands in the path.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, ApiError> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(value)| Path(value)).map_err(|_| bad("path"))
    }
}

/// What stands in the query.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, ApiError> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(value)| Query(value)).map_err(|_| bad("query"))
    }
}

// The extractors' own words may quote what was sent.
fn bad(place: &str) -> ApiError {
    ApiError::new(
        400,
        "bad_parameter",
        &format!("a value in the {place} is not of the kind that belongs there"),
    )
}
