//! What an expression sees from one item in one repetition.

use super::code_list::CodeEntry;
use super::context::local;
use super::expr::{Env, Val};
use super::session::{FormSession, NodeKey};
use crate::ids::Instance;
use chrono::{NaiveDate, NaiveDateTime};

pub(super) struct Here<'a> {
    pub session: &'a FormSession,
    pub item: u32,
    pub instance: Option<Instance>,
    /// The choice that a filter looks at.
    pub choice: Option<&'a CodeEntry>,
}

impl Here<'_> {
    /// The item in this repetition, or outside any.
    fn key(&self, item: u32) -> NodeKey {
        (item, self.session.form.node(item).repeat.and(self.instance))
    }

    fn keys(&self, item: u32) -> impl Iterator<Item = NodeKey> {
        let repeat = self.session.form.node(item).repeat;
        let instances = repeat.map_or(&[][..], |repeat| self.session.instances_of(repeat));
        instances.iter().map(move |instance| (item, Some(*instance)))
    }
}

impl Env for Here<'_> {
    fn value(&self, item: u32) -> Val {
        self.session.val(self.key(item))
    }

    fn values(&self, item: u32) -> Vec<Val> {
        let relevant = |key: &NodeKey| self.session.slots.get(key).is_some_and(|slot| slot.relevant);
        self.keys(item).filter(relevant).map(|key| self.session.val(key)).collect()
    }

    fn value_at(&self, item: u32, index: usize) -> Val {
        let key = index.checked_sub(1).and_then(|index| self.keys(item).nth(index));
        key.map_or(Val::EMPTY, |key| self.session.val(key))
    }

    fn count(&self, repeat: u32) -> usize {
        let relevant = self.session.slots.get(&(repeat, None)).is_some_and(|slot| slot.relevant);
        if relevant { self.session.instances_of(repeat).len() } else { 0 }
    }

    fn position(&self) -> usize {
        let repeat = self.session.form.node(self.item).repeat;
        let instances = repeat.map_or(&[][..], |repeat| self.session.instances_of(repeat));
        instances.iter().position(|i| Some(*i) == self.instance).map_or(0, |place| place + 1)
    }

    fn own(&self) -> Val {
        self.session.val((self.item, self.instance))
    }

    fn column(&self, name: &str) -> String {
        let Some(choice) = self.choice else { return String::new() };
        match name {
            "name" => choice.code.clone(),
            "label" => choice.label.get(&self.session.context.lang).to_string(),
            column => choice.columns.get(column).cloned().unwrap_or_default(),
        }
    }

    fn choice_name(&self, item: u32, code: &str) -> String {
        let list = self.session.form.node(item).list.as_deref();
        let entry = list.and_then(|list| list.entry(code));
        entry.map(|entry| entry.label.get(&self.session.context.lang).to_string()).unwrap_or_default()
    }

    fn today(&self) -> NaiveDate {
        self.session.context.today
    }

    fn now(&self) -> (NaiveDateTime, i32) {
        let offset = self.session.context.utc_offset_min;
        (local(self.session.context.now_ms, offset), offset)
    }
}
