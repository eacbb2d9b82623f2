//! `gridweave tls`: changing the server's TLS keys without locking devices out.
//!
//! Devices believe the key in use and the next one. A change puts the next one into use and makes another; every device
//! hears of that with its next sync. So the keys may be changed again once all have been heard. For one that was not,
//! there is the notice: a code for its screen, signed by the organisation.

use crate::store::Store;
use crate::store::city::Keys;
use crate::store::lock::DirLock;
use crate::store::types::catalog_of;
use clap::Subcommand;
use std::error::Error;
use std::path::PathBuf;

/// What to do with the keys.
#[derive(Debug, Subcommand)]
pub enum TlsCommand {
    /// Put the next key into use and make another, while the server is stopped.
    Rotate {
        /// The city's data directory.
        #[arg(long, env = "GRIDWEAVE_DATA")]
        data: PathBuf,
        /// Do it although some devices have not heard of the last change. They will refuse the server until they are
        /// shown the notice.
        #[arg(long)]
        anyway: bool,
    },
    /// Show the present keys as a code, for devices that refuse the server because they know only older ones.
    Notice {
        /// The city's data directory.
        #[arg(long, env = "GRIDWEAVE_DATA")]
        data: PathBuf,
    },
}

/// Carries out a command.
pub fn run(command: &TlsCommand) -> Result<(), Box<dyn Error>> {
    match command {
        TlsCommand::Rotate { data, anyway } => {
            let _lock = DirLock::take(data)?;
            let mut keys = Keys::load(data)?;
            let now_ms = chrono::Utc::now().timestamp_millis();
            crate::serve::runtime()?.block_on(async {
                let store = Store::open(data, catalog_of(data)?)?;
                let unheard = store.devices_unheard_since(keys.tls_changed_ms).await?;
                if unheard > 0 && !anyway {
                    return Err(format!(
                        "{unheard} devices have not synced since the keys were changed last and would refuse the \
                         server; wait for them, or give --anyway and show them the code of `gridweave tls notice`"
                    )
                    .into());
                }
                keys.rotate_tls(now_ms)?;
                keys.replace(data)?;
                let object = format!("serial {}", keys.tls_serial());
                store.note_audit(now_ms, None, "rotate_tls", object, String::new()).await?;
                Ok::<_, Box<dyn Error>>(())
            })?;
            println!("the next key is in use once the server is started, and devices hear of another");
            Ok(())
        }
        TlsCommand::Notice { data } => crate::init::show_code(&Keys::load(data)?.pins_notice()?.to_text()),
    }
}
