//! Two workers, one record, no network: edits of the same field and of different fields in one offline round.

use super::answers;
use super::ledger::{DeviceIx, RecordIx};
use super::make::Maker;
use std::rc::Rc;

/// Records that some devices all know.
pub struct Pool {
    all: Vec<RecordIx>,
    /// Those about people, shops and troubles: there are fewer of them, and they are what is argued about.
    people: Vec<RecordIx>,
}

impl Maker<'_> {
    /// Plans what devices that share grids do to the same records without knowing.
    pub fn edit_together(&mut self, round: u32) {
        for (a, b) in self.neighbours() {
            for _ in 0..self.rng.between(1, 2) {
                self.conflict(a, b, round);
            }
            self.agree(a, b, round);
            for _ in 0..self.rng.between(1, 2) {
                self.pass_by(a, b, round);
            }
        }
        if let Some((device, copy)) = self.copied() {
            // All three who know the grid: the device, its copy and a neighbour.
            let third = self.all().find(|&d| d != device && d != copy && self.share_grids(d, device));
            if let Some(third) = third {
                self.conflict_of(&[device, copy, third], round);
            }
        }
    }

    /// Pairs of devices that share a grid, a device and its copy among them.
    pub fn neighbours(&self) -> Vec<(DeviceIx, DeviceIx)> {
        let pairs = self.all().flat_map(|a| (a + 1..self.devices.len()).map(move |b| (a, b)));
        pairs.filter(|&(a, b)| self.share_grids(a, b)).collect()
    }

    fn share_grids(&self, a: DeviceIx, b: DeviceIx) -> bool {
        self.devices[a].household_grids.iter().any(|grid| self.devices[b].household_grids.contains(grid))
    }

    /// The device that was copied, and its copy.
    fn copied(&self) -> Option<(DeviceIx, DeviceIx)> {
        self.devices.iter().enumerate().find_map(|(copy, device)| device.copy_of.map(|of| (of, copy)))
    }

    /// The same field, different values: both stay until somebody settles.
    fn conflict(&mut self, a: DeviceIx, b: DeviceIx, round: u32) {
        self.conflict_of(&[a, b], round);
    }

    fn conflict_of(&mut self, devices: &[DeviceIx], round: u32) {
        let Some((record, field)) = self.quiet_field(devices, round, |_| true) else { return };
        for &device in devices {
            let serial = self.next_serial();
            let value = answers::fresh(field, serial, &mut self.rng);
            self.edit(device, record, field, value, round);
        }
    }

    /// The same field, the same value: no conflict.
    fn agree(&mut self, a: DeviceIx, b: DeviceIx, round: u32) {
        let Some((record, field)) = self.quiet_field(&[a, b], round, |_| true) else { return };
        let serial = self.next_serial();
        let value = answers::fresh(field, serial, &mut self.rng);
        self.edit(a, record, field, value.clone(), round);
        self.edit(b, record, field, value, round);
    }

    /// Different fields of one record: no conflict.
    fn pass_by(&mut self, a: DeviceIx, b: DeviceIx, round: u32) {
        let Some((record, field)) = self.quiet_field(&[a, b], round, |_| true) else { return };
        let others = answers::editable(self.records[record].record_type).iter().copied();
        let Some(other) = others.filter(|f| *f != field).find(|f| self.is_quiet(&[a, b], record, f, round))
        else {
            return;
        };
        for (device, field) in [(a, field), (b, other)] {
            let serial = self.next_serial();
            let value = answers::fresh(field, serial, &mut self.rng);
            self.edit(device, record, field, value, round);
        }
    }

    /// A record of a wanted type that all the devices know and nobody touches in this round, and an editable field of
    /// it that has at most one value, the same for all of them and the server.
    pub fn quiet_field(
        &mut self,
        devices: &[DeviceIx],
        round: u32,
        wanted: impl Fn(&str) -> bool,
    ) -> Option<(RecordIx, &'static str)> {
        let pool = self.pool(devices);
        for _ in 0..120 {
            let from = if self.rng.percent(75) && !pool.people.is_empty() { &pool.people } else { &pool.all };
            if from.is_empty() {
                return None;
            }
            let record = *self.rng.pick(from);
            let record_type = self.records[record].record_type;
            let dead = self.records[record].deleted.is_some();
            if dead || self.touched.contains(&record) || !wanted(record_type) {
                continue;
            }
            let field = *self.rng.pick(answers::editable(record_type));
            if self.is_quiet(devices, record, field, round) {
                return Some((record, field));
            }
        }
        None
    }

    /// What all the devices know, worked out once a round, after the things of the round are found.
    fn pool(&mut self, devices: &[DeviceIx]) -> Rc<Pool> {
        if let Some(pool) = self.pools.get(devices) {
            return Rc::clone(pool);
        }
        let known = |&record: &RecordIx| devices.iter().all(|&device| self.knows(device, record));
        let all: Vec<RecordIx> = (0..self.records.len()).filter(known).collect();
        let of_people = |r: &RecordIx| !matches!(self.records[*r].record_type, "component" | "building");
        let people = all.iter().copied().filter(of_people).collect();
        let pool = Rc::new(Pool { all, people });
        self.pools.insert(devices.to_vec(), Rc::clone(&pool));
        pool
    }

    /// Whether the field has one value or none, and the devices show what the server has.
    pub fn is_quiet(&self, devices: &[DeviceIx], record: RecordIx, field: &str, round: u32) -> bool {
        let mine = self.ledger.on_device(devices[0], record, field);
        let fresh = self.records[record].arrives > round;
        mine.len() <= 1
            && (fresh || self.ledger.on_server(record, field, round - 1) == mine)
            && devices.iter().all(|&device| self.ledger.on_device(device, record, field) == mine)
    }
}
