//! The app is updated over a field book of the first version that still holds what nobody else has.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_core::fieldbook::SaveRequest;
use gridweave_core::form::system;
use gridweave_core::ids::{PhotoHash, RecordId};
use gridweave_core::value::Value;
use gridweave_tests::device::hazard;
use gridweave_tests::{City, DESCRIPTION, Device, GRIDS, HAZARD, PLACE};
use rusqlite::Connection;
use std::path::Path;

/// The first version's tables, as they stand in the core.
const VERSION_1: &str = include_str!("../core/src/store/fieldbook.sql");

/// Makes the field book in `dir` one of the first version: its tables, and in them the rows of today's.
fn to_version_1(dir: &Path) {
    let (today, old) = (dir.join("fieldbook.db"), dir.join("version-1.db"));
    let db = Connection::open(&old).unwrap();
    db.execute_batch(VERSION_1).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    db.execute("ATTACH ?1 AS today", [today.to_str().unwrap()]).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    // A virtual table is its own tables' business.
    for table in
        names("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    {
        let columns = names(&format!("SELECT name FROM pragma_table_info('{table}')")).join(", ");
        db.execute_batch(&format!(
            "DELETE FROM main.{table}; INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}"
        ))
        .unwrap();
    }
    let later =
        names("SELECT name FROM today.sqlite_schema WHERE name NOT IN (SELECT name FROM main.sqlite_schema)");
    assert!(!later.is_empty(), "today's version is another one");
    db.close().unwrap();
    for journal in ["fieldbook.db-wal", "fieldbook.db-shm"] {
        assert!(!dir.join(journal).exists(), "today's field book was closed");
    }
    std::fs::rename(old, today).unwrap();
}

/// All that a worker sees of her field book, and all that is to be sent, byte for byte.
fn told(device: &Device, records: &[RecordId], photos: &[PhotoHash]) -> Vec<String> {
    let book = device.book();
    let mut told = vec![
        format!("{:?}", book.outbox().unwrap()),
        format!("{:?}", book.drafts().unwrap()),
        format!("{:?}", book.find("", None).unwrap()),
        format!("{:?}", book.find("龙田", None).unwrap()),
        format!("{:?}", book.safe().unwrap()),
        format!("{:?}", book.waiting().unwrap()),
        format!("{:?}", book.sessions(10).unwrap()),
    ];
    told.extend(records.iter().map(|record| format!("{:?}", book.record_page(*record).unwrap())));
    told.extend(photos.iter().map(|photo| format!("{:?}", book.store().lock().photo_bytes(*photo).unwrap())));
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_of_version_1_opens_with_nothing_lost_and_all_of_it_reaches_the_server() {
    let city = City::start().await;
    let mut amina = city.device("amina", &GRIDS[..1]).await;
    let known = amina.hazard(GRIDS[0], "校门口");
    amina.sync().await;

    // Without a network: a new record with a photo, an edit, a deletion, and a form begun with a photo of its own.
    let [claimed, drafted] = [b"claimed", b"drafted"].map(|bytes| amina.book().add_photo(bytes).unwrap());
    let new = amina.save(SaveRequest { photos_added: vec![claimed], ..hazard(GRIDS[0], "龙田路口") }).record;
    amina.edit(known, DESCRIPTION, "缺失");
    let gone = amina.hazard(GRIDS[0], "写错了");
    amina.book().delete(gone, "mistake", None).unwrap();
    let mut form = amina.book().start_form(HAZARD, None).unwrap();
    form.answer(PLACE, Value::text("写了一半")).unwrap();
    form.add_photo(system::PHOTOS, drafted).unwrap();
    let draft = amina.book().save_draft(&form, None, None).unwrap();
    let (records, photos) = ([known, new, gone], [claimed, drafted]);
    let before = told(&amina, &records, &photos);
    assert_eq!((amina.book().outbox().unwrap().len(), amina.book().drafts().unwrap().len()), (4, 1));

    let old = city.dir().join("version-1");
    amina.backed_up(&old);
    to_version_1(&old);
    amina.restored_from(&old);
    assert_eq!(told(&amina, &records, &photos), before);

    // The form is taken up where it was left, and what is saved from now on follows what was saved before.
    let (form, kept) = amina.book().resume_draft(draft).unwrap();
    assert_eq!((form.value(PLACE), kept.record), (Some(&Value::text("写了一半")), None));
    let finished =
        amina.save(SaveRequest { photos_added: vec![drafted], ..hazard(GRIDS[0], "写了一半") });
    assert_eq!(finished.seq.0, 6);

    amina.sync().await;
    assert!(amina.book().safe().unwrap().is_sealed());
    city.assert_agrees(&amina, &GRIDS[..1]).await;
    let supervisor = city.supervisor().await;
    for (record, place, photos) in [(new, "龙田路口", [claimed]), (finished.record, "写了一半", [drafted])]
    {
        let row = supervisor.record(record).await;
        assert_eq!(row.texts("place"), [place]);
        assert_eq!(row.photos, photos.map(|photo| photo.to_string()));
    }
    assert_eq!(supervisor.record(known).await.texts("description"), ["缺失"]);
}
