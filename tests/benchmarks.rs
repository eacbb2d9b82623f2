//! Every benchmark runs and prints what it promises, with few records. How fast it is, nobody asks here.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use serde_json::Value;
use std::process::Command;

/// Runs one benchmark; answers the object on its last line, which has all promised figures.
fn run(name: &str, n: usize, more: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args([name, "--json", "--rounds", "1", "--n", &n.to_string(), "--dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(report["name"], name);
    assert!(report["unit"].is_string(), "{report}");
    assert_eq!(report["n"], n, "{report}");
    // Processor time comes in steps of 10 ms: with few records a floor may be none, and then there is no ratio.
    let ratio = (report["floor"] != 0.0).then_some(&"ratio");
    for figure in ["value", "floor"].iter().chain(ratio).chain(more) {
        let figure = report[figure].as_f64().unwrap_or_else(|| panic!("{figure} is missing: {report}"));
        assert!(figure.is_finite() && figure >= 0.0, "{report}");
    }
    report
}

#[test]
fn save() {
    run("save", 40, &["row_floor", "row_ratio", "p99_us"]);
}

#[test]
fn push() {
    let report = run("push", 300, &["row_floor", "row_ratio", "commits", "commits_replayed"]);
    assert_eq!(report["devices"], 100);
}

#[test]
fn pull() {
    run("pull", 150, &["body_bytes_a_record"]);
}

#[test]
fn search() {
    let report = run("search", 400, &["median_ms", "hits_most", "all_ms", "shared_part_ms"]);
    assert!(report["totals_counted_again"].as_u64() > Some(0), "{report}");
}

#[test]
fn local() {
    let figures =
        ["cells_ms", "list_ms", "today_ms", "queue_ms", "find_ms", "find_p99_ms", "open_ms", "open_floor_ms"];
    let report = run("local", 3_000, &figures);
    assert!(report["marks"].as_u64() > Some(0), "{report}");
    assert_eq!(report["own_changes"], 300, "{report}");
}

#[test]
fn form() {
    run("form", 60, &["p99_us"]);
}

#[test]
fn merge() {
    run("merge", 400, &["create_of_22_writes_ns"]);
}

/// Bytes are the same on every machine.
#[test]
fn wire() {
    let report = run("wire", 1_000, &["create_bytes", "edit_bytes", "edit_floor"]);
    assert!(report["value"].as_f64() <= Some(40.0), "a creation's overhead: {report}");
    assert!(report["edit_overhead"].as_f64() <= Some(40.0), "an edit's overhead: {report}");
}

/// So are requests.
#[test]
fn idle() {
    let report = run("idle", 5, &["header_bytes"]);
    assert_eq!(report["requests"], 1.0, "{report}");
    assert!(report["body_bytes"].as_f64() <= Some(250.0), "{report}");
}
