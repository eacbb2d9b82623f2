//! What is wrong with a code. Problems are a list, never an `Err`: a worker may save what she reads off a worn card.
//!
//! Messages say where and what to do, and never repeat the code: they may end in logs.

use std::fmt;

/// Whether the code can be right at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Unusual, but such codes exist; the code stays valid.
    Warning,
    /// The code cannot be right.
    Error,
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $severity:ident;)*) => {
        /// Cause of a problem; its name is stable, apps resolve their own words from it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemCode { $($(#[$doc])* $variant,)* }

        impl ProblemCode {
            /// Every cause there is.
            pub const ALL: &'static [ProblemCode] = &[$(ProblemCode::$variant,)*];

            /// Stable name.
            pub const fn name(self) -> &'static str {
                match self { $(ProblemCode::$variant => $name,)* }
            }

            /// How grave it is, always the same for one cause.
            pub const fn severity(self) -> Severity {
                match self { $(ProblemCode::$variant => Severity::$severity,)* }
            }
        }
    };
}

problem_codes! {
    /// There is nothing to check.
    Empty "empty" Error;
    /// No scheme has codes of this form.
    UnknownForm "unknown_form" Error;
    /// Too few or too many characters.
    Length "length" Error;
    /// A character that the scheme does not use at its place.
    Alphabet "alphabet" Error;
    /// A letter of another script that looks like a Latin one.
    Homoglyph "homoglyph" Error;
    /// The check character does not fit the others.
    CheckDigit "check_digit" Error;
    /// The birth date is not in the calendar, or outside the centuries in which such numbers were given.
    BirthDate "birth_date" Error;
    /// The birth date lies after today.
    BirthDateFuture "birth_date_future" Error;
    /// Older than anyone has become.
    BirthDateImplausible "birth_date_implausible" Warning;
    /// A 15-digit number of someone born before 1900 or in it: the sequences 996 to 999 were kept for the former.
    CenturyUnsure "century_unsure" Warning;
    /// No division number begins with this digit.
    DivisionImpossible "division_impossible" Error;
    /// Not in the list of divisions: abolished (the code then stays valid), very new, or mistyped.
    DivisionUnknown "division_unknown" Warning;
    /// Not in the list of countries.
    CountryUnknown "country_unknown" Warning;
    /// First characters of a credit code that no registering department is known to use.
    PrefixUnknown "prefix_unknown" Warning;
    /// The organisation code inside a credit code fails its own check.
    OrganisationCheck "organisation_check" Warning;
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One thing that is wrong or unusual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The cause.
    pub code: ProblemCode,
    /// What is wrong, where, and what to do, in English and without the code itself.
    pub message: String,
    /// Error or warning; equals `code.severity()`.
    pub severity: Severity,
}

impl Problem {
    pub(super) fn new(code: ProblemCode, message: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), severity: code.severity() }
    }
}

/// "character 3", "characters 3, 7": places counted from one, as people count.
pub(super) fn places(indices: &[usize]) -> String {
    let list: Vec<String> = indices.iter().map(|i| (i + 1).to_string()).collect();
    format!("character{} {}", if list.len() == 1 { "" } else { "s" }, list.join(", "))
}
