//! `save`: a durable save of a new record with 20 answers and a fix, through the fieldbook.
//!
//! `ratio` is against the run's own SQL replayed with ready-made values on a bare connection, `row_ratio` against one
//! bare row a save; all three with the same durability. Below the SQL there is the disk, above it is the product.

use crate::floor::{DEVICE_PRAGMAS, bare_rows, replay};
use crate::folk::{Folk, START_MS};
use crate::report::{Report, median, percentile, us};
use crate::{Failure, device, record_sql};
use gridweave_core::fieldbook::SaveRequest;
use std::path::Path;
use std::time::Instant;

/// Runs the benchmark.
pub fn run(dir: &Path, n: usize, rounds: usize) -> Result<Report, Failure> {
    let mut folk = Folk::new(1);
    let base = dir.join("base");
    drop(device::alone(&base, &folk.city)?);
    let requests: Vec<SaveRequest> =
        (0..n).map(|i| folk.resident().request(START_MS + i as i64 * 60_000)).collect();

    let at = fresh(&base, dir, "recorded")?;
    record_sql::start();
    save_all(&at, &requests)?;
    let recording = record_sql::stop();

    let (mut saves, mut floors, mut rows, mut p99) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let at = fresh(&base, dir, &format!("saved{round}"))?;
        let mut times = save_all(&at, &requests)?;
        let total: f64 = times.iter().sum();
        saves.push(total / n as f64);
        p99.push(percentile(&mut times, 99.0));

        let bare = fresh(&base, dir, &format!("replayed{round}"))?;
        floors.push(us(replay(&bare.join("fieldbook.db"), DEVICE_PRAGMAS, &recording)?) / n as f64);

        let changes: Vec<Vec<u8>> =
            device::open(&at)?.outbox()?.into_iter().map(|logged| logged.change.encode()).collect();
        let changes = changes.iter().enumerate().map(|(at, bytes)| (1017, at as u64 + 1, bytes.as_slice()));
        rows.push(
            us(bare_rows(&dir.join(format!("rows{round}.db")), DEVICE_PRAGMAS, 1, changes)?) / n as f64,
        );
    }
    let over = |floors: &[f64]| median(saves.iter().zip(floors).map(|(save, floor)| save / floor).collect());
    let (ratio, row_ratio) = (over(&floors), over(&rows));
    Ok(Report {
        name: "save",
        value: median(saves),
        unit: "µs",
        floor: median(floors),
        ratio,
        n,
        more: Default::default(),
    }
    .with("row_floor", median(rows))
    .with("row_ratio", row_ratio)
    .with("p99_us", median(p99))
    .with("statements_a_save", recording.runs.len() as f64 / n as f64)
    .with("rounds", rounds))
}

fn fresh(base: &Path, dir: &Path, name: &str) -> Result<std::path::PathBuf, Failure> {
    let to = dir.join(name);
    device::copy_files(base, &to)?;
    Ok(to)
}

/// Saves all; answers how long each took, microseconds.
fn save_all(dir: &Path, requests: &[SaveRequest]) -> Result<Vec<f64>, Failure> {
    let book = device::open(dir)?;
    let requests = requests.to_vec();
    let mut times = Vec::with_capacity(requests.len());
    for request in requests {
        let begun = Instant::now();
        book.save(request)?;
        times.push(us(begun.elapsed()));
    }
    Ok(times)
}
