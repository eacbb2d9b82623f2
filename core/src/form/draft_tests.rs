//! Drafts: put aside and taken up again, whatever is in them.

use super::session_tests::{
    CHAIN, NOW, ROOMS, ROOMS_FORM, begin, catalog_with, context, inside, key, metres, test_type,
};
use super::*;
use crate::geo::{Datum, Point};
use crate::ids::{Dot, FieldKey, FieldNo, Instance, PhotoHash, TypeNo};
use crate::value::{Code, Value};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Any value that a field of the draft test can hold, or that it was given by a later version.
fn any_value() -> impl Strategy<Value = Value> {
    let text = "[ -~一-龥\\n\"\\\\]{0,12}";
    let code = (text, text, text).prop_map(|(list, edition, code)| Code { list, edition, code });
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (any::<i64>(), any::<u8>()).prop_map(|(units, scale)| Value::Decimal { units, scale }),
        text.prop_map(Value::Text),
        (-9_999_999..99_999_999i32)
            .prop_filter_map("no date", |d| NaiveDate::from_num_days_from_ce_opt(d).map(Value::Date)),
        (0u32..86_400, 0u32..2_000_000_000)
            .prop_filter_map("no time", |(s, n)| chrono::NaiveTime::from_num_seconds_from_midnight_opt(s, n))
            .prop_map(Value::Time),
        any::<i64>().prop_map(Value::Instant),
        code.clone().prop_map(Value::Code),
        prop::collection::vec(code, 0..3).prop_map(Value::Codes),
        (any::<i32>(), any::<i32>(), any::<u8>()).prop_map(|(lat_e7, lon_e7, datum)| {
            Value::Geo(Point { lat_e7, lon_e7, datum: Datum::from_number(datum) })
        }),
        any::<[u8; 32]>().prop_map(|hash| Value::Photo(PhotoHash(hash))),
        prop::collection::vec(any::<u8>(), 0..9).prop_map(Value::Bytes),
        (any::<u8>(), prop::collection::vec(any::<u8>(), 0..9))
            .prop_map(|(tag, bytes)| Value::Opaque { tag, bytes }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_draft_comes_back_to_the_letter(
        values in prop::collection::btree_map((16u16..30, prop::option::of(0u64..3)), any_value(), 0..12),
        answers in prop::collection::vec((0u64..3, -50i64..50), 0..6),
    ) {
        let catalog = catalog_with(&test_type(ROOMS, ROOMS_FORM)).unwrap();
        let values = values.into_iter()
            .map(|((no, i), v)| (FieldKey { no: FieldNo(no), instance: i.map(Instance) }, v)).collect();
        let existing = Existing {
            values,
            instances: BTreeMap::from([(FieldNo(17), vec![Instance(2), Instance(0)])]),
            photos: BTreeMap::from([(FieldNo(4), vec![PhotoHash([9; 32])])]),
            dots: BTreeMap::from([(FieldKey::plain(FieldNo(16)), vec![Dot::new(3, 7), Dot::new(4, 1)])]),
        };
        let mut s = begin(&catalog, context().editing(existing));
        for (instance, area) in answers {
            let _ = s.add_repeat(FieldNo(17), Instance(instance));
            s.answer(inside(18, instance), metres(area)).unwrap();
        }
        let draft = s.draft();
        let form = catalog.form(TypeNo(900)).unwrap();
        let back = FormSession::restore(form, context(), Arc::new(NoIdentityCheck), &draft).unwrap();
        prop_assert_eq!(back.draft(), draft);
        prop_assert_eq!(back.finalise(NOW), s.finalise(NOW));
        prop_assert_eq!(back.screens(), s.screens());
    }

    #[test]
    fn bytes_that_are_no_draft_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let form = Catalog::builtin().form(TypeNo(8)).unwrap();
        prop_assert!(FormSession::restore(form, context(), Arc::new(NoIdentityCheck), &bytes).is_err());
    }
}

#[test]
fn a_draft_of_a_new_record_does_not_get_its_defaults_back() {
    let catalog = catalog_with(&test_type(CHAIN, r#"{"name": "a", "default": "3"}, {"name": "b"}"#)).unwrap();
    let mut s = begin(&catalog, context());
    assert_eq!(s.value(key(16)), Some(&Value::Int(3)));
    s.answer(key(16), Value::Null).unwrap();
    let form = catalog.form(TypeNo(900)).unwrap();
    let restore =
        |bytes: &[u8]| FormSession::restore(form.clone(), context(), Arc::new(NoIdentityCheck), bytes);
    assert_eq!(restore(&s.draft()).unwrap().value(key(16)), Some(&Value::Null));
    let text = String::from_utf8(s.draft()).unwrap();
    let newer = text.replace("\"draft\":1", "\"draft\":2");
    assert_eq!(restore(newer.as_bytes()).err(), Some(DraftError::Newer(2)));
    let other = text.replace("\"type_no\":900", "\"type_no\":8");
    assert_eq!(restore(other.as_bytes()).err(), Some(DraftError::OtherType(8)));
}
