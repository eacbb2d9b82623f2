//! Working out what follows from an answer: only the cells that depend on what really changed, each once, in order.

use super::context::Context;
use super::convert::{from_val, to_val};
use super::env::Here;
use super::expr::{Evaluator, Expr, Reach, Val};
use super::graph::{Cell, Part};
use super::item::ItemKind;
use super::problem::ProblemCode;
use super::session::{FormSession, NodeKey};
use crate::ids::Instance;
use crate::value::Value;
use std::collections::BTreeSet;

/// A cell that waits to be worked out: by rank, then repetition.
type Waiting = BTreeSet<(u32, Cell, Option<Instance>)>;

impl FormSession {
    /// Works out everything. Values that are there stay, except those of `calculate`.
    pub(super) fn settle_all(&mut self) {
        let keys: Vec<NodeKey> = self.slots.keys().copied().collect();
        let parts = [Part::Relevant, Part::Value, Part::Face];
        let dirty: Vec<(Cell, Option<Instance>)> =
            keys.iter().flat_map(|(item, i)| parts.map(|part| (Cell::new(*item, part), *i))).collect();
        self.settle(&dirty, true);
    }

    /// Works out what reads a cell that has changed.
    pub(super) fn settle_from(&mut self, cell: Cell, instance: Option<Instance>) -> BTreeSet<NodeKey> {
        let mut waiting = Waiting::new();
        self.wake(cell, instance, &mut waiting);
        self.run(waiting, false)
    }

    /// Works out these cells, and what reads those of them that change.
    pub(super) fn settle(&mut self, dirty: &[(Cell, Option<Instance>)], keep: bool) -> BTreeSet<NodeKey> {
        let waiting = dirty.iter().map(|(cell, i)| (self.form.graph.rank(*cell), *cell, *i)).collect();
        self.run(waiting, keep)
    }

    /// `keep`: a calculation does not overwrite an answer that is there, since nothing it reads has changed yet.
    fn run(&mut self, mut waiting: Waiting, keep: bool) -> BTreeSet<NodeKey> {
        let mut changed = BTreeSet::new();
        while let Some((_, cell, instance)) = waiting.pop_first() {
            let key = (cell.item, instance);
            if !self.slots.contains_key(&key) {
                continue;
            }
            self.evaluations += 1;
            let differs = match cell.part {
                Part::Relevant => self.work_out_relevance(key),
                Part::Value => self.work_out_value(key, keep),
                Part::Face => {
                    let face = self.work_out_face(key);
                    self.slots
                        .get_mut(&key)
                        .is_some_and(|slot| std::mem::replace(&mut slot.face, face) != slot.face)
                }
            };
            if differs {
                changed.insert(key);
                self.wake(cell, instance, &mut waiting);
            }
        }
        changed
    }

    /// Puts the readers of a cell on the list, in the repetitions that can see it.
    fn wake(&self, cell: Cell, instance: Option<Instance>, waiting: &mut Waiting) {
        let source_repeat = self.form.node(cell.item).repeat;
        for (reader, reach) in self.form.graph.readers(cell) {
            let rank = self.form.graph.rank(*reader);
            match self.form.node(reader.item).repeat {
                None => {
                    waiting.insert((rank, *reader, None));
                }
                Some(repeat) if source_repeat == Some(repeat) && *reach == Reach::Here => {
                    waiting.insert((rank, *reader, instance));
                }
                Some(repeat) => {
                    waiting.extend(self.instances_of(repeat).iter().map(|i| (rank, *reader, Some(*i))));
                }
            }
        }
    }

    fn work_out_relevance(&mut self, (item, instance): NodeKey) -> bool {
        let form = self.form.clone();
        let node = form.node(item);
        let parent = node.parent.map(|parent| (parent, form.node(parent).repeat.and(instance)));
        let asked = parent.is_none_or(|key| self.slots.get(&key).is_some_and(|slot| slot.relevant));
        let (relevant, fault) = match &node.relevant {
            Some(expr) if asked => match self.eval(expr, (item, instance)) {
                Ok(val) => (val.truth(), None),
                // A rule that cannot be worked out must not hide a question.
                Err(code) => (true, Some(code)),
            },
            _ => (asked, None),
        };
        let Some(slot) = self.slots.get_mut(&(item, instance)) else { return false };
        if node.relevant.is_some() {
            slot.fault = fault;
        }
        std::mem::replace(&mut slot.relevant, relevant) != relevant
    }

    /// Says whether the value changed. A repeated group's instances and photos change before they come here.
    fn work_out_value(&mut self, key: NodeKey, keep: bool) -> bool {
        let form = self.form.clone();
        let node = form.node(key.0);
        if matches!(node.kind, ItemKind::Repeat | ItemKind::Photos) {
            return true;
        }
        let Some(calculation) = &node.calculation else { return false };
        if keep
            && node.kind != ItemKind::Calculate
            && self.slots.get(&key).is_some_and(|s| !s.value.is_null())
        {
            return false;
        }
        let offset = self.context.utc_offset_min;
        let result = self.eval(calculation, key).map(|val| from_val(node, &val, offset));
        let (value, fault) = match result {
            Ok(Ok(value)) => (value, None),
            Ok(Err(_)) => (Value::Null, Some(ProblemCode::WrongKind)),
            Err(code) => (Value::Null, Some(code)),
        };
        let Some(slot) = self.slots.get_mut(&key) else { return false };
        slot.fault = fault;
        std::mem::replace(&mut slot.value, value.clone()) != value
    }

    pub(super) fn eval(&self, expr: &Expr, (item, instance): NodeKey) -> Result<Val, ProblemCode> {
        Evaluator::run(expr, &Here { session: self, item, instance, choice: None })
            .map_err(ProblemCode::Expression)
    }

    /// An item's value as expressions see it.
    pub(super) fn val(&self, key: NodeKey) -> Val {
        let node = self.form.node(key.0);
        match self.slots.get(&key).filter(|slot| slot.relevant) {
            Some(_) if node.kind == ItemKind::Photos => {
                let photos = node.field.as_ref().and_then(|field| self.photos.get(&field.no));
                let hashes: Vec<String> = photos.into_iter().flatten().map(|hash| hash.to_string()).collect();
                Val::Text(hashes.join(" "))
            }
            Some(slot) => to_val(node.kind, &slot.value, self.context.utc_offset_min),
            None => Val::EMPTY,
        }
    }

    /// Sets defaults where nothing is answered: in the whole form outside repeats, or in a new repetition.
    pub(super) fn defaults(&mut self, inside: Option<(u32, Instance)>) {
        let form = self.form.clone();
        let (range, instance) = match inside {
            Some((repeat, instance)) => (repeat + 1..form.node(repeat).end, Some(instance)),
            None => (0..form.nodes.len() as u32, None),
        };
        for item in range {
            let key = (item, instance);
            let Some(default) = &form.node(item).default else { continue };
            if self.slots.get(&key).is_none_or(|slot| !slot.value.is_null()) {
                continue;
            }
            // Slots begin relevant, so a default may read the defaults above it.
            let offset = self.context.utc_offset_min;
            let result = self.eval(default, key).map(|val| from_val(form.node(item), &val, offset));
            if let (Some(slot), Ok(Ok(value))) = (self.slots.get_mut(&key), result) {
                slot.value = value;
            }
        }
    }

    /// Values that come from the circumstances; those that the record has stay.
    pub(super) fn metadata(&mut self) {
        let form = self.form.clone();
        for (item, node) in form.nodes.iter().enumerate().filter(|(_, node)| node.kind.is_metadata()) {
            let value = circumstance(node.kind, &self.context);
            if let (Some(value), Some(slot)) = (value, self.slots.get_mut(&(item as u32, None)))
                && slot.value.is_null()
            {
                slot.value = value;
            }
        }
    }
}

fn circumstance(kind: ItemKind, context: &Context) -> Option<Value> {
    let text = |text: &String| (!text.is_empty()).then(|| Value::Text(text.clone()));
    match kind {
        ItemKind::Start => Some(Value::Instant(context.now_ms)),
        ItemKind::Today => Some(Value::Date(context.today)),
        ItemKind::DeviceId => text(&context.device),
        ItemKind::Username => text(&context.user),
        ItemKind::PhoneNumber => text(&context.phone),
        // `end` is known when the form is finalised.
        _ => None,
    }
}
