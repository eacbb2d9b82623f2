//! Who knew which value: the reference that says what must come out.
//!
//! A write is live in the end unless another write was made by someone who had seen it. That is all that causality
//! means for one field, and this file is nothing more: every write is kept with the round in which it reached the
//! server, and a device has seen what had reached the server at its last sync and what it wrote itself since.

use serde_json::Value;
use std::collections::BTreeMap;

/// Index of a device in the cast.
pub type DeviceIx = usize;
/// Index of a record in the plan.
pub type RecordIx = usize;

/// One value written to one field.
#[derive(Debug, Clone)]
struct Write {
    value: Value,
    /// Who wrote, and in which life of its storage; `None` is the supervisor.
    by: Option<(DeviceIx, u32)>,
    /// The online round in which it reaches the server.
    arrives: u32,
    /// Online rounds in which writes reach the server that had seen this one.
    replaced: Vec<u32>,
    /// Writers that have replaced it in their own view, each with its life.
    replaced_by: Vec<Option<(DeviceIx, u32)>>,
}

/// How far one device's storage has come.
#[derive(Debug, Clone, Copy)]
struct Storage {
    /// Raised when the storage is set back: what it wrote before is no longer its own memory.
    life: u32,
    /// The online round of its last sync; 0 before the first.
    synced: u32,
    /// `synced` of the backup set aside.
    backup: u32,
}

/// All writes of the plan.
#[derive(Debug, Default)]
pub struct Ledger {
    writes: BTreeMap<(RecordIx, String), Vec<Write>>,
    storages: Vec<Storage>,
}

impl Ledger {
    /// A device with empty storage.
    pub fn add_device(&mut self) {
        self.storages.push(Storage { life: 0, synced: 0, backup: 0 });
    }

    /// A new device with the storage of another.
    pub fn copy_device(&mut self, of: DeviceIx) {
        let storage = Storage { life: 0, ..self.storages[of] };
        self.storages.push(storage);
    }

    /// Sets the device's storage aside.
    pub fn backup(&mut self, device: DeviceIx) {
        self.storages[device].backup = self.storages[device].synced;
    }

    /// Sets the device back to the storage set aside.
    pub fn restore(&mut self, device: DeviceIx) {
        let storage = &mut self.storages[device];
        *storage = Storage { life: storage.life + 1, synced: storage.backup, ..*storage };
    }

    /// Everybody has synced in online round `round`.
    pub fn all_synced(&mut self, round: u32) {
        self.storages.iter_mut().for_each(|storage| storage.synced = round);
    }

    /// The online round that the device's storage knows the server's state of.
    pub fn synced(&self, device: DeviceIx) -> u32 {
        self.storages[device].synced
    }

    /// The life of the device's storage.
    pub fn life(&self, device: DeviceIx) -> u32 {
        self.storages[device].life
    }

    /// The device writes in the offline round before online round `arrives`.
    pub fn write(&mut self, device: DeviceIx, record: RecordIx, field: &str, value: Value, arrives: u32) {
        let Storage { life, synced, .. } = self.storages[device];
        let by = (device, life);
        let writes = self.writes.entry((record, field.to_owned())).or_default();
        for seen in writes.iter_mut().filter(|w| w.by == Some(by) || w.arrives <= synced) {
            seen.replaced.push(arrives);
            seen.replaced_by.push(Some(by));
        }
        writes.push(Write { value, by: Some(by), arrives, replaced: Vec::new(), replaced_by: Vec::new() });
    }

    /// The supervisor, who sees all that has reached the server, writes in online round `round`.
    pub fn settle(&mut self, record: RecordIx, field: &str, value: Value, round: u32) {
        let writes = self.writes.entry((record, field.to_owned())).or_default();
        for seen in writes.iter_mut().filter(|w| w.arrives <= round) {
            seen.replaced.push(round);
            seen.replaced_by.push(None);
        }
        writes.push(Write { value, by: None, arrives: round, replaced: Vec::new(), replaced_by: Vec::new() });
    }

    /// Distinct live values of a field on the server after online round `round`.
    pub fn on_server(&self, record: RecordIx, field: &str, round: u32) -> Vec<Value> {
        let writes = self.writes.get(&(record, field.to_owned()));
        let live = |w: &&Write| w.arrives <= round && !w.replaced.iter().any(|by| *by <= round);
        distinct(writes.into_iter().flatten().filter(live))
    }

    /// Distinct live values of a field as the device shows them now.
    pub fn on_device(&self, device: DeviceIx, record: RecordIx, field: &str) -> Vec<Value> {
        let Storage { life, synced, .. } = self.storages[device];
        let writes = self.writes.get(&(record, field.to_owned()));
        let seen = |w: &&Write| w.by == Some((device, life)) || w.arrives <= synced;
        let replaced = |w: &Write| {
            w.replaced.iter().any(|by| *by <= synced) || w.replaced_by.contains(&Some((device, life)))
        };
        distinct(writes.into_iter().flatten().filter(|w| seen(w) && !replaced(w)))
    }

    /// Fields with several distinct live values on the server after online round `round`.
    pub fn conflicts(&self, round: u32) -> Vec<(RecordIx, String, Vec<Value>)> {
        let several = self.writes.iter().filter(|(_, writes)| writes.len() > 1);
        let values = several
            .map(|((record, field), _)| (*record, field.clone(), self.on_server(*record, field, round)));
        values.filter(|(_, _, values)| values.len() > 1).collect()
    }

    /// Every field ever written with its distinct values that are live in the end, by record and field.
    pub fn outcome(&self) -> impl Iterator<Item = (RecordIx, &str, Vec<Value>)> {
        let live = |writes: &Vec<Write>| distinct(writes.iter().filter(|w| w.replaced.is_empty()));
        self.writes.iter().map(move |((record, field), writes)| (*record, field.as_str(), live(writes)))
    }
}

fn distinct<'a>(writes: impl Iterator<Item = &'a Write>) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for write in writes {
        if !values.contains(&write.value) {
            values.push(write.value.clone());
        }
    }
    values.sort_by_key(Value::to_string);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_devices() -> Ledger {
        let mut ledger = Ledger::default();
        ledger.add_device();
        ledger.add_device();
        ledger.write(0, 0, "phone", "1".into(), 2);
        ledger.all_synced(2);
        ledger
    }

    #[test]
    fn different_values_of_one_round_both_stay_and_equal_ones_are_one() {
        let mut ledger = two_devices();
        ledger.write(0, 0, "phone", "a".into(), 4);
        ledger.write(1, 0, "phone", "b".into(), 4);
        ledger.write(0, 0, "name", "n".into(), 4);
        ledger.write(1, 0, "name", "n".into(), 4);
        assert_eq!(ledger.on_device(0, 0, "phone"), ["a"]);
        assert_eq!(ledger.on_server(0, "phone", 2), ["1"]);
        ledger.all_synced(4);
        assert_eq!(ledger.on_device(0, 0, "phone"), ["a", "b"]);
        assert_eq!(ledger.on_server(0, "name", 4), ["n"]);
    }

    #[test]
    fn a_later_write_and_a_supervisor_replace_what_they_saw() {
        let mut ledger = two_devices();
        ledger.write(1, 0, "phone", "a".into(), 4);
        ledger.write(1, 0, "phone", "b".into(), 4);
        assert_eq!(ledger.on_device(1, 0, "phone"), ["b"]);
        ledger.write(0, 0, "phone", "c".into(), 4);
        ledger.all_synced(4);
        ledger.settle(0, "phone", "b".into(), 4);
        assert_eq!(ledger.on_server(0, "phone", 4), ["b"]);
        let outcome: Vec<_> = ledger.outcome().collect();
        assert_eq!(outcome, [(0, "phone", vec!["b".into()])]);
    }

    #[test]
    fn a_restored_device_has_forgotten_what_it_wrote_since() {
        let mut ledger = two_devices();
        ledger.backup(0);
        ledger.write(0, 0, "phone", "2".into(), 4);
        ledger.all_synced(4);
        ledger.restore(0);
        assert_eq!(ledger.on_device(0, 0, "phone"), ["1"]);
        ledger.write(0, 0, "phone", "3".into(), 6);
        ledger.all_synced(6);
        assert_eq!(ledger.on_server(0, "phone", 6), ["2", "3"]);
    }

    #[test]
    fn two_copies_of_one_storage_write_side_by_side() {
        let mut ledger = two_devices();
        ledger.copy_device(0);
        ledger.write(0, 0, "phone", "a".into(), 4);
        ledger.write(2, 0, "phone", "b".into(), 4);
        ledger.all_synced(4);
        assert_eq!(ledger.on_device(1, 0, "phone"), ["a", "b"]);
    }
}
