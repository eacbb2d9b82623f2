//! Unified social credit codes (GB 32100-2015): department and type (2), registrar's division (6), organisation
//! code (9), check (1).
//!
//! The first two characters may be letters (A, N, Y): a check that wants eight leading digits turns village
//! cooperatives away. The organisation code inside has a check of its own, a second opinion; but codes exist that
//! fail it, so it only warns.

use super::check_digit::{CREDIT_ALPHABET, credit_check_digit, credit_passes, organisation_passes};
use super::citizen::unknown_division;
use super::divisions::is_known_division;
use super::problem::{Problem, ProblemCode, places};

const PREFIXES: &str = include_str!("data/credit_prefixes.csv");

/// Registrars of the whole country, who are in no division.
const NATIONAL: &str = "100000";

/// What the first two characters of a credit code say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditPrefix {
    /// Department that registers such organisations (Chinese).
    pub department: &'static str,
    /// Type of organisation (Chinese).
    pub kind: &'static str,
}

/// Registering department and type of a canonical code; `None` if its prefix is not listed.
pub fn credit_prefix(canonical: &str) -> Option<CreditPrefix> {
    let prefix = canonical.get(..2)?;
    let line = PREFIXES.lines().find(|line| line.split(',').next() == Some(prefix))?;
    let mut cells = line.split(',').skip(1);
    Some(CreditPrefix { department: cells.next()?, kind: cells.next()? })
}

/// The organisation code inside a canonical credit code, by which registers older than 2015 know the organisation.
/// `None` if the credit code or the organisation code in it fails its check.
pub fn organisation_of_credit(canonical: &str) -> Option<String> {
    let inner = canonical.get(8..17)?;
    (credit_passes(canonical.as_bytes()) && organisation_passes(inner.as_bytes())).then(|| inner.to_owned())
}

/// Makes a valid code, for generators and tests. `None` if prefix, division and organisation code are not 2, 6 and
/// 9 characters of the alphabet.
pub fn credit_code(prefix: &str, division: &str, organisation: &str) -> Option<String> {
    if (prefix.len(), division.len(), organisation.len()) != (2, 6, 9) {
        return None;
    }
    let first = format!("{prefix}{division}{organisation}");
    let check = first.as_bytes().try_into().ok().and_then(credit_check_digit)?;
    Some(format!("{first}{}", char::from(check)))
}

/// Problems of a canonical code.
pub(super) fn inspect(code: &str) -> Vec<Problem> {
    let count = code.chars().count();
    if count != 18 {
        let message = format!("has {count} characters instead of 18; one may be missing or doubled");
        return vec![Problem::new(ProblemCode::Length, message)];
    }
    if let Some(problem) = inspect_alphabet(code) {
        return vec![problem];
    }
    let mut problems = Vec::new();
    if credit_prefix(code).is_none() {
        problems.push(Problem::new(
            ProblemCode::PrefixUnknown,
            "characters 1 and 2 stand for no known registering department and type",
        ));
    }
    if &code[2..8] != NATIONAL && !is_known_division(&code[2..8]) {
        problems.push(unknown_division("characters 3 to 8"));
    }
    if !organisation_passes(&code.as_bytes()[8..17]) {
        problems.push(Problem::new(
            ProblemCode::OrganisationCheck,
            "the organisation code in it (characters 9 to 17) fails its own check; compare with the certificate",
        ));
    }
    if !credit_passes(code.as_bytes()) {
        problems.push(Problem::new(
            ProblemCode::CheckDigit,
            "the last character does not fit the others: at least one is mistyped; compare with the certificate",
        ));
    }
    problems
}

/// Characters that may not stand where they stand: the registrar's division is digits, the rest has no I O S V Z.
fn inspect_alphabet(code: &str) -> Option<Problem> {
    let fits = |i: usize, c: char| match i {
        2..8 => c.is_ascii_digit(),
        _ => c.is_ascii() && CREDIT_ALPHABET.contains(&(c as u8)),
    };
    let wrong: Vec<usize> = code.chars().enumerate().filter(|(i, c)| !fits(*i, *c)).map(|(i, _)| i).collect();
    let message = || {
        let places = places(&wrong);
        format!("{places} cannot stand there: 3 to 8 are digits, and no credit code has I, O, S, V or Z")
    };
    (!wrong.is_empty()).then(|| Problem::new(ProblemCode::Alphabet, message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organisation_code_is_read_only_from_a_code_that_passes() {
        assert_eq!(organisation_of_credit("914403001922038216").as_deref(), Some("192203821"));
        assert_eq!(organisation_of_credit("914403001922038217"), None);
        assert_eq!(organisation_of_credit("信用代码信用代码"), None);
    }

    #[test]
    fn prefixes_are_read_from_the_table_not_from_its_header() {
        assert_eq!(credit_prefix("92440300").map(|p| p.kind), Some("个体工商户"));
        assert_eq!(credit_prefix("N2").map(|p| p.department), Some("农业"));
        assert_eq!(credit_prefix("pr"), None);
        assert_eq!(credit_prefix("一"), None);
    }
}
