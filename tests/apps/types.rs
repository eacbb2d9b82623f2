//! The types that sources declare, with what of them the two apps must have alike.

use crate::source::{Language, Piece, after_bracket, inside, parts, pieces};
use std::collections::{BTreeMap, BTreeSet};

/// What a type is made of. Cases go by [`same`], for Kotlin writes `YES_NO` what is `yesNo` in Swift.
#[derive(Debug, Default, PartialEq)]
pub struct Type {
    /// What it holds.
    pub fields: BTreeSet<String>,
    /// Its cases, and how much each carries.
    pub cases: BTreeMap<String, usize>,
    /// What an interface asks for; of calls how many parameters they have, none for properties.
    pub members: BTreeMap<String, Option<usize>>,
}

/// Types by name; one in another as `Outer.Inner`.
pub type Types = BTreeMap<String, Type>;

/// A name without what the languages write differently.
pub fn same(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

const KOTLIN_TYPES: [&str; 3] = ["class", "interface", "object"];
const SWIFT_TYPES: [&str; 4] = ["struct", "class", "enum", "protocol"];

/// The types of a Kotlin source, but for private ones and companions.
pub fn kotlin(source: &str) -> Types {
    let mut found = Types::new();
    kotlin_body(&pieces(source, Language::Kotlin), None, &mut found);
    found
}

/// The types of a Swift source, but for private ones.
pub fn swift(source: &str) -> Types {
    let mut found = Types::new();
    swift_body(&pieces(source, Language::Swift), None, &mut found);
    found
}

/// The words right before a place, up to what is no word.
fn modifiers(pieces: &[Piece], at: usize) -> Vec<&str> {
    pieces[..at].iter().rev().map_while(Piece::word).collect()
}

fn nested(outer: Option<&str>, name: &str) -> String {
    outer.map_or_else(|| name.to_owned(), |outer| format!("{outer}.{name}"))
}

fn kotlin_body(pieces: &[Piece], outer: Option<(&str, &[&str])>, found: &mut Types) {
    let mut at = 0;
    while at < pieces.len() {
        let keyword = pieces[at].word().filter(|word| KOTLIN_TYPES.contains(word));
        let name = pieces.get(at + 1).and_then(Piece::word);
        let (Some(keyword), Some(name)) = (keyword, name) else {
            let interface =
                outer.filter(|(_, kind)| kind.contains(&"interface") && !kind.contains(&"sealed"));
            if let (Some((outer, _)), Some(name)) = (interface, name) {
                let member = if pieces[at].is("fun") { parameters(pieces, at + 2).map(Some) } else { None };
                let property = (pieces[at].is("val") || pieces[at].is("var")).then_some(None);
                if let Some(member) = member.or(property) {
                    found.entry(outer.to_owned()).or_default().members.insert(name.to_owned(), member);
                }
            }
            at = past(pieces, at);
            continue;
        };
        let mut kind = modifiers(pieces, at);
        kind.push(keyword);
        let head = kotlin_head(pieces, at + 2);
        let in_outer = outer.filter(|(outer, _)| head.supers.contains(outer));
        at = head.end;
        if kind.contains(&"private") || kind.contains(&"companion") {
            continue;
        }
        if let Some((outer, _)) = in_outer {
            let carries = head.fields.len();
            found.entry(outer.to_owned()).or_default().cases.insert(same(name), carries);
            continue;
        }
        let full = nested(outer.map(|(outer, _)| outer), name);
        let known = found.entry(full.clone()).or_default();
        known.fields = head.fields.into_iter().collect();
        if kind.contains(&"enum") {
            known.cases = kotlin_entries(head.body).into_iter().map(|entry| (same(entry), 0)).collect();
        } else {
            kotlin_body(head.body, Some((&full, &kind)), found);
        }
    }
}

struct Head<'a> {
    fields: Vec<String>,
    supers: Vec<&'a str>,
    body: &'a [Piece],
    end: usize,
}

/// What follows a type's name in Kotlin: its constructor, its supertypes, its body.
fn kotlin_head(pieces: &[Piece], begin: usize) -> Head<'_> {
    let mut head = Head { fields: Vec::new(), supers: Vec::new(), body: &[], end: begin };
    let mut at = begin;
    let mut supers = false;
    while at < pieces.len() {
        match &pieces[at] {
            Piece::Mark('{') => {
                (head.body, at) = inside(pieces, at);
                break;
            }
            Piece::Mark('(') if !supers => {
                let (constructor, end) = inside(pieces, at);
                for part in parts(constructor) {
                    let kept = part.iter().position(|piece| piece.is("val") || piece.is("var"));
                    let name = kept.and_then(|kept| part.get(kept + 1)).and_then(Piece::word);
                    head.fields.extend(name.map(str::to_owned));
                }
                at = end;
            }
            Piece::Mark('(') => at = after_bracket(pieces, at),
            Piece::Mark(':') => {
                supers = true;
                at += 1;
            }
            // The list of supertypes goes on after a comma.
            Piece::Line if !(pieces[at - 1].is(":") || pieces[at - 1].is(",")) => break,
            piece => {
                head.supers.extend(piece.word().filter(|_| supers));
                at += 1;
            }
        }
    }
    head.end = at;
    head
}

/// The entries of an enum's body: what is there before the first semicolon.
fn kotlin_entries(body: &[Piece]) -> Vec<&str> {
    let entries = body.split(|piece| piece.is(";")).next().unwrap_or_default();
    parts(entries).into_iter().filter_map(|part| part.iter().find_map(Piece::word)).collect()
}

/// How many parameters a call has, whose name ends before `at`; none where there is no call.
fn parameters(pieces: &[Piece], mut at: usize) -> Option<usize> {
    if pieces.get(at)?.is("<") {
        at += pieces[at..].iter().position(|piece| piece.is(">"))? + 1;
    }
    pieces.get(at)?.is("(").then(|| parts(inside(pieces, at).0).len())
}

/// The next piece; what stands in brackets is passed over, for it declares nothing of the type.
fn past(pieces: &[Piece], at: usize) -> usize {
    match pieces[at] {
        Piece::Mark('(' | '[' | '{') => after_bracket(pieces, at),
        _ => at + 1,
    }
}

fn swift_body(pieces: &[Piece], outer: Option<(&str, &str)>, found: &mut Types) {
    let mut at = 0;
    while at < pieces.len() {
        let name = pieces.get(at + 1).and_then(Piece::word);
        let (Some(keyword), Some(name)) = (pieces[at].word(), name) else {
            at = past(pieces, at);
            continue;
        };
        let before = modifiers(pieces, at);
        let hidden = before.contains(&"private") || before.contains(&"fileprivate");
        // `class func`, `static let`, and a name like `class` after a point.
        let after_point = at > 0 && pieces[at - 1].is(".");
        let own = !after_point && !before.contains(&"static");
        if SWIFT_TYPES.contains(&keyword) && own && !["func", "var"].contains(&name) {
            let Some(open) = (at..pieces.len()).find(|i| pieces[*i].is("{")) else { return };
            let (body, end) = inside(pieces, open);
            if !hidden {
                let full = nested(outer.map(|(outer, _)| outer), name);
                found.entry(full.clone()).or_default();
                swift_body(body, Some((&full, keyword)), found);
            }
            at = end;
            continue;
        }
        if let Some((outer, kind)) = outer.filter(|_| own) {
            let known = found.entry(outer.to_owned()).or_default();
            match (keyword, kind) {
                ("case", "enum") => {
                    at = swift_cases(pieces, at + 1, known);
                    continue;
                }
                ("func", "protocol") => {
                    let count = parameters(pieces, at + 2);
                    known.members.insert(name.to_owned(), count);
                }
                ("var", "protocol") => {
                    known.members.insert(name.to_owned(), None);
                }
                ("let", "struct" | "class") => {
                    known.fields.insert(name.to_owned());
                }
                ("var", "struct" | "class") if stored(&pieces[at..]) => {
                    known.fields.insert(name.to_owned());
                }
                _ => {}
            }
        }
        at += 1;
    }
}

/// Whether a variable holds what it says, rather than working it out.
fn stored(variable: &[Piece]) -> bool {
    let said = variable.iter().find(|piece| **piece == Piece::Line || piece.is("=") || piece.is("{"));
    !said.is_some_and(|piece| piece.is("{"))
}

/// The cases after a `case`; answers where they end. They go on in the next line after a comma.
fn swift_cases(pieces: &[Piece], begin: usize, known: &mut Type) -> usize {
    let mut at = begin;
    while let Some(name) = pieces.get(at).and_then(Piece::word) {
        let carries = parameters(pieces, at + 1);
        known.cases.insert(same(name), carries.unwrap_or(0));
        at = if carries.is_some() { after_bracket(pieces, at + 1) } else { at + 1 };
        // What a case is written as.
        if pieces.get(at).is_some_and(|piece| piece.is("=")) {
            at += 2;
        }
        if !pieces.get(at).is_some_and(|piece| piece.is(",")) {
            break;
        }
        at += 1;
        while pieces.get(at) == Some(&Piece::Line) {
            at += 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const KOTLIN: &str = r#"
        /** A class Ghost(val no: Int) in a comment. */
        data class Row(
            val record: String,
            /** When. */
            val visited: Map<Int, Long>? = null,
            private val hidden: (Int, Int) -> Unit = { a, b -> a + b },
        ) {
            val size get() = 3
            private companion object { const val MOST = 3 }
        }
        data class Inner(val a: Int, val b: Int)
        class Plain(why: String) : Exception(why)
        private class Secret(val a: Int)
        enum class Asks { ONE, YES_NO,
            /** Drawn not. */
            SILENT, }
        enum class Next(val ms: Int) { SOON(1), LATE(2); fun of() = 1 }
        sealed interface Event {
            data class Typed(val question: Row, val text: String) : Event

            data object Send : Event
            fun key(): String = when (this) { is Typed -> "a"; else -> "b" }
            data class Other(val a: Int)
        }
        interface Book : AutoCloseable {
            val type: Int
            suspend fun list(filter: Filter, after: End? = null): List<Row>
            fun close()
        }
        fun interface Handle { fun cancel() }
        class Model(private val parts: Parts, taken: String?) :
            Base<State>(State()), Other {
            class Kept(val a: Int)
        }
    "#;

    const SWIFT: &str = r#"
        /// A struct Ghost { let no: Int } in a comment.
        public struct Row: Sendable, Hashable {
            public let record: String
            /// When.
            public var visited: [Int: Int64]?
            let hidden: (Int, Int) -> Void
            public var size: Int { 3 }
            public var sum: Int {
                let part = 3
                return part
            }
            static let most = 3
            public init(record: String) { self.record = record }
            func place() -> Int { let x = 1; return x }
        }
        public struct Inner { public var a = 1; public let b: Int }
        public struct Plain: Error {}
        private struct Secret { let a: Int }
        public enum Asks: Sendable, CaseIterable {
            case one, yesNo

            /// Drawn not.
            case silent
        }
        enum Next: Int { case soon = 1, late = 2 }
        public enum Event: Sendable {
            case typed(Row, text: String)
            case send
            var key: String { switch self { case .typed(let row, _): row.record; case .send: "b" } }
            public struct Other { let a: Int }
        }
        public protocol Book: Sendable {
            var type: Int { get }
            func list(_ filter: Filter, after: End?) async throws -> [Row]
            func close()
        }
        public protocol Handle: Sendable { func cancel() }
        @MainActor public final class Model: Base<State> {
            private let parts: Parts
            struct Kept { let a: Int }
        }
        extension Row { var other: Int { 3 } }
    "#;

    fn cases(of: &Type) -> Vec<String> {
        of.cases.iter().map(|(name, carries)| format!("{name}/{carries}")).collect()
    }

    #[test]
    fn both_languages_are_read_alike() {
        let (kotlin, swift) = (kotlin(KOTLIN), swift(SWIFT));
        let names: Vec<_> = kotlin.keys().collect();
        assert_eq!(names, swift.keys().collect::<Vec<_>>());
        let expected = [
            "Asks",
            "Book",
            "Event",
            "Event.Other",
            "Handle",
            "Inner",
            "Model",
            "Model.Kept",
            "Next",
            "Plain",
            "Row",
        ];
        assert_eq!(names, expected);
        for name in expected.iter().filter(|name| **name != "Next") {
            assert_eq!(kotlin[*name], swift[*name], "{name}");
        }
        assert_eq!(kotlin["Next"].cases, swift["Next"].cases);
        assert_eq!(Vec::from_iter(&swift["Row"].fields), ["hidden", "record", "visited"]);
        assert_eq!(cases(&swift["Asks"]), ["one/0", "silent/0", "yesno/0"]);
        assert_eq!(cases(&swift["Event"]), ["send/0", "typed/2"]);
        assert_eq!(swift["Book"].members["list"], Some(2));
        assert_eq!(swift["Book"].members["type"], None);
    }

    #[test]
    fn a_removed_field_case_or_member_is_noticed() {
        let whole = kotlin(KOTLIN);
        assert_ne!(kotlin(&KOTLIN.replace("val record: String,", ""))["Row"], whole["Row"]);
        assert_ne!(kotlin(&KOTLIN.replace("YES_NO,", ""))["Asks"], whole["Asks"]);
        assert_ne!(kotlin(&KOTLIN.replace("data object Send : Event", ""))["Event"], whole["Event"]);
        assert_ne!(kotlin(&KOTLIN.replace("val type: Int\n", "\n"))["Book"], whole["Book"]);
        let whole = swift(SWIFT);
        assert_ne!(swift(&SWIFT.replace("public let record: String\n", ""))["Row"], whole["Row"]);
        assert_ne!(swift(&SWIFT.replace(", yesNo", ""))["Asks"], whole["Asks"]);
        assert_ne!(swift(&SWIFT.replace("case send\n", ""))["Event"], whole["Event"]);
        assert_ne!(
            swift(&SWIFT.replace("case typed(Row, text: String)", "case typed(Row)"))["Event"],
            whole["Event"]
        );
        assert_ne!(swift(&SWIFT.replace(", after: End?", ""))["Book"], whole["Book"]);
    }
}
