//! TLS: devices believe the keys that their organisation named, and nobody else's.
//!
//! The real program serves with `--tls`; keys are changed with `gridweave tls`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ed25519_dalek::SigningKey;
use gridweave_core::store::Error;
use gridweave_core::sync::Unfinished;
use gridweave_core::wire::enrol::EnrolmentCode;
use gridweave_core::wire::pins::{NoticeProblem, PinsNotice};
use gridweave_core::wire::{Bytes, ExchangeError};
use gridweave_server::app::App;
use gridweave_tests::device::hazard;
use gridweave_tests::process::run;
use gridweave_tests::{City, Device, GRIDS, PLACE};
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// `gridweave tls …` over a city's data; answers whether it succeeded and what it said.
async fn tls(data: &Path, args: &[&str]) -> (bool, String) {
    run(&[&["tls"], args, &["--data", data.to_str().unwrap()]].concat()).await
}

/// Changes the keys between the server's end and its new start.
async fn rotate(city: &mut City) {
    let (done, said) = city.restart_after(async |data| tls(data, &["rotate"]).await).await;
    assert!(done, "{said}");
}

fn pins(device: &Device) -> Vec<Bytes> {
    device.book().identity().unwrap().pins
}

/// A run that must end because the server shows no key that the device believes.
async fn assert_refused(device: &Device) {
    let report = device.try_sync().await;
    let unfinished = report.unfinished.unwrap();
    assert!(matches!(unfinished, Unfinished::Untrusted), "{unfinished:?}");
    assert_eq!(unfinished.code(), "server_key_unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_enrols_by_the_code_that_holds_the_pins_and_syncs() {
    let city = City::start_tls().await;
    let person = city.person("amina", "worker").await.to_string();
    let (data, url) = (city.data(), city.url());
    let args = ["enrol", "--confirm", "--person", &person, "--grids", GRIDS[0], "--url", &url, "--data"];
    let (done, said) = run(&[&args[..], &[data.to_str().unwrap()]].concat()).await;
    assert!(done, "{said}");
    let code = EnrolmentCode::parse(said.lines().last().unwrap()).unwrap();
    assert_eq!(
        (code.urls.as_slice(), code.pins.len()),
        ([url].as_slice(), 2),
        "the present key and the next"
    );

    let device = city.device_with("amina", &code).await;
    let photo = device.book().add_photo(&[7; 300_000]).unwrap();
    let mut request = hazard(GRIDS[0], "校门口");
    request.photos_added = vec![photo];
    let record = device.save(request).record;
    let report = device.sync().await;
    assert_eq!((report.pushed, report.photos), (1, 1));
    assert!(device.book().safe().unwrap().is_sealed());
    assert!(city.app().store.state(record).await.unwrap().is_some());
    city.assert_agrees(&device, &GRIDS[..1]).await;

    // Whoever speaks without TLS gets no answer in HTTP.
    let mut plain = tokio::net::TcpStream::connect(city.server_addr()).await.unwrap();
    plain.write_all(b"GET /v1/health HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_another_key_is_refused_and_told_nothing() {
    let (city, other) = (City::start_tls().await, City::start_tls().await);
    let amina = city.device("amina", &GRIDS[..1]).await;
    amina.sync().await;
    let record = amina.hazard(GRIDS[0], "校门口");
    let code = city.code("bo", &GRIDS[..1]).await;

    // Another answers under the server's address.
    city.network().set_backend(other.server_addr());
    assert_refused(&amina).await;
    assert_eq!(amina.book().outbox().unwrap().len(), 1, "what was saved waits");
    assert_eq!(amina.book().sessions(1).unwrap()[0].outcome, "server_key_unknown");
    let bo_dir = city.dir().join("bo");
    std::fs::create_dir(&bo_dir).unwrap();
    let bo = Device::opened("bo", &bo_dir);
    let refused = bo.book().enrol(&code.to_text(), "PDA of bo").await;
    let Err(Error::Exchange(error @ ExchangeError::Untrusted)) = refused else { panic!("{refused:?}") };
    for advice in ["another network", "ask your supervisor"] {
        assert!(error.to_string().contains(advice), "{error}");
    }
    assert_eq!(other.app().store.stats().await.unwrap().changes, 0);

    // The server itself is back: nothing is lost, and the code was not used up.
    city.network().set_backend(city.server_addr());
    amina.sync().await;
    assert!(amina.book().safe().unwrap().is_sealed());
    bo.book().enrol(&code.to_text(), "PDA of bo").await.unwrap();
    bo.sync().await;
    assert_eq!(bo.texts(record, PLACE), ["校门口"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_running_server_there_is_no_second_and_no_command_that_needs_it_stopped() {
    let city = City::start_tls().await;
    let (data, keys) = (city.data(), city.app().keys.pins().unwrap());
    let data = ["--data", data.to_str().unwrap()];
    let serve = ["serve", "--listen", "127.0.0.1:0", "--until-stdin-ends"];
    for command in [&serve[..], &["restored"], &["tls", "rotate"]] {
        let (done, said) = run(&[command, &data].concat()).await;
        assert!(!done && said.contains("serves this city or changes it"), "{command:?}: {said}");
    }
    let app = App::open(&city.data(), vec![]).await.unwrap();
    assert_eq!((app.keys.pins().unwrap(), app.city.epoch), (keys, 1), "nothing was changed");
    let (done, said) =
        run(&[&["person", "add", "--name", "bo", "--role", "worker"], &data[..]].concat()).await;
    assert!(done, "what may run beside it still does: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_change_again_and_again_and_nobody_who_syncs_between_notices() {
    let mut city = City::start_tls().await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    amina.sync().await;
    let mut known = pins(&amina);
    for n in 0..3 {
        rotate(&mut city).await;
        amina.hazard(GRIDS[0], &format!("after change {n}"));
        amina.sync().await;
        let now = pins(&amina);
        assert_eq!(now, city.app().keys.pins().unwrap(), "it knows the present key and the next");
        assert_eq!(now[0], known[1], "what was the next is in use");
        known = now;
    }
    assert!(amina.book().safe().unwrap().is_sealed());
    // Who enrols now is told the same.
    let bo = city.device("bo", &GRIDS[..1]).await;
    bo.sync().await;
    assert_eq!(pins(&bo), known);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_missed_two_changes_is_let_in_again_by_its_organisations_notice() {
    let mut city = City::start_tls().await;
    let amina = city.device("amina", &GRIDS[..1]).await;
    amina.sync().await;
    let record = amina.hazard(GRIDS[0], "saved while the keys changed");
    let (done, first_notice) = tls(&city.data(), &["notice"]).await;
    assert!(done);
    rotate(&mut city).await;
    let (done, said) = city.restart_after(async |data| tls(data, &["rotate"]).await).await;
    assert!(!done && said.contains("1 devices have not synced"), "it would lock her out unnoticed: {said}");
    let (done, said) = city.restart_after(async |data| tls(data, &["rotate", "--anyway"]).await).await;
    assert!(done, "{said}");
    assert_refused(&amina).await;

    // No stranger can name keys, and no old notice brings old keys back.
    let text = |said: String| said.lines().last().unwrap().to_owned();
    let (_, notice) = tls(&city.data(), &["notice"]).await;
    let notice = PinsNotice::parse(&text(notice)).unwrap();
    let forged = PinsNotice::signed(&SigningKey::from_bytes(&[1; 32]), notice.serial, notice.pins.clone());
    let take = |notice: &str| amina.book().take_server_keys(notice);
    assert!(matches!(take(&forged.to_text()), Err(Error::Notice(NoticeProblem::NotSigned))));
    assert_refused(&amina).await;
    take(&notice.to_text()).unwrap();
    let old = take(&text(first_notice));
    assert!(matches!(old, Err(Error::Notice(NoticeProblem::Older))), "{old:?}");

    amina.sync().await;
    assert!(amina.book().safe().unwrap().is_sealed());
    assert!(city.app().store.state(record).await.unwrap().is_some());
    assert_eq!(pins(&amina), city.app().keys.pins().unwrap());
}
