//! Filling in a form: answers go in, what changed comes out.
//!
//! The apps only draw what the session says. It keeps answers that are not relevant just now, so that going back
//! brings them back, but does not finalise them (as XLSForm has it).

use super::catalog::Catalog;
use super::context::{Context, Existing};
use super::convert::holds;
use super::face::Face;
use super::field::FieldKind;
use super::form::{Form, FormNode};
use super::graph::{Cell, Part};
use super::identity_check::IdentityCheck;
use super::item::ItemKind;
use super::problem::{Problem, ProblemCode, Severity};
use crate::ids::{Dot, FieldKey, FieldNo, Instance, PhotoHash, TypeNo};
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An item, and the repetition that it stands in.
pub(super) type NodeKey = (u32, Option<Instance>);

/// What a session knows of one item.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub value: Value,
    pub relevant: bool,
    pub face: Face,
    /// A calculation or relevance that could not be worked out.
    pub fault: Option<ProblemCode>,
}

impl Slot {
    /// Relevant until its relevance is worked out: nothing is hidden for want of a rule.
    fn new(value: Value) -> Slot {
        Slot { value, relevant: true, face: Face::default(), fault: None }
    }
}

/// A form being filled in.
pub struct FormSession {
    pub(super) form: Arc<Form>,
    pub(super) context: Context,
    pub(super) existing: Existing,
    pub(super) is_new: bool,
    pub(super) identity: Arc<dyn IdentityCheck>,
    pub(super) slots: BTreeMap<NodeKey, Slot>,
    pub(super) instances: BTreeMap<FieldNo, Vec<Instance>>,
    pub(super) photos: BTreeMap<FieldNo, Vec<PhotoHash>>,
    /// Values of fields that this form does not ask for; passed through a draft untouched.
    pub(super) unasked: BTreeMap<FieldKey, Value>,
    /// Faults that the record had before this session: they do not stop it.
    pub(super) inherited: BTreeSet<(NodeKey, String)>,
    /// Identity codes that the worker has compared with the original and found to stand there like that.
    pub(super) confirmed: BTreeMap<FieldKey, Value>,
    /// Masked answers that are shown all the same.
    pub(super) uncovered: BTreeSet<FieldKey>,
    /// Items with a value that were relevant when the session began.
    pub(super) once_relevant: BTreeSet<NodeKey>,
    /// Cells evaluated so far.
    pub(super) evaluations: u64,
}

/// An item that changed: its value, whether it is asked, or how it is drawn.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// Name of the item.
    pub item: String,
    /// The repetition that it stands in.
    pub instance: Option<Instance>,
}

/// Why a session does not begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// No such record type.
    #[error("record type {0} is not in the catalog: sync first")]
    NoType(TypeNo),
}

/// Why an answer is not taken. It is the app's mistake; what people type wrongly is a [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The form does not ask for the field, or the repetition does not exist.
    #[error("the form does not ask for field {no}{}", if .instance.is_some() { " in this repetition" } else { "" })]
    NotAsked {
        /// The field.
        no: FieldNo,
        /// The repetition.
        instance: Option<Instance>,
    },
    /// The field cannot hold this kind of value.
    #[error("field {0} cannot hold this kind of value")]
    WrongKind(FieldNo),
    /// The value is worked out or may not be changed now.
    #[error("field {0} may not be changed")]
    ReadOnly(FieldNo),
    /// No more points fit into the line.
    #[error("field {0} holds as many points as fit")]
    Full(FieldNo),
    /// The instance or photo is there already.
    #[error("field {0} has this entry already")]
    Twice(FieldNo),
}

impl FormSession {
    /// Begins a session: for a new record with defaults, for an existing one with its values.
    pub fn new(
        catalog: &Catalog,
        type_no: TypeNo,
        context: Context,
        identity: Arc<dyn IdentityCheck>,
    ) -> Result<FormSession, SessionError> {
        let form = catalog.form(type_no).ok_or(SessionError::NoType(type_no))?;
        Ok(FormSession::of(form, context, identity))
    }

    /// Begins a session on a form that is at hand.
    pub fn of(form: Arc<Form>, mut context: Context, identity: Arc<dyn IdentityCheck>) -> FormSession {
        let is_new = context.existing.is_none();
        let existing = context.existing.take().unwrap_or_default();
        let mut session = FormSession {
            form,
            context,
            instances: existing.instances.clone(),
            photos: existing.photos.clone(),
            existing,
            is_new,
            identity,
            slots: BTreeMap::new(),
            unasked: BTreeMap::new(),
            inherited: BTreeSet::new(),
            confirmed: BTreeMap::new(),
            uncovered: BTreeSet::new(),
            once_relevant: BTreeSet::new(),
            evaluations: 0,
        };
        session.fill(&session.existing.values.clone());
        if is_new {
            session.defaults(None);
        }
        session.metadata();
        session.settle_all();
        session.remember_start();
        session
    }

    /// The changes whose values the session began with; none for a new record, and for a draft of an earlier version.
    pub fn seen(&self) -> Option<&BTreeMap<FieldKey, Vec<Dot>>> {
        Some(&self.existing.dots).filter(|dots| !dots.is_empty())
    }

    /// The form being filled in.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Answers a question; null clears it. Says which items changed, the answered one among them.
    pub fn answer(&mut self, key: FieldKey, value: Value) -> Result<Vec<Changed>, AnswerError> {
        let node_key = self.key_of(key)?;
        let node = self.form.node(node_key.0);
        let field = node.field.as_ref().expect("by_field names only items with a field");
        if !holds(&field.kind, &value) {
            return Err(AnswerError::WrongKind(key.no));
        }
        let slot = &self.slots[&node_key];
        if slot.face.read_only || node.kind == ItemKind::Calculate || node.kind.is_metadata() {
            return Err(AnswerError::ReadOnly(key.no));
        }
        // Only blanks are no answer; other text stays as it was typed.
        let value = match value {
            Value::Text(text) if text.trim().is_empty() => Value::Null,
            Value::Codes(codes) if codes.is_empty() => Value::Null,
            Value::Int(units) if field.kind == FieldKind::Decimal => Value::Decimal { units, scale: 0 },
            value => value,
        };
        let same = slot.value == value;
        self.uncovered.insert(key);
        if same {
            return Ok(Vec::new());
        }
        if let Some(slot) = self.slots.get_mut(&node_key) {
            slot.value = value;
            slot.fault = None;
        }
        let mut changed = self.settle_from(Cell::new(node_key.0, Part::Value), node_key.1);
        changed.insert(node_key);
        Ok(self.named(changed))
    }

    /// The value that an item's field holds now, relevant or not.
    pub fn value(&self, key: FieldKey) -> Option<&Value> {
        match self.key_of(key) {
            Ok(node_key) => self.slots.get(&node_key).map(|slot| &slot.value),
            Err(_) => self.unasked.get(&key),
        }
    }

    /// The worker says that the identity code stands on the original just as it is typed: what the check finds wrong
    /// with it no longer stops the session. Holds for this value only.
    pub fn confirm(&mut self, key: FieldKey) -> Result<(), AnswerError> {
        let node_key = self.key_of(key)?;
        let field = self.form.node(node_key.0).field.as_ref();
        if field.is_none_or(|field| field.identity.is_none()) {
            return Err(AnswerError::WrongKind(key.no));
        }
        self.confirmed.insert(key, self.slots[&node_key].value.clone());
        Ok(())
    }

    /// Adds a repetition under an id that the caller drew at random. One that the record had, and that was taken away
    /// in this session, comes back with what the record holds of it.
    pub fn add_repeat(&mut self, no: FieldNo, instance: Instance) -> Result<Vec<Changed>, AnswerError> {
        let repeat = self.item_of(no, FieldKind::Repeat)?;
        if self.instances.values().flatten().any(|known| *known == instance) {
            return Err(AnswerError::Twice(no));
        }
        self.instances.entry(no).or_default().push(instance);
        let inside: Vec<NodeKey> =
            (repeat + 1..self.form.node(repeat).end).map(|i| (i, Some(instance))).collect();
        for key in &inside {
            let value = self.existing_value(*key).cloned().unwrap_or_default();
            if let Some(field_key) = FormSession::field_key(self.form.node(key.0), key.1) {
                self.unasked.remove(&field_key);
            }
            self.slots.insert(*key, Slot::new(value));
        }
        self.defaults(Some((repeat, instance)));
        let mut dirty: Vec<(Cell, Option<Instance>)> = vec![(Cell::new(repeat, Part::Value), None)];
        for (item, instance) in &inside {
            dirty.extend([Part::Relevant, Part::Value, Part::Face].map(|p| (Cell::new(*item, p), *instance)));
        }
        let mut changed = self.settle(&dirty, true);
        changed.extend(inside);
        changed.insert((repeat, None));
        Ok(self.named(changed))
    }

    /// Takes a repetition away with all its answers.
    pub fn remove_repeat(&mut self, no: FieldNo, instance: Instance) -> Result<Vec<Changed>, AnswerError> {
        let repeat = self.item_of(no, FieldKind::Repeat)?;
        let known = self.instances.entry(no).or_default();
        let place = known.iter().position(|i| *i == instance);
        known.remove(place.ok_or(AnswerError::NotAsked { no, instance: Some(instance) })?);
        for item in repeat + 1..self.form.node(repeat).end {
            self.slots.remove(&(item, Some(instance)));
        }
        let mut changed = self.settle_from(Cell::new(repeat, Part::Value), None);
        changed.insert((repeat, None));
        Ok(self.named(changed))
    }

    /// Puts a photo into a set of photos.
    pub fn add_photo(&mut self, no: FieldNo, photo: PhotoHash) -> Result<Vec<Changed>, AnswerError> {
        let item = self.item_of(no, FieldKind::Photos)?;
        let photos = self.photos.entry(no).or_default();
        if photos.contains(&photo) {
            return Err(AnswerError::Twice(no));
        }
        photos.push(photo);
        Ok(self.photos_changed(item))
    }

    /// Takes a photo out of a set of photos.
    pub fn remove_photo(&mut self, no: FieldNo, photo: PhotoHash) -> Result<Vec<Changed>, AnswerError> {
        let item = self.item_of(no, FieldKind::Photos)?;
        let photos = self.photos.entry(no).or_default();
        let place =
            photos.iter().position(|p| *p == photo).ok_or(AnswerError::NotAsked { no, instance: None })?;
        photos.remove(place);
        Ok(self.photos_changed(item))
    }

    /// Everything that is wrong or odd now, in the order of the form; only what is asked counts.
    pub fn problems(&self) -> Vec<Problem> {
        let asked = self.slots.iter().filter(|(_, slot)| slot.relevant);
        asked.flat_map(|(key, slot)| self.problems_of(*key, slot)).collect()
    }

    /// The problems of one item. What was wrong before the session and is unchanged, or is confirmed, only warns.
    pub(super) fn problems_of(&self, key: NodeKey, slot: &Slot) -> Vec<Problem> {
        let mut problems = slot.face.problems.clone();
        let untouched = self.existing_value(key).is_some_and(|value| *value == slot.value);
        let field_key = FormSession::field_key(self.form.node(key.0), key.1);
        let confirmed = field_key.is_some_and(|key| self.confirmed.get(&key) == Some(&slot.value));
        for problem in &mut problems {
            let is_identity = matches!(problem.code, ProblemCode::Identity(_));
            if (confirmed && is_identity)
                || untouched && self.inherited.contains(&(key, problem.code.name().to_string()))
            {
                problem.severity = Severity::Warning;
            }
        }
        problems
    }

    /// How many cells were worked out since the session began: the measure of what an answer costs.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    fn photos_changed(&mut self, item: u32) -> Vec<Changed> {
        let mut changed = self.settle_from(Cell::new(item, Part::Value), None);
        changed.insert((item, None));
        self.named(changed)
    }

    pub(super) fn named(&self, keys: BTreeSet<NodeKey>) -> Vec<Changed> {
        let name = |(item, instance)| Changed { item: self.form.node(item).name.clone(), instance };
        keys.into_iter().map(name).collect()
    }

    fn item_of(&self, no: FieldNo, kind: FieldKind) -> Result<u32, AnswerError> {
        let item = self.form.by_field.get(&no).copied();
        let of_kind =
            |item: &u32| self.form.node(*item).field.as_ref().is_some_and(|field| field.kind == kind);
        item.filter(of_kind).ok_or(AnswerError::NotAsked { no, instance: None })
    }

    pub(super) fn key_of(&self, key: FieldKey) -> Result<NodeKey, AnswerError> {
        let item = self.form.by_field.get(&key.no).copied();
        let node_key = item.map(|item| (item, key.instance)).filter(|key| self.slots.contains_key(key));
        node_key.ok_or(AnswerError::NotAsked { no: key.no, instance: key.instance })
    }

    pub(super) fn field_key(node: &FormNode, instance: Option<Instance>) -> Option<FieldKey> {
        node.field.as_ref().map(|field| FieldKey { no: field.no, instance })
    }

    pub(super) fn existing_value(&self, (item, instance): NodeKey) -> Option<&Value> {
        self.existing.values.get(&FormSession::field_key(self.form.node(item), instance)?)
    }

    /// The repetitions of a repeated group.
    pub(super) fn instances_of(&self, repeat: u32) -> &[Instance] {
        let no = self.form.node(repeat).field.as_ref().map(|field| field.no);
        no.and_then(|no| self.instances.get(&no)).map_or(&[], Vec::as_slice)
    }

    /// Makes a slot for every item in every repetition, with these values.
    pub(super) fn fill(&mut self, values: &BTreeMap<FieldKey, Value>) {
        let form = self.form.clone();
        self.slots.clear();
        for (item, node) in form.nodes.iter().enumerate() {
            let item = item as u32;
            let instances = match node.repeat {
                Some(repeat) => self.instances_of(repeat).iter().map(|i| Some(*i)).collect(),
                None => vec![None],
            };
            for instance in instances {
                let key = FormSession::field_key(node, instance);
                let value = key.and_then(|key| values.get(&key)).cloned().unwrap_or_default();
                self.slots.insert((item, instance), Slot::new(value));
            }
        }
        self.unasked = values.clone();
        self.unasked.retain(|key, _| {
            !form.by_field.get(&key.no).is_some_and(|item| self.slots.contains_key(&(*item, key.instance)))
        });
    }

    /// What was wrong, and what was asked, before anything was touched.
    pub(super) fn remember_start(&mut self) {
        for (key, slot) in self.slots.iter().filter(|(_, slot)| slot.relevant) {
            if self.existing_value(*key).is_some_and(|value| !value.is_null()) {
                self.once_relevant.insert(*key);
                // A missing answer is not a fault of an answer: what is required is required of every editor.
                let faults = slot.face.problems.iter().filter(|p| p.code != ProblemCode::Required);
                self.inherited.extend(faults.map(|p| (*key, p.code.name().to_string())));
            }
            if self.form.node(key.0).kind == ItemKind::Repeat && !self.instances_of(key.0).is_empty() {
                self.once_relevant.insert(*key);
            }
        }
    }
}
