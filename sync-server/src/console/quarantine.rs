//! Quarantine: what was received and not accepted, each with its reason as a sentence and, where it can be read, what it
//! says.

use super::clock;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::trouble::Trouble;
use super::words::Words;
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::quarantine::{QuarantineRow, ReleaseRefused};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use gridweave_core::ids::{Dot, FieldKey};
use gridweave_core::merge::RecordState;
use std::sync::Arc;

const ROWS: u32 = 50;

struct Line {
    dot: Dot,
    reason: String,
    held: bool,
    received: String,
    device: String,
    who: String,
    kind: String,
    title: String,
    record: Option<String>,
    says: Vec<(String, String)>,
    len: usize,
    settled: Option<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "quarantine.html")]
struct QuarantinePage {
    f: Frame,
    open: bool,
    lines: Vec<Line>,
    older: Option<String>,
    may_settle: bool,
}

/// `GET /console/quarantine`.
pub async fn list(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let open = asked.get("settled").is_none();
    let before = asked.read("before").ok().zip(asked.read("before_dot").ok());
    let mut rows = app.store.quarantine(open, before, ROWS + 1).await?;
    let more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let older = rows.last().filter(|_| more).map(|row| {
        let settled = if open { "" } else { "settled=1&" };
        format!("/console/quarantine?{settled}before={}&before_dot={}", row.received_ms, row.dot)
    });
    let grids = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &grids);
    let lines = rows.iter().map(|row| line(&f, &words, row)).collect();
    Ok(page(&QuarantinePage { open, lines, older, may_settle: f.may(Action::SettleQuarantine), f }))
}

fn line(f: &Frame, words: &Words<'_>, row: &QuarantineRow) -> Line {
    let change = row.change.as_ref();
    let says = change.into_iter().flat_map(|change| {
        // Masked like the record that it would go to.
        let state = RecordState::new(change.record, change.record_type);
        change.writes.iter().map(move |write| {
            let key: FieldKey = write.field;
            let said = words.said(&state, key, &write.value).text;
            let short: String = said.chars().take(80).collect();
            (words.field_label(change.record_type.no, key), short)
        })
    });
    let title = match (&row.record, change) {
        (Some(state), _) => words.title(state),
        (None, Some(change)) => words.type_label(change.record_type.no),
        (None, None) => f.t("quarantine_page.unreadable").to_owned(),
    };
    Line {
        dot: row.dot,
        reason: f.name("quarantine", &row.code),
        held: row.code == crate::store::judge::HELD,
        received: clock::minute(row.received_ms),
        device: row.device.clone(),
        who: row.name.clone(),
        kind: change.map(|c| f.name("kind", c.kind.name())).unwrap_or_default(),
        title,
        record: row.record.as_ref().map(|state| state.record.to_string()),
        says: says.take(12).collect(),
        len: row.len,
        settled: row.settled.as_ref().map(|(who, ms)| {
            let how = if row.state == "released" {
                f.t("quarantine_page.released")
            } else {
                f.t("quarantine_page.dismissed")
            };
            (how.to_owned(), who.clone(), clock::minute(*ms))
        }),
    }
}

/// `POST /console/quarantine/release`.
pub async fn release(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let (dot, reason) = named(&fields)?;
    let (key, now_ms) = (app.identity_key.clone(), app.now_ms());
    match app.store.release(dot, f.person()?, reason, key, now_ms).await? {
        Ok(_) => Ok(Redirect::to("/console/quarantine").into_response()),
        Err(ReleaseRefused::NotOpen) => Err(Trouble::Refused("quarantine_page.not_open")),
        Err(ReleaseRefused::Held) => Err(Trouble::Refused("quarantine_page.confirm_device")),
        Err(ReleaseRefused::Unreadable) => Err(Trouble::Refused("quarantine_page.cannot_read")),
        Err(ReleaseRefused::Unfit(_)) => Err(Trouble::Refused("quarantine_page.still_unfit")),
    }
}

/// `POST /console/quarantine/dismiss`.
pub async fn dismiss(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let (dot, reason) = named(&fields)?;
    if app.store.dismiss(dot, f.person()?, reason, app.now_ms()).await? {
        Ok(Redirect::to("/console/quarantine").into_response())
    } else {
        Err(Trouble::Refused("quarantine_page.not_open"))
    }
}

fn named(fields: &Fields) -> Result<(Dot, String), Trouble> {
    let dot = fields.get("dot").and_then(|dot| dot.parse().ok()).ok_or(Trouble::BadForm)?;
    let reason = fields.get("reason").ok_or(Trouble::Refused("quarantine_page.reason_wanted"))?;
    Ok((dot, reason.chars().take(200).collect()))
}
