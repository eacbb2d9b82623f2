//! Identity codes: which scheme, is it right, what was meant, and the key that records are grouped by.
//!
//! Pure: no I/O and no clock; who wants birth dates in the future refused passes `today`. Codes, prefixes and
//! layouts are data files that name their standard, edition and certainty. Nothing here corrects a code: it is
//! brought into one canonical form, its problems are listed, and what may have been meant is proposed.
//!
//! ```
//! use gridweave_core::identity::{Scheme, check, detect};
//! assert_eq!(detect("110101 19000101 009x"), Some(Scheme::Citizen));
//! let checked = check(Scheme::Citizen, "110101 19000101 009x");
//! assert_eq!(checked.canonical, "11010119000101009X");
//! assert!(checked.valid && checked.problems.is_empty());
//! ```

mod check_digit;
mod citizen;
mod component;
mod countries;
mod credit;
mod detect;
mod divisions;
mod document;
mod key;
mod normal;
mod organisation;
mod permanent_resident;
mod place;
mod problem;
mod scheme;
mod suggest;

pub use check_digit::{CREDIT_ALPHABET, citizen_check_digit, credit_check_digit, organisation_check_digit};
pub use citizen::{CitizenParts, Sex, citizen_number, citizen_parts};
pub use component::{ComponentLayout, ComponentParts, component_layouts};
pub use countries::country_name;
pub use credit::{CreditPrefix, credit_code, credit_prefix, organisation_of_credit};
pub use detect::detect;
pub use divisions::is_known_division;
pub use key::identity_key;
pub use normal::{CANONICAL_VERSION, normal_text};
pub use organisation::organisation_code;
pub use permanent_resident::{PermanentResidentParts, permanent_resident_number, permanent_resident_parts};
pub use place::{HouseParts, house_parts};
pub use problem::{Problem, ProblemCode, Severity};
pub use scheme::{Scheme, UnknownScheme};
pub use suggest::SUGGESTIONS_MAX;

use chrono::NaiveDate;
use problem::places;

/// A code, looked at from all sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The scheme it was checked by; `None` only from [`check_any`], where no scheme has codes of its form.
    pub scheme: Option<Scheme>,
    /// The form that codes are compared in; the best there is even where the code is invalid.
    pub canonical: String,
    /// Whether it can be right: no problem is an error.
    pub valid: bool,
    /// What is wrong or unusual, in the order of the code.
    pub problems: Vec<Problem>,
    /// What may have been meant if it is invalid, likeliest first, at most [`SUGGESTIONS_MAX`].
    pub suggestions: Vec<String>,
}

/// What is known beside the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// The person's date of birth: suggestions must agree with it.
    pub birth_date: Option<NaiveDate>,
    /// The person's sex: suggestions must agree with it.
    pub sex: Option<Sex>,
    /// The present day: with it, later birth dates are errors and absurd ages warnings.
    pub today: Option<NaiveDate>,
}

/// Checks a text as typed by a scheme, knowing nothing else.
pub fn check(scheme: Scheme, text: &str) -> Checked {
    check_with(scheme, text, &Hints::default())
}

/// Checks a text as typed by the scheme that its form tells.
pub fn check_any(text: &str, hints: &Hints) -> Checked {
    if let Some(scheme) = detect(text) {
        return check_with(scheme, text, hints);
    }
    let canonical = normal_text(text);
    let problem = if canonical.is_empty() {
        nothing_there()
    } else {
        Problem::new(ProblemCode::UnknownForm, "no kind of code has this form; compare it with the original")
    };
    Checked { scheme: None, canonical, valid: false, problems: vec![problem], suggestions: Vec::new() }
}

/// Checks a text as typed by a scheme, with what is known beside it.
pub fn check_with(scheme: Scheme, text: &str, hints: &Hints) -> Checked {
    let canonical = canonical(scheme, text);
    if canonical.is_empty() {
        let problems = vec![nothing_there()];
        return Checked { scheme: Some(scheme), canonical, valid: false, problems, suggestions: Vec::new() };
    }
    let latin: String = canonical.chars().map(|c| normal::homoglyph(c).unwrap_or(c)).collect();
    let mut problems = Vec::new();
    if latin != canonical {
        let foreign: Vec<usize> = canonical
            .chars()
            .enumerate()
            .filter(|(_, c)| normal::homoglyph(*c).is_some())
            .map(|(i, _)| i)
            .collect();
        let message = format!(
            "{} only looks like a Latin letter or digit but belongs to another script; type it again",
            places(&foreign)
        );
        problems.push(Problem::new(ProblemCode::Homoglyph, message));
    }
    if scheme == Scheme::Citizen && century_unsure(text) {
        problems.push(Problem::new(
            ProblemCode::CenturyUnsure,
            "15 digits with a sequence of 996 to 999 may be of someone born in the 19th century; 19 was put in",
        ));
    }
    let found = inspect(scheme, &latin, hints.today);
    let latin_valid = found.iter().all(|p| p.severity == Severity::Warning);
    problems.extend(found);
    let valid = latin_valid && latin == canonical;
    let suggestions = match (valid, latin_valid) {
        (true, _) => Vec::new(),
        (false, true) => vec![latin],
        (false, false) => suggest::suggest(scheme, &latin, hints),
    };
    Checked { scheme: Some(scheme), canonical, valid, problems, suggestions }
}

/// The form that codes of a scheme are compared in: [`normal_text`], without the hyphen of a printed organisation
/// code, 15-digit citizens' numbers upgraded. Always a text, and applying it twice changes nothing more.
pub fn canonical(scheme: Scheme, text: &str) -> String {
    let normal = normal_text(text);
    match scheme {
        Scheme::Citizen => citizen::upgrade(&normal).unwrap_or(normal),
        Scheme::Organisation => normal.chars().filter(|c| !normal::is_hyphen(*c)).collect(),
        _ => normal,
    }
}

/// Problems of a canonical code that has no look-alikes of other scripts.
fn inspect(scheme: Scheme, code: &str, today: Option<NaiveDate>) -> Vec<Problem> {
    match scheme {
        Scheme::Citizen => citizen::inspect(code, today),
        Scheme::PermanentResident => permanent_resident::inspect(code, today),
        Scheme::Document => document::inspect(code),
        Scheme::Credit => credit::inspect(code),
        Scheme::Organisation => organisation::inspect(code),
        Scheme::House => place::inspect_house(code),
        Scheme::Component => component::inspect(code),
        Scheme::Grid => place::inspect_grid(code),
        Scheme::Division => place::inspect_division(code),
    }
}

fn nothing_there() -> Problem {
    Problem::new(ProblemCode::Empty, "there is no code; type it, or leave the field unanswered")
}

/// Whether a text is an old number whose sequence was kept for people then older than a hundred years.
fn century_unsure(text: &str) -> bool {
    let normal = normal_text(text);
    place::all_digits(&normal, 15) && ["996", "997", "998", "999"].contains(&&normal[12..])
}
