//! What devices and integrators may ask, under `/v1`.

mod enrol;
pub mod error;
mod message;
mod people;
mod photos;
mod readmit;
mod sync;

use crate::app::App;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

/// All routes of the API.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/health", get(|| async { "ok" }))
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/push", post(sync::push))
        .route("/v1/pull", post(sync::pull))
        .route("/v1/pins", post(sync::pins))
        .route("/v1/admission", post(readmit::admission))
        .route("/v1/readmit", post(readmit::readmit))
        .route("/v1/digests", post(sync::digests))
        .route("/v1/rekey", post(sync::rekey))
        .route("/v1/upload-grants", post(photos::upload_grant))
        .route("/v1/stats", get(people::stats))
        .route("/v1/grid-digests", get(people::grid_digests))
        .route("/v1/replicas", get(people::replicas))
        .route("/v1/replicas/{rid}/confirm", post(people::confirm))
        .route("/v1/replicas/{rid}/changes", get(people::changes))
        .route("/v1/records", get(people::records))
        .route("/v1/records/{record}", get(people::record))
        .route("/v1/records/{record}/resolve", post(people::resolve))
}
