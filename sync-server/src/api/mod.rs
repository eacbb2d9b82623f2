//! What devices and integrators may ask, under `/v1`. [`table`] is the whole of it but for the uploads, which bound
//! their bodies themselves and are routed by [`crate::tus`]; the document of both is [`openapi`].

mod enrol;
pub mod error;
mod health;
mod input;
pub(crate) mod message;
pub mod openapi;
mod people;
mod photos;
mod readmit;
mod routes;
mod sign_in;
mod sync;

use crate::app::App;
use crate::auth::policy::{Action, Policy};
use crate::tus;
use axum::Router;
use axum::http::StatusCode;
use error::ApiError;
use routes::Routes;
use std::sync::Arc;
use utoipa_axum::routes;

/// All routes of the API.
pub fn routes() -> Router<Arc<App>> {
    let (router, _) = table().split();
    let refusal = |status: StatusCode, code, message| ApiError::new(status.as_u16(), code, message);
    router
        .method_not_allowed_fallback(async move || {
            let message = "this method is not served here; see /v1/openapi.json";
            refusal(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        })
        .fallback(async move || {
            refusal(StatusCode::NOT_FOUND, "not_found", "nothing is served here; see /v1/openapi.json")
        })
}

/// All operations, each with who may ask it.
fn table() -> Routes {
    use Policy::{Certified, Device, Everyone, Person};
    let table = Routes::new(openapi::about())
        .add(Everyone, routes!(health::health))
        .add(Everyone, routes!(openapi::show))
        .add(Everyone, routes!(enrol::enrol))
        .add(Device, routes!(sync::push))
        .add(Device, routes!(sync::pull))
        .add(Device, routes!(sync::pins))
        .add(Device, routes!(readmit::admission))
        .add(Certified, routes!(readmit::readmit))
        .add(Device, routes!(sync::digests))
        .add(Device, routes!(sync::rekey))
        .add(Device, routes!(photos::upload_grant))
        .add(Everyone, routes!(sign_in::sign_in))
        .add(Person(Action::Enter), routes!(people::stats))
        .add(Person(Action::ReadDevices), routes!(people::grid_digests))
        .add(Person(Action::ReadDevices), routes!(people::replicas))
        .add(Person(Action::ManageDevices), routes!(people::confirm))
        .add(Person(Action::ReadRecords), routes!(people::changes))
        .add(Person(Action::ReadRecords), routes!(people::records))
        .add(Person(Action::ReadRecords), routes!(people::record))
        .add(Person(Action::Settle), routes!(people::resolve));
    tus::routes::documented()
        .into_iter()
        .fold(table, |table, (policy, documented)| table.elsewhere(policy, documented))
}
