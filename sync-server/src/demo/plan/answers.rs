//! What is answered about each thing, by the field names of `schemas/types`. A test compares them with those files.

use super::Answers;
use crate::demo::city::{Address, Building, City, Component};
use crate::demo::people::{Household, MARK, Organisation, People, Person};
use crate::demo::random::Rng;
use gridweave_core::form::Catalog;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Edition of every code list that forms ask by.
static EDITIONS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    Catalog::builtin().code_lists.into_iter().map(|(name, list)| (name, list.edition.clone())).collect()
});

/// One code with its list and edition.
fn code(list: &str, code: impl Into<String>) -> Value {
    json!({"list": list, "edition": EDITIONS.get(list), "code": code.into()})
}

fn answers<const N: usize>(fields: [(&str, Value); N]) -> Answers {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A house code of a building as a whole: its 19 digits and no room.
fn whole_building(code: &str) -> String {
    format!("{code}000000")
}

/// A building as OpenStreetMap knows it, with its new address.
pub fn building(b: &Building) -> Answers {
    let name = b.address.split_once("社区").map_or(b.address.as_str(), |(_, house)| house);
    let use_code = match b.kind.as_str() {
        "apartments" | "block" => "residential",
        "retail" | "commercial" | "kiosk" => "commercial",
        "office" => "office",
        "school" | "university" => "school",
        "public" | "train_station" | "museum" | "church" | "cathedral" | "chapel" => "public",
        "yes" => "mixed",
        _ => "other",
    };
    let mut answers = answers([
        ("building_code", json!(whole_building(&b.code))),
        ("name", json!(name)),
        ("address", json!(b.address)),
        ("use", code("building_use", use_code)),
        ("remarks", json!("轮廓 © OpenStreetMap contributors")),
    ]);
    if let Some(levels) = b.levels {
        answers.insert("floors_above".into(), json!(levels));
    }
    if let Some(year) = b.year {
        answers.insert("built_year".into(), json!(year));
    }
    answers
}

/// A household's rooms.
pub fn dwelling(h: &Household, city: &City, people: &People) -> Answers {
    let holder = &people.persons[h.members.start];
    let mut answers = answers([
        ("house_code", json!(h.dwelling_code)),
        ("building_code", json!(whole_building(&city.buildings[h.building].code))),
        ("address", json!(h.address)),
        ("floor", json!(h.floor)),
        ("room", json!(h.room)),
        ("area_m2", json!(format!("{}.5", h.area_m2))),
        ("use", code("dwelling_use", if h.rented { "2" } else { "0" })),
        ("residents", json!(h.members.len())),
        ("remarks", json!(MARK)),
    ]);
    if h.rented {
        answers.insert("rental_use".into(), code("rental_use", "02"));
    } else {
        answers.insert("owner_name".into(), json!(holder.name));
        answers.insert("owner_document".into(), code("document", "111"));
        answers.insert("owner_id".into(), json!(holder.citizen_id));
    }
    answers
}

/// A household.
pub fn household(h: &Household, people: &People) -> Answers {
    let holder = &people.persons[h.members.start];
    answers([
        ("household_no", json!(h.number)),
        ("household_kind", code("household_kind", "family")),
        ("householder_id", json!(holder.citizen_id)),
        ("householder_name", json!(holder.name)),
        ("phone", json!(holder.phone)),
        ("address", json!(h.address)),
        ("dwelling_code", json!(h.dwelling_code)),
        ("residence_kind", code("residence_kind", if h.rented { "2" } else { "1" })),
        ("people", json!(h.members.len())),
        ("remarks", json!(MARK)),
    ])
}

/// A resident at an address; `citizen_id` is how the worker types the number.
pub fn person(p: &Person, people: &People, citizen_id: String, address: &str) -> Answers {
    let household = &people.households[p.household];
    let holder = &people.persons[household.members.start];
    let mut all = answers([
        ("name", json!(p.name)),
        ("citizen_id", json!(citizen_id)),
        ("sex", code("sex", p.sex)),
        ("birth_date", json!(p.birth_date)),
        ("ethnicity", code("ethnicity", p.ethnicity)),
        ("phone", json!(p.phone)),
        ("occupation", json!(p.occupation)),
        ("address", json!(address)),
        ("remarks", json!(MARK)),
    ]);
    if p.floating {
        all.append(&mut answers([
            ("residence_status", code("residence_status", "floating")),
            ("inflow_reason", code("inflow_reason", "01")),
            ("lodging_type", code("lodging_type", "02")),
        ]));
        return all;
    }
    all.append(&mut answers([
        ("residence_status", code("residence_status", "registered")),
        ("lives_where_registered", code("household_match", "01")),
        ("household_no", json!(household.number)),
        ("relation_to_householder", code("family_relation", p.relation)),
    ]));
    if p.relation != '0' {
        all.append(&mut answers([
            ("householder_id", json!(holder.citizen_id)),
            ("householder_name", json!(holder.name)),
        ]));
    }
    all
}

/// An organisation; `credit_code` is how the worker types it.
pub fn organisation(o: &Organisation, city: &City, people: &People, credit_code: String) -> Answers {
    let legal_person = &people.persons[o.legal_person];
    let address: &Address = &city.addresses[o.address];
    let kind = if o.enterprise_type == "01" { "enterprise" } else { "individual" };
    answers([
        ("name", json!(o.name)),
        ("credit_code", json!(credit_code)),
        ("kind", code("organisation_kind", kind)),
        ("enterprise_type", code("enterprise_type", o.enterprise_type)),
        ("state", code("organisation_state", "1")),
        ("address", json!(address.text)),
        ("phone", json!(o.phone)),
        ("employees", json!(o.employees)),
        ("legal_person_document", code("document", "111")),
        ("legal_person_id", json!(legal_person.citizen_id)),
        ("legal_person_name", json!(legal_person.name)),
        ("remarks", json!(MARK)),
    ])
}

/// A street object; a damaged one must have a photo.
pub fn component(c: &Component, damaged: bool, rng: &mut Rng) -> Answers {
    answers([
        ("component_code", json!(c.code)),
        ("major", code("component_major", &c.class[..2])),
        ("class", code("component_class", c.class.clone())),
        ("name", json!(c.class_name)),
        ("state", code("component_state", if damaged { "damaged" } else { "intact" })),
        ("department", json!(*rng.pick(&DEPARTMENTS))),
        ("data_source", code("data_source", "phone")),
        ("survey_class", code("survey_class", "C")),
        ("community_code", json!(c.land_grid[..12])),
    ])
}

/// A hazard found on `day` at an address.
pub fn hazard(address: &str, day: &str, rng: &mut Rng) -> Answers {
    answers([
        ("category", code("hazard_type", *rng.pick(&["01", "02", "02", "99"]))),
        ("level", code("hazard_level", *rng.pick(&["minor", "general"]))),
        ("place", json!(address)),
        ("description", json!(format!("{}（{MARK}）", rng.pick(&HAZARDS)))),
        ("found_on", json!(day)),
        ("settled_at_once", json!(false)),
        ("department", json!(*rng.pick(&DEPARTMENTS))),
    ])
}

/// A dispute of `day` at an address.
pub fn dispute(address: &str, day: &str, rng: &mut Rng) -> Answers {
    let subject = *rng.pick(&DISPUTES);
    answers([
        ("name", json!(format!("{subject}纠纷"))),
        ("happened_on", json!(day)),
        ("place", json!(address)),
        ("kind", code("dispute_kind", "neighbours")),
        ("scale", code("dispute_scale", "individual")),
        ("people", json!(rng.between(2, 6))),
        ("summary", json!(format!("邻里之间因{subject}发生争执（{MARK}）"))),
    ])
}

/// A call at an address on `day`, recorded as such.
pub fn visit(address: &str, day: &str, rng: &mut Rng) -> Answers {
    answers([
        ("visited_on", json!(day)),
        ("purposes", json!([code("visit_purpose", "collection"), code("visit_purpose", "safety")])),
        ("result", code("visit_result", *rng.pick(&["informant", "nobody", "refused"]))),
        ("place", json!(address)),
        ("matters", json!(MARK)),
    ])
}

const DEPARTMENTS: [&str; 5] = ["街道城建办", "区城管局", "区水务局", "区交通局", "街道应急办"];
const HAZARDS: [&str; 6] =
    ["楼道堆放杂物", "灭火器过期", "电动车飞线充电", "井盖松动", "路面破损积水", "广告牌松动"];
const DISPUTES: [&str; 4] = ["楼道占用", "噪声", "停车位", "漏水"];

/// Fields of a type that are edited in the field, at least two: none carries a code that groups records, and none
/// decides whether another is asked.
pub fn editable(record_type: &str) -> &'static [&'static str] {
    match record_type {
        "person" => &["phone", "occupation", "employer", "remarks"],
        "household" => &["phone", "remarks"],
        "organisation" => &["phone", "employees", "trade", "remarks"],
        "building" => &["estate", "warden_phone", "remarks"],
        "dwelling" => &["owner_phone", "layout", "remarks"],
        "component" => &["department", "material", "remarks"],
        "dispute" => &["summary", "place"],
        "visit" => &["matters", "place"],
        _ => &["description", "place"],
    }
}

/// A new value for an editable field, unlike any other in the plan: `serial` is used once.
pub fn fresh(field: &str, serial: usize, rng: &mut Rng) -> Value {
    match field {
        "phone" | "owner_phone" | "warden_phone" => json!(format!("100{:02}{serial:06}", rng.below(100))),
        "employees" => json!(100 + serial),
        "occupation" => {
            json!(format!("{}（第{serial}次核实）", rng.pick(&["保安员", "店员", "仓管员", "退休"])))
        }
        "employer" => json!(format!("演示单位{serial}号")),
        "estate" => json!(format!("演示小区{serial}期")),
        "layout" => json!(format!("{}室{}厅，核实{serial}", rng.between(1, 4), rng.between(1, 2))),
        "material" => json!(format!("{}，批次{serial}", rng.pick(&["铸铁", "钢", "木", "混凝土"]))),
        "trade" => json!(format!("{}，核实{serial}", rng.pick(&["零售", "餐饮", "服务"]))),
        "department" => json!(format!("{}第{serial}组", rng.pick(&DEPARTMENTS))),
        "place" => json!(format!("演示地点{serial}号")),
        _ => json!(format!("{}，记录{serial}", rng.pick(&["已上门核实", "情况有变", "电话联系", "需复查"]))),
    }
}
