//! How changes and states read in the JSON beside their golden bytes.

use gridweave_core::geo::{Fix, Point};
use gridweave_core::ids::*;
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, SetItem, json};
use serde_json::{Value as Json, json};

fn dot_json(dot: &Dot) -> Json {
    json!([dot.rid.0, dot.seq.0])
}

fn key_json(key: &FieldKey) -> Json {
    match key.instance {
        Some(instance) => json!([key.no.0, format!("{:016x}", instance.0)]),
        None => json!(key.no.0),
    }
}

fn item_json(item: &SetItem) -> Json {
    match item {
        SetItem::Photo(hash) => json!({"photo": hash.to_string()}),
        SetItem::Repeat(instance) => json!({"repeat": format!("{:016x}", instance.0)}),
    }
}

fn fix_json(fix: &Fix) -> Json {
    let Point { lat_e7, lon_e7, datum } = fix.point;
    json!({"lat_e7": lat_e7, "lon_e7": lon_e7, "datum": datum.number(), "accuracy_dm": fix.accuracy_dm,
           "provider": fix.provider.number(), "mock": fix.mock, "at_ms": fix.at_ms})
}

/// A change in words.
pub fn change_json(change: &Change) -> Json {
    let writes = change.writes.iter().map(|w| {
        let replaces: Vec<Json> = w.replaces.iter().map(dot_json).collect();
        json!({"field": key_json(&w.field), "value": json::to_json(&w.value), "replaces": replaces})
    });
    let sets = change.sets.iter().map(|s| {
        let removes = s.removes.iter().map(|(item, dots)| {
            json!({"item": item_json(item), "additions": dots.iter().map(dot_json).collect::<Vec<_>>()})
        });
        json!({"field": s.field.0, "adds": s.adds.iter().map(item_json).collect::<Vec<_>>(),
               "removes": removes.collect::<Vec<_>>()})
    });
    json!({
        "seq": change.seq.0, "record": change.record.to_string(),
        "record_type": [change.record_type.no.0, change.record_type.version], "kind": change.kind.number(),
        "hlc": change.hlc.0, "wall_ms": change.wall_ms, "mono_ms": change.mono_ms, "boot": change.boot,
        "gnss_ms": change.gnss_ms, "author": change.author.0, "fix": change.fix.as_ref().map(fix_json),
        "writes": writes.collect::<Vec<_>>(), "sets": sets.collect::<Vec<_>>(),
        "was": change.was.as_ref().map(dot_json),
        "unknown": change.unknown.iter().map(|(no, bytes)| json!([no, Json::from(bytes.clone())])).collect::<Vec<_>>(),
    })
}

/// A state in words.
pub fn state_json(state: &RecordState) -> Json {
    let registers = state.registers().iter().map(|(field, register)| {
        let live = register.siblings().into_iter();
        let live: Vec<Json> = live.map(|s| json!([dot_json(&s.dot), json::to_json(&s.value)])).collect();
        json!({"field": key_json(field), "live": live})
    });
    let sets = state.sets().iter().map(|(field, set)| {
        let items = set.entries().into_iter();
        let items: Vec<Json> = items
            .map(|(item, dots)| json!([item_json(&item), dots.iter().map(dot_json).collect::<Vec<_>>()]))
            .collect();
        json!({"field": field.0, "items": items})
    });
    let stamps = state.stamps().iter().map(|(dot, s)| {
        json!({"change": dot_json(dot), "author": s.author.0, "hlc": s.hlc.0, "wall_ms": s.wall_ms,
               "kind": s.kind.number(), "fix": s.fix.as_ref().map(fix_json)})
    });
    json!({
        "record": state.record.to_string(), "record_type": [state.record_type.no.0, state.record_type.version],
        "registers": registers.collect::<Vec<_>>(), "sets": sets.collect::<Vec<_>>(),
        "stamps": stamps.collect::<Vec<_>>(), "digest": format!("{:032x}", state.digest()),
    })
}
