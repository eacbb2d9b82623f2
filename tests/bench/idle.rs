//! `idle`: what a sync costs that has nothing to say: most of them.
//!
//! Every device is a real fieldbook that joined and synced once. Counted are the server's processor time (a process of
//! its own), bodies both ways, and headers apart, as they pass a tap between the two. The floor is the server's time
//! for as many requests of its health page, each on a new connection as a sync has one.

use crate::folk::Folk;
use crate::report::{Report, median};
use crate::{Failure, city, device, http};
use gridweave_core::fieldbook::{Enrolment, Fieldbook};
use gridweave_core::sync::{Cancel, Options};
use gridweave_server::app::App;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Runs the benchmark.
pub fn run(dir: &Path, n: usize, rounds: usize) -> Result<Report, Failure> {
    let folk = Folk::new(1);
    let data = dir.join("city");
    let (server_addr, tap_addr) = (city::free_address()?, city::free_address()?);
    let runtime = gridweave_server::serve::runtime()?;
    let codes = runtime.block_on(async {
        let people = city::make(&data, &folk.city, n).await?;
        let app = App::open(&data, vec![format!("http://{tap_addr}")]).await?;
        city::codes(&app, &people, &city::scopes(&folk.city, n)).await
    })?;
    let server = city::Server::start(&data, server_addr)?;
    let passed = Arc::new(Passed::default());
    runtime.spawn(tap(runtime.block_on(TcpListener::bind(tap_addr))?, server_addr, passed.clone()));
    let mut books = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let book = device::open(&dir.join(format!("device{at}")))?;
        if runtime.block_on(book.enrol(code, "PDA 7.1"))? != Enrolment::Enrolled {
            return Err("a device could not be enrolled".into());
        }
        runtime.block_on(sync(&book))?;
        books.push(book);
    }
    let (mut cpu, mut floors, mut bodies, mut headers, mut asked) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        let (before, up, down) = (server.cpu_s()?, passed.up(), passed.down());
        let requests = passed.requests();
        let mut body = 0;
        for book in &books {
            body += runtime.block_on(sync(book))?;
        }
        cpu.push((server.cpu_s()? - before) * 1e3 / n as f64);
        bodies.push(body as f64 / n as f64);
        headers.push((passed.up() - up + passed.down() - down - body) as f64 / n as f64);
        asked.push((passed.requests() - requests) as f64 / n as f64);

        let before = server.cpu_s()?;
        for _ in 0..n {
            runtime.block_on(async {
                let mut client = http::Client::connect(server_addr).await?;
                client.ask(b"GET /v1/health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await
            })?;
        }
        floors.push((server.cpu_s()? - before) * 1e3 / n as f64);
    }
    let ratio = median(cpu.iter().zip(&floors).map(|(cpu, floor)| cpu / floor).collect());
    let report = Report {
        name: "idle",
        value: median(cpu),
        unit: "ms of server CPU a session",
        floor: median(floors),
        ratio,
        n,
        more: Default::default(),
    };
    Ok(report
        .with("requests", median(asked))
        .with("body_bytes", median(bodies))
        .with("header_bytes", median(headers))
        .with("grids_a_device", 3)
        .with("rounds", rounds))
}

/// One run of sync that finds nothing wrong; answers the bytes of its bodies.
async fn sync(book: &Fieldbook) -> Result<u64, Failure> {
    let mut options = Options::default();
    options.facts.app = "0.1.0".into();
    options.facts.schema = 1;
    options.facts.battery = Some(81);
    options.facts.network = "cell".into();
    options.facts.storage_free_mib = Some(20_480);
    let report = book.sync(&options, &(), &Cancel::default()).await?;
    if report.pulled + report.pushed + report.divergences > 0 || report.unfinished.is_some() {
        return Err(format!("a device was not idle: {report:?}").into());
    }
    Ok(report.bytes_up + report.bytes_down)
}

/// What went through the tap.
#[derive(Default)]
struct Passed {
    up: AtomicU64,
    down: AtomicU64,
    requests: AtomicU64,
}

impl Passed {
    fn up(&self) -> u64 {
        self.up.load(Ordering::SeqCst)
    }
    fn down(&self) -> u64 {
        self.down.load(Ordering::SeqCst)
    }
    fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn tap(listener: TcpListener, server: SocketAddr, passed: Arc<Passed>) {
    while let Ok((device, _)) = listener.accept().await {
        let passed = passed.clone();
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(server).await else { return };
            let _ = (device.set_nodelay(true), server.set_nodelay(true));
            let (from_device, to_device) = device.into_split();
            let (from_server, to_server) = server.into_split();
            let up = pipe(from_device, to_server, |bytes| {
                passed.up.fetch_add(bytes.len() as u64, Ordering::SeqCst);
                let begun = bytes.windows(9).filter(|w| *w == b"HTTP/1.1\r").count();
                passed.requests.fetch_add(begun as u64, Ordering::SeqCst);
            });
            let down = pipe(from_server, to_device, |bytes| {
                passed.down.fetch_add(bytes.len() as u64, Ordering::SeqCst);
            });
            tokio::join!(up, down);
        });
    }
}

async fn pipe(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    saw: impl Fn(&[u8]),
) {
    let mut chunk = vec![0; 16 << 10];
    while let Ok(len @ 1..) = from.read(&mut chunk).await {
        saw(&chunk[..len]);
        if to.write_all(&chunk[..len]).await.is_err() {
            return;
        }
    }
}
