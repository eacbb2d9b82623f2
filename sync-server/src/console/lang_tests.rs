//! Both languages have every text, every text is used, and every key that a page uses exists.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Families of keys whose last part comes from the data.
const FAMILIES: [&str; 8] =
    ["role", "kind", "datum", "quarantine", "audit", "audit_object", "replica", "network"];

#[test]
fn both_languages_have_the_same_keys_and_the_same_places() {
    let [zh, en] = Lang::ALL.map(messages);
    assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    for (key, text) in zh {
        assert_eq!(text.matches("{}").count(), en[key].matches("{}").count(), "{key}");
        assert!(!text.trim().is_empty() && !en[key].trim().is_empty(), "{key}");
    }
}

#[test]
fn every_key_that_is_used_exists_and_every_key_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    for folder in ["src/console", "templates"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue; // The tests, which name no keys of their own.
            }
            let text = std::fs::read_to_string(path).unwrap();
            // Whatever stands between two quotation marks; what lies between texts is no key.
            used.extend(text.split('"').skip(1).map(str::to_owned));
        }
    }
    let known: BTreeSet<String> = messages(Lang::ZhCn).keys().cloned().collect();
    let topic = |key: &str| key.split('.').next().unwrap_or("").to_owned();
    let topics: BTreeSet<String> = known.iter().map(|key| topic(key)).collect();
    let is_file =
        |key: &str| [".js", ".css", ".json", ".svg", ".html", ".rs"].iter().any(|end| key.ends_with(end));
    let is_key = |key: &String| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
        key.contains('.') && key.chars().all(plain) && topics.contains(&topic(key)) && !is_file(key)
    };
    used.retain(is_key);
    let missing: Vec<_> = used.difference(&known).collect();
    assert!(missing.is_empty(), "used but not there: {missing:?}");
    let of_family = |key: &&String| FAMILIES.iter().any(|f| key.starts_with(&format!("{f}.")));
    let unused: Vec<_> = known.difference(&used).filter(|key| !of_family(key)).collect();
    assert!(unused.is_empty(), "there but not used: {unused:?}");
}

#[test]
fn spans_read_in_two_parts_at_most() {
    let all = [0, -12_300, 90_000, 12_000_000, 864_000_000];
    assert_eq!(all.map(|ms| Lang::En.span(ms)), ["0 s", "−12 s", "1 min", "3 h 20 min", "10 d"]);
    assert_eq!(all.map(|ms| Lang::ZhCn.span(ms)), ["0 秒", "−12 秒", "1 分钟", "3 小时 20 分", "10 天"]);
}

#[test]
fn every_name_that_the_data_may_bring_has_its_text() {
    use crate::auth::policy::Role;
    use gridweave_core::record::ChangeKind;
    let roles = Role::ALL.iter().map(|role| ("role", role.name()));
    let kinds = (0..=8).map(|n| ("kind", ChangeKind::from_number(n).name()));
    let replicas = ["active", "unconfirmed", "revoked", "retired", "server"].map(|n| ("replica", n));
    let quarantine = [
        "early",
        "field_twice",
        "held",
        "malformed",
        "no_grid",
        "off_earth",
        "other_author",
        "other_type",
        "out_of_scope",
        "replaces_unseen",
        "revoked",
        "too_large",
        "too_long",
        "unknown_grid",
        "unknown_record",
        "unknown_version",
        "unmergeable",
        "wrong_kind",
        "wrong_number",
    ];
    let quarantine = quarantine.map(|n| ("quarantine", n));
    for (family, name) in roles.chain(kinds).chain(replicas).chain(quarantine) {
        for lang in Lang::ALL {
            assert_ne!(lang.of_family(family, name), name, "{family}.{name} in {lang:?}");
        }
    }
}

#[test]
fn the_first_language_that_we_have_is_taken_else_chinese() {
    let mut headers = HeaderMap::new();
    assert_eq!(Lang::preferred(&headers), Lang::ZhCn);
    for (listed, lang) in [("fi,en;q=0.8,zh;q=0.7", Lang::En), ("zh-HK,en", Lang::ZhCn), ("de", Lang::ZhCn)] {
        headers.insert(ACCEPT_LANGUAGE, listed.parse().unwrap());
        assert_eq!(Lang::preferred(&headers), lang);
    }
}

#[test]
fn places_are_filled_in_order() {
    assert_eq!(Lang::En.fill("no.such {} and {}", &["1", "2"]), "no.such 1 and 2");
}
