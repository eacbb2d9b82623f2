//! Devices: who has them, when they were heard of, what they still hold; revoking, admitting, confirming after a fork.

use super::again::Again;
use super::clock::{self, DAY_MS};
use super::fields::Fields;
use super::frame::{Frame, page};
use super::trouble::Trouble;
use super::words::Words;
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::sessions_read::DeviceRow;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use gridweave_core::ids::Rid;
use std::sync::Arc;

/// A device that was silent for longer is marked, milliseconds.
pub const SILENT_MS: i64 = 3 * DAY_MS;

struct Line {
    row: DeviceRow,
    state: String,
    heard: String,
    silent: bool,
    offset: String,
    offset_is_bad: bool,
    grids: Vec<String>,
    /// The state that it can be put into from here.
    offers: &'static str,
    /// Something was wanted of it that was refused.
    refused: bool,
}

#[derive(Template)]
#[template(path = "devices.html")]
struct DevicesPage {
    f: Frame,
    lines: Vec<Line>,
    silent: usize,
    may_manage: bool,
    again: Again,
}

/// `GET /console/devices`.
pub async fn list(State(app): State<Arc<App>>, f: Frame) -> Result<Response, Trouble> {
    draw(&app, f, None, Again::default()).await
}

/// The list; with a form about one device that was refused.
async fn draw(app: &App, f: Frame, about: Option<Rid>, again: Again) -> Result<Response, Trouble> {
    let grids = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &grids);
    let now_ms = app.now_ms();
    let line = |row: DeviceRow| Line {
        state: f.name("replica", &row.state),
        heard: row.heard_ms.map_or_else(|| f.t("devices.never").to_owned(), clock::minute),
        silent: is_silent(&row, now_ms),
        offset: row.clock_offset_ms.map(|ms| f.lang.span(ms)).unwrap_or_default(),
        offset_is_bad: row.clock_offset_ms.is_some_and(|ms| ms.saturating_abs() > 120_000),
        grids: row.grids.iter().map(|code| words.grid(code)).collect(),
        offers: if row.state == "revoked" { "active" } else { "revoked" },
        refused: about == Some(row.rid),
        row,
    };
    let lines: Vec<Line> = app.store.devices().await?.into_iter().map(line).collect();
    let page = page(&DevicesPage {
        silent: lines.iter().filter(|line| line.silent).count(),
        lines,
        may_manage: f.may(Action::ManageDevices),
        again,
        f: f.at("/console/devices".into()),
    });
    Ok(Again::status(about.is_some(), page))
}

/// An active device that was not heard of for too long, counted from its enrolment.
pub fn is_silent(row: &DeviceRow, now_ms: i64) -> bool {
    row.state == "active" && now_ms - row.heard_ms.unwrap_or(row.enrolled_ms) > SILENT_MS
}

/// `POST /console/device/{rid}/state`: revoked, or again what it was before: one that was never confirmed still waits
/// for that.
pub async fn set_state(
    State(app): State<Arc<App>>,
    f: Frame,
    Path(rid): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let rid: Rid = rid.parse().map_err(|_| Trouble::NotFound)?;
    app.store.replica(rid).await?.ok_or(Trouble::NotFound)?;
    let revoked = match fields.get("state") {
        Some("revoked") => true,
        Some("active") => false,
        _ => return Err(Trouble::BadForm),
    };
    let says = match fields.get("reason") {
        None => "devices.reason_wanted",
        Some(reason) => {
            let reason = reason.chars().take(200).collect();
            if app.set_revoked(rid, revoked, f.person()?, reason).await? {
                return Ok(Redirect::to("/console/devices").into_response());
            }
            "devices.not_from_here"
        }
    };
    let again = Again::new("state", "reason", f.t(says), &fields);
    draw(&app, f, Some(rid), again).await
}

/// `POST /console/device/{rid}/confirm`: a replica made after a fork is the device's own; what it handed in is merged.
pub async fn confirm(
    State(app): State<Arc<App>>,
    f: Frame,
    Path(rid): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let rid: Rid = rid.parse().map_err(|_| Trouble::NotFound)?;
    app.store.replica(rid).await?.ok_or(Trouble::NotFound)?;
    if app.confirm_replica(rid, f.person()?).await?.is_some() {
        return Ok(Redirect::to("/console/devices").into_response());
    }
    let again = Again::new("confirm", "rid", f.t("devices.not_from_here"), &fields);
    draw(&app, f, Some(rid), again).await
}
