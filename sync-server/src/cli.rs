//! The command line: this file says which commands there are, their modules do the work.

use crate::identity_cli;
use crate::serve::ServeArgs;
use clap::{Args, Parser, Subcommand};
use gridweave_core::identity::Scheme;
use std::error::Error;
use std::io::{BufWriter, stdin, stdout};
use std::path::PathBuf;

/// Gridweave: field collection for community grid management. Without a command: serves the demo city.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    demo: DemoCityArgs,
}

/// The demo city that a plain `gridweave` serves.
#[derive(Debug, Args)]
pub struct DemoCityArgs {
    /// Set the demo city aside and make it anew.
    #[arg(long)]
    pub fresh: bool,
    /// Address to serve it on; the next free port is taken if it is busy.
    #[arg(long, default_value = "127.0.0.1:8640", env = "GRIDWEAVE_LISTEN")]
    pub listen: std::net::SocketAddr,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the city in a data directory.
    Serve(ServeArgs),
    /// Make a new, empty city: its keys and its database.
    Init(crate::init::InitArgs),
    /// Areas and grids of a city.
    #[command(subcommand)]
    Area(crate::admin::AreaCommand),
    /// People of a city.
    #[command(subcommand)]
    Person(crate::admin::PersonCommand),
    /// Say that the database was put back from a backup, before serving it again.
    Restored {
        /// The city's data directory.
        #[arg(long, env = "GRIDWEAVE_DATA")]
        data: PathBuf,
    },
    /// The server's TLS keys, which devices know from their enrolment codes.
    #[command(subcommand)]
    Tls(crate::tls_cli::TlsCommand),
    /// Make an enrolment code for a person's device and show it as a QR picture.
    Enrol(crate::init::EnrolArgs),
    /// Run the demo: simulated PDAs in three days, checked against a plan made beforehand.
    Demo(crate::demo::run::DemoArgs),
    /// Check identity codes, one a line, from standard input.
    Identity {
        /// What they are; without it the form of each code decides.
        #[arg(long)]
        scheme: Option<Scheme>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// One simulated PDA, driven through standard input.
    #[command(hide = true)]
    Pda {
        /// Its directory.
        dir: PathBuf,
    },
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        // One cryptography for TLS in the whole process. A second call finds it set, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match self.command {
            None => crate::demo::serve::serve_city(&self.demo),
            Some(Command::Serve(args)) => crate::serve::run(&args),
            Some(Command::Init(args)) => crate::init::init(&args),
            Some(Command::Area(command)) => crate::admin::area(&command),
            Some(Command::Person(command)) => crate::admin::person(&command),
            Some(Command::Restored { data }) => crate::admin::restored(&data),
            Some(Command::Tls(command)) => crate::tls_cli::run(&command),
            Some(Command::Enrol(args)) => crate::init::enrol(&args),
            Some(Command::Demo(args)) => crate::demo::run::demo(&args),
            Some(Command::Identity { scheme, json }) => {
                Ok(identity_cli::run(stdin().lock(), BufWriter::new(stdout().lock()), scheme, json)?)
            }
            Some(Command::Pda { dir }) => crate::demo::pda::run(&dir),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
