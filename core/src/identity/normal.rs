//! Text as typed, scanned or imported → the one form that codes are compared in.
//!
//! Only what cannot change the meaning is undone: compatibility forms (full-width digits), white space, invisible
//! characters, letter case. Look-alike letters of other scripts are *not* replaced: that would be a correction, and
//! corrections are proposed, never made.

use unicode_normalization::UnicodeNormalization;

/// Version of the canonical form. It is part of every identity key: change the form, raise it, rebuild the index.
pub const CANONICAL_VERSION: u8 = 1;

/// NFKC, without white space and invisible characters, upper case. Applying it twice changes nothing more.
pub fn normal_text(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(|c| seen(*c)).map(|c| c.to_ascii_uppercase()).collect();
    }
    // Upper case and dropped characters can make new composable neighbours: repeat until nothing moves. Two rounds
    // were enough for every character; the bound is for what Unicode may yet invent.
    let mut current = pass(text);
    for _ in 0..4 {
        let next = pass(&current);
        if next == current {
            break;
        }
        current = next;
    }
    current
}

fn pass(text: &str) -> String {
    text.chars()
        .filter(|c| seen(*c))
        .nfkc()
        .flat_map(char::to_uppercase)
        .nfkc()
        .filter(|c| seen(*c))
        .collect()
}

/// Whether a character stands for something: not white space (the ideographic space is), not invisible.
fn seen(c: char) -> bool {
    !(c.is_whitespace()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'))
}

/// Hyphens and dashes of any length, as keyboards and word processors put them.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The Latin capital or digit that a letter of another script is mistaken for.
pub(super) fn homoglyph(c: char) -> Option<char> {
    Some(match c {
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'Ј' | 'Ϳ' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'У' | 'Υ' => 'Y',
        'Х' | 'Χ' | '×' | '✕' | '✖' => 'X',
        'Ζ' => 'Z',
        '〇' | '○' => '0',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_form_of_version_1_is_frozen() {
        assert_eq!(CANONICAL_VERSION, 1);
        for (typed, normal) in [
            ("１１０１０１ 19000101　009ｘ", "11010119000101009X"),
            ("\u{feff}110101\u{200b}19000101\u{00a0}009x\r", "11010119000101009X"),
            ("4403\t0719\u{00ad}", "44030719"),
            ("１２３４５６７８－９", "12345678-9"),
            ("12345678‑9", "12345678‐9"),
            ("ⅹ", "X"),
            ("х", "Х"),
            ("ﬁß", "FISS"),
            ("i\u{307}", "\u{130}"),
            ("", ""),
        ] {
            assert_eq!(normal_text(typed), normal, "{typed:?}");
        }
    }

    #[test]
    fn a_second_round_changes_no_single_character() {
        let stable = |text: String| {
            let once = normal_text(&text);
            assert_eq!(normal_text(&once), once, "{text:?}");
            assert!(once.chars().all(seen), "{text:?}");
        };
        ('\0'..=char::MAX).for_each(|c| stable(c.to_string()));
        // Neighbours that compose only after upper case or after something between them was dropped.
        for c in '\0'..'\u{3000}' {
            for text in
                [format!("i{c}"), format!("{c}\u{307}"), format!("h\u{200b}{c}"), format!("{c}\u{345}")]
            {
                stable(text);
            }
        }
    }
}
