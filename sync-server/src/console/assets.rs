//! Files that pages name: compiled in, so that the binary is whole.

use super::trouble::Trouble;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// `GET /console/assets/{file}`.
pub async fn file(Path(name): Path<String>) -> Result<Response, Trouble> {
    let (kind, bytes): (&str, &'static [u8]) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", include_bytes!("../../assets/console.css")),
        "icon.svg" => ("image/svg+xml", include_bytes!("../../assets/icon.svg")),
        _ => return Err(Trouble::NotFound),
    };
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], bytes).into_response())
}
