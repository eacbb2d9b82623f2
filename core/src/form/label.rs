//! What people read: a text in Chinese and English, and in further languages where a form brings them.
//!
//! It is not a translation system: each text stands beside what it names, so that a record type is whole in one file.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text in two languages, or more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Label {
    /// Chinese (zh-CN).
    pub zh: String,
    /// English.
    pub en: String,
    /// Further languages by tag (`fi`, `ug`).
    #[serde(flatten)]
    pub other: BTreeMap<String, String>,
}

impl Label {
    /// A text in the two languages of the product.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Label {
        Label { zh: zh.into(), en: en.into(), other: BTreeMap::new() }
    }

    /// One text for every language, for a form that has but one.
    pub fn same(text: impl Into<String>) -> Label {
        let text = text.into();
        Label { zh: text.clone(), en: text, other: BTreeMap::new() }
    }

    /// The text for a language tag: `zh-CN` and `zh` read the Chinese; what is not there reads English.
    pub fn get(&self, lang: &str) -> &str {
        let primary = lang.split(['-', '_']).next().unwrap_or(lang);
        match primary {
            "zh" => &self.zh,
            "en" => &self.en,
            _ => self.other.get(lang).or_else(|| self.other.get(primary)).unwrap_or(&self.en),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_language_reads_english() {
        let mut label = Label::new("姓名", "Name");
        label.other.insert("fi".into(), "Nimi".into());
        assert_eq!([label.get("zh-CN"), label.get("fi-FI"), label.get("de")], ["姓名", "Nimi", "Name"]);
    }
}
