//! A run of sync cut after step 1, after step 2, … after the last: nothing is lost and nothing is there twice.
//!
//! Three ways of cutting, for they leave different things behind: the request never arrived, half of it arrived, or the
//! server did the work and the answer never came. After each cut the network is gone, the app ends and starts again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_core::ids::{PhotoHash, RecordId};
use gridweave_core::sync::{Cancel, Options, SyncReport};
use gridweave_tests::device::hazard;
use gridweave_tests::{City, Cut, Cutter, DESCRIPTION, Device, GRIDS, PLACE};
use std::time::Duration;

/// Small pages, so that a run has many steps.
const PAGE_BYTES: u32 = 1 << 10;

/// A city with so many records of others that reading them takes several pages.
async fn city_with_records(mut city: City) -> (City, Device) {
    let others = city.device("others", &GRIDS[..1]).await;
    for n in 0..12 {
        let record = others.hazard(GRIDS[0], &format!("theirs {n}"));
        others.edit(record, DESCRIPTION, &"细节".repeat(20));
    }
    others.sync().await;
    city.restart().await;
    (city, others)
}

/// A device behind a network that cuts, with a day's work: new records, an edit, two photos.
struct Worker {
    device: Device,
    made: Vec<RecordId>,
    photos: Vec<PhotoHash>,
}

async fn worker(city: &City, network: &Cutter, name: &str) -> Worker {
    let mut code = city.code(name, &GRIDS[..1]).await;
    code.urls = vec![format!("http://{}", network.addr())];
    let mut device = city.device_with(name, &code).await;
    device.retries = 0;
    let (mut made, mut photos) = (Vec::new(), Vec::new());
    for n in 0..2 {
        let photo = format!("photo {n} of {name}").repeat(5_000);
        let hash = device.book().add_photo(photo.as_bytes()).unwrap();
        let mut request = hazard(GRIDS[0], &format!("{name} {n}"));
        request.photos_added = vec![hash];
        made.push(device.save(request).record);
        photos.push(hash);
    }
    device.edit(made[0], DESCRIPTION, "edited");
    Worker { device, made, photos }
}

async fn run(device: &Device, photos: bool) -> SyncReport {
    let options = Options {
        page_bytes: PAGE_BYTES,
        retries_max: 0,
        backoff: Duration::ZERO,
        photos,
        ..Options::default()
    };
    device.book().sync(&options, &(), &Cancel::default()).await.unwrap()
}

/// The device has everything, the server has everything, each once.
async fn assert_whole(city: &City, worker: &Worker, records_before: u64, what: &str) {
    let device = &worker.device;
    let states: Vec<String> =
        city.app().store.log(device.rid(), 0, 100).await.unwrap().into_iter().map(|row| row.state).collect();
    assert_eq!(states, ["merged"; 3], "{what}: every change once");
    let stats = city.app().store.stats().await.unwrap();
    assert_eq!(stats.records, records_before + 2, "{what}: every record once");
    assert_eq!((stats.quarantined, stats.conflicts, stats.held), (0, 0, 0), "{what}");
    for (n, record) in worker.made.iter().enumerate() {
        assert_eq!(device.texts(*record, PLACE), [format!("{} {n}", device.name)], "{what}");
        let state = city.app().store.state(*record).await.unwrap().unwrap();
        assert_eq!(state.conflicts(), [], "{what}");
    }
    assert!(device.book().safe().unwrap().is_sealed(), "{what}: all of it is safe");
    for hash in &worker.photos {
        let hex = hash.to_string();
        let file = city.data().join("photos").join(&hex[..2]).join(&hex[2..4]).join(&hex);
        assert_eq!(
            std::fs::read(file).unwrap(),
            device.book().store().lock().photo_bytes(*hash).unwrap(),
            "{what}"
        );
    }
    city.assert_agrees(device, &GRIDS[..1]).await;
}

/// How many requests the whole run takes when nothing is cut.
async fn steps(city: &City, network: &Cutter) -> u64 {
    let records = city.app().store.stats().await.unwrap().records;
    let worker = worker(city, network, "uncut").await;
    network.set(Cut::Never);
    let report = run(&worker.device, true).await;
    assert!(report.unfinished.is_none(), "{report:?}");
    assert_whole(city, &worker, records, "uncut").await;
    network.requests()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_cut_at_any_step_loses_and_doubles_nothing() {
    let (city, _others) = city_with_records(City::start().await).await;
    let network = Cutter::start(city.server_addr()).await;
    let steps = steps(&city, &network).await;
    // A push, several pages, and for each of two photos a grant, a creation and a part.
    assert!(steps >= 9, "{steps} steps");
    type Way = fn(u64) -> Cut;
    let ways: [(&str, Way); 3] =
        [("request lost", Cut::Request), ("request halved", Cut::Half), ("answer lost", Cut::Answer)];
    for (what, cut) in ways {
        for k in 1..=steps {
            let (what, name) = (format!("{what} at step {k}"), format!("{what}{k}").replace(' ', ""));
            let records = city.app().store.stats().await.unwrap().records;
            network.set(Cut::Never);
            let mut worker = worker(&city, &network, &name).await;
            network.set(cut(k));
            let report = run(&worker.device, true).await;
            // A photo that fails is left for the next run and ends nothing, and a run may need fewer steps than k.
            assert!(
                report.unfinished.is_some() || network.requests() >= k || report.photos < 2,
                "{what}: {report:?}"
            );
            // Whatever the run believes, what has no receipt is still here.
            for hash in &worker.photos {
                assert!(worker.device.book().store().lock().photo_bytes(*hash).is_ok(), "{what}");
            }
            worker.device.reopen();
            network.set(Cut::Never);
            let report = run(&worker.device, true).await;
            assert!(report.unfinished.is_none(), "{what}: {report:?}");
            assert_eq!(report.divergences, 0, "{what}");
            assert_whole(&city, &worker, records, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_get_through_although_every_run_is_cut_after_one_exchange() {
    let (city, _others) = city_with_records(City::start().await).await;
    let network = Cutter::start(city.server_addr()).await;
    let records = city.app().store.stats().await.unwrap().records;
    let mut worker = worker(&city, &network, "patient").await;
    let mut runs = 0;
    loop {
        network.set(Cut::Request(2));
        let report = run(&worker.device, false).await;
        worker.device.reopen();
        runs += 1;
        if report.unfinished.is_none() {
            break;
        }
        assert!(runs < 60, "no progress: {report:?}");
    }
    assert!(runs > 3, "it was cut");
    network.set(Cut::Never);
    run(&worker.device, true).await;
    assert_whole(&city, &worker, records, "one exchange a run").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_at_any_step_loses_and_doubles_nothing() {
    let (mut city, _others) = city_with_records(City::start_process().await).await;
    let steps = {
        let network = Cutter::start(city.server_addr()).await;
        steps(&city, &network).await
    };
    for k in 1..=steps {
        let what = format!("server killed at step {k}");
        let records = city.app().store.stats().await.unwrap().records;
        let network = Cutter::start(city.server_addr()).await;
        // Enrolled under the address that outlives the server.
        let mut worker = worker(&city, &network, &format!("killed{k}")).await;
        network.set(Cut::Answer(k));
        let report = run(&worker.device, true).await;
        assert!(
            report.unfinished.is_some() || network.requests() >= k || report.photos < 2,
            "{what}: {report:?}"
        );
        city.restart().await;
        network.set_server(city.server_addr());
        network.set(Cut::Never);
        worker.device.reopen();
        let report = run(&worker.device, true).await;
        assert!(report.unfinished.is_none(), "{what}: {report:?}");
        assert_whole(&city, &worker, records, &what).await;
    }
}
