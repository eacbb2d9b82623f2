//! Finding a record by a part of a name, of an address or of a code, in a hundred thousand records.
//!
//! An index of whole words does not serve names of two characters written without spaces. So each text is cut into the
//! pieces that a query can ask for: up to three characters in a row of a name or address; a number with the character
//! before and after it, for houses; the pinyin and the initials of a name from each of its characters on; the beginnings
//! of runs of letters and digits; the tail of a code. They stand in an FTS5 table without content and positions, so that
//! asking is looking up one or a few lists. What a query asks in more than one piece is then compared with the text
//! itself, so that the total is the total.
//!
//! What a device masks is found by the whole of it alone, else it could be tried out piece by piece: of it stands one
//! word, a hash of its letters and digits. Spaces and signs in a code or a masked value are nothing, typed or kept.

use super::shown::SHOWN_COLUMNS;
use super::{Context, Error, ShownRow, Store, word_index};
use crate::ids::{TypeNo, to_hex};
use pinyin::ToPinyin;
use rusqlite::types::ToSql;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// How a line of searchable text is cut.
pub(super) const NAME: char = 'n';
pub(super) const ADDRESS: char = 'a';
pub(super) const CODE: char = 'c';
/// Not cut at all: what is masked.
pub(super) const WHOLE: char = 'w';

/// Most hits that are given at once.
pub const HITS_MAX: usize = 50;
/// A code is also found by as many of its last characters.
const CODE_TAILS: [usize; 2] = [4, 6];
/// Beginnings of runs up to this length stand in the index themselves; longer ones begin few runs.
const BEGINNING_MAX: usize = 14;
/// A number stands in one piece with its neighbours up to this length: houses, flats, years.
const NUMBER_MAX: usize = 5;
/// What is typed in parts with signs between them is a code from this length on.
const PARTED_CODE_MIN: usize = 5;

/// Records that a query found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// How many there are in all.
    pub total: u64,
    /// The first [`HITS_MAX`], newest record first.
    pub hits: Vec<Hit>,
}

/// One record that was found.
pub type Hit = ShownRow;

/// One searchable value, as a line of `shown.text`.
pub(super) fn line(kind: char, text: &str) -> String {
    let text = normal(text);
    match kind {
        WHOLE => format!("{kind}{}", whole_word(&text)),
        CODE => format!("{kind}{}", signless(&text)),
        _ => format!("{kind}{}", text.replace('\n', " ")),
    }
}

/// The letters and digits of a text.
fn signless(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The word that a masked text is found by. It begins with a character of the private use area, so that it is no
/// beginning of what anybody types.
fn whole_word(text: &str) -> String {
    let hash = Sha256::digest(signless(text));
    format!("\u{e001}{}", to_hex(&hash[..16]))
}

/// The pieces of a text, and one that says its type. The index takes a piece that stands there twice once.
pub(super) fn words(text: &str, record_type: TypeNo) -> String {
    let mut words = Words(type_word(record_type));
    for line in text.lines() {
        let mut chars = line.chars();
        let kind = chars.next();
        if kind == Some(WHOLE) {
            words.add(chars.as_str());
            continue;
        }
        for stretch in stretches(chars.as_str()) {
            for run in &stretch {
                match run {
                    Run::Letters(run) => {
                        if kind == Some(CODE) {
                            CODE_TAILS.iter().filter_map(|n| tail(run, *n)).for_each(|tail| words.add(&tail));
                        }
                        words.add_beginnings(run);
                    }
                    Run::Ideographs(run) => {
                        for at in 0..run.len() {
                            (1..=3).filter_map(|len| run.get(at..at + len)).for_each(|c| words.add_chars(c));
                        }
                        if kind == Some(NAME) {
                            words.add_sounds(run);
                        }
                    }
                }
            }
            for pair in stretch.windows(2) {
                match pair {
                    // Whoever types a number has not yet come to its end.
                    [Run::Ideographs(before), Run::Letters(number)] if number.len() <= NUMBER_MAX => {
                        let before = before[before.len() - 1];
                        (1..=number.len()).for_each(|len| words.add(&format!("{before}{}", &number[..len])));
                    }
                    [Run::Letters(number), Run::Ideographs(after)] if number.len() <= NUMBER_MAX => {
                        words.add(&format!("{number}{}", after[0]));
                    }
                    _ => {}
                }
            }
        }
    }
    words.0
}

/// A word that no text has: it begins with a character of the private use area.
fn type_word(no: TypeNo) -> String {
    format!("\u{e000}{no}")
}

/// Words with a space between them.
struct Words(String);

impl Words {
    fn add(&mut self, word: &str) {
        self.0.push(' ');
        self.0.push_str(word);
    }

    fn add_chars(&mut self, word: &[char]) {
        self.0.push(' ');
        self.0.extend(word);
    }

    fn add_beginnings(&mut self, run: &str) {
        (1..=run.len().min(BEGINNING_MAX)).for_each(|len| self.add(&run[..len]));
        if run.len() > BEGINNING_MAX {
            self.add(run);
        }
    }

    /// Pinyin and initials from each character on, so that a query may begin at any of them.
    fn add_sounds(&mut self, run: &[char]) {
        let (mut full, mut initials) = (String::new(), String::new());
        for c in run.iter().rev() {
            let Some(sound) = c.to_pinyin() else { continue };
            full.insert_str(0, &sound.plain().replace('ü', "v"));
            initials.insert_str(0, &sound.first_letter().replace('ü', "v"));
            self.add_beginnings(&full);
            self.add_beginnings(&initials);
        }
    }
}

fn tail(run: &str, n: usize) -> Option<String> {
    let at = run.len().checked_sub(n).filter(|at| *at > 0)?;
    run.is_char_boundary(at).then(|| run[at..].to_owned())
}

fn normal(text: &str) -> String {
    // Nearly all texts are made of these, which stand for themselves.
    let plain = |c: char| c.is_ascii() || ('\u{4e00}'..='\u{9fff}').contains(&c);
    if text.chars().all(plain) {
        return text.to_ascii_lowercase();
    }
    text.nfkc().flat_map(char::to_lowercase).collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Run {
    /// ASCII letters and digits.
    Letters(String),
    /// Characters of scripts that are written without spaces, and all others.
    Ideographs(Vec<char>),
}

/// What stands in a row: runs side by side, with no space or sign between them. A word of Latin letters is a stretch of
/// its own, a number is not.
fn stretches(text: &str) -> Vec<Vec<Run>> {
    let (mut stretches, mut stretch) = (Vec::new(), Vec::new());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            match stretch.last_mut() {
                Some(Run::Letters(run)) => run.push(c),
                _ => {
                    if c.is_ascii_alphabetic() {
                        stretches.push(std::mem::take(&mut stretch));
                    }
                    stretch.push(Run::Letters(c.to_string()));
                }
            }
        } else if !c.is_ascii() && c.is_alphanumeric() {
            match stretch.last_mut() {
                Some(Run::Ideographs(run)) => run.push(c),
                Some(Run::Letters(run)) if !run.starts_with(|c: char| c.is_ascii_digit()) => {
                    stretches.push(std::mem::take(&mut stretch));
                    stretch.push(Run::Ideographs(vec![c]));
                }
                _ => stretch.push(Run::Ideographs(vec![c])),
            }
        } else {
            stretches.push(std::mem::take(&mut stretch));
        }
    }
    stretches.push(stretch);
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// What a query asks of the index, and what of the text itself. A record is found by its pieces, or by one of the words
/// that the query makes without its signs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Query {
    pieces: Vec<Piece>,
    contains: Vec<String>,
    /// The whole of a masked value.
    whole: String,
    /// A code that was typed in parts.
    code: Option<Piece>,
    record_type: Option<TypeNo>,
}

/// One piece that a record must have.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    word: String,
    /// It may go on.
    is_beginning: bool,
}

impl Piece {
    fn of(word: String) -> Piece {
        let is_beginning = word.is_ascii() && word.len() > BEGINNING_MAX;
        Piece { word, is_beginning }
    }

    /// As FTS5 asks it.
    fn asked(&self) -> String {
        format!("\"{}\"{}", self.word, if self.is_beginning { "*" } else { "" })
    }

    fn is_in(&self, words: &str) -> bool {
        words.split(' ').any(|word| match self.is_beginning {
            true => word.starts_with(&self.word),
            false => word == self.word,
        })
    }
}

impl Query {
    fn of(text: &str, record_type: Option<TypeNo>) -> Query {
        let text = normal(text);
        let stretches = stretches(&text);
        let mut query = Query { whole: whole_word(&text), record_type, ..Query::default() };
        for stretch in &stretches {
            let before = query.pieces.len();
            query.ask_for(stretch);
            if query.pieces.len() > before + 1 {
                query.contains.push(stretch.iter().map(Run::text).collect());
            }
        }
        if stretches.len() > 1 {
            let code = signless(&text);
            let is_code = code.len() >= PARTED_CODE_MIN
                && code.is_ascii()
                && code.contains(|c: char| c.is_ascii_digit());
            query.code = is_code.then(|| Piece::of(code));
        }
        query
    }

    fn ask_for(&mut self, stretch: &[Run]) {
        let mut ask = |word: String| self.pieces.push(Piece::of(word));
        for (at, run) in stretch.iter().enumerate() {
            let (left, right) = (at.checked_sub(1).map(|at| &stretch[at]), stretch.get(at + 1));
            match run {
                Run::Letters(number) if number.len() <= NUMBER_MAX && (left.is_some() || right.is_some()) => {
                    if let Some(Run::Ideographs(left)) = left {
                        ask(format!("{}{number}", left[left.len() - 1]));
                    }
                    if let Some(Run::Ideographs(right)) = right {
                        ask(format!("{number}{}", right[0]));
                    }
                }
                Run::Letters(run) => ask(run.clone()),
                // The number beside it has it in its piece.
                Run::Ideographs(run) if run.len() == 1 && [left, right].iter().any(|n| has_piece(*n)) => {}
                Run::Ideographs(run) => {
                    // Pieces side by side, and the last one: together they cover the run.
                    let last = run.len().saturating_sub(3);
                    for at in (0..last).step_by(3).chain([last]) {
                        ask(run[at..run.len().min(at + 3)].iter().collect());
                    }
                }
            }
        }
    }

    /// As FTS5 asks it.
    fn matches(&self) -> String {
        let of_type = self.record_type.map(|no| format!("\"{}\"", type_word(no)));
        let pieces: Vec<String> = self.pieces.iter().map(Piece::asked).collect();
        let code = self.code.iter().map(|code| format!(" OR {}", code.asked())).collect::<String>();
        let typed = format!("(({}) OR \"{}\"{code})", pieces.join(" AND "), self.whole);
        let all = (!pieces.is_empty()).then_some(typed).into_iter().chain(of_type);
        all.collect::<Vec<_>>().join(" AND ")
    }

    /// Whether a record with this text is found, without the index.
    fn finds(&self, text: &str, record_type: TypeNo) -> bool {
        if text.is_empty() || self.record_type.is_some_and(|no| no != record_type) {
            return false;
        }
        let words = words(text, record_type);
        let parts = self.contains.iter().all(|part| text.contains(part));
        parts && self.pieces.iter().all(|piece| piece.is_in(&words))
            || text.contains(&self.whole)
            || self.code.as_ref().is_some_and(|code| code.is_in(&words))
    }
}

fn has_piece(neighbour: Option<&Run>) -> bool {
    matches!(neighbour, Some(Run::Letters(number)) if number.len() <= NUMBER_MAX)
}

impl Run {
    fn text(&self) -> String {
        match self {
            Run::Letters(run) => run.clone(),
            Run::Ideographs(run) => run.iter().collect(),
        }
    }
}

impl Store {
    /// Records that have all parts of the query in their names, addresses or codes, or that have the query without its
    /// signs: as the whole of a masked value, or as a code. All records for an empty one.
    pub fn find(&self, text: &str, record_type: Option<TypeNo>) -> Result<Hits, Error> {
        let query = Query::of(text, record_type);
        if query.pieces.is_empty() && record_type.is_none() {
            let total = self.count("shown WHERE alive", &[])?;
            let hits = self.found("shown WHERE alive ORDER BY id DESC", &[], HITS_MAX)?;
            return Ok(Hits { total, hits: hits.into_iter().map(|(_, hit)| hit).collect() });
        }
        let matches = query.matches();
        let mut params: Vec<(&str, &dyn ToSql)> = vec![(":words", &matches)];
        let names: Vec<String> = (0..query.contains.len()).map(|at| format!(":part{at}")).collect();
        let has = |name: &str| format!("instr(shown.text, {name}) > 0");
        let mut compared = String::new();
        if !names.is_empty() {
            let parts: Vec<String> = names.iter().map(|name| has(name)).collect();
            compared = format!(" AND ({} OR {})", parts.join(" AND "), has(":whole"));
            params.push((":whole", &query.whole));
        }
        params.extend(
            names.iter().zip(&query.contains).map(|(name, part)| (name.as_str(), part as &dyn ToSql)),
        );
        // Only records that are alive have words.
        let joined = format!("word JOIN shown ON shown.id = word.rowid WHERE word MATCH :words{compared}");
        let counted = if compared.is_empty() { "word WHERE word MATCH :words" } else { &joined };
        let mut total = self.count(counted, &params)?;
        // The index does not know yet what these rows say now.
        let due = word_index::due_rows(&self.conn)?;
        let newest = format!("{joined} ORDER BY word.rowid DESC");
        let mut hits = self.found(&newest, &params, HITS_MAX + due.len())?;
        for row in &due {
            let one: &dyn ToSql = &row.id;
            if row.had {
                let params: Vec<_> = params.iter().copied().chain([(":id", one)]).collect();
                total -= self.count(&format!("{joined} AND word.rowid = :id"), &params)?;
                hits.retain(|(id, _)| *id != row.id);
            }
            if query.finds(&row.text, row.record_type) {
                total += 1;
                hits.extend(self.found("shown WHERE id = :id", &[(":id", one)], 1)?);
            }
        }
        hits.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        Ok(Hits { total, hits: hits.into_iter().take(HITS_MAX).map(|(_, hit)| hit).collect() })
    }

    fn count(&self, from: &str, params: &[(&str, &dyn ToSql)]) -> Result<u64, Error> {
        self.conn
            .prepare_cached(&format!("SELECT count(*) FROM {from}"))
            .and_then(|mut s| s.query_row(params, |row| row.get(0)))
            .during("count what was found")
    }

    fn found(&self, from: &str, params: &[(&str, &dyn ToSql)], max: usize) -> Result<Vec<(i64, Hit)>, Error> {
        self.conn
            .prepare_cached(&format!("SELECT shown.id, {SHOWN_COLUMNS} FROM {from} LIMIT {max}"))
            .and_then(|mut s| s.query_map(params, |row| Ok((row.get(0)?, ShownRow::read(row)?)))?.collect())
            .during("find records")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str, asked: &str) -> bool {
        Query::of(asked, Some(TypeNo(1))).finds(text, TypeNo(1))
    }

    #[test]
    fn a_house_number_is_found_with_its_street_and_no_other() {
        let text = line(ADDRESS, "坪山街道六和社区曼海姆路12号3栋2单元401");
        for asked in [
            "路12号",
            "曼海姆路12号",
            "海姆路1",
            "12号",
            "12号3栋",
            "路12号3",
            "401",
            "六和社区曼海姆路",
            "3栋 海姆",
        ] {
            assert!(finds(&text, asked), "{asked}");
        }
        for asked in ["路2号", "路12号4", "曼海姆路3栋", "路123", "海姆路号", "2号", "坪山社区曼海姆路"]
        {
            assert!(!finds(&text, asked), "{asked}");
        }
    }

    #[test]
    fn a_name_is_found_by_its_parts_sounds_and_initials() {
        let text = line(NAME, "欧阳小明");
        for asked in ["欧", "阳小", "小明", "欧阳小明", "oyxm", "xm", "ouyangxiao", "ming", "明 ouy"]
        {
            assert!(finds(&text, asked), "{asked}");
        }
        for asked in ["欧小", "阳明", "xo", "uyang"] {
            assert!(!finds(&text, asked), "{asked}");
        }
    }

    #[test]
    fn what_is_masked_is_found_by_the_whole_of_it_alone() {
        for (kept, typed) in [
            (
                "440310199003074519",
                &["440310199003074519", "440310 19900307 4519", "４４０３１０－１９９００３０７－４５１９"][..],
            ),
            ("138 0013 8000", &["13800138000", "138-0013-8000", " 138 0013 8000 "]),
            ("11010119000101009X", &["11010119000101009x"]),
            ("欧阳 小明", &["欧阳小明", "欧阳 小明"]),
            ("坪山区曼海姆路12号", &["坪山区曼海姆路12号"]),
        ] {
            let text = line(WHOLE, kept);
            for asked in typed {
                assert!(finds(&text, asked), "{asked}");
            }
            let parts: Vec<char> = signless(&normal(kept)).chars().collect();
            for len in 1..parts.len() {
                for part in [&parts[..len], &parts[parts.len() - len..]] {
                    let part: String = part.iter().collect();
                    assert!(!finds(&text, &part), "{part} of {kept}");
                }
            }
            assert!(!finds(&text, "oyxm") && !text.contains(kept));
        }
    }

    #[test]
    fn a_code_is_found_whatever_signs_stand_in_it() {
        for kept in ["19220382-1", "1922 0382 1", "１９２２０３８２１"] {
            let text = line(CODE, kept);
            for asked in
                ["192203821", "19220382-1", "1922 0382 1", "1922-03", "１９２２０３８２－１", "8 21", "3821"]
            {
                assert_eq!(finds(&text, asked), asked != "8 21", "{asked} in {kept}");
            }
        }
    }

    #[test]
    fn a_code_is_found_by_its_head_and_its_tail() {
        let text = line(CODE, "440310199003074519");
        for asked in ["4403", "44031019900307", "440310199003074519", "4519", "074519", "44031019900307451"] {
            assert!(finds(&text, asked), "{asked}");
        }
        for asked in ["403", "519", "4403101990030745199"] {
            assert!(!finds(&text, asked), "{asked}");
        }
    }
}
