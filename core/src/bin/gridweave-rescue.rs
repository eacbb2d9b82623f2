//! `gridweave-rescue`: hands in what a phone that does not open any more still holds.

use clap::Parser;
use gridweave_core::rescue::{Salvaged, read_key};
use gridweave_core::sync::{Progress, SyncListener};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Opens the salvaged folder of a phone's field book with the organisation's recovery key, and hands in to the server
/// what it has not received, as the phone itself would have. The folder is copied and never written to; no personal data
/// is printed.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The folder: of a phone, of a field book that was set aside, or unzipped from a rescue file.
    #[arg(long)]
    device: PathBuf,
    /// File with the private half of the recovery key, as `gridweave init --recovery-key` wrote it.
    #[arg(long)]
    recovery_key: PathBuf,
    /// Only tell what there is.
    #[arg(long)]
    dry_run: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("gridweave-rescue: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything is at the server.
fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let text = std::fs::read_to_string(&args.recovery_key)
        .map_err(|error| format!("the recovery key cannot be read: {error}"))?;
    let salvaged = Salvaged::open(&args.device, &read_key(&text)?)?;
    let found = salvaged.contents()?;
    println!(
        "device {}: {} changes, {} not received, {} photos not received, {} forms never saved",
        found.rid, found.changes, found.not_received, found.photos_not_received, found.drafts
    );
    if args.dry_run {
        return Ok(found.not_received + found.photos_not_received == 0);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(salvaged.hand_in(&Tell))?;
    let left = salvaged.contents()?;
    println!(
        "handed in: {} changes ({} of them kept in quarantine), {} photos; left: {} changes, {} photos",
        report.pushed, report.quarantined, report.photos, left.not_received, left.photos_not_received
    );
    if left.photos_damaged > 0 {
        eprintln!("gridweave-rescue: {} photos are damaged and cannot be handed in", left.photos_damaged);
    }
    if left.photos_unreleased > 0 {
        eprintln!(
            "gridweave-rescue: the device is revoked; {} photos are taken once a supervisor has released from \
             quarantine what names them: keep the folder and run it again then",
            left.photos_unreleased
        );
    }
    if left.photos_over_quota > 0 {
        eprintln!(
            "gridweave-rescue: the device is revoked and has handed in as many photos as are taken of one; {} are left: \
             keep the folder, have a supervisor admit the device again, and run it again then",
            left.photos_over_quota
        );
    }
    if let Some(why) = report.unfinished {
        eprintln!("gridweave-rescue: not finished ({}); mend that and run it again", why.code());
    }
    Ok(left.not_received + left.photos_not_received == 0)
}

/// Progress for a person who waits.
struct Tell;

impl SyncListener for Tell {
    fn progress(&self, progress: Progress) {
        eprintln!(
            "{:?}: {}{}",
            progress.stage,
            progress.done,
            progress.total.map(|n| format!(" of {n}")).unwrap_or_default()
        );
    }
}
