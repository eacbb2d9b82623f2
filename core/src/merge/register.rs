//! One field of one record: every value that no change has replaced.

use super::MergeError;
use crate::ids::{Dot, Rid, Seq};
use crate::value::Value;
use crdts::mvreg::Op;
use crdts::{CmRDT, MVReg, ResetRemove, VClock};

/// One live value and the change that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// The change that wrote it.
    pub dot: Dot,
    /// What it says.
    pub value: Value,
}

/// A register: usually one value, several when changes that did not know of each other wrote it.
///
/// `MVReg` holds the live values, each under the clock of its own dot alone. What was replaced is remembered in one
/// clock for the whole register, so a value that comes after its replacement is known to be dead. One clock is enough
/// because a replica's later write replaces its earlier ones.
#[derive(Debug, Clone, Default)]
pub struct Register {
    values: MVReg<Sibling, u32>,
    /// What `values` holds, in the order of the dots. The crate's own reading copies every value and clock, and
    /// registers are read far more often than written.
    live: Vec<Sibling>,
    seen: VClock<u32>,
}

impl Register {
    /// The live values, in the order of their dots. They may be equal; see [`Register::in_conflict`].
    pub fn live(&self) -> &[Sibling] {
        &self.live
    }

    /// The same as values to keep.
    pub fn siblings(&self) -> Vec<Sibling> {
        self.live.clone()
    }

    /// The dots to name when all that is shown is to be replaced.
    pub fn dots(&self) -> Vec<Dot> {
        self.live.iter().map(|s| s.dot).collect()
    }

    /// More than one distinct live value.
    pub fn in_conflict(&self) -> bool {
        self.live.windows(2).any(|pair| pair[0].value != pair[1].value)
    }

    /// The single value that all agree on, if they do.
    pub fn agreed(&self) -> Option<Value> {
        let last = self.live.last()?;
        (!self.in_conflict()).then(|| last.value.clone())
    }

    /// Takes in one write. It may come before a write that it replaces, or after one that replaces it.
    pub(super) fn write(&mut self, new: Sibling, replaces: &[Dot]) -> Result<(), MergeError> {
        if !replaces.is_empty() {
            let replaced: VClock<u32> = replaces.iter().map(clock_dot).collect();
            self.take_out(&replaced);
            crdts::CvRDT::merge(&mut self.seen, replaced);
        }
        if !self.has_seen(new.dot) {
            self.add(new);
            return Ok(());
        }
        match self.live.iter().find(|s| s.dot == new.dot) {
            Some(twin) if twin.value != new.value => Err(MergeError::Equivocation(new.dot)),
            _ => Ok(()),
        }
    }

    /// Takes in another state of this register: a value stays if both have it or if the side without it never saw it.
    pub(super) fn merge(&mut self, other: &Register) -> Result<(), MergeError> {
        let mut dead = Vec::new();
        for ours in &self.live {
            match other.live.iter().find(|s| s.dot == ours.dot) {
                Some(twin) if twin.value != ours.value => return Err(MergeError::Equivocation(ours.dot)),
                None if other.has_seen(ours.dot) => dead.push(clock_dot(&ours.dot)),
                _ => {}
            }
        }
        dead.into_iter().for_each(|dot| self.take_out(&dot.into()));
        for new in &other.live {
            if !self.has_seen(new.dot) {
                self.add(new.clone());
            }
        }
        crdts::CvRDT::merge(&mut self.seen, other.seen.clone());
        Ok(())
    }

    /// Everything written or replaced here: the highest sequence number of each replica.
    pub(super) fn seen(&self) -> impl Iterator<Item = Dot> {
        self.seen.dots.iter().map(|(rid, seq)| Dot { rid: Rid(*rid), seq: Seq(*seq) })
    }

    /// Builds the register again from its parts.
    pub(super) fn from_parts(siblings: Vec<Sibling>, seen: &[Dot]) -> Register {
        let mut register = Register::default();
        siblings.into_iter().for_each(|s| register.add(s));
        crdts::CvRDT::merge(&mut register.seen, seen.iter().map(clock_dot).collect());
        register
    }

    /// Whether this write, or a later one of its replica here, was taken in or replaced.
    pub fn has_seen(&self, dot: Dot) -> bool {
        self.seen.get(&dot.rid.0) >= dot.seq.0
    }

    fn add(&mut self, new: Sibling) {
        let dot = clock_dot(&new.dot);
        self.seen.apply(dot);
        let first = self.live.is_empty();
        self.values.apply(Op::Put { clock: dot.into(), val: new.clone() });
        if first {
            self.live.push(new);
        } else {
            self.read_live();
        }
    }

    fn take_out(&mut self, dots: &VClock<u32>) {
        if !self.live.is_empty() {
            self.values.reset_remove(dots);
            self.read_live();
        }
    }

    fn read_live(&mut self) {
        self.live = self.values.read().val;
        self.live.sort_by_key(|s| s.dot);
    }
}

fn clock_dot(dot: &Dot) -> crdts::Dot<u32> {
    crdts::Dot::new(dot.rid.0, dot.seq.0)
}
