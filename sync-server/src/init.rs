//! `gridweave init` and `gridweave enrol`: a new city, and codes for its devices.

use crate::app::App;
use crate::store::Store;
use crate::store::city::{City, Keys};
use crate::store::types::catalog_of;
use clap::Args;
use gridweave_core::ids::{GridCode, PersonNo, to_hex};
use gridweave_core::wire::enrol::EnrolmentCode;
use gridweave_core::wire::{Bytes, seal};
use rand::RngExt;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A new city.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where its database and keys will be.
    #[arg(long, env = "GRIDWEAVE_DATA")]
    data: PathBuf,
    /// Name of the organisation, shown on devices when they join.
    #[arg(long)]
    organisation: String,
    /// File for the private half of the recovery key. Keep it outside the data directory, off this machine: it opens
    /// the data of lost or broken devices.
    #[arg(long)]
    recovery_key: PathBuf,
}

/// Makes the city.
pub fn init(args: &InitArgs) -> Result<(), Box<dyn Error>> {
    let inside = std::path::absolute(&args.recovery_key)?.starts_with(std::path::absolute(&args.data)?);
    if inside {
        return Err(
            "the recovery key must lie outside the data directory: whoever gets one must not get both".into(),
        );
    }
    let city = City { organisation: args.organisation.clone(), epoch: 1, invented: false };
    crate::serve::runtime()?.block_on(make(&args.data, city, &args.recovery_key))?;
    println!("made the city in {}; recovery key in {}", args.data.display(), args.recovery_key.display());
    Ok(())
}

/// Makes a folder that nobody else on the machine may look into: all residents of a city will be in it.
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Makes a city's keys and tables; the recovery key's private half goes to a file of its own.
pub async fn make(data: &Path, city: City, recovery_key: &Path) -> Result<Store, Box<dyn Error>> {
    make_private(data)?;
    let secret: [u8; 32] = rand::rng().random();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(recovery_key)?;
    writeln!(file, "{}", to_hex(&secret))?;
    file.sync_all()?;
    Keys::make(Bytes(seal::public_key(&secret).to_vec()))?.save(data)?;
    let store = Store::open(data, catalog_of(data)?)?;
    store.make_city(city).await?;
    Ok(store)
}

/// A code for one person's device.
#[derive(Debug, Args)]
pub struct EnrolArgs {
    /// The city's data directory.
    #[arg(long, env = "GRIDWEAVE_DATA")]
    data: PathBuf,
    /// Number of the person.
    #[arg(long)]
    person: u32,
    /// Codes of the device's grids.
    #[arg(long, value_delimiter = ',', required = true)]
    grids: Vec<String>,
    /// Addresses under which the device reaches the server.
    #[arg(
        long = "url",
        env = "GRIDWEAVE_URLS",
        value_delimiter = ',',
        default_value = "http://127.0.0.1:8640"
    )]
    urls: Vec<String>,
    /// Nobody compares fingerprints: for tests and demos.
    #[arg(long)]
    confirm: bool,
}

/// Makes the code and prints it, as a picture to scan and as the text that it holds.
pub fn enrol(args: &EnrolArgs) -> Result<(), Box<dyn Error>> {
    let grids: Vec<GridCode> = args.grids.iter().cloned().map(GridCode).collect();
    let code = crate::serve::runtime()?.block_on(async {
        let app = App::open(&args.data, args.urls.clone()).await?;
        let (city, people) = (app.store.grids().await?, app.store.people().await?);
        if !people.iter().any(|person| person.no.0 == args.person) {
            return Err(
                format!("there is no person {}; `gridweave person add` makes one", args.person).into()
            );
        }
        if let Some(unknown) = grids.iter().find(|grid| city.iter().all(|known| known.code != grid.0)) {
            return Err(
                format!("the city has no grid {}; `gridweave area import` adds grids", unknown.0).into()
            );
        }
        Ok::<_, Box<dyn Error>>(enrolment_code(&app, PersonNo(args.person), grids, args.confirm, None).await?)
    })?;
    show_code(&code.to_text())
}

/// Prints a code as a picture to scan and as the text that it holds.
pub fn show_code(text: &str) -> Result<(), Box<dyn Error>> {
    let qr = qrcode::QrCode::new(text.as_bytes())?;
    println!("{}", qr.render::<qrcode::render::unicode::Dense1x2>().build());
    println!("{text}");
    Ok(())
}

/// Makes an enrolment and the code that shows it. `by`: who made it; `None`: a command.
pub async fn enrolment_code(
    app: &App,
    person: PersonNo,
    grids: Vec<GridCode>,
    auto_confirm: bool,
    by: Option<PersonNo>,
) -> Result<EnrolmentCode, crate::store::StoreError> {
    let pins = app.pins.as_ref().map(|notice| notice.pins.clone()).unwrap_or_default();
    let new = app.store.new_enrolment(person, grids, auto_confirm, by, app.now_ms()).await?;
    Ok(EnrolmentCode {
        organisation: app.city.organisation.clone(),
        urls: app.urls.clone(),
        pins,
        receipt_key: Bytes(app.keys.receipt().verifying_key().to_bytes().to_vec()),
        recovery_key: app.keys.recovery.clone(),
        enrolment: new.id,
        secret: Bytes(new.secret),
        expires_ms: new.expires_ms,
    })
}
