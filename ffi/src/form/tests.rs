//! A form in the hands of an app.

use super::*;
use gridweave_core::fieldbook::{self, SystemClock};
use gridweave_core::form::{Catalog, Context, NoIdentityCheck};
use gridweave_core::ids::{GridCode, PersonNo, ReplicaId, Rid, Seq};
use gridweave_core::store::{Identity, OpenOptions};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::v1::{GridCursor, Item, Page};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

fn form(book: Weak<Fieldbook>, record: Option<RecordId>) -> FormSession {
    let context = Context::at(1_790_000_000_000, CITY_OFFSET_MIN);
    let session = form::FormSession::new(&Catalog::builtin(), TypeNo(1), context, Arc::new(NoIdentityCheck));
    FormSession::new(book, session.expect("the type is built in"), record, None)
}

#[test]
fn a_form_is_saved_once_by_however_many_hands() {
    let (form, saves) = (form(Weak::new(), None), AtomicU32::new(0));
    let save = || {
        std::thread::sleep(std::time::Duration::from_millis(5));
        saves.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let full = form.save_once::<()>(|| Err(FieldbookError::refused("storage_full", "no room")));
    assert!(full.is_err(), "what failed may be tried again");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..8).map(|_| scope.spawn(|| form.save_once(save))).collect();
        hands.into_iter().map(|hand| hand.join().expect("no hand panics")).collect()
    });
    assert_eq!((saves.load(Ordering::SeqCst), answers.iter().filter(|a| a.is_ok()).count()), (1, 1));
    let told =
        |a: &Result<(), _>| matches!(a, Err(FieldbookError::Refused { code, .. }) if code == "form_saved");
    assert_eq!(answers.iter().filter(|a| told(a)).count(), 7);
}

#[test]
fn a_form_that_was_saved_becomes_no_draft() {
    if cfg!(feature = "sqlcipher") {
        return;
    }
    let dir = std::env::temp_dir().join(format!("gridweave-form-{}", std::process::id()));
    let book = Fieldbook::open(dir.to_string_lossy().into_owned(), None).expect("a new field book");
    let form = Arc::new(form(Arc::downgrade(&book), None));
    form.save_once(|| Ok(())).expect("it was not saved yet");
    assert!(book.save_draft(form).is_err() && book.drafts().expect("a sound field book").is_empty());
    drop(book);
    std::fs::remove_dir_all(dir).expect("the test made it");
}

#[test]
fn a_form_tells_that_its_record_left_while_it_was_open() {
    if cfg!(feature = "sqlcipher") {
        return;
    }
    let dir = std::env::temp_dir().join(format!("gridweave-form-left-{}", std::process::id()));
    let clock = Arc::new(SystemClock::new());
    let book = fieldbook::Fieldbook::open(&dir, &OpenOptions::default(), clock).expect("a new field book");
    let [device_key, sealing_key, chain_key, receipt_key, recovery_key, identity_key] =
        [1, 2, 3, 4, 5, 6].map(|n| Bytes(vec![n; 32]));
    let (person_name, organisation) = (String::new(), String::new());
    let (replica, rid, person) = (ReplicaId([1; 16]), Rid(1), PersonNo(7));
    let (urls, pins) = (Vec::new(), Vec::new());
    let identity = Identity {
        replica,
        rid,
        device_key,
        sealing_key,
        chain_key,
        person,
        person_name,
        organisation,
        receipt_key,
        recovery_key,
        urls,
        pins,
        identity_key,
    };
    book.set_identity(identity, 1).expect("a new field book");
    let record = RecordId([9; 16]);
    let of = Fieldbook::of(book.clone());
    let form = form(Arc::downgrade(&of), Some(record));
    assert!(!form.record_left());
    let (scope, digests, photos_missing) = (None, Vec::new(), Vec::new());
    let (items, cursors) = (
        vec![Item::Leave { grid: 0, record }],
        vec![GridCursor { grid: GridCode("44031000100101".into()), rev: 1 }],
    );
    let (epoch, server_ms, more, durable_seq) = (1, 1, false, Seq(0));
    let page = Page { epoch, server_ms, scope, items, cursors, more, digests, photos_missing, durable_seq };
    book.store().lock().take_page(&page, 1).expect("a sound page");
    assert!(form.record_left());
    drop((of, book));
    assert!(!form.record_left(), "and keeps no field book open");
    std::fs::remove_dir_all(dir).expect("the test made it");
}
