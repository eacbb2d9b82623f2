//! The laws of merging, by name, against a reference model that states the rule in the plainest way.

use super::{Applied, MergeError, RecordState};
use crate::ids::{Dot, FieldKey, FieldNo, Instance, PersonNo, RecordId, Rid, Seq, TypeNo};
use crate::record::{Change, ChangeKind, SetEdit, SetItem, TypeRef, Write};
use crate::time::Hlc;
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};

const RECORD: RecordId = RecordId([7; 16]);
const TYPE: TypeRef = TypeRef { no: TypeNo(8), version: 1 };
const FIELDS: [FieldKey; 2] =
    [FieldKey::plain(FieldNo(16)), FieldKey { no: FieldNo(17), instance: Some(Instance(5)) }];
const SET: FieldNo = FieldNo(4);

/// SplitMix64: small, seeded, the same everywhere.
struct Dice(u64);
impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }
}

/// What all changes together leave live, by the rule itself: a value is live until a change that saw it replaces it,
/// or its own replica writes the register again; an addition is live until a removal that saw it.
fn reference(log: &[(Rid, Change)]) -> (BTreeMap<FieldKey, Vec<Dot>>, BTreeMap<SetItem, Vec<Dot>>) {
    let mut values: BTreeMap<FieldKey, Vec<Dot>> = BTreeMap::new();
    let mut items: BTreeMap<SetItem, Vec<Dot>> = BTreeMap::new();
    for (rid, change) in log {
        for write in &change.writes {
            let dot = change.dot(*rid);
            let replaced = log.iter().any(|(by, later)| {
                later.writes.iter().any(|w| {
                    w.field == write.field
                        && (w.replaces.contains(&dot) || by == rid && later.seq > change.seq)
                })
            });
            let live = values.entry(write.field).or_default();
            if !replaced {
                live.push(dot);
            }
        }
        for item in change.sets.iter().flat_map(|set| &set.adds) {
            let covers = |d: &Dot| d.rid == *rid && d.seq >= change.seq;
            let removed = log.iter().flat_map(|(_, c)| &c.sets).flat_map(|s| &s.removes);
            let removed = removed.into_iter().any(|(i, dots)| i == item && dots.iter().any(covers));
            let again = log.iter().any(|(by, c)| {
                by == rid && c.seq > change.seq && c.sets.iter().any(|s| s.adds.contains(item))
            });
            if !removed && !again {
                items.entry(*item).or_default().push(change.dot(*rid));
            }
        }
    }
    values.values_mut().for_each(|dots| dots.sort());
    items.values_mut().for_each(|dots| dots.sort());
    (values, items)
}

fn live(state: &RecordState) -> (BTreeMap<FieldKey, Vec<Dot>>, BTreeMap<SetItem, Vec<Dot>>) {
    let values = state.registers().iter().map(|(field, register)| (*field, register.dots())).collect();
    (values, state.sets().get(&SET).map(|set| set.entries()).unwrap_or_default())
}

fn change(seq: u64) -> Change {
    Change {
        seq: Seq(seq),
        record: RECORD,
        record_type: TYPE,
        kind: ChangeKind::Edit,
        hlc: Hlc::from_ms(1_000 + seq as i64),
        wall_ms: 1_000 + seq as i64,
        mono_ms: seq,
        boot: 1,
        gnss_ms: None,
        author: PersonNo(1),
        fix: None,
        writes: vec![],
        sets: vec![],
        was: None,
        unknown: vec![],
    }
}

fn write(seq: u64, value: i64, replaces: &[Dot]) -> Change {
    let writes = vec![Write { field: FIELDS[0], value: Value::Int(value), replaces: replaces.to_vec() }];
    Change { writes, ..change(seq) }
}

/// A save on what the replica sees: some of the shown values replaced, items added and removed.
fn save(dice: &mut Dice, rid: Rid, seq: u64, seen: &RecordState) -> Change {
    let mut change = change(seq);
    for field in FIELDS {
        if dice.roll(2) == 0 {
            let mut replaces = seen.registers().get(&field).map(|r| r.dots()).unwrap_or_default();
            replaces.retain(|dot| dot.rid == rid || dice.roll(4) > 0);
            change.writes.push(Write { field, value: Value::Int(dice.roll(3) as i64), replaces });
        }
    }
    if dice.roll(2) == 0 {
        let items: Vec<SetItem> = (0..3).map(|n| SetItem::Repeat(Instance(n))).collect();
        let adds = items.iter().filter(|_| dice.roll(3) == 0).copied().collect();
        let shown = seen.sets().get(&SET).map(|set| set.entries()).unwrap_or_default();
        let removes = shown.into_iter().filter(|_| dice.roll(3) == 0).collect();
        change.sets.push(SetEdit { field: SET, adds, removes });
    }
    change
}

struct History {
    log: Vec<(Rid, Change)>,
    replicas: Vec<RecordState>,
}

/// Three replicas save, hear each other's changes (each log in its own order, some twice) and merge whole states.
fn history(dice: &mut Dice) -> History {
    let mut replicas = vec![RecordState::new(RECORD, TYPE); 3];
    let mut log: Vec<(Rid, Change)> = Vec::new();
    let mut next_seq = [1u64; 3];
    for _ in 0..6 + dice.roll(6) {
        let me = dice.roll(3);
        let rid = Rid(me as u32 + 1);
        match dice.roll(4) {
            0 | 1 => {
                let made = save(dice, rid, next_seq[me], &replicas[me]);
                next_seq[me] += 1 + dice.roll(2) as u64;
                assert_eq!(replicas[me].apply(rid, &made), Ok(Applied::New));
                log.push((rid, made));
            }
            2 => {
                let from = Rid(dice.roll(3) as u32 + 1);
                let theirs = log.iter().filter(|(r, _)| *r == from).map(|(_, c)| c);
                let heard: Vec<_> = theirs.take(1 + dice.roll(3)).collect();
                for c in heard {
                    replicas[me].apply(from, c).unwrap();
                }
            }
            _ => {
                let other = replicas[dice.roll(3)].clone();
                replicas[me].merge(other).unwrap();
            }
        }
    }
    History { log, replicas }
}

/// The log shuffled, each replica's own order kept.
fn shuffled(dice: &mut Dice, log: &[(Rid, Change)]) -> Vec<(Rid, Change)> {
    let mut queues: Vec<Vec<_>> =
        (1..=3).map(|rid| log.iter().filter(|(r, _)| r.0 == rid).rev().cloned().collect()).collect();
    let mut out: Vec<(Rid, Change)> = Vec::new();
    while out.len() < log.len() {
        if let Some(next) = queues[dice.roll(3)].pop() {
            out.push(next);
        }
    }
    out
}

fn replay(log: &[(Rid, Change)]) -> RecordState {
    let mut state = RecordState::new(RECORD, TYPE);
    for (rid, c) in log {
        state.apply(*rid, c).unwrap();
    }
    state
}

fn for_histories(n: u64, mut check: impl FnMut(&mut Dice, History)) {
    for seed in 0..n {
        let mut dice = Dice(seed);
        let history = history(&mut dice);
        let said = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&mut dice, history)));
        assert!(said.is_ok(), "history {seed} breaks the law");
    }
}

#[test]
fn any_order_gives_what_the_reference_model_says() {
    for_histories(300_000, |dice, History { log, .. }| {
        let order = shuffled(dice, &log);
        assert_eq!(live(&replay(&order)), reference(&log));
    });
}

#[test]
fn changes_commute() {
    for_histories(20_000, |dice, History { log, .. }| {
        let (a, b) = (shuffled(dice, &log), shuffled(dice, &log));
        assert_eq!(replay(&a).encode(), replay(&b).encode());
        assert_eq!(replay(&a).digest(), replay(&b).digest());
    });
}

#[test]
fn changes_repeat_without_effect() {
    for_histories(20_000, |dice, History { log, .. }| {
        let once = replay(&log);
        let mut again = once.clone();
        for (rid, c) in shuffled(dice, &log) {
            assert_eq!(again.apply(rid, &c), Ok(Applied::Already));
        }
        assert_eq!(again.encode(), once.encode());
    });
}

#[test]
fn merge_commutes() {
    for_histories(20_000, |_, History { replicas, .. }| {
        let (mut ab, mut ba) = (replicas[0].clone(), replicas[1].clone());
        ab.merge(replicas[1].clone()).unwrap();
        ba.merge(replicas[0].clone()).unwrap();
        assert_eq!(ab.encode(), ba.encode());
    });
}

#[test]
fn merge_is_associative() {
    for_histories(20_000, |_, History { replicas, .. }| {
        let [a, b, c] = [0, 1, 2].map(|i| replicas[i].clone());
        let (mut left, mut bc, mut right) = (a.clone(), b.clone(), a);
        left.merge(b).unwrap();
        left.merge(c.clone()).unwrap();
        bc.merge(c).unwrap();
        right.merge(bc).unwrap();
        assert_eq!(left.encode(), right.encode());
    });
}

#[test]
fn merge_is_idempotent() {
    for_histories(20_000, |_, History { replicas, .. }| {
        for replica in replicas {
            let mut twice = replica.clone();
            twice.merge(replica.clone()).unwrap();
            assert_eq!(twice.encode(), replica.encode());
        }
    });
}

#[test]
fn all_replicas_merged_are_the_whole_log_replayed() {
    for_histories(20_000, |_, History { log, replicas }| {
        let mut all = RecordState::new(RECORD, TYPE);
        replicas.into_iter().for_each(|r| all.merge(r).unwrap());
        assert_eq!(all.encode(), replay(&log).encode());
    });
}

#[test]
fn a_state_reads_back_from_its_bytes() {
    for_histories(20_000, |_, History { log, replicas }| {
        for state in replicas.into_iter().chain([replay(&log)]) {
            let bytes = state.encode();
            let read = RecordState::decode(&bytes).unwrap();
            assert_eq!(read.encode(), bytes);
            assert_eq!(live(&read), live(&state));
        }
    });
}

#[test]
fn concurrent_values_both_stay_and_a_resolution_leaves_one() {
    let mut state = RecordState::new(RECORD, TYPE);
    state.apply(Rid(1), &write(1, 10, &[])).unwrap();
    state.apply(Rid(2), &write(1, 20, &[Dot::new(1, 1)])).unwrap();
    state.apply(Rid(3), &write(1, 30, &[Dot::new(1, 1)])).unwrap();
    assert_eq!(state.conflicts(), [FIELDS[0]]);
    state.apply(Rid(4), &write(1, 20, &[Dot::new(2, 1), Dot::new(3, 1)])).unwrap();
    assert_eq!(state.conflicts(), []);
    // A value that was not on the screen of the one who settled is a new conflict.
    state.apply(Rid(5), &write(1, 50, &[Dot::new(1, 1)])).unwrap();
    assert_eq!(state.conflicts(), [FIELDS[0]]);
}

#[test]
fn equal_concurrent_values_are_no_conflict_and_both_dots_stay() {
    let mut state = RecordState::new(RECORD, TYPE);
    state.apply(Rid(1), &write(1, 10, &[])).unwrap();
    state.apply(Rid(2), &write(1, 10, &[])).unwrap();
    assert!(state.conflicts().is_empty());
    assert_eq!(state.registers()[&FIELDS[0]].dots().len(), 2);
}

#[test]
fn a_change_of_one_field_leaves_the_others() {
    let mut state = RecordState::new(RECORD, TYPE);
    let mut both = write(1, 10, &[]);
    both.writes.push(Write { field: FIELDS[1], value: Value::Int(11), replaces: vec![] });
    state.apply(Rid(1), &both).unwrap();
    state.apply(Rid(2), &write(1, 20, &[Dot::new(1, 1)])).unwrap();
    assert_eq!(state.registers()[&FIELDS[1]].dots(), [Dot::new(1, 1)]);
}

#[test]
fn two_additions_of_one_change_both_stay() {
    let mut state = RecordState::new(RECORD, TYPE);
    let adds = vec![SetItem::Repeat(Instance(1)), SetItem::Repeat(Instance(2))];
    let sets = vec![SetEdit { field: SET, adds: adds.clone(), removes: vec![] }];
    state.apply(Rid(1), &Change { sets, ..change(1) }).unwrap();
    assert_eq!(state.sets()[&SET].items(), adds);
}

#[test]
fn gaps_in_a_replicas_numbers_are_no_loss() {
    let mut state = RecordState::new(RECORD, TYPE);
    state.apply(Rid(1), &write(3, 10, &[])).unwrap();
    state.apply(Rid(1), &write(900, 20, &[Dot::new(1, 3)])).unwrap();
    assert_eq!(state.registers()[&FIELDS[0]].agreed(), Some(Value::Int(20)));
}

#[test]
fn a_cloned_device_with_another_value_under_one_dot_is_an_error() {
    let (mut a, mut b) = (RecordState::new(RECORD, TYPE), RecordState::new(RECORD, TYPE));
    a.apply(Rid(1), &write(1, 10, &[])).unwrap();
    b.apply(Rid(1), &write(1, 20, &[])).unwrap();
    assert_eq!(a.merge(b), Err(MergeError::Equivocation(Dot::new(1, 1))));
}

#[test]
fn damaged_states_are_refused_without_a_panic() {
    let mut dice = Dice(1);
    let state = replay(&history(&mut dice).log).encode();
    let mut seen = BTreeSet::new();
    for _ in 0..50_000 {
        let mut bytes = state.clone();
        let at = dice.roll(bytes.len());
        bytes[at] = dice.roll(256) as u8;
        bytes.truncate(bytes.len() - dice.roll(3));
        seen.insert(RecordState::decode(&bytes).is_ok());
    }
    assert_eq!(seen.len(), 2, "some damage is seen, some is just another state");
}
