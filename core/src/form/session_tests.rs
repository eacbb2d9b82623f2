//! Filling in forms: relevance, cascades, repeats, constraints and what a save writes.

use super::*;
use crate::ids::{FieldKey, FieldNo, Instance, PhotoHash, TypeNo};
use crate::value::{Code, Value};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// 2026-07-01 09:05 in Shenzhen.
pub(super) const NOW: i64 = 1_782_867_900_000;

pub(super) fn context() -> Context {
    Context::at(NOW, 480)
}

fn day(y: i32, m: u32, d: u32) -> Value {
    Value::Date(NaiveDate::from_ymd_opt(y, m, d).unwrap())
}

pub(super) fn catalog_with(json: &str) -> Result<Catalog, CatalogError> {
    let mut catalog = Catalog::builtin();
    catalog.add(serde_json::from_str(json).unwrap())?;
    Ok(catalog)
}

/// A type of these fields and this form, numbered 900.
pub(super) fn test_type(fields: &str, form: &str) -> String {
    let label = r#"{"zh": "试", "en": "Test"}"#;
    format!(
        r#"{{"no": 900, "name": "test", "version": 1, "label": {label}, "entity_kind": "none", "layer": "land",
            "revisit_days": null, "accuracy_m": null, "title": [], "fields": [{}], "form": [{form}]}}"#,
        fields.replace("LABEL", &format!("\"label\": {label}"))
    )
}

pub(super) fn begin(catalog: &Catalog, context: Context) -> FormSession {
    FormSession::new(catalog, TypeNo(900), context, Arc::new(NoIdentityCheck)).unwrap()
}

fn session(fields: &str, form: &str) -> FormSession {
    begin(&catalog_with(&test_type(fields, form)).unwrap(), context())
}

pub(super) fn key(no: u16) -> FieldKey {
    FieldKey::plain(FieldNo(no))
}

pub(super) fn inside(no: u16, instance: u64) -> FieldKey {
    FieldKey { no: FieldNo(no), instance: Some(Instance(instance)) }
}

fn code(list: &str, edition: &str, code: &str) -> Value {
    Value::Code(Code { list: list.into(), edition: edition.into(), code: code.into() })
}

fn relevant(session: &FormSession, item: &str) -> bool {
    session.question_named(item, None).unwrap().relevant
}

fn codes_of(problems: &[Problem]) -> Vec<(&str, &str)> {
    problems.iter().map(|p| (p.item.as_str(), p.code.name())).collect()
}

fn named(changed: &[Changed]) -> Vec<&str> {
    changed.iter().map(|c| c.item.as_str()).collect()
}

pub(super) const CHAIN: &str = r#"{"no": 16, "name": "a", LABEL, "kind": "int"}, {"no": 17, "name": "b", LABEL, "kind": "int"},
    {"no": 18, "name": "c", LABEL, "kind": "int"}, {"no": 19, "name": "d", LABEL, "kind": "int"}"#;

#[test]
fn relevance_runs_down_a_chain_and_answers_come_back() {
    let mut s = session(
        CHAIN,
        r#"{"name": "a"}, {"name": "b", "relevant": "${a} > 1"}, {"name": "c", "relevant": "${b} = 2"},
           {"name": "d", "type": "calculate", "calculation": "coalesce(${c}, 0) * 10"}"#,
    );
    assert!(!relevant(&s, "b") && !relevant(&s, "c"));
    let changed = s.answer(key(16), Value::Int(2)).unwrap();
    assert_eq!(named(&changed), ["a", "b"]);
    s.answer(key(17), Value::Int(2)).unwrap();
    s.answer(key(18), Value::Int(7)).unwrap();
    assert_eq!(s.value(key(19)), Some(&Value::Int(70)));

    // An answer that is not relevant is seen as empty by others, kept, and not finalised.
    let changed = s.answer(key(16), Value::Int(0)).unwrap();
    assert_eq!(named(&changed), ["a", "b", "c", "d"]);
    assert_eq!(s.value(key(19)), Some(&Value::Int(0)));
    assert_eq!(s.finalise(NOW).unwrap().writes, [(key(16), Value::Int(0)), (key(19), Value::Int(0))]);
    s.answer(key(16), Value::Int(2)).unwrap();
    assert_eq!(s.value(key(18)), Some(&Value::Int(7)));
    assert_eq!(s.value(key(19)), Some(&Value::Int(70)));
}

#[test]
fn a_group_that_is_not_relevant_hides_all_inside() {
    let mut s = session(
        CHAIN,
        r#"{"name": "a"}, {"name": "g", "type": "group", "relevant": "${a} = 1", "items": [
             {"name": "h", "type": "group", "items": [{"name": "b", "required": "true()"}]}]}"#,
    );
    assert_eq!(s.screens().len(), 1);
    assert!(s.problems().is_empty());
    s.answer(key(16), Value::Int(1)).unwrap();
    assert_eq!(s.screens().len(), 2);
    assert_eq!(codes_of(&s.problems()), [("b", "required")]);
}

const CASCADE: &str = r#"{"no": 16, "name": "major", LABEL, "kind": "code", "list": "component_major"},
    {"no": 17, "name": "minor", LABEL, "kind": "code", "list": "component_class"}"#;

#[test]
fn a_cascade_offers_what_fits_and_reports_what_no_longer_does() {
    let form = r#"{"name": "major"}, {"name": "minor", "choice_filter": "major = ${major}"}"#;
    let mut s = session(CASCADE, form);
    assert_eq!(s.question_named("minor", None).unwrap().choices.len(), 0);
    s.answer(key(16), code("component_major", "2007", "05")).unwrap();
    let offered: Vec<String> =
        s.question_named("minor", None).unwrap().choices.into_iter().map(|c| c.code.code).collect();
    assert_eq!(offered, ["0501", "0502", "0503"]);
    s.answer(key(17), code("component_class", "2007", "0502")).unwrap();
    assert!(s.problems().is_empty());
    s.answer(key(16), code("component_major", "2007", "03")).unwrap();
    assert_eq!(codes_of(&s.problems()), [("minor", "not_a_choice")]);
    assert!(s.finalise(NOW).is_err());
    s.answer(key(16), code("component_major", "2007", "05")).unwrap();
    assert!(s.problems().is_empty());
}

#[test]
fn a_code_of_another_list_or_edition_is_not_taken() {
    let mut s = session(CASCADE, r#"{"name": "major"}"#);
    assert_eq!(s.answer(key(16), code("sex", "2003", "1")), Err(AnswerError::WrongKind(FieldNo(16))));
    s.answer(key(16), code("component_major", "1999", "05")).unwrap();
    assert_eq!(codes_of(&s.problems()), [("major", "not_a_choice")]);
}

pub(super) const ROOMS: &str = r#"{"no": 16, "name": "total", LABEL, "kind": "decimal"},
    {"no": 17, "name": "rooms", LABEL, "kind": "repeat"},
    {"no": 18, "name": "area", "repeat": 17, LABEL, "kind": "decimal"},
    {"no": 19, "name": "big", "repeat": 17, LABEL, "kind": "bool"},
    {"no": 20, "name": "note", "repeat": 17, LABEL, "kind": "text"},
    {"no": 21, "name": "place", "repeat": 17, LABEL, "kind": "int"},
    {"no": 22, "name": "first", LABEL, "kind": "decimal"}"#;

pub(super) const ROOMS_FORM: &str = r#"{"name": "rooms", "items": [
        {"name": "area", "default": "10"},
        {"name": "big", "type": "calculate", "calculation": "${area} > 20"},
        {"name": "note", "relevant": "${big}"},
        {"name": "place", "type": "calculate", "calculation": "position(..)"}]},
    {"name": "total", "type": "calculate", "calculation": "sum(${area}) + count(${rooms}) * 1000"},
    {"name": "first", "type": "calculate", "calculation": "indexed-repeat(${area}, ${rooms}, 1)"}"#;

pub(super) fn metres(units: i64) -> Value {
    Value::Decimal { units, scale: 0 }
}

#[test]
fn repetitions_are_counted_summed_and_taken_away() {
    let mut s = session(ROOMS, ROOMS_FORM);
    assert_eq!(s.value(key(16)), Some(&metres(0)));
    s.add_repeat(FieldNo(17), Instance(70)).unwrap();
    s.add_repeat(FieldNo(17), Instance(3)).unwrap();
    assert_eq!(s.add_repeat(FieldNo(17), Instance(3)), Err(AnswerError::Twice(FieldNo(17))));
    assert_eq!(s.value(key(16)), Some(&metres(2020)));
    let changed = s.answer(inside(18, 3), metres(25)).unwrap();
    assert_eq!(named(&changed), ["area", "big", "note", "total"]);
    assert!(changed.iter().take(3).all(|c| c.instance == Some(Instance(3))));
    assert_eq!(
        (s.value(inside(19, 3)), s.value(inside(19, 70))),
        (Some(&Value::Bool(true)), Some(&Value::Bool(false)))
    );
    assert_eq!(
        (s.value(inside(21, 70)), s.value(inside(21, 3))),
        (Some(&Value::Int(1)), Some(&Value::Int(2)))
    );
    assert_eq!((s.value(key(16)), s.value(key(22))), (Some(&metres(2035)), Some(&metres(10))));

    s.remove_repeat(FieldNo(17), Instance(70)).unwrap();
    assert_eq!((s.value(key(16)), s.value(key(22))), (Some(&metres(1025)), Some(&metres(25))));
    assert_eq!(s.value(inside(21, 3)), Some(&Value::Int(1)));
    assert!(s.answer(inside(18, 70), metres(1)).is_err());

    let saved = s.finalise(NOW).unwrap();
    assert_eq!((saved.added, saved.removed), (vec![(FieldNo(17), Instance(3))], vec![]));
    assert!(saved.writes.contains(&(inside(18, 3), metres(25))));
}

#[test]
fn a_repetition_taken_from_a_record_is_removed_without_writing_its_fields() {
    let catalog = catalog_with(&test_type(ROOMS, ROOMS_FORM)).unwrap();
    let existing = Existing {
        values: BTreeMap::from([(inside(18, 5), metres(30)), (inside(18, 6), metres(8))]),
        instances: BTreeMap::from([(FieldNo(17), vec![Instance(5), Instance(6)])]),
        ..Existing::default()
    };
    let mut s = begin(&catalog, context().editing(existing));
    s.remove_repeat(FieldNo(17), Instance(5)).unwrap();
    let saved = s.finalise(NOW).unwrap();
    assert_eq!((saved.added, saved.removed), (vec![], vec![(FieldNo(17), Instance(5))]));
    assert!(saved.writes.iter().all(|(key, _)| key.instance != Some(Instance(5))));

    s.add_repeat(FieldNo(17), Instance(5)).unwrap();
    assert_eq!(s.value(inside(18, 5)), Some(&metres(30)), "taken back");
    assert_eq!(s.finalise(NOW).unwrap().removed, []);
}

#[test]
fn the_number_of_repetitions_may_be_asked_for() {
    let form =
        r#"{"name": "first"}, {"name": "rooms", "repeat_count": "${first}", "items": [{"name": "area"}]}"#;
    let mut s = session(ROOMS, form);
    s.answer(key(22), metres(2)).unwrap();
    assert_eq!(codes_of(&s.problems()), [("rooms", "repetitions")]);
    let screen = s.screen(&ScreenId { item: "rooms".into(), instance: None }).unwrap();
    assert_eq!(screen.entries.unwrap().wanted, Some(2));
    s.add_repeat(FieldNo(17), Instance(1)).unwrap();
    s.add_repeat(FieldNo(17), Instance(2)).unwrap();
    assert!(s.problems().is_empty());
}

#[test]
fn an_edit_writes_only_what_differs_and_clears_with_null() {
    let catalog =
        catalog_with(&test_type(CHAIN, r#"{"name": "a"}, {"name": "b", "relevant": "${a} = 1"}"#)).unwrap();
    let values =
        BTreeMap::from([(key(16), Value::Int(1)), (key(17), Value::Int(5)), (key(18), Value::Int(9))]);
    let existing = Existing { values, ..Existing::default() };
    let mut s = begin(&catalog, context().editing(existing.clone()));
    assert!(s.finalise(NOW).unwrap().is_unchanged());
    s.answer(key(17), Value::Null).unwrap();
    assert_eq!(s.finalise(NOW).unwrap().writes, [(key(17), Value::Null)]);
    s.answer(key(17), Value::Int(5)).unwrap();
    assert!(s.finalise(NOW).unwrap().is_unchanged());

    // What this session makes irrelevant is cleared; what was irrelevant before, or is not asked, stays.
    s.answer(key(16), Value::Int(2)).unwrap();
    assert_eq!(s.finalise(NOW).unwrap().writes, [(key(16), Value::Int(2)), (key(17), Value::Null)]);
    let mut stale = existing;
    stale.values.insert(key(16), Value::Int(3));
    let mut s = begin(&catalog, context().editing(stale));
    s.answer(key(16), Value::Int(4)).unwrap();
    assert_eq!(s.finalise(NOW).unwrap().writes, [(key(16), Value::Int(4))]);
    assert_eq!(s.value(key(18)), Some(&Value::Int(9)));
}

#[test]
fn a_fault_that_the_record_already_had_only_warns() {
    let form = r#"{"name": "a", "constraint": ". < 10"}, {"name": "b", "required": "true()"}"#;
    let catalog = catalog_with(&test_type(CHAIN, form)).unwrap();
    let values = BTreeMap::from([(key(16), Value::Int(50)), (key(17), Value::Int(1))]);
    let mut s = begin(&catalog, context().editing(Existing { values, ..Existing::default() }));
    assert_eq!(s.problems()[0].severity, Severity::Warning);
    assert!(s.finalise(NOW).is_ok());
    s.answer(key(16), Value::Int(51)).unwrap();
    assert_eq!(s.problems()[0].severity, Severity::Error);
    s.answer(key(16), Value::Int(5)).unwrap();
    assert!(s.problems().is_empty());
    s.answer(key(17), Value::Null).unwrap();
    assert_eq!(codes_of(&s.finalise(NOW).unwrap_err()), [("b", "required")]);
}

#[test]
fn labels_show_answers_and_choices_by_their_names() {
    let fields = r#"{"no": 16, "name": "who", LABEL, "kind": "text"},
        {"no": 17, "name": "sex", LABEL, "kind": "code", "list": "sex"},
        {"no": 18, "name": "care", LABEL, "kind": "codes", "list": "care_group"}"#;
    let form = r#"{"name": "who"}, {"name": "sex"}, {"name": "care"},
        {"name": "n", "type": "note", "label": {"zh": "${who}（${sex}）：${care}", "en": "${who}, ${sex}: ${care}"}}"#;
    let mut s = session(fields, form);
    s.answer(key(16), Value::text("王小明")).unwrap();
    s.answer(key(17), code("sex", "2003", "1")).unwrap();
    let care = |c: &str| Code { list: "care_group".into(), edition: "1".into(), code: c.into() };
    s.answer(key(18), Value::Codes(vec![care("veteran"), care("living_alone")])).unwrap();
    let label = s.question_named("n", None).unwrap().label;
    assert_eq!(label.zh, "王小明（男性）：退役军人、独居老人");
    assert_eq!(label.en, "王小明, Male: Veteran, Older person living alone");
}

#[test]
fn circumstances_fill_metadata_and_the_end_is_the_moment_of_saving() {
    let fields = r#"{"no": 16, "name": "start", LABEL, "kind": "instant"}, {"no": 17, "name": "end", LABEL, "kind": "instant"},
        {"no": 18, "name": "today", LABEL, "kind": "date"}, {"no": 19, "name": "device", LABEL, "kind": "text"}"#;
    let form = r#"{"name": "start", "type": "start"}, {"name": "end", "type": "end"}, {"name": "today", "type": "today"},
        {"name": "device", "type": "deviceid"}"#;
    let catalog = catalog_with(&test_type(fields, form)).unwrap();
    let s = begin(&catalog, Context { device: "PDA-7".into(), ..context() });
    let wanted = [
        (key(16), Value::Instant(NOW)),
        (key(17), Value::Instant(NOW + 60_000)),
        (key(18), day(2026, 7, 1)),
        (key(19), Value::text("PDA-7")),
    ];
    assert_eq!(s.finalise(NOW + 60_000).unwrap().writes, wanted);
    assert!(s.screens().is_empty());
}

#[test]
fn screens_follow_field_lists_and_groups() {
    let form = r#"{"name": "g", "type": "group", "appearance": "field-list", "items": [
            {"name": "total"}, {"name": "h", "type": "group", "items": [{"name": "first"}]},
            {"name": "rooms", "items": [{"name": "area"}, {"name": "note"}]}]},
        {"name": "bye", "type": "note", "label": {"zh": "完", "en": "The end"}}"#;
    let mut s = session(ROOMS, form);
    s.add_repeat(FieldNo(17), Instance(1)).unwrap();
    let screens = s.screens();
    let names: Vec<(&str, bool)> =
        screens.iter().map(|id| (id.item.as_str(), id.instance.is_some())).collect();
    assert_eq!(names, [("g", false), ("rooms", false), ("area", true), ("note", true), ("bye", false)]);
    let on_first: Vec<String> =
        s.screen(&screens[0]).unwrap().questions.into_iter().map(|q| q.item).collect();
    assert_eq!(on_first, ["total", "h", "first"]);
    assert_eq!(s.next_screen(None), Some(screens[0].clone()));
    assert_eq!(s.next_screen(Some(&screens[3])), Some(screens[4].clone()));
    assert_eq!(s.previous_screen(&screens[1]), Some(screens[0].clone()));
    s.remove_repeat(FieldNo(17), Instance(1)).unwrap();
    assert_eq!(
        s.next_screen(Some(&screens[3])),
        Some(screens[4].clone()),
        "the screen it comes from has gone"
    );
    assert_eq!(s.next_screen(Some(&screens[4])), None);
}

#[test]
fn photos_are_a_set() {
    let mut s = session(
        CHAIN,
        r#"{"name": "photos", "required": "true()"}, {"name": "a", "relevant": "count-selected(${photos}) >= 2"}"#,
    );
    assert_eq!(codes_of(&s.problems()), [("photos", "required")]);
    let [one, two] = [PhotoHash([1; 32]), PhotoHash([2; 32])];
    s.add_photo(system::PHOTOS, one).unwrap();
    assert!(s.add_photo(system::PHOTOS, one).is_err());
    assert!(s.problems().is_empty() && !relevant(&s, "a"));
    assert_eq!(named(&s.add_photo(system::PHOTOS, two).unwrap()), ["photos", "a"]);
    s.remove_photo(system::PHOTOS, one).unwrap();
    assert_eq!(s.finalise(NOW).unwrap().photos_added, [(system::PHOTOS, two)]);
}

#[test]
fn a_form_that_depends_on_itself_is_refused_with_its_circle() {
    let form = r#"{"name": "a", "relevant": "${b} = 1"}, {"name": "b", "type": "calculate", "calculation": "${c} + 1"},
        {"name": "c", "relevant": "${a} = 1"}"#;
    let Err(CatalogError::Form(errors)) = catalog_with(&test_type(CHAIN, form)) else { panic!("accepted") };
    let FormErrorKind::Cycle(circle) = &errors[0].kind else { panic!("{}", errors[0]) };
    let mut circle = circle.clone();
    circle.sort();
    assert_eq!(circle, ["a", "b", "c"]);
    for own in [r#"{"name": "a", "relevant": ". = 1"}"#, r#"{"name": "a", "calculation": "${a} + 1"}"#] {
        assert!(matches!(catalog_with(&test_type(CHAIN, own)), Err(CatalogError::Form(_))), "{own}");
    }
    assert!(
        catalog_with(&test_type(
            CHAIN,
            r#"{"name": "a", "constraint": ". > 1", "calculation": "once(${b})"}, {"name": "b"}"#
        ))
        .is_ok()
    );
}

#[test]
fn faults_of_a_form_name_item_column_and_place() {
    let form = r#"{"name": "a", "relevant": "1 +"}, {"name": "b", "constraint": "frob(.)"}, {"name": "c", "type": "text"},
        {"name": "x", "type": "text"}, {"name": "y"}, {"name": "d", "choice_filter": "true()"}"#;
    let Err(CatalogError::Form(errors)) = catalog_with(&test_type(CHAIN, form)) else { panic!("accepted") };
    let mut texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.sort();
    assert_eq!(
        texts,
        [
            "form test, item a, relevant: character 4: expected a value",
            "form test, item b, constraint: character 1: there is no function frob()",
            "form test, item c, type: a question of this type cannot fill this kind of field",
            "form test, item d, choice_filter: this column has no meaning for this type of item",
            "form test, item x, type: a question of this type needs a field of its name",
            "form test, item y, type: neither a type nor a field of its name",
        ]
    );
}

#[test]
fn a_rule_that_cannot_be_worked_out_hides_nothing() {
    let fields =
        r#"{"no": 16, "name": "a", LABEL, "kind": "text"}, {"no": 17, "name": "b", LABEL, "kind": "text"}"#;
    let mut s = session(fields, r#"{"name": "a"}, {"name": "b", "relevant": "regex('x', ${a})"}"#);
    assert!(!relevant(&s, "b"));
    s.answer(key(16), Value::text("(")).unwrap();
    assert!(relevant(&s, "b"));
    assert_eq!(codes_of(&s.problems()), [("b", "expression")]);
    assert!(s.finalise(NOW).is_ok());
}

#[test]
fn what_is_worked_out_or_read_only_is_not_answered() {
    let form = r#"{"name": "a"}, {"name": "b", "read_only": "${a} = 1"}, {"name": "c", "type": "calculate", "calculation": "1"}"#;
    let mut s = session(CHAIN, form);
    s.answer(key(17), Value::Int(3)).unwrap();
    s.answer(key(16), Value::Int(1)).unwrap();
    assert_eq!(s.answer(key(17), Value::Int(4)), Err(AnswerError::ReadOnly(FieldNo(17))));
    assert_eq!(s.answer(key(18), Value::Int(4)), Err(AnswerError::ReadOnly(FieldNo(18))));
    assert!(matches!(s.answer(key(19), Value::Int(4)), Err(AnswerError::NotAsked { .. })));
    assert_eq!(s.answer(key(16), Value::text("x")), Err(AnswerError::WrongKind(FieldNo(16))));
}

#[test]
fn an_answer_re_evaluates_only_what_depends_on_it() {
    let fields: Vec<String> =
        (0..300).map(|i| format!(r#"{{"no": {}, "name": "q{i}", LABEL, "kind": "int"}}"#, 16 + i)).collect();
    let items: Vec<String> = (0..300)
        .map(|i| match i % 10 {
            0 => format!(r#"{{"name": "q{i}"}}"#),
            r => {
                format!(r#"{{"name": "q{i}", "relevant": "${{q{}}} > {r}", "constraint": ". < 100"}}"#, i - r)
            }
        })
        .collect();
    let mut s = session(&fields.join(","), &items.join(","));
    let before = s.evaluations();
    s.answer(key(16), Value::Int(5)).unwrap();
    let cost = s.evaluations() - before;
    assert!((10..=40).contains(&cost), "{cost} cells of 900");
}

struct NineDigits;

impl IdentityCheck for NineDigits {
    fn check(&self, scheme: &str, text: &str) -> Vec<IdentityFinding> {
        let wrong = scheme == "credit" && text.len() != 9;
        let finding = IdentityFinding {
            severity: Severity::Error,
            code: "length".into(),
            message: Label::new("长度不对", "Wrong length"),
        };
        if wrong { vec![finding] } else { Vec::new() }
    }
}

#[test]
fn identity_findings_stand_among_the_problems() {
    let catalog = Catalog::builtin();
    let hazard = catalog.by_name("hazard").unwrap();
    let mut s = FormSession::new(&catalog, hazard.no, context(), Arc::new(NineDigits)).unwrap();
    let code = FieldKey::plain(hazard.field_named("organisation_code").unwrap().no);
    s.answer(code, Value::text("12345")).unwrap();
    assert!(codes_of(&s.problems()).contains(&("organisation_code", "length")));
    s.answer(code, Value::text("123456789")).unwrap();
    assert!(!codes_of(&s.problems()).contains(&("organisation_code", "length")));
}

#[test]
fn a_code_off_a_worn_card_is_saved_once_it_is_confirmed() {
    let fields = r#"{"no": 16, "name": "id", LABEL, "kind": "text", "identity": {"scheme": "credit", "role": "refers"}}"#;
    let catalog = catalog_with(&test_type(fields, r#"{"name": "id"}"#)).unwrap();
    let mut s = FormSession::new(&catalog, TypeNo(900), context(), Arc::new(NineDigits)).unwrap();
    s.answer(key(16), Value::text("12")).unwrap();
    assert!(s.finalise(NOW).is_err());
    s.confirm(key(16)).unwrap();
    assert_eq!(s.finalise(NOW).unwrap().warnings[0].code.name(), "length");
    let form = catalog.form(TypeNo(900)).unwrap();
    let back = FormSession::restore(form, context(), Arc::new(NineDigits), &s.draft()).unwrap();
    assert!(back.finalise(NOW).is_ok() && back.draft() == s.draft());
    s.answer(key(16), Value::text("123")).unwrap();
    assert!(s.finalise(NOW).is_err(), "another value wants another look");
}

#[test]
fn a_hazard_is_recorded_from_the_first_screen_to_the_save() {
    let catalog = Catalog::builtin();
    let hazard = catalog.by_name("hazard").unwrap();
    let field = |name: &str| FieldKey::plain(hazard.field_named(name).unwrap().no);
    let mut s = FormSession::new(&catalog, hazard.no, context(), Arc::new(NoIdentityCheck)).unwrap();
    assert_eq!(s.screens()[0].item, "what");
    assert_eq!(s.value(field("found_on")), Some(&day(2026, 7, 1)));
    s.answer(field("category"), code("hazard_type", "2015", "02")).unwrap();
    s.answer(field("level"), code("hazard_level", "1", "major")).unwrap();
    s.answer(field("place"), Value::text("龙田街道 3 号楼道")).unwrap();
    s.answer(field("settled_at_once"), Value::Bool(true)).unwrap();
    let wrong = s.finalise(NOW).unwrap_err();
    let errors: Vec<&str> =
        wrong.iter().filter(|p| p.severity == Severity::Error).map(|p| p.item.as_str()).collect();
    assert_eq!(errors, ["photos", "settled_at_once", "measure"]);
    s.add_photo(system::PHOTOS, PhotoHash([7; 32])).unwrap();
    s.answer(field("settled_at_once"), Value::Bool(false)).unwrap();
    s.answer(field("deadline"), day(2026, 6, 30)).unwrap();
    assert_eq!(codes_of(&s.finalise(NOW).unwrap_err()), [("deadline", "constraint")]);
    s.answer(field("deadline"), day(2026, 7, 8)).unwrap();
    let saved = s.finalise(NOW).unwrap();
    assert_eq!(saved.writes.len(), 6);
    assert_eq!(saved.photos_added.len(), 1);
}

#[test]
fn a_person_is_asked_what_fits_their_residence_status() {
    let catalog = Catalog::builtin();
    let person = catalog.by_name("person").unwrap();
    let field = |name: &str| FieldKey::plain(person.field_named(name).unwrap().no);
    let mut s = FormSession::new(&catalog, person.no, context(), Arc::new(NoIdentityCheck)).unwrap();
    let screens = |s: &FormSession| s.screens().into_iter().map(|id| id.item).collect::<Vec<_>>();
    assert_eq!(screens(&s), ["who", "registration", "where", "residences", "more"]);
    s.answer(field("citizen_id"), Value::text("11010519000307123X")).unwrap();
    s.answer(field("birth_date"), day(1900, 3, 8)).unwrap();
    s.answer(field("sex"), code("sex", "2003", "2")).unwrap();
    assert!(relevant(&s, "birth_date_differs"));
    assert_eq!(s.question_named("age", None).unwrap().value, Value::Int(126));
    assert!(codes_of(&s.problems()).contains(&("sex", "constraint")));
    s.answer(field("birth_date"), day(1900, 3, 7)).unwrap();
    s.answer(field("sex"), code("sex", "2003", "1")).unwrap();
    assert!(!relevant(&s, "birth_date_differs"));
    assert!(!codes_of(&s.problems()).contains(&("sex", "constraint")));

    s.answer(field("residence_status"), code("residence_status", "1", "foreign")).unwrap();
    assert_eq!(screens(&s), ["who", "foreigner", "where", "residences", "more"]);
    assert!(!relevant(&s, "citizen_id") && relevant(&s, "document_type"));
    s.answer(field("document_type"), code("document", "2004", "553")).unwrap();
    assert!(relevant(&s, "permanent_resident_no") && !relevant(&s, "document_no"));
}
