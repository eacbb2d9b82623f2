//! Child processes of the demo: the server and the PDAs. Whoever kills one, it is started again and told again.

use super::orders::{Order, Report};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How often an order is given again to a PDA that died over it.
const TRIES_MAX: usize = 30;

fn command(args: &[&str]) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

/// A running PDA.
pub struct Pda {
    /// Its name in the plan.
    pub name: String,
    /// Its directory.
    pub dir: PathBuf,
    /// How often it had to be started again.
    pub restarts: usize,
    running: Option<Running>,
}

struct Running {
    child: Child,
    orders: ChildStdin,
    reports: Lines<BufReader<ChildStdout>>,
}

impl Pda {
    /// A PDA that is not started yet.
    pub fn new(name: &str, dir: &Path) -> Pda {
        Pda { name: name.to_owned(), dir: dir.join(name), restarts: 0, running: None }
    }

    /// Gives an order and waits for the answer; starts the process when it is not running, and again when it dies.
    pub async fn order(&mut self, order: &Order) -> io::Result<Report> {
        let line = serde_json::to_string(order)? + "\n";
        for _ in 0..TRIES_MAX {
            if self.running.is_none() {
                self.running = Some(self.start()?);
            }
            match self.ask(&line).await {
                Ok(Some(report)) => return Ok(serde_json::from_str(&report)?),
                Ok(None) | Err(_) => {
                    self.running = None;
                    self.restarts += 1;
                }
            }
        }
        Err(io::Error::other(format!("{} died over and over again", self.name)))
    }

    /// Ends the process, as its directory is about to be copied or replaced.
    pub async fn stop(&mut self) {
        if let Some(Running { mut child, orders, .. }) = self.running.take() {
            drop(orders);
            if tokio::time::timeout(Duration::from_secs(10), child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
        }
    }

    fn start(&self) -> io::Result<Running> {
        let mut child = command(&["pda", &self.dir.to_string_lossy()])?.spawn()?;
        let (Some(orders), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("a child process without pipes"));
        };
        Ok(Running { child, orders, reports: BufReader::new(out).lines() })
    }

    async fn ask(&mut self, line: &str) -> io::Result<Option<String>> {
        let Some(running) = &mut self.running else { return Ok(None) };
        running.orders.write_all(line.as_bytes()).await?;
        running.reports.next_line().await
    }
}

/// The running server.
pub struct Server {
    child: Child,
    /// Held open: the server ends when it closes.
    _stdin: Option<ChildStdin>,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl Server {
    /// Starts the server over `data` and waits until it listens.
    pub async fn start(data: &Path, listen: &str, url: &str) -> io::Result<Server> {
        let data = data.to_string_lossy();
        let args = ["serve", "--until-stdin-ends", "--data", &data, "--listen", listen, "--url", url];
        let mut child = command(&args)?.spawn()?;
        let out = child.stdout.take().ok_or_else(|| io::Error::other("a child process without pipes"))?;
        let mut lines = BufReader::new(out).lines();
        let line = lines.next_line().await?.unwrap_or_default();
        let addr = line.strip_prefix("serving http://").and_then(|addr| addr.parse().ok());
        let addr =
            addr.ok_or_else(|| io::Error::other("the server did not start; its reason stands above"))?;
        Ok(Server { _stdin: child.stdin.take(), child, addr })
    }

    /// Waits until the process ends.
    pub async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }

    /// Ends the process in order.
    pub async fn stop(mut self) {
        drop(self._stdin.take());
        if tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}
