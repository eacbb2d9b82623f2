//! A record as merged: what all changes that were taken in leave live.

use super::{ItemSet, MergeError, Register, Sibling};
use crate::geo::Fix;
use crate::ids::{Dot, FieldKey, FieldNo, PersonNo, RecordId, Rid, Seq};
use crate::record::{Change, ChangeKind, TypeRef, system};
use crate::time::{Hlc, UtcMs};
use crate::value::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Who, when and where of a change that still has something live here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Who saved.
    pub author: PersonNo,
    /// For the order of display.
    pub hlc: Hlc,
    /// The device's wall clock, right or wrong.
    pub wall_ms: UtcMs,
    /// What was meant.
    pub kind: ChangeKind,
    /// Where the device was.
    pub fix: Option<Fix>,
}

/// Whether a change had any effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was new.
    New,
    /// This state had it already, or a later one of its replica.
    Already,
}

/// One record, merged.
#[derive(Debug, Clone)]
pub struct RecordState {
    /// Which record.
    pub record: RecordId,
    /// Its type, with the highest version that wrote to it.
    pub record_type: TypeRef,
    pub(super) seen: BTreeMap<Rid, Seq>,
    pub(super) registers: BTreeMap<FieldKey, Register>,
    pub(super) sets: BTreeMap<FieldNo, ItemSet>,
    pub(super) stamps: BTreeMap<Dot, Stamp>,
}

impl RecordState {
    /// A record that nothing has been said of yet.
    pub fn new(record: RecordId, record_type: TypeRef) -> RecordState {
        let (seen, registers, sets, stamps) = Default::default();
        RecordState { record, record_type, seen, registers, sets, stamps }
    }

    /// Takes in one change of replica `rid`. A replica's changes must come in its own order; one that comes late has
    /// no effect.
    pub fn apply(&mut self, rid: Rid, change: &Change) -> Result<Applied, MergeError> {
        if change.record != self.record || change.record_type.no != self.record_type.no {
            return Err(MergeError::OtherRecord);
        }
        if self.has_seen(change.dot(rid)) {
            return Ok(Applied::Already);
        }
        let dot = change.dot(rid);
        for write in &change.writes {
            let sibling = Sibling { dot, value: write.value.clone() };
            self.registers.entry(write.field).or_default().write(sibling, &write.replaces)?;
        }
        for edit in &change.sets {
            self.sets.entry(edit.field).or_default().edit(dot, edit);
        }
        self.seen.insert(rid, change.seq);
        self.record_type = self.record_type.max(change.record_type);
        let Change { author, hlc, wall_ms, kind, fix, .. } = *change;
        self.stamps.insert(dot, Stamp { author, hlc, wall_ms, kind, fix });
        self.drop_dead_stamps();
        Ok(Applied::New)
    }

    /// Takes in another state of the same record.
    pub fn merge(&mut self, other: RecordState) -> Result<(), MergeError> {
        if other.record != self.record || other.record_type.no != self.record_type.no {
            return Err(MergeError::OtherRecord);
        }
        for (field, register) in &other.registers {
            self.registers.entry(*field).or_default().merge(register)?;
        }
        for (field, set) in other.sets {
            self.sets.entry(field).or_default().merge(set);
        }
        for (rid, seq) in other.seen {
            let ours = self.seen.entry(rid).or_default();
            *ours = seq.max(*ours);
        }
        self.record_type = self.record_type.max(other.record_type);
        self.stamps.extend(other.stamps);
        self.drop_dead_stamps();
        Ok(())
    }

    /// Whether this change, or a later one of its replica, is in here.
    pub fn has_seen(&self, dot: Dot) -> bool {
        self.seen.get(&dot.rid).is_some_and(|seq| *seq >= dot.seq)
    }

    /// All registers ever written.
    pub fn registers(&self) -> &BTreeMap<FieldKey, Register> {
        &self.registers
    }

    /// One register, if it was ever written.
    pub fn register(&self, no: FieldNo) -> Option<&Register> {
        self.registers.get(&FieldKey::plain(no))
    }

    /// Whether it is alive: dead only while all live values of `life` agree on a reason.
    pub fn is_alive(&self) -> bool {
        let life = self.register(system::LIFE).and_then(Register::agreed);
        !matches!(life, Some(Value::Code(code)) if code.code != system::ALIVE)
    }

    /// All sets ever edited.
    pub fn sets(&self) -> &BTreeMap<FieldNo, ItemSet> {
        &self.sets
    }

    /// Who wrote a live value, when and where.
    pub fn stamp(&self, dot: Dot) -> Option<&Stamp> {
        self.stamps.get(&dot)
    }

    /// Who wrote what is live, when and where; the last visit is among them.
    pub fn stamps(&self) -> &BTreeMap<Dot, Stamp> {
        &self.stamps
    }

    /// Registers with more than one distinct live value.
    pub fn conflicts(&self) -> Vec<FieldKey> {
        self.registers.iter().filter(|(_, r)| r.in_conflict()).map(|(field, _)| *field).collect()
    }

    /// The value to show where only one fits: of several live ones the latest by the stamps' order, with its dot.
    /// Showing one decides nothing; the others stay.
    pub fn shown(&self, field: FieldKey) -> Option<Sibling> {
        let order = |s: &Sibling| (self.stamps.get(&s.dot).map(|stamp| stamp.hlc), s.dot);
        self.registers.get(&field)?.live().iter().max_by_key(|s| order(s)).cloned()
    }

    /// What the digest of a grid sums up, modulo 2¹²⁸: for each register and set, SHA-256 of record id, field and
    /// sorted live dots, its first 16 bytes. No clocks, no encodings: two sides agree exactly when the same is live.
    pub fn digest(&self) -> u128 {
        let mut sum = 0u128;
        for (field, register) in &self.registers {
            let dots = register.live().iter().map(|s| s.dot);
            sum = sum.wrapping_add(self.digest_part(field, dots));
        }
        for (field, set) in &self.sets {
            let mut dots: Vec<Dot> = set.entries().into_values().flatten().collect();
            dots.sort();
            sum = sum.wrapping_add(self.digest_part(&FieldKey::plain(*field), dots.into_iter()));
        }
        sum
    }

    fn digest_part(&self, key: &FieldKey, dots: impl Iterator<Item = Dot>) -> u128 {
        let mut bytes = Vec::with_capacity(38);
        bytes.extend(self.record.0);
        bytes.extend(key.no.0.to_be_bytes());
        bytes.extend(key.instance.map_or(0, |i| i.0).to_be_bytes());
        for dot in dots {
            bytes.extend(dot.rid.0.to_be_bytes());
            bytes.extend(dot.seq.0.to_be_bytes());
        }
        let hash: [u8; 16] = Sha256::digest(&bytes)[..16].try_into().expect("a SHA-256 has 32 bytes");
        u128::from_be_bytes(hash)
    }

    fn drop_dead_stamps(&mut self) {
        if self.stamps.len() < 2 {
            return; // The last one stays, whatever is live.
        }
        let mut live: Vec<Dot> =
            self.registers.values().flat_map(|register| register.live()).map(|s| s.dot).collect();
        live.extend(self.sets.values().flat_map(|set| set.entries().into_values().flatten()));
        // The stamp of the last visit stays too: a visit may write nothing.
        let last = self.stamps.iter().max_by_key(|(dot, stamp)| (stamp.hlc, **dot)).map(|(dot, _)| *dot);
        live.extend(last);
        live.sort();
        self.stamps.retain(|dot, _| live.binary_search(dot).is_ok());
    }
}
