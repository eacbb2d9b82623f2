//! A plain `gridweave` beside one that runs: it fails first, names the one that runs, and tells no address of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_tests::City;
use gridweave_tests::process::gridweave;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

fn start(demo: &Path) -> Command {
    let mut command = Command::new(gridweave());
    command.env("GRIDWEAVE_DEMO", demo).args(["--listen", "127.0.0.1:0"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_names_the_first_and_tells_no_address_of_its_own() {
    let city = City::start().await;
    let demo = city.dir().join("demo");
    std::fs::create_dir(&demo).unwrap();
    city.backed_up("demo/server").await;

    let mut first = start(&demo).spawn().unwrap();
    let mut said = BufReader::new(first.stdout.take().unwrap()).lines();
    let url = loop {
        let line = said.next_line().await.unwrap().expect("the first says where it is");
        if let Some(url) = line.trim().strip_prefix("Console:") {
            break url.trim().to_owned();
        }
    };
    let second = start(&demo).output().await.unwrap();
    let [told, why] = [second.stdout, second.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(!second.status.success());
    assert_eq!(told, "");
    for part in [&format!("process {}", first.id().unwrap()), url.trim_end_matches('/'), "GRIDWEAVE_DEMO"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    let answered = reqwest::get(&url).await.unwrap();
    assert!(answered.status().is_success(), "what it names answers");
}
