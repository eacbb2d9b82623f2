//! Passports and travel permits. Every country numbers its own way, so only the loosest form is checked: better a
//! wrong number than a traveller who cannot be recorded.

use super::problem::{Problem, ProblemCode, places};

/// Problems of a canonical number: 5 to 15 digits and capital letters.
pub(super) fn inspect(code: &str) -> Vec<Problem> {
    let count = code.chars().count();
    if !(5..=15).contains(&count) {
        let message = format!("has {count} characters; documents have 5 to 15");
        return vec![Problem::new(ProblemCode::Length, message)];
    }
    let fits = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
    let wrong: Vec<usize> = code.chars().enumerate().filter(|(_, c)| !fits(*c)).map(|(i, _)| i).collect();
    if wrong.is_empty() {
        return Vec::new();
    }
    vec![Problem::new(ProblemCode::Alphabet, format!("{} must be a digit or a letter", places(&wrong)))]
}
