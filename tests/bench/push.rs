//! `push`: 100 devices hand in their records at once: signed requests over loopback HTTP to a server with SQLite at
//! full durability.
//!
//! The clock runs from the first request to the last receipt; client and server share the machine. `ratio` is the
//! throughput relative to that of the run's own SQL, replayed with ready-made values on a bare connection, `row_ratio`
//! relative to bare rows, 100 a transaction. The fewer transactions the replay has, the higher the floor, so the
//! recorded run commits in groups as the measured ones do.

use crate::city::{self, Player};
use crate::floor::{SERVER_PRAGMAS, bare_rows, replay};
use crate::folk::{Folk, Writer};
use crate::report::{Report, median};
use crate::{Failure, device, http, record_sql};
use gridweave_core::wire::v1::{Push, PushReply};
use gridweave_core::wire::{PUSH_CHANGES_MAX, unpack};
use gridweave_server::app::App;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const DEVICES: usize = 100;

/// Runs the benchmark.
pub fn run(dir: &Path, n: usize, rounds: usize) -> Result<Report, Failure> {
    let base = dir.join("base");
    let mut folk = Folk::new(1);
    let players = runtime()?.block_on(async {
        let people = city::make(&base, &folk.city, DEVICES).await?;
        let app = App::open(&base, vec!["http://127.0.0.1:1".into()]).await?;
        city::enrol(&app, &people, &city::scopes(&folk.city, DEVICES)).await
    })?;
    let mut pushes: Vec<Vec<Push>> = Vec::new();
    let mut requests: Vec<Vec<Vec<u8>>> = Vec::new();
    for player in &players {
        let own = player.pushes(&records(player, &mut folk, n / DEVICES), PUSH_CHANGES_MAX);
        let signed =
            own.iter().zip(1..).map(|(push, counter)| http::signed(player, "/v1/push", push, counter));
        requests.push(signed.collect::<Result<_, _>>()?);
        pushes.push(own);
    }
    let requests = Arc::new(requests);
    let n = pushes.iter().flatten().map(|push| push.changes.len()).sum::<usize>();

    let at = dir.join("recorded");
    device::copy_files(&base, &at)?;
    record_sql::start();
    hand_in(&at, &requests)?;
    let recording = record_sql::stop();
    std::fs::remove_dir_all(&at)?;

    let (mut rates, mut floors, mut rows, mut commits) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let at = dir.join(format!("pushed{round}"));
        device::copy_files(&base, &at)?;
        let before = record_sql::commits();
        rates.push(n as f64 / hand_in(&at, &requests)?.as_secs_f64());
        commits.push((record_sql::commits() - before) as f64);
        std::fs::remove_dir_all(&at)?;

        device::copy_files(&base, &at)?;
        let took = replay(&at.join("gridweave.db"), SERVER_PRAGMAS, &recording)?;
        floors.push(n as f64 / took.as_secs_f64());
        std::fs::remove_dir_all(&at)?;

        let changes = pushes.iter().flatten().flat_map(|push| {
            let numbered = push.changes.iter().zip(push.first_seq.0..);
            numbered.map(|(bytes, seq)| (push.rid.0, seq, bytes.0.as_slice()))
        });
        let took = bare_rows(&dir.join(format!("rows{round}.db")), SERVER_PRAGMAS, 100, changes)?;
        rows.push(n as f64 / took.as_secs_f64());
    }
    let of = |floors: &[f64]| median(rates.iter().zip(floors).map(|(rate, floor)| rate / floor).collect());
    let (ratio, row_ratio) = (of(&floors), of(&rows));
    let replayed = recording.runs.iter().filter(|(no, _)| recording.texts[*no].starts_with("COMMIT")).count();
    Ok(Report {
        name: "push",
        value: median(rates),
        unit: "records/s",
        floor: median(floors),
        ratio,
        n,
        more: Default::default(),
    }
    .with("row_floor", median(rows))
    .with("row_ratio", row_ratio)
    .with("devices", DEVICES)
    .with("commits", median(commits))
    .with("commits_replayed", replayed)
    .with("statements_a_record", recording.runs.len() as f64 / n as f64)
    .with("body_bytes_a_record", requests.iter().flatten().map(Vec::len).sum::<usize>() as f64 / n as f64)
    .with("rounds", rounds))
}

/// What a worker found, in the grids of the device.
fn records(player: &Player, folk: &mut Folk, n: usize) -> Vec<gridweave_core::record::Change> {
    let mut writer = Writer::new(player.person.0);
    let create = |_| {
        let mut resident = folk.resident();
        resident.grid = folk.rng().pick(&player.grids).clone();
        resident.create(&mut writer, folk.rng())
    };
    (0..n).map(create).collect()
}

/// Serves the city and hands in everything; answers how long until the last receipt.
fn hand_in(dir: &Path, requests: &Arc<Vec<Vec<Vec<u8>>>>) -> Result<Duration, Failure> {
    let requests = requests.clone();
    let runtime = runtime()?;
    let took = runtime.block_on(city::serving(dir, async move |addr| {
        let mut clients = Vec::new();
        for _ in requests.iter() {
            clients.push(http::Client::connect(addr).await?);
        }
        let begun = Instant::now();
        let mut devices = tokio::task::JoinSet::new();
        for (at, mut client) in clients.into_iter().enumerate() {
            let requests = requests.clone();
            devices.spawn(async move {
                let mut replies = Vec::new();
                for request in &requests[at] {
                    replies.push(client.ask(request).await.map_err(|error| error.to_string())?);
                }
                Ok::<_, String>(replies)
            });
        }
        let mut replies = Vec::new();
        while let Some(device) = devices.join_next().await {
            replies.extend(device??);
        }
        let took = begun.elapsed();
        for reply in replies {
            match unpack(&reply)? {
                PushReply::Received(receipt) if receipt.quarantined.is_empty() => {}
                other => return Err(format!("a push was not received: {other:?}").into()),
            }
        }
        Ok(took)
    }))?;
    runtime.shutdown_timeout(Duration::from_secs(10));
    Ok(took)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    gridweave_server::serve::runtime()
}
