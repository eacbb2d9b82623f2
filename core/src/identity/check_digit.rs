//! The three check algorithms, for reading codes and for making them. ASCII in, ASCII out.

/// What a credit code is written with: 31 characters, none of I O S V Z (GB 32100-2015).
pub const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of an organisation code's first eight characters (GB 11714-1997).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Check character of a citizen's or (2023) permanent resident's number from its first 17 digits: ISO 7064
/// MOD 11-2 as GB 11643-1999 prints it. `None` if one is not a digit.
pub fn citizen_check_digit(first: &[u8; 17]) -> Option<u8> {
    let mut sum = 0;
    for &b in first {
        let digit = b.is_ascii_digit().then(|| u32::from(b - b'0'))?;
        // Horner's scheme with radix 2: the digit before place i (counted from 1) ends up weighted 2^(18-i).
        sum = (sum + digit) * 2 % 11;
    }
    Some(b"10X98765432"[sum as usize])
}

/// Check character of a credit code from its first 17 characters: weights 3^(i-1), modulus 31 (GB 32100-2015).
/// `None` if one is not in [`CREDIT_ALPHABET`].
pub fn credit_check_digit(first: &[u8; 17]) -> Option<u8> {
    let (mut sum, mut weight) = (0, 1);
    for b in first {
        let value = CREDIT_ALPHABET.iter().position(|a| a == b)?;
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    Some(CREDIT_ALPHABET[(31 - sum) % 31])
}

/// Check character of an organisation code from its first eight (GB 11714-1997). `None` if one is neither a digit
/// nor a capital letter.
pub fn organisation_check_digit(first: &[u8; 8]) -> Option<u8> {
    let mut sum = 0;
    for (&b, weight) in first.iter().zip(ORGANISATION_WEIGHTS) {
        let value = match b {
            b'0'..=b'9' => b - b'0',
            b'A'..=b'Z' => b - b'A' + 10,
            _ => return None,
        };
        sum += u32::from(value) * weight;
    }
    Some(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    })
}

/// Whether the last character fits the first 17, for citizens and permanent residents alike.
pub(super) fn citizen_passes(code: &[u8]) -> bool {
    matches!(code.split_last_chunk::<1>(), Some((first, [check]))
        if first.try_into().ok().and_then(citizen_check_digit) == Some(*check))
}

/// Whether the last character fits the first 17.
pub(super) fn credit_passes(code: &[u8]) -> bool {
    matches!(code.split_last_chunk::<1>(), Some((first, [check]))
        if first.try_into().ok().and_then(credit_check_digit) == Some(*check))
}

/// Whether the last character fits the first eight.
pub(super) fn organisation_passes(code: &[u8]) -> bool {
    matches!(code.split_last_chunk::<1>(), Some((first, [check]))
        if first.try_into().ok().and_then(organisation_check_digit) == Some(*check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_printed_in_the_standards_pass() {
        assert_eq!(citizen_check_digit(b"11010519491231002"), Some(b'X'));
        assert_eq!(citizen_check_digit(b"44052418800101001"), Some(b'4'));
        assert!(citizen_passes(b"932682198501010017"));
        assert!(organisation_passes(b"192203821"));
        assert!(credit_passes(b"914403001922038216"));
    }

    #[test]
    fn other_characters_and_lengths_have_no_check() {
        assert_eq!(citizen_check_digit(b"1101051949123100X"), None);
        assert_eq!(credit_check_digit(b"91440300I92203821"), None);
        assert_eq!(organisation_check_digit(b"1922038-"), None);
        assert!(!citizen_passes(b"") && !credit_passes(b"9") && !organisation_passes(b"1922038216"));
    }
}
