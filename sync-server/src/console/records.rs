//! Records: the list, with filters. A part of a title is personal, so a search for one is sent as a form and never
//! stands in an address.

use super::clock;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::trouble::Trouble;
use super::words::Words;
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::records::{RecordFilter, RecordRow};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use gridweave_core::ids::TypeNo;
use std::sync::Arc;

/// Rows of one page.
const ROWS: u32 = 50;

/// One choice of a list.
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// It is chosen.
    pub chosen: bool,
}

/// One record in a list.
pub struct Line {
    /// Id.
    pub id: String,
    /// Type.
    pub kind: String,
    /// Masked title.
    pub title: String,
    /// Grid.
    pub grid: String,
    /// Received last.
    pub updated: String,
    /// Registers in conflict.
    pub conflicts: u32,
    /// Gone.
    pub dead: bool,
}

impl Line {
    /// A record in words.
    pub fn new(words: &Words<'_>, row: &RecordRow) -> Line {
        Line {
            id: row.state.record.to_string(),
            kind: words.type_label(row.state.record_type.no),
            title: words.title(&row.state),
            grid: words.grid_of(&row.state),
            updated: clock::minute(row.updated_ms),
            conflicts: row.conflicts,
            dead: row.dead,
        }
    }
}

#[derive(Template)]
#[template(path = "records.html")]
struct RecordsPage {
    f: Frame,
    types: Vec<Choice>,
    grids: Vec<Choice>,
    lives: Vec<Choice>,
    conflicts: bool,
    may_search: bool,
    text: String,
    lines: Vec<Line>,
    next: Option<i64>,
    asked: Vec<(&'static str, String)>,
}

/// `GET /console/records`.
pub async fn list(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let mut asked = Fields::parse(query.unwrap_or_default().as_bytes());
    asked.drop("text");
    show(&app, f, &asked).await
}

/// `POST /console/records`: the same with a part of a title.
///
/// It looks into whole titles, so it would tell what the mask hides: for those who may unmask, and noted like it.
pub async fn search(State(app): State<Arc<App>>, f: Frame, mut asked: Fields) -> Result<Response, Trouble> {
    if !f.may(Action::Unmask) {
        asked.drop("text");
    }
    if asked.get("text").is_some() {
        let (now_ms, nothing) = (app.now_ms(), String::new);
        app.store.note_audit(now_ms, Some(f.person()?), "search", nothing(), nothing()).await?;
    }
    show(&app, f, &asked).await
}

async fn show(app: &App, f: Frame, asked: &Fields) -> Result<Response, Trouble> {
    let grids = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &grids);
    let dead = match asked.get("life") {
        Some("all") => None,
        Some("dead") => Some(true),
        _ => Some(false),
    };
    let filter = RecordFilter {
        record_type: asked.get("type").and_then(|no| no.parse().ok()).map(TypeNo),
        grid: asked.get("grid").and_then(|code| grids.iter().find(|g| g.code == code)).map(|g| g.id),
        conflicts: asked.get("conflicts").is_some(),
        dead,
        text: asked.get("text").map(str::to_owned),
        before_rev: asked.get("before").and_then(|rev| rev.parse().ok()),
        limit: ROWS + 1,
    };
    let mut rows = app.store.records(filter.clone()).await?;
    let more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let chosen = |name: &str, value: &str| asked.get(name) == Some(value);
    let types = words.catalog.types.values().map(|t| Choice {
        chosen: filter.record_type == Some(t.no),
        value: t.no.to_string(),
        label: words.type_label(t.no),
    });
    let grid_choices = grids.iter().map(|g| Choice {
        chosen: chosen("grid", &g.code),
        value: g.code.clone(),
        label: words.grid(&g.code),
    });
    let life = |value: &str, text: &'static str| Choice {
        chosen: chosen("life", value),
        value: value.to_owned(),
        label: text.to_owned(),
    };
    let lives = vec![
        life("alive", f.t("records.alive")),
        life("dead", f.t("records.dead")),
        life("all", f.t("records.all")),
    ];
    let names = ["type", "grid", "life", "conflicts", "text"];
    Ok(page(&RecordsPage {
        types: types.collect(),
        grids: grid_choices.collect(),
        lives,
        conflicts: filter.conflicts,
        may_search: f.may(Action::Unmask),
        text: filter.text.unwrap_or_default(),
        next: more.then(|| rows.last().map(|row| row.rev)).flatten(),
        lines: rows.iter().map(|row| Line::new(&words, row)).collect(),
        asked: names.iter().filter_map(|n| Some((*n, asked.get(n)?.to_owned()))).collect(),
        f,
    }))
}
