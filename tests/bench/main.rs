//! Benchmarks: `cargo run --release -p gridweave-tests --bin bench -- NAME [--json] [--n N]`.
//!
//! Each prints what it measured beside a floor measured in the same run, on the same disk: on a noisy machine the
//! ratio is what can be believed. What each measures stands in `README.md` and at the head of its file.

mod device;
mod floor;
mod folk;
mod form;
mod merge;
mod record_sql;
mod report;
mod save;
mod wire;

use clap::{Parser, ValueEnum};

/// What went wrong; a benchmark that fails measures nothing.
type Failure = Box<dyn std::error::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// A durable save through the fieldbook.
    Save,
    /// Bytes of a change on the wire.
    Wire,
    /// A change taken into a record.
    Merge,
    /// An answer in a form of 300 questions.
    Form,
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
    record_sql::watch_all();
    let base = args.dir.clone().unwrap_or_else(std::env::temp_dir);
    let temporary = tempfile::Builder::new().prefix("gridweave-bench-").tempdir_in(base)?;
    let (dir, n, rounds) = (temporary.path(), args.n, args.rounds.max(1));
    let report = match args.name {
        Name::Save => save::run(dir, n.unwrap_or(1_000), rounds)?,
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
