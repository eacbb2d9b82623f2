//! Names of countries by their number, as permanent residents' numbers carry it.

const DATA: &str = include_str!("data/countries.csv");

/// Chinese name of a country by three digits (GB/T 2659, ISO 3166-1); `None` if it is not listed.
pub fn country_name(number: &str) -> Option<&'static str> {
    let is_number = number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit());
    let mut rows = DATA.lines().filter_map(|line| line.split_once(','));
    is_number.then(|| rows.find(|(key, _)| *key == number)).flatten().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_found_by_three_digits_only() {
        assert_eq!(country_name("004"), Some("阿富汗"));
        assert_eq!(country_name("728"), Some("南苏丹"));
        for unknown in ["4", "999", "num", "", "numeric", "４"] {
            assert_eq!(country_name(unknown), None, "{unknown}");
        }
    }
}
