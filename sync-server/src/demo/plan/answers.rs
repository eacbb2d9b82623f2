//! What is answered about each thing, by the field names of `schemas/types`. A test compares them with those files.

use super::Answers;
use crate::demo::city::{Address, Building, City, Component};
use crate::demo::people::{Household, MARK, Organisation, People, Person};
use crate::demo::random::Rng;
use serde_json::{Value, json};

/// Edition of a code list's standard, as it stands in `schemas/codes`.
pub fn edition_of(list: &str) -> &'static str {
    match list {
        "sex" => "2003",
        "ethnicity" => "1991",
        "component_class" => "2007",
        "family_relation" => "2008",
        "inflow_reason" | "lodging_type" | "household_match" | "enterprise_type" | "hazard_type" => "2015",
        _ => "1",
    }
}

/// One code with its list and edition.
pub fn code(list: &str, code: impl Into<String>) -> Value {
    json!({"list": list, "edition": edition_of(list), "code": code.into()})
}

fn answers<const N: usize>(fields: [(&str, Value); N]) -> Answers {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A building as OpenStreetMap knows it, with its new address.
pub fn building(b: &Building) -> Answers {
    let mut answers = answers([
        ("building_code", json!(b.code)),
        ("address", json!(b.address)),
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
pub fn dwelling(h: &Household, people: &People) -> Answers {
    let holder = &people.persons[h.members.start];
    answers([
        ("dwelling_code", json!(h.dwelling_code)),
        ("address", json!(h.address)),
        ("floor", json!(h.floor)),
        ("room", json!(h.room)),
        ("area_m2", json!(h.area_m2)),
        ("let", json!(h.rented)),
        ("contact_phone", json!(holder.phone)),
        ("remarks", json!(MARK)),
    ])
}

/// A household.
pub fn household(h: &Household, people: &People) -> Answers {
    let holder = &people.persons[h.members.start];
    answers([
        ("household_no", json!(h.number)),
        ("householder_name", json!(holder.name)),
        ("householder_id", json!(holder.citizen_id)),
        ("dwelling_code", json!(h.dwelling_code)),
        ("address", json!(h.address)),
        ("members", json!(h.members.len())),
        ("phone", json!(holder.phone)),
        ("remarks", json!(MARK)),
    ])
}

/// A resident; `citizen_id` is how the worker types the number.
pub fn person(p: &Person, people: &People, citizen_id: String) -> Answers {
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
        ("address", json!(household.address)),
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
    answers([
        ("name", json!(o.name)),
        ("credit_code", json!(credit_code)),
        ("category", code("enterprise_type", o.enterprise_type)),
        ("address", json!(address.text)),
        ("phone", json!(o.phone)),
        ("employees", json!(o.employees)),
        ("legal_person_name", json!(legal_person.name)),
        ("legal_person_id", json!(legal_person.citizen_id)),
        ("remarks", json!(MARK)),
    ])
}

/// A street object as it stands.
pub fn component(c: &Component, rng: &mut Rng) -> Answers {
    answers([
        ("component_code", json!(c.code)),
        ("class", code("component_class", c.class.clone())),
        ("name", json!(c.class_name)),
        ("state", code("component_state", *rng.pick(&["intact", "intact", "intact", "intact", "damaged"]))),
        ("department", json!(*rng.pick(&DEPARTMENTS))),
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
        ("people_involved", json!(rng.between(2, 6))),
        ("description", json!(format!("邻里之间因{subject}发生争执（{MARK}）"))),
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
        "organisation" => &["phone", "employees", "remarks"],
        "building" => &["property_phone", "remarks"],
        "dwelling" => &["contact_phone", "remarks"],
        "component" => &["department", "remarks"],
        _ => &["description", "place"],
    }
}

/// A new value for an editable field, unlike any other in the plan: `serial` is used once.
pub fn fresh(field: &str, serial: usize, rng: &mut Rng) -> Value {
    match field {
        "phone" | "contact_phone" | "property_phone" => json!(format!("100{:02}{serial:06}", rng.below(100))),
        "employees" => json!(100 + serial),
        "occupation" => {
            json!(format!("{}（第{serial}次核实）", rng.pick(&["保安员", "店员", "仓管员", "退休"])))
        }
        "employer" => json!(format!("演示单位{serial}号")),
        "department" => json!(format!("{}第{serial}组", rng.pick(&DEPARTMENTS))),
        "place" => json!(format!("演示地点{serial}号")),
        _ => json!(format!("{}，记录{serial}", rng.pick(&["已上门核实", "情况有变", "电话联系", "需复查"]))),
    }
}
