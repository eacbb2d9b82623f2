//! Which administrative divisions are known, by the edition named in the data file.
//!
//! Knowledge, not law: a number carries the division of its first registration for ever, so an abolished code is
//! right for its bearer. Not being listed here is a warning and nothing more.

use std::sync::OnceLock;

const DATA: &str = include_str!("data/divisions.txt");

/// Whether a 6-digit code names a province, city or county of the list. Anything else than six digits does not.
pub fn is_known_division(code: &str) -> bool {
    let number =
        (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then(|| code.parse::<u32>().ok());
    number.flatten().is_some_and(|n| known().binary_search(&n).is_ok())
}

/// Whether two digits begin a province of the list.
pub(super) fn is_known_province(code: &str) -> bool {
    is_known_division(&format!("{code}0000"))
}

/// All codes, sorted.
fn known() -> &'static [u32] {
    static KNOWN: OnceLock<Vec<u32>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut codes = Vec::with_capacity(3500);
        for line in DATA.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ').filter_map(|word| word.parse::<u32>().ok());
            let Some(city) = words.next() else { continue };
            codes.extend([city / 100 * 10_000, city * 100]);
            codes.extend(words.map(|county| city * 100 + county));
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_cities_and_counties_are_known() {
        for code in ["110000", "110100", "110101", "440310", "441900", "469001", "810000", "830000", "710000"]
        {
            assert!(is_known_division(code), "{code}");
        }
        for code in ["110103", "000000", "44031", "4403100", "+40310", "四四零三", ""] {
            assert!(!is_known_division(code), "{code}");
        }
        assert!(is_known_province("32") && !is_known_province("38"));
    }

    #[test]
    fn every_word_of_the_data_is_read() {
        let counties: usize =
            DATA.lines().filter(|l| !l.starts_with('#')).map(|l| l.split(' ').count() - 1).sum();
        assert_eq!(counties, 2978);
        // 342 cities (three of them, without counties, stand as a county of themselves), 31 provinces, and Taiwan,
        // Hong Kong, Macao and 83 by one code each: all counted once.
        assert_eq!(known().len(), 2978 + 342 - 3 + 31 + 4);
    }
}
