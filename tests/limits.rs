//! Who asks too often is told to wait, each for itself; a device does, and loses nothing by it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_tests::device::hazard;
use gridweave_tests::{City, Device, GRIDS, RawDevice};
use serde_json::json;

/// Sends signed pulls until one is refused for there being too many.
async fn exhaust(device: &mut RawDevice, most: usize) {
    for _ in 0..most {
        let answer = device.pull().await;
        if answer.status == 429 {
            assert_eq!(answer.refused(), (429, "too_many_requests".into()));
            assert!(answer.retry_after.unwrap() >= 1);
            return;
        }
        assert_eq!(answer.status, 200);
    }
    panic!("{most} requests at once were all answered");
}

/// A device with a record and so many photos, each of which takes a signed request.
fn busy_day(device: &Device, photos: u32) {
    for n in 0..photos {
        let hash = device.book().add_photo(format!("photo {n}").as_bytes()).unwrap();
        let mut request = hazard(GRIDS[0], &format!("{} {n}", device.name));
        request.photos_added = vec![hash];
        device.save(request);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_told_to_wait_waits_and_hands_everything_in() {
    let city = City::start_process_with(&["--device-burst", "5", "--device-rate", "8"]).await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    busy_day(&amina, 12);
    let report = amina.sync().await;
    assert!(report.retries > 0, "it was told to wait: {report:?}");
    assert_eq!((report.pushed, report.photos, report.photos_failed), (12, 12, 0), "{report:?}");
    assert!(amina.book().safe().unwrap().is_sealed());
    city.assert_agrees(&amina, &GRIDS[..1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_asks_too_often_is_in_nobody_elses_way() {
    let city = City::start_process_with(&["--device-burst", "20", "--device-rate", "1"]).await;
    let mut hammering = city.raw("hammering", &GRIDS[..1]).await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    exhaust(&mut hammering, 60).await;
    // From the same address.
    busy_day(&amina, 3);
    let report = amina.sync().await;
    assert_eq!((report.retries, report.photos), (0, 3), "{report:?}");
    // What was refused used no counter up and changed nothing: it is answered once it is welcome.
    let change = hammering.creates(1, GRIDS[0], "after the wait").encode();
    loop {
        let push = gridweave_core::wire::pack(&hammering.push_of(std::slice::from_ref(&change)));
        let answer = hammering.send("/v1/push", push).await;
        match answer.retry_after.filter(|_| answer.status == 429) {
            Some(seconds) => tokio::time::sleep(std::time::Duration::from_secs(seconds)).await,
            None => break assert_eq!(answer.status, 200),
        }
    }
    assert_eq!(city.supervisor().await.states(hammering.rid).await, ["merged"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_share_their_addresss_measure_and_devices_behind_it_do_not() {
    let city = City::start_process_with(&["--stranger-burst", "12", "--stranger-rate", "1"]).await;
    let (amina, raw) = (city.device("amina", &GRIDS[..1]).await, city.raw("raw", &GRIDS[..1]).await);
    let late = city.code("late", &GRIDS[..1]).await;
    let supervisor = city.supervisor().await;
    // Somebody without amina's key signs as amina.
    let mut forged = raw.signed_with("/v1/push", b"x", 1);
    for (name, value) in &mut forged {
        if *name == "x-device" {
            *value = amina.rid().to_string();
        }
    }
    let mut codes = Vec::new();
    for _ in 0..40 {
        codes.push(raw.send_with("/v1/push", &forged, b"x".to_vec()).await.refusal());
    }
    assert_eq!(codes[0].status, 401, "{:?}", codes[0]);
    let refused: Vec<_> = codes.iter().filter(|refusal| refusal.status == 429).collect();
    assert!(refused.len() > 20 && refused.iter().all(|r| r.code == "too_many_requests"), "{codes:?}");
    // The same address is not listened to as long as nobody says who speaks …
    let (status, said) = supervisor.post("/v1/sign-in", json!({"login": "a", "password": "b"})).await;
    assert_eq!((status, said["code"].as_str()), (429, Some("too_many_requests")));
    let enrolling = raw.send_with("/v1/enrol", &[], Vec::new()).await;
    assert_eq!(
        (enrolling.refused(), enrolling.retry_after.is_some()),
        ((429, "too_many_requests".into()), true)
    );
    // … while devices and people who do are served as ever.
    busy_day(&amina, 3);
    let report = amina.sync().await;
    assert_eq!((report.retries, report.photos), (0, 3), "{report:?}");
    assert_eq!(supervisor.stats().await["changes"], 3);
    // A device that enrols waits its turn.
    let enrolled = loop {
        let dir = city.dir().join("late");
        std::fs::create_dir_all(&dir).unwrap();
        let device = Device::opened("late", &dir);
        match device.book().enrol(&late.to_text(), "PDA of late").await {
            Ok(_) => break device,
            Err(error) => assert!(error.to_string().contains("come again"), "{error}"),
        }
        drop(device);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    };
    enrolled.sync().await;
}
