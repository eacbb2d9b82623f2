//! What the demo shows: a bar while it runs, a table or one JSON object at the end.

use super::plan::{Plan, Round};
use super::run::Outcome;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// A bar over the plan's rounds; hidden when the output is for programs.
pub fn progress(plan: &Plan, hidden: bool) -> ProgressBar {
    if hidden {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}");
    ProgressBar::new(plan.rounds.len() as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// One round in a few words.
pub fn round(round: &Round) -> String {
    format!("day {}, {}", round.day, if round.online { "online: sync" } else { "offline: collecting" })
}

impl Outcome {
    /// The counts: name, found, planned.
    fn counts(&self) -> [(&'static str, u64, u64); 6] {
        let e = &self.plan.expected;
        let found = |name: &str| self.found.stats.get(name).copied().unwrap_or_default();
        [
            ("records", found("records"), e.records as u64),
            ("changes", found("device_changes"), e.changes as u64),
            ("photos", found("photos"), e.photos as u64),
            ("linked", found("linked"), e.linked as u64),
            ("conflicts", found("conflicts"), e.conflicts as u64),
            ("quarantined", found("quarantined"), e.quarantined as u64),
        ]
    }

    /// Whether all came out as planned and nothing is lost.
    pub fn holds(&self) -> bool {
        let counts = self.counts();
        let right = counts.iter().all(|(_, found, planned)| found == planned && *planned > 0);
        right && self.found.lost == 0 && self.found.converged && self.found.surprises == 0
    }

    /// Prints the table, or the JSON object.
    pub fn print(&self, as_json: bool) {
        for complaint in &self.found.complaints {
            eprintln!("  {complaint}");
        }
        if as_json {
            println!("{}", self.json());
            return;
        }
        println!("{:<14}{:>10}{:>10}", "", "found", "planned");
        for (name, found, planned) in self.counts() {
            println!("{name:<14}{found:>10}{planned:>10}");
        }
        println!("{:<14}{:>10}{:>10}", "lost", self.found.lost, 0);
        let (converged, faults, wall_s) = (self.found.converged, self.faults, self.wall_s);
        println!("devices agree with the server: {converged}; network faults: {faults}; {wall_s:.1} s");
    }

    fn json(&self) -> serde_json::Value {
        let mut all = json!({
            "seed": self.plan.seed,
            "first_day": self.plan.first_day().map(|day| day.to_string()),
            "devices": self.plan.devices.len(),
            "days": self.plan.rounds.last().map_or(0, |r| r.day),
            "sessions": self.found.stats.get("sessions"),
            "faults": self.faults,
            "restarts": self.restarts,
            "lost": self.found.lost,
            "surprises": self.found.surprises,
            "converged": self.found.converged,
            "wall_s": (self.wall_s * 10.0).round() / 10.0,
        });
        for (name, found, planned) in self.counts() {
            all[name] = json!(found);
            all[format!("{name}_expected")] = json!(planned);
        }
        all
    }
}
