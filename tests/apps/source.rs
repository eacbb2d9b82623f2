//! Kotlin and Swift as far as both are alike: words, texts, marks and ends of lines, without comments.

#[derive(Clone, Copy, PartialEq)]
pub enum Language {
    Kotlin,
    Swift,
}

/// A piece of source.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// A name or a keyword; what stands in backticks is one word.
    Word(String),
    /// A text in quotes, as it means; what is worked out inside it comes after it.
    Text(String),
    Mark(char),
    Line,
}

impl Piece {
    pub fn word(&self) -> Option<&str> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }

    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn is(&self, what: &str) -> bool {
        match self {
            Self::Word(word) => word == what,
            Self::Mark(mark) => what.chars().eq([*mark]),
            Self::Text(_) | Self::Line => false,
        }
    }
}

pub fn pieces(source: &str, language: Language) -> Vec<Piece> {
    let chars: Vec<char> = source.chars().collect();
    let mut reader = Reader { chars: &chars, language, at: 0, found: Vec::new() };
    reader.read(None);
    reader.found
}

/// The index after the bracket that closes the one at `open`.
pub fn after_bracket(pieces: &[Piece], open: usize) -> usize {
    let mut depth = 0;
    for (at, piece) in pieces.iter().enumerate().skip(open) {
        match piece {
            Piece::Mark('(' | '[' | '{') => depth += 1,
            Piece::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    pieces.len()
}

/// What stands between a bracket and its end, and the index after that.
pub fn inside(pieces: &[Piece], open: usize) -> (&[Piece], usize) {
    let end = after_bracket(pieces, open);
    (&pieces[open + 1..end.saturating_sub(1).max(open + 1)], end)
}

/// The parts between commas; a comma inside brackets of any kind parts nothing.
pub fn parts(pieces: &[Piece]) -> Vec<&[Piece]> {
    let (mut found, mut begin, mut depth) = (Vec::new(), 0, 0);
    for (at, piece) in pieces.iter().enumerate() {
        let arrow = at > 0 && pieces[at - 1] == Piece::Mark('-');
        match piece {
            Piece::Mark('(' | '[' | '{' | '<') => depth += 1,
            Piece::Mark('>') if arrow => {}
            Piece::Mark(')' | ']' | '}' | '>') => depth -= 1,
            Piece::Mark(',') if depth == 0 => {
                found.push(&pieces[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(&pieces[begin..]);
    found.retain(|part| part.iter().any(|piece| *piece != Piece::Line));
    found
}

struct Reader<'a> {
    chars: &'a [char],
    language: Language,
    at: usize,
    found: Vec<Piece>,
}

impl Reader<'_> {
    fn next_is(&self, what: &str) -> bool {
        what.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    /// Reads to the end, or past the bracket that closes what was opened before.
    fn read(&mut self, closes: Option<char>) {
        let mut depth = 0;
        while let Some(&c) = self.chars.get(self.at) {
            if self.next_is("//") {
                while self.chars.get(self.at).is_some_and(|c| *c != '\n') {
                    self.at += 1;
                }
            } else if self.next_is("/*") {
                self.comment();
            } else if self.next_is("#\"") {
                let end = (self.at + 2..)
                    .find(|at| self.chars.get(*at..*at + 2).is_none_or(|two| two == ['"', '#']));
                let end = end.unwrap_or_default().min(self.chars.len());
                self.found.push(Piece::Text(self.chars[self.at + 2..end].iter().collect()));
                self.at = end + 2;
            } else if c == '"' {
                self.text();
            } else if c == '\'' {
                self.at += if self.chars.get(self.at + 1) == Some(&'\\') { 3 } else { 2 };
                while self.chars.get(self.at).is_some_and(|c| *c != '\'' && *c != '\n') {
                    self.at += 1;
                }
                self.at += 1;
            } else if c == '`' {
                self.at += 1;
                let word: String = self.chars[self.at..].iter().take_while(|c| **c != '`').collect();
                self.at += word.chars().count() + 1;
                self.found.push(Piece::Word(word));
            } else if c.is_alphanumeric() || c == '_' {
                let word: String =
                    self.chars[self.at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
                self.at += word.chars().count();
                self.found.push(Piece::Word(word));
            } else {
                self.at += 1;
                if let Some(end) = closes {
                    depth += i32::from(matches!(c, '(' | '{')) - i32::from(matches!(c, ')' | '}'));
                    if depth < 0 && c == end {
                        return;
                    }
                }
                match c {
                    '\n' => self.found.push(Piece::Line),
                    c if c.is_whitespace() => {}
                    c => self.found.push(Piece::Mark(c)),
                }
            }
        }
    }

    /// A comment; one in it is part of it.
    fn comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            if self.next_is("/*") {
                depth += 1;
                self.at += 2;
            } else if self.next_is("*/") {
                depth -= 1;
                self.at += 2;
            } else {
                self.at += 1;
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn text(&mut self) {
        let quotes = if self.next_is("\"\"\"") { "\"\"\"" } else { "\"" };
        let (inner, end) = if self.language == Language::Swift { ("\\(", ')') } else { ("${", '}') };
        // Kotlin's long texts mean what they say.
        let plain = self.language == Language::Kotlin && quotes.len() > 1;
        self.at += quotes.len();
        let place = self.found.len();
        let mut text = String::new();
        while self.at < self.chars.len() && !self.next_is(quotes) {
            if self.next_is(inner) {
                self.at += 2;
                self.read(Some(end));
            } else if self.chars[self.at] == '\\' && !plain {
                match self.chars.get(self.at + 1) {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(c) => text.push(*c),
                    None => {}
                }
                self.at += 2;
            } else {
                text.push(self.chars[self.at]);
                self.at += 1;
            }
        }
        self.at += quotes.len();
        self.found.insert(place, Piece::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str, language: Language) -> (Vec<String>, Vec<String>) {
        let pieces = pieces(source, language);
        let texts = pieces.iter().filter_map(|piece| piece.text().map(str::to_owned)).collect();
        (texts, pieces.iter().filter_map(|piece| piece.word().map(str::to_owned)).collect())
    }

    #[test]
    fn comments_are_left_out_and_texts_are_read_as_they_mean() {
        let swift = "a /* b /* c */ \"d\" */ // e \"f\"\n say(\"g \\\"h\\\" \\(say(\"i\"))j\") #\"k\"l\"#";
        let (texts, words) = read(swift, Language::Swift);
        assert_eq!(texts, ["g \"h\" j", "i", "k\"l"]);
        assert_eq!(words, ["a", "say", "say"]);
        let kotlin = "val `a b` = \"${c(\"d\")}\" + '\"' + '\\'' + e(\"\"\"\\(\"\"\")";
        let (texts, words) = read(kotlin, Language::Kotlin);
        assert_eq!(texts, ["", "d", "\\("]);
        assert_eq!(words, ["val", "a b", "c", "e"]);
    }

    #[test]
    fn a_comma_in_brackets_parts_nothing() {
        let count = |source: &str| parts(&pieces(source, Language::Kotlin)).len();
        assert_eq!(count("a: Map<Int, String>, b: (Int, Int) -> Unit, c: [Int: (a: Int, b: Int)],\n"), 3);
        assert_eq!(count(""), 0);
    }
}
