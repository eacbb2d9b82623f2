//! The audit log: who did what to whom, by ids, and whether the log is as it was written.

use super::clock;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::trouble::Trouble;
use crate::app::App;
use crate::store::audit::{AuditFilter, Chain};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use gridweave_core::ids::{PersonNo, RecordId};
use std::str::FromStr;
use std::sync::Arc;

const ROWS: u32 = 100;

/// A word of what an act was done to; a record's is a way to it.
struct Word {
    text: String,
    record: bool,
}

struct Line {
    id: i64,
    at: String,
    who: String,
    action: String,
    object: Vec<Word>,
    reason: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    f: Frame,
    lines: Vec<Line>,
    whole: Option<u64>,
    broken_at: Option<i64>,
    older: Option<String>,
}

/// `GET /console/audit`.
pub async fn list(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let filter = AuditFilter {
        person: asked.read("person").ok().map(PersonNo),
        action: None,
        before: asked.read("before").ok(),
        limit: ROWS,
    };
    let person = filter.person.map(|no| format!("person={no}&")).unwrap_or_default();
    let rows = app.store.audit_rows(filter).await?;
    let full = rows.len() == ROWS as usize;
    let older = rows.last().filter(|_| full).map(|row| format!("/console/audit?{person}before={}", row.id));
    let (whole, broken_at) = match app.store.check_audit().await? {
        Chain::Whole(rows) => (Some(rows), None),
        Chain::BrokenAt(id) => (None, Some(id)),
    };
    let lines = rows.into_iter().map(|row| Line {
        id: row.id,
        at: clock::minute(row.at_ms),
        who: if row.name.is_empty() { f.t("audit_page.server").to_owned() } else { row.name },
        action: f.name("audit", &row.action),
        object: words(&f, &row.object),
        reason: row.reason,
    });
    Ok(page(&AuditPage { lines: lines.collect(), whole, broken_at, older, f }))
}

/// The object as the log has it, `device 15` or `<record> 12`, in the reader's language.
fn words(f: &Frame, object: &str) -> Vec<Word> {
    let word =
        |text: &str| Word { text: f.name("audit_object", text), record: RecordId::from_str(text).is_ok() };
    object.split_whitespace().map(word).collect()
}
