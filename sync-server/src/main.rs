//! `gridweave`: one binary for the server, the demo city and the tools around them.

use clap::Parser;
use gridweave_server::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gridweave: {error}");
            ExitCode::FAILURE
        }
    }
}
