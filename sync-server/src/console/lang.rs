//! The languages of the pages. All texts stand in `messages/`, one file a language, Chinese first.
//!
//! A text has places `{}`, filled in order. Labels of fields and codes are not here: they come from the catalog.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Name of the cookie that keeps the choice.
pub const COOKIE_NAME: &str = "lang";

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese as written in the mainland.
    ZhCn,
    /// English.
    En,
}

impl Lang {
    /// All languages, for the tests of the message files.
    #[cfg(test)]
    pub const ALL: [Lang; 2] = [Lang::ZhCn, Lang::En];

    /// Tag in HTML, URLs and the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The language of a tag, by its first part.
    pub fn of(tag: &str) -> Option<Lang> {
        match tag.trim().split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Lang::ZhCn),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// What the browser prefers; Chinese if it says nothing that we have.
    pub fn preferred(headers: &HeaderMap) -> Lang {
        let listed = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
        // Browsers list them by preference; the weights repeat that order.
        listed.split(',').find_map(|part| Lang::of(part.split(';').next()?)).unwrap_or(Lang::ZhCn)
    }

    /// The text of a key. An unknown key reads as itself: a test finds those before anyone sees one.
    pub fn t(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// The text of a key made of a family and a name from the data; the name itself if there is no text for it.
    pub fn of_family(self, family: &str, name: &str) -> String {
        self.find(&format!("{family}.{name}")).unwrap_or(name).to_owned()
    }

    /// All names of a family, each with its text.
    pub fn family(self, family: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = messages(self).iter();
        all.filter_map(move |(key, text)| Some((key.strip_prefix(family)?.strip_prefix('.')?, text.as_str())))
    }

    /// The text of a key with its places filled.
    pub fn fill(self, key: &'static str, values: &[&str]) -> String {
        let mut text = self.t(key).to_owned();
        for value in values {
            text = text.replacen("{}", value, 1);
        }
        text
    }

    /// A difference of clocks or a duration, in two parts at most: `−3 h 20 min`, `12 s`.
    pub fn span(self, ms: i64) -> String {
        let sign = if ms < 0 { "−" } else { "" };
        let seconds = ms.unsigned_abs() / 1000;
        let text = |key, parts: &[u64]| {
            let parts: Vec<String> = parts.iter().map(u64::to_string).collect();
            self.fill(key, &parts.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let span = match seconds {
            0..60 => text("span.seconds", &[seconds]),
            60..3600 => text("span.minutes", &[seconds / 60]),
            3600..172_800 => text("span.hours", &[seconds / 3600, seconds % 3600 / 60]),
            _ => text("span.days", &[seconds / 86_400]),
        };
        format!("{sign}{span}")
    }

    fn find(self, key: &str) -> Option<&'static str> {
        messages(self).get(key).map(String::as_str)
    }
}

fn messages(lang: Lang) -> &'static BTreeMap<String, String> {
    static ALL: OnceLock<[BTreeMap<String, String>; 2]> = OnceLock::new();
    let read = |text: &str| serde_json::from_str(text).expect("message files are read by a test");
    let all = ALL.get_or_init(|| {
        [read(include_str!("../../messages/zh-CN.json")), read(include_str!("../../messages/en.json"))]
    });
    &all[lang as usize]
}

#[cfg(test)]
#[path = "lang_tests.rs"]
mod tests;
