//! Which scheme a text is of, by its form alone. A failed check never moves a code to another scheme: a mistyped ID
//! number must be reported as one, not filed as something else that anything fits.

use super::citizen::birth_date;
use super::countries::country_name;
use super::normal::{is_hyphen, normal_text};
use super::permanent_resident::is_2017;
use super::place::all_digits;
use super::scheme::Scheme;

/// The scheme of a text as typed; `None` if no scheme has codes of this form.
///
/// 18 characters are a citizen's number if 17 digits with a possible birth date begin with 1 to 8, a permanent
/// resident's if they begin with 9 and hold a known country, and a credit code otherwise. 15 digits with a possible
/// birth date are a citizen's number, others a grid. The rest goes by length.
pub fn detect(text: &str) -> Option<Scheme> {
    let code = normal_text(text);
    let printed_organisation = code.chars().count() == 10 && code.chars().nth(8).is_some_and(is_hyphen);
    if printed_organisation && code.chars().filter(|c| !is_hyphen(*c)).all(|c| c.is_ascii_alphanumeric()) {
        return Some(Scheme::Organisation);
    }
    match code.chars().count() {
        18 => eighteen(&code),
        _ if !code.bytes().all(|b| b.is_ascii_alphanumeric()) => None,
        9 => Some(Scheme::Organisation),
        12 | 14..=17 | 25 if all_digits(&code, code.len()) => Some(match code.len() {
            12 => Scheme::Division,
            14 => Scheme::Grid,
            15 if birth_date(&format!("19{}", &code[6..12])).is_some() => Scheme::Citizen,
            15 => Scheme::Grid,
            16 | 17 => Scheme::Component,
            _ => Scheme::House,
        }),
        15 if is_2017(&code) => Some(Scheme::PermanentResident),
        5..=15 => Some(Scheme::Document),
        _ => None,
    }
}

fn eighteen(code: &str) -> Option<Scheme> {
    // The last character may be anything, even several bytes: the form is decided before it is looked at.
    if let Some(first) = code.get(..17).filter(|first| all_digits(first, 17)) {
        let dated = birth_date(&first[6..14]).is_some();
        match first.as_bytes()[0] {
            b'1'..=b'8' if dated => return Some(Scheme::Citizen),
            b'9' if dated && country_name(&first[3..6]).is_some() => return Some(Scheme::PermanentResident),
            _ => {}
        }
    }
    // A sentence of 18 characters is no credit code; one with a slip in it still is.
    (code.chars().filter(char::is_ascii_alphanumeric).count() > 9).then_some(Scheme::Credit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_decides_before_any_check() {
        use Scheme::*;
        for (text, scheme) in [
            ("11010119000101009X", Some(Citizen)),
            ("110101190001010090", Some(Citizen)), // wrong check
            ("11010119000101009Х", Some(Citizen)), // Cyrillic Х
            ("１１０１０１ １９０００１０１ ００９ｘ", Some(Citizen)),
            ("110101209901010017", Some(Citizen)), // future
            ("999999190001010017", Some(Credit)),  // 999 is no country
            ("110101190002300013", Some(Credit)),  // 30 February
            ("110101190013010011", Some(Credit)),  // month 13
            ("000000190001010017", Some(Credit)),  // begins with 0
            ("12440310054012310X", Some(Credit)),  // a date of the year 540 is no birth date
            ("810000199408230021", Some(Citizen)),
            ("932682198501010017", Some(PermanentResident)),
            ("932682198501010018", Some(PermanentResident)),
            ("932682198513010017", Some(Credit)),
            ("914403001922038216", Some(Credit)),
            ("9144030071526726XG", Some(Credit)),
            ("9111000060003IOZSV", Some(Credit)),
            ("N2440305123456788D", Some(Credit)),
            ("110101000101991", Some(Citizen)),
            ("110101000230991", Some(Grid)), // 30 February
            ("440310003001001", Some(Grid)),
            ("KAZ110090123105", Some(PermanentResident)),
            ("KAZ11009012310A", Some(Document)),
            ("19220382-1", Some(Organisation)),
            ("19220382－1", Some(Organisation)),
            ("192203821", Some(Organisation)),
            ("71526726x", Some(Organisation)),
            ("1922038-21", None),
            ("4403070030030400042000003", Some(House)),
            ("3205080101000001", Some(Component)),
            ("32050801001000001", Some(Component)),
            ("11010519000101001", Some(Component)), // an ID number short of one digit
            ("320508010100000A", None),
            ("44031000300101", Some(Grid)),
            ("440310001001", Some(Division)),
            ("AB0310001001", Some(Document)),
            ("E1234567", Some(Document)),
            ("H1234567890", Some(Document)),
            ("12345", Some(Document)),
            ("1234", None),
            ("", None),
            (" \t　", None),
            ("你好", None),
            ("社区网格化管理社区网格化管理社区网格", None),
            ("1234567890123456789", None),
        ] {
            assert_eq!(detect(text), scheme, "{text}");
        }
    }
}
