//! A record type of the organisation's own with every kind of question: what a form keeps, sends and reads back.

use super::tests::open;
use super::{Fieldbook, SaveRequest};
use crate::form::ScreenId;
use crate::geo::{Datum, Point};
use crate::ids::{FieldKey, FieldNo, GridCode, Instance, PhotoHash, TypeNo};
use crate::record::ChangeKind;
use crate::store::{Error, OpenOptions, PhotoState, Refused, Store};
use crate::value::Value;
use std::path::Path;

const EVERY: TypeNo = TypeNo(900);
const EVERY_QUESTION: &str = include_str!("../../tests/fixtures/every_question.json");
const NAME: FieldKey = FieldKey::plain(FieldNo(16));
const SEEN_AT: FieldKey = FieldKey::plain(FieldNo(18));
const DOOR: FieldKey = FieldKey::plain(FieldNo(21));
const SIGNED: FieldKey = FieldKey::plain(FieldNo(22));
const FENCE: FieldKey = FieldKey::plain(FieldNo(23));
const PLOT: FieldKey = FieldKey::plain(FieldNo(24));
const STATEMENT: FieldKey = FieldKey::plain(FieldNo(25));
const SHOP: FieldNo = FieldNo(26);

/// A field book that asks every question.
fn open_every(dir: &Path) -> Fieldbook {
    std::fs::create_dir_all(dir.join("types")).unwrap();
    std::fs::write(dir.join("types/every_question.json"), EVERY_QUESTION).unwrap();
    open(dir)
}

fn grid() -> Option<GridCode> {
    Some(GridCode("44031000100101".into()))
}

#[test]
fn a_single_photo_is_kept_claimed_and_sent_like_those_of_a_set() {
    let dir = tempfile::tempdir().unwrap();
    let book = open_every(dir.path());
    let [door, signed, statement, blurred] =
        [&b"door"[..], b"signed", b"statement", b"blurred"].map(|bytes| book.add_photo(bytes).unwrap());
    let mut form = book.start_form(EVERY, None).unwrap();
    form.answer(NAME, Value::text("龙田路")).unwrap();
    form.put_photo(DOOR, blurred).unwrap();
    form.put_photo(DOOR, door).unwrap();
    form.put_photo(SIGNED, signed).unwrap();
    form.put_photo(STATEMENT, statement).unwrap();
    let draft = book.save_draft(&form, None, None).unwrap();
    let there = |hash| book.store().lock().photo_bytes(hash).is_ok();
    let forget = || book.store().lock().discard_unclaimed_photos(i64::MAX).unwrap();
    assert_eq!(forget(), 1);
    assert!(!there(blurred), "taken again, and named by nothing any more");
    assert!(there(door) && there(signed) && there(statement), "a draft names them");

    let saved = book.save_form(&form, None, Some(draft), None, grid()).unwrap();
    assert_eq!(forget(), 0);
    let mut sent: Vec<PhotoHash> =
        book.store().lock().photos_pending().unwrap().iter().map(|p| p.hash).collect();
    sent.sort();
    let mut all = [door, signed, statement];
    all.sort();
    assert_eq!(sent, all);
    assert_eq!(book.waiting().unwrap()[0].photos, 3);
    let shown: Vec<_> =
        book.record_page(saved.record).unwrap().photos.iter().map(|p| (p.hash, p.state)).collect();
    assert_eq!(
        shown,
        [door, signed].map(|hash| (hash, Some(PhotoState::Local))),
        "a recording is no picture"
    );

    let mut form = book.start_form(EVERY, None).unwrap();
    form.answer(NAME, Value::text("金田路")).unwrap();
    form.answer(DOOR, Value::Photo(PhotoHash([9; 32]))).unwrap();
    let refused = book.save_form(&form, None, None, None, grid());
    assert!(matches!(refused, Err(Error::Refused(Refused::NoPhoto(_)))), "it was never taken here");
}

#[test]
fn a_value_is_shown_with_the_photos_that_came_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let book = open_every(dir.path());
    let [door, street, later] =
        [&b"door"[..], b"street", b"later"].map(|bytes| book.add_photo(bytes).unwrap());
    let mut request = SaveRequest::create(EVERY);
    request.answers = vec![(NAME, Value::text("龙田路")), (DOOR, Value::Photo(door))];
    request.photos_added = vec![street];
    request.grid = grid();
    let record = book.save(request).unwrap().record;
    let mut request = SaveRequest::change(EVERY, record, ChangeKind::Edit);
    request.answers = vec![(NAME, Value::text("金田路"))];
    request.photos_added = vec![later];
    book.save(request).unwrap();

    let page = book.record_page(record).unwrap();
    let photos_of = |key| -> Vec<PhotoHash> {
        let field = page.fields.iter().find(|field| field.field == key).unwrap();
        field.values[0].photos.iter().map(|photo| photo.hash).collect()
    };
    assert_eq!(photos_of(DOOR), [door, street], "the photo that it is, then what was taken with it");
    assert_eq!(photos_of(NAME), [later], "the change that wrote the name last brought that one");
}

#[test]
fn what_is_neither_text_nor_number_reads_as_words_on_the_records_page() {
    let dir = tempfile::tempdir().unwrap();
    let book = open_every(dir.path());
    let mut form = book.start_form(EVERY, None).unwrap();
    form.answer(NAME, Value::text("龙田路")).unwrap();
    form.answer(SEEN_AT, Value::Instant(0)).unwrap();
    form.put_photo(SIGNED, book.add_photo(b"signed").unwrap()).unwrap();
    form.answer(STATEMENT, Value::Photo(book.add_photo(b"statement").unwrap())).unwrap();
    for (lat, lon) in [(22.691, 114.347), (22.692, 114.347), (22.692, 114.348)] {
        let point = Point::from_degrees(lat, lon, Datum::Wgs84).unwrap();
        form.add_point(FENCE, point).unwrap();
        form.add_point(PLOT, point).unwrap();
    }
    let record = book.save_form(&form, None, None, None, grid()).unwrap().record;
    let page = book.record_page(record).unwrap();
    let read = |key: FieldKey| {
        let text = &page.fields.iter().find(|field| field.field == key).unwrap().values[0].said.text;
        [text.zh.clone(), text.en.clone()]
    };
    assert_eq!(read(SEEN_AT), ["1970-01-01 08:00", "1970-01-01 08:00"]);
    assert_eq!(read(SIGNED), ["签名", "Signature"]);
    assert_eq!(read(STATEMENT), ["录音", "Recording"]);
    assert_eq!(read(FENCE), ["3 个点，长 214 米", "3 points, 214 m"]);
    assert_eq!(read(PLOT), ["3 个点，5716 平方米", "3 points, 5716 m²"]);
}

#[test]
fn a_repeated_group_inside_a_page_has_screens_of_its_own_right_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let book = open_every(dir.path());
    let mut form = book.start_form(EVERY, None).unwrap();
    let names = |form: &crate::form::FormSession| -> Vec<(String, Option<u64>)> {
        form.screens().into_iter().map(|id| (id.item, id.instance.map(|instance| instance.0))).collect()
    };
    let page = ("page".to_string(), None);
    assert_eq!(names(&form), [page.clone(), ("shop".into(), None)]);
    let first = form.screen(&form.screens()[0]).unwrap();
    assert!(first.questions.iter().all(|question| question.item != "shop" && question.item != "shop_name"));
    form.add_repeat(SHOP, Instance(7)).unwrap();
    form.add_repeat(SHOP, Instance(8)).unwrap();
    assert_eq!(
        names(&form),
        [page, ("shop".into(), None), ("shop_name".into(), Some(7)), ("shop_name".into(), Some(8))]
    );
    let entries = form.screen(&ScreenId { item: "shop".into(), instance: None }).unwrap().entries.unwrap();
    assert_eq!(entries.instances, [Instance(7), Instance(8)]);
}

#[test]
fn a_record_type_that_cannot_be_asked_is_named_and_nothing_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    drop(open_every(dir.path()));
    std::fs::write(dir.path().join("types/bad.json"), "{").unwrap();
    let opened = Store::open(dir.path(), &OpenOptions::for_tests());
    assert!(matches!(opened, Err(Error::OwnType(ref fault)) if fault.to_string().contains("bad.json")));
}
