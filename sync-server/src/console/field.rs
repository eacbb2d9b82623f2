//! One field side by side: a conflict to be settled, or a value to be corrected.

use super::again::Again;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::input::{self, Input};
use super::record::{Origin, note_unmask};
use super::trouble::Trouble;
use super::verdict::carry_out;
use super::words::{Words, key_text, read_dots, read_key};
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::records::RecordView;
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use gridweave_core::ids::{Dot, FieldKey, RecordId};
use gridweave_core::record::{ChangeKind, Write};
use gridweave_core::value::Value;
use std::sync::Arc;

/// The form that settles or corrects, among those of the page.
const SETTLE: &str = "settle";

struct Side {
    dots: Vec<Dot>,
    text: String,
    hidden: bool,
    origins: Vec<Origin>,
    photos: Vec<String>,
    chosen: bool,
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
    again: Again,
}

/// How the page differs from its plain look.
#[derive(Default)]
struct Look {
    reveal: bool,
    came_meanwhile: bool,
    again: Again,
}

/// `GET /console/record/{id}/field/{key}`.
pub async fn show(
    State(app): State<Arc<App>>,
    f: Frame,
    Path((id, key)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let record = id.parse().map_err(|_| Trouble::NotFound)?;
    let key = read_key(&key).ok_or(Trouble::NotFound)?;
    let came_meanwhile = Fields::parse(query.unwrap_or_default().as_bytes()).get("again").is_some();
    draw(&app, f, record, key, Look { came_meanwhile, ..Look::default() }).await
}

/// `POST /console/field/unmask`: the same page with its values whole, once.
pub async fn unmask(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let record: RecordId = fields.read("record")?;
    let key = fields.get("field").and_then(read_key).ok_or(Trouble::BadForm)?;
    let look = match note_unmask(&app, &f, record, key, &fields).await {
        Ok(()) => Look { reveal: true, ..Look::default() },
        Err(Trouble::Refused(says)) => {
            Look { again: Again::new("unmask", "reason", f.t(says), &fields), ..Look::default() }
        }
        Err(trouble) => return Err(trouble),
    };
    draw(&app, f, record, key, look).await
}

async fn draw(app: &App, f: Frame, record: RecordId, key: FieldKey, look: Look) -> Result<Response, Trouble> {
    let Look { reveal, came_meanwhile, again } = look;
    let view = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    let grids = app.store.grids().await?;
    let mut words = Words::new(f.lang, app.store.catalog(), &grids);
    words.revealed = reveal.then_some((record, key));
    let state = &view.row.state;
    let register = state.registers().get(&key);
    let on_screen = register.map(|r| r.dots()).unwrap_or_default();
    let unseen = |dot: &Dot| !again.chose(SETTLE, "on_screen", &dot.to_string());
    let sides = sides(&words, &view, key, &again);
    let mut input = input::of(&words, &grids, state.record_type.no, key);
    for choice in input.iter_mut().flat_map(|input| &mut input.choices) {
        choice.chosen = again.chose(SETTLE, "value", &choice.value);
    }
    let refused = !again.says.is_empty();
    let page = page(&FieldPage {
        record: record.to_string(),
        kind: words.type_label(state.record_type.no),
        title: words.title(state),
        grid: words.grid_of(state),
        field: words.field_label(state.record_type.no, key),
        key: key_text(key),
        in_conflict: register.is_some_and(|r| r.in_conflict()),
        came_meanwhile: came_meanwhile || again.is_of(SETTLE) && on_screen.iter().any(unseen),
        on_screen,
        hidden: sides.iter().any(|side| side.hidden),
        sides,
        may_settle: f.may(Action::Settle),
        may_unmask: f.may(Action::Unmask),
        input,
        again,
        f: f.at(format!("/console/record/{record}/field/{}", key_text(key))),
    });
    Ok(Again::status(refused, page))
}

/// The distinct values of a field, each with all who gave it.
fn sides(words: &Words<'_>, view: &RecordView, key: FieldKey, again: &Again) -> Vec<Side> {
    let state = &view.row.state;
    let siblings = state.registers().get(&key).map(|r| r.siblings()).unwrap_or_default();
    let mut sides: Vec<(Value, Side)> = Vec::new();
    for sibling in siblings {
        let origin = view.change(sibling.dot).map(|logged| Origin::new(words, view, logged));
        let photos = view.photos_added_by(sibling.dot).into_iter().map(|hash| hash.to_string());
        let chosen = again.chose(SETTLE, "take", &sibling.dot.to_string());
        match sides.iter_mut().find(|(value, _)| *value == sibling.value) {
            Some((_, side)) => {
                side.dots.push(sibling.dot);
                side.chosen |= chosen;
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
                    chosen,
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
    let key = fields.get("field").and_then(read_key).ok_or(Trouble::BadForm)?;
    let on_screen = read_dots(fields.all("on_screen")).ok_or(Trouble::BadForm)?;
    let view = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    let kind = if on_screen.len() > 1 { ChangeKind::Resolve } else { ChangeKind::Edit };
    let again = match chosen(&app, &f, &view, key, &on_screen, &fields).await? {
        Ok(value) => {
            let write = Write { field: key, value, replaces: on_screen };
            match carry_out(&app, &f, record, kind, write, fields.get("reason").unwrap_or("")).await {
                Ok(_) => return onward(&app, record, key).await,
                Err(Trouble::Refused(says)) => {
                    let at = if fields.get("take") == Some("new") { "value" } else { "take" };
                    Again::new(SETTLE, at, f.t(says), &fields)
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Err(again) => again,
    };
    draw(&app, f, record, key, Look { again, ..Look::default() }).await
}

/// To the record; back to the field where another value came meanwhile.
async fn onward(app: &App, record: RecordId, key: FieldKey) -> Result<Response, Trouble> {
    let view = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    let open = view.row.state.registers().get(&key).is_some_and(|r| r.in_conflict());
    let to = if open {
        format!("/console/record/{record}/field/{}?again=1", key_text(key))
    } else {
        format!("/console/record/{record}")
    };
    Ok(Redirect::to(&to).into_response())
}

/// The value that the form asks for, or the form with what is wrong with it.
async fn chosen(
    app: &App,
    f: &Frame,
    view: &RecordView,
    key: FieldKey,
    on_screen: &[Dot],
    fields: &Fields,
) -> Result<Result<Value, Again>, Trouble> {
    let refused = |field, says: &str| Ok(Err(Again::new(SETTLE, field, says, fields)));
    match fields.get("take") {
        Some("new") => {
            let grids = app.store.grids().await?;
            let words = Words::new(f.lang, app.store.catalog(), &grids);
            let no = view.row.state.record_type.no;
            let value = match input::read(&words, no, key, fields) {
                // Nothing typed is a slip more often than a wish to clear the field.
                Ok(Value::Null) => return refused("value", f.t("settle.empty")),
                Ok(value) => value,
                Err(says) => return refused("value", f.t(says)),
            };
            // Said to stand so on the original: of this very value.
            let confirmed = fields.get("confirmed").is_some_and(|code| value.as_text() == Some(code));
            match input::doubts(&words, no, key, &value, app.now_ms()) {
                Some(says) if !confirmed => refused("code", &says),
                _ => Ok(Ok(value)),
            }
        }
        Some("clear") => Ok(Ok(Value::Null)),
        Some(dot) => {
            let dot: Dot = dot.parse().map_err(|_| Trouble::BadForm)?;
            let said = view.change(dot).and_then(|logged| logged.change.value_of(key));
            // Only what stood on the screen can be taken from it.
            said.filter(|_| on_screen.contains(&dot)).cloned().map(Ok).ok_or(Trouble::BadForm)
        }
        None => refused("take", f.t("settle.choose")),
    }
}
