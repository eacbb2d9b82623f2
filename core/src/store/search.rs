//! Finding a record by a part of a name, of an address or of a code, in tens of thousands of records.
//!
//! An index of whole words does not serve names of two characters written without spaces. So each text is cut into the
//! pieces that a query can ask for: single characters and pairs of a name or address, the pinyin and the initials of
//! a name from each of its characters on, whole runs of letters and digits, and the tail of a code. They stand in an
//! FTS5 table without content and positions; what three or more characters in a row match is then compared with the
//! text itself.

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
/// A code is also found by as many of its last characters.
const CODE_TAILS: [usize; 2] = [4, 6];

/// Records that a query found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// How many there are.
    pub total: u64,
    /// The first [`HITS_MAX`], newest record first.
    pub hits: Vec<Hit>,
}

/// One record that was found.
pub type Hit = ShownRow;

/// One searchable value, as a line of `shown.text`.
pub(super) fn line(kind: char, text: &str) -> String {
    format!("{kind}{}", normal(text).replace('\n', " "))
}

/// The pieces of a text, each once.
pub(super) fn words(text: &str) -> String {
    let mut words = BTreeSet::new();
    for line in text.lines() {
        let mut chars = line.chars();
        let kind = chars.next();
        for run in runs(chars.as_str()) {
            match run {
                Run::Letters(run) => {
                    if kind == Some(CODE) {
                        words.extend(CODE_TAILS.iter().filter_map(|n| tail(&run, *n)));
                    }
                    words.insert(run);
                }
                Run::Ideographs(run) => {
                    for at in 0..run.len() {
                        words.insert(run[at].to_string());
                        words.extend(run.get(at..at + 2).map(|pair| pair.iter().collect::<String>()));
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

/// Pinyin and initials from each character on, so that a query may begin at any of them.
fn pinyin(run: &[char], words: &mut BTreeSet<String>) {
    let (mut full, mut initials) = (String::new(), String::new());
    for c in run.iter().rev() {
        let Some(sound) = c.to_pinyin() else { continue };
        full.insert_str(0, &sound.plain().replace('ü', "v"));
        initials.insert_str(0, &sound.first_letter().replace('ü', "v"));
        words.insert(full.clone());
        words.insert(initials.clone());
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
            Run::Letters(run) => matches.push(format!("\"{run}\"*")),
            Run::Ideographs(run) if run.len() == 1 => matches.push(format!("\"{}\"", run[0])),
            Run::Ideographs(run) => {
                matches.extend(run.windows(2).map(|pair| format!("\"{}{}\"", pair[0], pair[1])));
                if run.len() > 2 {
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
        let query = query(text);
        let mut conditions = vec!["alive"];
        let mut params: Vec<(&str, &dyn ToSql)> = Vec::new();
        let from = if query.matches.is_empty() {
            "shown"
        } else {
            params.push((":words", &query.matches));
            conditions.push("word MATCH :words");
            "word JOIN shown ON shown.id = word.rowid"
        };
        let names: Vec<String> = (0..query.contains.len()).map(|at| format!(":part{at}")).collect();
        let contains: Vec<String> =
            names.iter().map(|name| format!("instr(shown.text, {name}) > 0")).collect();
        conditions.extend(contains.iter().map(String::as_str));
        params.extend(
            names.iter().zip(&query.contains).map(|(name, part)| (name.as_str(), part as &dyn ToSql)),
        );
        let type_no = record_type.map(|no| no.0);
        if type_no.is_some() {
            conditions.push("shown.type = :type");
            params.push((":type", &type_no));
        }
        let wanted = conditions.join(" AND ");
        // Only records that are alive have words, so the index alone can count them.
        let count = if query.contains.is_empty() && type_no.is_none() && !query.matches.is_empty() {
            "SELECT count(*) FROM word WHERE word MATCH :words".to_owned()
        } else {
            format!("SELECT count(*) FROM {from} WHERE {wanted}")
        };
        let total = self
            .conn
            .prepare_cached(&count)
            .and_then(|mut s| s.query_row(params.as_slice(), |row| row.get(0)))
            .during("count what was found")?;
        let order = if query.matches.is_empty() { "shown.id" } else { "word.rowid" };
        let hits = self
            .conn
            .prepare_cached(&format!(
                "SELECT {SHOWN_COLUMNS} FROM {from} WHERE {wanted} ORDER BY {order} DESC LIMIT {HITS_MAX}"
            ))
            .and_then(|mut s| s.query_map(params.as_slice(), ShownRow::read)?.collect())
            .during("find records")?;
        Ok(Hits { total, hits })
    }
}
