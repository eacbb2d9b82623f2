//! `form`: one answer changed in a form of 300 questions.
//!
//! Every tenth question decides which of the nine after it are asked, each has a constraint on its neighbour, and one
//! sum reads all. The floor is the same rules written in Rust and worked out for all 300 each time: what a form that
//! keeps no account of what depends on what would cost at the least.

use crate::Failure;
use crate::report::{Report, median, percentile, us};
use gridweave_core::form::{Catalog, Context, FormSession, NoIdentityCheck};
use gridweave_core::ids::{FieldKey, FieldNo, TypeNo};
use gridweave_core::value::Value;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const QUESTIONS: usize = 300;

/// Runs the benchmark.
pub fn run(n: usize, rounds: usize) -> Result<Report, Failure> {
    let catalog = catalog()?;
    let (mut medians, mut floors, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let context = Context::at(crate::folk::START_MS, 480);
        let mut session = FormSession::new(&catalog, TypeNo(900), context, Arc::new(NoIdentityCheck))?;
        let mut plain = [None::<i64>; QUESTIONS];
        let (mut times, mut bare) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for step in 0..n {
            let (question, value) = (step * 7 % QUESTIONS, (step % 11) as i64);
            let key = FieldKey::plain(FieldNo((16 + question) as u16));
            let begun = Instant::now();
            session.answer(key, Value::Int(value))?;
            times.push(us(begun.elapsed()));

            let begun = Instant::now();
            plain[question] = Some(value);
            black_box(rules(&plain));
            bare.push(us(begun.elapsed()));
        }
        p99.push(percentile(&mut times, 99.0));
        medians.push(median(times));
        floors.push(median(bare));
    }
    let ratio = median(medians.iter().zip(&floors).map(|(time, floor)| time / floor).collect());
    let report = Report {
        name: "form",
        value: median(medians),
        unit: "µs",
        floor: median(floors),
        ratio,
        n,
        more: Default::default(),
    };
    Ok(report.with("p99_us", median(p99)).with("questions", QUESTIONS).with("rounds", rounds))
}

/// What is asked, what is wrong, and the greatest answer.
fn rules(answers: &[Option<i64>; QUESTIONS]) -> (usize, usize, Option<i64>) {
    let asked = |i: usize| i.is_multiple_of(10) || answers[i - i % 10].is_some_and(|n| n > (i % 10) as i64);
    let wrong = |i: usize| {
        !i.is_multiple_of(10)
            && asked(i)
            && answers[i].is_some_and(|n| n < 0 || n >= 100 + answers[i - 1].unwrap_or(0))
    };
    let total = (0..QUESTIONS).filter(|i| asked(*i)).filter_map(|i| answers[i]).max();
    ((0..QUESTIONS).filter(|i| asked(*i)).count(), (0..QUESTIONS).filter(|i| wrong(*i)).count(), total)
}

fn catalog() -> Result<Catalog, Failure> {
    let label = r#"{"zh": "问", "en": "Question"}"#;
    let fields = (0..QUESTIONS)
        .map(|i| format!(r#"{{"no": {}, "name": "q{i}", "label": {label}, "kind": "int"}}"#, 16 + i));
    let items = (0..QUESTIONS).map(|i| match i % 10 {
        0 => format!(r#"{{"name": "q{i}"}}"#),
        r => format!(
            r#"{{"name": "q{i}", "relevant": "${{q{}}} > {r}", "constraint": ". >= 0 and . < 100 + ${{q{}}}"}}"#,
            i - r,
            i - 1
        ),
    });
    let all: Vec<String> = (0..QUESTIONS).map(|i| format!("${{q{i}}}")).collect();
    let json = format!(
        r#"{{"no": 900, "name": "bench", "version": 1, "label": {label}, "entity_kind": "none", "layer": "land",
            "revisit_days": null, "accuracy_m": null, "title": [], "fields": [{}],
            "form": [{},{{"name": "total", "type": "calculate", "calculation": "max({})"}}]}}"#,
        fields.collect::<Vec<_>>().join(","),
        items.collect::<Vec<_>>().join(","),
        all.join(", ")
    );
    let mut catalog = Catalog::builtin();
    catalog.add(serde_json::from_str(&json)?)?;
    Ok(catalog)
}
