//! The API that people and integrators use, signed in like on the console. Personal values are masked unless the
//! request says why they are wanted (`X-Reason`); that is written to the audit log first.

use super::error::ApiError;
use super::input::{Path, Query};
use super::message::Json;
use crate::app::App;
use crate::auth::person::Signed;
use crate::auth::policy::Action;
use crate::store::read_api::{ReplicaRow, dot_pair};
use crate::store::settle::Order;
use crate::store::stats::Stats;
use axum::extract::State;
use axum::http::HeaderMap;
use gridweave_core::form::{MaskRule, RecordType, mask};
use gridweave_core::ids::{Dot, FieldKey, RecordId, Rid};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, ChangeKind, SetItem, Write, json, system};
use gridweave_core::value::Value;
use gridweave_core::wire::v1::GridDigest;
use serde::{Deserialize, Serialize};
use serde_json::Value as JsonValue;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Most rows in one answer.
const ROWS_MAX: u32 = 1000;

type Answer<T> = Result<Json<T>, ApiError>;

/// Counts the whole city.
#[utoipa::path(get, path = "/v1/stats", tag = "people",
    responses((status = 200, description = "The counts.", body = Stats)))]
pub async fn stats(State(app): State<Arc<App>>, _: Signed) -> Answer<Stats> {
    Ok(Json(app.store.stats().await?))
}

/// Tells the digest of every grid that has records: what a device that has all of a grid has.
#[utoipa::path(get, path = "/v1/grid-digests", tag = "people",
    responses((status = 200, description = "By the grids' codes.", body = Vec<GridDigest>)))]
pub async fn grid_digests(State(app): State<Arc<App>>, _: Signed) -> Answer<Vec<GridDigest>> {
    Ok(Json(app.store.grid_digests().await?))
}

/// Lists all replicas.
#[utoipa::path(get, path = "/v1/replicas", tag = "people",
    responses((status = 200, description = "By their numbers.", body = Vec<ReplicaRow>)))]
pub async fn replicas(State(app): State<Arc<App>>, _: Signed) -> Answer<Vec<ReplicaRow>> {
    Ok(Json(app.store.replica_rows().await?))
}

/// A replica that may take part from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confirmed {
    rid: u32,
    /// Changes that it had handed in before and that are merged now.
    merged: u32,
}

/// Admits a replica that was made after a fork, with what it handed in.
#[utoipa::path(post, path = "/v1/replicas/{rid}/confirm", tag = "people",
    params(("rid" = u32, Path, description = "Number of the replica.")),
    responses((status = 200, description = "It is admitted.", body = Confirmed)),
    extensions(("x-refusals" = json!({"404": ["not_found"]}))))]
pub async fn confirm(State(app): State<Arc<App>>, signed: Signed, Path(rid): Path<u32>) -> Answer<Confirmed> {
    app.store.replica(Rid(rid)).await?.ok_or_else(|| not_found("replica"))?;
    let merged = app.confirm_replica(Rid(rid), signed.person).await?.unwrap_or(0);
    Ok(Json(Confirmed { rid, merged }))
}

/// Where to go on, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Changes after this one.
    #[serde(default)]
    after: u64,
    /// At most so many, and never more than 1000.
    #[param(default = 100)]
    limit: Option<u32>,
}

/// A change as JSON; what cannot be read as one has no kind and no writes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeJson {
    seq: u64,
    /// `merged`, or why it is in quarantine.
    state: String,
    kind: Option<&'static str>,
    record: Option<String>,
    /// The change that it stands for: replica and number.
    was: Option<(u32, u64)>,
    writes: Vec<WriteJson>,
}

/// A field that a change sets.
#[derive(Debug, Serialize, ToSchema)]
pub struct WriteJson {
    /// Number of the field.
    field: u16,
    /// Its name, where the type of the record is known.
    name: Option<String>,
    #[schema(value_type = Value)]
    value: JsonValue,
    /// The changes whose values it replaces: replica and number.
    replaces: Vec<(u32, u64)>,
}

/// Reads one replica's log.
#[utoipa::path(get, path = "/v1/replicas/{rid}/changes", tag = "people",
    params(
        ("rid" = u32, Path, description = "Number of the replica."),
        LogQuery,
        ("X-Reason" = Option<String>, Header, description = "Why personal values are wanted unmasked.")
    ),
    responses((status = 200, description = "Its changes in order.", body = Vec<ChangeJson>)))]
pub async fn changes(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(rid): Path<u32>,
    Query(query): Query<LogQuery>,
    headers: HeaderMap,
) -> Answer<Vec<ChangeJson>> {
    let masked = masked(&app, &signed, &headers, format!("log {rid}")).await?;
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
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecordsQuery {
    /// Records after this one; empty for the first.
    #[serde(default)]
    #[param(pattern = "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$")]
    after: String,
    /// At most so many, and never more than 1000.
    #[param(default = 100)]
    limit: Option<u32>,
}

/// A record as JSON.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordJson {
    #[schema(format = "uuid")]
    record: String,
    /// Name of its type.
    #[serde(rename = "type")]
    record_type: String,
    /// Live values by field name; more than one where people disagree.
    fields: BTreeMap<String, Vec<ValueJson>>,
    /// Hashes of its photos.
    photos: Vec<String>,
}

/// A live value.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueJson {
    /// The change that wrote it: replica and number.
    dot: (u32, u64),
    #[schema(value_type = Value)]
    value: JsonValue,
}

/// Reads merged records in the order of their ids.
#[utoipa::path(get, path = "/v1/records", tag = "people",
    params(
        RecordsQuery,
        ("X-Reason" = Option<String>, Header, description = "Why personal values are wanted unmasked.")
    ),
    responses((status = 200, description = "The records.", body = Vec<RecordJson>)),
    extensions(("x-refusals" = json!({"400": ["bad_id"]}))))]
pub async fn records(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(query): Query<RecordsQuery>,
    headers: HeaderMap,
) -> Answer<Vec<RecordJson>> {
    let masked = masked(&app, &signed, &headers, "records".into()).await?;
    let after = if query.after.is_empty() { None } else { Some(record_id(&query.after)?) };
    let states = app.store.states(after, limit(query.limit)).await?;
    Ok(Json(states.iter().map(|state| record_json(&app, state, masked)).collect()))
}

/// Reads one merged record.
#[utoipa::path(get, path = "/v1/records/{record}", tag = "people",
    params(
        ("record" = RecordId, Path, description = "Its id."),
        ("X-Reason" = Option<String>, Header, description = "Why personal values are wanted unmasked.")
    ),
    responses((status = 200, description = "The record.", body = RecordJson)),
    extensions(("x-refusals" = json!({"400": ["bad_id"], "404": ["not_found"]}))))]
pub async fn record(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(record): Path<String>,
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
#[derive(Debug, Deserialize, ToSchema)]
pub struct Resolve {
    /// Name of the field.
    field: String,
    /// What it holds from now on; `null` for nothing.
    #[schema(value_type = Value)]
    value: JsonValue,
    /// The changes whose values were on the screen: replica and number.
    replaces: Vec<(u32, u64)>,
}

/// The change that settled it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resolved {
    /// Replica and number.
    dot: (u32, u64),
}

/// Settles a conflict: one value replaces those that were on the screen.
#[utoipa::path(post, path = "/v1/records/{record}/resolve", tag = "people",
    params(
        ("record" = RecordId, Path, description = "Id of the record."),
        ("X-Reason" = Option<String>, Header, description = "Why; stands in the audit log.")
    ),
    request_body = Resolve,
    responses((status = 200, description = "It is settled.", body = Resolved)),
    extensions(("x-refusals" = json!({
        "400": ["bad_id"], "404": ["not_found"], "422": ["wrong_kind", "refused"]
    }))))]
pub async fn resolve(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(record): Path<String>,
    headers: HeaderMap,
    Json(ask): Json<Resolve>,
) -> Answer<Resolved> {
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
    Ok(Json(Resolved { dot: dot_pair(dot) }))
}

fn value_json(record_type: Option<&RecordType>, key: FieldKey, value: &Value, masked: bool) -> JsonValue {
    let field = record_type.and_then(|t| t.field(key.no));
    // What is not known cannot be known to be harmless.
    let rule = field.map_or(MaskRule::All, |field| field.mask);
    let shown_whole = !masked || key.no < system::FIRST_OWN || rule == MaskRule::None || value.is_null();
    match (field, value) {
        _ if shown_whole => json::to_json(value),
        (Some(_), Value::Text(text)) => JsonValue::String(mask(rule, text)),
        // A date or a code has no part that could be shown.
        _ => JsonValue::Null,
    }
}

/// Whether personal values are masked in the answer; a stated reason is written down before anything is shown.
async fn masked(app: &App, signed: &Signed, headers: &HeaderMap, object: String) -> Result<bool, ApiError> {
    let Some(reason) = reason(headers) else { return Ok(true) };
    if !signed.may(Action::Unmask) {
        return Err(ApiError::new(403, "forbidden", "your role does not allow unmasked values"));
    }
    app.store.note_audit(app.now_ms(), Some(signed.person), "read_whole", object, reason).await?;
    Ok(false)
}

fn reason(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("x-reason")?.to_str().ok()?.trim();
    (!text.is_empty() && text.len() <= 500).then(|| text.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use gridweave_core::form::Catalog;
    use gridweave_core::ids::TypeNo;

    #[test]
    fn what_a_field_masks_is_masked_whatever_its_kind() {
        let catalog = Catalog::builtin();
        let person = catalog.by_no(TypeNo(1));
        let masked = person.unwrap().fields.iter().filter(|field| field.mask == MaskRule::All);
        let mut seen = 0;
        for field in masked {
            seen += 1;
            let key = FieldKey::plain(field.no);
            for value in
                [Value::Date(NaiveDate::from_ymd_opt(1901, 2, 3).unwrap()), Value::text("1901-02-03")]
            {
                let told = |masked| value_json(person, key, &value, masked).to_string();
                assert!(told(false).contains("1901"), "{}", field.name);
                assert!(!told(true).contains("1901"), "{}", field.name);
            }
        }
        assert!(seen > 1, "persons have fields that are masked");
    }
}
