//! How long a text may be.

use super::Field;
use crate::identity::canonical;

/// Longest text of a field without a limit of its own, characters.
pub const TEXT_CHARS_MAX: usize = 10_000;

/// Whether a text is longer than its field takes. What a person puts between the signs of an identity code counts for
/// nothing.
pub fn is_too_long(field: Option<&Field>, text: &str) -> bool {
    let longer_than = |text: &str, limit: usize| text.chars().nth(limit).is_some();
    let limit = field.and_then(|field| field.max_chars).map_or(TEXT_CHARS_MAX, |max| max as usize);
    if !longer_than(text, limit) {
        return false;
    }
    let scheme = field.and_then(|field| field.identity.as_ref()).and_then(|code| code.scheme.parse().ok());
    match scheme {
        // Blanks without end are refused all the same.
        Some(scheme) => longer_than(text, TEXT_CHARS_MAX) || longer_than(&canonical(scheme, text), limit),
        None => true,
    }
}
