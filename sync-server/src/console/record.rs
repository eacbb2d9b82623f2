//! One record: what is live with who, when and where; its history as differences; its photos.

use super::again::Again;
use super::clock;
use super::fields::Fields;
use super::frame::{Frame, page};
use super::records::{Choice, Line};
use super::trouble::Trouble;
use super::words::{Words, distance, distance_m, key_text, read_key};
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::records::{LoggedChange, RecordView};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use gridweave_core::form::{FieldKind, system};
use gridweave_core::geo::{Fix, Point};
use gridweave_core::ids::{Dot, FieldKey, PersonNo, RecordId};
use gridweave_core::record::SetItem;
use gridweave_core::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Fields that one person may unmask in an hour.
const UNMASKED_AN_HOUR_MAX: u64 = 50;

/// Who wrote a value, when and where.
pub struct Origin {
    /// Name of the author.
    pub who: String,
    /// When, by the device's clock, put right by the offset that the server measured last.
    pub when: String,
    /// Where the device was, from the record: `12 m`.
    pub distance: String,
    /// Accuracy of that reading, metres.
    pub accuracy: String,
    /// The system said that the position was made up.
    pub mock: bool,
    /// The reading itself.
    pub place: String,
    /// The device, or nothing for a supervisor.
    pub device: String,
}

impl Origin {
    /// The origin of a change.
    pub fn new(words: &Words<'_>, view: &RecordView, logged: &LoggedChange) -> Origin {
        let change = &logged.change;
        let away = |fix: &Fix| view.row.place.as_ref().and_then(|place| distance_m(place, &fix.point));
        let fix = change.fix.as_ref();
        Origin {
            who: name(view, change.author),
            when: clock::minute(clock::put_right(change.wall_ms, logged.clock_offset_ms)),
            distance: fix.and_then(away).map(distance).unwrap_or_default(),
            accuracy: fix.map(|fix| format!("±{} m", fix.accuracy_dm.div_ceil(10))).unwrap_or_default(),
            mock: fix.is_some_and(|fix| fix.mock),
            place: fix
                .map(|fix| words.whole(FieldKey::plain(system::LOCATION), &Value::Geo(fix.point)))
                .unwrap_or_default(),
            device: logged.device.clone(),
        }
    }
}

/// Name of a person who wrote.
fn name(view: &RecordView, person: PersonNo) -> String {
    view.names.get(&person).cloned().unwrap_or_else(|| format!("#{person}"))
}

struct LiveValue {
    text: String,
    hidden: bool,
    origin: Option<Origin>,
}

struct FieldRow {
    label: String,
    key: String,
    values: Vec<LiveValue>,
    in_conflict: bool,
    hidden: bool,
    revealed: bool,
    /// Somebody wanted to see it whole and was refused.
    refused: bool,
}

struct Difference {
    label: String,
    old: Vec<String>,
    new: String,
}

struct Entry {
    kind: String,
    origin: Origin,
    received: String,
    differences: Vec<Difference>,
    photos: usize,
    was: Option<Dot>,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    f: Frame,
    id: String,
    kind: String,
    title: String,
    grid: String,
    dead: bool,
    conflicts: u32,
    place: Option<Point>,
    updated: String,
    rows: Vec<FieldRow>,
    history: Vec<Entry>,
    photos: Vec<String>,
    photos_awaited: usize,
    others: Vec<Line>,
    may_settle: bool,
    may_unmask: bool,
    verdicts: Vec<Choice>,
    reasons: Vec<Choice>,
    life_on_screen: Vec<Dot>,
    review_on_screen: Vec<Dot>,
    again: Again,
}

/// `GET /console/record/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    f: Frame,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let record = id.parse().map_err(|_| Trouble::NotFound)?;
    draw(&app, f, record, None, Again::default()).await
}

/// `POST /console/unmask`: one field of one record, shown whole once, with a reason that is written down first.
pub async fn unmask(State(app): State<Arc<App>>, f: Frame, fields: Fields) -> Result<Response, Trouble> {
    let record: RecordId = fields.read("record")?;
    let key = fields.get("field").and_then(read_key).ok_or(Trouble::BadForm)?;
    match note_unmask(&app, &f, record, key, &fields).await {
        Ok(()) => draw(&app, f, record, Some(key), Again::default()).await,
        Err(Trouble::Refused(says)) => {
            let again = Again::new("unmask", "reason", f.t(says), &fields);
            draw(&app, f, record, None, again).await
        }
        Err(trouble) => Err(trouble),
    }
}

/// Writes down that somebody sees a value, before it is seen; refuses without a reason, and beyond the hour's measure.
pub async fn note_unmask(
    app: &App,
    f: &Frame,
    record: RecordId,
    key: FieldKey,
    fields: &Fields,
) -> Result<(), Trouble> {
    let reason = fields.get("reason").ok_or(Trouble::Refused("unmask.reason_wanted"))?;
    let (person, now_ms) = (f.person()?, app.now_ms());
    if app.store.audit_count(person, "unmask", now_ms - 3_600_000).await? >= UNMASKED_AN_HOUR_MAX {
        return Err(Trouble::Refused("unmask.too_many"));
    }
    let object = format!("{record} {}", key_text(key));
    let reason: String = reason.chars().take(200).collect();
    Ok(app.store.note_audit(now_ms, Some(person), "unmask", object, reason).await?)
}

/// The page of a record, with one field shown whole, or with a form that was refused.
pub async fn draw(
    app: &App,
    f: Frame,
    record: RecordId,
    revealed: Option<FieldKey>,
    again: Again,
) -> Result<Response, Trouble> {
    let view = app.store.record_view(record).await?.ok_or(Trouble::NotFound)?;
    let grids = app.store.grids().await?;
    let mut words = Words::new(f.lang, app.store.catalog(), &grids);
    words.revealed = revealed.map(|key| (record, key));
    let state = &view.row.state;
    let claimed = state.sets().values().flat_map(|set| set.items());
    let in_sets = claimed.filter_map(|item| match item {
        SetItem::Photo(hash) => Some(hash),
        SetItem::Repeat(_) => None,
    });
    // Recordings, too, go by a hash; only pictures can be drawn.
    let is_image = |key: &FieldKey| {
        let of = app.store.catalog().by_no(state.record_type.no);
        of.and_then(|of| of.field(key.no)).is_some_and(|field| field.kind == FieldKind::Photo)
    };
    let registers = state.registers().iter().filter(|(key, _)| is_image(key));
    let in_fields = registers.flat_map(|(_, register)| register.siblings()).filter_map(|s| match s.value {
        Value::Photo(hash) => Some(hash),
        _ => None,
    });
    let mut seen = BTreeSet::new();
    let claimed: Vec<_> = in_sets.chain(in_fields).filter(|hash| seen.insert(*hash)).collect();
    let photos: Vec<String> =
        claimed.iter().filter(|hash| view.has_photo(**hash)).map(|hash| hash.to_string()).collect();
    let others = app.store.entity_of(record).await?.records;
    let on_screen = |no| state.register(no).map(|r| r.dots()).unwrap_or_default();
    let chosen = |mut choice: Choice, form: &str, name: &str| {
        choice.chosen = again.chose(form, name, &choice.value);
        choice
    };
    let verdicts = words.choices("review").into_iter().map(|c| chosen(c, "review", "verdict"));
    let reasons = words.reasons_gone(state.record_type.no).into_iter();
    let refused = !again.says.is_empty();
    let page = page(&RecordPage {
        id: record.to_string(),
        kind: words.type_label(state.record_type.no),
        title: words.title(state),
        grid: words.grid_of(state),
        dead: view.row.dead,
        conflicts: view.row.conflicts,
        place: view.row.place,
        updated: clock::minute(view.row.updated_ms),
        rows: rows(&words, &view, &again),
        history: history(&words, &view),
        photos_awaited: claimed.len() - photos.len(),
        others: others.iter().filter(|row| row.id != view.row.id).map(|row| Line::new(&words, row)).collect(),
        photos,
        may_settle: f.may(Action::Settle),
        may_unmask: f.may(Action::Unmask),
        verdicts: verdicts.collect(),
        reasons: reasons.map(|c| chosen(c, "life", "life")).collect(),
        life_on_screen: on_screen(system::LIFE),
        review_on_screen: on_screen(system::REVIEW),
        f: f.at(format!("/console/record/{record}")),
        again,
    });
    Ok(Again::status(refused, page))
}

/// Fields that were ever answered, in the order of the record type, repetitions together.
fn rows(words: &Words<'_>, view: &RecordView, again: &Again) -> Vec<FieldRow> {
    let state = &view.row.state;
    let order = words.record_type(state.record_type.no).map(|t| t.fields.as_slice()).unwrap_or_default();
    let rank = |key: &FieldKey| {
        // The system's own fields stand at the end: people look for the answers.
        let own = key.no >= system::FIRST_OWN;
        (!own, key.instance, order.iter().position(|f| f.no == key.no).unwrap_or(usize::MAX), key.no)
    };
    let mut keys: Vec<FieldKey> = state.registers().keys().copied().collect();
    keys.sort_by_key(rank);
    let row = |key: FieldKey| {
        let register = &state.registers()[&key];
        let mut siblings = register.siblings();
        if !register.in_conflict() {
            // Equal answers given apart are one answer; the latest tells whose.
            siblings = state.shown(key).into_iter().collect();
        }
        let values: Vec<LiveValue> = siblings
            .iter()
            .map(|sibling| {
                let said = words.said(state, key, &sibling.value);
                let origin = view.change(sibling.dot).map(|logged| Origin::new(words, view, logged));
                LiveValue { text: said.text, hidden: said.hidden, origin }
            })
            .collect();
        FieldRow {
            label: words.field_label(state.record_type.no, key),
            key: key_text(key),
            in_conflict: register.in_conflict(),
            hidden: values.iter().any(|v| v.hidden),
            revealed: words.revealed == Some((state.record, key)),
            refused: again.chose("unmask", "field", &key_text(key)),
            values,
        }
    };
    keys.into_iter().map(row).collect()
}

/// The changes, latest first, each as what it replaced and what it put there.
fn history(words: &Words<'_>, view: &RecordView) -> Vec<Entry> {
    let state = &view.row.state;
    let value_of = |dot: &Dot, key: FieldKey| view.change(*dot).and_then(|c| c.change.value_of(key));
    let entry = |logged: &LoggedChange| {
        let change = &logged.change;
        let differences = change.writes.iter().map(|write| Difference {
            label: words.field_label(state.record_type.no, write.field),
            old: write
                .replaces
                .iter()
                .filter_map(|dot| value_of(dot, write.field))
                .map(|value| words.said(state, write.field, value).text)
                .collect(),
            new: words.said(state, write.field, &write.value).text,
        });
        let added = change.sets.iter().flat_map(|s| &s.adds);
        Entry {
            kind: words.lang.of_family("kind", change.kind.name()),
            origin: Origin::new(words, view, logged),
            received: clock::minute(logged.received_ms),
            differences: differences.collect(),
            photos: added.filter(|item| matches!(item, SetItem::Photo(_))).count(),
            was: change.was,
        }
    };
    view.changes.iter().rev().map(entry).collect()
}
