//! The server put back from an old backup: everything that devices had pushed since then is handed in again, and what was
//! called safe meanwhile is not called safe before it is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_core::ids::{PhotoHash, RecordId};
use gridweave_core::sync::Unfinished;
use gridweave_tests::device::{hazard, true_ms};
use gridweave_tests::{City, Cut, Cutter, DESCRIPTION, Device, GRIDS, PLACE};

/// Lets devices sync in turn until all know everything. What they held of the server that it does not hold any more is
/// told as a difference on the way.
async fn all_settle(devices: &[&Device]) {
    for device in devices.iter().chain(devices) {
        let report = device.try_sync().await;
        assert!(report.unfinished.is_none(), "{}: {report:?}", device.name);
    }
}

fn photographed(device: &Device, place: &str) -> (RecordId, PhotoHash) {
    let hash = device.book().add_photo(place.repeat(30_000).as_bytes()).unwrap();
    let mut request = hazard(GRIDS[0], place);
    request.photos_added = vec![hash];
    (device.save(request).record, hash)
}

fn photo_is_there(city: &City, hash: PhotoHash) -> bool {
    let hex = hash.to_string();
    city.data().join("photos").join(&hex[..2]).join(&hex[2..4]).join(&hex).exists()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_pushed_since_the_backup_is_handed_in_again_whoever_comes_first() {
    let mut city = City::start_process().await;
    let network = Cutter::start(city.server_addr()).await;
    let mut code = city.code("amina", &GRIDS[..1]).await;
    code.urls = vec![format!("http://{}", network.addr())];
    let mut amina = city.device_with("amina", &code).await;
    amina.retries = 0;
    let bo = city.device("bo", &GRIDS[..1]).await;
    let (old, old_photo) = photographed(&amina, "before the backup");
    all_settle(&[&amina, &bo]).await;
    let backup = city.backed_up("backup").await;

    let (new, new_photo) = photographed(&amina, "after the backup");
    amina.edit(old, DESCRIPTION, "amina, after the backup");
    amina.sync().await;
    bo.sync().await;
    // Both build upon what the server is going to lose.
    bo.edit(new, DESCRIPTION, "bo, on her new record");
    bo.edit(old, DESCRIPTION, "bo, in place of hers");
    bo.sync().await;
    amina.sync().await;
    for device in [&amina, &bo] {
        assert!(device.book().safe().unwrap().is_sealed());
    }

    city.put_back(&backup).await;
    network.set_server(city.server_addr());
    assert!(city.app().store.state(new).await.unwrap().is_none(), "the server lost it");
    assert!(photo_is_there(&city, old_photo) && !photo_is_there(&city, new_photo));

    // Bo comes first. The record that he edited is not there yet, so that edit waits; he keeps seeing it.
    let report = bo.try_sync().await;
    assert!(report.unfinished.is_none(), "{report:?}");
    assert_eq!((report.pushed, report.quarantined), (2, 0), "{report:?}");
    let supervisor = city.supervisor().await;
    assert_eq!(supervisor.states(bo.rid()).await, ["early", "merged"]);
    assert_eq!(bo.texts(new, DESCRIPTION), ["bo, on her new record"]);

    // Amina hears of the restore and is cut off before she has a receipt: nothing of it is called safe.
    network.set(Cut::Answer(2));
    let report = amina.try_sync().await;
    assert!(report.unfinished.is_some(), "{report:?}");
    let safe = amina.book().safe().unwrap();
    // The old photo's record was changed since the backup, so the server is asked about that photo, too.
    assert_eq!((safe.pending, safe.photos_pending), (2, 2), "what is called safe is not here alone");
    assert_eq!((safe.is_sealed(), safe.seal(), safe.receipt), (false, None, None));
    network.set(Cut::Never);
    amina.reopen();
    amina.retries = 3;

    all_settle(&[&amina, &bo]).await;
    assert_eq!(supervisor.states(amina.rid()).await, ["merged"; 3]);
    assert_eq!(supervisor.states(bo.rid()).await, ["merged"; 2], "what waited was taken in");
    assert_eq!(supervisor.record(new).await.texts("description"), ["bo, on her new record"]);
    assert_eq!(supervisor.record(old).await.texts("description"), ["bo, in place of hers"]);
    assert!(photo_is_there(&city, old_photo) && photo_is_there(&city, new_photo));
    let stats = supervisor.stats().await;
    assert_eq!((stats["quarantined"], stats["conflicts"], stats["photos"]), (0, 0, 2));
    for device in [&amina, &bo] {
        device.sync().await;
        assert!(device.book().safe().unwrap().is_sealed(), "{}", device.name);
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_whose_file_did_not_come_back_is_asked_for_again() {
    let mut city = City::start_process().await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    let (_, photo) = photographed(&amina, "a photo");
    amina.sync().await;
    let backup = city.backed_up("backup").await;
    std::fs::remove_dir_all(backup.join("photos")).unwrap();
    city.put_back(&backup).await;
    let report = amina.try_sync().await;
    assert_eq!((report.pushed, report.photos), (0, 1), "{report:?}");
    assert!(photo_is_there(&city, photo));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_enrolled_since_the_backup_comes_back_by_its_certificate() {
    let mut city = City::start_process().await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    amina.sync().await;
    let backup = city.backed_up("backup").await;
    let chen = city.device("chen", &GRIDS[..1]).await;
    let by_chen = chen.hazard(GRIDS[0], "by chen");
    chen.edit(by_chen, DESCRIPTION, "by chen, too");
    all_settle(&[&chen, &amina]).await;
    amina.edit(by_chen, DESCRIPTION, "amina, after chen");
    amina.sync().await;
    let (rid, person) = (chen.rid(), chen.book().identity().unwrap().person);

    city.put_back(&backup).await;
    let since = amina.hazard(GRIDS[0], "since the restore");
    let report = amina.try_sync().await;
    assert!(report.unfinished.is_none() && report.quarantined == 0, "{report:?}");
    // Numbers that were lost are not given to others.
    let dora = city.device("dora", &GRIDS[..1]).await;
    assert!(dora.rid() > rid && dora.book().identity().unwrap().person > person);

    let report = chen.try_sync().await;
    assert!(matches!(report.unfinished, Some(Unfinished::Held)), "{report:?}");
    assert_eq!(chen.rid(), rid, "it is the same device");
    assert!(chen.book().outbox().unwrap().is_empty(), "handed in all the same");
    assert!(chen.texts(since, PLACE).is_empty(), "it is given nothing before a supervisor looked at it");
    let supervisor = city.supervisor().await;
    let replica = supervisor.replicas().await.into_iter().find(|r| r.rid == rid.0).unwrap();
    assert_eq!(replica.state, "unconfirmed");
    assert_eq!((supervisor.stats().await["held"], supervisor.states(rid).await), (2, vec!["held".into(); 2]));
    supervisor.confirm(rid).await;
    assert_eq!(supervisor.states(rid).await, ["merged"; 2]);
    assert_eq!(supervisor.states(amina.rid()).await, ["merged"; 2], "what waited for chen was taken in, too");

    all_settle(&[&chen, &amina, &dora]).await;
    for device in [&chen, &amina, &dora] {
        assert_eq!(device.texts(by_chen, DESCRIPTION), ["amina, after chen"], "{}", device.name);
        assert_eq!(device.texts(since, PLACE), ["since the restore"]);
        device.sync().await;
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_was_forked_since_the_backup_comes_back_too() {
    let mut city = City::start_process().await;
    let mut amina = city.device("amina", &GRIDS[..1]).await;
    amina.hazard(GRIDS[0], "before");
    amina.sync().await;
    let backup = city.backed_up("backup").await;
    let copy = amina.copied("copy", &city.dir().join("copy"));
    amina.hazard(GRIDS[0], "by amina");
    amina.sync().await;
    let by_copy = copy.hazard(GRIDS[0], "by the copy");
    assert!(matches!(copy.try_sync().await.unfinished, Some(Unfinished::Held)));
    city.supervisor().await.confirm(copy.rid()).await;
    all_settle(&[&copy, &amina]).await;

    city.put_back(&backup).await;
    let rid = copy.rid();
    let report = copy.try_sync().await;
    assert!(matches!(report.unfinished, Some(Unfinished::Held)), "{report:?}");
    city.supervisor().await.confirm(rid).await;
    all_settle(&[&copy, &amina]).await;
    assert_eq!(copy.rid(), rid);
    assert_eq!(amina.texts(by_copy, PLACE), ["by the copy"]);
    for device in [&copy, &amina] {
        device.sync().await;
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_put_back_twice_gives_no_number_twice() {
    let mut city = City::start_process().await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    amina.sync().await;
    let backup = city.backed_up("backup").await;
    let mut enrolled = vec![city.device("bo", &GRIDS[..1]).await];
    let mut epochs = vec![city.app().city.epoch];
    for name in ["chen", "dora"] {
        for device in &enrolled {
            device.hazard(GRIDS[0], &format!("{} before {name}", device.name));
            device.try_sync().await;
        }
        let second = true_ms() / 1000;
        while true_ms() / 1000 == second {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        city.put_back(&backup).await;
        epochs.push(city.app().city.epoch);
        enrolled.push(city.device(name, &GRIDS[..1]).await);
    }
    assert!(epochs.is_sorted_by(|a, b| a < b), "{epochs:?}");
    let rids: std::collections::BTreeSet<_> = enrolled.iter().map(Device::rid).collect();
    assert_eq!(rids.len(), 3);
    let supervisor = city.supervisor().await;
    for device in &enrolled[..2] {
        assert!(matches!(device.try_sync().await.unfinished, Some(Unfinished::Held)));
        supervisor.confirm(device.rid()).await;
    }
    let devices: Vec<&Device> = enrolled.iter().chain([&amina]).collect();
    all_settle(&devices).await;
    // Bo saved twice and chen once, each receipted by a server that lost it.
    assert_eq!(supervisor.stats().await["records"], 3);
    for device in devices {
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_nobody_told_of_is_found_out_by_who_lost_something() {
    let mut city = City::start_process().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..1]).await, city.device("bo", &GRIDS[..1]).await);
    all_settle(&[&amina, &bo]).await;
    let backup = city.backed_up("backup").await;
    let lost = amina.hazard(GRIDS[0], "after the backup");
    amina.sync().await;
    bo.sync().await;
    city.put_back_silently(&backup).await;
    // She saves nothing new, so only what the server does not say any more can tell her.
    let report = amina.try_sync().await;
    assert!(report.unfinished.is_none(), "{report:?}");
    assert_eq!(report.pushed, 1, "{report:?}");
    assert_eq!(amina.texts(lost, PLACE), ["after the backup"]);
    all_settle(&[&bo, &amina]).await;
    for device in [&amina, &bo] {
        assert_eq!(device.texts(lost, PLACE), ["after the backup"]);
        assert!(device.book().safe().unwrap().is_sealed());
        device.sync().await;
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settlement_that_was_lost_is_made_again_and_devices_build_upon_either() {
    let mut city = City::start_process().await;
    let (amina, bo) = (city.device("amina", &GRIDS[..1]).await, city.device("bo", &GRIDS[..1]).await);
    let record = amina.hazard(GRIDS[0], "the place");
    all_settle(&[&amina, &bo]).await;
    amina.edit(record, DESCRIPTION, "a crack");
    bo.edit(record, DESCRIPTION, "a hole");
    all_settle(&[&amina, &bo]).await;
    let backup = city.backed_up("backup").await;
    let supervisor = city.supervisor().await;
    let dots = supervisor.record(record).await.dots("description");
    supervisor.resolve(record, "description", "settled", &dots).await;
    let first = supervisor.record(record).await.dots("description");
    all_settle(&[&amina, &bo]).await;

    city.put_back(&backup).await;
    let supervisor = city.supervisor().await;
    assert_eq!(supervisor.stats().await["conflicts"], 1, "the server does not know of it");
    supervisor.resolve(record, "description", "settled again", &dots).await;
    let second = supervisor.record(record).await.dots("description");
    assert_ne!(first[0].0, second[0].0, "under a number that was not given out before");
    all_settle(&[&amina, &bo]).await;
    assert_eq!(amina.texts(record, DESCRIPTION), ["settled", "settled again"], "nothing is dropped unseen");
    amina.edit(record, DESCRIPTION, "amina saw both");
    all_settle(&[&amina, &bo]).await;
    assert_eq!(supervisor.record(record).await.texts("description"), ["amina saw both"]);
    for device in [&amina, &bo] {
        assert_eq!(device.texts(record, DESCRIPTION), ["amina saw both"]);
        device.sync().await;
        city.assert_agrees(device, &GRIDS[..1]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_another_organisation_opens_nothing() {
    let (city, other) = (City::start().await, City::start().await);
    for _ in 0..2 {
        other.device(&format!("filler {}", rand::random::<u32>()), &GRIDS[..1]).await;
    }
    let amina = other.device("amina", &GRIDS[..1]).await;
    let record = amina.hazard(GRIDS[0], "校门口");
    other.network().set_backend(city.server_addr());
    let report = amina.try_sync().await;
    let Some(Unfinished::Refused(refusal)) = report.unfinished else { panic!("{report:?}") };
    assert_eq!((refusal.status, refusal.code.as_str()), (403, "not_admitted"));
    assert!(refusal.message.contains("ask your supervisor"), "{refusal}");
    assert!(city.app().store.replicas().await.unwrap().is_empty());
    // Back at its own server, nothing of it is lost.
    other.network().set_backend(other.server_addr());
    amina.sync().await;
    assert!(other.app().store.state(record).await.unwrap().is_some());
}
