//! Making a plan: three days of four rounds each, and the bookkeeping that they share.

use super::cast::{self, Device};
use super::ledger::{DeviceIx, Ledger, RecordIx};
use super::pairs::Pool;
use super::{Action, Answers, Create, Expected, Plan, PlannedFix, Quirk, Round, Step};
use crate::demo::city::{City, Layer, offset};
use crate::demo::people::People;
use crate::demo::photo::{Photo, Subject};
use crate::demo::random::Rng;
use chrono::{DateTime, Utc};
use gridweave_core::form::Catalog;
use gridweave_core::geo::Point;
use gridweave_core::time::CITY_OFFSET_MIN;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Fewest devices: one to be copied, one to be restored, one sound enough for bad changes.
pub const DEVICES_MIN: usize = 3;
/// Most devices: one for each community on the ground.
pub const DEVICES_MAX: usize = 12;
/// The city's zone.
pub const ZONE_MS: i64 = CITY_OFFSET_MIN as i64 * 60_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What a plan is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Any number.
    pub seed: u64,
    /// [`DEVICES_MIN`] to [`DEVICES_MAX`].
    pub devices: usize,
    /// Midnight of the first day in the city's zone, UTC milliseconds.
    pub start_ms: i64,
    /// How much of the city is collected, 20 to 100 percent of components and households.
    pub percent: usize,
}

impl Options {
    /// The whole city with twelve devices, from 2026-03-09.
    pub fn new(seed: u64) -> Options {
        Options { seed, devices: DEVICES_MAX, start_ms: 1_772_985_600_000, percent: 100 }
    }
}

/// What no plan can be made from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too few or too many devices.
    #[error("a demo has {DEVICES_MIN} to {DEVICES_MAX} devices, not {0}")]
    Devices(usize),
    /// Out of range.
    #[error("the demo collects 20 to 100 percent of the city, not {0}")]
    Percent(usize),
}

/// Makes the plan: the same for the same options, in well under a second.
pub fn make(city: &City, people: &People, options: &Options) -> Result<Plan, PlanError> {
    if !(DEVICES_MIN..=DEVICES_MAX).contains(&options.devices) {
        return Err(PlanError::Devices(options.devices));
    }
    if !(20..=100).contains(&options.percent) {
        return Err(PlanError::Percent(options.percent));
    }
    let mut maker = Maker::new(city, people, options);
    for no in (1..12).step_by(2) {
        maker.offline(no);
        maker.online(no + 1);
    }
    Ok(maker.finish())
}

/// A record as the planner knows it.
pub struct Record {
    pub key: String,
    pub record_type: &'static str,
    pub grid: String,
    /// Devices in whose scope it lies, a bit each.
    pub scope: u32,
    /// Where the thing is.
    pub at: Point,
    /// What stands on the sign in its photos.
    pub caption: String,
    pub subject: Subject,
    /// Who made it and in which life of its storage.
    pub by: (DeviceIx, u32),
    /// The online round in which it reaches the server.
    pub arrives: u32,
    pub deleted: Option<String>,
    pub deleted_but_edited: bool,
    pub photos: Vec<String>,
}

/// A record still to be made.
pub struct Thing {
    pub record_type: &'static str,
    /// Letter that its key begins with.
    pub letter: char,
    pub grid: String,
    pub at: Point,
    pub caption: String,
    pub subject: Subject,
    pub answers: Answers,
}

/// The state of planning.
pub struct Maker<'a> {
    pub city: &'a City,
    pub people: &'a People,
    pub options: Options,
    pub rng: Rng,
    pub devices: Vec<Device>,
    pub records: Vec<Record>,
    pub ledger: Ledger,
    /// Names of the record types that there are forms for: nothing else is collected.
    pub collected: BTreeSet<String>,
    /// Records of one entity, by the index of the person or, after them, of the organisation.
    pub entities: Vec<Vec<RecordIx>>,
    /// Records that something is planned for in this round.
    pub touched: BTreeSet<RecordIx>,
    /// What sets of devices know in this round.
    pub pools: BTreeMap<Vec<DeviceIx>, Rc<Pool>>,
    /// What happens in this round, in order.
    pub actions: Vec<Action>,
    pub expected: Expected,
    /// Numbers that are used once.
    pub serial: usize,
    rounds: Vec<Round>,
}

impl<'a> Maker<'a> {
    fn new(city: &'a City, people: &'a People, options: &Options) -> Maker<'a> {
        let mut rng = Rng::new(options.seed).fork("plan");
        let devices = cast::devices(city, options, &mut rng);
        let mut ledger = Ledger::default();
        devices.iter().for_each(|_| ledger.add_device());
        Maker {
            city,
            people,
            options: *options,
            rng,
            devices,
            records: Vec::new(),
            ledger,
            collected: Catalog::builtin().types.into_values().map(|t| t.name).collect(),
            entities: vec![Vec::new(); people.persons.len() + people.organisations.len()],
            touched: BTreeSet::new(),
            pools: BTreeMap::new(),
            actions: Vec::new(),
            expected: Expected::default(),
            serial: 0,
            rounds: Vec::new(),
        }
    }

    /// Devices at work, copies last.
    pub fn all(&self) -> std::ops::Range<DeviceIx> {
        0..self.devices.len()
    }

    /// Devices in whose scope a grid lies.
    pub fn owners(&self, grid: &str) -> Vec<DeviceIx> {
        self.all().filter(|&d| self.in_scope(d, grid)).collect()
    }

    /// Whether the grid is in the device's scope.
    pub fn in_scope(&self, device: DeviceIx, grid: &str) -> bool {
        self.devices[device].plan.grids.binary_search_by(|own| own.as_str().cmp(grid)).is_ok()
    }

    /// Whether the device can edit the record now: it made it, or has pulled it.
    pub fn knows(&self, device: DeviceIx, record: RecordIx) -> bool {
        let r = &self.records[record];
        let made = r.by == (device, self.ledger.life(device));
        r.deleted.is_none() && r.scope >> device & 1 == 1 && (made || r.arrives <= self.ledger.synced(device))
    }

    /// A number not used before.
    pub fn next_serial(&mut self) -> usize {
        self.serial += 1;
        self.serial
    }

    /// The device saves a new record in offline round `round`.
    pub fn create(&mut self, device: DeviceIx, thing: Thing, photo: bool, round: u32) -> RecordIx {
        let record = self.records.len();
        let key = format!("{}-{record:05}", thing.letter);
        for (field, value) in &thing.answers {
            self.ledger.write(device, record, field, value.clone(), round + 1);
        }
        let scope = self.owners(&thing.grid).into_iter().fold(0, |mask, d| mask | 1 << d);
        self.records.push(Record {
            key: key.clone(),
            scope,
            record_type: thing.record_type,
            grid: thing.grid.clone(),
            at: thing.at,
            caption: thing.caption,
            subject: thing.subject,
            by: (device, self.ledger.life(device)),
            arrives: round + 1,
            deleted: None,
            deleted_but_edited: false,
            photos: Vec::new(),
        });
        let photos = if photo { vec![self.photo(record)] } else { Vec::new() };
        let fix = self.fix(thing.at, &thing.grid);
        let device = self.devices[device].plan.name.clone();
        let record_type = thing.record_type.to_owned();
        let create =
            Create { device, key, record_type, grid: thing.grid, answers: thing.answers, fix, photos };
        self.actions.push(Action::Create(create));
        self.expected.changes += 1;
        record
    }

    /// The device edits one field in offline round `round`.
    pub fn edit(
        &mut self,
        device: DeviceIx,
        record: RecordIx,
        field: &str,
        value: serde_json::Value,
        round: u32,
    ) {
        self.touched.insert(record);
        self.ledger.write(device, record, field, value.clone(), round + 1);
        let r = &self.records[record];
        let (key, at, grid) = (r.key.clone(), r.at, r.grid.clone());
        let fix = self.fix(at, &grid);
        let device = self.devices[device].plan.name.clone();
        self.actions.push(Action::Edit { device, key, answers: [(field.to_owned(), value)].into(), fix });
        self.expected.changes += 1;
    }

    /// A photo of the record, counted; its time is set with the step's.
    pub fn photo(&mut self, record: RecordIx) -> Photo {
        let name = format!("photo-{:04}", self.expected.photos + 1);
        self.expected.photos += 1;
        let seed = self.rng.bits();
        let r = &mut self.records[record];
        r.photos.push(name.clone());
        let (lat_e7, lon_e7) = (r.at.lat_e7, r.at.lon_e7);
        Photo { name, seed, subject: r.subject, caption: r.caption.clone(), lat_e7, lon_e7, taken_ms: 0 }
    }

    /// A reading within some metres of a place, in the same grid.
    pub fn fix(&mut self, at: Point, grid: &str) -> PlannedFix {
        let rect = self.city.grid(grid).map(|g| g.rect);
        let (east, north) = (self.rng.between(-40, 40), self.rng.between(-40, 40));
        let near = offset(at, east as f64 / 10.0, north as f64 / 10.0);
        let point = if rect.is_some_and(|r| r.holds(near)) { near } else { at };
        PlannedFix {
            lat_e7: point.lat_e7,
            lon_e7: point.lon_e7,
            accuracy_dm: self.rng.between(25, 90) as u32,
        }
    }

    /// The day that a device believes in, as the worker writes it into the form.
    pub fn day_on(&self, device: DeviceIx, round: u32) -> String {
        let now = self.round_start_ms(round) + self.devices[device].plan.clock_offset_ms;
        DateTime::<Utc>::from_timestamp_millis(now + ZONE_MS)
            .unwrap_or_default()
            .format("%Y-%m-%d")
            .to_string()
    }

    /// The layer's grid at a place: what a PDA would choose.
    pub fn grid_at(&self, at: Point, layer: Layer) -> String {
        self.city.grid_at(at, layer).map(|grid| grid.code.clone()).unwrap_or_default()
    }

    /// The day of a round, from 1.
    fn day(round: u32) -> u32 {
        (round - 1) / 4 + 1
    }

    fn round_start_ms(&self, round: u32) -> i64 {
        let half_hours = [17, 23, 28, 35][((round - 1) % 4) as usize];
        self.options.start_ms + i64::from(Self::day(round) - 1) * DAY_MS + half_hours * HOUR_MS / 2
    }

    /// Closes the round: spreads each device's steps over its hours and sets the photos' times.
    pub fn close_round(&mut self, no: u32, online: bool) {
        let start = self.round_start_ms(no);
        let length = if online { 2 * HOUR_MS } else { 3 * HOUR_MS };
        let actions = std::mem::take(&mut self.actions);
        let count = |who: Option<&str>| actions.iter().filter(|a| a.device() == who).count() as i64;
        let names: BTreeSet<Option<&str>> = actions.iter().map(Action::device).collect();
        let mut done: BTreeMap<Option<String>, (i64, i64)> =
            names.into_iter().map(|who| (who.map(str::to_owned), (0, count(who)))).collect();
        let offsets: BTreeMap<String, i64> =
            self.devices.iter().map(|d| (d.plan.name.clone(), d.plan.clock_offset_ms)).collect();
        let mut steps = Vec::with_capacity(actions.len());
        for mut action in actions {
            let who = action.device().map(str::to_owned);
            let progress = done.entry(who.clone()).or_insert((0, 1));
            progress.0 += 1;
            let at_ms = start + progress.0 * length / (progress.1 + 1);
            if let Action::Create(Create { photos, .. }) | Action::Visit { photos, .. } = &mut action {
                let offset = who.and_then(|who| offsets.get(&who)).copied().unwrap_or(0);
                photos.iter_mut().for_each(|photo| photo.taken_ms = at_ms + offset);
            }
            steps.push(Step { at_ms, action });
        }
        self.rounds.push(Round { no, day: Self::day(no), online, steps });
        self.touched.clear();
        self.pools.clear();
    }

    fn finish(mut self) -> Plan {
        self.fill_expected();
        let devices = self.devices.into_iter().filter(|d| d.copy_of.is_none()).map(|d| d.plan).collect();
        Plan {
            seed: self.options.seed,
            start_ms: self.options.start_ms,
            devices,
            rounds: self.rounds,
            expected: self.expected,
        }
    }

    /// Index of the device with the quirk that `is` tells.
    pub fn with_quirk(&self, is: impl Fn(&Quirk) -> bool) -> Option<DeviceIx> {
        self.devices.iter().position(|d| d.copy_of.is_none() && is(&d.plan.quirk))
    }
}
