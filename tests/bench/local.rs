//! `local`: what a worker waits for on a device that holds many records: the list whole and filtered, the day's page,
//! finding, the map, and the opening of the field book after the phone was off.
//!
//! A tenth as many changes are the device's own, 200 of them not handed in. Each figure stands beside its floor, the SQL
//! of the same steps replayed on a bare connection. Opening is cold: the files are dropped from the system's cache before,
//! where `dd` can do that (`dropped`); its floor is a bare connection that is opened as cold and reads its schema.
//! With the feature `sqlcipher` all of it is encrypted, as on a phone.

use crate::floor::{self, DEVICE_PRAGMAS, replay};
use crate::folk::{Folk, PERSON, START_MS};
use crate::report::{Report, median, percentile, us};
use crate::search::{self, Filled};
use crate::{Failure, device, record_sql};
use gridweave_core::fieldbook::{Error, Fieldbook};
use gridweave_core::ids::{GridCode, Seq, TypeNo};
use gridweave_core::map::View;
use gridweave_core::store::{ListEnd, ListFilter};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::v1::Receipt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Own changes that are not handed in: two days without a network.
const WAITING: usize = 200;
/// How often each step is done in a round.
const TIMES: usize = 50;
/// A type that no record has.
const NO_TYPE: TypeNo = TypeNo(u16::MAX);
/// A PDA's screen.
const WIDTH_PX: u32 = 480;
const HEIGHT_PX: u32 = 800;

/// Runs the benchmark.
pub fn run(dir: &Path, n: usize, rounds: usize) -> Result<Report, Failure> {
    let home = dir.join("device");
    let mut folk = Folk::new(1);
    let book = device::alone(&home, &folk.city)?;
    let own = n / 10;
    let Filled { sample, .. } = search::fill(&book, &mut folk, n - own)?;
    save_own(&book, &mut folk, own)?;
    let queries = search::queries(&sample, 200);
    let all = book.map_of_grids(WIDTH_PX, HEIGHT_PX).ok_or("no grids")?;
    let view = view_of_most(&book, all)?;
    let marks = book.draw_map(view, None)?.marks.len();

    let whole = View { metres_per_px: all.metres_per_px * 3.0, ..all };
    let step = |what: &dyn Fn() -> Result<(), Error>| measure(&home, rounds, TIMES, &|_| what());
    let draw = step(&|| book.draw_map(view, None).map(drop))?;
    let cells = step(&|| book.draw_map(whole, None).map(drop))?;
    let open_list = |filter: &ListFilter| {
        book.record_counts()?;
        book.list_records(filter, None)
    };
    let list = step(&|| open_list(&ListFilter::default()).map(drop))?;
    let filters = filters(&book)?;
    let filtered = measure(&home, rounds, filters.len(), &|at| open_list(&filters[at]).map(drop))?;
    let pages = pages(&book)?;
    let page = measure(&home, rounds, pages.len(), &|at| {
        book.list_records(&ListFilter::default(), Some(pages[at])).map(drop)
    })?;
    let today = step(&|| {
        book.identity()?;
        book.safe()?;
        book.drafts()?;
        book.conflicts().map(drop)
    })?;
    let queue = step(&|| book.waiting().map(drop))?;
    let find = measure(&home, rounds, queries.len(), &|at| book.find(&queries[at], None).map(drop))?;
    drop(book);
    let open = open_cold(&home, rounds)?;

    let report = Report {
        name: "local",
        value: draw.ms,
        unit: "ms, a map drawn",
        floor: draw.floor_ms,
        ratio: draw.ms / draw.floor_ms,
        n,
        more: Default::default(),
    };
    let report = [
        ("cells", cells),
        ("list", list),
        ("filtered", filtered),
        ("page", page),
        ("today", today),
        ("queue", queue),
        ("find", find),
    ]
    .iter()
    .fold(report, |report, (name, step)| {
        report.with(&format!("{name}_ms"), step.ms).with(&format!("{name}_floor_ms"), step.floor_ms)
    });
    Ok(report
        .with("find_p99_ms", find.p99_ms)
        .with("filtered_p99_ms", filtered.p99_ms)
        .with("marks", marks)
        .with("own_changes", own)
        .with("open_ms", open.ms)
        .with("open_floor_ms", open.floor_ms)
        .with("open_and_list_ms", open.with_list_ms)
        .with("dropped", open.dropped)
        .with("encrypted", cfg!(feature = "sqlcipher"))
        .with("rounds", rounds))
}

/// Saves on the device itself and has all but the last received.
fn save_own(book: &Fieldbook, folk: &mut Folk, own: usize) -> Result<(), Failure> {
    let received = own.saturating_sub(WAITING);
    for at in 0..own {
        book.save(folk.resident().request(START_MS + at as i64 * 60_000))?;
        if at + 1 == received {
            let mut store = book.store().lock();
            let rid = store.identity()?.rid;
            let durable_seq = Seq(received as u64);
            let hash = store.batch(durable_seq)?.ok_or("the log ends early")?.hash;
            let signature = Bytes(Vec::new());
            store.take_receipt(&Receipt {
                rid,
                durable_seq,
                hash,
                epoch: 1,
                server_ms: START_MS,
                signature,
                quarantined: Vec::new(),
            })?;
        }
    }
    Ok(())
}

/// The largest view about the middle of the city whose records are still drawn one by one.
fn view_of_most(book: &Fieldbook, all: View) -> Result<View, Failure> {
    let (mut low, mut high) = (all.metres_per_px / 100.0, all.metres_per_px);
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        match book.draw_map(View { metres_per_px: middle, ..all }, None)?.cells.is_empty() {
            true => low = middle,
            false => high = middle,
        }
    }
    Ok(View { metres_per_px: low, ..all })
}

/// What a list is filtered by, from what nearly all records are to what none is: the last looks through all of them.
fn filters(book: &Fieldbook) -> Result<Vec<ListFilter>, Failure> {
    let grids: Vec<GridCode> = book.record_counts()?.into_iter().filter_map(|count| count.grid).collect();
    let (first, last) = (grids.first().ok_or("no grids")?, grids.last().ok_or("no grids")?);
    let (record_type, none) = (Some(PERSON), Some(NO_TYPE));
    let all = ListFilter::default;
    Ok(vec![
        ListFilter { record_type, ..all() },
        ListFilter { grid: Some(first.clone()), ..all() },
        ListFilter { record_type, grid: Some(last.clone()), due: false },
        ListFilter { due: true, ..all() },
        ListFilter { record_type: none, ..all() },
    ])
}

/// Where each page of the whole list ends.
fn pages(book: &Fieldbook) -> Result<Vec<ListEnd>, Failure> {
    let (mut ends, mut after) = (Vec::new(), None);
    while let Some(end) = book.list_records(&ListFilter::default(), after)?.next {
        ends.push(end);
        after = Some(end);
    }
    Ok(ends)
}

/// A step beside its floor, milliseconds each time.
#[derive(Clone, Copy)]
struct Step {
    ms: f64,
    p99_ms: f64,
    floor_ms: f64,
}

fn measure(
    home: &Path,
    rounds: usize,
    times: usize,
    step: &dyn Fn(usize) -> Result<(), Error>,
) -> Result<Step, Failure> {
    record_sql::start();
    (0..times).try_for_each(step)?;
    let recording = record_sql::stop();
    let (mut medians, mut p99, mut floors) = (vec![], vec![], vec![]);
    for _ in 0..rounds {
        let mut took = Vec::with_capacity(times);
        for at in 0..times {
            let begun = Instant::now();
            step(at)?;
            took.push(us(begun.elapsed()) / 1e3);
        }
        p99.push(percentile(&mut took, 99.0));
        medians.push(median(took));
        let floor = replay(&home.join("fieldbook.db"), DEVICE_PRAGMAS, &recording)?;
        floors.push(us(floor) / 1e3 / times as f64);
    }
    Ok(Step { ms: median(medians), p99_ms: median(p99), floor_ms: median(floors) })
}

/// The opening, milliseconds.
struct Open {
    ms: f64,
    /// Until the first page of the list is there.
    with_list_ms: f64,
    floor_ms: f64,
    /// The files were dropped from the cache before.
    dropped: bool,
}

fn open_cold(home: &Path, rounds: usize) -> Result<Open, Failure> {
    let (mut opens, mut lists, mut floors, mut dropped) = (vec![], vec![], vec![], true);
    for _ in 0..rounds.max(3) {
        dropped &= drop_from_cache(home)?;
        let begun = Instant::now();
        let book = device::open(home)?;
        opens.push(us(begun.elapsed()) / 1e3);
        book.record_counts()?;
        assert!(!book.list_records(&ListFilter::default(), None)?.rows.is_empty(), "records are there");
        lists.push(us(begun.elapsed()) / 1e3);
        drop(book);
        dropped &= drop_from_cache(home)?;
        let begun = Instant::now();
        drop(floor::open(&home.join("fieldbook.db"), DEVICE_PRAGMAS)?);
        floors.push(us(begun.elapsed()) / 1e3);
    }
    Ok(Open { ms: median(opens), with_list_ms: median(lists), floor_ms: median(floors), dropped })
}

/// Has the system forget what it keeps of the files; answers whether it could be asked.
fn drop_from_cache(home: &Path) -> std::io::Result<bool> {
    let mut all = true;
    for entry in std::fs::read_dir(home)? {
        let path = entry?.path();
        if path.is_file() {
            let mut of = std::ffi::OsString::from("of=");
            of.push(&path);
            let mut dd = Command::new("dd");
            dd.arg(of).args(["oflag=nocache", "conv=notrunc,fdatasync", "count=0"]);
            all &= dd.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        }
    }
    Ok(all)
}
