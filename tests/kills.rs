//! SIGKILL at random moments: the demo's own processes, its server and its PDAs, are killed while it plays, and
//! everything still comes out as planned.
//!
//! Twenty kills, a hundred with `GRIDWEAVE_ALL=1`. The seed is printed; `GRIDWEAVE_SEED` repeats it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_tests::process::{children, gridweave};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Kills in one run of the demo.
const KILLS_A_RUN: usize = 20;

#[test]
fn whoever_is_killed_whenever_nothing_is_lost_and_all_agree() {
    let all = std::env::var_os("GRIDWEAVE_ALL").is_some();
    let wanted = if all { 5 * KILLS_A_RUN } else { KILLS_A_RUN };
    let seed = std::env::var("GRIDWEAVE_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1u64);
    let (mut killed, mut servers) = (0, 0);
    for run in 0.. {
        if killed >= wanted {
            break;
        }
        assert!(run < 40, "{killed} kills in 40 runs: the demo is over before it can be killed");
        let now = play(seed + run, KILLS_A_RUN.min(wanted - killed));
        (killed, servers) = (killed + now.0, servers + now.1);
    }
    println!("{killed} kills, {servers} of them of the server");
    assert!(servers > 0 && servers < killed, "both kinds of process were killed");
}

/// Plays the demo once, killing up to `kills` of its children; answers how many, and how many were the server.
fn play(seed: u64, kills: usize) -> (usize, usize) {
    println!("seed {seed}");
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(gridweave());
    command.args(["demo", "--once", "--json", "--devices", "3", "--seed", &seed.to_string(), "--keep"]);
    command.arg(dir.path().join("demo")).stdout(Stdio::piped());
    let mut demo = command.spawn().unwrap();
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut killed, mut servers) = (0, 0);
    while killed < kills && demo.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(dice.random_range(5..300)));
        let running = children(demo.id());
        if running.is_empty() {
            continue;
        }
        let (pid, args) = &running[dice.random_range(0..running.len())];
        if args.iter().all(String::is_empty) {
            continue; // It has ended, and nobody took note yet.
        }
        let role = args.get(1).map(String::as_str).unwrap_or_default();
        assert!(["serve", "pda"].contains(&role), "an unknown child: {args:?}");
        if kill(*pid) {
            killed += 1;
            servers += usize::from(role == "serve");
        }
    }
    let output = demo.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    println!("{killed} kills: {last}");
    let said: Value =
        serde_json::from_str(last).unwrap_or_else(|_| panic!("seed {seed}: the demo said: {text}"));
    assert_eq!(
        (&said["lost"], &said["surprises"], &said["converged"]),
        (&0.into(), &0.into(), &true.into()),
        "seed {seed}"
    );
    for count in ["records", "changes", "photos", "linked", "conflicts", "quarantined"] {
        assert_eq!(said[count], said[format!("{count}_expected")], "seed {seed}: {count}");
    }
    assert!(output.status.success(), "seed {seed}");
    (killed, servers)
}

/// SIGKILL; `false` when the process had ended by itself.
fn kill(pid: u32) -> bool {
    Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success()
}
