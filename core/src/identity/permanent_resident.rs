//! Permanent residents' cards. 2017: 15 characters, `CCC AAAA YYMMDD N C`. Since 2023-12-01: 18, `9 PP NNN YYYYMMDD SSS C`.
//!
//! Both generations stay valid and neither can be turned into the other. How the last digit of the 2017 card is
//! computed is not published, so of that card only the form is checked.

use super::citizen::{self, Sex, birth_date, digits_but_last, sex_of, unknown_division, with_check};
use super::countries::country_name;
use super::divisions::{is_known_division, is_known_province};
use super::problem::{Problem, ProblemCode};
use chrono::NaiveDate;

/// What can be read off the number of a 2023 card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermanentResidentParts {
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// Province of acceptance, two digits.
    pub province: String,
    /// Country by its number (GB/T 2659, ISO 3166-1), three digits.
    pub country: String,
}

/// Reads a canonical number of 18 characters; `None` for the 2017 card and for what is no such number. The check
/// character is not looked at.
pub fn permanent_resident_parts(canonical: &str) -> Option<PermanentResidentParts> {
    let code = digits_but_last(canonical).filter(|code| code.starts_with('9'))?;
    Some(PermanentResidentParts {
        birth_date: birth_date(&code[6..14])?,
        sex: sex_of(code.as_bytes()[16]),
        province: code[1..3].to_owned(),
        country: code[3..6].to_owned(),
    })
}

/// Makes a valid number of a 2023 card, for generators and tests; `None` where an argument has the wrong form.
pub fn permanent_resident_number(
    province: &str,
    country: &str,
    born: NaiveDate,
    sequence: u16,
) -> Option<String> {
    let made = with_check(format!("9{province}{country}{}{sequence:03}", born.format("%Y%m%d")))?;
    ((province.len(), country.len()) == (2, 3) && birth_date(&made[6..14]) == Some(born)).then_some(made)
}

/// Whether a text has the form of the 2017 card: three letters and twelve digits.
pub(super) fn is_2017(code: &str) -> bool {
    let (letters, digits) = code.as_bytes().split_at(code.len().min(3));
    code.len() == 15 && letters.iter().all(u8::is_ascii_uppercase) && digits.iter().all(u8::is_ascii_digit)
}

/// Problems of a canonical number of either generation.
pub(super) fn inspect(code: &str, today: Option<NaiveDate>) -> Vec<Problem> {
    match code.chars().count() {
        15 => inspect_2017(code),
        18 => inspect_2023(code, today),
        count => {
            let message = format!("has {count} characters instead of 15 (card of 2017) or 18 (card of 2023)");
            vec![Problem::new(ProblemCode::Length, message)]
        }
    }
}

fn inspect_2017(code: &str) -> Vec<Problem> {
    if !is_2017(code) {
        let message = "15 characters must be three letters of the country and twelve digits";
        return vec![Problem::new(ProblemCode::Alphabet, message)];
    }
    let mut problems = Vec::new();
    if !is_known_division(&format!("{}00", &code[3..7])) {
        problems.push(unknown_division("characters 4 to 7"));
    }
    // The century is not in the number: a day that one of the two has is possible.
    if ["19", "20"].iter().all(|century| birth_date(&format!("{century}{}", &code[7..13])).is_none()) {
        let message = "characters 8 to 13 are not a possible birth date; compare them with the card";
        problems.push(Problem::new(ProblemCode::BirthDate, message));
    }
    problems
}

fn inspect_2023(code: &str, today: Option<NaiveDate>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !citizen::shape(code, &mut problems) {
        return problems;
    }
    if !code.starts_with('9') {
        let message = "a permanent resident's 18 characters begin with 9; other numbers are citizens'";
        problems.push(Problem::new(ProblemCode::DivisionImpossible, message));
    }
    if !is_known_province(&code[1..3]) {
        problems.push(unknown_division("characters 2 and 3"));
    }
    if country_name(&code[3..6]).is_none() {
        let message = "characters 4 to 6 are no known country; compare them with the card";
        problems.push(Problem::new(ProblemCode::CountryUnknown, message));
    }
    citizen::inspect_birth_date(&code[6..14], today, &mut problems);
    citizen::inspect_check(code, &mut problems);
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_published_example() {
        let parts = permanent_resident_parts("932682198501010017").unwrap();
        assert_eq!((parts.province.as_str(), parts.country.as_str(), parts.sex), ("32", "682", Sex::Male));
        assert_eq!(country_name(&parts.country), Some("沙特阿拉伯"));
        assert_eq!(permanent_resident_parts("110101190001010022"), None);
        assert_eq!(inspect("932682198501010017", None), []);
    }

    #[test]
    fn the_2017_card_is_checked_by_its_form() {
        assert_eq!(inspect("KAZ110090123105", None), []);
        assert_eq!(inspect("KAZ110090133105", None)[0].code, ProblemCode::BirthDate);
        assert_eq!(inspect("KA1110090123105", None)[0].code, ProblemCode::Alphabet);
        // 29 February 2000 was a day, 1900 had none.
        assert_eq!(inspect("KAZ110000022905", None), []);
        assert!(!is_2017("哈萨克斯坦"));
    }

    #[test]
    fn made_numbers_are_valid() {
        let born = NaiveDate::from_ymd_opt(1905, 6, 7).unwrap();
        let number = permanent_resident_number("44", "688", born, 12).unwrap();
        assert_eq!(inspect(&number, None), []);
        assert_eq!(permanent_resident_number("4", "4688", born, 12), None);
        assert_eq!(permanent_resident_number("44", "688", born, 1200), None);
    }
}
