//! Which kind of code a text is: the name that forms, tables and the command line use.

use std::fmt;
use std::str::FromStr;

/// A kind of identity code. Its name (`Display`, `FromStr`) is part of the identity key and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Citizen's number, GB 11643-1999, 18 characters; the 15 digits of the 1989 edition are upgraded. Residence
    /// permits of people from Hong Kong, Macao and Taiwan (81, 82, 83) are numbered alike.
    Citizen,
    /// Permanent resident's card: 15 characters (2017) or 18 that begin with 9 (2023).
    PermanentResident,
    /// Passports and travel permits: 5 to 15 letters and digits, no more is checked.
    Document,
    /// Unified social credit code, GB 32100-2015, 18 characters.
    Credit,
    /// Organisation code, GB 11714-1997, 9 characters, printed `XXXXXXXX-C`.
    Organisation,
    /// Shenzhen's house code, 25 digits.
    House,
    /// City component, 16 or 17 digits; the layouts are data.
    Component,
    /// Grid: 14 digits or 15 characters.
    Grid,
    /// Statistical division down to the village: 12 digits.
    Division,
}

impl Scheme {
    /// All schemes, persons first.
    pub const ALL: [Scheme; 9] = [
        Scheme::Citizen,
        Scheme::PermanentResident,
        Scheme::Document,
        Scheme::Credit,
        Scheme::Organisation,
        Scheme::House,
        Scheme::Component,
        Scheme::Grid,
        Scheme::Division,
    ];

    /// The name in forms, JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Scheme::Citizen => "citizen",
            Scheme::PermanentResident => "permanent_resident",
            Scheme::Document => "document",
            Scheme::Credit => "credit",
            Scheme::Organisation => "organisation",
            Scheme::House => "house",
            Scheme::Component => "component",
            Scheme::Grid => "grid",
            Scheme::Division => "division",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown scheme; use one of citizen, permanent_resident, document, credit, organisation, house, component, \
     grid, division"
)]
pub struct UnknownScheme;

impl FromStr for Scheme {
    type Err = UnknownScheme;
    fn from_str(text: &str) -> Result<Scheme, UnknownScheme> {
        Scheme::ALL.into_iter().find(|scheme| scheme.name() == text).ok_or(UnknownScheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_the_error_lists_them_all() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
            assert!(UnknownScheme.to_string().contains(scheme.name()));
        }
        assert_eq!("Citizen".parse::<Scheme>(), Err(UnknownScheme));
    }
}
