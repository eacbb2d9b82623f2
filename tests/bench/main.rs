//! Benchmarks: `cargo run --release -p gridweave-tests --bin bench -- NAME [--json] [--n N]`.
//!
//! Each prints what it measured beside a floor measured in the same run, on the same disk: on a noisy machine the
//! ratio is what can be believed. What each measures stands in `README.md` and at the head of its file.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod device;
mod floor;
mod folk;
mod form;
mod http;
mod idle;
mod local;
mod merge;
mod pull;
mod push;
mod record_sql;
mod report;
mod save;
mod search;
mod wire;

use clap::{Parser, ValueEnum};

/// What went wrong; a benchmark that fails measures nothing.
type Failure = Box<dyn std::error::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// A durable save through the fieldbook.
    Save,
    /// Records handed in by 100 devices at once.
    Push,
    /// All of a device's grids read by a new device.
    Pull,
    /// Bytes of a change on the wire.
    Wire,
    /// A sync with nothing to say.
    Idle,
    /// Finding records on a device.
    Search,
    /// What a worker waits for on a device with many records: list, day, map, opening.
    Local,
    /// A change taken into a record.
    Merge,
    /// An answer in a form of 300 questions.
    Form,
    /// Not a benchmark: the server that others start.
    #[value(hide = true)]
    Serve,
}

#[derive(Debug, Parser)]
struct Args {
    /// What to measure.
    name: Name,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// How many: saves, records, devices …; each benchmark has its own default.
    #[arg(long)]
    n: Option<usize>,
    /// How often; medians are reported.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Where the databases go; a disk that is no disk makes the figures worthless. Default: the system's place for
    /// temporary files.
    #[arg(long)]
    dir: Option<std::path::PathBuf>,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    if let (Name::Serve, Some(dir)) = (args.name, &args.dir) {
        return city::serve_child(dir);
    }
    record_sql::watch_all();
    let base = args.dir.clone().unwrap_or_else(std::env::temp_dir);
    let temporary = tempfile::Builder::new().prefix("gridweave-bench-").tempdir_in(base)?;
    let (dir, n, rounds) = (temporary.path(), args.n, args.rounds.max(1));
    let report = match args.name {
        Name::Save => save::run(dir, n.unwrap_or(1_000), rounds)?,
        Name::Push => push::run(dir, n.unwrap_or(100_000), rounds)?,
        Name::Pull => pull::run(dir, n.unwrap_or(10_000), rounds)?,
        Name::Idle => idle::run(dir, n.unwrap_or(1_000), rounds)?,
        Name::Search => search::run(dir, n.unwrap_or(100_000), rounds)?,
        Name::Local => local::run(dir, n.unwrap_or(100_000), rounds)?,
        Name::Serve => return Err("the server needs a directory".into()),
        Name::Wire => wire::run(n.unwrap_or(1_000)),
        Name::Merge => merge::run(n.unwrap_or(200_000), rounds)?,
        Name::Form => form::run(n.unwrap_or(3_000), rounds)?,
    };
    if args.json {
        println!("{}", report.json());
    } else {
        println!("{}", serde_json::to_string_pretty(&report.json())?);
    }
    Ok(())
}
