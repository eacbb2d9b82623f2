//! `search`: finding records on a device that holds many: the first 50 and how many there are in all.
//!
//! Queries are a fifth each: one to three characters of a name from anywhere in it, pinyin initials, a street with a
//! house number, a whole identity number, a whole phone typed in parts. The floor is the SQL of the same
//! queries, replayed on a bare connection. Some totals are counted again in memory: a total that is no total fails.
//! Printed apart: the empty query, and a long part of an address that very many share, which is what costs most.

use crate::floor::{DEVICE_PRAGMAS, replay};
use crate::folk::{Folk, PERSON, Writer};
use crate::report::{Report, median, percentile, us};
use crate::{Failure, device, record_sql};
use gridweave_core::fieldbook::Fieldbook;
use gridweave_core::form::{Catalog, MaskRule, Search};
use gridweave_core::ids::{FieldKey, FieldNo, Rid};
use gridweave_core::merge::RecordState;
use gridweave_core::record::{Change, TypeRef, Write};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::v1::{GridCursor, Item};
use gridweave_server::demo::random::Rng;
use pinyin::ToPinyin;
use std::path::Path;
use std::time::Instant;

const NAME: FieldNo = FieldNo(16);
const CITIZEN_ID: FieldNo = FieldNo(20);
const PHONE: FieldNo = FieldNo(31);
const ADDRESS: FieldNo = FieldNo(34);
const QUERIES: usize = 1_000;
const COUNTED_AGAIN: usize = 100;
/// Records in one page of the filling.
const PAGE: usize = 2_000;

/// Runs the benchmark.
pub fn run(dir: &Path, n: usize, rounds: usize) -> Result<Report, Failure> {
    let mut folk = Folk::new(1);
    let home = dir.join("device");
    let book = device::alone(&home, &folk.city)?;
    let begun = Instant::now();
    let Filled { sample, texts } = fill(&book, &mut folk, n)?;
    let filled_s = begun.elapsed().as_secs_f64();
    let queries = queries(&sample, QUERIES);

    record_sql::start();
    let found = ask(&book, &queries)?.1;
    let recording = record_sql::stop();
    let counted = count_again(&texts, &queries, &found)?;
    let shared: String = text(&sample[0], ADDRESS).chars().take(9).collect();
    let (all, shared) = (vec![String::new(); 20], vec![shared; 20]);
    let (all_ms, _) = ask(&book, &all)?;
    let (shared_ms, shared_found) = ask(&book, &shared)?;
    let (mut p99, mut medians, mut worst, mut ratios, mut floors) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        let mut times = ask(&book, &queries)?.0;
        let total: f64 = times.iter().sum();
        let floor = us(replay(&home.join("fieldbook.db"), DEVICE_PRAGMAS, &recording)?);
        ratios.push(total / floor);
        floors.push(floor / QUERIES as f64 / 1e3);
        p99.push(percentile(&mut times, 99.0) / 1e3);
        worst.push(times[times.len() - 1] / 1e3);
        medians.push(median(times) / 1e3);
    }
    let empty = found.iter().filter(|total| **total == 0).count();
    let report = Report {
        name: "search",
        value: median(p99),
        unit: "ms, 99th percentile",
        floor: median(floors),
        ratio: median(ratios),
        n,
        more: Default::default(),
    };
    Ok(report
        .with("median_ms", median(medians))
        .with("worst_ms", median(worst))
        .with("queries", QUERIES)
        .with("queries_without_hits", empty)
        .with("hits_median", median(found.iter().map(|total| *total as f64).collect()))
        .with("hits_most", found.iter().max())
        .with("totals_counted_again", counted)
        .with("all_ms", median(all_ms) / 1e3)
        .with("shared_part_ms", median(shared_ms) / 1e3)
        .with("shared_part_hits", shared_found[0])
        .with("filled_in_s", filled_s)
        .with("rounds", rounds))
}

/// Asks all; answers how long each took, microseconds, and how many there were.
fn ask(book: &Fieldbook, queries: &[String]) -> Result<(Vec<f64>, Vec<u64>), Failure> {
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for query in queries {
        let begun = Instant::now();
        let hits = book.find(query, None)?;
        times.push(us(begun.elapsed()));
        assert!(hits.hits.len() as u64 == hits.total.min(50), "the first 50");
        found.push(hits.total);
    }
    Ok((times, found))
}

/// Counts the hits of some queries by looking through all texts; answers of how many.
fn count_again(texts: &[Searched], queries: &[String], found: &[u64]) -> Result<usize, Failure> {
    let mut counted = 0;
    for (at, (query, found)) in queries.iter().zip(found).enumerate().take(COUNTED_AGAIN) {
        let has = |text: &&Searched| text.parts.contains(query) || text.wholes.contains(query);
        // A sign in a query parts it in two, which may stand apart in the text.
        if matches!(at % 5, 0 | 2 | 3) && query.chars().all(char::is_alphanumeric) {
            let total = texts.iter().filter(has).count() as u64;
            if total != *found {
                return Err(format!("{found} were found for {query}, there are {total}").into());
            }
            counted += 1;
        }
    }
    Ok(counted)
}

/// What was put on the device.
pub struct Filled {
    /// Every 97th record.
    pub sample: Vec<Change>,
    /// What each record is found by.
    texts: Vec<Searched>,
}

/// What a record is found by.
struct Searched {
    /// Lines of which each part is found.
    parts: String,
    /// Masked values.
    wholes: Vec<String>,
}

/// Puts records on the device as the server's pages do.
pub fn fill(book: &Fieldbook, folk: &mut Folk, n: usize) -> Result<Filled, Failure> {
    let mut writer = Writer::new(1203);
    let catalog = Catalog::builtin();
    let record_type = catalog.by_no(PERSON).ok_or("no persons")?;
    let (mut sample, mut texts) = (Vec::new(), Vec::new());
    let mut made = 0;
    while made < n {
        let mut items = Vec::new();
        let grid = folk.resident().grid;
        for _ in 0..PAGE.min(n - made) {
            let mut resident = folk.resident();
            resident.grid = grid.clone();
            let create = resident.create(&mut writer, folk.rng());
            let mut state = RecordState::new(create.record, TypeRef { no: PERSON, version: 1 });
            state.apply(Rid(3), &create)?;
            items.push(Item::Record { grid: 0, state: Bytes(state.encode()) });
            let searched = create.writes.iter().filter(|write| {
                record_type.field(write.field.no).is_some_and(|field| field.search != Search::None)
            });
            let (parts, wholes): (Vec<_>, Vec<_>) =
                searched.partition(|write| record_type.screen_mask(write.field.no) == MaskRule::None);
            let lines = |of: Vec<&Write>| -> Vec<String> {
                of.into_iter().filter_map(|write| write.value.as_text()).map(str::to_lowercase).collect()
            };
            texts.push(Searched { parts: lines(parts).join("\n"), wholes: lines(wholes) });
            if made % 97 == 0 {
                sample.push(create);
            }
            made += 1;
        }
        let page = device::page(items, vec![GridCursor { grid, rev: made as u64 }]);
        book.store().lock().take_page(&page, 0)?;
    }
    Ok(Filled { sample, texts })
}

fn text(change: &Change, no: FieldNo) -> &str {
    change.value_of(FieldKey::plain(no)).and_then(|v| v.as_text()).unwrap_or_default()
}

/// So many queries, a fifth of each kind.
pub fn queries(sample: &[Change], n: usize) -> Vec<String> {
    let mut rng = Rng::new(1).fork("queries");
    (0..n).map(|at| query(&mut rng, sample, at % 5)).collect()
}

fn query(rng: &mut Rng, sample: &[Change], kind: usize) -> String {
    let change = rng.pick(sample);
    let text = |no| text(change, no);
    let name: Vec<char> = text(NAME).chars().collect();
    match kind {
        0 => {
            let len = 1 + rng.below(name.len());
            let from = rng.below(name.len() - len + 1);
            name[from..from + len].iter().collect()
        }
        1 => name.iter().filter_map(|c| c.to_pinyin()).map(|sound| &sound.plain()[..1]).collect(),
        2 => {
            // `…街道…社区…路12号3栋…`: from two characters before the number up to `号`.
            let address: Vec<char> = text(ADDRESS).chars().collect();
            let end = address.iter().position(|c| *c == '号').map_or(address.len(), |at| at + 1);
            let digits = address[..end].iter().rev().skip(1).take_while(|c| c.is_ascii_digit()).count();
            address[end.saturating_sub(digits + 3)..end].iter().collect()
        }
        3 => text(CITIZEN_ID).to_lowercase(),
        _ => [&text(PHONE)[..3], &text(PHONE)[3..7], &text(PHONE)[7..]].join(" "),
    }
}
