//! `gridweave identity`: codes on standard input, one a line; what is thought of each on standard output.
//!
//! Made for pipes: every line is answered by one line, whatever is in it, so that the answers can be pasted beside
//! the question. It opens no data directory and keeps nothing.

use chrono::{NaiveDate, TimeDelta, Utc};
use gridweave_core::identity::{Checked, Hints, Scheme, Severity, check_any, check_with};
use serde::Serialize;
use std::io::{self, BufRead, Write};

/// Bytes of a line that are looked at. What is longer is no code; the rest is read and dropped, not kept in memory.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Answers each line of `input` on one line of `output`, an empty one too: as JSON, or for the eye. Codes are
/// checked by `scheme`, or by the one their form tells. Fails only where reading or writing does.
pub fn run(input: impl BufRead, output: impl Write, scheme: Option<Scheme>, json: bool) -> io::Result<()> {
    // The city's day: China has one time zone, eight hours before UTC, and no summer time.
    let today = (Utc::now() + TimeDelta::hours(8)).date_naive();
    run_on(today, input, output, scheme, json)
}

/// [`run`] on a given day; birth dates after it are errors.
fn run_on(
    today: NaiveDate,
    mut input: impl BufRead,
    mut output: impl Write,
    scheme: Option<Scheme>,
    json: bool,
) -> io::Result<()> {
    let hints = Hints { today: Some(today), ..Hints::default() };
    while let Some(line) = read_line(&mut input)? {
        let answer = Answer::to(&line, scheme, &hints);
        if json {
            serde_json::to_writer(&mut output, &answer)?;
            writeln!(output)?;
        } else {
            writeln!(output, "{}", answer.readable())?;
        }
    }
    output.flush()
}

/// One line of input without its end.
struct Line {
    bytes: Vec<u8>,
    /// It went on beyond [`LINE_BYTES_MAX`].
    cut: bool,
}

/// The next line; `None` at the end. A line ends with LF or CRLF, the last one also with the input.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let (mut line, mut any) = (Line { bytes: Vec::new(), cut: false }, false);
    loop {
        let chunk = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if chunk.is_empty() && !any {
            return Ok(None);
        }
        any = true;
        let end = chunk.iter().position(|b| *b == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let kept = part.len().min(LINE_BYTES_MAX - line.bytes.len());
        line.bytes.extend_from_slice(&part[..kept]);
        line.cut |= kept < part.len();
        let (used, finished) = (part.len() + usize::from(end.is_some()), end.is_some() || chunk.is_empty());
        input.consume(used);
        if finished {
            if !line.cut && line.bytes.last() == Some(&b'\r') {
                line.bytes.pop();
            }
            return Ok(Some(line));
        }
    }
}

/// What is said of one line. The keys are a contract with whoever reads the JSON.
#[derive(Serialize)]
struct Answer {
    input: String,
    scheme: Option<&'static str>,
    canonical: String,
    valid: bool,
    problems: Vec<Finding>,
    suggestions: Vec<String>,
}

#[derive(Serialize)]
struct Finding {
    code: &'static str,
    message: String,
    #[serde(skip)]
    warning: bool,
}

impl Finding {
    /// A problem of the line itself.
    fn of_line(code: &'static str, message: &str) -> Finding {
        Finding { code, message: message.to_owned(), warning: false }
    }
}

impl Answer {
    fn to(line: &Line, scheme: Option<Scheme>, hints: &Hints) -> Answer {
        // A cut may fall into a character; what is left of it does not make the line bad UTF-8.
        let whole = match std::str::from_utf8(&line.bytes) {
            Err(error) if line.cut && error.error_len().is_none() => &line.bytes[..error.valid_up_to()],
            _ => &line.bytes,
        };
        let input = String::from_utf8_lossy(whole).into_owned();
        let Checked { scheme, canonical, valid, problems, suggestions } = match scheme {
            Some(scheme) => check_with(scheme, &input, hints),
            None => check_any(&input, hints),
        };
        let mut findings = Vec::new();
        if std::str::from_utf8(whole).is_err() {
            let message = "the line is not UTF-8; convert the file, for example from GB 18030";
            findings.push(Finding::of_line("not_utf8", message));
        }
        if line.cut {
            findings.push(Finding::of_line(
                "too_long",
                "the line is longer than a mebibyte; the rest was not read",
            ));
        }
        let valid = valid && findings.is_empty();
        findings.extend(problems.into_iter().map(|problem| Finding {
            code: problem.code.name(),
            message: problem.message,
            warning: problem.severity == Severity::Warning,
        }));
        Answer { input, scheme: scheme.map(Scheme::name), canonical, valid, problems: findings, suggestions }
    }

    /// One line for the eye. Control characters are escaped: a code must not move the cursor of a terminal.
    fn readable(&self) -> String {
        let verdict = if self.valid { "valid" } else { "INVALID" };
        let printable: String = self.canonical.chars().flat_map(|c| c.escape_debug()).collect();
        let mut text = format!("{verdict:<7} {:<18} {printable}", self.scheme.unwrap_or("-"));
        for finding in &self.problems {
            let kind = if finding.warning { "warning " } else { "" };
            text.push_str(&format!("; {kind}{}: {}", finding.code, finding.message));
        }
        if !self.suggestions.is_empty() {
            text.push_str(&format!("; perhaps {}", self.suggestions.join(" or ")));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn text(input: &[u8], scheme: Option<Scheme>, json: bool) -> String {
        let today = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        let mut output = Vec::new();
        // A reader of seven bytes, so that lines and characters lie across its chunks.
        run_on(today, io::BufReader::with_capacity(7, input), &mut output, scheme, json).unwrap();
        String::from_utf8(output).unwrap()
    }

    fn answers(input: &[u8], scheme: Option<Scheme>) -> Vec<Value> {
        text(input, scheme, true).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn problem_codes(answer: &Value) -> Vec<&str> {
        answer["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect()
    }

    #[test]
    fn an_answer_has_exactly_the_promised_keys_in_order() {
        assert_eq!(
            text(" 11010119000101009x\n\n".as_bytes(), None, true),
            "{\"input\":\" 11010119000101009x\",\"scheme\":\"citizen\",\"canonical\":\"11010119000101009X\",\
             \"valid\":true,\"problems\":[],\"suggestions\":[]}\n\
             {\"input\":\"\",\"scheme\":null,\"canonical\":\"\",\"valid\":false,\"problems\":[{\"code\":\"empty\",\
             \"message\":\"there is no code; type it, or leave the field unanswered\"}],\"suggestions\":[]}\n"
        );
    }

    #[test]
    fn every_line_is_answered_whatever_ends_it() {
        for (input, lines) in [
            (&b""[..], 0),
            (b"\n", 1),
            (b"\n\n", 2),
            (b"12345\n", 1),
            (b"12345", 1),
            (b"12345\r\n\r\n12345", 3),
            (b"\r", 1),
        ] {
            let answers = answers(input, None);
            assert_eq!(answers.len(), lines, "{input:?}");
            assert!(answers.iter().all(|a| a["input"] == "12345" || a["input"] == ""), "{answers:?}");
        }
    }

    #[test]
    fn a_given_scheme_is_kept_for_every_line() {
        let answers = answers(b"914403001922038216\n\n192203821\n", Some(Scheme::Organisation));
        assert!(answers.iter().all(|answer| answer["scheme"] == "organisation"));
        assert_eq!(
            answers.iter().map(|a| a["valid"].as_bool().unwrap()).collect::<Vec<_>>(),
            [false, false, true]
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_answered() {
        let answers = answers(b"11010119000101\xff09X\n\xb9\xe3\xb6\xab\n110101190001010022\n", None);
        assert_eq!(problem_codes(&answers[0])[0], "not_utf8");
        assert_eq!(answers[0]["valid"], false);
        assert_eq!(problem_codes(&answers[1])[0], "not_utf8");
        assert_eq!(answers[2]["valid"], true);
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_one_read() {
        let mut input = "广".repeat(LINE_BYTES_MAX).into_bytes();
        input.extend_from_slice(b"\n192203821\n");
        let answers = answers(&input, None);
        assert_eq!(problem_codes(&answers[0]), ["too_long", "unknown_form"]);
        assert_eq!(answers[0]["input"].as_str().unwrap().chars().count(), LINE_BYTES_MAX / 3);
        assert_eq!(answers[1]["scheme"], "organisation");
    }

    #[test]
    fn slips_are_answered_with_what_was_perhaps_meant() {
        let answers = &answers(b"443010190305060233\n110101209901010017\n", None);
        assert_eq!(answers[0]["suggestions"][0], "440310190305060233");
        assert_eq!(problem_codes(&answers[0]), ["division_unknown", "check_digit"]);
        assert_eq!(problem_codes(&answers[1]), ["birth_date_future"]);
        assert_eq!(answers[1]["suggestions"], json!([]));
    }

    #[test]
    fn the_readable_answer_is_one_line_and_moves_no_cursor() {
        let shown = text("44030719\u{1b}[2J0\n440524188001010014\n".as_bytes(), None, false);
        assert_eq!(shown.lines().count(), 2);
        assert!(!shown.contains('\u{1b}'));
        assert!(
            shown
                .lines()
                .nth(1)
                .unwrap()
                .starts_with("valid   citizen            440524188001010014; warning ")
        );
    }
}
