//! Conflicts: the list of them. Each leads to its field, where it is settled.

use super::clock;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::trouble::Trouble;
use super::words::{Words, key_text};
use crate::app::App;
use crate::store::records::RecordFilter;
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use std::sync::Arc;

/// Records of one page of the list.
const RECORDS: u32 = 30;

struct Open {
    record: String,
    kind: String,
    title: String,
    grid: String,
    field: String,
    key: String,
    values: Vec<String>,
    since: String,
}

#[derive(Template)]
#[template(path = "conflicts.html")]
struct ConflictsPage {
    f: Frame,
    open: Vec<Open>,
    next: Option<i64>,
}

/// `GET /console/conflicts`.
pub async fn list(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let filter = RecordFilter {
        conflicts: true,
        before_rev: asked.get("before").and_then(|rev| rev.parse().ok()),
        limit: RECORDS,
        ..RecordFilter::default()
    };
    let rows = app.store.records(filter).await?;
    let grids = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &grids);
    let offsets = app.store.clock_offsets().await?;
    let mut open = Vec::new();
    for row in &rows {
        for key in row.state.conflicts() {
            let siblings = row.state.registers()[&key].siblings();
            let mut values: Vec<String> =
                siblings.iter().map(|s| words.said(&row.state, key, &s.value).text).collect();
            // Two values may look alike behind their masks; they are still two.
            let times = siblings.iter().filter_map(|s| {
                let written_ms = row.state.stamp(s.dot)?.wall_ms;
                Some(clock::put_right(written_ms, offsets.get(&s.dot.rid).copied()))
            });
            values.truncate(6);
            open.push(Open {
                record: row.state.record.to_string(),
                kind: words.type_label(row.state.record_type.no),
                title: words.title(&row.state),
                grid: words.grid_of(&row.state),
                field: words.field_label(row.state.record_type.no, key),
                key: key_text(key),
                values,
                since: times.max().map(clock::minute).unwrap_or_default(),
            });
        }
    }
    let next = (rows.len() == RECORDS as usize).then(|| rows.last().map(|row| row.rev)).flatten();
    Ok(page(&ConflictsPage { f, open, next }))
}
