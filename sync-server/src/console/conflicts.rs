//! Conflicts: the list of them, and one field side by side to be settled or corrected.

use super::clock;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::input::{self, Input};
use super::record::{Origin, note_unmask};
use super::trouble::Trouble;
use super::words::{Words, key_text, read_dots, read_key};
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::records::{RecordFilter, RecordView};
use crate::store::settle::{Order, Refused};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use gridweave_core::form::system;
use gridweave_core::ids::{Dot, FieldKey, RecordId};
use gridweave_core::record::{ChangeKind, Write};
use gridweave_core::value::{Code, Value};
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

struct Side {
    dots: Vec<Dot>,
    text: String,
    hidden: bool,
    origins: Vec<Origin>,
    photos: Vec<String>,
}

#[derive(Template)]
#[template(path = "field.html")]
struct FieldPage {
    f: Frame,
    record: String,
    kind: String,
    title: String,
    grid: String,
    field: String,
    key: String,
    in_conflict: bool,
    sides: Vec<Side>,
    on_screen: Vec<Dot>,
    hidden: bool,
    may_settle: bool,
    may_unmask: bool,
    input: Option<Input>,
    came_meanwhile: bool,
}

/// `GET /console/record/{id}/field/{key}`.
pub async fn field(
    State(app): State<Arc<App>>,
    f: Frame,
    Path((id, key)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let record = id.parse().map_err(|_| Trouble::NotFound)?;
    let key = read_key(&key).ok_or(Trouble::NotFound)?;
    let again = Fields::parse(query.unwrap_or_default().as_bytes()).get("again").is_some();
    draw(&app, f, record, key, false, again).await
}

/// `POST /console/field/unmask`: the same page with its values whole, once.
pub async fn unmask(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let record: RecordId = fields.read("record")?;
    let key = fields.get("field").and_then(read_key).ok_or(Trouble::BadForm)?;
    let reason = fields.get("reason").ok_or(Trouble::Refused("unmask.reason_wanted"))?;
    note_unmask(&app, &f, record, key, reason).await?;
    draw(&app, f, record, key, true, false).await
}

async fn draw(
    app: &App,
    f: Frame,
    record: RecordId,
    key: FieldKey,
    reveal: bool,
    came_meanwhile: bool,
) -> Result<Response, Trouble> {
    let view = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    let grids = app.store.grids().await?;
    let mut words = Words::new(f.lang, app.store.catalog(), &grids);
    words.revealed = reveal.then_some((record, key));
    let state = &view.row.state;
    let register = state.registers().get(&key);
    let sides = sides(&words, &view, key);
    Ok(page(&FieldPage {
        record: record.to_string(),
        kind: words.type_label(state.record_type.no),
        title: words.title(state),
        grid: words.grid_of(state),
        field: words.field_label(state.record_type.no, key),
        key: key_text(key),
        in_conflict: register.is_some_and(|r| r.in_conflict()),
        on_screen: register.map(|r| r.dots()).unwrap_or_default(),
        hidden: sides.iter().any(|side| side.hidden),
        sides,
        may_settle: f.may(Action::Settle),
        may_unmask: f.may(Action::Unmask),
        input: input::of(&words, &grids, state.record_type.no, key),
        came_meanwhile,
        f,
    }))
}

/// The distinct values of a field, each with all who gave it.
fn sides(words: &Words<'_>, view: &RecordView, key: FieldKey) -> Vec<Side> {
    let state = &view.row.state;
    let siblings = state.registers().get(&key).map(|r| r.siblings()).unwrap_or_default();
    let mut sides: Vec<(Value, Side)> = Vec::new();
    for sibling in siblings {
        let origin = view.change(sibling.dot).map(|logged| Origin::new(words, view, logged));
        let photos = view.photos_added_by(sibling.dot).into_iter().map(|hash| hash.to_string());
        match sides.iter_mut().find(|(value, _)| *value == sibling.value) {
            Some((_, side)) => {
                side.dots.push(sibling.dot);
                side.origins.extend(origin);
                side.photos.extend(photos);
            }
            None => {
                let said = words.said(state, key, &sibling.value);
                let side = Side {
                    dots: vec![sibling.dot],
                    text: said.text,
                    hidden: said.hidden,
                    origins: origin.into_iter().collect(),
                    photos: photos.collect(),
                };
                sides.push((sibling.value, side));
            }
        }
    }
    sides.into_iter().map(|(_, side)| side).collect()
}

/// `POST /console/field`: one of the values on the screen, or a new one, in place of exactly those on the screen.
pub async fn settle(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let record: RecordId = fields.read("record")?;
    let key_as_sent = fields.get("field").ok_or(Trouble::BadForm)?.to_owned();
    let key = read_key(&key_as_sent).ok_or(Trouble::BadForm)?;
    let on_screen = read_dots(fields.all("on_screen")).ok_or(Trouble::BadForm)?;
    let view = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    let value = match fields.get("take") {
        Some("new") => {
            let grids = app.store.grids().await?;
            let words = Words::new(f.lang, app.store.catalog(), &grids);
            let typed = input::read(&words, view.row.state.record_type.no, key, &fields);
            // Nothing typed is a slip more often than a wish to clear the field.
            typed
                .and_then(|v| if v.is_null() { Err("settle.empty") } else { Ok(v) })
                .map_err(Trouble::Refused)?
        }
        Some("clear") => Value::Null,
        Some(dot) => {
            let dot: Dot = dot.parse().map_err(|_| Trouble::BadForm)?;
            let said = view.change(dot).and_then(|logged| logged.change.value_of(key));
            // Only what stood on the screen can be taken from it.
            said.filter(|_| on_screen.contains(&dot)).cloned().ok_or(Trouble::BadForm)?
        }
        None => return Err(Trouble::Refused("settle.choose")),
    };
    let kind = if on_screen.len() > 1 { ChangeKind::Resolve } else { ChangeKind::Edit };
    let write = Write { field: key, value, replaces: on_screen };
    carry_out(&app, &f, record, kind, write, fields.get("reason").unwrap_or("")).await?;
    let still = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    let open = still.row.state.registers().get(&key).is_some_and(|r| r.in_conflict());
    let to = if open {
        format!("/console/record/{record}/field/{}?again=1", key_text(key))
    } else {
        format!("/console/record/{record}")
    };
    Ok(Redirect::to(&to).into_response())
}

/// `POST /console/record/review`.
pub async fn review(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let verdict = code(&app, &fields, "verdict", "review")?;
    own_register(&app, &f, &fields, ChangeKind::Review, system::REVIEW, verdict).await
}

/// `POST /console/record/life`: gone, with a reason, or back again.
pub async fn life(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let life = code(&app, &fields, "life", "life")?;
    let kind = if life.code == "alive" { ChangeKind::Restore } else { ChangeKind::Delete };
    own_register(&app, &f, &fields, kind, system::LIFE, life).await
}

/// What was chosen of a code list.
fn code(app: &App, fields: &Fields, name: &str, list: &str) -> Result<Code, Trouble> {
    let list = app.store.catalog().code_lists.get(list);
    let known = |text: &str| list.filter(|l| l.entry(text).is_some_and(|e| !e.retired)).map(|l| l.code(text));
    fields.get(name).and_then(known).ok_or(Trouble::BadForm)
}

/// Sets one of the registers that every record has.
async fn own_register(
    app: &App,
    f: &Frame,
    fields: &Fields,
    kind: ChangeKind,
    no: gridweave_core::ids::FieldNo,
    code: Code,
) -> Result<Response, Trouble> {
    let record: RecordId = fields.read("record")?;
    let replaces = read_dots(fields.all("on_screen")).ok_or(Trouble::BadForm)?;
    let write = Write { field: FieldKey::plain(no), value: Value::Code(code), replaces };
    carry_out(app, f, record, kind, write, fields.get("reason").unwrap_or("")).await?;
    Ok(Redirect::to(&format!("/console/record/{record}")).into_response())
}

async fn carry_out(
    app: &App,
    f: &Frame,
    record: RecordId,
    kind: ChangeKind,
    write: Write,
    reason: &str,
) -> Result<Dot, Trouble> {
    let reason = reason.chars().take(200).collect();
    let order = Order { person: f.person()?, record, kind, writes: vec![write], reason };
    match app.store.settle(order, app.identity_key.clone(), app.now_ms()).await? {
        Ok(dot) => Ok(dot),
        Err(Refused::NoRecord) => Err(Trouble::NotFound),
        Err(Refused::Misfit(_)) => Err(Trouble::Refused("settle.misfit")),
        Err(Refused::UnknownGrid) => Err(Trouble::Refused("settle.unknown_grid")),
        Err(Refused::Unseen) => Err(Trouble::Refused("settle.unseen")),
    }
}
