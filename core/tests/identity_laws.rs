//! Laws of identity codes, over made codes and arbitrary text.

// Generators outside test functions may stop the test run as well as tests may.
#![allow(clippy::unwrap_used)]

use chrono::{Days, NaiveDate};
use gridweave_core::identity::{
    CREDIT_ALPHABET, Hints, ProblemCode, SUGGESTIONS_MAX, Scheme, Severity, Sex, canonical, check, check_any,
    citizen_number, citizen_parts, credit_code, detect, organisation_code, organisation_of_credit,
    permanent_resident_number,
};
use proptest::prelude::*;

/// Counties whose numbers are made: known, abolished and of the residence permits.
const DIVISIONS: [&str; 6] = ["440310", "110101", "659001", "110103", "810000", "830000"];

fn birth_dates() -> impl Strategy<Value = NaiveDate> {
    let start = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    (0..3652u64).prop_map(move |days| start + Days::new(days))
}

fn citizens() -> impl Strategy<Value = String> {
    (prop::sample::select(&DIVISIONS[..]), birth_dates(), 0..1000u16)
        .prop_map(|(division, born, sequence)| citizen_number(division, born, sequence).unwrap())
}

fn permanent_residents() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["11", "32", "44"]),
        prop::sample::select(vec!["682", "688", "004"]),
        birth_dates(),
    )
        .prop_map(|(province, country, born)| permanent_resident_number(province, country, born, 17).unwrap())
}

fn organisations() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(CREDIT_ALPHABET.to_vec()), 8)
        .prop_map(|first| organisation_code(&String::from_utf8(first).unwrap()).unwrap())
}

fn credits() -> impl Strategy<Value = String> {
    let prefixes = vec!["91", "92", "54", "N2", "Y1", "A1", "12"];
    (prop::sample::select(prefixes), prop::sample::select(&DIVISIONS[..]), organisations())
        .prop_map(|(prefix, division, organisation)| credit_code(prefix, division, &organisation).unwrap())
}

fn valid_codes() -> impl Strategy<Value = (Scheme, String)> {
    prop_oneof![
        citizens().prop_map(|code| (Scheme::Citizen, code)),
        permanent_residents().prop_map(|code| (Scheme::PermanentResident, code)),
        credits().prop_map(|code| (Scheme::Credit, code)),
        organisations().prop_map(|code| (Scheme::Organisation, code)),
    ]
}

/// What may be typed at one place of a code, whatever stands there.
fn alphabet(scheme: Scheme, place: usize) -> Vec<u8> {
    match scheme {
        Scheme::Credit => CREDIT_ALPHABET.to_vec(),
        _ if place == 17 => b"0123456789X".to_vec(),
        _ => b"0123456789".to_vec(),
    }
}

/// Every text that one replaced character or one swap of neighbours makes of a code.
fn slips(scheme: Scheme, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for place in 0..code.len() {
        for b in alphabet(scheme, place) {
            let mut bytes = code.as_bytes().to_vec();
            bytes[place] = b;
            found.push(bytes);
        }
        let mut bytes = code.as_bytes().to_vec();
        if place + 1 < bytes.len() {
            bytes.swap(place, place + 1);
            found.push(bytes);
        }
    }
    let texts = found.into_iter().map(|bytes| String::from_utf8(bytes).unwrap());
    texts.filter(|text| text != code).collect()
}

/// Failing cases are added to the vectors by hand, where they get a name.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn every_slip_in_a_code_is_heard_and_what_was_meant_is_suggested((scheme, code) in valid_codes()) {
        for typed in slips(scheme, &code) {
            let checked = check(scheme, &typed);
            // Modulus 11 cannot tell apart letters of an organisation code whose values differ by 11, nor them and
            // digits; the standard leaves that open, and only that.
            if checked.valid {
                prop_assert!(scheme == Scheme::Organisation, "{scheme} {code} typed {typed}");
                let lettered = code.bytes().zip(typed.bytes()).any(|(a, b)| a != b && (a > b'9' || b > b'9'));
                prop_assert!(lettered, "{code} typed {typed}");
                continue;
            }
            prop_assert_eq!(&checked.canonical, &typed);
            prop_assert!(checked.suggestions.contains(&code), "{} {} typed {}: {:?}", scheme, code, typed, checked);
            prop_assert!(checked.suggestions.len() <= SUGGESTIONS_MAX);
        }
    }

    #[test]
    fn made_codes_are_valid_and_found_by_their_form((scheme, code) in valid_codes()) {
        // Rarely, a credit code of digits alone holds a birth date where a citizen's number has it.
        prop_assume!(scheme != Scheme::Credit || citizen_parts(&code).is_none());
        let checked = check_any(&code, &Hints::default());
        prop_assert_eq!(checked.scheme, Some(scheme));
        prop_assert!(checked.valid, "{:?}", checked);
        prop_assert_eq!(checked.canonical, code);
    }

    #[test]
    fn typing_variants_come_to_one_canonical_form(
        (scheme, code) in valid_codes(),
        gaps in prop::collection::vec(0..6usize, 18),
    ) {
        let spaces = ["", " ", "\u{3000}", "\u{200b}", "\t", "\u{feff}"];
        let full_width = |c: char| char::from_u32(c as u32 + 0xFEE0).unwrap();
        let spaced: String = code.chars().zip(&gaps).map(|(c, gap)| format!("{}{c}", spaces[*gap])).collect();
        for typed in [spaced, code.to_lowercase(), code.chars().map(full_width).collect()] {
            prop_assert_eq!(canonical(scheme, &typed), code.clone());
            prop_assert_eq!(detect(&typed), detect(&code));
        }
    }

    #[test]
    fn printed_organisation_codes_lose_their_hyphen(
        code in organisations(),
        hyphen in prop::sample::select(vec!["-", "－", "‐", "–", " - "]),
    ) {
        let printed = format!("{}{hyphen}{}", &code[..8], &code[8..]);
        prop_assert_eq!(canonical(Scheme::Organisation, &printed), code);
        prop_assert_eq!(detect(&printed), Some(Scheme::Organisation));
    }

    #[test]
    fn the_organisation_code_comes_out_of_the_credit_code_it_went_into(organisation in organisations()) {
        let credit = credit_code("91", "440310", &organisation).unwrap();
        prop_assert_eq!(organisation_of_credit(&credit), Some(organisation));
    }

    #[test]
    fn parts_are_what_the_number_was_made_of(
        division in prop::sample::select(&DIVISIONS[..]),
        born in birth_dates(),
        sequence in 0..1000u16,
    ) {
        let parts = citizen_parts(&citizen_number(division, born, sequence).unwrap()).unwrap();
        prop_assert_eq!((parts.division.as_str(), parts.birth_date), (division, born));
        prop_assert_eq!(parts.sex == Sex::Male, sequence % 2 == 1);
    }
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn any_text_is_answered_and_its_canonical_form_stands_still(text in any_text()) {
        for scheme in Scheme::ALL {
            let checked = check(scheme, &text);
            prop_assert_eq!(canonical(scheme, &checked.canonical), checked.canonical.clone());
            let errors = checked.problems.iter().filter(|p| p.severity == Severity::Error).count();
            prop_assert_eq!(checked.valid, errors == 0);
            prop_assert!(!checked.valid || checked.suggestions.is_empty());
            for suggestion in &checked.suggestions {
                prop_assert!(check(scheme, suggestion).valid, "{scheme} {suggestion}");
                prop_assert!(*suggestion != checked.canonical);
            }
            // A valid code is plain letters and digits, so it cannot carry markup or formulas anywhere.
            prop_assert!(!checked.valid || checked.canonical.bytes().all(|b| b.is_ascii_alphanumeric()));
        }
        let any = check_any(&text, &Hints::default());
        prop_assert_eq!(any.scheme, detect(&text));
    }
}

/// Arbitrary text, and text of a code's length and characters with something foreign in it.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[0-9]{12,18}", "[0-9A-Zxх×〇Ｘ三 -]{7,20}", "[1-9][0-9]{5}19[0-9]{9}\\PC"]
}

/// The generator of the cross-check: small, seeded, the same everywhere (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

#[test]
fn two_hundred_thousand_made_codes_agree_with_the_formulas_as_the_standards_print_them() {
    let mut random = Random(47);
    let start = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    for _ in 0..100_000 {
        let division = format!("{}", 110_000 + random.below(700_000));
        let born = start + Days::new(random.below(4000));
        let number = citizen_number(&division, born, random.below(1000) as u16).unwrap();
        assert_eq!(number.as_bytes()[17], printed_citizen_check(&number[..17]), "{number}");
        let checked = check(Scheme::Citizen, &number);
        assert!(
            checked.valid && checked.problems.iter().all(|p| p.code == ProblemCode::DivisionUnknown),
            "{number}"
        );

        let first: String = (0..8).map(|_| char::from(CREDIT_ALPHABET[random.below(31) as usize])).collect();
        let organisation = organisation_code(&first).unwrap();
        let credit = credit_code("92", "440310", &organisation).unwrap();
        assert_eq!(credit.as_bytes()[17], printed_credit_check(&credit[..17]), "{credit}");
        assert!(check(Scheme::Credit, &credit).problems.is_empty(), "{credit}");
        assert!(check(Scheme::Organisation, &organisation).valid, "{organisation}");
    }
}

/// GB 11643-1999 by its other form: (1 − 2 · the digits read in base 13) mod 11.
fn printed_citizen_check(first: &str) -> u8 {
    let value = first.bytes().fold(0u128, |n, b| n * 13 + u128::from(b - b'0'));
    let check = (1i128 - 2 * (value % 11) as i128).rem_euclid(11) as u8;
    if check == 10 { b'X' } else { b'0' + check }
}

/// GB 32100-2015 with its table of weights.
fn printed_credit_check(first: &str) -> u8 {
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let value = |b| CREDIT_ALPHABET.iter().position(|a| *a == b).unwrap();
    let sum: usize = first.bytes().zip(WEIGHTS).map(|(b, weight)| value(b) * weight).sum();
    CREDIT_ALPHABET[(31 - sum % 31) % 31]
}
