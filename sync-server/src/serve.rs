//! `gridweave serve`: the API and the console of one city.

use crate::app::App;
use crate::edge::limits::limits;
use crate::edge::serve::{Edge, EdgeConfig, Plain};
use crate::tus::{self, Uploads, UploadsConfig};
use crate::{api, console};
use axum::Router;
use clap::Args;
use gridweave_core::wire::{PLAIN_BYTES_MAX, WIRE_BYTES_MAX};
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Where the city is and where to serve it.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The city's data directory, made by `gridweave init`.
    #[arg(long, env = "GRIDWEAVE_DATA")]
    pub data: PathBuf,
    /// Address to listen on. Anything but a loopback address needs TLS.
    #[arg(long, default_value = "127.0.0.1:8640", env = "GRIDWEAVE_LISTEN")]
    pub listen: SocketAddr,
    /// Addresses under which devices reach this server, for enrolment codes. Default: the address listened on.
    #[arg(long = "url", env = "GRIDWEAVE_URLS", value_delimiter = ',')]
    pub urls: Vec<String>,
    /// End when standard input ends: for programs that start the server and must not leave it behind.
    #[arg(long, hide = true)]
    pub until_stdin_ends: bool,
}

/// Serves until interrupted.
pub fn run(args: &ServeArgs) -> Result<(), Box<dyn Error>> {
    start_logging();
    runtime()?.block_on(async {
        let edge = Edge::bind(args.listen, Plain, EdgeConfig::default()).await?;
        let urls =
            if args.urls.is_empty() { vec![format!("http://{}", edge.addr())] } else { args.urls.clone() };
        let app = App::open(&args.data, urls).await?;
        // Whoever started this waits for the line.
        println!("serving http://{}", edge.addr());
        let stdin_ends = args.until_stdin_ends;
        edge.serve(router(app).await?, async move {
            if stdin_ends {
                tokio::select! { () = interrupted() => {}, () = stdin_ended() => {} }
            } else {
                interrupted().await;
            }
        })
        .await;
        Ok(())
    })
}

/// Everything the server answers, behind its limits. Uploads bound their bodies themselves.
pub async fn router(app: Arc<App>) -> std::io::Result<Router> {
    let uploads =
        Uploads::open(app.store.dir().to_path_buf(), app.store.clone(), UploadsConfig::default()).await?;
    let limited =
        limits(api::routes().merge(console::routes()).with_state(app), WIRE_BYTES_MAX, PLAIN_BYTES_MAX);
    Ok(limited.nest("/v1/uploads", tus::router(uploads)))
}

/// The server's runtime.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Logs to standard error, warnings and worse, or as `GRIDWEAVE_LOG` says (`info`, `debug` …).
pub fn start_logging() {
    let level =
        std::env::var("GRIDWEAVE_LOG").ok().and_then(|l| l.parse().ok()).unwrap_or(tracing::Level::WARN);
    let _ = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).try_init();
}

/// Ends at Ctrl-C or a polite request to stop.
pub async fn interrupted() {
    let ctrl_c = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return ctrl_c.await };
        tokio::select! { () = ctrl_c => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
}

async fn stdin_ended() {
    let (ended, wait) = tokio::sync::oneshot::channel();
    // A blocked read cannot be cancelled, so it has a thread of its own that does not hold up the end.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = wait.await;
}
