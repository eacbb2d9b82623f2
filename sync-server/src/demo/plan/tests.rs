//! What a plan promises, for any seed: it is replayed here from its steps by a second, plainer bookkeeping.

use super::*;
use crate::demo::city::City;
use crate::demo::people::People;
use gridweave_core::form::{Catalog, FieldKind};
use gridweave_core::geo::{Datum, Point};
use gridweave_core::identity::{self, Scheme};
use gridweave_core::value::Code;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static CITY: LazyLock<City> = LazyLock::new(City::load);

fn plan(options: &Options) -> Plan {
    make(&CITY, &People::invent(&CITY, options.seed), options).unwrap()
}

fn quick(seed: u64, devices: usize) -> Options {
    Options { devices, percent: 25, ..Options::new(seed) }
}

/// What one storage holds: for every field the numbers of the writes that it shows.
type View = BTreeMap<(String, String), BTreeSet<usize>>;

/// Every write of a plan.
#[derive(Default)]
struct Log {
    values: Vec<Value>,
    /// The writes that each write replaces.
    over: Vec<BTreeSet<usize>>,
    /// The writes to each field, dead ones too.
    all: View,
}

impl Log {
    fn write(&mut self, view: &mut View, key: &str, field: &str, value: &Value) {
        let place = (key.to_owned(), field.to_owned());
        self.over.push(view.insert(place.clone(), [self.values.len()].into()).unwrap_or_default());
        self.all.entry(place).or_default().insert(self.values.len());
        self.values.push(value.clone());
    }

    fn live(&self) -> View {
        let dead: BTreeSet<usize> = self.over.iter().flatten().copied().collect();
        self.all
            .iter()
            .map(|(place, all)| (place.clone(), all.difference(&dead).copied().collect()))
            .collect()
    }
}

/// Plays the steps and returns all writes and how often each thing happened.
fn replay(plan: &Plan) -> (Log, BTreeMap<&'static str, usize>) {
    let mut log = Log::default();
    let mut views: BTreeMap<String, View> =
        plan.devices.iter().map(|d| (d.name.clone(), View::new())).collect();
    let mut aside: BTreeMap<String, View> = BTreeMap::new();
    let mut grids: BTreeMap<String, String> = BTreeMap::new();
    let mut scopes: BTreeMap<String, &Vec<String>> =
        plan.devices.iter().map(|d| (d.name.clone(), &d.grids)).collect();
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for round in &plan.rounds {
        let mut server = if round.online { log.live() } else { View::new() };
        for step in &round.steps {
            let mut count = |what| *counts.entry(what).or_default() += 1;
            match &step.action {
                Action::Create(c) => {
                    count("change");
                    assert!(
                        scopes[&c.device].contains(&c.grid)
                            && grids.insert(c.key.clone(), c.grid.clone()).is_none()
                    );
                    let view = views.get_mut(&c.device).unwrap();
                    c.answers.iter().for_each(|(field, value)| log.write(view, &c.key, field, value));
                    c.photos.iter().for_each(|_| count("photo"));
                }
                Action::Edit { device, key, answers, .. } => {
                    count("change");
                    let view = views.get_mut(device).unwrap();
                    assert!(view.keys().any(|(known, _)| known == key), "{device} edits the unknown {key}");
                    answers.iter().for_each(|(field, value)| log.write(view, key, field, value));
                }
                Action::Visit { device, key, photos, .. } => {
                    count("change");
                    assert!(views[device].keys().any(|(known, _)| known == key));
                    photos.iter().for_each(|_| count("photo"));
                }
                Action::Delete { .. } => {
                    count("change");
                    count("delete");
                }
                Action::Bad(bad) => {
                    count("bad");
                    assert_eq!(scopes[&bad.device].contains(&bad.grid), bad.kind != BadKind::OutOfScope);
                }
                Action::Backup { device } => drop(aside.insert(device.clone(), views[device].clone())),
                Action::Restore { device } => drop(views.insert(device.clone(), aside[device].clone())),
                Action::Clone { device, copy } => {
                    views.insert(copy.clone(), views[device].clone());
                    scopes.insert(copy.clone(), scopes[device]);
                }
                Action::ConfirmFork { .. } => count("fork"),
                Action::Settle { key, field, value } => {
                    count("settle");
                    let seen = &server[&(key.clone(), field.clone())];
                    assert!(round.online && seen.len() > 1 && seen.iter().any(|w| log.values[*w] == *value));
                    log.write(&mut server, key, field, value);
                }
            }
        }
        if round.online {
            server = log.live();
            let owners = |grid: &String| -> Vec<String> {
                scopes
                    .iter()
                    .filter(|(_, own)| own.contains(grid))
                    .map(|(device, _)| device.clone())
                    .collect()
            };
            let owners: BTreeMap<&String, Vec<String>> = grids.iter().map(|(k, g)| (k, owners(g))).collect();
            views.values_mut().for_each(BTreeMap::clear);
            for (place, writes) in &server {
                for device in &owners[&place.0] {
                    views.get_mut(device).unwrap().insert(place.clone(), writes.clone());
                }
            }
        }
    }
    (log, counts)
}

fn distinct(writes: &BTreeSet<usize>, values: &[Value]) -> Vec<Value> {
    let texts: BTreeMap<String, Value> =
        writes.iter().map(|w| (values[*w].to_string(), values[*w].clone())).collect();
    texts.into_values().collect()
}

fn agrees_with_a_replay(plan: &Plan) {
    let (log, counts) = replay(plan);
    let end = log.live();
    let e = &plan.expected;
    let mut conflicts = 0;
    for ((key, field), writes) in &end {
        let fate = &e.fates[key];
        let live = distinct(writes, &log.values);
        match live.as_slice() {
            [one] => assert_eq!(fate.fields.get(field), Some(one), "{key} {field}"),
            _ => {
                conflicts += 1;
                assert_eq!(fate.conflicts.get(field), Some(&live), "{key} {field}");
            }
        }
    }
    let fields: usize = e.fates.values().map(|f| f.fields.len() + f.conflicts.len()).sum();
    assert_eq!((fields, conflicts), (end.len(), e.conflicts));
    let got = ["change", "photo", "delete", "bad", "fork", "settle"]
        .map(|what| counts.get(what).copied().unwrap_or(0));
    assert_eq!(got, [e.changes, e.photos, e.deleted, e.quarantined, e.forks, e.settled]);
    assert_eq!(e.records, e.fates.len());
}

fn every_count_is_above_zero(plan: &Plan) {
    let e = &plan.expected;
    let counts = [e.records, e.changes, e.photos, e.linked, e.conflicts, e.settled, e.quarantined, e.deleted];
    assert!(counts.iter().all(|count| *count > 0), "seed {}: {counts:?}", plan.seed);
    assert!(
        e.forks == 2 && !e.deleted_but_edited.is_empty() && e.quarantined_by_kind.len() == 3,
        "seed {}",
        plan.seed
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_seed_has_something_of_everything(seed in any::<u64>(), devices in DEVICES_MIN..=DEVICES_MAX) {
        let plan = plan(&quick(seed, devices));
        every_count_is_above_zero(&plan);
        agrees_with_a_replay(&plan);
    }
}

#[test]
fn the_whole_city_agrees_with_a_replay_and_has_the_size_of_a_minute() {
    let plan = plan(&Options::new(7));
    every_count_is_above_zero(&plan);
    agrees_with_a_replay(&plan);
    let e = &plan.expected;
    assert!((3_000..=6_500).contains(&e.records), "{}", summary(&plan));
    assert!((60..=140).contains(&e.photos), "{}", summary(&plan));
}

#[test]
fn seeds_at_the_edges_are_seeds_too() {
    for seed in [0, 1, u64::MAX] {
        every_count_is_above_zero(&plan(&quick(seed, 3)));
    }
}

#[test]
fn the_same_seed_gives_the_same_plan_and_json_keeps_it() {
    let one = plan(&quick(11, 3));
    assert_eq!(one, plan(&quick(11, 3)));
    assert_ne!(one, plan(&quick(12, 3)));
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), one);
}

#[test]
fn fixes_lie_in_the_grid_that_the_record_names() {
    let plan = plan(&quick(3, 5));
    for step in plan.rounds.iter().flat_map(|round| &round.steps) {
        if let Action::Create(create) = &step.action {
            let at = Point { lat_e7: create.fix.lat_e7, lon_e7: create.fix.lon_e7, datum: Datum::Wgs84 };
            assert!(CITY.grid(&create.grid).unwrap().rect.holds(at), "{}", create.key);
        }
    }
}

#[test]
fn linked_records_have_one_code_in_several_spellings() {
    let plan = plan(&quick(5, 6));
    let code = |key: &String| {
        let fate = &plan.expected.fates[key];
        fate.fields
            .get("citizen_id")
            .or(fate.fields.get("credit_code"))
            .and_then(Value::as_str)
            .unwrap()
            .to_owned()
    };
    let mut spelled_apart = 0;
    for entity in &plan.expected.entities {
        let codes: BTreeSet<String> = entity.iter().map(code).collect();
        spelled_apart += usize::from(codes.len() > 1);
        assert!(codes.iter().all(|code| code.chars().count() <= 18));
    }
    assert!(spelled_apart > 0);
}

#[test]
fn too_few_devices_are_refused() {
    let people = People::invent(&CITY, 1);
    let refused = make(&CITY, &people, &Options { devices: 2, ..Options::new(1) });
    assert_eq!(refused, Err(PlanError::Devices(2)));
}

fn is_code(catalog: &Catalog, list: &str, value: &Value) -> bool {
    let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let code = Code { list: part("list"), edition: part("edition"), code: part("code") };
    code.list == list && catalog.code_entry(&code).is_some()
}

/// Every answer names a field of its type and is of the field's kind, every code stands in its list and edition.
#[test]
fn answers_fit_the_record_types() {
    let catalog = Catalog::builtin();
    let plan = plan(&Options::new(2));
    let mut seen = BTreeSet::new();
    for step in plan.rounds.iter().flat_map(|round| &round.steps) {
        let (key, answers) = match &step.action {
            Action::Create(create) => (&create.key, &create.answers),
            Action::Edit { key, answers, .. } => (key, answers),
            _ => continue,
        };
        let record_type = catalog.by_name(&plan.expected.fates[key].record_type).unwrap();
        seen.insert(&record_type.name);
        for (name, value) in answers {
            let field =
                record_type.field_named(name).unwrap_or_else(|| panic!("{} has no {name}", record_type.name));
            let fits = match &field.kind {
                FieldKind::Text => value
                    .as_str()
                    .is_some_and(|t| t.chars().count() <= field.max_chars.unwrap_or(u32::MAX) as usize),
                FieldKind::Int => value.is_i64(),
                FieldKind::Decimal => value.as_str().is_some_and(|t| t.parse::<f64>().is_ok()),
                FieldKind::Bool => value.is_boolean(),
                FieldKind::Date => value.as_str().is_some_and(|t| t.parse::<chrono::NaiveDate>().is_ok()),
                FieldKind::Code(list) => is_code(&catalog, list, value),
                FieldKind::Codes(list) => value
                    .as_array()
                    .is_some_and(|codes| codes.iter().all(|code| is_code(&catalog, list, code))),
                _ => false,
            };
            assert!(fits, "{} {name} = {value}", record_type.name);
        }
        if let Action::Create(create) = &step.action {
            let missing =
                record_type.fields.iter().find(|f| f.required && !create.answers.contains_key(&f.name));
            assert!(missing.is_none(), "{} lacks {}", record_type.name, missing.unwrap().name);
        }
    }
    assert_eq!(seen.len(), 9, "{seen:?}");
}

/// The core agrees that the numbers are right, and that the spellings of an entity mean one code.
#[test]
fn the_core_takes_the_invented_codes() {
    let plan = plan(&quick(9, 12));
    let codes = |key: &String| -> Vec<(Scheme, String)> {
        let field = |scheme, name: &str| {
            let text = plan.expected.fates[key].fields.get(name).and_then(Value::as_str);
            text.map(|text| (scheme, text.to_owned()))
        };
        field(Scheme::Citizen, "citizen_id").into_iter().chain(field(Scheme::Credit, "credit_code")).collect()
    };
    let mut owners: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for key in plan.expected.fates.keys().filter(|key| key.starts_with(['p', 'o'])) {
        for (scheme, text) in codes(key) {
            let checked = identity::check(scheme, &text);
            assert!(checked.valid, "{text}: {:?}", checked.problems);
            owners.entry(checked.canonical).or_default().insert(key);
        }
    }
    let several: BTreeSet<BTreeSet<&String>> = owners.into_values().filter(|keys| keys.len() > 1).collect();
    let planned: BTreeSet<BTreeSet<&String>> =
        plan.expected.entities.iter().map(|e| e.iter().collect()).collect();
    assert_eq!(several, planned);
}
