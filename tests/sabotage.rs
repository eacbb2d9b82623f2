//! Negative controls: the demo's check is only worth something if it notices damage. Each kind must end it with a failure.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_tests::process::gridweave;
use serde_json::Value;
use std::process::Command;

/// Plays the demo with one kind of damage; it must fail, and say in its counts what is wrong.
fn assert_noticed(kind: &str, wrong: impl Fn(&Value) -> bool) {
    let mut command = Command::new(gridweave());
    command.args(["demo", "--once", "--json", "--devices", "3", "--sabotage", kind]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{kind} went unnoticed: {text}");
    // It must fail over the damage and not over something else.
    let said: Value = serde_json::from_str(text.lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{kind}: {text} {}", String::from_utf8_lossy(&output.stderr)));
    assert!(wrong(&said), "{kind}: {said}");
}

fn differs(said: &Value, count: &str) -> bool {
    said[count] != said[format!("{count}_expected")]
}

#[test]
fn a_change_that_is_gone_is_noticed() {
    assert_noticed("drop-change", |said| said["lost"] != 0 && differs(said, "changes"));
}

#[test]
fn the_last_writer_winning_is_noticed() {
    assert_noticed("last-writer-wins", |said| differs(said, "conflicts") && said["surprises"] != 0);
}

#[test]
fn records_that_are_not_linked_are_noticed() {
    assert_noticed("no-link", |said| differs(said, "linked") && said["lost"] == 0);
}

#[test]
fn an_empty_quarantine_is_noticed() {
    assert_noticed("skip-quarantine", |said| differs(said, "quarantined"));
}
