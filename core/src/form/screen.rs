//! Which questions stand together, and which screen is next: decided here, drawn by the apps.
//!
//! A group with the appearance `field-list` is one screen; any other question has a screen of its own. A repeated
//! group has a screen that lists its entries, then the screens of each entry.

use super::form::FormNode;
use super::item::{ItemKind, RangeParameters};
use super::label::Label;
use super::problem::Problem;
use super::session::{FormSession, NodeKey};
use super::sketch::Sketch;
use crate::ids::{FieldKey, FieldNo, Instance, PhotoHash};
use crate::value::{Code, Value};

/// Names a screen: the item that it shows, in a repetition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScreenId {
    /// Name of the group or question.
    pub item: String,
    /// The repetition that it stands in.
    pub instance: Option<Instance>,
}

/// A screen to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// Its name.
    pub id: ScreenId,
    /// Its heading.
    pub title: Label,
    /// For a repeated group: its entries.
    pub entries: Option<Entries>,
    /// What is asked, in order; group headings stand among them.
    pub questions: Vec<Question>,
}

/// The entries of a repeated group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries {
    /// The repeated group.
    pub no: FieldNo,
    /// Its repetitions in order.
    pub instances: Vec<Instance>,
    /// How many the form asks for; `None`: as many as there are.
    pub wanted: Option<u32>,
    /// What is wrong with their number.
    pub problems: Vec<Problem>,
}

/// A choice that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The code to answer with.
    pub code: Code,
    /// What people read.
    pub label: Label,
}

/// A question as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Name of the item.
    pub item: String,
    /// The field to answer; `None` for headings, notes and calculations that are not saved.
    pub key: Option<FieldKey>,
    /// How it is asked.
    pub kind: ItemKind,
    /// How it is drawn, as the form's author wishes.
    pub appearance: Option<String>,
    /// The question.
    pub label: Label,
    /// Help beside it.
    pub hint: Option<Label>,
    /// The answer.
    pub value: Value,
    /// Whether it is asked at all.
    pub relevant: bool,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it may not be changed.
    pub read_only: bool,
    /// The choices that are offered.
    pub choices: Vec<Choice>,
    /// Bounds of a scale.
    pub range: Option<RangeParameters>,
    /// What there is of a line or outline.
    pub sketch: Option<Sketch>,
    /// Photos of a set of photos, or the one of an image.
    pub photos: Vec<PhotoHash>,
    /// How many photos are wanted.
    pub photos_wanted: u8,
    /// Accuracy wanted of a point, metres.
    pub accuracy_m: Option<u32>,
    /// Longest text, characters.
    pub max_chars: Option<u32>,
    /// What may be read of an answer that the record brought along and that is masked; `value` is null then, until it
    /// is uncovered or answered anew.
    pub covered: Option<Label>,
    /// A masked answer that the record brought along is answered anew: [`FormSession::as_it_was`] puts it back.
    pub anew: bool,
    /// What is wrong with the answer.
    pub problems: Vec<Problem>,
}

impl FormSession {
    /// All screens that are asked now, in order.
    pub fn screens(&self) -> Vec<ScreenId> {
        let mut keys = Vec::new();
        self.walk(None, None, &mut keys);
        keys.into_iter().map(|key| self.screen_id(key)).collect()
    }

    /// The screen after this one, or the first. After a screen that has gone, the next one that is still there.
    pub fn next_screen(&self, after: Option<&ScreenId>) -> Option<ScreenId> {
        let screens = self.screens();
        let Some(after) = after else { return screens.into_iter().next() };
        if let Some(place) = screens.iter().position(|id| id == after) {
            return screens.into_iter().nth(place + 1);
        }
        let gone = self.form.by_name.get(&after.item).copied()?;
        screens.into_iter().find(|id| self.form.by_name.get(&id.item).is_some_and(|item| *item > gone))
    }

    /// The screen before this one.
    pub fn previous_screen(&self, before: &ScreenId) -> Option<ScreenId> {
        let screens = self.screens();
        let place = screens.iter().position(|id| id == before)?;
        screens.into_iter().take(place).next_back()
    }

    /// What stands on a screen; `None` if there is no such item or repetition.
    pub fn screen(&self, id: &ScreenId) -> Option<Screen> {
        let item = *self.form.by_name.get(&id.item)?;
        let key = (item, id.instance);
        let slot = self.slots.get(&key)?;
        let node = self.form.node(item);
        let mut questions = Vec::new();
        let entries = match (&node.field, node.kind) {
            (Some(field), ItemKind::Repeat) => Some(Entries {
                no: field.no,
                instances: self.instances_of(item).to_vec(),
                wanted: slot.face.wanted,
                problems: slot.face.problems.clone(),
            }),
            (_, ItemKind::Group) => {
                self.collect(item, id.instance, &mut questions);
                None
            }
            _ => {
                questions.push(self.question(key)?);
                None
            }
        };
        Some(Screen { id: id.clone(), title: slot.face.label.clone(), entries, questions })
    }

    /// A question by its item's name, wherever it stands.
    pub fn question_named(&self, item: &str, instance: Option<Instance>) -> Option<Question> {
        self.question((*self.form.by_name.get(item)?, instance))
    }

    fn screen_id(&self, (item, instance): NodeKey) -> ScreenId {
        ScreenId { item: self.form.node(item).name.clone(), instance }
    }

    fn walk(&self, parent: Option<u32>, instance: Option<Instance>, out: &mut Vec<NodeKey>) {
        for item in self.form.children(parent) {
            let node = self.form.node(item);
            if !self.slots.get(&(item, instance)).is_some_and(|slot| slot.relevant) {
                continue;
            }
            match node.kind {
                ItemKind::Repeat => {
                    out.push((item, None));
                    for instance in self.instances_of(item) {
                        self.walk(Some(item), Some(*instance), out);
                    }
                }
                ItemKind::Group if node.is_field_list() => {
                    let mut questions = Vec::new();
                    self.collect(item, instance, &mut questions);
                    if questions.iter().any(|question| question.kind != ItemKind::Group) {
                        out.push((item, instance));
                    }
                    // A repeated group does not fit on the screen around it; its screens follow.
                    self.walk_repeats(item, out);
                }
                ItemKind::Group => self.walk(Some(item), instance, out),
                kind if kind.is_shown() => out.push((item, instance)),
                _ => {}
            }
        }
    }

    fn walk_repeats(&self, group: u32, out: &mut Vec<NodeKey>) {
        for item in self.form.children(Some(group)) {
            let relevant = self.slots.get(&(item, None)).is_some_and(|slot| slot.relevant);
            match self.form.node(item).kind {
                ItemKind::Repeat if relevant => {
                    out.push((item, None));
                    for instance in self.instances_of(item) {
                        self.walk(Some(item), Some(*instance), out);
                    }
                }
                ItemKind::Group if relevant => self.walk_repeats(item, out),
                _ => {}
            }
        }
    }

    /// The relevant questions of a group and the groups in it, without repeated ones.
    fn collect(&self, group: u32, instance: Option<Instance>, out: &mut Vec<Question>) {
        for item in self.form.children(Some(group)) {
            let node = self.form.node(item);
            let Some(question) = self.question((item, instance)).filter(|question| question.relevant) else {
                continue;
            };
            match node.kind {
                ItemKind::Repeat => {}
                ItemKind::Group => {
                    out.push(question);
                    self.collect(item, instance, out);
                }
                kind if kind.is_shown() => out.push(question),
                _ => {}
            }
        }
    }

    fn question(&self, key: NodeKey) -> Option<Question> {
        let slot = self.slots.get(&key)?;
        let node: &FormNode = self.form.node(key.0);
        let field = node.field.as_ref();
        let covered = self.covered(key);
        let shown = self.held(key);
        let photos = match (shown, field) {
            (Value::Photo(hash), _) if node.kind == ItemKind::Image => vec![*hash],
            (_, Some(field)) => self.photos.get(&field.no).cloned().unwrap_or_default(),
            _ => Vec::new(),
        };
        Some(Question {
            item: node.name.clone(),
            key: FormSession::field_key(node, key.1),
            kind: node.kind,
            appearance: node.appearance.clone(),
            label: slot.face.label.clone(),
            hint: slot.face.hint.clone(),
            value: shown.clone(),
            relevant: slot.relevant,
            required: slot.face.required,
            read_only: slot.face.read_only,
            choices: self.offered(key),
            range: node.range,
            sketch: Sketch::of(node.kind, shown),
            photos,
            photos_wanted: field.map_or(0, |field| field.photos_wanted),
            accuracy_m: field.and_then(|field| field.accuracy_m),
            max_chars: field.and_then(|field| field.max_chars),
            covered,
            anew: self.is_anew(key),
            problems: self.problems_of(key, slot),
        })
    }

    /// The choices that are offered; those of a rank in the order that they have by now.
    pub(super) fn offered(&self, key: NodeKey) -> Vec<Choice> {
        let node = self.form.node(key.0);
        let Some(list) = node.list.as_deref() else { return Vec::new() };
        let entries =
            self.slots[&key].face.choices.iter().filter_map(|place| list.codes.get(*place as usize));
        let mut choices: Vec<Choice> = entries
            .map(|entry| Choice { code: list.code(&entry.code), label: entry.label.clone() })
            .collect();
        if let (ItemKind::Rank, Value::Codes(ranked)) = (node.kind, self.held(key)) {
            choices.sort_by_key(|choice| {
                ranked.iter().position(|code| *code == choice.code).unwrap_or(ranked.len())
            });
        }
        choices
    }
}
