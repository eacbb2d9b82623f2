//! `gridweave demo`: makes the plan, plays it with real processes, and holds the outcome against it.

use super::child::Pda;
use super::city::City;
use super::fault_proxy::FaultProfile;
use super::orders::{NumberedStep, Order, Report, Synced};
use super::people::People;
use super::people_api::Supervisor;
use super::plan::{self, Action, Options, Plan, Round};
use super::stage::{self, Stage};
use super::verify::{self, Found};
use super::{sabotage, show};
use crate::cli::DemoCityArgs;
use chrono::NaiveDate;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio::task::JoinSet;

/// Most passes of "all sync" until nobody has anything to say.
const PASSES_MAX: usize = 60;

/// The demo.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Run once in a temporary directory, check the outcome, and end.
    #[arg(long)]
    pub once: bool,
    /// Print one JSON object as the last line.
    #[arg(long)]
    pub json: bool,
    /// What the plan is made from.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many PDAs, 3 to 12.
    #[arg(long, default_value_t = plan::DEVICES_MAX)]
    pub devices: usize,
    /// The first of the three days, as `2026-03-09`; without it the last of them was yesterday.
    #[arg(long)]
    pub first_day: Option<NaiveDate>,
    /// Damage the server's data behind its back before checking: the check must notice.
    #[arg(long)]
    pub sabotage: Option<sabotage::Sabotage>,
    /// Keep everything in this directory instead of a temporary one.
    #[arg(long)]
    pub keep: Option<PathBuf>,
    #[command(flatten)]
    city: DemoCityArgs,
}

/// Runs `gridweave demo`.
pub fn demo(args: &DemoArgs) -> Result<(), Box<dyn Error>> {
    if !args.once {
        return super::serve::serve_city(&args.city);
    }
    let temporary;
    let dir = match &args.keep {
        Some(dir) => dir.clone(),
        None => {
            temporary = tempfile::Builder::new().prefix("gridweave-demo-").tempdir()?;
            temporary.path().to_path_buf()
        }
    };
    let start_ms = midnight_ms(args.first_day.unwrap_or_else(three_days_ago));
    let options = Options { devices: args.devices, start_ms, ..Options::new(args.seed) };
    let outcome = crate::serve::runtime()?.block_on(play(&dir, &options, args.sabotage, args.json))?;
    outcome.print(args.json);
    if outcome.holds() { Ok(()) } else { Err("the outcome is not what the plan says".into()) }
}

/// So the three days end before now: nothing in the city is stamped with an hour that has not come.
pub(super) fn three_days_ago() -> NaiveDate {
    let now = chrono::Utc::now() + chrono::TimeDelta::milliseconds(plan::ZONE_MS);
    now.date_naive() - chrono::Days::new(3)
}

pub(super) fn midnight_ms(day: NaiveDate) -> i64 {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() - plan::ZONE_MS
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    pub(super) plan: Plan,
    pub(super) found: Found,
    pub(super) faults: u64,
    pub(super) restarts: usize,
    pub(super) wall_s: f64,
}

pub(super) async fn play(
    dir: &Path,
    options: &Options,
    sabotage: Option<sabotage::Sabotage>,
    quiet: bool,
) -> Result<Outcome, Box<dyn Error>> {
    let started = Instant::now();
    let city = City::load();
    let people = People::invent(&city, options.seed);
    let plan = plan::make(&city, &people, options)?;
    std::fs::create_dir_all(dir)?;
    std::fs::write(dir.join("plan.json"), serde_json::to_vec(&plan)?)?;
    let data = dir.join("server");
    let mut codes = BTreeMap::new();
    let stage = Stage::start(options.seed, FaultProfile::default(), async |url: &str| {
        codes = stage::make_city(&data, &city, &plan, url).await?;
        Ok(data.clone())
    })
    .await?;
    let mut fleet = Fleet {
        dir,
        plan: &plan,
        stage: &stage,
        supervisor: Supervisor::sign_in(&stage).await?,
        pdas: plan.devices.iter().map(|d| (d.name.clone(), Pda::new(&d.name, dir))).collect(),
        keys: BTreeMap::new(),
        unconfirmed: BTreeSet::new(),
    };
    fleet.enrol(&codes).await?;
    let bar = show::progress(&plan, quiet);
    let mut no = 0;
    for round in &plan.rounds {
        fleet.round(round, no).await?;
        no += round.steps.len();
        bar.inc(1);
        bar.set_message(show::round(round));
    }
    if let Some(sabotage) = sabotage {
        sabotage::commit(sabotage, &data)?;
    }
    let Fleet { supervisor, mut pdas, keys, .. } = fleet;
    let found = verify::verify(&plan, &stage, &supervisor, &mut pdas, &keys).await?;
    bar.finish_and_clear();
    let mut restarts = stage.restarts().await;
    for pda in pdas.values_mut() {
        restarts += pda.restarts;
        pda.stop().await;
    }
    let faults = stage.faults().total();
    stage.stop().await;
    Ok(Outcome { plan, found, faults, restarts, wall_s: started.elapsed().as_secs_f64() })
}

struct Fleet<'a> {
    dir: &'a Path,
    plan: &'a Plan,
    stage: &'a Stage,
    supervisor: Supervisor,
    pdas: BTreeMap<String, Pda>,
    /// Record ids by the plan's keys.
    keys: BTreeMap<String, String>,
    /// Devices that the server holds.
    unconfirmed: BTreeSet<String>,
}

impl Fleet<'_> {
    async fn enrol(&mut self, codes: &BTreeMap<String, String>) -> Result<(), Box<dyn Error>> {
        let orders =
            codes.iter().map(|(name, code)| (name.clone(), Order::Enrol { code: code.clone() })).collect();
        self.all(orders).await.map(drop)
    }

    async fn round(&mut self, round: &Round, first_no: usize) -> Result<(), Box<dyn Error>> {
        self.stage.set_offline(!round.online);
        if !round.online {
            return self.offline(round, first_no).await;
        }
        let now_ms = round.steps.first().map_or(self.plan.start_ms, |s| s.at_ms);
        self.sync_until_quiet(now_ms).await?;
        if round.steps.iter().any(|s| matches!(s.action, Action::ConfirmFork { .. })) {
            self.confirm_forks().await?;
            self.sync_until_quiet(now_ms).await?;
        }
        for step in &round.steps {
            if let Action::Settle { key, field, value } = &step.action {
                let id = self.keys.get(key).ok_or("a settlement of a record that nobody made")?;
                let record = self.supervisor.record(self.stage, id).await?;
                let seen: Vec<_> = record.fields.get(field).into_iter().flatten().map(|v| v.dot).collect();
                self.supervisor.settle(self.stage, id, field, value, &seen).await?;
            }
        }
        self.sync_until_quiet(now_ms).await
    }

    async fn offline(&mut self, round: &Round, first_no: usize) -> Result<(), Box<dyn Error>> {
        let mut orders: BTreeMap<String, Vec<NumberedStep>> = BTreeMap::new();
        for (no, step) in (first_no..).zip(&round.steps) {
            match &step.action {
                Action::Backup { device } => self.backup(device).await?,
                Action::Restore { device } => self.restore(device).await?,
                Action::Clone { device, copy } => self.copy(device, copy).await?,
                action => {
                    let Some(device) = action.device() else { continue };
                    let record = match action {
                        Action::Edit { key, .. } | Action::Visit { key, .. } | Action::Delete { key, .. } => {
                            self.keys.get(key).cloned()
                        }
                        _ => None,
                    };
                    let clock_offset_ms = self.clock_offset(device);
                    let step = NumberedStep { no, clock_offset_ms, record, step: step.clone() };
                    orders.entry(device.to_owned()).or_default().push(step);
                }
            }
        }
        // Records made in this round are edited in it, too, by their own device: it knows those itself.
        let orders = orders.into_iter().map(|(name, steps)| (name, Order::Steps { steps })).collect();
        for (_, report) in self.all(orders).await? {
            if let Report::Done { records } = report {
                self.keys.extend(records);
            }
        }
        Ok(())
    }

    fn clock_offset(&self, device: &str) -> i64 {
        self.plan.devices.iter().find(|d| device.starts_with(&d.name)).map_or(0, |d| d.clock_offset_ms)
    }

    async fn sync_until_quiet(&mut self, now_ms: i64) -> Result<(), Box<dyn Error>> {
        let mut last_error = None;
        for _ in 0..PASSES_MAX {
            let orders = self.pdas.keys().map(|name| (name.clone(), Order::Sync { now_ms })).collect();
            let mut all_quiet = true;
            self.unconfirmed.clear();
            for (name, report) in self.all(orders).await? {
                let Report::Synced(Synced { quiet, unconfirmed, error }) = report else { continue };
                all_quiet &= quiet || unconfirmed;
                if unconfirmed {
                    self.unconfirmed.insert(name.clone());
                }
                last_error = error.map(|e| format!("{name}: {e}")).or(last_error);
            }
            if all_quiet {
                return Ok(());
            }
        }
        Err(format!("the devices do not come to rest; last: {}", last_error.unwrap_or_default()).into())
    }

    async fn confirm_forks(&mut self) -> Result<(), Box<dyn Error>> {
        for replica in self.supervisor.replicas(self.stage).await? {
            if replica.state == "unconfirmed" {
                self.supervisor.confirm(self.stage, replica.rid).await?;
            }
        }
        Ok(())
    }

    /// Gives each device its order, all at once, and waits for all answers.
    async fn all(
        &mut self,
        orders: BTreeMap<String, Order>,
    ) -> Result<BTreeMap<String, Report>, Box<dyn Error>> {
        let mut waiting = JoinSet::new();
        for (name, order) in orders {
            let Some(mut pda) = self.pdas.remove(&name) else { continue };
            waiting.spawn(async move {
                let report = pda.order(&order).await;
                (name, pda, report)
            });
        }
        let mut reports = BTreeMap::new();
        let mut failed = None;
        while let Some(joined) = waiting.join_next().await {
            let (name, pda, report) = joined?;
            self.pdas.insert(name.clone(), pda);
            match report? {
                Report::Failed { why } => failed = Some(format!("{name}: {why}")),
                report => drop(reports.insert(name, report)),
            }
        }
        failed.map_or(Ok(reports), |why| Err(why.into()))
    }

    async fn stopped(&mut self, device: &str) -> Result<PathBuf, Box<dyn Error>> {
        let pda = self.pdas.get_mut(device).ok_or("the plan names a device that is not there")?;
        pda.stop().await;
        Ok(pda.dir.clone())
    }

    async fn backup(&mut self, device: &str) -> Result<(), Box<dyn Error>> {
        let from = self.stopped(device).await?;
        Ok(copy_dir(&from, &self.dir.join(format!("{device}.backup")))?)
    }

    async fn restore(&mut self, device: &str) -> Result<(), Box<dyn Error>> {
        let to = self.stopped(device).await?;
        std::fs::remove_dir_all(&to)?;
        Ok(copy_dir(&self.dir.join(format!("{device}.backup")), &to)?)
    }

    async fn copy(&mut self, device: &str, copy: &str) -> Result<(), Box<dyn Error>> {
        let from = self.stopped(device).await?;
        let pda = Pda::new(copy, self.dir);
        copy_dir(&from, &pda.dir)?;
        self.pdas.insert(copy.to_owned(), pda);
        Ok(())
    }
}

fn copy_dir(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
