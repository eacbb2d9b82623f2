//! The published and synthetic codes of `fixtures/identity`, read as a worker, a scanner or a batch would give them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use chrono::NaiveDate;
use gridweave_core::identity::{
    Checked, Hints, ProblemCode, Scheme, check, check_any, check_with, citizen_number, detect,
    is_known_division, organisation_of_credit,
};

const PERSONS: &str = include_str!("fixtures/identity/person_numbers.csv");
const EDGES: &str = include_str!("fixtures/identity/credit_edges.csv");
const COMPANIES: &str = include_str!("fixtures/identity/public_company_codes.csv");

fn today() -> Hints {
    Hints { today: NaiveDate::from_ymd_opt(2026, 7, 1), ..Hints::default() }
}

fn codes(checked: &Checked) -> Vec<ProblemCode> {
    checked.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn every_person_number_is_judged_as_its_source_says() {
    let mut judged = 0;
    for line in PERSONS.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (number, kind, expected) = (cells[0], cells[1], cells[2]);
        let scheme = if kind.starts_with("外国人") { Scheme::PermanentResident } else { Scheme::Citizen };
        let checked = check_with(scheme, number, &today());
        assert_eq!(checked.valid, expected != "invalid", "{line}: {:?}", checked.problems);
        if expected != "invalid" {
            assert_eq!(detect(number), Some(scheme), "{line}");
            assert!(checked.suggestions.is_empty(), "{line}");
        }
        if let Some((_, upgraded)) = line.split_once("upgrades to ") {
            assert_eq!(checked.canonical, upgraded[..18], "{line}");
        }
        judged += 1;
    }
    assert_eq!(judged, 28);
}

#[test]
fn what_is_wrong_is_named() {
    for (number, expected) in [
        ("110101190001010090", ProblemCode::CheckDigit),
        ("110101190002300013", ProblemCode::BirthDate),
        ("110101190013010011", ProblemCode::BirthDate),
        ("110101209901010017", ProblemCode::BirthDateFuture),
        ("000000190001010017", ProblemCode::DivisionImpossible),
        ("11010119000101001", ProblemCode::Length),
        ("1101011900010100A0", ProblemCode::Alphabet),
        ("", ProblemCode::Empty),
    ] {
        assert_eq!(codes(&check_with(Scheme::Citizen, number, &today())), [expected], "{number}");
    }
}

#[test]
fn abolished_divisions_and_the_very_old_are_warned_about_and_stay_valid() {
    // The standard's own example: its county was renumbered since.
    assert_eq!(
        codes(&check_with(Scheme::Citizen, "440524188001010014", &today())),
        [ProblemCode::DivisionUnknown]
    );
    let born_1850 = citizen_number("110101", NaiveDate::from_ymd_opt(1850, 1, 1).unwrap(), 1).unwrap();
    let checked = check_with(Scheme::Citizen, &born_1850, &today());
    assert!(checked.valid);
    assert_eq!(codes(&checked), [ProblemCode::BirthDateImplausible]);
    // Without the present day nothing is said about age.
    assert_eq!(codes(&check(Scheme::Citizen, &born_1850)), []);
}

#[test]
fn old_numbers_with_the_sequences_of_centenarians_are_warned_about() {
    let checked = check(Scheme::Citizen, "110101000101996");
    assert!(checked.valid);
    assert_eq!(codes(&checked), [ProblemCode::CenturyUnsure]);
    assert_eq!(codes(&check(Scheme::Citizen, "110101000101995")), []);
}

#[test]
fn every_edge_of_the_credit_code_is_judged_as_its_note_says() {
    for line in EDGES.lines().skip(1) {
        let (code, note) = line.split_once(',').unwrap();
        let checked = check(Scheme::Credit, code);
        assert_eq!(checked.valid, note.contains("SYNTHETIC VALID"), "{line}: {:?}", checked.problems);
        assert_eq!(
            detect(code),
            Some(if code == "12345" { Scheme::Document } else { Scheme::Credit }),
            "{line}"
        );
    }
    assert_eq!(codes(&check(Scheme::Credit, "9111000060003IOZSV")), [ProblemCode::Alphabet]);
    assert_eq!(check(Scheme::Credit, "91110000600037341N").suggestions[0], "91110000600037341L");
}

#[test]
fn public_companies_have_valid_credit_and_organisation_codes() {
    let mut companies = 0;
    for line in COMPANIES.lines().skip(1) {
        let (credit, organisation) = line.split_once(',').unwrap();
        let checked = check_any(credit, &Hints::default());
        assert_eq!((checked.scheme, checked.valid), (Some(Scheme::Credit), true), "{line}");
        assert_eq!(codes(&checked), [], "{line}");
        let printed = check_any(organisation, &Hints::default());
        assert_eq!((printed.scheme, printed.valid), (Some(Scheme::Organisation), true), "{line}");
        assert_eq!(organisation_of_credit(&checked.canonical), Some(printed.canonical), "{line}");
        companies += 1;
    }
    assert_eq!(companies, 25);
}

#[test]
fn committees_are_valid_although_the_standard_forgot_them_and_unknown_prefixes_only_warn() {
    use gridweave_core::identity::{credit_code, organisation_code};
    let organisation = organisation_code("MF123456").unwrap();
    for (prefix, division, expected) in [
        ("54", "440310", vec![]),
        ("55", "440310", vec![]),
        ("91", "100000", vec![]),
        ("G1", "440310", vec![ProblemCode::PrefixUnknown]),
        ("91", "440399", vec![ProblemCode::DivisionUnknown]),
    ] {
        let checked = check(Scheme::Credit, &credit_code(prefix, division, &organisation).unwrap());
        assert!(checked.valid);
        assert_eq!(codes(&checked), expected, "{prefix} {division}");
    }
    let failing_inside = credit_code("91", "440310", "MF1234560").unwrap();
    let checked = check(Scheme::Credit, &failing_inside);
    assert!(checked.valid);
    assert_eq!(codes(&checked), [ProblemCode::OrganisationCheck]);
    assert_eq!(organisation_of_credit(&failing_inside), None);
}

#[test]
fn look_alikes_of_other_scripts_are_named_and_never_replaced() {
    for (typed, meant) in
        [("11010119000101009Х", "11010119000101009X"), ("11010119000101009×", "11010119000101009X")]
    {
        let checked = check_any(typed, &Hints::default());
        assert_eq!((checked.scheme, checked.valid), (Some(Scheme::Citizen), false), "{typed}");
        assert_eq!(checked.canonical, typed);
        assert_eq!(codes(&checked), [ProblemCode::Homoglyph]);
        assert_eq!(checked.suggestions, [meant]);
    }
    // Latin letters that stand for digits are a problem of the alphabet, with the digits proposed.
    let checked = check(Scheme::Citizen, "11O1O119OOO1O1OO9X");
    assert_eq!(codes(&checked), [ProblemCode::Alphabet]);
    assert_eq!(checked.suggestions, ["11010119000101009X"]);
}

#[test]
fn suggestions_agree_with_what_is_known_of_the_person() {
    let born = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
    // One digit of the year is wrong: 1910 for 1900.
    let typed = "110101191001010014";
    let all = check(Scheme::Citizen, typed).suggestions;
    assert!(all.contains(&"110101190001010014".to_owned()) && all.len() > 3, "{all:?}");
    let hints = Hints { birth_date: born(1900, 1, 1), ..Hints::default() };
    assert_eq!(check_with(Scheme::Citizen, typed, &hints).suggestions, ["110101190001010014"]);
    let women = Hints { sex: Some(gridweave_core::identity::Sex::Female), ..Hints::default() };
    let women = check_with(Scheme::Citizen, typed, &women).suggestions;
    assert!(women.iter().all(|code| code.as_bytes()[16] % 2 == 0) && women.len() < all.len(), "{women:?}");
}

#[test]
fn likelier_slips_are_suggested_first() {
    let meant = "440310190305060233";
    assert!(check(Scheme::Citizen, meant).valid);
    // A swap comes before every single digit, and so does the check character.
    assert_eq!(check(Scheme::Citizen, "443010190305060233").suggestions[0], meant);
    let wrong_check = check(Scheme::Citizen, "440310190305060235").suggestions;
    let place = wrong_check.iter().position(|code| code == meant).unwrap();
    assert!(wrong_check.len() > 4 && place <= 1, "{wrong_check:?}");
    // Among single digits, divisions that exist come before others.
    let digits = check(Scheme::Citizen, "440310190305060433").suggestions;
    let single = |code: &&String| {
        code.bytes().zip("440310190305060433".bytes()).take(17).filter(|(a, b)| a != b).count() == 1
    };
    let known: Vec<bool> = digits.iter().filter(single).map(|code| is_known_division(&code[..6])).collect();
    assert!(
        known.is_sorted_by(|a, b| a >= b) && known.contains(&true) && known.contains(&false),
        "{digits:?}"
    );
}

#[test]
fn a_missing_or_doubled_digit_has_no_suggestions() {
    assert!(check(Scheme::Citizen, "44031019030506023").suggestions.is_empty());
    assert!(check(Scheme::Citizen, "4403101903050602333").suggestions.is_empty());
}

#[test]
fn places_are_checked_by_form_and_division() {
    for (text, scheme, expected) in [
        ("4403070030030400042000003", Scheme::House, vec![]),
        ("9903070030030400042000003", Scheme::House, vec![ProblemCode::DivisionUnknown]),
        ("3205080101000001", Scheme::Component, vec![]),
        ("32050801001000001", Scheme::Component, vec![]),
        ("440310003001001", Scheme::Grid, vec![]),
        ("44031000300101", Scheme::Grid, vec![]),
        ("440310001001", Scheme::Division, vec![]),
        ("E12345678", Scheme::Organisation, vec![ProblemCode::CheckDigit]),
        ("EA1234567", Scheme::Document, vec![]),
    ] {
        let checked = check(scheme, text);
        assert_eq!(codes(&checked), expected, "{text}");
        assert_eq!(checked.canonical, text);
    }
}
