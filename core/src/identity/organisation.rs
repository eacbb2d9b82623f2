//! Organisation codes (GB 11714-1997): eight characters and a check, printed `XXXXXXXX-C`; since 2015 they live on
//! inside credit codes.

use super::check_digit::{organisation_check_digit, organisation_passes};
use super::problem::{Problem, ProblemCode, places};

/// Makes a valid code of its first eight characters, for generators and tests. `None` if they are not eight digits
/// and capital letters.
pub fn organisation_code(first: &str) -> Option<String> {
    let check = first.as_bytes().try_into().ok().and_then(organisation_check_digit)?;
    Some(format!("{first}{}", char::from(check)))
}

/// Problems of a canonical code.
pub(super) fn inspect(code: &str) -> Vec<Problem> {
    let count = code.chars().count();
    if count != 9 {
        let message = format!("has {count} characters instead of 9; one may be missing or doubled");
        return vec![Problem::new(ProblemCode::Length, message)];
    }
    let fits = |i: usize, c: char| match i {
        8 => c.is_ascii_digit() || c == 'X',
        _ => c.is_ascii_digit() || c.is_ascii_uppercase(),
    };
    let wrong: Vec<usize> = code.chars().enumerate().filter(|(i, c)| !fits(*i, *c)).map(|(i, _)| i).collect();
    if !wrong.is_empty() {
        let message = format!("{} must be a digit or a letter (the last a digit or X)", places(&wrong));
        return vec![Problem::new(ProblemCode::Alphabet, message)];
    }
    if !organisation_passes(code.as_bytes()) {
        return vec![Problem::new(
            ProblemCode::CheckDigit,
            "the last character does not fit the others: at least one is mistyped; compare with the certificate",
        )];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_codes_pass() {
        assert_eq!(organisation_code("19220382").as_deref(), Some("192203821"));
        assert_eq!(organisation_code("71526726").as_deref(), Some("71526726X"));
        assert_eq!(organisation_code("MA5FYNUX").map(|code| inspect(&code)), Some(Vec::new()));
        assert_eq!(organisation_code("1922038"), None);
        assert_eq!(organisation_code("ma5fynux"), None);
    }
}
