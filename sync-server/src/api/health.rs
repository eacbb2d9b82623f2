//! `GET /v1/health`: whether the server answers at all.

/// Answers `ok`.
#[utoipa::path(get, path = "/v1/health", tag = "server",
    responses((status = 200, description = "The server is there.", body = String)))]
pub async fn health() -> &'static str {
    "ok"
}
