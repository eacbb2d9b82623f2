//! Two people, one code: a shared code is strong evidence, but a mistyped or borrowed number joins strangers. Clearly
//! different names or birth dates raise a flag; nothing is parted by itself.

use super::profile::Source;
use crate::form::{FieldKind, RecordType, Search};
use crate::ids::FieldKey;
use crate::value::Value;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Names less alike than this are of different people. A slip in a name of three characters leaves two thirds.
const ALIKE_MIN: f64 = 0.5;

/// Why two records of one code may be of two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// The names have less than half in common.
    Name,
    /// The birth dates differ by more than a slip.
    BirthDate,
}

/// Looks at every pair of records; says what makes them look like two people.
pub fn two_people(sources: &[Source<'_>]) -> BTreeSet<Suspicion> {
    let mut found = BTreeSet::new();
    for (i, a) in sources.iter().enumerate() {
        for b in &sources[i + 1..] {
            if let (Some(x), Some(y)) = (name_of(a), name_of(b))
                && name_similarity(&x, &y) < ALIKE_MIN
            {
                found.insert(Suspicion::Name);
            }
            if let (Some(x), Some(y)) = (birth_date_of(a), birth_date_of(b))
                && !a_slip_apart(x, y)
            {
                found.insert(Suspicion::BirthDate);
            }
        }
    }
    found
}

/// How alike two names are: 1 for equal, 0 for nothing in common. Edits (an exchange of neighbours is one) over the
/// longer name's length, after width, case and spaces are made one.
pub fn name_similarity(a: &str, b: &str) -> f64 {
    let plain = |text: &str| -> Vec<char> {
        text.nfkc()
            .flat_map(char::to_lowercase)
            .filter(|c| !c.is_whitespace() && !"·.-'".contains(*c))
            .collect()
    };
    let (a, b) = (plain(a), plain(b));
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 1.0;
    }
    1.0 - edits(&a, &b) as f64 / longer as f64
}

/// Fewest insertions, deletions, replacements and exchanges of neighbours (optimal string alignment).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

/// Equal, or one part of three differs, or day and month are exchanged: what happens when dates are typed.
fn a_slip_apart(a: NaiveDate, b: NaiveDate) -> bool {
    let parts = |d: NaiveDate| (d.year(), d.month(), d.day());
    let ((y1, m1, d1), (y2, m2, d2)) = (parts(a), parts(b));
    let differing = usize::from(y1 != y2) + usize::from(m1 != m2) + usize::from(d1 != d2);
    differing <= 1 || (y1 == y2 && m1 == d2 && d1 == m2)
}

/// The name: the first field that is searched as one.
fn name_of(source: &Source<'_>) -> Option<String> {
    let field = source.record_type.fields.iter().find(|f| f.search == Search::Name)?;
    let shown = source.state.shown(FieldKey::plain(field.no))?;
    shown.value.as_text().map(str::to_owned).filter(|name| !name.trim().is_empty())
}

fn birth_date_of(source: &Source<'_>) -> Option<NaiveDate> {
    let field = birth_date_field(source.record_type)?;
    match source.state.shown(field)?.value {
        Value::Date(date) => Some(date),
        _ => None,
    }
}

fn birth_date_field(record_type: &RecordType) -> Option<FieldKey> {
    let field = record_type.field_named("birth_date").filter(|f| f.kind == FieldKind::Date)?;
    Some(FieldKey::plain(field.no))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn slips_are_not_other_people_but_other_names_are() {
        for (a, b, alike) in [
            ("王建国", "王建国", true),
            ("王建国", "王健国", true),
            ("王建国", "国建王", false),
            ("王建国", "李秀英", false),
            ("王建国", "王秀英", false),
            ("李　明", "李明", true),
            ("李明", "李鸣", true),
            ("李明", "张鸣", false),
            ("ANNA MARIA", "Anna-Maria", true),
        ] {
            assert_eq!(name_similarity(a, b) >= ALIKE_MIN, alike, "{a} {b} {}", name_similarity(a, b));
        }
    }

    #[test]
    fn similarity_is_the_same_both_ways_and_one_for_equals() {
        for (a, b) in [("王建国", "王国"), ("", "王"), ("ab", "ba")] {
            assert_eq!(name_similarity(a, b), name_similarity(b, a));
            assert_eq!(name_similarity(a, a), 1.0);
        }
        assert_eq!(name_similarity("ab", "ba"), 0.5, "neighbours exchanged are one edit");
    }

    #[test]
    fn dates_a_slip_apart_are_one_persons() {
        assert!(a_slip_apart(date(1901, 2, 3), date(1901, 2, 3)));
        assert!(a_slip_apart(date(1901, 2, 3), date(1901, 3, 2)));
        assert!(a_slip_apart(date(1901, 2, 3), date(1910, 2, 3)));
        assert!(!a_slip_apart(date(1901, 2, 3), date(1902, 4, 3)));
    }
}
