//! The rounds: what happens besides finding things, and how the outcome is counted.

use super::answers;
use super::cast::Device;
use super::expected::ExpectedRecord;
use super::ledger::DeviceIx;
use super::make::Maker;
use super::{Action, Bad, BadKind, DevicePlan, Quirk};
use crate::demo::city::Layer;
use serde_json::json;

/// Offline rounds at whose start a device is set aside and copied, and one is set back.
const CLONE_ROUND: u32 = 5;
const BACKUP_ROUND: u32 = 5;
const RESTORE_ROUND: u32 = 9;

impl Maker<'_> {
    /// An offline round.
    pub fn offline(&mut self, no: u32) {
        self.break_devices(no);
        self.find_things(no);
        if no > 1 {
            self.edit_together(no);
            self.edit_alone(no);
            self.visit();
        }
        if no >= 5 {
            self.delete(no);
        }
        if (5..=9).contains(&no) {
            self.misbehave(no);
        }
        self.close_round(no, false);
    }

    /// An online round: everything reaches the server, forks are admitted, conflicts settled. The last round settles
    /// nothing, so that some are left to look at.
    pub fn online(&mut self, no: u32) {
        if no == CLONE_ROUND + 1 {
            self.confirm(|quirk| matches!(quirk, Quirk::Cloned { .. }));
        }
        if no == RESTORE_ROUND + 1 {
            self.confirm(|quirk| *quirk == Quirk::Restored);
        }
        if (4..12).contains(&no) {
            self.settle(no);
        }
        self.ledger.all_synced(no);
        self.close_round(no, true);
    }

    fn break_devices(&mut self, no: u32) {
        let cloned = self.with_quirk(|quirk| matches!(quirk, Quirk::Cloned { .. }));
        let restored = self.with_quirk(|quirk| *quirk == Quirk::Restored);
        if let (BACKUP_ROUND, Some(device)) = (no, restored) {
            self.ledger.backup(device);
            self.actions.push(Action::Backup { device: self.devices[device].plan.name.clone() });
        }
        if let (CLONE_ROUND, Some(of)) = (no, cloned) {
            self.clone_device(of);
        }
        if let (RESTORE_ROUND, Some(device)) = (no, restored) {
            self.ledger.restore(device);
            self.actions.push(Action::Restore { device: self.devices[device].plan.name.clone() });
        }
    }

    fn clone_device(&mut self, of: DeviceIx) {
        let Quirk::Cloned { copy } = self.devices[of].plan.quirk.clone() else { return };
        self.actions.push(Action::Clone { device: self.devices[of].plan.name.clone(), copy: copy.clone() });
        let original = &self.devices[of];
        let plan = DevicePlan { name: copy, quirk: Quirk::None, ..original.plan.clone() };
        let household_grids = original.household_grids.clone();
        self.devices.push(Device { plan, household_grids, copy_of: Some(of) });
        self.ledger.copy_device(of);
        let copy = self.devices.len() - 1;
        self.records.iter_mut().for_each(|r| r.scope |= (r.scope >> of & 1) << copy);
    }

    fn confirm(&mut self, is: impl Fn(&Quirk) -> bool) {
        if let Some(device) = self.with_quirk(is) {
            self.actions.push(Action::ConfirmFork { device: self.devices[device].plan.name.clone() });
            self.expected.forks += 1;
        }
    }

    /// Edits that nobody else interferes with, one of them on a record made minutes before.
    fn edit_alone(&mut self, no: u32) {
        for device in self.all() {
            for _ in 0..self.rng.between(4, 7) {
                let Some((record, field)) = self.quiet_field(&[device], no, |_| true) else { continue };
                let serial = self.next_serial();
                let value = answers::fresh(field, serial, &mut self.rng);
                self.edit(device, record, field, value, no);
            }
            let by = (device, self.ledger.life(device));
            let new = (0..self.records.len()).rev().find(|r| {
                self.records[*r].by == by && self.records[*r].arrives > no && !self.touched.contains(r)
            });
            if let Some(record) = new {
                let field = answers::editable(self.records[record].record_type)[0];
                for _ in 0..2 {
                    let serial = self.next_serial();
                    let value = answers::fresh(field, serial, &mut self.rng);
                    self.edit(device, record, field, value, no);
                }
            }
        }
    }

    /// Confirmations at the spot, some with a photo.
    fn visit(&mut self) {
        for device in self.all() {
            let known: Vec<usize> =
                (0..self.records.len()).filter(|&record| self.knows(device, record)).collect();
            for _ in 0..self.rng.between(2, 5) {
                let record = *self.rng.pick(&known);
                let (key, at, grid) = {
                    let r = &self.records[record];
                    (r.key.clone(), r.at, r.grid.clone())
                };
                // A resident is not photographed.
                let photo = self.rng.percent(8) && self.records[record].record_type != "person";
                let photos = if photo { vec![self.photo(record)] } else { Vec::new() };
                let fix = self.fix(at, &grid);
                let device = self.devices[device].plan.name.clone();
                self.actions.push(Action::Visit { device, key, fix, photos });
                self.expected.changes += 1;
                self.touched.insert(record);
            }
        }
    }

    /// Things that are gone, one of which another worker edits in the same hours.
    fn delete(&mut self, no: u32) {
        for device in self.all() {
            if self.rng.percent(50) {
                self.delete_by(&[device], no);
            }
        }
        let pairs = self.neighbours();
        let (gone, edited) = *self.rng.pick(&pairs);
        if let Some((record, field)) = self.delete_by(&[gone, edited], no) {
            let serial = self.next_serial();
            let value = answers::fresh(field, serial, &mut self.rng);
            self.edit(edited, record, field, value, no);
            self.records[record].deleted_but_edited = true;
        }
    }

    /// The first of the devices deletes something that all of them know and nobody argues about.
    fn delete_by(&mut self, devices: &[DeviceIx], no: u32) -> Option<(usize, &'static str)> {
        for _ in 0..20 {
            let removable = |record_type: &str| matches!(record_type, "component" | "hazard" | "dispute");
            let (record, field) = self.quiet_field(devices, no, removable)?;
            let record_type = self.records[record].record_type;
            if !answers::editable(record_type).iter().all(|f| self.is_quiet(devices, record, f, no)) {
                continue;
            }
            let reason = if record_type == "component" { "removed" } else { "resolved" };
            self.touched.insert(record);
            self.records[record].deleted = Some(reason.into());
            let (device, key) =
                (self.devices[devices[0]].plan.name.clone(), self.records[record].key.clone());
            self.actions.push(Action::Delete { device, key, reason: reason.into() });
            self.expected.changes += 1;
            return Some((record, field));
        }
        None
    }

    /// One change of each bad kind, from devices whose logs are in order.
    fn misbehave(&mut self, no: u32) {
        let sound: Vec<DeviceIx> = self
            .all()
            .filter(|&d| self.devices[d].copy_of.is_none())
            .filter(|&d| !matches!(self.devices[d].plan.quirk, Quirk::Cloned { .. } | Quirk::Restored))
            .collect();
        for kind in [BadKind::OutOfScope, BadKind::WrongType, BadKind::Oversized] {
            let device = *self.rng.pick(&sound);
            let (at, address) = self.place_of(device);
            let own = self.grid_at(at, Layer::Land);
            let day = self.day_on(device, no);
            let mut answers = answers::hazard(&address, &day, &mut self.rng);
            let (grid, field) = match kind {
                BadKind::OutOfScope => (self.foreign_grid(device), ""),
                BadKind::WrongType => (own.clone(), "found_on"),
                BadKind::Oversized => (own.clone(), "description"),
            };
            if kind == BadKind::WrongType {
                answers.insert(field.into(), json!("前天下午"));
            }
            let fix = self.fix(at, &own);
            self.expected.quarantined += 1;
            *self.expected.quarantined_by_kind.entry(kind).or_default() += 1;
            self.actions.push(Action::Bad(Bad {
                device: self.devices[device].plan.name.clone(),
                key: format!("bad-{:03}", self.expected.quarantined),
                kind,
                record_type: "hazard".into(),
                grid,
                answers,
                fix,
                field: field.into(),
            }));
        }
    }

    /// A land grid outside of the device's scope: no scope holds more than four of the 36 household grids.
    fn foreign_grid(&mut self, device: DeviceIx) -> String {
        let foreign =
            |g: &&crate::demo::city::Grid| g.layer == Layer::Land && !self.in_scope(device, &g.code);
        let codes: Vec<String> = self.city.grids.iter().filter(foreign).map(|g| g.code.clone()).collect();
        self.rng.pick(&codes).clone()
    }

    /// The supervisor settles about half of the open conflicts, at least one.
    fn settle(&mut self, no: u32) {
        let open = self.ledger.conflicts(no);
        for (nth, (record, field, values)) in open.into_iter().enumerate() {
            if nth > 0 && !self.rng.percent(55) {
                continue;
            }
            let value = self.rng.pick(&values).clone();
            self.ledger.settle(record, &field, value.clone(), no);
            let key = self.records[record].key.clone();
            self.actions.push(Action::Settle { key, field, value });
            self.expected.settled += 1;
        }
    }

    /// Counts the outcome.
    pub fn fill_expected(&mut self) {
        let mut fates: Vec<ExpectedRecord> = self
            .records
            .iter()
            .map(|r| ExpectedRecord {
                record_type: r.record_type.into(),
                grid: r.grid.clone(),
                deleted: r.deleted.clone(),
                photos: r.photos.clone(),
                ..ExpectedRecord::default()
            })
            .collect();
        for (record, field, mut values) in self.ledger.outcome() {
            if values.len() > 1 {
                fates[record].conflicts.insert(field.into(), values);
                self.expected.conflicts += 1;
            } else if let Some(value) = values.pop() {
                fates[record].fields.insert(field.into(), value);
            }
        }
        let keys = |records: &Vec<usize>| records.iter().map(|&r| self.records[r].key.clone()).collect();
        self.expected.entities = self.entities.iter().filter(|records| records.len() > 1).map(keys).collect();
        self.expected.linked = self.expected.entities.len();
        self.expected.records = self.records.len();
        self.expected.deleted = self.records.iter().filter(|r| r.deleted.is_some()).count();
        let kept = self.records.iter().filter(|r| r.deleted_but_edited);
        self.expected.deleted_but_edited = kept.map(|r| r.key.clone()).collect();
        let named = self.records.iter().zip(fates).map(|(r, fate)| (r.key.clone(), fate));
        self.expected.fates = named.collect();
    }
}
