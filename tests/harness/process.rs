//! The real program as a process of its own, and which of its children run.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// The program: `GRIDWEAVE_BIN`, or the one that was built beside this test.
pub fn gridweave() -> &'static Path {
    static BIN: OnceLock<PathBuf> = OnceLock::new();
    BIN.get_or_init(|| {
        if let Some(bin) = std::env::var_os("GRIDWEAVE_BIN") {
            return PathBuf::from(bin);
        }
        // TARGET/debug/deps/this_test-HASH; cargo builds the package's programs before its tests.
        let exe = std::env::current_exe().unwrap();
        let profile = exe.parent().and_then(Path::parent).expect("tests lie in a target directory");
        let bin = profile.join("gridweave-program");
        assert!(bin.exists(), "{} is not built; run the tests with cargo", bin.display());
        bin
    })
}

/// Runs a command of the program to its end; answers whether it succeeded and what it said.
pub async fn run(args: &[&str]) -> (bool, String) {
    let output = Command::new(gridweave()).args(args).stdin(Stdio::null()).output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// `gridweave serve` over a data directory.
pub struct ServerProcess {
    child: Child,
    _stdin: Option<ChildStdin>,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl ServerProcess {
    /// Starts it, with these further arguments, and waits until it listens; over TLS when devices know it by an `https`
    /// address.
    pub async fn start(data: &Path, url: &str, further: &[&str]) -> ServerProcess {
        let mut command = Command::new(gridweave());
        command
            .args(["serve", "--until-stdin-ends", "--listen", "127.0.0.1:0", "--url", url, "--data"])
            .arg(data)
            .args(further);
        let scheme = if url.starts_with("https://") { "https" } else { "http" };
        if scheme == "https" {
            command.arg("--tls");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap();
        let line = line.expect("the server says where it listens");
        let addr = line.strip_prefix(&format!("serving {scheme}://")).and_then(|addr| addr.parse().ok());
        let addr = addr.unwrap_or_else(|| panic!("the server said: {line}"));
        ServerProcess { _stdin: child.stdin.take(), child, addr }
    }

    /// SIGKILL: no chance to finish anything.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Children of a process that run now: process id and arguments. Linux only.
pub fn children(parent: u32) -> Vec<(u32, Vec<String>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // pid (name) state ppid …; the name may hold anything, so count from its last bracket.
        let Some(rest) = stat.rsplit_once(") ").map(|(_, rest)| rest) else { continue };
        let mut words = rest.split(' ');
        let (state, ppid) = (words.next(), words.next().and_then(|p| p.parse().ok()));
        if ppid != Some(parent) || state == Some("Z") {
            continue;
        }
        let Ok(line) = std::fs::read(entry.path().join("cmdline")) else { continue };
        let args = line.split(|b| *b == 0).map(|a| String::from_utf8_lossy(a).into_owned()).collect();
        found.push((pid, args));
    }
    found
}
