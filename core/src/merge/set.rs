//! A set of a record: its photos, or the repetitions of a group. An addition that a removal did not see survives it.

use crate::ids::Dot;
use crate::record::{SetEdit, SetItem};
use crdts::orswot::{Op, Orswot};
use crdts::{CmRDT, CvRDT, VClock};
use std::collections::{BTreeMap, BTreeSet};

/// A set with its additions known by dot.
#[derive(Debug, Clone, Default)]
pub struct ItemSet {
    items: Orswot<SetItem, u32>,
    /// Removals of additions that have not come yet. Kept here because the crate's own list of them cannot be read.
    early: BTreeSet<(SetItem, Dot)>,
}

impl ItemSet {
    /// The items in it with the additions that hold them, in order.
    pub fn entries(&self) -> BTreeMap<SetItem, Vec<Dot>> {
        let dots = |clock: VClock<u32>| clock.dots.into_iter().map(|(rid, seq)| Dot::new(rid, seq)).collect();
        self.items.iter().map(|read| (*read.val, dots(read.rm_clock))).collect()
    }

    /// The items in it, in order.
    pub fn items(&self) -> Vec<SetItem> {
        self.entries().into_keys().collect()
    }

    /// Takes in one change's edit. All its additions are one operation: two with the same dot would lose the second.
    pub(super) fn edit(&mut self, dot: Dot, edit: &SetEdit) {
        for (item, dots) in &edit.removes {
            self.early.extend(dots.iter().map(|d| (*item, *d)));
        }
        if !edit.adds.is_empty() {
            let dot = crdts::Dot::new(dot.rid.0, dot.seq.0);
            self.items.apply(Op::Add { dot, members: edit.adds.clone() });
        }
        self.remove_early();
    }

    pub(super) fn merge(&mut self, other: ItemSet) {
        self.items.merge(other.items);
        self.early.extend(other.early);
        self.remove_early();
    }

    /// Carries out the removals whose additions are known by now.
    fn remove_early(&mut self) {
        let clock = self.items.clock();
        let known: Vec<_> =
            self.early.iter().filter(|(_, d)| clock.get(&d.rid.0) >= d.seq.0).copied().collect();
        for (item, dot) in known {
            self.early.remove(&(item, dot));
            let clock = VClock::from(crdts::Dot::new(dot.rid.0, dot.seq.0));
            self.items.apply(Op::Rm { clock, members: vec![item] });
        }
    }

    pub(super) fn clock(&self) -> Vec<Dot> {
        self.items.clock().dots.into_iter().map(|(rid, seq)| Dot::new(rid, seq)).collect()
    }

    pub(super) fn early(&self) -> &BTreeSet<(SetItem, Dot)> {
        &self.early
    }

    /// Builds the set again from its parts, as [`ItemSet::entries`], `clock` and `early` gave them.
    pub(super) fn from_parts(
        entries: &BTreeMap<SetItem, Vec<Dot>>,
        clock: &[Dot],
        early: BTreeSet<(SetItem, Dot)>,
    ) -> ItemSet {
        let mut by_dot: BTreeMap<Dot, Vec<SetItem>> = BTreeMap::new();
        for (item, dots) in entries {
            dots.iter().for_each(|dot| by_dot.entry(*dot).or_default().push(*item));
        }
        for dot in clock {
            by_dot.entry(*dot).or_default();
        }
        let mut items = Orswot::default();
        for (dot, members) in by_dot {
            items.apply(Op::Add { dot: crdts::Dot::new(dot.rid.0, dot.seq.0), members });
        }
        ItemSet { items, early }
    }
}
