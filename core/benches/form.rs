//! How long one answer takes in a form of 300 questions, printed as median, 99th percentile and worst of many.
//! `cargo bench -p gridweave-core --bench form`. No harness: one number is all that is asked.

use gridweave_core::form::{Catalog, Context, FormSession, NoIdentityCheck};
use gridweave_core::ids::{FieldKey, FieldNo, TypeNo};
use gridweave_core::value::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 300 whole numbers: every tenth decides which of the nine after it are asked, and one sum reads them all.
fn catalog() -> Catalog {
    let label = r#"{"zh": "问", "en": "Question"}"#;
    let field =
        |i: usize| format!(r#"{{"no": {}, "name": "q{i}", "label": {label}, "kind": "int"}}"#, 16 + i);
    let item = |i: usize| match i % 10 {
        0 => format!(r#"{{"name": "q{i}"}}"#),
        r => format!(
            r#"{{"name": "q{i}", "relevant": "${{q{}}} > {r}", "constraint": ". >= 0 and . < 100 + ${{q{}}}"}}"#,
            i - r,
            i - 1
        ),
    };
    let sum: Vec<String> = (0..300).map(|i| format!("${{q{i}}}")).collect();
    let total =
        format!(r#"{{"name": "total", "type": "calculate", "calculation": "max({})"}}"#, sum.join(", "));
    let json = format!(
        r#"{{"no": 900, "name": "bench", "version": 1, "label": {label}, "entity_kind": "none", "layer": "land",
            "revisit_days": null, "accuracy_m": null, "title": [], "fields": [{}], "form": [{},{total}]}}"#,
        (0..300).map(field).collect::<Vec<_>>().join(","),
        (0..300).map(item).collect::<Vec<_>>().join(",")
    );
    let mut catalog = Catalog::builtin();
    catalog.add(serde_json::from_str(&json).expect("made right here")).expect("made right here");
    catalog
}

fn main() {
    let begun = Instant::now();
    let catalog = catalog();
    println!("catalog          {:>9.3?}", begun.elapsed());
    let context = Context::at(1_782_867_900_000, 480);
    let begun = Instant::now();
    let session = FormSession::new(&catalog, TypeNo(900), context, Arc::new(NoIdentityCheck));
    let mut session = session.expect("the type was just added");
    println!("session          {:>9.3?}", begun.elapsed());
    let mut times: Vec<Duration> = (0..3_000)
        .map(|round: usize| {
            let key = FieldKey::plain(FieldNo((16 + round * 10 % 300) as u16));
            let begun = Instant::now();
            session.answer(key, Value::Int((round % 11) as i64)).expect("the form asks for it");
            begun.elapsed()
        })
        .collect();
    times.sort();
    println!("answer, median   {:>9.3?}", times[times.len() / 2]);
    println!("answer, 99 %     {:>9.3?}", times[times.len() * 99 / 100]);
    println!("answer, worst    {:>9.3?}", times[times.len() - 1]);
}
