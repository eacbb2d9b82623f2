//! The first page: how the city is doing, in figures to look at rather than to read.

use super::clock::{self, DAY_MS};
use super::devices::is_silent;
use super::frame::{Frame, page};
use super::trouble::Trouble;
use super::words::Words;
use super::{entities, plan};
use crate::app::App;
use crate::auth::policy::Action;
use crate::store::overview::{Coverage, DaySum};
use crate::store::records::GridRow;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gridweave_core::ids::TypeNo;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days drawn.
const DAYS: usize = 14;
/// Height of a bar, of the drawing's units.
const BAR_MAX: u64 = 46;

struct Tile {
    label: &'static str,
    figure: String,
    href: Option<&'static str>,
    /// `good`, `warn` or nothing.
    mood: &'static str,
}

struct Bar {
    x: usize,
    height: u64,
    y: u64,
    day: String,
    sum: DaySum,
}

/// A grid in words and figures.
pub struct GridLine {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its figures.
    pub coverage: Coverage,
    /// 0 to 4: how dark it is drawn.
    pub heat: u64,
    /// Its outline as an SVG path.
    pub path: String,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    f: Frame,
    tiles: Vec<Tile>,
    bars: Vec<Bar>,
    pushed: u64,
    grids: Vec<GridLine>,
    view_box: String,
    reads_records: bool,
}

/// `GET /console`.
pub async fn show(State(app): State<Arc<App>>, f: Frame) -> Result<Response, Trouble> {
    let now_ms = app.now_ms();
    let stats = app.store.stats().await?;
    let silent = app.store.devices().await?.iter().filter(|device| is_silent(device, now_ms)).count();
    let today = clock::day(now_ms).map_or(now_ms, clock::day_start_ms);
    let from_ms = today - (DAYS as i64 - 1) * DAY_MS;
    let days = app.store.day_sums(from_ms, DAYS).await?;
    let (differing, two_people) = entities::counts(&app).await?;
    let rows = app.store.grids().await?;
    let coverage = app.store.coverage(cycles(&app), now_ms).await?;
    let words = Words::new(f.lang, app.store.catalog(), &rows);
    let plan = plan::Plan::of(&rows, 900.0);
    let reads_records = f.may(Action::ReadRecords);
    let tile = |label, figure: u64, href: Option<&'static str>, mood| Tile {
        label,
        figure: grouped(figure),
        href: href
            .filter(|_| reads_records || matches!(href, Some("/console/sessions" | "/console/devices"))),
        mood: if figure == 0 { "good" } else { mood },
    };
    let pushed_today = days.last().map_or(0, |day| day.pushed);
    let tiles = vec![
        Tile { mood: "", ..tile(f.t("overview.records"), stats.records, Some("/console/records"), "") },
        Tile { mood: "", ..tile(f.t("overview.linked"), stats.linked, Some("/console/entities"), "") },
        Tile { mood: "", ..tile(f.t("overview.changes_today"), pushed_today, Some("/console/sessions"), "") },
        Tile { mood: "", ..tile(f.t("overview.photos"), stats.photos, None, "") },
        tile(f.t("overview.conflicts"), stats.conflicts, Some("/console/conflicts"), "warn"),
        tile(f.t("overview.differences"), differing as u64, Some("/console/entities"), "warn"),
        tile(f.t("overview.two_people"), two_people as u64, Some("/console/entities"), "warn"),
        tile(f.t("overview.quarantined"), stats.quarantined, Some("/console/quarantine"), "warn"),
        tile(f.t("overview.held"), stats.held, Some("/console/devices"), "warn"),
        tile(f.t("overview.silent"), silent as u64, Some("/console/devices"), "warn"),
    ];
    Ok(page(&OverviewPage {
        tiles,
        pushed: days.iter().map(|day| day.pushed).sum(),
        bars: bars(&days, from_ms),
        grids: rows.iter().map(|grid| grid_line(&words, &plan, grid, &coverage)).collect(),
        view_box: plan.view_box(),
        reads_records,
        f,
    }))
}

/// How long records of each type may go without a word, milliseconds.
pub fn cycles(app: &App) -> BTreeMap<TypeNo, i64> {
    let types = app.store.catalog().types.values();
    types.filter_map(|t| Some((t.no, i64::from(t.revisit_days?) * DAY_MS))).collect()
}

/// A grid in words and figures.
pub fn grid_line(
    words: &Words<'_>,
    plan: &plan::Plan,
    grid: &GridRow,
    coverage: &BTreeMap<i64, Coverage>,
) -> GridLine {
    let coverage = coverage.get(&grid.id).copied().unwrap_or_default();
    GridLine {
        code: grid.code.clone(),
        name: words.grid(&grid.code),
        heat: coverage.percent().map_or(0, |percent| (percent * 4).div_ceil(100)),
        coverage,
        path: plan.path(&grid.outline),
    }
}

fn bars(days: &[DaySum], from_ms: i64) -> Vec<Bar> {
    let max = days.iter().map(|day| day.pushed).max().unwrap_or(0).max(1);
    let bar = |(at, sum): (usize, &DaySum)| {
        let height = (sum.pushed * BAR_MAX).div_ceil(max);
        let day = clock::day(from_ms + at as i64 * DAY_MS).map(|day| day.format("%m-%d").to_string());
        Bar { x: at * 22, height, y: BAR_MAX - height, day: day.unwrap_or_default(), sum: *sum }
    };
    days.iter().enumerate().map(bar).collect()
}

/// Digits in threes.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn figures_are_grouped_in_threes() {
        assert_eq!([0, 999, 1000, 1234567].map(super::grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
