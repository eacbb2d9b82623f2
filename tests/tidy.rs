//! Rules of the project that can be read off its text: every file says what it is, imports go one way, and what
//! ARCHITECTURE.md names is there.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_tests::repository::{files, root, text};
use std::collections::BTreeSet;
use std::fs;

/// Longest source file, lines.
const LINES_MAX: usize = 500;
/// Files that may be longer, each with its reason.
const LONGER: [(&str, &str); 4] = [
    ("core/src/form/session_tests.rs", "one form, many short stories"),
    ("core/src/sync/sim.rs", "the simulated server and its network, used by one test module"),
    ("core/src/sync/tests.rs", "one cast, many short stories"),
    ("tests/bad_input.rs", "one scene, many kinds of bad input"),
];

/// The lines of a source without comments and without its tests, with their numbers.
fn code(text: &str) -> Vec<(usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|w| w[0].trim() == "#[cfg(test)]" && w[1].starts_with("mod ") && w[1].ends_with('{'));
    let end = tests.unwrap_or(lines.len());
    let numbered = (1..).zip(lines).take(end);
    numbered
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(n, l)| (n, l.split(" // ").next().unwrap()))
        .collect()
}

/// Sources of a folder that are no tests.
fn sources(below: &str) -> Vec<(String, String)> {
    let is_test = |name: &str| {
        let stem = name.rsplit('/').next().unwrap();
        stem.ends_with("tests.rs")
            || name.contains("/tests/")
            || ["laws.rs", "sim.rs", "test_grants.rs"].contains(&stem)
    };
    files(below, &[".rs"]).into_iter().filter(|(name, _)| !is_test(name)).collect()
}

/// Whether a line names an identifier as a word of its own.
fn names(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_none_or(|c| !is_word(c));
        before && line[at + word.len()..].chars().next().is_none_or(|c| !is_word(c))
    })
}

fn assert_none(rule: &str, wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{rule}:\n  {}", wrong.join("\n  "));
}

/// Lines of `sources` that name one of the words; `file:line: word`.
fn naming(sources: &[(String, String)], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in sources {
        for (n, line) in code(text) {
            found.extend(words.iter().filter(|w| names(line, w)).map(|w| format!("{name}:{n}: {w}")));
        }
    }
    found
}

#[test]
fn every_source_opens_with_what_it_is() {
    let silent = ["core", "ffi", "sync-server", "tests"].into_iter().flat_map(|part| files(part, &[".rs"]));
    // A crate may keep what it is in its README and include that.
    let says = |text: &str| text.starts_with("//!") || text.starts_with("#![doc = include_str!(");
    let silent = silent.filter(|(_, text)| !says(text));
    assert_none("these do not open with //!", silent.map(|(name, _)| name).collect());
}

#[test]
fn no_source_is_longer_than_one_reads() {
    let mut wrong = Vec::new();
    for (name, text) in ["core", "ffi", "sync-server", "tests", "ios"]
        .into_iter()
        .flat_map(|part| files(part, &[".rs", ".swift"]))
    {
        let (lines, listed) = (text.lines().count(), LONGER.iter().any(|(file, _)| *file == name));
        if lines > LINES_MAX && !listed {
            wrong.push(format!("{name} has {lines} lines; split it by concept, or list it with its reason"));
        }
        if lines <= LINES_MAX && listed {
            wrong.push(format!("{name} is listed as longer and is not"));
        }
    }
    assert_none("long files", wrong);
}

#[test]
fn the_cores_modules_import_upwards_only() {
    // From the ground up; a module may name those before it and those beside it.
    let floors: [&[&str]; 9] = [
        &["ids", "time", "geo", "value"],
        &["identity"],
        &["form"],
        &["record"],
        &["merge"],
        &["entity"],
        &["wire"],
        &["store"],
        &["sync"],
    ];
    let mut wrong = Vec::new();
    for (at, floor) in floors.iter().enumerate() {
        let above: Vec<&str> =
            floors[at + 1..].iter().flat_map(|f| f.iter().copied()).chain(["fieldbook"]).collect();
        for module in *floor {
            let mut texts = sources(&format!("core/src/{module}"));
            texts.extend(
                files("core/src", &[&format!("{module}.rs")])
                    .into_iter()
                    .filter(|(n, _)| *n == format!("core/src/{module}.rs")),
            );
            assert!(!texts.is_empty(), "there is no module {module}");
            for (name, text) in &texts {
                for (n, line) in code(text) {
                    wrong.extend(
                        above
                            .iter()
                            .filter(|m| {
                                [format!("crate::{m}::"), format!("crate::{m};")]
                                    .iter()
                                    .any(|p| line.contains(p))
                            })
                            .map(|m| format!("{name}:{n}: {m}")),
                    );
                }
            }
        }
    }
    assert_none("imports that go down", wrong);
}

#[test]
fn merging_has_no_input_or_output_no_clock_and_no_randomness() {
    for module in ["core/src/merge", "core/src/entity"] {
        let words = [
            "rusqlite",
            "tokio",
            "reqwest",
            "rand",
            "getrandom",
            "SystemTime",
            "Instant::now",
            "Utc::now",
            "Clock",
        ];
        let std = ["std::time", "std::fs", "std::net", "std::env", "std::io", "std::process", "std::thread"];
        let sources = sources(module);
        assert!(sources.len() > 2);
        let mut wrong = naming(&sources, &words);
        for (name, text) in &sources {
            let lines = code(text).into_iter();
            wrong.extend(
                lines
                    .filter(|(_, l)| std.iter().any(|s| l.contains(s)))
                    .map(|(n, l)| format!("{name}:{n}: {l}")),
            );
        }
        assert_none(module, wrong);
    }
}

#[test]
fn sql_and_http_are_named_where_they_belong() {
    let core = sources("core/src");
    let outside = |folder: &'static str| {
        core.iter().filter(move |(name, _)| !name.starts_with(folder)).cloned().collect::<Vec<_>>()
    };
    assert_none("SQL outside core/src/store", naming(&outside("core/src/store/"), &["rusqlite"]));
    assert_none("HTTP outside core/src/sync/http", naming(&outside("core/src/sync/http"), &["reqwest"]));
    assert!(
        !naming(&core, &["rusqlite"]).is_empty() && !naming(&core, &["reqwest"]).is_empty(),
        "the check sees them"
    );
    let server = sources("sync-server/src");
    let elsewhere: Vec<_> = server
        .iter()
        .filter(|(name, _)| {
            !name.starts_with("sync-server/src/store/") && name != "sync-server/src/demo/sabotage.rs"
        })
        .cloned()
        .collect();
    assert_none("SQL outside sync-server/src/store", naming(&elsewhere, &["rusqlite"]));
    let no_client: Vec<_> =
        server.into_iter().filter(|(name, _)| name != "sync-server/src/demo/people_api.rs").collect();
    assert_none("a client outside the demo's API client", naming(&no_client, &["reqwest"]));
}

#[test]
fn only_the_demo_of_the_server_uses_the_devices_part_of_the_core() {
    let device = ["gridweave_core::store", "gridweave_core::sync", "gridweave_core::fieldbook"];
    let mut wrong = Vec::new();
    for (name, text) in sources("sync-server/src") {
        if name.starts_with("sync-server/src/demo/") {
            continue;
        }
        let lines = code(&text).into_iter();
        wrong.extend(
            lines
                .filter(|(_, l)| device.iter().any(|d| l.contains(d)))
                .map(|(n, l)| format!("{name}:{n}: {l}")),
        );
    }
    assert_none("the device's part outside the demo", wrong);
}

#[test]
fn the_ios_apps_package_knows_no_screen_and_only_its_core_knows_the_bindings() {
    let swift = |folder: &str| files(folder, &[".swift"]);
    let package = swift("ios/Sources/Fieldbook");
    let outside = |folder: &str| -> Vec<_> {
        package.iter().filter(|(name, _)| !name.starts_with(folder)).cloned().collect()
    };
    let bindings = ["GridweaveFFI"];
    assert_none("bindings outside the core", naming(&outside("ios/Sources/Fieldbook/Core/"), &bindings));
    assert_none("bindings in the app", naming(&swift("ios/Gridweave"), &bindings));
    assert!(!naming(&package, &bindings).is_empty() && package.len() > 50, "the check sees them");
    let mut wrong = Vec::new();
    for (name, text) in package.iter().chain(&swift("ios/Tests")) {
        let own = ["Foundation", "Observation", "Testing", "Dispatch", "Fieldbook", "GridweaveFFI"];
        let imports = code(text).into_iter().filter_map(|(n, line)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let at = words.iter().position(|word| *word == "import").filter(|at| *at < 2)?;
            Some((n, *words.last().filter(|_| at + 1 < words.len())?))
        });
        let other = imports.filter(|(_, module)| !own.contains(&module.split('.').next().unwrap()));
        wrong.extend(other.map(|(n, module)| format!("{name}:{n}: {module}")));
    }
    assert_none("the package is tested on Linux, which has none of", wrong);
}

#[test]
fn the_plan_does_not_know_what_it_judges() {
    let judged = [
        "gridweave_core::merge",
        "gridweave_core::store",
        "gridweave_core::sync",
        "gridweave_core::fieldbook",
        "crate::store",
    ];
    let mut wrong = Vec::new();
    for part in ["plan", "city", "people", "photo"] {
        let sources = sources(&format!("sync-server/src/demo/{part}"));
        assert!(!sources.is_empty(), "there is no demo/{part}");
        for (name, text) in &sources {
            let lines = code(text).into_iter();
            wrong.extend(
                lines
                    .filter(|(_, l)| judged.iter().any(|j| l.contains(j)))
                    .map(|(n, l)| format!("{name}:{n}: {l}")),
            );
        }
    }
    assert_none("the plan names what it judges", wrong);
}

#[test]
fn only_the_merger_writes_records() {
    let tables = ["record", "also_in", "grid_digest", "identity", "photo_claim"];
    let mut wrong = Vec::new();
    for (name, text) in sources("sync-server/src/store") {
        if name == "sync-server/src/store/merger.rs" {
            continue;
        }
        for (n, line) in code(&text) {
            let writes = tables.iter().any(|t| {
                [format!("INTO {t} "), format!("UPDATE {t} "), format!("DELETE FROM {t} ")]
                    .iter()
                    .any(|w| line.contains(w.as_str()))
            });
            if writes {
                wrong.push(format!("{name}:{n}: {}", line.trim()));
            }
        }
    }
    assert_none("records written outside the merger", wrong);
}

/// Tables that a script makes, each with the comment on its line or right above it.
fn tables(script: &str) -> Vec<(String, String)> {
    let (mut found, mut above) = (Vec::new(), String::new());
    for line in script.lines() {
        let words: Vec<&str> = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        let name = match words.as_slice() {
            ["CREATE", "TABLE", name, ..] | ["CREATE", "VIRTUAL", "TABLE", name, ..] => Some(name),
            _ => None,
        };
        let comment = line.split_once("--").map_or("", |(_, comment)| comment.trim());
        if let Some(name) = name {
            found.push(((*name).to_owned(), format!("{above}{comment}")));
        }
        above = if line.starts_with("--") { format!("{above}{comment} ") } else { String::new() };
    }
    found
}

#[test]
fn every_table_says_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (device, server) = (dir.path().join("device"), dir.path().join("server"));
    std::fs::create_dir(&server).unwrap();
    drop(gridweave_core::store::Store::open(&device, &Default::default()).unwrap());
    let catalog = std::sync::Arc::new(gridweave_core::form::Catalog::builtin());
    drop(gridweave_server::store::Store::open(&server, catalog).unwrap());
    let scripts = fs::read_dir(root().join("core/src/store")).unwrap().map(|file| file.unwrap().path());
    let scripts = scripts.filter(|path| path.extension().is_some_and(|extension| extension == "sql"));
    let fieldbook: String = scripts.map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut silent = Vec::new();
    for (path, script) in [
        (device.join("fieldbook.db"), fieldbook),
        (server.join("gridweave.db"), gridweave_server::store::SCHEMA.concat()),
    ] {
        let said = tables(&script);
        let db = rusqlite::Connection::open(&path).unwrap();
        // What SQLite makes for itself has no words of ours: its own tables, and those behind a virtual one.
        let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
                       AND name NOT LIKE 'sqlite_%'";
        let mut statement = db.prepare(sql).unwrap();
        let there: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert!(there.len() > 10 && there.len() == said.len(), "{there:?} {said:?}");
        for name in there {
            let comment = said.iter().find(|(table, _)| *table == name).map(|(_, comment)| comment.as_str());
            if comment.is_none_or(|comment| comment.len() < 10) {
                silent.push(format!("{}: {name}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert_none("tables without a comment", silent);
}

#[test]
fn what_the_architecture_names_is_there() {
    let text = text("ARCHITECTURE.md");
    let quoted: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let parts = ["core/", "ffi/", "sync-server/", "schemas/", "tests/", "android/", "ios/"];
    let paths: Vec<&&str> =
        quoted.iter().filter(|q| parts.iter().any(|p| q.starts_with(p)) && !q.contains(' ')).collect();
    assert!(paths.len() > 15, "{paths:?}");
    let missing = paths.iter().filter(|path| !root().join(path).exists());
    assert_none("named in ARCHITECTURE.md and not there", missing.map(|p| (**p).to_string()).collect());
}

#[test]
fn nothing_speaks_of_one_machine() {
    // Put together here, so that this file is not its own finding.
    let places = [["/", "work/"], ["/", "root/"], ["/home", "/"], ["/Users", "/"], ["C:", "\\\\Users"]]
        .map(|p| p.concat());
    let endings = [
        ".rs", ".md", ".toml", ".json", ".sql", ".html", ".css", ".sh", ".yml", ".yaml", ".py", ".mjs",
        ".ts", ".kt", ".swift", ".csv",
    ];
    let mut wrong = Vec::new();
    for (name, text) in files(".", &endings) {
        // A URL's path may begin like a folder.
        let here = |line: &str| {
            places.iter().any(|p| {
                line.match_indices(p.as_str()).any(|(at, _)| {
                    line[..at]
                        .chars()
                        .next_back()
                        .is_none_or(|c| !(c.is_alphanumeric() || "._-~/$}{)".contains(c)))
                })
            })
        };
        wrong.extend((1..).zip(text.lines()).filter(|(_, l)| here(l)).map(|(n, _)| format!("{name}:{n}")));
    }
    assert_none("paths of one machine", wrong);
}
