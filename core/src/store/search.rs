//! Finding a record by a part of a name, of an address or of a code, in tens of thousands of records.
//!
//! An index of whole words does not serve names of two characters written without spaces. So each text is cut into the
//! pieces that a query can ask for: up to three characters in a row of a name or address; the pinyin and the initials
//! of a name from each of its characters on; the beginnings of runs of letters and digits; the tail of a code. They
//! stand in an FTS5 table without content and positions, so that asking is looking up one or a few lists. What more
//! than three characters in a row match is then compared with the text itself, unless it is too much to compare.

use super::shown::SHOWN_COLUMNS;
use super::{Context, Error, ShownRow, Store};
use crate::ids::TypeNo;
use pinyin::ToPinyin;
use rusqlite::types::ToSql;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// How a line of searchable text is cut.
pub(super) const NAME: char = 'n';
pub(super) const ADDRESS: char = 'a';
pub(super) const CODE: char = 'c';

/// Most hits that are given at once.
pub const HITS_MAX: usize = 50;
/// How far hits are counted.
pub const TOTAL_MAX: u64 = 10_000;
/// A code is also found by as many of its last characters.
const CODE_TAILS: [usize; 2] = [4, 6];
/// Beginnings of runs up to this length stand in the index themselves; longer ones begin few runs.
const BEGINNING_MAX: usize = 14;
/// Most candidates that are compared with the text itself.
const COMPARED_MAX: u64 = 2_000;

/// Records that a query found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// How many there are, counted up to [`TOTAL_MAX`].
    pub total: u64,
    /// There are more than that.
    pub more: bool,
    /// The first [`HITS_MAX`], newest record first.
    pub hits: Vec<Hit>,
}

/// One record that was found.
pub type Hit = ShownRow;

/// One searchable value, as a line of `shown.text`.
pub(super) fn line(kind: char, text: &str) -> String {
    format!("{kind}{}", normal(text).replace('\n', " "))
}

/// The pieces of a text, each once, and one that says its type.
pub(super) fn words(text: &str, record_type: TypeNo) -> String {
    let mut words = BTreeSet::from([type_word(record_type)]);
    for line in text.lines() {
        let mut chars = line.chars();
        let kind = chars.next();
        for run in runs(chars.as_str()) {
            match run {
                Run::Letters(run) => {
                    if kind == Some(CODE) {
                        words.extend(CODE_TAILS.iter().filter_map(|n| tail(&run, *n)));
                    }
                    beginnings(run, &mut words);
                }
                Run::Ideographs(run) => {
                    for at in 0..run.len() {
                        let pieces = (1..=3).filter_map(|len| run.get(at..at + len));
                        words.extend(pieces.map(|piece| piece.iter().collect::<String>()));
                    }
                    if kind == Some(NAME) {
                        pinyin(&run, &mut words);
                    }
                }
            }
        }
    }
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// A word that no text has: it begins with a character of the private use area.
fn type_word(no: TypeNo) -> String {
    format!("\u{e000}{no}")
}

fn beginnings(run: String, words: &mut BTreeSet<String>) {
    words.extend((1..=run.len().min(BEGINNING_MAX)).map(|len| run[..len].to_owned()));
    words.insert(run);
}

/// Pinyin and initials from each character on, so that a query may begin at any of them.
fn pinyin(run: &[char], words: &mut BTreeSet<String>) {
    let (mut full, mut initials) = (String::new(), String::new());
    for c in run.iter().rev() {
        let Some(sound) = c.to_pinyin() else { continue };
        full.insert_str(0, &sound.plain().replace('ü', "v"));
        initials.insert_str(0, &sound.first_letter().replace('ü', "v"));
        beginnings(full.clone(), words);
        beginnings(initials.clone(), words);
    }
}

fn tail(run: &str, n: usize) -> Option<String> {
    let at = run.len().checked_sub(n).filter(|at| *at > 0)?;
    run.is_char_boundary(at).then(|| run[at..].to_owned())
}

fn normal(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

enum Run {
    /// ASCII letters and digits.
    Letters(String),
    /// Characters of scripts that are written without spaces, and all others.
    Ideographs(Vec<char>),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            match runs.last_mut() {
                Some(Some(Run::Letters(run))) => run.push(c),
                _ => runs.push(Some(Run::Letters(c.to_string()))),
            }
        } else if !c.is_ascii() && c.is_alphanumeric() {
            match runs.last_mut() {
                Some(Some(Run::Ideographs(run))) => run.push(c),
                _ => runs.push(Some(Run::Ideographs(vec![c]))),
            }
        } else {
            // A break: what stands on its two sides is not one run.
            runs.push(None);
        }
    }
    runs.into_iter().flatten().collect()
}

/// What a query asks of the index, and what of the text itself.
struct Query {
    matches: String,
    contains: Vec<String>,
}

fn query(text: &str) -> Query {
    let (mut matches, mut contains) = (Vec::new(), Vec::new());
    for run in runs(&normal(text)) {
        match run {
            Run::Letters(run) if run.len() > BEGINNING_MAX => matches.push(format!("\"{run}\"*")),
            Run::Letters(run) => matches.push(format!("\"{run}\"")),
            Run::Ideographs(run) => {
                // Pieces side by side, and the last one: together they cover the run.
                let last = run.len().saturating_sub(3);
                for at in (0..last).step_by(3).chain([last]) {
                    let piece: String = run[at..run.len().min(at + 3)].iter().collect();
                    matches.push(format!("\"{piece}\""));
                }
                if run.len() > 3 {
                    contains.push(run.into_iter().collect());
                }
            }
        }
    }
    Query { matches: matches.join(" AND "), contains }
}

impl Store {
    /// Records that have all parts of the query in their names, addresses or codes; all records for an empty one.
    pub fn find(&self, text: &str, record_type: Option<TypeNo>) -> Result<Hits, Error> {
        let Query { mut matches, contains } = query(text);
        if let Some(no) = record_type {
            let words = [matches.as_str(), &format!("\"{}\"", type_word(no))];
            matches = words.iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join(" AND ");
        }
        // Only records that are alive have words.
        let (from, order) = if matches.is_empty() {
            ("shown WHERE alive", "shown.id")
        } else {
            ("word JOIN shown ON shown.id = word.rowid WHERE word MATCH :words", "word.rowid")
        };
        let candidates = match matches.is_empty() {
            true => self.count("shown WHERE alive", &[])?,
            false => self.count("word WHERE word MATCH :words", &[(":words", &matches)])?,
        };
        let mut params: Vec<(&str, &dyn ToSql)> = Vec::new();
        if !matches.is_empty() {
            params.push((":words", &matches));
        }
        let (mut condition, mut total) = (from.to_owned(), candidates);
        let names: Vec<String> = (0..contains.len()).map(|at| format!(":part{at}")).collect();
        if !contains.is_empty() && candidates <= COMPARED_MAX {
            for (name, part) in names.iter().zip(&contains) {
                condition.push_str(&format!(" AND instr(shown.text, {name}) > 0"));
                params.push((name, part));
            }
            total = self.count(&condition, &params)?;
        }
        let hits = self
            .conn
            .prepare_cached(&format!(
                "SELECT {SHOWN_COLUMNS} FROM {condition} ORDER BY {order} DESC LIMIT {HITS_MAX}"
            ))
            .and_then(|mut s| s.query_map(params.as_slice(), ShownRow::read)?.collect())
            .during("find records")?;
        Ok(Hits { total: total.min(TOTAL_MAX), more: total > TOTAL_MAX, hits })
    }

    /// Counts one past [`TOTAL_MAX`] at most: nobody reads further, and reading everything takes its time.
    fn count(&self, from: &str, params: &[(&str, &dyn ToSql)]) -> Result<u64, Error> {
        self.conn
            .prepare_cached(&format!("SELECT count(*) FROM (SELECT 1 FROM {from} LIMIT {})", TOTAL_MAX + 1))
            .and_then(|mut s| s.query_row(params, |row| row.get(0)))
            .during("count what was found")
    }
}
