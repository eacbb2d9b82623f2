//! The Android app and the iOS app are one product: the same screens with the same states and events over the same
//! core, the same words, the same stories. What is in one and not in the other fails here, by name, unless it is
//! listed below with its reason; so does what is listed and does not differ any more.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "apps/source.rs"]
mod source;
#[path = "apps/types.rs"]
mod types;
#[path = "apps/words.rs"]
mod words;

use gridweave_tests::repository::{self, text};
use source::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use types::{Type, Types};
use words::Texts;

const CORE: [&str; 2] = ["android/core/src/main/kotlin/org/gridweave/core", "ios/Sources/Fieldbook/Core"];
const ANDROID_APP: &str = "android/app/src/main/kotlin/org/gridweave/app";
const ANDROID_WORDS: [&str; 2] = ["android/app/src/main/res/values", "android/app/src/main/res/values-en"];
const IOS_SCREENS: [&str; 2] = ["ios/Sources/Fieldbook/Screens", "ios/Gridweave/Screens"];
const CATALOGUE: &str = "ios/Gridweave/Localizable.xcstrings";

/// What differs by design, with the reason.
type Differs = &'static [(&'static str, &'static str)];

const CORE_DIFFERS: Differs = &[
    ("member Fieldbook.close(0)", "in Kotlin, AutoCloseable asks for it"),
    ("field DeviceKeyLost.why", "in Kotlin it is the message that every exception has"),
    ("case Value.exact(1)", "Kotlin has decimals of its own"),
    ("case Value.exact(2)", "Swift has none that keeps 12.50 from 12.5 on every system"),
    (
        "type OpenBook",
        "the Kotlin bindings count by themselves the calls that still run when they are closed",
    ),
    ("type MapApp", "iOS asks each map app by its own URL, Android offers those that are there"),
    ("type Way", "iOS asks each map app by its own URL, Android offers those that are there"),
    ("type WrappedFieldbook", "Kotlin's `by` does this"),
    ("type WrappedForm", "Kotlin's `by` does this"),
];
const SCREENS_DIFFER: Differs = &[];
const STATES_DIFFER: Differs = &[
    (
        "type EnrolState.Pending",
        "in Kotlin it is the core's own Enrolment.Pending, which a Swift case cannot be",
    ),
    ("case PinEvent.quick(0)", "only iOS opens with the face or a finger"),
    ("field PinState.quick", "only iOS opens with the face or a finger"),
    ("field SettingsState.quick", "only iOS opens with the face or a finger"),
];
const TROUBLES_DIFFER: Differs = &[];
/// Refusals without words of their own: the apps never ask for these, or ask again by themselves.
const WORDLESS: Differs = &[
    ("misfit", "the form language asks nothing that does not fit"),
    ("not_asked", "only what is asked can be answered"),
    ("not_deleted", "restoring is offered where it is deleted"),
    ("off_earth", "readings beyond the earth are left out"),
    ("other_type", "a form is of its record's type"),
    ("read_only", "what is read only has no means to answer"),
    ("twice", "a form answers each question once"),
    ("unknown_field", "the forms are those of the core"),
    ("unknown_scheme", "the schemes are those of the core"),
];

/// Words that only one of the two has.
const NAMES_DIFFER: Differs = &[
    ("app_name", "iOS has it in the catalogue of Info.plist"),
    ("notice_channel_progress", "only Android sorts notices into channels"),
    ("notice_channel_needed", "only Android sorts notices into channels"),
    ("notice_syncing", "iOS shows no progress among the notices"),
    ("managed_free", "Android shows what an organisation may set to whoever sets it"),
    ("managed_enrolment_code", "Android shows what an organisation may set to whoever sets it"),
    ("managed_enrolment_code_how", "Android shows what an organisation may set to whoever sets it"),
    ("managed_scanner_action", "iOS has no built-in scanners, which speak by broadcasts"),
    ("managed_scanner_extra", "iOS has no built-in scanners, which speak by broadcasts"),
    ("managed_scanner_how", "iOS has no built-in scanners, which speak by broadcasts"),
    ("map_closer", "iOS reads the sign + aloud by these words"),
    ("map_farther", "iOS reads the sign − aloud by these words"),
    ("form_other_sign", "iOS reads the sign ± aloud by these words"),
    ("pin_quick_face", "only iOS opens with the face or a finger"),
    ("pin_quick_touch", "only iOS opens with the face or a finger"),
    ("pin_quick_reason", "only iOS opens with the face or a finger"),
    ("settings_quick_pin", "only iOS opens with the face or a finger"),
    ("settings_quick_pin_face", "only iOS opens with the face or a finger"),
    ("settings_quick_pin_touch", "only iOS opens with the face or a finger"),
    ("settings_quick_pin_how", "only iOS opens with the face or a finger"),
];
/// Words that name what is called differently on the two systems.
const TEXTS_DIFFER: Differs = &[
    ("place_off", "the way through iOS's settings"),
    ("place_open_settings", "iOS opens no page of its settings but the app's own"),
    ("audio_allow_settings", "iOS speaks of the microphone"),
    ("clock_wrong", "the way through iOS's settings"),
    ("trouble_device_key_unavailable", "Android's key store is iOS's keychain"),
    ("lost_device_key", "Android's key store is iOS's keychain"),
];
/// Stories that only one of the two has.
const TESTS_DIFFER: Differs = &[];

/// The files below a folder with this ending, by their paths below it.
fn files(below: &str, ending: &str) -> BTreeMap<String, String> {
    let short = |path: String| path.strip_prefix(below).unwrap().trim_start_matches('/').to_owned();
    let found = repository::files(below, &[ending]).into_iter().map(|(path, text)| (short(path), text));
    let found: BTreeMap<_, _> = found.collect();
    assert!(!found.is_empty(), "no {ending} below {below}");
    found
}

/// What a path ends with, without what kind of file it is.
fn stem(path: &str) -> &str {
    Path::new(path).file_stem().unwrap().to_str().unwrap()
}

/// The types of all sources for which `wanted` holds.
fn types(sources: &BTreeMap<String, String>, wanted: impl Fn(&str, &str) -> bool) -> Types {
    let mut found = Types::new();
    for (path, source) in sources {
        let swift = path.ends_with(".swift");
        let declared = if swift { types::swift(source) } else { types::kotlin(source) };
        found.extend(declared.into_iter().filter(|(name, _)| wanted(path, name)));
    }
    found
}

/// All that is to be alike of types, one line each.
fn lines(types: &Types) -> BTreeSet<String> {
    let of = |(name, parts): (&String, &Type)| {
        let mut lines = vec![format!("type {name}")];
        lines.extend(parts.fields.iter().map(|field| format!("field {name}.{field}")));
        lines.extend(parts.cases.iter().map(|(case, carries)| format!("case {name}.{case}({carries})")));
        lines.extend(parts.members.iter().map(|(member, count)| {
            count.map_or_else(
                || format!("member {name}.{member}"),
                |count| format!("member {name}.{member}({count})"),
            )
        }));
        lines
    };
    types.iter().flat_map(of).collect()
}

/// What one app has and the other has not, but for what differs by design.
fn drift(android: &BTreeSet<String>, ios: &BTreeSet<String>, differs: Differs) -> Vec<String> {
    let listed = |line: &str| differs.iter().any(|(what, _)| *what == line);
    let mut found = Vec::new();
    for (has, has_not, without) in [(android, ios, "iOS"), (ios, android, "Android")] {
        for line in has.difference(has_not).filter(|line| !listed(line)) {
            // The parts of a type that is missing go without saying.
            let of = line.split_once(' ').and_then(|(_, what)| what.rsplit_once('.'));
            let missing = of
                .map(|(of, _)| format!("type {of}"))
                .is_some_and(|of| has.contains(&of) && !has_not.contains(&of));
            if !missing {
                found.push(format!("{without} has no {line}"));
            }
        }
    }
    let same = differs.iter().filter(|(what, _)| android.contains(*what) == ios.contains(*what));
    found.extend(same.map(|(what, _)| format!("listed as different and is not: {what}")));
    found
}

fn assert_none(rule: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{rule}:\n  {}", wrong.join("\n  "));
}

#[test]
fn both_know_the_same_core() {
    // What only carries out the core's interfaces is not compared: it is as each language has it.
    let wanted = |_: &str, name: &str| !name.starts_with("Rust");
    let [android, ios] = [(CORE[0], ".kt"), (CORE[1], ".swift")]
        .map(|(folder, ending)| lines(&types(&files(folder, ending), wanted)));
    assert!(android.len() > 250, "{}", android.len());
    for some in ["member Form.look(1)", "field Question.kind", "case Asks.yesno(0)", "member Keys.open(1)"] {
        assert!(android.contains(some), "{some}");
    }
    assert_none("the cores differ", &drift(&android, &ios, CORE_DIFFERS));
}

#[test]
fn both_have_the_same_screens() {
    let screens = |folder: &str, ending: &str| -> BTreeSet<String> {
        let paths = files(folder, ending).into_keys().map(|path| path.to_lowercase());
        let folders =
            paths.filter_map(|path| Some((path.rsplit_once('/')?.0.to_owned(), stem(&path).to_owned())));
        let parts = folders.filter(|(_, name)| ["model", "screen"].iter().any(|part| name.ends_with(part)));
        parts.map(|(folder, name)| format!("screen {folder}/{name}")).collect()
    };
    let android = screens(&format!("{ANDROID_APP}/screens"), ".kt");
    let ios = IOS_SCREENS.iter().flat_map(|folder| screens(folder, ".swift")).collect();
    assert!(android.len() > 25, "{android:?}");
    assert_none("the screens differ", &drift(&android, &ios, SCREENS_DIFFER));
}

#[test]
fn the_screens_have_the_same_states_and_events() {
    let wanted = |path: &str, name: &str| {
        ["State", "Event"].iter().any(|end| name.ends_with(end) || stem(path).ends_with(end))
    };
    let android = lines(&types(&files(&format!("{ANDROID_APP}/screens"), ".kt"), wanted));
    let ios = lines(&types(&files(IOS_SCREENS[0], ".swift"), wanted));
    assert!(android.len() > 200, "{}", android.len());
    for some in ["field FormState.ownPage", "case FormEvent.entryremoved(2)", "case PinTask.enter(0)"] {
        assert!(android.contains(some), "{some}");
    }
    assert_none("the screens differ", &drift(&android, &ios, STATES_DIFFER));
}

#[test]
fn both_know_the_same_places() {
    let place = |_: &str, name: &str| name == "Place";
    let of = |path: &str| lines(&types(&BTreeMap::from([(path.to_owned(), text(path))]), place));
    let [android, ios] =
        [&format!("{ANDROID_APP}/Stack.kt"), "ios/Sources/Fieldbook/App/Stack.swift"].map(of);
    assert!(android.contains("case Place.form(4)"), "{android:?}");
    assert_none("the places differ", &drift(&android, &ios, &[]));
}

#[test]
fn both_have_words_for_the_same_troubles() {
    let [android, ios] = [
        (format!("{ANDROID_APP}/ui/Words.kt"), Language::Kotlin),
        ("ios/Gridweave/UI/Words.swift".to_owned(), Language::Swift),
    ]
    .map(|(path, language)| {
        let troubles = words::troubles(&text(&path), language);
        assert!(troubles.len() > 25, "{path}: {troubles:?}");
        troubles.into_iter().map(|(code, words)| format!("trouble {code}: {words}")).collect()
    });
    assert_none("the troubles' words differ", &drift(&android, &ios, TROUBLES_DIFFER));
}

#[test]
fn a_refusal_that_a_person_can_meet_has_words() {
    let source = text("ffi/src/error.rs");
    let of = |from: &str| source.split(from).nth(1).unwrap().split("\n}").next().unwrap().to_owned();
    let quoted = |source: &str| -> Vec<String> {
        let after = source.split("=> \"").skip(1);
        after.filter_map(|rest| Some(rest.split('"').next()?.to_owned())).collect()
    };
    let mut codes = quoted(&of("impl From<Refused> for FieldbookError"));
    codes.extend(quoted(&of("impl From<AnswerError> for FieldbookError")));
    assert!(codes.len() > 20, "{codes:?}");
    let words = words::troubles(&text(&format!("{ANDROID_APP}/ui/Words.kt")), Language::Kotlin);
    let without: BTreeSet<String> = codes.into_iter().filter(|code| !words.contains_key(code)).collect();
    let listed = WORDLESS.iter().map(|(code, _)| (*code).to_owned()).collect();
    let wrong: Vec<String> = without.symmetric_difference(&listed).cloned().collect();
    assert_none("these refusals have no words, or are listed in vain", &wrong);
}

/// The words of Android and of iOS in Chinese and in English.
fn both_words() -> [[Texts; 2]; 2] {
    let android = ANDROID_WORDS.map(|folder| {
        files(folder, ".xml").values().flat_map(|xml| words::resources(xml)).collect::<Texts>()
    });
    let catalogue = text(CATALOGUE);
    let ios = ["zh-Hans", "en"].map(|language| words::catalogue(&catalogue, language).0);
    [android, ios]
}

#[test]
fn both_have_the_same_words() {
    let [android, ios] = both_words();
    assert!(android[0].len() > 300);
    let names = |texts: &Texts| -> BTreeSet<String> { texts.keys().cloned().collect() };
    assert_none("the words' names differ", &drift(&names(&android[0]), &names(&ios[0]), NAMES_DIFFER));
    let mut wrong = Vec::new();
    for (name, text) in &ios[0] {
        let Some(english) = ios[1].get(name) else { continue };
        if words::placeholders(text) != words::placeholders(english) {
            wrong.push(format!("{name} has other placeholders in English: {text} | {english}"));
        }
        let differs = (0..2).any(|at| android[at].get(name).is_some_and(|android| *android != ios[at][name]));
        if differs != TEXTS_DIFFER.iter().any(|(listed, _)| listed == name) {
            let texts = (0..2).map(|at| format!("{:?} | {}", android[at].get(name), ios[at][name]));
            wrong.push(format!("{name}, Android | iOS: {}", texts.collect::<Vec<_>>().join("; ")));
        }
    }
    let gone = TEXTS_DIFFER.iter().filter(|(name, _)| !ios[0].contains_key(*name));
    wrong.extend(gone.map(|(name, _)| format!("{name} is listed and not there")));
    assert_none("the words differ, or are listed and do not", &wrong);
}

#[test]
fn the_catalogue_has_all_that_is_said_and_nothing_else() {
    let [_, [texts, _]] = both_words();
    let (mut quoted, mut wrong) = (BTreeSet::new(), Vec::new());
    for (path, source) in files("ios/Gridweave", ".swift") {
        let (calls, all) = words::said(&source);
        quoted.extend(all);
        for (name, given) in calls {
            let Some(text) = texts.get(&name) else {
                wrong.push(format!("{path} says {name}, which the catalogue has not"));
                continue;
            };
            let wanted = words::placeholders(text).len();
            if wanted != given {
                wrong.push(format!(
                    "{path} gives {given} parts to {name}, which has {wanted} places for them"
                ));
            }
        }
    }
    // Names also stand in the words of cases and the like, to be said elsewhere.
    let unused = texts.keys().filter(|name| !quoted.contains(*name));
    wrong.extend(unused.map(|name| format!("nothing in ios/Gridweave says {name}")));
    assert_none("the catalogue and the sources differ", &wrong);
}

#[test]
fn the_catalogues_are_whole_and_written_as_xcode_writes_them() {
    for (path, least) in [(CATALOGUE, 300), ("ios/Gridweave/InfoPlist.xcstrings", 4)] {
        let catalogue = text(path);
        let lines = catalogue.lines();
        let names: Vec<&str> =
            lines.filter_map(|line| line.strip_prefix("    \"")?.strip_suffix("\" : {")).collect();
        assert!(
            names.len() >= least && names.is_sorted(),
            "{path}: the names in order, a space before each colon"
        );
        assert!(catalogue.starts_with("{\n  \"sourceLanguage\" : \"zh-Hans\",\n"), "{path}");
        for language in ["zh-Hans", "en"] {
            let (texts, without) = words::catalogue(&catalogue, language);
            assert_none(&format!("{path} has no words in {language} for"), &without);
            assert_eq!(texts.len(), names.len(), "{path}");
        }
    }
}

/// The stories below a folder, and the other tests that are named as stories are.
fn stories(folder: &str, ending: &str, tests: fn(&str) -> Vec<String>) -> [BTreeSet<String>; 2] {
    let (mut stories, mut others) = (BTreeSet::new(), BTreeSet::new());
    for (path, source) in files(folder, ending) {
        let story = stem(&path).ends_with("StoriesTest");
        let names = tests(&source).into_iter().filter(|name| story || name.contains(' '));
        if story { &mut stories } else { &mut others }.extend(names.map(|name| format!("story `{name}`")));
    }
    [stories, others]
}

#[test]
fn both_tell_the_same_stories() {
    let [android, mut others] = stories("android/app/src/test", ".kt", words::kotlin_tests);
    others.extend(stories("android/platform/src/test", ".kt", words::kotlin_tests).into_iter().flatten());
    let [ios, named] = stories("ios/Tests/FieldbookTests", ".swift", words::swift_tests);
    let ios = &ios | &named;
    assert!(android.len() > 40 && ios.len() > 40, "{android:?} {ios:?}");
    // What is no story of the app's screens is often of one system alone: it may have a twin, and need not.
    let android = &android | &(&others & &ios);
    assert_none("the stories differ", &drift(&android, &ios, TESTS_DIFFER));
}

#[test]
fn drift_names_what_is_missing_and_what_is_listed_in_vain() {
    let android =
        lines(&types::kotlin("data class Row(val a: Int, val b: Int)\nenum class Asks { ONE, TWO }"));
    let ios = lines(&types::swift(
        "struct Row { let a: Int }\nenum Asks { case one, two }\nstruct New { let c: Int }",
    ));
    assert_eq!(drift(&android, &ios, &[]), ["iOS has no field Row.b", "Android has no type New"]);
    let listed: Differs = &[("field Row.b", "told"), ("type New", "told"), ("case Asks.one(0)", "told")];
    assert_eq!(drift(&android, &ios, listed), ["listed as different and is not: case Asks.one(0)"]);
}
