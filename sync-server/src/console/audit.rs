//! The audit log: who did what to whom, by ids, and whether the log is as it was written.

use super::clock::{self, DAY_MS};
use super::fields::Fields;
use super::frame::{Frame, page};
use super::records::Choice;
use super::trouble::Trouble;
use crate::app::App;
use crate::store::audit::{Actor, AuditFilter, Chain};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use chrono::NaiveDate;
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
    people: Vec<Choice>,
    acts: Vec<Choice>,
    day: String,
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
    let actor = asked.get("person").and_then(actor_of);
    let act = f.lang.family("audit").map(|(name, _)| name).find(|name| asked.get("act") == Some(*name));
    let day = asked.get("day").and_then(|day| day.parse::<NaiveDate>().ok());
    let from_ms = day.map(clock::day_start_ms);
    let filter = AuditFilter {
        actor,
        action: act.map(str::to_owned),
        from_ms,
        until_ms: from_ms.map(|ms| ms + DAY_MS),
        before: asked.read("before").ok(),
        limit: ROWS + 1,
    };
    let mut rows = app.store.audit_rows(filter).await?;
    let more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let older = rows.last().filter(|_| more).map(|row| older(actor, act, day, row.id));
    let (whole, broken_at) = match app.store.check_audit().await? {
        Chain::Whole(rows) => (Some(rows), None),
        Chain::BrokenAt(id) => (None, Some(id)),
    };
    let actors = app.store.actors().await?;
    let people = actors.into_iter().map(|(who, name)| Choice {
        value: text_of(who),
        label: match who {
            Actor::Server => f.t("audit_page.server").to_owned(),
            Actor::Person(no) => format!("{name} ({no})"),
        },
        chosen: actor == Some(who),
    });
    let acts = f.lang.family("audit").map(|(name, label)| Choice {
        value: name.to_owned(),
        label: label.to_owned(),
        chosen: act == Some(name),
    });
    let lines = rows.into_iter().map(|row| Line {
        id: row.id,
        at: clock::minute(row.at_ms),
        who: if row.name.is_empty() { f.t("audit_page.server").to_owned() } else { row.name },
        action: f.name("audit", &row.action),
        object: words(&f, &row.object),
        reason: row.reason,
    });
    Ok(page(&AuditPage {
        people: people.collect(),
        acts: acts.collect(),
        day: day.map(|day| day.to_string()).unwrap_or_default(),
        lines: lines.collect(),
        whole,
        broken_at,
        older,
        f,
    }))
}

/// The address of the next page: numbers, names of acts and a day, nothing personal.
fn older(actor: Option<Actor>, act: Option<&str>, day: Option<NaiveDate>, before: i64) -> String {
    let part = |name: &str, value: Option<String>| value.map(|v| format!("{name}={v}&")).unwrap_or_default();
    let kept = [
        part("person", actor.map(text_of)),
        part("act", act.map(str::to_owned)),
        part("day", day.map(|day| day.to_string())),
    ];
    format!("/console/audit?{}before={before}", kept.concat())
}

/// An actor in an address: a person's number, or 0 for the server.
fn text_of(actor: Actor) -> String {
    match actor {
        Actor::Server => "0".into(),
        Actor::Person(no) => no.to_string(),
    }
}

fn actor_of(text: &str) -> Option<Actor> {
    let no = text.parse().ok()?;
    Some(if no == 0 { Actor::Server } else { Actor::Person(PersonNo(no)) })
}

/// The object as the log has it, `device 15` or `<record> 12`, in the reader's language.
fn words(f: &Frame, object: &str) -> Vec<Word> {
    let word =
        |text: &str| Word { text: f.name("audit_object", text), record: RecordId::from_str(text).is_ok() };
    object.split_whitespace().map(word).collect()
}
