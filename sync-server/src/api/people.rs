//! The API that people and integrators use, signed in like on the console. Personal values are masked unless the
//! request says why they are wanted (`X-Reason`); that is written to the audit log first.

use super::error::ApiError;
use super::message::read_json;
use crate::app::App;
use crate::auth::person::Signed;
use crate::auth::policy::Action;
use crate::store::read_api::{ReplicaRow, dot_pair};
use crate::store::settle::Order;
use crate::store::stats::Stats;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use gridweave_core::form::{RecordType, mask};
use gridweave_core::ids::{Dot, FieldKey, FieldNo, RecordId, Rid};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, ChangeKind, SetItem, Write, json, system};
use gridweave_core::value::Value;
use gridweave_core::wire::v1::GridDigest;
use serde::{Deserialize, Serialize};
use serde_json::{Value as JsonValue, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most rows in one answer.
const ROWS_MAX: u32 = 1000;

type Answer<T> = Result<Json<T>, ApiError>;

/// `GET /v1/stats`.
pub async fn stats(State(app): State<Arc<App>>, signed: Signed) -> Answer<Stats> {
    may(&signed, Action::Enter)?;
    Ok(Json(app.store.stats().await?))
}

/// `GET /v1/grid-digests`: what a device that has all of a grid has.
pub async fn grid_digests(State(app): State<Arc<App>>, signed: Signed) -> Answer<Vec<GridDigest>> {
    may(&signed, Action::ReadDevices)?;
    Ok(Json(app.store.grid_digests().await?))
}

/// `GET /v1/replicas`.
pub async fn replicas(State(app): State<Arc<App>>, signed: Signed) -> Answer<Vec<ReplicaRow>> {
    may(&signed, Action::ReadDevices)?;
    Ok(Json(app.store.replica_rows().await?))
}

/// `POST /v1/replicas/{rid}/confirm`: admits a replica that was made after a fork, with what it handed in.
pub async fn confirm(
    State(app): State<Arc<App>>,
    Path(rid): Path<u32>,
    signed: Signed,
    headers: HeaderMap,
) -> Answer<JsonValue> {
    may(&signed, Action::ManageDevices)?;
    csrf(&signed, &headers)?;
    let merged = app.store.confirm_replica(Rid(rid), app.identity_key.clone(), app.now_ms()).await?;
    let replica = app.store.replica(Rid(rid)).await?.ok_or_else(|| not_found("replica"))?;
    app.devices.put(&replica);
    app.store
        .note_audit(
            app.now_ms(),
            Some(signed.person),
            "confirm_replica",
            format!("replica {rid}"),
            String::new(),
        )
        .await?;
    Ok(Json(json!({"rid": rid, "merged": merged})))
}

/// Where to go on, and how many.
#[derive(Debug, Deserialize)]
pub struct LogQuery {
    #[serde(default)]
    after: u64,
    limit: Option<u32>,
}

/// A change in JSON; `bytes` is what the replica made.
#[derive(Debug, Serialize)]
pub struct ChangeJson {
    seq: u64,
    state: String,
    kind: Option<&'static str>,
    record: Option<String>,
    was: Option<(u32, u64)>,
    writes: Vec<WriteJson>,
}

#[derive(Debug, Serialize)]
struct WriteJson {
    field: u16,
    name: Option<String>,
    value: JsonValue,
    replaces: Vec<(u32, u64)>,
}

/// `GET /v1/replicas/{rid}/changes`: one replica's log.
pub async fn changes(
    State(app): State<Arc<App>>,
    Path(rid): Path<u32>,
    Query(query): Query<LogQuery>,
    signed: Signed,
    headers: HeaderMap,
) -> Answer<Vec<ChangeJson>> {
    let masked = masked(&app, &signed, &headers, format!("log of replica {rid}")).await?;
    let rows = app.store.log(Rid(rid), query.after, limit(query.limit)).await?;
    let tell = |row: crate::store::read_api::LogRow| {
        let change = Change::decode(&row.bytes).ok();
        let record_type = change.as_ref().and_then(|c| app.store.catalog().by_no(c.record_type.no));
        ChangeJson {
            seq: row.seq,
            state: row.state,
            kind: change.as_ref().map(|c| c.kind.name()),
            record: change.as_ref().map(|c| c.record.to_string()),
            was: change.as_ref().and_then(|c| c.was).map(dot_pair),
            writes: change
                .iter()
                .flat_map(|c| &c.writes)
                .map(|w| write_json(record_type, w, masked))
                .collect(),
        }
    };
    Ok(Json(rows.into_iter().map(tell).collect()))
}

fn write_json(record_type: Option<&RecordType>, write: &Write, masked: bool) -> WriteJson {
    let field = record_type.and_then(|t| t.field(write.field.no));
    WriteJson {
        field: write.field.no.0,
        name: field.map(|f| f.name.clone()),
        value: value_json(record_type, write.field, &write.value, masked),
        replaces: write.replaces.iter().copied().map(dot_pair).collect(),
    }
}

/// Where to go on, and how many.
#[derive(Debug, Deserialize)]
pub struct RecordsQuery {
    #[serde(default)]
    after: String,
    limit: Option<u32>,
}

/// A record in JSON: live values by field name.
#[derive(Debug, Serialize)]
pub struct RecordJson {
    record: String,
    #[serde(rename = "type")]
    record_type: String,
    fields: BTreeMap<String, Vec<ValueJson>>,
    photos: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ValueJson {
    dot: (u32, u64),
    value: JsonValue,
}

/// `GET /v1/records`: merged records in the order of their ids.
pub async fn records(
    State(app): State<Arc<App>>,
    Query(query): Query<RecordsQuery>,
    signed: Signed,
    headers: HeaderMap,
) -> Answer<Vec<RecordJson>> {
    let masked = masked(&app, &signed, &headers, "records".into()).await?;
    let after = if query.after.is_empty() { None } else { Some(record_id(&query.after)?) };
    let states = app.store.states(after, limit(query.limit)).await?;
    Ok(Json(states.iter().map(|state| record_json(&app, state, masked)).collect()))
}

/// `GET /v1/records/{record}`.
pub async fn record(
    State(app): State<Arc<App>>,
    Path(record): Path<String>,
    signed: Signed,
    headers: HeaderMap,
) -> Answer<RecordJson> {
    let id = record_id(&record)?;
    let masked = masked(&app, &signed, &headers, format!("record {id}")).await?;
    let state = app.store.state(id).await?.ok_or_else(|| not_found("record"))?;
    Ok(Json(record_json(&app, &state, masked)))
}

fn record_json(app: &App, state: &RecordState, masked: bool) -> RecordJson {
    let record_type = app.store.catalog().by_no(state.record_type.no);
    let name = |key: &FieldKey| {
        let known = record_type.and_then(|t| t.field(key.no)).map(|f| f.name.clone());
        let name = known.unwrap_or_else(|| format!("#{}", key.no));
        key.instance.map_or(name.clone(), |i| format!("{name}[{:016x}]", i.0))
    };
    let values = |key: &FieldKey, register: &gridweave_core::merge::Register| {
        let tell = |s: &gridweave_core::merge::Sibling| ValueJson {
            dot: dot_pair(s.dot),
            value: value_json(record_type, *key, &s.value, masked),
        };
        register.siblings().iter().map(tell).collect()
    };
    let photos = state.sets().get(&system::PHOTOS).map(|set| set.items()).unwrap_or_default();
    RecordJson {
        record: state.record.to_string(),
        record_type: record_type.map_or_else(|| format!("#{}", state.record_type.no), |t| t.name.clone()),
        fields: state.registers().iter().map(|(key, r)| (name(key), values(key, r))).collect(),
        photos: photos
            .into_iter()
            .filter_map(|item| match item {
                SetItem::Photo(hash) => Some(hash.to_string()),
                SetItem::Repeat(_) => None,
            })
            .collect(),
    }
}

/// The settlement of a conflict.
#[derive(Debug, Deserialize)]
pub struct Resolve {
    field: String,
    value: JsonValue,
    replaces: Vec<(u32, u64)>,
}

/// `POST /v1/records/{record}/resolve`: one value replaces those that were on the screen.
pub async fn resolve(
    State(app): State<Arc<App>>,
    Path(record): Path<String>,
    signed: Signed,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<JsonValue> {
    may(&signed, Action::Settle)?;
    csrf(&signed, &headers)?;
    let ask: Resolve = read_json(&body)?;
    let record = record_id(&record)?;
    let state = app.store.state(record).await?.ok_or_else(|| not_found("record"))?;
    let record_type =
        app.store.catalog().by_no(state.record_type.no).ok_or_else(|| not_found("record type"))?;
    let field = record_type.field_named(&ask.field).ok_or_else(|| not_found("field"))?;
    let value = json::from_json(&field.kind, &ask.value).ok_or_else(|| {
        ApiError::new(422, "wrong_kind", "the value is not of the kind that its field holds")
    })?;
    let write = Write {
        field: FieldKey::plain(field.no),
        value,
        replaces: ask.replaces.iter().map(|(rid, seq)| Dot::new(*rid, *seq)).collect(),
    };
    let order = Order {
        person: signed.person,
        record,
        kind: ChangeKind::Resolve,
        writes: vec![write],
        reason: reason(&headers).unwrap_or_default(),
    };
    let settled = app.store.settle(order, app.identity_key.clone(), app.now_ms()).await?;
    let dot = settled.map_err(|refused| ApiError::new(422, "refused", &refused.to_string()))?;
    Ok(Json(json!({"dot": dot_pair(dot)})))
}

fn value_json(record_type: Option<&RecordType>, key: FieldKey, value: &Value, masked: bool) -> JsonValue {
    let field = record_type.and_then(|t| t.field(key.no));
    match (field, value) {
        (Some(field), Value::Text(text)) if masked => JsonValue::String(mask(field.mask, text)),
        // What is not known cannot be known to be harmless.
        (None, _) if masked && key.no >= FieldNo(system::FIRST_OWN.0) => JsonValue::Null,
        _ => json::to_json(value),
    }
}

/// Whether personal values are masked in the answer; a stated reason is written down before anything is shown.
async fn masked(app: &App, signed: &Signed, headers: &HeaderMap, object: String) -> Result<bool, ApiError> {
    may(signed, Action::ReadRecords)?;
    let Some(reason) = reason(headers) else { return Ok(true) };
    may(signed, Action::Unmask)?;
    app.store.note_audit(app.now_ms(), Some(signed.person), "unmask", object, reason).await?;
    Ok(false)
}

fn reason(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("x-reason")?.to_str().ok()?.trim();
    (!text.is_empty() && text.len() <= 500).then(|| text.to_owned())
}

fn may(signed: &Signed, action: Action) -> Result<(), ApiError> {
    if signed.may(action) {
        return Ok(());
    }
    Err(ApiError::new(403, "forbidden", "your role does not allow this"))
}

/// Other sites can make a browser send its cookie, but not this header.
fn csrf(signed: &Signed, headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.get("x-csrf").is_some_and(|v| v.as_bytes() == signed.csrf.as_bytes()) {
        return Ok(());
    }
    Err(ApiError::new(403, "csrf", "the header X-CSRF does not hold what signing in answered"))
}

fn record_id(text: &str) -> Result<RecordId, ApiError> {
    text.parse().map_err(|_| ApiError::new(400, "bad_id", "this is not the id of a record"))
}

fn not_found(what: &str) -> ApiError {
    ApiError::new(404, "not_found", &format!("there is no such {what}"))
}

fn limit(asked: Option<u32>) -> u32 {
    asked.unwrap_or(100).clamp(1, ROWS_MAX)
}
