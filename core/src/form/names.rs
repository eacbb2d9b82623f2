//! What names mean in an expression of a form: `${name}`, `.`, `..`, paths, and the columns of choices.

use super::expr::{Reach, Scope, Target, TargetKind};
use super::form::FormNode;
use super::item::ItemKind;
use std::collections::BTreeMap;

/// The names as seen from one item.
pub(super) struct Names<'a> {
    pub nodes: &'a [FormNode],
    pub by_name: &'a BTreeMap<String, u32>,
    /// Where the expression stands.
    pub item: u32,
    /// Whether it is a choice filter.
    pub filter: bool,
}

impl Names<'_> {
    fn target(&self, item: u32) -> Target {
        let node = &self.nodes[item as usize];
        let what = match node.kind {
            ItemKind::Group => TargetKind::Group,
            ItemKind::Repeat => TargetKind::Repeat,
            _ => TargetKind::Question,
        };
        // In the same repetition, or in none: one value. Seen from elsewhere: one for each repetition.
        let here = node.repeat.is_none() || node.repeat == self.nodes[self.item as usize].repeat;
        Target { item, reach: if here { Reach::Here } else { Reach::All }, what, ty: node.ty() }
    }

    fn child(&self, parent: Option<u32>, name: &str) -> Option<u32> {
        let item = *self.by_name.get(name)?;
        (self.nodes[item as usize].parent == parent).then_some(item)
    }
}

impl Scope for Names<'_> {
    fn variable(&self, name: &str) -> Option<Target> {
        self.by_name.get(name).map(|item| self.target(*item))
    }

    fn path(&self, absolute: bool, steps: &[String]) -> Option<Target> {
        // An absolute path begins with the form's own element, whatever it is called.
        let (mut at, steps) = if absolute { (None, steps.get(1..)?) } else { (Some(self.item), steps) };
        for step in steps {
            at = match step.as_str() {
                ".." => self.nodes[at? as usize].parent,
                name => Some(self.child(at, name)?),
            };
        }
        at.map(|item| self.target(item))
    }

    fn has_column(&self, name: &str) -> bool {
        let list = self.nodes[self.item as usize].list.as_deref();
        self.filter
            && (matches!(name, "name" | "label")
                || list.is_some_and(|list| list.codes.iter().any(|entry| entry.columns.contains_key(name))))
    }

    fn has_choice(&self, item: u32, code: &str) -> bool {
        let list = self.nodes[item as usize].list.as_deref();
        list.is_none_or(|list| list.entry(code).is_some())
    }
}
