//! `merge`: taking one change into a record, against the bare `MVReg` of the crate `crdts` taking one write.
//!
//! The record has 22 registers; each change replaces one value. The floor is the crate's own loop of read, derive,
//! write and apply on one register of texts. What the product adds: the dot's order, what was replaced, the stamps.

use crate::Failure;
use crate::folk::{Folk, Writer};
use crate::report::{Report, median};
use crdts::{CmRDT, MVReg};
use gridweave_core::ids::{Dot, FieldKey, FieldNo, Rid};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, Write};
use gridweave_core::value::Value;
use std::hint::black_box;
use std::time::Instant;

const PHONE: FieldKey = FieldKey::plain(FieldNo(31));
const RID: Rid = Rid(1017);

/// Runs the benchmark.
pub fn run(n: usize, rounds: usize) -> Result<Report, Failure> {
    let mut folk = Folk::new(1);
    let mut writer = Writer::new(1203);
    let resident = folk.resident();
    let create = resident.create(&mut writer, folk.rng());
    let values: Vec<Value> = (0..n).map(|_| Value::text(folk.resident_phone())).collect();
    let mut last = create.seq;
    let edits: Vec<Change> = values
        .iter()
        .map(|value| {
            let write =
                Write { field: PHONE, value: value.clone(), replaces: vec![Dot { rid: RID, seq: last }] };
            let edit = writer.edit(create.record, write, resident.fix, folk.rng());
            last = edit.seq;
            edit
        })
        .collect();
    let (mut times, mut floors, mut creates) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let mut state = RecordState::new(create.record, create.record_type);
        state.apply(RID, &create)?;
        let begun = Instant::now();
        for edit in &edits {
            state.apply(RID, black_box(edit))?;
        }
        times.push(begun.elapsed().as_secs_f64() * 1e9 / n as f64);
        let end = state.registers().get(&PHONE).and_then(|r| r.agreed());
        assert_eq!(end.as_ref(), values.last(), "the last write stands alone");

        let mut register: MVReg<Value, u32> = MVReg::new();
        let begun = Instant::now();
        for value in &values {
            let context = register.read_ctx().derive_add_ctx(RID.0);
            let put = register.write(black_box(value).clone(), context);
            register.apply(put);
        }
        floors.push(begun.elapsed().as_secs_f64() * 1e9 / n as f64);
        assert_eq!(register.read().val.last(), values.last());

        let begun = Instant::now();
        for _ in 0..n / 20 {
            let mut state = RecordState::new(create.record, create.record_type);
            state.apply(RID, black_box(&create))?;
            black_box(state);
        }
        creates.push(begun.elapsed().as_secs_f64() * 1e9 / (n / 20) as f64);
    }
    let ratio = median(times.iter().zip(&floors).map(|(time, floor)| time / floor).collect());
    let report = Report {
        name: "merge",
        value: median(times),
        unit: "ns",
        floor: median(floors),
        ratio,
        n,
        more: Default::default(),
    };
    Ok(report.with("create_of_22_writes_ns", median(creates)).with("rounds", rounds))
}
