//! The words of the two apps: Android's resources, the string catalogue, and what the sources say of either.

use crate::source::{Language, Piece, after_bracket, inside, parts, pieces};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Texts by name.
pub type Texts = BTreeMap<String, String>;

/// A resource file's texts, written as the catalogue writes them.
pub fn resources(xml: &str) -> Texts {
    let mut found = Texts::new();
    for one in xml.split("<string name=\"").skip(1) {
        let (name, rest) = one.split_once('"').expect("a name ends");
        let (_, rest) = rest.split_once('>').expect("a tag ends");
        let (text, _) = rest.split_once("</string>").expect("a text ends");
        found.insert(name.to_owned(), catalogued(text));
    }
    found
}

/// A text of Android's resources as the catalogue has it: no escapes, and Apple's placeholders.
fn catalogued(text: &str) -> String {
    let text = text.replace("\\'", "'").replace("\\\"", "\"").replace("\\n", "\n");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let mut found = String::new();
    for (at, part) in text.split('%').enumerate() {
        if at > 0 {
            found.push('%');
        }
        let placeholder = part.split_once('$').filter(|(number, _)| number.parse::<u8>().is_ok());
        let apple = placeholder.and_then(|(number, rest)| {
            let text = rest.strip_prefix('s').map(|rest| format!("{number}$@{rest}"));
            text.or_else(|| rest.strip_prefix('d').map(|rest| format!("{number}$lld{rest}")))
        });
        found.push_str(apple.as_deref().unwrap_or(part));
    }
    found
}

/// The catalogue's texts in one language, and the names of those that have none.
pub fn catalogue(json: &str, language: &str) -> (Texts, Vec<String>) {
    let whole: Value = serde_json::from_str(json).expect("the catalogue is JSON");
    let (mut found, mut without) = (Texts::new(), Vec::new());
    for (name, one) in whole["strings"].as_object().expect("the catalogue has strings") {
        let unit = &one["localizations"][language]["stringUnit"];
        match unit["value"].as_str() {
            Some(text) if !text.trim().is_empty() && unit["state"] == "translated" => {
                found.insert(name.clone(), text.to_owned());
            }
            _ => without.push(name.clone()),
        }
    }
    (found, without)
}

/// The placeholders of a text, in order of their numbers; `%%` is none.
pub fn placeholders(text: &str) -> Vec<String> {
    let text = text.replace("%%", "");
    let after = text.split('%').skip(1);
    let kind = |c: char| c == '@' || c.is_alphabetic();
    let mut found: Vec<String> = after
        .map(|part| {
            let number: String = part.chars().take_while(|c| c.is_ascii_digit() || *c == '$').collect();
            let rest = &part[number.len()..];
            let kind: String = if rest.starts_with('@') {
                "@".to_owned()
            } else {
                rest.chars().take_while(|c| c.is_ascii() && kind(*c)).collect()
            };
            number + &kind
        })
        .collect();
    found.sort();
    found
}

/// What a Swift source says: `say("name", ...)` with how many parts it gives, and all texts in quotes.
pub fn said(swift: &str) -> (Vec<(String, usize)>, BTreeSet<String>) {
    let pieces = pieces(swift, Language::Swift);
    let mut calls = Vec::new();
    for at in 0..pieces.len() {
        // `Say(language)("name")` says it just as well.
        let open = match pieces[at].word() {
            Some("say") => at + 1,
            Some("Say") if pieces.get(at + 1).is_some_and(|next| next.is("(")) => {
                after_bracket(&pieces, at + 1)
            }
            _ => continue,
        };
        if !pieces.get(open).is_some_and(|next| next.is("(")) {
            continue;
        }
        let given = parts(inside(&pieces, open).0);
        if let Some([Piece::Text(name)]) = given.first() {
            calls.push((name.clone(), given.len() - 1));
        }
    }
    (calls, pieces.iter().filter_map(|piece| piece.text().map(str::to_owned)).collect())
}

/// The words of troubles: the name of a resource by the trouble's code.
pub fn troubles(source: &str, language: Language) -> Texts {
    let pieces = pieces(source, language);
    let made = pieces.windows(2).position(|two| {
        (two[0].is("val") || two[0].is("let"))
            && two[1].word().is_some_and(|name| name.to_lowercase() == "troubles")
    });
    let after = |from: usize, marks: [&str; 2]| {
        (from..pieces.len()).find(|at| marks.iter().any(|mark| pieces[*at].is(mark)))
    };
    let open = made.and_then(|made| after(made, ["=", "="])).and_then(|is| after(is, ["(", "["]));
    let entries = open.map(|open| parts(inside(&pieces, open).0)).unwrap_or_default();
    let entry = |part: &[Piece]| {
        let code = part.iter().find_map(Piece::text)?;
        let last = part.iter().rev().find(|piece| **piece != Piece::Line)?;
        Some((code.to_owned(), last.word().or(last.text())?.to_owned()))
    };
    entries.into_iter().filter_map(entry).collect()
}

/// The names of a Kotlin source's tests, which are sentences.
pub fn kotlin_tests(source: &str) -> Vec<String> {
    let pieces = pieces(source, Language::Kotlin);
    let named = pieces.windows(2).filter(|two| two[0].is("fun")).filter_map(|two| two[1].word());
    named.filter(|name| name.contains(' ')).map(str::to_owned).collect()
}

/// The names of a Swift source's tests: the sentences that they are given, else those of the functions.
pub fn swift_tests(source: &str) -> Vec<String> {
    let pieces = pieces(source, Language::Swift);
    let tests = (0..pieces.len())
        .filter(|at| pieces[*at].is("@") && pieces.get(at + 1).is_some_and(|p| p.is("Test")));
    let name = |at: usize| match &pieces[at + 2..] {
        [open, Piece::Text(name), ..] if open.is("(") => Some(name.clone()),
        rest => {
            let function = rest.iter().position(|piece| piece.is("func"))?;
            rest.get(function + 1)?.word().map(str::to_owned)
        }
    };
    tests.filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_read_as_the_catalogue_writes_them() {
        let xml = r#"<resources><string name="a">It\'s %1$s, %2$d%% &amp; more</string>
            <string name="b" translatable="false">b</string></resources>"#;
        let texts = resources(xml);
        assert_eq!(texts["a"], "It's %1$@, %2$lld%% & more");
        assert_eq!(texts["b"], "b");
        assert_eq!(placeholders(&texts["a"]), ["1$@", "2$lld"]);
        assert_eq!(placeholders("第 %2$lld 页，%1$@，50%%"), ["1$@", "2$lld"]);
    }

    #[test]
    fn a_text_that_is_missing_empty_or_not_translated_is_noticed() {
        let text =
            |state: &str, value: &str| format!(r#"{{"stringUnit":{{"state":"{state}","value":"{value}"}}}}"#);
        let one = |zh: &str, en: &str| format!(r#"{{"localizations":{{"zh-Hans":{zh},"en":{en}}}}}"#);
        let good = text("translated", "x");
        let json = format!(
            r#"{{"strings":{{"a":{},"b":{},"c":{},"d":{{}}}}}}"#,
            one(&good, &good),
            one(&good, &text("translated", " ")),
            one(&good, &text("new", "x"))
        );
        assert_eq!(
            catalogue(&json, "en"),
            (Texts::from([("a".into(), "x".into())]), vec!["b".into(), "c".into(), "d".into()])
        );
        assert_eq!(catalogue(&json, "zh-Hans").1, ["d"]);
    }

    #[test]
    fn what_is_said_is_found_with_its_parts() {
        let swift = r#"
            /// `say("ghost")`
            Text(say("a")); Small(say("b", min(1, 2), "c \(say("d", x))"))
            let name = early ? "e" : "f"
            say(name)
            Say(chosen().language)("g", 1)
        "#;
        let (calls, texts) = said(swift);
        assert_eq!(
            calls,
            [("a".to_owned(), 0), ("b".to_owned(), 2), ("d".to_owned(), 1), ("g".to_owned(), 1)]
        );
        assert!(
            ["a", "b", "d", "e", "f"].iter().all(|text| texts.contains(*text)) && !texts.contains("ghost")
        );
    }

    #[test]
    fn the_troubles_of_both_are_read_alike() {
        let kotlin = "fun words() { val known = TROUBLES[code] }
            private val TROUBLES: Map<String, Int> = mapOf(
                \"no_grid\" to R.string.trouble_no_grid,
                \"own_type\" to R.string.own,
            )
            val other = mapOf(\"a\" to \"b\")";
        let swift = "func words() { if let known = troubles[code] { return say(known) } }
            private let troubles = [
                \"no_grid\": \"trouble_no_grid\",
                \"own_type\": \"own\",
            ]";
        let kotlin = troubles(kotlin, Language::Kotlin);
        assert_eq!(kotlin, troubles(swift, Language::Swift));
        assert_eq!(Vec::from_iter(kotlin.keys()), ["no_grid", "own_type"]);
    }

    #[test]
    fn a_renamed_test_is_noticed() {
        let kotlin = "@Test fun `a record is kept`() = story { helper() }\n fun helper() {}";
        let swift =
            "@Test(\"a record is kept\") func kept() {}\n @Suite(\"none\") struct S { @Test func bare() {} }";
        assert_eq!(kotlin_tests(kotlin), ["a record is kept"]);
        assert_eq!(swift_tests(swift), ["a record is kept", "bare"]);
        assert_eq!(swift_tests(&swift.replace("is kept", "stays"))[0], "a record stays");
    }
}
