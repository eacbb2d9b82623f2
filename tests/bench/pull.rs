//! `pull`: a new device reads all that its grids hold, over loopback HTTP, until it is stored and its digests agree.
//!
//! Server and device are processes of their own, as they are in life. The floor is the device's SQL of the same run,
//! replayed on a bare connection.

use crate::floor::{DEVICE_PRAGMAS, replay};
use crate::folk::{Folk, Writer};
use crate::report::{Report, median};
use crate::{Failure, city, device, record_sql};
use gridweave_core::fieldbook::Enrolment;
use gridweave_core::sync::{Cancel, Options};
use gridweave_core::wire::PUSH_CHANGES_MAX;
use gridweave_server::app::App;
use gridweave_server::store::push::{PushContext, PushOutcome};
use std::path::Path;
use std::time::Instant;

/// Runs the benchmark.
pub fn run(dir: &Path, n: usize, rounds: usize) -> Result<Report, Failure> {
    let mut folk = Folk::new(1);
    let data = dir.join("city");
    let addr = city::free_address()?;
    let runtime = gridweave_server::serve::runtime()?;
    let codes = runtime.block_on(async {
        let people = city::make(&data, &folk.city, 1).await?;
        let app = App::open(&data, vec![format!("http://{addr}")]).await?;
        let scopes = city::scopes(&folk.city, 1);
        let writer = city::enrol(&app, &people, &scopes).await?.remove(0);
        let mut log = Writer::new(writer.person.0);
        let changes: Vec<_> = (0..n)
            .map(|at| {
                let mut resident = folk.resident();
                resident.grid = writer.grids[at % writer.grids.len()].clone();
                resident.create(&mut log, folk.rng())
            })
            .collect();
        for push in writer.pushes(&changes, PUSH_CHANGES_MAX) {
            let identity_key = app.identity_key.clone();
            let context = PushContext { identity_key, now_ms: app.now_ms(), bytes_up: 0, counter: 1 };
            match app.store.push(push, context).await? {
                PushOutcome::Received { quarantined, .. } if quarantined.is_empty() => {}
                other => return Err(format!("a push was not received: {other:?}").into()),
            }
        }
        let (people, scopes) = (vec![people[0]; rounds + 1], vec![scopes[0].clone(); rounds + 1]);
        city::codes(&app, &people, &scopes).await
    })?;
    let _server = city::Server::start(&data, addr)?;
    let (mut times, mut floors, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    let mut recording = record_sql::Recording::default();
    for (round, code) in codes.iter().enumerate() {
        let (home, copy) = (dir.join(format!("device{round}")), dir.join(format!("bare{round}")));
        let book = device::open(&home)?;
        if runtime.block_on(book.enrol(code, "benchmark"))? != Enrolment::Enrolled {
            return Err("the device could not be enrolled".into());
        }
        drop(book);
        device::copy_files(&home, &copy)?;
        let book = device::open(&home)?;
        if round == 0 {
            record_sql::start();
        }
        let begun = Instant::now();
        let report = runtime.block_on(book.sync(&Options::default(), &(), &Cancel::default()))?;
        let took = begun.elapsed();
        if report.pulled != n as u64 || report.divergences != 0 || report.unfinished.is_some() {
            return Err(format!("the pull did not end well: {report:?}").into());
        }
        if round == 0 {
            recording = record_sql::stop();
            continue;
        }
        times.push(took.as_secs_f64());
        bytes.push(report.bytes_down as f64 / n as f64);
        floors.push(replay(&copy.join("fieldbook.db"), DEVICE_PRAGMAS, &recording)?.as_secs_f64());
    }
    let ratio = median(times.iter().zip(&floors).map(|(time, floor)| time / floor).collect());
    let report = Report {
        name: "pull",
        value: median(times),
        unit: "s",
        floor: median(floors),
        ratio,
        n,
        more: Default::default(),
    };
    Ok(report
        .with("body_bytes_a_record", median(bytes))
        .with("statements_a_record", recording.runs.len() as f64 / n as f64)
        .with("rounds", rounds))
}
