//! A label with `${name}` in it: the answers stand where the names were.

use super::expr::Target;
use super::label::Label;

/// A label and the questions that it names.
#[derive(Debug, Clone, Default)]
pub(super) struct Template {
    pub label: Label,
    /// Each `${name}` as it is written, with what it means.
    pub slots: Vec<(String, Target)>,
}

impl Template {
    /// The names in `${…}` of all languages, as they are written and without braces; an unclosed one is text.
    pub fn names(label: &Label) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for text in [&label.zh, &label.en].into_iter().chain(label.other.values()) {
            let mut rest = text.as_str();
            while let Some((_, after)) = rest.split_once("${") {
                let Some((name, tail)) = after.split_once('}') else { break };
                let written = format!("${{{name}}}");
                if !names.iter().any(|(known, _)| *known == written) {
                    names.push((written, name.trim().to_string()));
                }
                rest = tail;
            }
        }
        names
    }

    /// The label with every name replaced by what `shown` gives for it.
    pub fn fill(&self, shown: impl Fn(Target) -> Label) -> Label {
        let mut label = self.label.clone();
        for (written, target) in &self.slots {
            let value = shown(*target);
            label.zh = label.zh.replace(written.as_str(), &value.zh);
            label.en = label.en.replace(written.as_str(), &value.en);
            for (lang, text) in &mut label.other {
                *text = text.replace(written.as_str(), value.get(lang));
            }
        }
        label
    }
}
