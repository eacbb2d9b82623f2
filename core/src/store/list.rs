//! All records that the device holds, page by page, newest change first.
//!
//! A page begins after the last row of the one before it, so what is saved meanwhile moves no row from page to page.

use super::shown::SHOWN_COLUMNS;
use super::{Context, Error, ShownRow, Store};
use crate::ids::{GridCode, RecordId, TypeNo};
use crate::map::Standing;
use crate::time::{DAY_MS, UtcMs};
use rusqlite::types::ToSql;

/// Rows of a page.
pub const PAGE_ROWS: usize = 50;

/// Which records a list shows: those that fit all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListFilter {
    /// Of this type.
    pub record_type: Option<TypeNo>,
    /// In this grid.
    pub grid: Option<GridCode>,
    /// Nothing was heard of them for longer than their type's cycle, as the console counts it.
    pub due: bool,
}

/// The row that a page ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListEnd {
    /// When its record was last changed.
    pub updated_ms: UtcMs,
    /// Its record.
    pub record: RecordId,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// Its rows, newest change first.
    pub rows: Vec<Listed>,
    /// Where the next one begins; none after the last.
    pub next: Option<ListEnd>,
}

/// A record in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// As in all lists.
    pub row: ShownRow,
    /// How the own changes to it stand; whether it is in conflict is told by its row.
    pub standing: Standing,
    /// It wants to be visited.
    pub due: bool,
}

/// Living records of a type in a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCount {
    /// Their type.
    pub record_type: TypeNo,
    /// Their grid.
    pub grid: Option<GridCode>,
    /// How many they are.
    pub count: u64,
    /// How many of them are due.
    pub due: u64,
}

impl Store {
    /// The page of living records that begins after `after`. `now_ms` says what is due.
    pub fn list(
        &self,
        filter: &ListFilter,
        after: Option<ListEnd>,
        now_ms: UtcMs,
    ) -> Result<ListPage, Error> {
        let mut rows = self.listed_rows(filter, after, now_ms)?;
        let more = rows.len() > PAGE_ROWS;
        rows.truncate(PAGE_ROWS);
        let next = rows.last().filter(|_| more);
        let next = next.map(|row| ListEnd { updated_ms: row.updated_ms, record: row.record });
        let own = self.own_standing()?;
        let listed = |row: ShownRow| Listed {
            standing: own.get(&row.record).copied().unwrap_or(Standing::Received),
            due: self.is_due(&row, now_ms),
            row,
        };
        Ok(ListPage { rows: rows.into_iter().map(listed).collect(), next })
    }

    /// How many living records there are of each type in each grid.
    pub fn record_counts(&self, now_ms: UtcMs) -> Result<Vec<RecordCount>, Error> {
        let due = self.due_sql();
        self.conn
            .prepare_cached(&format!(
                "SELECT type, grid, count(*), count(*) FILTER (WHERE {due})
                 FROM shown INDEXED BY shown_newest WHERE alive = 1 GROUP BY type, grid ORDER BY type, grid"
            ))
            .and_then(|mut s| {
                s.query_map(&[(":now", &now_ms)], |row| {
                    let grid: Option<String> = row.get(1)?;
                    let (record_type, grid) = (TypeNo(row.get(0)?), grid.map(GridCode));
                    Ok(RecordCount { record_type, grid, count: row.get(2)?, due: row.get(3)? })
                })?
                .collect()
            })
            .during("count records by type and grid")
    }

    /// The rows of a page and the one after it.
    fn listed_rows(
        &self,
        filter: &ListFilter,
        after: Option<ListEnd>,
        now_ms: UtcMs,
    ) -> Result<Vec<ShownRow>, Error> {
        let mut params: Vec<(&str, &dyn ToSql)> = Vec::new();
        let mut fits = String::from("alive = 1");
        if let Some(end) = &after {
            fits.push_str(" AND (updated_ms, record) < (:updated, :record)");
            params.extend([(":updated", &end.updated_ms as &dyn ToSql), (":record", &end.record.0)]);
        }
        if let Some(record_type) = &filter.record_type {
            fits.push_str(" AND type = :type");
            params.push((":type", &record_type.0));
        }
        if let Some(grid) = &filter.grid {
            fits.push_str(" AND grid = :grid");
            params.push((":grid", &grid.0));
        }
        if filter.due {
            fits.push_str(&format!(" AND {}", self.due_sql()));
            params.push((":now", &now_ms));
        }
        self.conn
            .prepare_cached(&format!(
                "SELECT {SHOWN_COLUMNS} FROM shown INDEXED BY shown_newest WHERE {fits}
                 ORDER BY updated_ms DESC, record DESC LIMIT {}",
                PAGE_ROWS + 1
            ))
            .and_then(|mut s| s.query_map(&*params, ShownRow::read)?.collect())
            .during("list records")
    }

    /// Whether a row of `shown` is due at `:now`. Types without a cycle, and such as are not known here, never are.
    fn due_sql(&self) -> String {
        let mut days = String::from("CASE type");
        for record_type in self.projector.catalog().types.values() {
            if let Some(revisit) = record_type.revisit_days {
                days.push_str(&format!(" WHEN {} THEN {revisit}", record_type.no));
            }
        }
        days.push_str(" ELSE NULL END");
        if !days.contains("WHEN") {
            // No type has a cycle. The parameter stays: the statement is given it either way.
            return "(:now IS NULL)".to_owned();
        }
        format!("coalesce(updated_ms < :now - {days} * {DAY_MS}, 0)")
    }

    fn is_due(&self, row: &ShownRow, now_ms: UtcMs) -> bool {
        let record_type = self.projector.catalog().by_no(row.record_type.no);
        let days = record_type.and_then(|record_type| record_type.revisit_days);
        days.is_some_and(|days| row.updated_ms < now_ms.saturating_sub(i64::from(days) * DAY_MS))
    }
}
