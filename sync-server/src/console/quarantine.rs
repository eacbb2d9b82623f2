//! Quarantine: what was received and not accepted, each with its reason as a sentence and, where it can be read, what it
//! says.

use super::again::Again;
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
/// The two forms of a change.
const RELEASE: &str = "release";
const DISMISS: &str = "dismiss";

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
    /// Somebody wanted to release or dismiss it and was refused.
    refused: bool,
}

#[derive(Template)]
#[template(path = "quarantine.html")]
struct QuarantinePage {
    f: Frame,
    open: bool,
    lines: Vec<Line>,
    older: Option<String>,
    before: Option<(i64, Dot)>,
    may_settle: bool,
    again: Again,
    /// What was refused is not on this page any more.
    gone: bool,
}

/// `GET /console/quarantine`.
pub async fn list(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    draw(&app, f, &asked, Again::default()).await
}

async fn draw(app: &App, f: Frame, asked: &Fields, again: Again) -> Result<Response, Trouble> {
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
    let lines: Vec<Line> = rows.iter().map(|row| line(&f, &words, row, &again)).collect();
    let refused = !again.says.is_empty();
    let gone = refused && !lines.iter().any(|line| line.refused);
    let may_settle = f.may(Action::SettleQuarantine);
    let f = f.at("/console/quarantine".into());
    Ok(Again::status(
        refused,
        page(&QuarantinePage { open, lines, older, before, may_settle, again, gone, f }),
    ))
}

fn line(f: &Frame, words: &Words<'_>, row: &QuarantineRow, again: &Again) -> Line {
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
        refused: [RELEASE, DISMISS].iter().any(|form| again.chose(form, "dot", &row.dot.to_string())),
    }
}

/// `POST /console/quarantine/release`.
pub async fn release(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let dot = fields.read("dot")?;
    let Some(reason) = reason(&fields) else { return reason_wanted(&app, f, RELEASE, &fields).await };
    let (key, now_ms) = (app.identity_key.clone(), app.now_ms());
    let says = match app.store.release(dot, f.person()?, reason, key, now_ms).await? {
        Ok(_) => return Ok(Redirect::to("/console/quarantine").into_response()),
        Err(ReleaseRefused::NotOpen) => f.t("quarantine_page.not_open").to_owned(),
        Err(ReleaseRefused::Held) => f.t("quarantine_page.confirm_device").to_owned(),
        Err(ReleaseRefused::Unreadable) => f.t("quarantine_page.cannot_read").to_owned(),
        Err(ReleaseRefused::Unfit(code)) => {
            f.fill1("quarantine_page.still_unfit", f.name("quarantine", code))
        }
    };
    draw(&app, f, &fields, Again::new(RELEASE, "dot", says, &fields)).await
}

/// `POST /console/quarantine/dismiss`.
pub async fn dismiss(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let dot = fields.read("dot")?;
    let Some(reason) = reason(&fields) else { return reason_wanted(&app, f, DISMISS, &fields).await };
    if app.store.dismiss(dot, f.person()?, reason, app.now_ms()).await? {
        return Ok(Redirect::to("/console/quarantine").into_response());
    }
    let again = Again::new(DISMISS, "dot", f.t("quarantine_page.not_open"), &fields);
    draw(&app, f, &fields, again).await
}

fn reason(fields: &Fields) -> Option<String> {
    fields.get("reason").map(|reason| reason.chars().take(200).collect())
}

async fn reason_wanted(
    app: &App,
    f: Frame,
    form: &'static str,
    fields: &Fields,
) -> Result<Response, Trouble> {
    let again = Again::new(form, "reason", f.t("quarantine_page.reason_wanted"), fields);
    draw(app, f, fields, again).await
}
