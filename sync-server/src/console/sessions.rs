//! The log of sync: which devices came, what they brought, what went wrong. Values are shown only to those who may read
//! records; others see numbers.

use super::clock::{self, DAY_MS};
use super::fields::Fields;
use super::frame::{Frame, page};
use super::records::Choice;
use super::trouble::Trouble;
use super::words::Words;
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::sessions_read::{DeviceRow, SessionChange, SessionFilter, SessionRow};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use chrono::NaiveDate;
use gridweave_core::ids::{PersonNo, Rid};
use std::collections::BTreeMap;
use std::sync::Arc;

const ROWS: u32 = 60;
/// Changes shown of one session.
const CHANGES: u32 = 500;
/// A clock that is off by more is marked, milliseconds.
const OFFSET_MS_MAX: i64 = 120_000;

struct Line {
    row: SessionRow,
    started: String,
    took: String,
    offset: String,
    offset_is_bad: bool,
    battery_is_low: bool,
    /// Width of the bar of pushed changes, of 60.
    bar: u64,
}

impl Line {
    fn new(f: &Frame, row: SessionRow, pushed_max: u64) -> Line {
        let offset = row.clock_offset_ms;
        Line {
            started: clock::minute(row.started_ms),
            took: f.lang.span(row.last_ms - row.started_ms),
            offset: offset.map(|ms| f.lang.span(ms)).unwrap_or_default(),
            offset_is_bad: offset.is_some_and(|ms| ms.saturating_abs() > OFFSET_MS_MAX),
            battery_is_low: row.battery.is_some_and(|percent| percent < 20),
            bar: if pushed_max == 0 { 0 } else { (row.pushed * 60).div_ceil(pushed_max) },
            row,
        }
    }
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    f: Frame,
    devices: Vec<Choice>,
    people: Vec<Choice>,
    day: String,
    refusals: bool,
    conflicts: bool,
    lines: Vec<Line>,
    older: Option<String>,
}

/// `GET /console/sessions`.
pub async fn list(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let day = asked.get("day").and_then(|day| day.parse::<NaiveDate>().ok());
    let from_ms = day.map(clock::day_start_ms);
    let filter = SessionFilter {
        rid: asked.get("device").and_then(|rid| rid.parse().ok()).map(Rid),
        person: asked.get("person").and_then(|no| no.parse().ok()).map(PersonNo),
        from_ms,
        until_ms: from_ms.map(|ms| ms + DAY_MS),
        refusals: asked.get("refusals").is_some(),
        conflicts: asked.get("conflicts").is_some(),
        before: asked.read("before").ok().zip(asked.read("before_id").ok()),
        limit: ROWS + 1,
    };
    let mut rows = app.store.sessions(filter.clone()).await?;
    let more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let kept: Vec<String> = ["device", "person", "day", "refusals", "conflicts"]
        .iter()
        .filter_map(|name| Some(format!("{name}={}&", asked.get(name)?)))
        // Only what reads as a number or a date goes back into an address.
        .filter(|part| part.chars().all(|c| c.is_ascii_alphanumeric() || "=&-".contains(c)))
        .collect();
    let last = rows.last().filter(|_| more);
    let older = last.map(|row| {
        format!("/console/sessions?{}before={}&before_id={}", kept.concat(), row.started_ms, row.id)
    });
    let all = app.store.devices().await?;
    let max = rows.iter().map(|row| row.pushed).max().unwrap_or(0);
    Ok(page(&SessionsPage {
        devices: device_choices(&all, filter.rid),
        people: person_choices(&all, filter.person),
        day: day.map(|day| day.to_string()).unwrap_or_default(),
        refusals: filter.refusals,
        conflicts: filter.conflicts,
        lines: rows.into_iter().map(|row| Line::new(&f, row, max)).collect(),
        older,
        f,
    }))
}

fn device_choices(devices: &[DeviceRow], chosen: Option<Rid>) -> Vec<Choice> {
    let choice = |d: &DeviceRow| Choice {
        value: d.rid.to_string(),
        label: format!("{} {} · {}", d.rid, d.name, d.device),
        chosen: chosen == Some(d.rid),
    };
    devices.iter().map(choice).collect()
}

fn person_choices(devices: &[DeviceRow], chosen: Option<PersonNo>) -> Vec<Choice> {
    let people: BTreeMap<PersonNo, &str> = devices.iter().map(|d| (d.person, d.name.as_str())).collect();
    let choice = |(no, name): (PersonNo, &str)| Choice {
        value: no.to_string(),
        label: name.to_owned(),
        chosen: chosen == Some(no),
    };
    people.into_iter().map(choice).collect()
}

struct ChangeLine {
    seq: u64,
    kind: String,
    title: String,
    record: Option<String>,
    fields: String,
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "session.html")]
struct SessionPage {
    f: Frame,
    line: Line,
    figures: Vec<(&'static str, String)>,
    changes: Vec<ChangeLine>,
    cut: bool,
}

/// `GET /console/session/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    f: Frame,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::NotFound)?;
    let (row, changes) = app.store.session(id, CHANGES).await?.ok_or(Trouble::NotFound)?;
    let grids = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &grids);
    let reads_records = f.may(Action::ReadRecords);
    let lines: Vec<ChangeLine> =
        changes.iter().map(|change| change_line(&f, &words, change, reads_records)).collect();
    Ok(page(&SessionPage {
        figures: figures(&f, &row),
        line: Line::new(&f, row, 0),
        cut: lines.len() == CHANGES as usize,
        changes: lines,
        f,
    }))
}

fn change_line(f: &Frame, words: &Words<'_>, line: &SessionChange, reads_records: bool) -> ChangeLine {
    let change = line.change.as_ref();
    let labels = change
        .into_iter()
        .flat_map(|c| c.writes.iter().map(move |write| words.field_label(c.record_type.no, write.field)));
    let title = match (&line.state, change) {
        (Some(state), _) if reads_records => words.title(state),
        (_, Some(change)) => words.type_label(change.record_type.no),
        _ => "—".into(),
    };
    ChangeLine {
        seq: line.seq.0,
        kind: change.map(|c| f.name("kind", c.kind.name())).unwrap_or_default(),
        title,
        record: line.record().filter(|_| reads_records && line.state.is_some()).map(|id| id.to_string()),
        fields: labels.take(8).collect::<Vec<_>>().join(" · "),
        refused: line.refused.as_deref().map(|code| f.name("quarantine", code)),
    }
}

/// The figures that a session has, each with its label.
fn figures(f: &Frame, row: &SessionRow) -> Vec<(&'static str, String)> {
    let kib = |bytes: u64| format!("{} KiB", bytes.div_ceil(1024));
    let mut figures = vec![
        (f.t("session.pushed"), row.pushed.to_string()),
        (f.t("session.pulled"), row.pulled.to_string()),
        (f.t("session.quarantined"), row.quarantined.to_string()),
        (f.t("session.conflicts"), row.conflicts.to_string()),
        (f.t("session.duplicates"), row.duplicates.to_string()),
        (f.t("session.photos"), row.photos.to_string()),
        (f.t("session.repaired"), row.repaired.to_string()),
        (f.t("session.requests"), row.requests.to_string()),
        (f.t("session.bytes_up"), kib(row.bytes_up)),
        (f.t("session.bytes_down"), kib(row.bytes_down)),
    ];
    let mut told = |label, value: Option<String>| figures.extend(value.map(|value| (label, value)));
    told(f.t("session.offset"), row.clock_offset_ms.map(|ms| f.lang.span(ms)));
    told(f.t("session.battery"), row.battery.map(|n| format!("{n} %")));
    told(f.t("session.network"), row.network.as_deref().map(|network| f.name("network", network)));
    told(f.t("session.storage"), row.storage_free_mib.map(|n| format!("{n} MiB")));
    told(f.t("session.outbox"), row.outbox.map(|n| n.to_string()));
    told(f.t("session.retries"), row.retries.map(|n| n.to_string()));
    told(f.t("session.last_took"), row.last_session_ms.map(|ms| f.lang.span(ms)));
    told(f.t("session.app"), row.app.clone());
    told(f.t("session.schema"), row.schema.map(|n| n.to_string()));
    figures
}
