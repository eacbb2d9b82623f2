//! New records: the city as it is found, spread over the rounds, and the same person or shop found twice.

use super::answers;
use super::ledger::DeviceIx;
use super::make::{Maker, Thing};
use crate::demo::city::Layer;
use crate::demo::people::codes::{Typing, typed};
use crate::demo::photo::Subject;
use gridweave_core::geo::Point;

/// Ways in which the second worker types a citizen's number.
const PERSON_WAYS: [Typing; 4] = [Typing::FullWidth, Typing::Old15, Typing::Old15Spaced, Typing::LowerCase];
/// Ways for a credit code.
const ORGANISATION_WAYS: [Typing; 2] = [Typing::FullWidth, Typing::LowerCase];
/// Offline rounds, and the share of residents first met in each, in percent.
const SHARES: [(u32, usize); 6] = [(1, 58), (3, 16), (5, 10), (7, 8), (9, 5), (11, 3)];

impl Maker<'_> {
    /// Everything found for the first time in an offline round.
    pub fn find_things(&mut self, round: u32) {
        if round == 1 {
            self.find_buildings();
            self.find_components();
        }
        self.find_households(round);
        self.find_organisations(round);
        self.find_troubles(round);
    }

    fn find_buildings(&mut self) {
        if !self.collected.contains("building") {
            return;
        }
        for b in &self.city.buildings {
            let Some(device) = self.finder(&b.land_grid) else { continue };
            let thing = Thing {
                record_type: "building",
                letter: 'b',
                grid: b.land_grid.clone(),
                at: b.at,
                caption: b.code.clone(),
                subject: Subject::Building,
                answers: answers::building(b),
            };
            let photo = self.rng.percent(3);
            self.create(device, thing, photo, 1);
        }
    }

    fn find_components(&mut self) {
        if !self.collected.contains("component") {
            return;
        }
        for c in &self.city.components {
            if !self.taken_in() {
                continue;
            }
            let Some(device) = self.finder(&c.land_grid) else { continue };
            let subject = match &*c.class {
                "0402" => Subject::Tree,
                "0118" | "0117" | "0210" | "0136" | "0203" | "0204" => Subject::Post,
                _ => Subject::Box,
            };
            let photo = self.rng.percent(1);
            let damaged = photo && self.rng.percent(50);
            let thing = Thing {
                record_type: "component",
                letter: 'c',
                grid: c.land_grid.clone(),
                at: c.at,
                caption: c.code.clone(),
                subject,
                answers: answers::component(c, damaged, &mut self.rng),
            };
            self.create(device, thing, photo, 1);
        }
    }

    fn find_households(&mut self, round: u32) {
        for index in 0..self.people.households.len() {
            if !self.met_in(index, "household", round) {
                continue;
            }
            let people = self.people;
            let household = &people.households[index];
            let building = &self.city.buildings[household.building];
            let grid = building.household_grid.clone();
            let Some(device) = self.finder(&grid) else { continue };
            let thing = |record_type, letter, answers| Thing {
                record_type,
                letter,
                grid: grid.clone(),
                at: building.at,
                caption: household.dwelling_code.clone(),
                subject: Subject::Building,
                answers,
            };
            if self.collected.contains("dwelling") {
                self.create(
                    device,
                    thing("dwelling", 'd', answers::dwelling(household, self.city, people)),
                    false,
                    round,
                );
            }
            if self.collected.contains("household") {
                self.create(
                    device,
                    thing("household", 'h', answers::household(household, people)),
                    false,
                    round,
                );
            }
            for person in household.members.clone() {
                let p = &people.persons[person];
                let record = self.create(
                    device,
                    thing(
                        "person",
                        'p',
                        answers::person(p, people, p.citizen_id.clone(), &household.address),
                    ),
                    false,
                    round,
                );
                self.entities[person].push(record);
                // At the same door, in the same hours, without a network: the other worker of this grid.
                let unknowing = self.owners(&grid).into_iter().find(|&d| d != device);
                if let Some(other) = unknowing.filter(|_| self.rng.percent(10) || self.none_linked()) {
                    self.person_again(person, other, building.at, &household.address, round);
                }
            }
        }
        if round > 1 {
            self.find_the_moved(round);
        }
    }

    fn find_organisations(&mut self, round: u32) {
        if !self.collected.contains("organisation") {
            return;
        }
        for index in 0..self.people.organisations.len() {
            let people = self.people;
            let o = &people.organisations[index];
            let address = &self.city.addresses[o.address];
            let grid = address.household_grid.clone();
            if !self.met_in(index, "organisation", round) {
                continue;
            }
            let Some(device) = self.finder(&grid) else { continue };
            let thing = |code: String| Thing {
                record_type: "organisation",
                letter: 'o',
                grid: grid.clone(),
                at: address.at,
                caption: o.credit_code.clone(),
                subject: Subject::Building,
                answers: answers::organisation(o, self.city, people, code),
            };
            let (first, way) = (thing(o.credit_code.clone()), *self.rng.pick(&ORGANISATION_WAYS));
            let again = thing(typed(&o.credit_code, way));
            let entity = people.persons.len() + index;
            let record = self.create(device, first, false, round);
            self.entities[entity].push(record);
            let unknowing = self.owners(&grid).into_iter().find(|&d| d != device);
            if let Some(other) = unknowing.filter(|_| self.rng.percent(8)) {
                let record = self.create(other, again, false, round);
                self.entities[entity].push(record);
            }
        }
    }

    /// Hazards, the first of each device with a photo, disputes, and calls where nobody was met.
    fn find_troubles(&mut self, round: u32) {
        for device in self.all() {
            self.find_trouble(device, "hazard", true, round);
            for (record_type, percent) in [("hazard", 50), ("dispute", 60), ("visit", 60)] {
                if self.rng.percent(percent) {
                    self.find_trouble(device, record_type, false, round);
                }
            }
        }
    }

    fn find_trouble(&mut self, device: DeviceIx, record_type: &'static str, photo: bool, round: u32) {
        if !self.collected.contains(record_type) {
            return;
        }
        let (at, address) = self.place_of(device);
        let day = self.day_on(device, round);
        let (letter, layer, subject, answers) = match record_type {
            "hazard" => ('z', Layer::Land, Subject::Hazard, answers::hazard(&address, &day, &mut self.rng)),
            "dispute" => {
                ('m', Layer::Household, Subject::Building, answers::dispute(&address, &day, &mut self.rng))
            }
            _ => ('v', Layer::Household, Subject::Building, answers::visit(&address, &day, &mut self.rng)),
        };
        let (grid, caption) = (self.grid_at(at, layer), format!("DEMO{}", self.records.len()));
        self.create(device, Thing { record_type, letter, grid, at, caption, subject, answers }, photo, round);
    }

    /// People whom another worker, in whose grids they are not recorded, finds at a new address.
    fn find_the_moved(&mut self, round: u32) {
        for device in self.all() {
            let persons: Vec<usize> = (0..self.people.persons.len())
                .filter(|&p| self.entities[p].len() == 1)
                .filter(|&p| self.records[self.entities[p][0]].scope >> device & 1 == 0)
                .collect();
            if persons.is_empty() || !(self.rng.percent(70) || self.none_linked()) {
                continue;
            }
            let person = *self.rng.pick(&persons);
            let (at, address) = self.place_of(device);
            self.person_again(person, device, at, &address, round);
        }
    }

    fn person_again(&mut self, person: usize, device: DeviceIx, at: Point, address: &str, round: u32) {
        let p = &self.people.persons[person];
        let way = *self.rng.pick(&PERSON_WAYS);
        let thing = Thing {
            record_type: "person",
            letter: 'p',
            grid: self.grid_at(at, Layer::Household),
            at,
            caption: String::new(),
            subject: Subject::Building,
            answers: answers::person(p, self.people, typed(&p.citizen_id, way), address),
        };
        let record = self.create(device, thing, false, round);
        self.entities[person].push(record);
    }

    /// A building in the device's scope: its place and address. Every community has buildings.
    pub fn place_of(&mut self, device: DeviceIx) -> (Point, String) {
        let grids = &self.devices[device].household_grids;
        let near: Vec<_> = self.city.buildings.iter().filter(|b| grids.contains(&b.household_grid)).collect();
        let building = *self.rng.pick(&near);
        (building.at, building.address.clone())
    }

    /// The worker who comes first to a grid; none where nobody works.
    fn finder(&mut self, grid: &str) -> Option<DeviceIx> {
        let owners = self.owners(grid);
        if owners.is_empty() { None } else { Some(*self.rng.pick(&owners)) }
    }

    fn taken_in(&mut self) -> bool {
        self.options.percent >= 100 || self.rng.percent(self.options.percent)
    }

    /// Whether a household or organisation is first met in this round: a draw of its own, the same in every round.
    fn met_in(&self, index: usize, kind: &str, round: u32) -> bool {
        let mut draw = crate::demo::random::Rng::new(self.options.seed).fork(&format!("{kind} {index}"));
        let taken_in = draw.percent(self.options.percent);
        let mut at = draw.below(100);
        for (in_round, share) in SHARES {
            if at < share {
                return taken_in && in_round == round;
            }
            at -= share;
        }
        false
    }

    /// Whether nobody has been found twice yet.
    fn none_linked(&self) -> bool {
        self.entities.iter().all(|records| records.len() < 2)
    }
}
