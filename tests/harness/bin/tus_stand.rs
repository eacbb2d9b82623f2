//! A tus server behind a bad network, for clients in other languages; it obeys one JSON object a line on stdin.
//!
//! At start it prints `{"url", "direct"}`: where uploads are created through the fault proxy, and without it.
//! `{"do":"grant", "device", "sha256", "len"}` answers `{"token"}`; `{"do":"photo", "sha256"}` answers `{"path"}` of
//! the whole photo or null; `{"do":"restart"}` kills the server and starts it anew on another port;
//! `{"do":"faults"}` answers the proxy's counts. Arguments: seed and rate of the faults.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use axum::Router;
use gridweave_core::ids::{PhotoHash, Rid};
use gridweave_server::demo::fault_proxy::{FaultProfile, FaultProxy};
use gridweave_server::edge::serve::{Edge, EdgeConfig, Plain};
use gridweave_server::tus::{self, Grant, GrantCheck, Uploads, UploadsConfig};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::task::JoinHandle;

#[derive(Deserialize)]
struct Job {
    #[serde(rename = "do")]
    action: String,
    #[serde(default)]
    device: u32,
    #[serde(default)]
    sha256: String,
    #[serde(default)]
    len: u64,
}

#[derive(Default)]
struct Grants {
    by_token: Mutex<BTreeMap<String, Grant>>,
    completed: Mutex<BTreeMap<PhotoHash, PathBuf>>,
}

impl GrantCheck for Grants {
    async fn check(&self, token: &str) -> Option<Grant> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner).get(token).copied()
    }
    async fn completed(&self, grant: &Grant, path: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut completed = self.completed.lock().unwrap_or_else(PoisonError::into_inner);
        completed.insert(grant.sha256, path.to_owned());
        Ok(())
    }
}

struct Stand {
    dir: PathBuf,
    grants: Arc<Grants>,
    server: JoinHandle<()>,
    addr: SocketAddr,
}

impl Stand {
    async fn start(dir: PathBuf, grants: Arc<Grants>) -> Result<Stand, Box<dyn Error>> {
        let uploads = Uploads::open(dir.clone(), Arc::clone(&grants), UploadsConfig::default()).await?;
        let router = Router::new().nest("/v1/uploads", tus::router(uploads));
        let edge = Edge::bind("127.0.0.1:0".parse()?, Plain, EdgeConfig::default()).await?;
        let addr = edge.addr();
        let server = tokio::spawn(edge.serve(router, std::future::pending()));
        Ok(Stand { dir, grants, server, addr })
    }

    fn grant(&self, job: &Job) -> Result<String, Box<dyn Error>> {
        let grant = Grant { device: Rid(job.device), sha256: job.sha256.parse()?, len: job.len };
        let mut by_token = self.grants.by_token.lock().unwrap_or_else(PoisonError::into_inner);
        let token = format!("grant-{}", by_token.len());
        by_token.insert(token.clone(), grant);
        Ok(token)
    }

    fn photo(&self, job: &Job) -> Result<Option<PathBuf>, Box<dyn Error>> {
        let completed = self.grants.completed.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(completed.get(&job.sha256.parse()?).cloned())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let seed = args.next().unwrap_or_default().parse().unwrap_or(1);
    let rate = args.next().unwrap_or_default().parse().unwrap_or(0.5);
    let dir = tempfile::tempdir()?;
    let mut stand = Stand::start(dir.path().to_owned(), Arc::default()).await?;
    // Cuts above all: what is to be shown is that bytes are resumed.
    let profile =
        FaultProfile { rate, cut_request: 8, stall_ms: 1..=20, delay_ms: 1..=20, ..FaultProfile::default() };
    let proxy = FaultProxy::start(stand.addr, seed, profile).await?;
    let url = |addr| format!("http://{addr}/v1/uploads");
    println!("{}", json!({ "url": url(proxy.addr()), "direct": url(stand.addr) }));

    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let job: Job = serde_json::from_str(&line)?;
        let answer: Value = match job.action.as_str() {
            "grant" => json!({ "token": stand.grant(&job)? }),
            "photo" => json!({ "path": stand.photo(&job)? }),
            "restart" => {
                stand.server.abort();
                stand = Stand::start(stand.dir, stand.grants).await?;
                proxy.set_backend(stand.addr);
                json!({ "direct": url(stand.addr) })
            }
            "faults" => {
                let faults = proxy.faults();
                json!({
                    "total": faults.total(), "cut_requests": faults.cut_requests,
                    "cut_answers": faults.cut_answers, "lost_answers": faults.lost_answers,
                    "connections": faults.connections, "stretches": faults.stretches,
                })
            }
            _ => return Err("\"do\" is none of grant, photo, restart, faults".into()),
        };
        println!("{answer}");
    }
    Ok(())
}
