//! `gridweave serve`: the API and the console of one city.

use crate::app::App;
use crate::auth::limits::{LimitArgs, count_unproven};
use crate::edge::limits::limits;
use crate::edge::serve::{Accept, Edge, EdgeConfig, Plain};
use crate::store::city::Keys;
use crate::store::lock::DirLock;
use crate::store::photos::Granter;
use crate::tus::{self, Uploads, UploadsConfig};
use crate::{api, console};
use axum::Router;
use axum::http::header::HOST;
use axum::http::{HeaderValue, Request};
use axum::middleware::{from_fn_with_state, map_request};
use clap::Args;
use gridweave_core::wire::{PLAIN_BYTES_MAX, WIRE_BYTES_MAX};
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

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
    /// Encrypt, with the city's own key; devices know its pin from their enrolment code. Needed beyond loopback.
    #[arg(long, env = "GRIDWEAVE_TLS")]
    pub tls: bool,
    /// How often devices and strangers may ask.
    #[command(flatten)]
    pub limits: LimitArgs,
    /// End when standard input ends: for programs that start the server and must not leave it behind.
    #[arg(long, hide = true)]
    pub until_stdin_ends: bool,
}

/// Serves until interrupted.
pub fn run(args: &ServeArgs) -> Result<(), Box<dyn Error>> {
    // Whoever started this waits for the line.
    run_and_say(args, |own| println!("serving {own}"))
}

/// Serves until interrupted. `say` is told the address once it is bound, and nothing where it cannot be.
pub fn run_and_say(args: &ServeArgs, say: impl FnOnce(&str)) -> Result<(), Box<dyn Error>> {
    start_logging();
    let keys = Keys::load(&args.data)?; // Fails with words where there is no city.
    // Two servers would each count the requests of devices for themselves, and let one be used twice.
    let lock = DirLock::take(&args.data)?;
    let say = |own: &str| {
        lock.tell(own);
        say(own);
    };
    runtime()?.block_on(async {
        if args.tls {
            let acceptor = keys.tls().acceptor()?;
            serve_on(args, "https", Edge::bind(args.listen, acceptor, EdgeConfig::default()).await?, say)
                .await
        } else {
            serve_on(args, "http", Edge::bind(args.listen, Plain, EdgeConfig::default()).await?, say).await
        }
    })
}

async fn serve_on<A: Accept>(
    args: &ServeArgs,
    scheme: &str,
    edge: Edge<A>,
    say: impl FnOnce(&str),
) -> Result<(), Box<dyn Error>> {
    let own = format!("{scheme}://{}", edge.addr());
    let urls = if args.urls.is_empty() { vec![own.clone()] } else { args.urls.clone() };
    let app = App::open_limited(&args.data, urls, &args.limits).await?;
    let router = router(app).await?;
    say(&own);
    let stdin_ends = args.until_stdin_ends;
    edge.serve(router, async move {
        if stdin_ends {
            tokio::select! { () = interrupted() => {}, () = stdin_ended() => {} }
        } else {
            interrupted().await;
        }
    })
    .await;
    Ok(())
}

/// Everything the server answers, behind its limits. Uploads bound their bodies themselves.
pub async fn router(app: Arc<App>) -> std::io::Result<Router> {
    let granter = Granter { store: app.store.clone(), receipt: app.keys.receipt() };
    let uploads = Uploads::open(app.store.dir().to_path_buf(), granter, UploadsConfig::default()).await?;
    let _ = app.uploads.set(uploads.clone());
    tokio::spawn(sweep(uploads.clone()));
    tokio::spawn(forget_idle(Arc::downgrade(&app)));
    let routes = api::routes().merge(console::routes()).with_state(app.clone());
    let limited = limits(routes, WIRE_BYTES_MAX, PLAIN_BYTES_MAX).nest("/v1/uploads", tus::router(uploads));
    Ok(limited.layer(from_fn_with_state(app, count_unproven)).layer(map_request(with_host)))
}

/// Gives a request of HTTP/2 the header that one of HTTP/1.1 would have (RFC 9113, 8.3.1): what the browser's `Origin` is
/// compared with.
async fn with_host<B>(mut request: Request<B>) -> Request<B> {
    let authority =
        request.uri().authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = authority.filter(|_| !request.headers().contains_key(HOST)) {
        request.headers_mut().insert(HOST, host);
    }
    request
}

/// Drops uploads that nobody went on with, once an hour.
async fn sweep(uploads: Arc<Uploads<Granter>>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
        if let Err(error) = uploads.sweep().await {
            tracing::warn!(%error, "old uploads could not be dropped");
        }
    }
}

/// Forgets every minute who did not ask for long, until the city is closed.
async fn forget_idle(app: Weak<App>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        let Some(app) = app.upgrade() else { return };
        app.limits.forget_idle();
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::serve::EdgeError;

    #[tokio::test]
    async fn a_request_of_http2_names_its_host_like_any_other() {
        let host = async |request: Request<()>| with_host(request).await.headers().get(HOST).cloned();
        let bare = Request::get("https://city.example:8640/console").body(()).unwrap();
        assert_eq!(host(bare).await.unwrap(), "city.example:8640");
        let named = Request::get("/console").header(HOST, "127.0.0.1:8640").body(()).unwrap();
        assert_eq!(host(named).await.unwrap(), "127.0.0.1:8640");
    }

    #[test]
    fn no_address_is_told_that_another_program_has() {
        let dir = tempfile::tempdir().unwrap();
        Keys::make(gridweave_core::wire::Bytes(vec![9; 32])).unwrap().save(dir.path()).unwrap();
        let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let args = ServeArgs {
            data: dir.path().to_path_buf(),
            listen: other.local_addr().unwrap(),
            urls: vec![],
            tls: false,
            limits: LimitArgs::default(),
            until_stdin_ends: false,
        };
        let refused = run_and_say(&args, |own| panic!("{own} does not answer")).unwrap_err();
        let Some(EdgeError::Taken { addr }) = refused.downcast_ref() else { panic!("{refused}") };
        assert_eq!(*addr, args.listen);
    }
}
