//! Citizens' numbers (GB 11643-1999): `AAAAAA YYYYMMDD SSS C`, and the 15 digits before them.
//!
//! The division is that of the *first* registration; it may be abolished since, or younger than its bearer, and
//! neither is an error.

use super::check_digit::{citizen_check_digit, citizen_passes};
use super::divisions::is_known_division;
use super::problem::{Problem, ProblemCode, places};
use chrono::{Datelike, NaiveDate};

/// Sex as the number's 17th digit tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Odd.
    Male,
    /// Even.
    Female,
}

/// What can be read off a citizen's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenParts {
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// 6-digit division of the first registration.
    pub division: String,
}

/// Years in which a bearer of any number can be born; the check of a date and the telling of a number from a credit
/// code both rest on them.
const BIRTH_YEARS: std::ops::RangeInclusive<i32> = 1800..=2099;
/// Well beyond any proven age (122), since the dead keep their numbers; beyond it a date was surely misread.
const AGE_YEARS_MAX: u32 = 150;

/// Reads a canonical number; `None` if it is not 18 characters with a possible birth date. The check character is
/// not looked at.
pub fn citizen_parts(canonical: &str) -> Option<CitizenParts> {
    let code = digits_but_last(canonical)?;
    Some(CitizenParts {
        birth_date: birth_date(&code[6..14])?,
        sex: sex_of(code.as_bytes()[16]),
        division: code[..6].to_owned(),
    })
}

/// Makes a valid number, for generators and tests. `None` if the division is not six digits beginning with 1 to 8,
/// the year is outside 1800 to 2099, or the sequence (odd for men) is above 999.
pub fn citizen_number(division: &str, birth_date: NaiveDate, sequence: u16) -> Option<String> {
    let possible = division.len() == 6 && (b'1'..=b'8').contains(&division.as_bytes()[0]);
    if !possible || !BIRTH_YEARS.contains(&birth_date.year()) || sequence > 999 {
        return None;
    }
    with_check(format!("{division}{}{sequence:03}", birth_date.format("%Y%m%d")))
}

/// 15 digits → 18: the century 19 after the division, and the check character. `None` for anything else.
pub(super) fn upgrade(text: &str) -> Option<String> {
    let old = text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit());
    old.then(|| with_check(format!("{}19{}", &text[..6], &text[6..]))).flatten()
}

/// Problems of a canonical number; `today` is needed to tell a birth date in the future.
pub(super) fn inspect(code: &str, today: Option<NaiveDate>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !shape(code, &mut problems) {
        return problems;
    }
    if !(b'1'..=b'8').contains(&code.as_bytes()[0]) {
        problems.push(Problem::new(
            ProblemCode::DivisionImpossible,
            "a citizen's number begins with a digit from 1 to 8; compare the first six with the card",
        ));
    } else if !is_known_division(&code[..6]) {
        problems.push(unknown_division("characters 1 to 6"));
    }
    inspect_birth_date(&code[6..14], today, &mut problems);
    inspect_check(code, &mut problems);
    problems
}

/// Pushes what keeps a text from being 17 digits and a check character; whether it is. Shared with permanent
/// residents.
pub(super) fn shape(code: &str, problems: &mut Vec<Problem>) -> bool {
    let count = code.chars().count();
    if count != 18 {
        let message = format!("has {count} characters instead of 18; one may be missing or doubled");
        problems.push(Problem::new(ProblemCode::Length, message));
        return false;
    }
    let fits = |i: usize, c: char| c.is_ascii_digit() || (i == 17 && c == 'X');
    let wrong: Vec<usize> = code.chars().enumerate().filter(|(i, c)| !fits(*i, *c)).map(|(i, _)| i).collect();
    if !wrong.is_empty() {
        let message = format!("{} must be a digit (the last may be X)", places(&wrong));
        problems.push(Problem::new(ProblemCode::Alphabet, message));
    }
    wrong.is_empty()
}

/// Pushes what is wrong with eight digits of a birth date.
pub(super) fn inspect_birth_date(digits: &str, today: Option<NaiveDate>, problems: &mut Vec<Problem>) {
    match (birth_date(digits), today) {
        (None, _) => problems.push(Problem::new(
            ProblemCode::BirthDate,
            "characters 7 to 14 are not a possible birth date; compare them with the card",
        )),
        (Some(born), Some(today)) if born > today => problems.push(Problem::new(
            ProblemCode::BirthDateFuture,
            "the birth date (characters 7 to 14) lies after today; compare it with the card, and the clock",
        )),
        (Some(born), Some(today)) if today.years_since(born).is_some_and(|y| y > AGE_YEARS_MAX) => {
            problems.push(Problem::new(
                ProblemCode::BirthDateImplausible,
                format!(
                    "the birth date (characters 7 to 14) makes its bearer older than {AGE_YEARS_MAX} years"
                ),
            ));
        }
        (Some(_), _) => {}
    }
}

/// Pushes a check character that does not fit.
pub(super) fn inspect_check(code: &str, problems: &mut Vec<Problem>) {
    if !citizen_passes(code.as_bytes()) {
        problems.push(Problem::new(
            ProblemCode::CheckDigit,
            "the last character does not fit the others: at least one is mistyped; compare with the card",
        ));
    }
}

/// The warning about a division that is not listed, which stands at `place`.
pub(super) fn unknown_division(place: &str) -> Problem {
    let message = format!("{place} are no known division: abolished, very new, or mistyped");
    Problem::new(ProblemCode::DivisionUnknown, message)
}

/// Eight digits as a date on which a bearer can be born.
pub(super) fn birth_date(digits: &str) -> Option<NaiveDate> {
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year = digits[..4].parse().ok().filter(|year| BIRTH_YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, digits[4..6].parse().ok()?, digits[6..].parse().ok()?)
}

/// Sex by the last digit of the sequence.
pub(super) fn sex_of(digit: u8) -> Sex {
    if digit % 2 == 1 { Sex::Male } else { Sex::Female }
}

/// The text if it is 18 ASCII characters, all digits but the last.
pub(super) fn digits_but_last(text: &str) -> Option<&str> {
    let fits = text.len() == 18 && text.is_ascii() && text.bytes().take(17).all(|b| b.is_ascii_digit());
    fits.then_some(text)
}

/// 17 digits and their check character.
pub(super) fn with_check(mut first: String) -> Option<String> {
    let check = first.as_bytes().try_into().ok().and_then(citizen_check_digit)?;
    first.push(char::from(check));
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_off_a_number() {
        let parts = citizen_parts("11010119000101009X").unwrap();
        assert_eq!(parts.birth_date, NaiveDate::from_ymd_opt(1900, 1, 1).unwrap());
        assert_eq!((parts.sex, parts.division.as_str()), (Sex::Male, "110101"));
        assert_eq!(citizen_parts("110101190001010022").unwrap().sex, Sex::Female);
        for text in ["", "110101000101991", "110101190002300013", "１10101190001010022", "三"] {
            assert_eq!(citizen_parts(text), None, "{text}");
        }
    }

    #[test]
    fn fifteen_digits_gain_the_century_and_a_check() {
        assert_eq!(upgrade("110101000101991").as_deref(), Some("110101190001019916"));
        assert_eq!(upgrade("11010100010199"), None);
        assert_eq!(upgrade("KAZ110090123105"), None);
    }

    #[test]
    fn made_numbers_are_valid_and_impossible_ones_are_not_made() {
        let born = NaiveDate::from_ymd_opt(1904, 2, 29).unwrap();
        let number = citizen_number("440310", born, 17).unwrap();
        assert_eq!(inspect(&number, None), []);
        assert_eq!(citizen_number("940310", born, 17), None);
        assert_eq!(citizen_number("44031", born, 17), None);
        assert_eq!(citizen_number("四四", born, 17), None);
        assert_eq!(citizen_number("440310", born, 1000), None);
    }
}
