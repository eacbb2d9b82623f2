//! The product's program under another name, so that `cargo test` builds it with the tests and they need no second
//! build of their own. It holds nothing that `gridweave` does not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

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
