//! Comparing what came out with the plan: counts, the fate of every save, and what every device ended up with.

use super::child::Pda;
use super::orders::{Acked, Order, Report};
use super::people_api::{ChangeRow, RecordRow, Supervisor};
use super::plan::{Expected, Plan};
use super::stage::Stage;
use gridweave_core::ids::GridCode;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};

/// A change by replica and sequence number.
pub type Dot = (u32, u64);

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Counts of the server.
    pub stats: BTreeMap<String, u64>,
    /// Saves acknowledged by devices that the server does not have, or values of them that are neither live nor
    /// replaced nor in quarantine.
    pub lost: usize,
    /// Every device has exactly what the server has of its grids.
    pub converged: bool,
    /// Records whose live values are not what the plan says.
    pub surprises: usize,
    /// The first few of everything that is wrong, in words.
    pub complaints: Vec<String>,
}

impl Found {
    fn complain(&mut self, what: String) {
        if self.complaints.len() < 20 {
            self.complaints.push(what);
        }
    }
}

/// The file of saves that a PDA was told are on disk; beside its directory, not in it.
pub fn acked_file(dir: &Path) -> PathBuf {
    dir.with_extension("acked")
}

/// Reads such a file; a line cut off by a kill counts as not written.
pub fn read_acked(dir: &Path) -> std::io::Result<Vec<Acked>> {
    match std::fs::read_to_string(acked_file(dir)) {
        Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Reads the outcome over the API and compares it with the plan.
pub async fn verify(
    plan: &Plan,
    stage: &Stage,
    supervisor: &Supervisor,
    pdas: &mut BTreeMap<String, Pda>,
    keys: &BTreeMap<String, String>,
) -> Result<Found, Box<dyn Error>> {
    let mut found = Found { stats: supervisor.stats(stage).await?, converged: true, ..Found::default() };
    let records = supervisor.records(stage).await?;
    let mut log: BTreeMap<Dot, ChangeRow> = BTreeMap::new();
    for replica in supervisor.replicas(stage).await? {
        let changes = supervisor.changes(stage, replica.rid).await?;
        log.extend(changes.into_iter().map(|change| ((replica.rid, change.seq), change)));
    }
    count_lost(&mut found, &log, &records, pdas)?;
    compare_fates(&mut found, &plan.expected, &records, keys);
    compare_devices(&mut found, plan, stage, supervisor, pdas).await?;
    Ok(found)
}

fn count_lost(
    found: &mut Found,
    log: &BTreeMap<Dot, ChangeRow>,
    records: &[RecordRow],
    pdas: &BTreeMap<String, Pda>,
) -> std::io::Result<()> {
    let renamed: BTreeMap<Dot, Dot> =
        log.iter().filter_map(|(dot, c)| c.was.map(|was| (was, *dot))).collect();
    let replaced: BTreeSet<Dot> =
        log.values().flat_map(|c| &c.writes).flat_map(|w| w.replaces.iter().copied()).collect();
    let live: BTreeSet<Dot> =
        records.iter().flat_map(|r| r.fields.values()).flatten().map(|v| v.dot).collect();
    for (name, pda) in pdas {
        for line in read_acked(&pda.dir)? {
            let Acked::Saved { no, dot, key, .. } = line else { continue };
            // After a fork the copy's change has another number; the original may exist under the old one, too.
            let candidates = [Some(&dot), renamed.get(&dot)];
            let held = candidates.into_iter().flatten().filter_map(|d| log.get(d).map(|c| (*d, c)));
            let safe = held.into_iter().any(|(dot, change)| {
                let quarantined = change.state != "merged";
                quarantined || change.writes.is_empty() || live.contains(&dot) || replaced.contains(&dot)
            });
            if !safe {
                found.lost += 1;
                found.complain(format!("{name}: save {no} of {key}, change {}.{}, is lost", dot.0, dot.1));
            }
        }
    }
    Ok(())
}

fn compare_fates(
    found: &mut Found,
    expected: &Expected,
    records: &[RecordRow],
    keys: &BTreeMap<String, String>,
) {
    let by_id: BTreeMap<&str, &RecordRow> = records.iter().map(|r| (r.record.as_str(), r)).collect();
    for (key, fate) in &expected.fates {
        let Some(record) = keys.get(key).and_then(|id| by_id.get(id.as_str())) else {
            found.surprises += 1;
            found.complain(format!("{key}: the record is not there"));
            continue;
        };
        let single = fate.fields.iter().map(|(name, value)| (name, std::slice::from_ref(value)));
        let several = fate.conflicts.iter().map(|(name, values)| (name, values.as_slice()));
        for (name, values) in single.chain(several) {
            let live = record.fields.get(name).map(Vec::as_slice).unwrap_or_default();
            if !same_set(values, live.iter().map(|v| &v.value)) {
                found.surprises += 1;
                found.complain(format!(
                    "{key}: field {name} has {} live values, planned {}",
                    live.len(),
                    values.len()
                ));
            }
        }
        if record.photos.len() != fate.photos.len() {
            found.surprises += 1;
            found.complain(format!("{key}: {} photos, planned {}", record.photos.len(), fate.photos.len()));
        }
    }
}

fn same_set<'a>(planned: &[Value], live: impl Iterator<Item = &'a Value>) -> bool {
    let text = |v: &Value| v.to_string();
    planned.iter().map(text).collect::<BTreeSet<_>>() == live.map(text).collect::<BTreeSet<_>>()
}

async fn compare_devices(
    found: &mut Found,
    plan: &Plan,
    stage: &Stage,
    supervisor: &Supervisor,
    pdas: &mut BTreeMap<String, Pda>,
) -> Result<(), Box<dyn Error>> {
    let server: BTreeMap<GridCode, (u64, u128)> =
        supervisor.grid_digests(stage).await?.into_iter().map(|d| (d.grid, (d.count, d.sum))).collect();
    for (name, pda) in pdas {
        let grids = plan
            .devices
            .iter()
            .find(|d| name.starts_with(&d.name))
            .map(|d| d.grids.clone())
            .unwrap_or_default();
        let Report::Digests { digests } = pda.order(&Order::Digests).await? else {
            found.converged = false;
            found.complain(format!("{name} does not say what it has"));
            continue;
        };
        let has: BTreeMap<GridCode, (u64, u128)> =
            digests.into_iter().map(|d| (d.grid, (d.count, d.sum))).collect();
        for grid in grids.into_iter().map(GridCode) {
            let (theirs, ours) = (has.get(&grid).copied(), server.get(&grid).copied());
            if theirs.unwrap_or_default() != ours.unwrap_or_default() {
                found.converged = false;
                found.complain(format!("{name}: grid {grid} differs from the server's"));
            }
        }
    }
    Ok(())
}
