//! Which records are of one entity: connected by a shared identity key or by a link, whatever the way round.

use crate::ids::RecordId;
use std::collections::{BTreeMap, BTreeSet};

/// What a supervisor said of two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// They are of one entity.
    Same(RecordId, RecordId),
    /// They are not, whatever code they share.
    NotSame(RecordId, RecordId),
}

/// The records of one entity, in order; the first names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grouped {
    /// At least one record.
    pub records: Vec<RecordId>,
    /// Pairs inside it that a supervisor said are not the same, yet others connect them.
    pub contested: Vec<(RecordId, RecordId)>,
}

impl Grouped {
    /// The entity's id: its smallest record id.
    pub fn id(&self) -> Option<RecordId> {
        self.records.first().copied()
    }
}

/// Groups records. `keys` names every record with each key it owns, and records without any key once with `None`.
/// Records connect through a key that they share, unless a `NotSame` link parts that very pair; through a `Same` link in
/// any case.
pub fn group<K: Ord + Clone>(keys: &[(RecordId, Option<K>)], links: &[Link]) -> Vec<Grouped> {
    let parted: BTreeSet<(RecordId, RecordId)> = links
        .iter()
        .filter_map(|link| match link {
            Link::NotSame(a, b) => Some(pair(*a, *b)),
            Link::Same(..) => None,
        })
        .collect();
    let mut forest = Forest::default();
    let mut of_key: BTreeMap<&K, Vec<RecordId>> = BTreeMap::new();
    for (record, key) in keys {
        forest.add(*record);
        if let Some(key) = key {
            of_key.entry(key).or_default().push(*record);
        }
    }
    for members in of_key.values() {
        if parted.is_empty() {
            members.windows(2).for_each(|two| forest.join(two[0], two[1]));
            continue;
        }
        // With parted pairs in it, every other pair of the key still connects.
        for (i, a) in members.iter().enumerate() {
            for b in &members[i + 1..] {
                if !parted.contains(&pair(*a, *b)) {
                    forest.join(*a, *b);
                }
            }
        }
    }
    for link in links {
        if let Link::Same(a, b) = link
            && forest.knows(*a)
            && forest.knows(*b)
        {
            forest.join(*a, *b);
        }
    }
    let mut groups: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    for record in forest.records() {
        groups.entry(forest.root(record)).or_default().push(record);
    }
    let whole = |records: Vec<RecordId>| {
        let inside = |(a, b): &&(RecordId, RecordId)| {
            records.binary_search(a).is_ok() && records.binary_search(b).is_ok()
        };
        let contested = parted.iter().filter(inside).copied().collect();
        Grouped { records, contested }
    };
    groups.into_values().map(whole).collect()
}

fn pair(a: RecordId, b: RecordId) -> (RecordId, RecordId) {
    (a.min(b), a.max(b))
}

/// Union-find whose roots are the smallest members, so that the answer does not depend on the order of joining.
#[derive(Default)]
struct Forest(BTreeMap<RecordId, RecordId>);

impl Forest {
    fn add(&mut self, record: RecordId) {
        self.0.entry(record).or_insert(record);
    }

    fn knows(&self, record: RecordId) -> bool {
        self.0.contains_key(&record)
    }

    fn records(&self) -> Vec<RecordId> {
        self.0.keys().copied().collect()
    }

    fn root(&mut self, record: RecordId) -> RecordId {
        let mut at = record;
        while let Some(up) = self.0.get(&at).copied().filter(|up| *up != at) {
            // Halves the way for the next who asks.
            let above = self.0.get(&up).copied().unwrap_or(up);
            self.0.insert(at, above);
            at = above;
        }
        at
    }

    fn join(&mut self, a: RecordId, b: RecordId) {
        let (a, b) = (self.root(a), self.root(b));
        self.0.insert(a.max(b), a.min(b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn r(n: u8) -> RecordId {
        RecordId([n; 16])
    }

    fn sets(keys: &[(RecordId, Option<u8>)], links: &[Link]) -> Vec<Vec<u8>> {
        let groups = group(keys, links);
        groups.into_iter().map(|g| g.records.iter().map(|r| r.0[0]).collect()).collect()
    }

    #[test]
    fn records_connect_through_several_keys_and_through_others() {
        // 1 and 2 share a passport, 2 and 3 an ID number; 4 has neither.
        let keys = [(r(1), Some(7)), (r(2), Some(7)), (r(2), Some(8)), (r(3), Some(8)), (r(4), None)];
        assert_eq!(sets(&keys, &[]), [vec![1, 2, 3], vec![4]]);
    }

    #[test]
    fn links_join_and_part() {
        let keys = [(r(1), Some(7)), (r(2), Some(7)), (r(3), None)];
        assert_eq!(sets(&keys, &[Link::NotSame(r(2), r(1))]), [vec![1], vec![2], vec![3]]);
        assert_eq!(sets(&keys, &[Link::Same(r(3), r(2))]), [vec![1, 2, 3]]);
        assert_eq!(
            sets(&keys, &[Link::Same(r(3), r(9))]),
            [vec![1, 2], vec![3]],
            "a link to nothing joins nothing"
        );
    }

    #[test]
    fn a_parted_pair_that_others_connect_is_contested() {
        let keys = [(r(1), Some(7)), (r(2), Some(7)), (r(3), Some(7))];
        let groups = group(&keys, &[Link::NotSame(r(1), r(2))]);
        assert_eq!((groups.len(), groups[0].contested.clone()), (1, vec![(r(1), r(2))]));
        assert_eq!(groups[0].id(), Some(r(1)));
    }

    proptest! {
        #[test]
        fn the_groups_do_not_depend_on_the_order(
            pairs in proptest::collection::vec((0u8..12, 0u8..8), 0..30),
            turn in 0usize..30,
        ) {
            let keys: Vec<_> = pairs.iter().map(|(n, key)| (r(*n), Some(*key))).collect();
            let mut turned = keys.clone();
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
            }
            prop_assert_eq!(group(&keys, &[]), group(&turned, &[]));
        }

        #[test]
        fn two_records_are_together_exactly_when_a_chain_of_shared_keys_leads_there(
            pairs in proptest::collection::vec((0u8..8, 0u8..6), 1..16),
        ) {
            let keys: Vec<_> = pairs.iter().map(|(n, key)| (r(*n), Some(*key))).collect();
            let groups = group(&keys, &[]);
            // The plainest model: spread from one record until nothing more is reached.
            let start = pairs[0].0;
            let mut reached = BTreeSet::from([start]);
            loop {
                let known: BTreeSet<u8> = pairs.iter().filter(|p| reached.contains(&p.0)).map(|p| p.1).collect();
                let more: BTreeSet<u8> = pairs.iter().filter(|p| known.contains(&p.1)).map(|p| p.0).collect();
                if more.is_subset(&reached) {
                    break;
                }
                reached.extend(more);
            }
            let mine = groups.iter().find(|g| g.records.contains(&r(start))).unwrap();
            let expected: Vec<RecordId> = reached.into_iter().map(r).collect();
            prop_assert_eq!(&mine.records, &expected);
        }
    }
}
