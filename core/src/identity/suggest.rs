//! What a code that cannot be right was probably meant to be: every code one slip away that has no error.
//!
//! Nothing is corrected silently. The list is for the worker, who compares with the card; it is ordered by
//! likelihood, the same everywhere, and short, because a check digit leaves one in eleven (or 31) neighbours.

use super::check_digit::{CREDIT_ALPHABET, citizen_passes, credit_passes, organisation_passes};
use super::citizen::citizen_parts;
use super::permanent_resident::permanent_resident_parts;
use super::problem::Severity;
use super::scheme::Scheme;
use super::{Hints, inspect};
use std::collections::BTreeMap;

/// The most suggestions given. One slip in an organisation code, the widest, leaves fewer.
pub const SUGGESTIONS_MAX: usize = 40;

const DIGITS: &[u8] = b"0123456789";
const DIGITS_X: &[u8] = b"0123456789X";
const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// One slip, likelier ones first: those of the hand (a swap), of the eye (a look-alike) and in the check character,
/// then a digit for a digit, then a digit for a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slip {
    class: u8,
    /// Warnings of the result: a known division goes before an unknown one.
    warnings: usize,
    /// What makes the order total where the rest is equal.
    kind: u8,
    place: usize,
}

/// Codes of the scheme one slip away from `code` (canonical, look-alikes of other scripts already replaced) that
/// have no error and agree with the hints.
pub(super) fn suggest(scheme: Scheme, code: &str, hints: &Hints) -> Vec<String> {
    let Some(written) = Written::of(scheme, code) else { return Vec::new() };
    let mut ranked: BTreeMap<String, Slip> = BTreeMap::new();
    for (text, mut slip) in written.neighbours() {
        let problems = inspect(scheme, &text, hints.today);
        if problems.iter().any(|p| p.severity == Severity::Error) || !agrees(scheme, &text, hints) {
            continue;
        }
        slip.warnings = problems.len();
        ranked.entry(text).and_modify(|known| *known = slip.min(*known)).or_insert(slip);
    }
    let mut list: Vec<(Slip, String)> = ranked.into_iter().map(|(text, slip)| (slip, text)).collect();
    list.sort();
    list.into_iter().map(|(_, text)| text).take(SUGGESTIONS_MAX).collect()
}

/// A text of the right length, with what may stand at each place and the check over it.
struct Written {
    /// ASCII; `?` where a character is not.
    code: Vec<u8>,
    alphabets: Vec<&'static [u8]>,
    passes: fn(&[u8]) -> bool,
}

impl Written {
    /// `None` for schemes without a check character and for other lengths.
    fn of(scheme: Scheme, code: &str) -> Option<Written> {
        let (alphabet, length, last): (_, _, &[u8]) = match scheme {
            Scheme::Citizen | Scheme::PermanentResident => (DIGITS, 18, DIGITS_X),
            Scheme::Credit => (CREDIT_ALPHABET.as_slice(), 18, CREDIT_ALPHABET),
            Scheme::Organisation => (LETTERS, 9, DIGITS_X),
            _ => return None,
        };
        let passes = match scheme {
            Scheme::Credit => credit_passes,
            Scheme::Organisation => organisation_passes,
            _ => citizen_passes,
        };
        let code: Vec<u8> = code.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect();
        let mut alphabets = vec![alphabet; length];
        alphabets[length - 1] = last;
        (code.len() == length).then_some(Written { code, alphabets, passes })
    }

    /// Every code one slip away whose check character fits.
    fn neighbours(&self) -> Vec<(String, Slip)> {
        let last = self.code.len() - 1;
        let mut found = Vec::new();
        let mut push = |candidate: &[u8], class, kind, place| {
            if candidate != self.code && (self.passes)(candidate) {
                let text = candidate.iter().copied().map(char::from).collect();
                found.push((text, Slip { class, warnings: 0, kind, place }));
            }
        };
        // Letters typed for the digits they look like, all at once: the typist does it throughout.
        let digits: Vec<u8> = (0..=last).map(|place| self.look_alike(place)).collect();
        push(&digits, 0, 0, 0);
        for place in 0..last {
            let mut swapped = self.code.clone();
            swapped.swap(place, place + 1);
            push(&swapped, 0, 1, place);
        }
        for (place, alphabet) in self.alphabets.iter().enumerate() {
            let mut replaced = self.code.clone();
            for &b in *alphabet {
                replaced[place] = b;
                let same_sort = b.is_ascii_digit() == self.code[place].is_ascii_digit();
                let class = if place == last { 0 } else { 1 + u8::from(!same_sort) };
                push(&replaced, class, 2, place);
            }
        }
        found
    }

    /// The digit that a letter is mistaken for, where that letter cannot stand.
    fn look_alike(&self, place: usize) -> u8 {
        match self.code[place] {
            b if self.alphabets[place].contains(&b) => b,
            b'O' | b'Q' | b'D' => b'0',
            b'I' | b'L' => b'1',
            b'Z' => b'2',
            b'S' => b'5',
            b'B' => b'8',
            b => b,
        }
    }
}

/// Whether a number says what is known of the person.
fn agrees(scheme: Scheme, code: &str, hints: &Hints) -> bool {
    let said = match scheme {
        Scheme::Citizen => citizen_parts(code).map(|parts| (parts.birth_date, parts.sex)),
        Scheme::PermanentResident => {
            permanent_resident_parts(code).map(|parts| (parts.birth_date, parts.sex))
        }
        _ => None,
    };
    let Some((birth_date, sex)) = said else { return true };
    hints.birth_date.is_none_or(|known| known == birth_date) && hints.sex.is_none_or(|known| known == sex)
}
