//! Out and back: what one worker captures is seen by everybody it concerns, and what two disagree about is settled by
//! people, never by a clock.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_core::fieldbook::Custody;
use gridweave_core::fieldbook::SaveRequest;
use gridweave_core::identity::citizen_number;
use gridweave_core::ids::{Dot, RecordId, Rid};
use gridweave_core::record::ChangeKind;
use gridweave_core::store::{Error, Refused};
use gridweave_core::sync::{Cancel, Options, Unfinished};
use gridweave_core::value::Value;
use gridweave_core::wire::chain::photo_receipt_is_signed;
use gridweave_tests::device::{fix, hazard, true_ms};
use gridweave_tests::{
    CITIZEN_ID, City, Cut, Cutter, DESCRIPTION, Device, GRIDS, HAZARD, NAME, PERSON, PLACE,
};
use std::time::Duration;

/// Lets devices sync in turn until all know everything: the first hears of the last one's changes in its second turn.
async fn all_sync(devices: &[&Device]) {
    for device in devices.iter().chain(devices) {
        device.sync().await;
    }
}

/// Two devices of one grid that share a record, and each changed its description without knowing of the other.
async fn two_who_disagree(city: &City) -> (Device, Device, RecordId) {
    let (amina, bo) = (city.device("amina", &GRIDS[..1]).await, city.device("bo", &GRIDS[..1]).await);
    let record = amina.hazard(GRIDS[0], "校门口");
    all_sync(&[&amina, &bo]).await;
    amina.edit(record, DESCRIPTION, "amina saw a crack");
    bo.edit(record, DESCRIPTION, "bo saw a hole");
    all_sync(&[&amina, &bo]).await;
    (amina, bo, record)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_worker_captures_is_seen_by_the_supervisor_and_by_the_neighbour_and_by_nobody_else() {
    let city = City::start().await;
    let amina = city.device("amina", &GRIDS[..2]).await;
    let bo = city.device("bo", &GRIDS[1..2]).await;
    let chen = city.device("chen", &GRIDS[2..]).await;
    let record = amina.hazard(GRIDS[1], "校门口");
    assert_eq!(amina.book().record_page(record).unwrap().custody, Custody::Saved);
    let report = amina.sync().await;
    assert_eq!((report.pushed, report.quarantined), (1, 0));
    assert_eq!(amina.book().record_page(record).unwrap().custody, Custody::Received);
    for device in [&bo, &chen] {
        device.sync().await;
    }
    let supervisor = city.supervisor().await;
    assert_eq!(supervisor.record(record).await.texts("place"), ["校门口"]);
    assert_eq!(bo.texts(record, PLACE), ["校门口"]);
    let page = bo.book().record_page(record).unwrap();
    let value = &page.fields.iter().find(|f| f.field == PLACE).unwrap().values[0];
    assert_eq!(
        (value.author_name.as_deref(), value.fix.is_some()),
        (Some("amina"), true),
        "with who and where"
    );
    assert!(matches!(chen.book().record(record), Err(Error::Refused(Refused::UnknownRecord(_)))));
    for (device, grids) in [(&amina, &GRIDS[..2]), (&bo, &GRIDS[1..2]), (&chen, &GRIDS[2..])] {
        city.assert_agrees(device, grids).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_hears_names_of_its_own_grids_and_of_supervisors() {
    let city = City::start().await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    let chen = city.device("chen", &GRIDS[2..]).await;
    let names = |device: &Device| -> Vec<String> {
        let people = device.book().store().lock().people().unwrap();
        people.into_values().filter(|name| name != "督导员").collect()
    };
    for device in [&amina, &chen] {
        device.sync().await;
        assert!(device.book().store().lock().people().unwrap().values().any(|name| name == "督导员"));
    }
    assert_eq!((names(&amina), names(&chen)), (vec!["amina".to_owned()], vec!["chen".to_owned()]));

    let bo = city.device("bo", &GRIDS[..2]).await;
    for device in [&amina, &bo, &chen] {
        device.sync().await;
    }
    assert_eq!(names(&amina), ["amina", "bo"], "of one who joined later, too");
    assert_eq!(names(&bo), ["amina", "bo"]);
    assert_eq!(names(&chen), ["chen"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_that_changes_nothing_is_seen_by_everybody() {
    let city = City::start().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..1]).await, city.device("bo", &GRIDS[..1]).await);
    let record = amina.hazard(GRIDS[0], "校门口");
    all_sync(&[&amina, &bo]).await;
    let visit = amina.book().confirm_visit(record, Some(fix(GRIDS[0]))).unwrap();
    all_sync(&[&amina, &bo]).await;
    let seen = |state: gridweave_core::merge::RecordState| {
        state.stamp(Dot { rid: amina.rid(), seq: visit.seq }).copied()
    };
    let at_server = seen(city.app().store.state(record).await.unwrap().unwrap());
    assert!(at_server.is_some_and(|stamp| stamp.fix.is_some()), "the server knows of the visit");
    assert_eq!(seen(bo.book().record(record).unwrap()), at_server, "and so does the neighbour");
    city.assert_agrees(&bo, &GRIDS[..1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_is_seen_by_both_and_settled_by_a_supervisor_for_both() {
    let city = City::start().await;
    let (amina, bo, record) = two_who_disagree(&city).await;
    let supervisor = city.supervisor().await;
    let both = ["amina saw a crack", "bo saw a hole"];
    assert_eq!(supervisor.stats().await["conflicts"], 1);
    for device in [&amina, &bo] {
        assert_eq!(device.texts(record, DESCRIPTION), both);
        assert_eq!(device.book().conflicts().unwrap().len(), 1);
    }
    let row = supervisor.record(record).await;
    assert_eq!(row.texts("description"), both);
    supervisor.resolve(record, "description", "a hole and a crack", &row.dots("description")).await;
    assert_eq!(supervisor.stats().await["conflicts"], 0);
    all_sync(&[&amina, &bo]).await;
    for device in [&amina, &bo] {
        assert_eq!(device.texts(record, DESCRIPTION), ["a hole and a crack"]);
        assert!(device.book().conflicts().unwrap().is_empty());
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_comes_after_the_settlement_opens_the_question_again() {
    let city = City::start().await;
    let late = city.device("chen", &GRIDS[..1]).await;
    let (amina, bo, record) = two_who_disagree(&city).await;
    // Chen saw the two values, and says a third while the supervisor settles the two: neither knows of the other.
    late.sync().await;
    assert_eq!(late.texts(record, DESCRIPTION).len(), 2);
    let supervisor = city.supervisor().await;
    let row = supervisor.record(record).await;
    late.edit(record, DESCRIPTION, "chen saw water");
    supervisor.resolve(record, "description", "settled", &row.dots("description")).await;
    all_sync(&[&amina, &bo, &late]).await;
    for device in [&amina, &bo, &late] {
        assert_eq!(device.texts(record, DESCRIPTION), ["chen saw water", "settled"]);
    }
    assert_eq!(supervisor.stats().await["conflicts"], 1);
    let row = supervisor.record(record).await;
    supervisor.resolve(record, "description", "settled again", &row.dots("description")).await;
    all_sync(&[&amina, &bo, &late]).await;
    assert_eq!(late.texts(record, DESCRIPTION), ["settled again"]);
    assert_eq!(supervisor.stats().await["conflicts"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settlement_may_only_replace_values_that_were_there() {
    let city = City::start().await;
    let (amina, _, record) = two_who_disagree(&city).await;
    let supervisor = city.supervisor().await;
    let body =
        serde_json::json!({"field": "description", "value": "x", "replaces": [[amina.rid().0, 1_000_000]]});
    let (status, said) = supervisor.post(&format!("/v1/records/{record}/resolve"), body).await;
    assert_eq!((status, said["code"].as_str()), (422, Some("refused")));
    amina.edit(record, DESCRIPTION, "amina goes on");
    amina.sync().await;
    assert_eq!(supervisor.record(record).await.texts("description"), ["amina goes on"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_one_person_are_linked_however_the_number_was_typed() {
    let city = City::start().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..2]).await, city.device("bo", &GRIDS[1..]).await);
    let born = "1905-06-07".parse().unwrap();
    let mut numbers = (1..).filter_map(|n| citizen_number("440307", born, n));
    let number = numbers.find(|n| n.ends_with('X')).unwrap();
    let full_width: String = number.chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap()).collect();
    let lower = number.to_lowercase();
    let person = |grid: &str, number: &str| {
        let mut request = SaveRequest::create(PERSON);
        request.answers = vec![(NAME, Value::text("陈一")), (CITIZEN_ID, Value::text(number))];
        request.grid = Some(gridweave_core::ids::GridCode(grid.into()));
        request
    };
    let first = amina.save(person(GRIDS[0], &number)).record;
    let second = amina.save(person(GRIDS[1], &full_width)).record;
    let third = bo.save(person(GRIDS[2], &lower)).record;
    let another = bo.save(person(GRIDS[2], &numbers.next().unwrap())).record;
    all_sync(&[&amina, &bo]).await;
    let supervisor = city.supervisor().await;
    assert_eq!(supervisor.stats().await["linked"], 1);
    let entity = |device: &Device, record| -> Vec<RecordId> {
        let page = device.book().record_page(record).unwrap();
        page.entity.iter().map(|other| other.row.record).collect()
    };
    assert_eq!(entity(&amina, first), [second], "amina does not see the third: it lies outside her grids");
    let mut seen = entity(&bo, third);
    seen.sort();
    assert_eq!(seen, [second]);
    assert_eq!(entity(&bo, another), []);
    // A number typed in error is corrected, and with it the link.
    amina.edit(second, CITIZEN_ID, &numbers.next().unwrap());
    amina.edit(first, CITIZEN_ID, &numbers.next().unwrap());
    all_sync(&[&amina, &bo]).await;
    assert_eq!(supervisor.stats().await["linked"], 0);
    assert_eq!(entity(&amina, first), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_deleted_by_one_and_edited_by_another_is_kept_and_shown() {
    let city = City::start().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..1]).await, city.device("bo", &GRIDS[..1]).await);
    let (kept, gone) = (amina.hazard(GRIDS[0], "kept"), amina.hazard(GRIDS[0], "gone"));
    all_sync(&[&amina, &bo]).await;
    amina.book().delete(kept, "mistake", None).unwrap();
    amina.book().delete(gone, "mistake", None).unwrap();
    bo.edit(kept, DESCRIPTION, "still there");
    all_sync(&[&amina, &bo]).await;
    let supervisor = city.supervisor().await;
    assert_eq!(supervisor.record(kept).await.texts("description"), ["still there"], "the edit is not lost");
    for device in [&amina, &bo] {
        assert_eq!(device.texts(kept, DESCRIPTION), ["still there"]);
        assert!(!device.book().record_page(gone).unwrap().row.alive);
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
    for (lang, label) in [("zh-CN", "登记错误"), ("en", "Recorded by mistake")] {
        let page = supervisor.page(&format!("/console/record/{gone}?lang={lang}")).await;
        assert!(page.contains(&format!("<ins>{label}</ins>")), "why it is gone stands there in words");
    }
    bo.book().restore(kept, None).unwrap();
    all_sync(&[&amina, &bo]).await;
    assert!(amina.book().record_page(kept).unwrap().row.alive);
    assert_eq!(supervisor.stats().await["dead"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_goes_on_where_the_network_cut_it() {
    let city = City::start().await;
    let network = Cutter::start(city.server_addr()).await;
    let mut code = city.code("amina", &GRIDS[..1]).await;
    code.urls = vec![format!("http://{}", network.addr())];
    let device = city.device_with("amina", &code).await;
    // No two bytes alike, so that nothing about it compresses.
    let photo: Vec<u8> =
        (0u64..400_000).flat_map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()).collect();
    let hash = device.book().add_photo(&photo).unwrap();
    let mut request = hazard(GRIDS[0], "with a photo");
    request.photos_added = vec![hash];
    let record = device.save(request).record;
    // Every connection breaks long before the photo is through: without going on it would never arrive.
    let each = photo.len() as u64 / 5;
    network.set(Cut::EachAfter(each));
    let options = Options { retries_max: 40, backoff: Duration::from_millis(1), ..Options::default() };
    let report = device.book().sync(&options, &(), &Cancel::default()).await.unwrap();
    assert!(report.unfinished.is_none(), "{report:?}");
    assert_eq!((report.photos, report.photos_failed), (1, 0), "{report:?}");
    assert!(network.connections() >= 5, "it was cut");
    // What is sent twice is at most what was on its way when a connection broke.
    assert!(network.bytes_up() < photo.len() as u64 * 2, "{} bytes for {}", network.bytes_up(), photo.len());
    let supervisor = city.supervisor().await;
    assert_eq!(supervisor.record(record).await.photos, [hash.to_string()]);
    assert_eq!(supervisor.stats().await["photos"], 1);
    let hex = hash.to_string();
    let file = city.data().join("photos").join(&hex[..2]).join(&hex[2..4]).join(&hex);
    assert_eq!(std::fs::read(file).unwrap(), photo, "byte for byte");
    // A second run asks for nothing more.
    network.set(Cut::Never);
    assert_eq!(device.sync().await.photos, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photos_receipt_is_the_servers_and_for_this_device() {
    let city = City::start().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..1]).await, city.device("bo", &GRIDS[..1]).await);
    // The same bytes from two devices: both upload, neither learns that the other did.
    for device in [&amina, &bo] {
        let hash = device.book().add_photo(b"the same photo").unwrap();
        let mut request = hazard(GRIDS[0], &device.name);
        request.photos_added = vec![hash];
        device.save(request);
        let report = device.sync().await;
        assert_eq!(report.photos, 1, "{}", device.name);
    }
    let key = amina.book().identity().unwrap().receipt().unwrap();
    let hash = amina.book().add_photo(b"the same photo").unwrap();
    let forged = city.app().keys.receipt();
    let signature = gridweave_core::wire::chain::sign_photo_receipt(&forged, amina.rid(), hash);
    assert!(photo_receipt_is_signed(&key, amina.rid(), hash, &signature));
    assert!(!photo_receipt_is_signed(&key, bo.rid(), hash, &signature));
    assert_eq!(city.supervisor().await.stats().await["photos"], 1, "one photo, kept once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_shrinks_takes_records_away_but_never_unreceipted_work() {
    let city = City::start().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..2]).await, city.device("bo", &GRIDS[..2]).await);
    let (stays, leaves) = (bo.hazard(GRIDS[0], "stays"), bo.hazard(GRIDS[1], "leaves"));
    all_sync(&[&bo, &amina]).await;
    assert_eq!(amina.texts(leaves, PLACE), ["leaves"]);
    let mut aside = SaveRequest::change(HAZARD, leaves, ChangeKind::Edit);
    aside.answers = vec![(PLACE, Value::text("put aside"))];
    aside.seen = Some([(PLACE, amina.book().record(leaves).unwrap().registers()[&PLACE].dots())].into());

    city.set_grids(amina.rid(), &GRIDS[..1]).await;
    // She does not know yet, and works on.
    let offline = amina.hazard(GRIDS[1], "made before she was told");
    amina.edit(leaves, DESCRIPTION, "edited before she was told");
    let report = amina.sync().await;
    assert_eq!((report.pushed, report.quarantined), (2, 0), "what was in scope when she last heard is taken");
    assert_eq!(amina.texts(stays, PLACE), ["stays"]);
    for gone in [leaves, offline] {
        assert!(amina.texts(gone, PLACE).is_empty(), "purged");
    }
    assert_eq!(amina.digest(GRIDS[1]).count, 0);
    city.assert_agrees(&amina, &GRIDS[..1]).await;
    bo.sync().await;
    assert_eq!(bo.texts(leaves, DESCRIPTION), ["edited before she was told"]);
    assert_eq!(bo.texts(offline, PLACE), ["made before she was told"]);

    // Told, she cannot save there any more; and what a broken app would send lies apart.
    let refused = amina.book().save(hazard(GRIDS[1], "after she was told"));
    assert!(matches!(refused, Err(Error::Refused(Refused::ForeignGrid))));
    // What she had put aside is handed in all the same, and taken once a supervisor answers for it.
    amina.save(aside);
    amina.sync().await;
    let (seq, code) = amina.quarantined().remove(0);
    let released = format!("dot={}&reason=seen", Dot { rid: amina.rid(), seq });
    city.supervisor().await.form("/console/quarantine/release", &released).await;
    bo.sync().await;
    assert_eq!((&*code, bo.texts(leaves, PLACE)), ("out_of_scope", vec!["put aside".to_owned()]));
    // The grid comes back, and its records with it.
    city.set_grids(amina.rid(), &GRIDS[..2]).await;
    amina.sync().await;
    assert_eq!(amina.texts(offline, PLACE), ["made before she was told"]);
    city.assert_agrees(&amina, &GRIDS[..2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_change_that_is_heard_before_a_push_keeps_what_is_not_receipted() {
    let city = City::start().await;
    let amina = city.device("amina", &GRIDS[..2]).await;
    let record = amina.hazard(GRIDS[1], "first");
    amina.sync().await;
    city.set_grids(amina.rid(), &GRIDS[..1]).await;
    amina.edit(record, DESCRIPTION, "not sent yet");
    // The push is lost again and again while a page gets through: the page alone, as a later run would read it.
    let before = amina.book().outbox().unwrap();
    assert_eq!(before.len(), 1);
    let pull = {
        let store = amina.book().store().lock();
        gridweave_core::wire::v1::Pull {
            session: 9,
            epoch: store.epoch().unwrap(),
            scope_version: store.scope_version().unwrap(),
            last_seq: store.last_seq(),
            cursors: store.cursors().unwrap(),
            bytes_max: 1 << 20,
            facts: None,
        }
    };
    let reply = city.app().store.pull(amina.rid(), pull, true_ms(), 0, 0).await.unwrap();
    let gridweave_core::wire::v1::PullReply::Page(page) = reply else { panic!("{reply:?}") };
    assert!(page.scope.is_some());
    amina.book().store().lock().take_page(&page, true_ms()).unwrap();
    assert_eq!(amina.book().outbox().unwrap(), before, "nothing unreceipted is ever taken away");
    let report = amina.sync().await;
    assert_eq!(report.pushed, 1);
    let supervisor = city.supervisor().await;
    let states = supervisor.states(amina.rid()).await;
    assert!(states[1] == "merged" || states[1] == "out_of_scope", "{states:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_device_becomes_one_of_its_own_and_nothing_of_either_is_lost() {
    let city = City::start().await;
    let supervisor = city.supervisor().await;
    let mut amina = city.device("amina", &GRIDS[..1]).await;
    let shared = amina.hazard(GRIDS[0], "before the copy");
    amina.sync().await;
    let copy = amina.copied("copy", &city.dir().join("copy"));
    let old_rid = amina.rid();
    let by_amina = amina.hazard(GRIDS[0], "by amina");
    amina.edit(shared, DESCRIPTION, "amina's");
    let by_copy = copy.hazard(GRIDS[0], "by the copy");
    copy.edit(shared, DESCRIPTION, "the copy's");
    copy.edit(by_copy, DESCRIPTION, "and again");
    amina.sync().await;

    let report = copy.try_sync().await;
    assert!(report.rekeyed && matches!(report.unfinished, Some(Unfinished::Held)), "{report:?}");
    let new_rid = copy.rid();
    assert_ne!(new_rid, old_rid);
    assert!(copy.book().outbox().unwrap().is_empty(), "handed in all the same");
    assert!(copy.texts(by_amina, PLACE).is_empty(), "it is given nothing before it is confirmed");
    assert_eq!(supervisor.stats().await["held"], 3);
    let replica = supervisor.replicas().await.into_iter().find(|r| r.rid == new_rid.0).unwrap();
    assert_eq!((replica.state.as_str(), replica.was), ("unconfirmed", Some(old_rid.0)));
    let changes = supervisor.changes(new_rid).await;
    assert_eq!(
        changes.iter().map(|c| c.was).collect::<Vec<_>>(),
        [2, 3, 4].map(|seq| Some((old_rid.0, seq)))
    );

    supervisor.confirm(new_rid).await;
    all_sync(&[&copy, &amina]).await;
    for device in [&amina, &copy] {
        assert_eq!(device.texts(by_amina, PLACE), ["by amina"]);
        assert_eq!(device.texts(by_copy, DESCRIPTION), ["and again"]);
        assert_eq!(
            device.texts(shared, DESCRIPTION),
            ["amina's", "the copy's"],
            "they did not know of each other"
        );
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
    assert_eq!(supervisor.stats().await["held"], 0);
    assert_eq!(supervisor.states(new_rid).await, ["merged"; 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_restored_from_a_backup_goes_on_as_a_new_replica() {
    let city = City::start().await;
    let supervisor = city.supervisor().await;
    let mut amina = city.device("amina", &GRIDS[..1]).await;
    let old = amina.hazard(GRIDS[0], "before the backup");
    amina.sync().await;
    amina.backed_up(&city.dir().join("backup"));
    let lost_here = amina.hazard(GRIDS[0], "after the backup, synced");
    amina.sync().await;
    let old_rid = amina.rid();
    amina.restored_from(&city.dir().join("backup"));
    let after = amina.hazard(GRIDS[0], "after the restore");
    amina.edit(old, DESCRIPTION, "edited after the restore");

    let report = amina.try_sync().await;
    assert!(report.rekeyed && matches!(report.unfinished, Some(Unfinished::Held)), "{report:?}");
    supervisor.confirm(amina.rid()).await;
    amina.sync().await;
    assert_ne!(amina.rid(), old_rid);
    assert_eq!(
        amina.texts(lost_here, PLACE),
        ["after the backup, synced"],
        "the server gives back what the backup lacked"
    );
    assert_eq!(amina.texts(after, PLACE), ["after the restore"]);
    assert_eq!(supervisor.record(old).await.texts("description"), ["edited after the restore"]);
    city.assert_agrees(&amina, &GRIDS[..1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_device_that_saves_nothing_new_gets_everything_back_and_its_photo_through() {
    let city = City::start().await;
    let mut amina = city.device("amina", &GRIDS[..1]).await;
    let photo = amina.book().add_photo(b"a photo in the backup").unwrap();
    let mut request = hazard(GRIDS[0], "saved and not yet synced");
    request.photos_added = vec![photo];
    let waiting = amina.save(request).record;
    amina.backed_up(&city.dir().join("backup"));
    let rid = amina.rid();

    // What waited in the backup was handed in meanwhile, to the letter: that is no fork.
    amina.sync().await;
    amina.restored_from(&city.dir().join("backup"));
    let report = amina.sync().await;
    assert_eq!((report.rekeyed, report.pushed, report.photos), (false, 1, 1), "{report:?}");
    assert_eq!(amina.rid(), rid);

    // More than the backup has was handed in: that is one, although nothing new stands against it.
    let later = amina.hazard(GRIDS[0], "after the backup");
    amina.sync().await;
    amina.restored_from(&city.dir().join("backup"));
    let report = amina.try_sync().await;
    assert!(report.rekeyed && matches!(report.unfinished, Some(Unfinished::Held)), "{report:?}");
    let supervisor = city.supervisor().await;
    supervisor.confirm(amina.rid()).await;
    amina.sync().await;
    assert_eq!(amina.texts(later, PLACE), ["after the backup"]);
    assert_eq!(amina.texts(waiting, PLACE), ["saved and not yet synced"]);
    assert!(amina.book().safe().unwrap().is_sealed());
    let stats = supervisor.stats().await;
    assert_eq!((stats["records"], stats["photos"], stats["held"], stats["quarantined"]), (2, 1, 0, 0));
    city.assert_agrees(&amina, &GRIDS[..1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_program_serves_like_the_router_in_the_test() {
    let mut city = City::start_process().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..1]).await, city.device("bo", &GRIDS[..1]).await);
    let record = amina.hazard(GRIDS[0], "校门口");
    amina.sync().await;
    // What was receipted is there after the server was killed.
    city.restart().await;
    all_sync(&[&bo, &amina]).await;
    assert_eq!(bo.texts(record, PLACE), ["校门口"]);
    let supervisor = city.supervisor().await;
    assert_eq!(supervisor.states(amina.rid()).await, ["merged"]);
    assert_ne!(amina.rid(), Rid(0));
    city.assert_agrees(&bo, &GRIDS[..1]).await;
}
