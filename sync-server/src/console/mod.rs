//! The console: pages for supervisors, auditors and those who keep the devices.
//!
//! Server-rendered, and whole without script. A page is a handler here, a template of the same name in `templates/`, and
//! a test. Every route stands behind the gate, which names what one must be allowed to do.

mod again;
mod assets;
mod audit;
mod clock;
mod conflicts;
mod devices;
mod enrolment;
mod entities;
mod field;
mod fields;
mod frame;
mod gate;
mod input;
mod lang;
mod map;
mod overview;
mod photos;
mod plan;
mod quarantine;
mod record;
mod records;
mod sessions;
mod sign_in;
mod trouble;
mod verdict;
mod words;

use crate::app::App;
use crate::auth::policy::Action;
pub use assets::has_map_script;
use axum::Router;
use axum::http::Method;
use axum::response::Redirect;
use axum::routing::get;
use gate::Routes;
use std::sync::Arc;

/// All routes of the console.
pub fn routes() -> Router<Arc<App>> {
    let router = table().router.route("/", get(|| async { Redirect::to("/console") }));
    router.method_not_allowed_fallback(gate::nothing_here)
}

fn table() -> Routes {
    Routes::default()
        .open(Method::GET, "/console/assets/{file}", assets::file)
        .open(Method::GET, "/favicon.ico", assets::icon)
        .open(Method::GET, "/console/sign-in", sign_in::form)
        .open(Method::POST, "/console/sign-in", sign_in::sign_in)
        .post("/console/sign-out", Action::Enter, sign_in::sign_out)
        .get("/console", Action::Enter, overview::show)
        .get("/console/map", Action::ReadRecords, map::show)
        .get("/console/map.json", Action::ReadRecords, map::data)
        .get("/console/records", Action::ReadRecords, records::list)
        .post("/console/records", Action::ReadRecords, records::search)
        .get("/console/record/{id}", Action::ReadRecords, record::show)
        .post("/console/unmask", Action::Unmask, record::unmask)
        .post("/console/record/review", Action::Settle, verdict::review)
        .post("/console/record/life", Action::Settle, verdict::life)
        .get("/console/conflicts", Action::ReadRecords, conflicts::list)
        .get("/console/record/{id}/field/{key}", Action::ReadRecords, field::show)
        .post("/console/field", Action::Settle, field::settle)
        .post("/console/field/unmask", Action::Unmask, field::unmask)
        .get("/console/record/{id}/photo/{hash}", Action::ReadRecords, photos::show)
        .get("/console/entities", Action::ReadRecords, entities::list)
        .get("/console/entity/{id}", Action::ReadRecords, entities::show)
        .get("/console/sessions", Action::ReadSessions, sessions::list)
        .get("/console/session/{id}", Action::ReadSessions, sessions::show)
        .get("/console/devices", Action::ReadDevices, devices::list)
        .post("/console/device/{rid}/state", Action::ManageDevices, devices::set_state)
        .post("/console/device/{rid}/confirm", Action::ManageDevices, devices::confirm)
        .get("/console/enrolment", Action::ManageDevices, enrolment::form)
        .post("/console/enrolment", Action::ManageDevices, enrolment::make)
        .post("/console/enrolment/confirm", Action::ManageDevices, enrolment::confirm)
        .get("/console/quarantine", Action::ReadQuarantine, quarantine::list)
        .post("/console/quarantine/release", Action::SettleQuarantine, quarantine::release)
        .post("/console/quarantine/dismiss", Action::SettleQuarantine, quarantine::dismiss)
        .get("/console/audit", Action::ReadAudit, audit::list)
        .get("/console/", Action::Enter, async || Redirect::to("/console"))
        .rest("/console/{*rest}")
}

#[cfg(test)]
pub(crate) mod tests;
