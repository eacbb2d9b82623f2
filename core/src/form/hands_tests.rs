//! Answers given by hand: orders, days, photos, points.

use super::session_tests::{NOW, begin, catalog_with, context, inside, key, test_type};
use super::*;
use crate::geo::{Datum, Point};
use crate::ids::{FieldKey, FieldNo, Instance, PhotoHash};
use crate::value::{Code, Value};
use chrono::NaiveDate;

fn session(fields: &str, form: &str) -> FormSession {
    begin(&catalog_with(&test_type(fields, form)).unwrap(), context())
}

fn attention(code: &str) -> Code {
    Code { list: "attention".into(), edition: "2015".into(), code: code.into() }
}

#[test]
fn a_rank_is_moved_choice_by_choice_and_shown_in_its_order() {
    let mut s = session(
        r#"{"no": 16, "name": "order", LABEL, "kind": "codes", "list": "attention"}, {"no": 17, "name": "a", LABEL, "kind": "int"}"#,
        r#"{"name": "order", "type": "rank", "choice_filter": "name != '00' and (name != '03' or ${a} = 1)"}, {"name": "a"}"#,
    );
    let shown = |s: &FormSession| -> Vec<String> {
        s.question_named("order", None).unwrap().choices.into_iter().map(|c| c.code.code).collect()
    };
    assert_eq!(shown(&s), ["01", "02"]);
    s.rank(key(16), &attention("02"), -1).unwrap();
    assert_eq!(shown(&s), ["02", "01"]);
    assert_eq!(s.value(key(16)), Some(&Value::Codes(vec![attention("02"), attention("01")])));
    s.rank(key(16), &attention("02"), -1).unwrap();
    s.rank(key(16), &attention("01"), 7).unwrap();
    assert_eq!(shown(&s), ["02", "01"], "nothing moves beyond the ends");

    // What is offered later stands at the end, and is ranked with the next move.
    s.answer(key(17), Value::Int(1)).unwrap();
    assert_eq!(shown(&s), ["02", "01", "03"]);
    s.rank(key(16), &attention("03"), 0).unwrap();
    assert_eq!(s.value(key(16)), Some(&Value::Codes(["02", "01", "03"].map(attention).to_vec())));
    // What is offered no more is said, and leaves with the next move.
    s.answer(key(17), Value::Int(0)).unwrap();
    assert_eq!(s.problems()[0].code, ProblemCode::NotAChoice);
    s.rank(key(16), &attention("01"), -1).unwrap();
    assert_eq!(s.value(key(16)), Some(&Value::Codes(["01", "02"].map(attention).to_vec())));
    assert!(s.problems().is_empty());
    assert_eq!(s.rank(key(16), &attention("99"), 1), Err(AnswerError::WrongKind(key(16).no)));
    assert_eq!(s.rank(key(17), &attention("01"), 1), Err(AnswerError::WrongKind(key(17).no)));
}

#[test]
fn one_of_several_is_chosen_and_taken_back_without_the_others() {
    let mut s = session(
        r#"{"no": 16, "name": "some", LABEL, "kind": "codes", "list": "attention"}"#,
        r#"{"name": "some"}"#,
    );
    for code in ["01", "02", "03", "02"] {
        s.toggle(key(16), &attention(code)).unwrap();
    }
    assert_eq!(s.value(key(16)), Some(&Value::Codes(["01", "03"].map(attention).to_vec())));
    s.toggle(key(16), &attention("01")).unwrap();
    s.toggle(key(16), &attention("03")).unwrap();
    assert_eq!(s.value(key(16)), Some(&Value::Null), "none chosen is no answer");
    assert_eq!(s.rank(key(16), &attention("01"), 1), Err(AnswerError::WrongKind(key(16).no)));
}

#[test]
fn a_number_is_slid_step_by_step_within_its_scale() {
    let mut s = session(
        r#"{"no": 16, "name": "noise", LABEL, "kind": "decimal"}, {"no": 17, "name": "free", LABEL, "kind": "int"}"#,
        r#"{"name": "noise", "type": "range", "range": {"start": 0, "end": 1, "step": 0.5}}, {"name": "free"}"#,
    );
    let mut slid = |by| {
        s.slide(key(16), by).unwrap();
        typed_text(s.value(key(16)).unwrap(), 480)
    };
    assert_eq!([1, 1, 1, 1, -1, -7].map(&mut slid), ["0", "0.5", "1", "1", "0.5", "0"]);
    assert_eq!(s.slide(key(17), 1), Err(AnswerError::WrongKind(key(17).no)));
}

#[test]
fn days_are_moved_from_the_answer_or_from_now() {
    let mut s = session(
        r#"{"no": 16, "name": "on", LABEL, "kind": "date"}, {"no": 17, "name": "at", LABEL, "kind": "instant"}"#,
        r#"{"name": "on"}, {"name": "at"}"#,
    );
    let day = |d| Some(Value::Date(NaiveDate::from_ymd_opt(2026, 7, d).unwrap()));
    // Half past midnight in Shenzhen, still the day before in Greenwich.
    let now = NOW - (8 * 60 + 35) * 60_000 + 12_345;
    s.move_day(key(16), 0, now).unwrap();
    assert_eq!(s.value(key(16)).cloned(), day(1));
    s.move_day(key(16), 1, 0).unwrap();
    assert_eq!(s.value(key(16)).cloned(), day(2));
    s.move_day(key(17), -1, now).unwrap();
    assert_eq!(s.value(key(17)), Some(&Value::Instant(now - 12_345 - 24 * 3_600_000)));
    s.move_day(key(17), 1, 0).unwrap();
    assert_eq!(typed_text(s.value(key(17)).unwrap(), 480), "2026-07-01 00:30");
}

#[test]
fn a_single_photo_is_replaced_and_a_set_grows() {
    let mut s = session(
        r#"{"no": 16, "name": "door", LABEL, "kind": "photo"}, {"no": 17, "name": "room", LABEL, "kind": "repeat"},
           {"no": 18, "name": "wall", LABEL, "kind": "photo", "repeat": 17}, {"no": 19, "name": "note", LABEL, "kind": "text"}"#,
        r#"{"name": "door", "required": "true()"}, {"name": "room", "items": [{"name": "wall"}]}, {"name": "note"}, {"name": "photos"}"#,
    );
    let hash = |n| PhotoHash([n; 32]);
    s.put_photo(key(16), hash(1)).unwrap();
    s.put_photo(key(16), hash(2)).unwrap();
    assert_eq!(s.question_named("door", None).unwrap().photos, [hash(2)]);
    s.add_repeat(FieldNo(17), Instance(5)).unwrap();
    s.put_photo(inside(18, 5), hash(3)).unwrap();
    assert_eq!(s.value(inside(18, 5)), Some(&Value::Photo(hash(3))));
    let photos = FieldKey::plain(system::PHOTOS);
    s.put_photo(photos, hash(4)).unwrap();
    s.put_photo(photos, hash(5)).unwrap();
    s.drop_photo(photos, hash(4)).unwrap();
    assert_eq!(s.question_named("photos", None).unwrap().photos, [hash(5)]);

    assert_eq!(s.put_photo(key(19), hash(1)), Err(AnswerError::WrongKind(FieldNo(19))));
    assert!(s.drop_photo(key(16), hash(1)).is_err(), "it was replaced");
    s.drop_photo(key(16), hash(2)).unwrap();
    assert_eq!(s.problems()[0].code, ProblemCode::Required);
}

#[test]
fn a_line_grows_point_by_point_and_is_told_in_words() {
    let mut s = session(
        r#"{"no": 16, "name": "way", LABEL, "kind": "trace"}, {"no": 17, "name": "plot", LABEL, "kind": "shape"}, {"no": 18, "name": "note", LABEL, "kind": "text"}"#,
        r#"{"name": "way"}, {"name": "plot"}, {"name": "note"}"#,
    );
    let at = |lat, lon| Point::from_degrees(lat, lon, Datum::Wgs84).unwrap();
    let sketch = |s: &FormSession, item: &str| s.question_named(item, None).unwrap().sketch;
    assert_eq!(sketch(&s, "way"), None);
    s.add_point(key(16), at(22.691, 114.347)).unwrap();
    assert_eq!(s.problems()[0].code, ProblemCode::FewPoints);
    assert_eq!(sketch(&s, "way").unwrap().words, Label::new("1 个点，长 0 米", "1 point, 0 m"));
    s.add_point(key(16), at(22.691, 114.347)).unwrap();
    s.add_point(key(16), at(22.692, 114.347)).unwrap();
    assert_eq!(s.value(key(16)), Some(&Value::text("wgs84;22.6910000 114.3470000;22.6920000 114.3470000")));
    assert_eq!(sketch(&s, "way").unwrap().words.en, "2 points, 111 m");
    assert!(s.problems().is_empty());

    for (lat, lon) in [(22.691, 114.347), (22.692, 114.347), (22.692, 114.348)] {
        s.add_point(key(17), at(lat, lon)).unwrap();
    }
    let plot = sketch(&s, "plot").unwrap();
    assert_eq!((plot.words.zh.as_str(), plot.closed, plot.points.len()), ("3 个点，5716 平方米", true, 3));
    s.remove_point(key(17)).unwrap();
    assert_eq!(s.problems()[0].code, ProblemCode::FewPoints);
    s.remove_point(key(17)).unwrap();
    s.remove_point(key(17)).unwrap();
    assert_eq!((s.value(key(17)), sketch(&s, "plot")), (Some(&Value::Null), None));
    s.remove_point(key(17)).unwrap();

    let elsewhere = Point { datum: Datum::Gcj02, ..at(22.691, 114.347) };
    assert!(s.add_point(key(16), elsewhere).is_err(), "one line, one datum");
    assert!(s.add_point(key(18), at(1.0, 1.0)).is_err());
    s.answer(key(16), Value::text("no line")).unwrap();
    assert_eq!(s.problems()[0].code, ProblemCode::WrongKind);
    let mut long = session(r#"{"no": 16, "name": "way", LABEL, "kind": "trace"}"#, r#"{"name": "way"}"#);
    for n in 0..crate::geo::POINTS_MAX {
        long.add_point(key(16), at(22.0 + n as f64 / 1e4, 114.0)).unwrap();
    }
    assert_eq!(long.add_point(key(16), at(1.0, 1.0)), Err(AnswerError::Full(FieldNo(16))));
}
