//! The map: grids and records, drawn by the server, and drawn again by a script where there is one. No tiles from
//! outside: nobody else learns which house is looked at.

use super::frame::{Frame, page};
use super::overview::{GridLine, cycles, grid_line};
use super::plan::Plan;
use super::records::Choice;
use super::trouble::Trouble;
use super::words::Words;
use super::{assets, fields::Fields};
use crate::app::App;
use crate::store::records::{RecordFilter, RecordRow};
use askama::Template;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use gridweave_core::ids::TypeNo;
use serde_json::{Value, json};
use std::sync::Arc;

/// Points of the drawing, and of the script's map.
const POINTS: u32 = 3_000;
const POINTS_OF_SCRIPT: u32 = 50_000;

struct Dot {
    x: String,
    y: String,
    id: String,
    title: String,
    kind: u16,
    conflict: bool,
}

#[derive(Template)]
#[template(path = "map.html")]
struct MapPage {
    f: Frame,
    types: Vec<Choice>,
    layers: Vec<Choice>,
    conflicts: bool,
    grids: Vec<GridLine>,
    dots: Vec<Dot>,
    view_box: String,
    data: String,
    cut: bool,
    has_script: bool,
}

fn filter(asked: &Fields, limit: u32) -> RecordFilter {
    RecordFilter {
        record_type: asked.get("type").and_then(|no| no.parse().ok()).map(TypeNo),
        conflicts: asked.get("conflicts").is_some(),
        dead: Some(false),
        limit,
        ..RecordFilter::default()
    }
}

fn layer(asked: &Fields) -> &'static str {
    if asked.get("layer") == Some("household") { "household" } else { "land" }
}

/// `GET /console/map`.
pub async fn show(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let filter = filter(&asked, POINTS);
    let all = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &all);
    let coverage = app.store.coverage(cycles(&app), app.now_ms()).await?;
    let plan = Plan::of(&all, 1_000.0);
    let rows = app.store.records(filter.clone()).await?;
    let layer = layer(&asked);
    // A small city may have one layer only.
    let any = all.iter().any(|grid| grid.layer == layer);
    let grids = all.iter().filter(|grid| !any || grid.layer == layer);
    let type_choice = |t: &gridweave_core::form::RecordType| Choice {
        value: t.no.to_string(),
        label: words.type_label(t.no),
        chosen: filter.record_type == Some(t.no),
    };
    let layers = [("land", f.t("map.land")), ("household", f.t("map.household"))]
        .map(|(value, label)| Choice { value: value.into(), label: label.into(), chosen: value == layer });
    let mut data = format!("/console/map.json?layer={layer}");
    if let Some(no) = filter.record_type {
        data += &format!("&type={no}");
    }
    if filter.conflicts {
        data += "&conflicts=1";
    }
    Ok(page(&MapPage {
        types: words.catalog.types.values().map(type_choice).collect(),
        layers: layers.into(),
        conflicts: filter.conflicts,
        grids: grids.map(|grid| grid_line(&words, &plan, grid, &coverage)).collect(),
        cut: rows.len() == POINTS as usize,
        dots: rows.iter().filter_map(|row| dot(&words, &plan, row)).collect(),
        view_box: plan.view_box(),
        data,
        has_script: assets::has_map_script(),
        f,
    }))
}

fn dot(words: &Words<'_>, plan: &Plan, row: &RecordRow) -> Option<Dot> {
    let (x, y) = plan.point(&row.place?);
    Some(Dot {
        x: format!("{x:.1}"),
        y: format!("{y:.1}"),
        id: row.state.record.to_string(),
        title: words.title(&row.state),
        kind: row.state.record_type.no.0,
        conflict: row.conflicts > 0,
    })
}

/// `GET /console/map.json`: the same as GeoJSON, for the script.
pub async fn data(
    State(app): State<Arc<App>>,
    f: Frame,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Trouble> {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let all = app.store.grids().await?;
    let words = Words::new(f.lang, app.store.catalog(), &all);
    let coverage = app.store.coverage(cycles(&app), app.now_ms()).await?;
    let rows = app.store.records(filter(&asked, POINTS_OF_SCRIPT)).await?;
    let layer = layer(&asked);
    let any = all.iter().any(|grid| grid.layer == layer);
    let degrees = |e7: i32| f64::from(e7) / 1e7;
    let grids = all.iter().filter(|grid| !any || grid.layer == layer).map(|grid| {
        let ring: Vec<[f64; 2]> =
            grid.outline.iter().map(|(lon, lat)| [degrees(*lon), degrees(*lat)]).collect();
        let coverage = coverage.get(&grid.id).copied().unwrap_or_default();
        json!({
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {
                "code": grid.code, "name": words.grid(&grid.code), "percent": coverage.percent(),
                "records": coverage.records, "conflicts": coverage.conflicts,
            },
        })
    });
    let records = rows.iter().filter_map(|row| {
        let place = row.place?;
        Some(json!({
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [place.lon(), place.lat()]},
            "properties": {
                "id": row.state.record.to_string(), "title": words.title(&row.state),
                "type": words.type_label(row.state.record_type.no), "no": row.state.record_type.no.0,
                "conflict": row.conflicts > 0,
            },
        }))
    });
    let collection = |features: Vec<Value>| json!({"type": "FeatureCollection", "features": features});
    Ok(Json(json!({"grids": collection(grids.collect()), "records": collection(records.collect())})))
}
