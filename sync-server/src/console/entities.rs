//! Entities: what several records say of one person or thing, and where they differ. A difference is settled by editing a
//! record, never by copying.

use super::fields::Fields;
use super::frame::{Frame, page};
use super::records::Line;
use super::trouble::Trouble;
use super::words::Words;
use crate::app::App;
use crate::store::entities::EntityView;
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use gridweave_core::entity::{FieldProfile, Source, Suspicion, profile, two_people};
use gridweave_core::form::EntityKind;
use gridweave_core::ids::{FieldKey, RecordId};
use std::collections::BTreeMap;
use std::sync::Arc;

const ROWS: usize = 30;
/// All records of the city are written to this register; departments' own will name theirs.
const FIELD_REGISTER: &str = "field";

struct ValueOf {
    text: String,
    hidden: bool,
    /// It is the one that survives in the profile.
    survives: bool,
    record: String,
    key: String,
}

struct Row {
    label: String,
    differs: bool,
    /// One cell a record, in the records' order.
    cells: Vec<Option<ValueOf>>,
}

struct Entity {
    id: String,
    title: String,
    kind: String,
    count: usize,
    differences: Vec<String>,
    other_name: bool,
    other_birth_date: bool,
}

#[derive(Template)]
#[template(path = "entities.html")]
struct EntitiesPage {
    f: Frame,
    count: usize,
    entities: Vec<Entity>,
    next: Option<usize>,
}

#[derive(Template)]
#[template(path = "entity.html")]
struct EntityPage {
    f: Frame,
    title: String,
    kind: String,
    records: Vec<Line>,
    rows: Vec<Row>,
    other_name: bool,
    other_birth_date: bool,
}

/// `GET /console/entities`.
pub async fn list(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let skip: usize = asked.read("skip").unwrap_or(0);
    let linked = app.store.linked_entities(skip, ROWS).await?;
    let grids = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &grids);
    let entities = linked.page.iter().filter_map(|entity| in_words(&words, entity)).collect();
    let next = (skip + ROWS < linked.count).then_some(skip + ROWS);
    Ok(page(&EntitiesPage { count: linked.count, entities, next, f }))
}

fn in_words(words: &Words<'_>, entity: &EntityView) -> Option<Entity> {
    let first = &entity.records.first()?.state;
    let sources = sources(words, entity);
    let suspicions = if is_person(words, entity) { two_people(&sources) } else { Default::default() };
    let differing = profile(&sources).into_iter().filter(FieldProfile::differs);
    Some(Entity {
        id: first.record.to_string(),
        title: words.title(first),
        kind: words.type_label(first.record_type.no),
        count: entity.records.len(),
        differences: differing
            .map(|field| words.field_label(first.record_type.no, FieldKey::plain(field.no)))
            .collect(),
        other_name: suspicions.contains(&Suspicion::Name),
        other_birth_date: suspicions.contains(&Suspicion::BirthDate),
    })
}

/// `GET /console/entity/{id}`: by any of its records.
pub async fn show(
    State(app): State<Arc<App>>,
    f: Frame,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let id: RecordId = id.parse().map_err(|_| Trouble::NotFound)?;
    let entity = app.store.entity_of(id).await?;
    let grids = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &grids);
    let about = in_words(&words, &entity).ok_or(Trouble::NotFound)?;
    let sources = sources(&words, &entity);
    let rows = profile(&sources).iter().map(|field| row(&words, &entity, field)).collect();
    let records = entity.records.iter().map(|row| Line::new(&words, row)).collect();
    Ok(page(&EntityPage {
        title: about.title,
        kind: about.kind,
        other_name: about.other_name,
        other_birth_date: about.other_birth_date,
        records,
        rows,
        f,
    }))
}

fn row(words: &Words<'_>, entity: &EntityView, field: &FieldProfile) -> Row {
    // Of one record's several values the profile put the best first.
    let mut said: BTreeMap<RecordId, _> = BTreeMap::new();
    for one in std::iter::once(&field.value).chain(&field.beside) {
        said.entry(one.record).or_insert(one);
    }
    let cell = |state: &gridweave_core::merge::RecordState| {
        let one = said.get(&state.record)?;
        let no = words.record_type(state.record_type.no)?.field_named(&field.name)?.no;
        let shown = words.said(state, FieldKey::plain(no), &one.value);
        Some(ValueOf {
            text: shown.text,
            hidden: shown.hidden,
            survives: one.value == field.value.value,
            record: state.record.to_string(),
            key: no.to_string(),
        })
    };
    let first = entity.records.first().map(|r| r.state.record_type.no).unwrap_or_default();
    Row {
        label: words.field_label(first, FieldKey::plain(field.no)),
        differs: field.differs(),
        cells: entity.records.iter().map(|record| cell(&record.state)).collect(),
    }
}

/// How many entities differ in some field, and how many look like two people.
pub async fn counts(app: &App) -> Result<(usize, usize), Trouble> {
    let linked = app.store.linked_entities(0, usize::MAX).await?;
    let words = Words::new(super::lang::Lang::ZhCn, app.store.catalog(), &[]);
    let mut counts = (0, 0);
    for entity in &linked.page {
        let sources = sources(&words, entity);
        counts.0 += usize::from(profile(&sources).iter().any(FieldProfile::differs));
        counts.1 += usize::from(is_person(&words, entity) && !two_people(&sources).is_empty());
    }
    Ok(counts)
}

fn sources<'a>(words: &Words<'a>, entity: &'a EntityView) -> Vec<Source<'a>> {
    let source = |state: &'a gridweave_core::merge::RecordState| {
        let record_type = words.record_type(state.record_type.no)?;
        Some(Source { state, record_type, register: FIELD_REGISTER })
    };
    entity.records.iter().filter_map(|record| source(&record.state)).collect()
}

fn is_person(words: &Words<'_>, entity: &EntityView) -> bool {
    let kind = entity.records.first().and_then(|r| words.record_type(r.state.record_type.no));
    kind.is_some_and(|t| t.entity_kind == EntityKind::Person)
}
