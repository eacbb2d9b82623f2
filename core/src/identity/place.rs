//! Codes of places: Shenzhen's houses, grids, statistical divisions. None has a check digit, so only form and
//! division can be looked at.

use super::citizen::unknown_division;
use super::divisions::is_known_division;
use super::problem::{Problem, ProblemCode, places};

/// The parts of a house code, 2+2+2+3+3+2+5+6 digits (Shenzhen's rule for addresses, December 2017; read in two
/// sources). Slices of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HouseParts<'a> {
    /// County, 6 digits.
    pub division: &'a str,
    /// Street, 3 digits.
    pub street: &'a str,
    /// Community, 3 digits.
    pub community: &'a str,
    /// Basic grid in the community, 2 digits.
    pub grid: &'a str,
    /// Building, 5 digits.
    pub building: &'a str,
    /// Room, 6 digits.
    pub room: &'a str,
    /// The first 19 digits, which all rooms of a building share.
    pub building_code: &'a str,
}

/// Cuts a canonical house code; `None` if it is not 25 digits.
pub fn house_parts(canonical: &str) -> Option<HouseParts<'_>> {
    let code = all_digits(canonical, 25).then_some(canonical)?;
    Some(HouseParts {
        division: &code[..6],
        street: &code[6..9],
        community: &code[9..12],
        grid: &code[12..14],
        building: &code[14..19],
        room: &code[19..],
        building_code: &code[..19],
    })
}

/// Problems of a canonical house code.
pub(super) fn inspect_house(code: &str) -> Vec<Problem> {
    inspect_digits(code, &[25])
}

/// Problems of a canonical statistical division code.
pub(super) fn inspect_division(code: &str) -> Vec<Problem> {
    inspect_digits(code, &[12])
}

/// Problems of a canonical grid code: 14 digits (CJ/T 213-2005), or 15 (GB/T 30428.1-2013), where GB/T 47678.3-2026
/// allows capital letters.
pub(super) fn inspect_grid(code: &str) -> Vec<Problem> {
    if code.chars().count() != 15 {
        return inspect_digits(code, &[14, 15]);
    }
    let fits = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
    let wrong: Vec<usize> = code.chars().enumerate().filter(|(_, c)| !fits(*c)).map(|(i, _)| i).collect();
    if !wrong.is_empty() {
        let message = format!("{} must be a digit or a letter", places(&wrong));
        return vec![Problem::new(ProblemCode::Alphabet, message)];
    }
    // Where letters stand in the first six, the new standard's numbering is not the division's.
    let division = code[..6].bytes().all(|b| b.is_ascii_digit()).then(|| &code[..6]);
    division
        .filter(|code| !is_known_division(code))
        .map(|_| unknown_division("characters 1 to 6"))
        .into_iter()
        .collect()
}

/// Problems of a code of digits that begins with a division and has one of some lengths.
pub(super) fn inspect_digits(code: &str, lengths: &[usize]) -> Vec<Problem> {
    let count = code.chars().count();
    if !lengths.contains(&count) {
        let allowed: Vec<String> = lengths.iter().map(usize::to_string).collect();
        let message = format!("has {count} characters instead of {}", allowed.join(" or "));
        return vec![Problem::new(ProblemCode::Length, message)];
    }
    let wrong: Vec<usize> =
        code.chars().enumerate().filter(|(_, c)| !c.is_ascii_digit()).map(|(i, _)| i).collect();
    if !wrong.is_empty() {
        return vec![Problem::new(ProblemCode::Alphabet, format!("{} must be a digit", places(&wrong)))];
    }
    (!is_known_division(&code[..6])).then(|| unknown_division("characters 1 to 6")).into_iter().collect()
}

/// Whether a text is exactly so many ASCII digits.
pub(super) fn all_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_house_code_is_cut_as_published() {
        let parts = house_parts("4403070030030400042000003").unwrap();
        assert_eq!(
            (parts.division, parts.street, parts.community, parts.grid),
            ("440307", "003", "003", "04")
        );
        assert_eq!((parts.building, parts.room), ("00042", "000003"));
        assert_eq!(parts.building_code, "4403070030030400042");
        assert_eq!(inspect_house("4403070030030400042000003"), []);
        assert_eq!(house_parts("房"), None);
    }

    #[test]
    fn grids_have_14_digits_or_15_characters() {
        let codes = |text| inspect_grid(text).iter().map(|p| p.code).collect::<Vec<_>>();
        assert_eq!(codes("44031000300101"), []);
        assert_eq!(codes("440310003001001"), []);
        assert_eq!(codes("A4031000300100Z"), []);
        assert_eq!(codes("990310003001001"), [ProblemCode::DivisionUnknown]);
        assert_eq!(codes("4403100030010A"), [ProblemCode::Alphabet]);
        assert_eq!(codes("440310003"), [ProblemCode::Length]);
        assert_eq!(codes("网格网格网格网格网格网格网格网"), [ProblemCode::Alphabet]);
    }

    #[test]
    fn divisions_have_12_digits() {
        assert_eq!(inspect_division("440310001001"), []);
        assert_eq!(inspect_division("440300000000"), []);
        assert_eq!(inspect_division("440399001001")[0].code, ProblemCode::DivisionUnknown);
        assert_eq!(inspect_division("440310")[0].code, ProblemCode::Length);
    }
}
