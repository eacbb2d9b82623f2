//! Check digits of the invented numbers, worked out here and not by the core: a demo that asked the product for its
//! own input would agree with every mistake of it.

/// Alphabet of GB 32100-2015: no I, O, S, V, Z.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The check character after 17 digits of a citizen's number (GB 11643-1999, ISO 7064 MOD 11-2).
pub fn citizen_check(first17: &str) -> char {
    let sum = first17.bytes().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    char::from(b"10X98765432"[(sum % 11) as usize])
}

/// The check character after the first 8 characters of an organisation code (GB 11714-1997).
pub fn organisation_check(first8: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let value = |c: u8| if c.is_ascii_digit() { c - b'0' } else { c - b'A' + 10 };
    let sum: u32 = first8.bytes().zip(WEIGHTS).map(|(c, weight)| u32::from(value(c)) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    }
}

/// The check character after the first 17 characters of a credit code (GB 32100-2015).
pub fn credit_check(first17: &str) -> char {
    let value = |c: u8| CREDIT_ALPHABET.iter().position(|&a| a == c).unwrap_or(0);
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: usize = first17.bytes().zip(weights).map(|(c, weight)| value(c) * weight).sum();
    char::from(CREDIT_ALPHABET[(31 - sum % 31) % 31])
}

/// The same code as another worker types it. Every way leaves at most 18 characters and means the same.
pub fn typed(code: &str, way: Typing) -> String {
    match way {
        Typing::Plain => code.into(),
        Typing::FullWidth => code.chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap_or(c)).collect(),
        Typing::LowerCase => code.to_lowercase(),
        Typing::Old15 => format!("{}{}", &code[..6], &code[8..17]),
        Typing::Old15Spaced => format!("{} {} {}", &code[..6], &code[8..14], &code[14..17]),
    }
}

/// How a code is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// As it is printed.
    Plain,
    /// With the full-width digits of a Chinese keyboard.
    FullWidth,
    /// With a small letter; only differs where there is one.
    LowerCase,
    /// The 15 digits of an old card: no century, no check digit. Only for citizens' numbers.
    Old15,
    /// The same in groups.
    Old15Spaced,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples printed in the standards, and public companies' codes.
    #[test]
    fn check_digits_agree_with_published_numbers() {
        for number in ["11010519491231002X", "440524188001010014", "810000199408230021"] {
            assert_eq!(citizen_check(&number[..17]), number.chars().last().unwrap());
        }
        for code in ["N2440305123456788D", "Y14403051234567888", "A1440305123456788W"] {
            assert_eq!(credit_check(&code[..17]), code.chars().last().unwrap(), "{code}");
            assert_eq!(organisation_check(&code[8..16]), code.chars().nth(16).unwrap(), "{code}");
        }
    }

    #[test]
    fn a_code_is_typed_in_many_ways_but_never_longer() {
        let code = "44031019050607123X";
        let ways = [Typing::Plain, Typing::FullWidth, Typing::LowerCase, Typing::Old15, Typing::Old15Spaced];
        let texts: Vec<String> = ways.iter().map(|way| typed(code, *way)).collect();
        assert_eq!(texts[1], "４４０３１０１９０５０６０７１２３Ｘ");
        assert_eq!((&*texts[3], &*texts[4]), ("440310050607123", "440310 050607 123"));
        assert!(texts.iter().all(|text| text.chars().count() <= 18));
        let distinct: std::collections::BTreeSet<_> = texts.iter().collect();
        assert_eq!(distinct.len(), texts.len());
    }
}
