//! Who takes part: PDAs with their grids, clocks and quirks.
//!
//! Each worker has one community and the first household grid of the next one, whose worker has it too: what lies in
//! such a grid is known to both.

use super::ledger::DeviceIx;
use super::make::Options;
use super::{DevicePlan, Quirk};
use crate::demo::city::{City, Layer};
use crate::demo::people;
use crate::demo::random::Rng;

/// Minute, hour and year in milliseconds; the clocks' leaps need no leap years.
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// 2099-01-01 UTC.
const YEAR_2099_MS: i64 = 4_070_908_800_000;

/// A device of the plan.
#[derive(Debug, Clone)]
pub struct Device {
    /// As the plan tells it.
    pub plan: DevicePlan,
    /// Its household grids without the land grids.
    pub household_grids: Vec<String>,
    /// For a copy: the device it was copied from.
    pub copy_of: Option<DeviceIx>,
}

/// The devices before any is copied.
pub fn devices(city: &City, options: &Options, rng: &mut Rng) -> Vec<Device> {
    let communities: Vec<&str> = city.communities().take(options.devices).map(|c| c.code.as_str()).collect();
    let mut order: Vec<DeviceIx> = (0..communities.len()).collect();
    rng.shuffle(&mut order);
    let device = |index: DeviceIx| {
        let next = communities[(index + 1) % communities.len()];
        let own = household_grids(city, communities[index]);
        let household_grids: Vec<String> = own.chain(household_grids(city, next).take(1)).collect();
        let mut grids: Vec<String> = household_grids.clone();
        grids.extend(household_grids.iter().flat_map(|g| city.land_grids_of(g)).map(str::to_owned));
        grids.sort();
        let name = format!("pda-{:02}", index + 1);
        let place = order.iter().position(|&of| of == index).unwrap_or(0);
        let (quirk, clock_offset_ms) = quirk(place, &name, options.start_ms, rng);
        let person = people::name(rng);
        let plan = DevicePlan { name, person, grids, clock_offset_ms, quirk };
        Device { plan, household_grids, copy_of: None }
    };
    (0..communities.len()).map(device).collect()
}

fn household_grids<'a>(city: &'a City, community: &'a str) -> impl Iterator<Item = String> {
    let within = move |g: &&crate::demo::city::Grid| g.layer == Layer::Household && g.community == community;
    city.grids.iter().filter(within).map(|g| g.code.clone())
}

/// Quirks go to the first in a random order: three devices are enough for a copied one, a restored one and a clock
/// in 1970.
fn quirk(place: usize, name: &str, start_ms: i64, rng: &mut Rng) -> (Quirk, i64) {
    let slip = rng.between(-20, 20) * 1_000;
    match place {
        0 => (Quirk::Cloned { copy: format!("{name}-copy") }, 37 * MINUTE_MS),
        1 => (Quirk::Restored, -3 * HOUR_MS + slip),
        2 => (Quirk::Clock1970, -start_ms),
        3 => (Quirk::Clock2099, YEAR_2099_MS - start_ms),
        4 => (Quirk::None, 26 * HOUR_MS),
        5 => (Quirk::None, -8 * HOUR_MS),
        _ => (Quirk::None, slip),
    }
}
