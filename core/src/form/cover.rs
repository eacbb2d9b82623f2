//! Answers that a record brings into a form stay covered where their field is masked: an edit is no way around a mask.
//!
//! What is typed in this session is never covered. A draft taken up again covers anew what was not answered in it.

use super::label::Label;
use super::mask::{MaskRule, mask};
use super::session::{AnswerError, Changed, FormSession, NodeKey};
use crate::ids::FieldKey;
use crate::value::Value;

impl FormSession {
    /// Shows an answer from now on. Nothing happens to one that is not covered.
    pub fn uncover(&mut self, field: FieldKey) -> Result<(), AnswerError> {
        self.key_of(field)?;
        self.uncovered.insert(field);
        Ok(())
    }

    /// Puts back what the record holds, covered as it was: nobody saw it, so nobody meant to change it.
    pub fn as_it_was(&mut self, field: FieldKey) -> Result<Vec<Changed>, AnswerError> {
        let before = self.existing_value(self.key_of(field)?).cloned().unwrap_or_default();
        let changed = self.answer(field, before)?;
        self.uncovered.remove(&field);
        Ok(changed)
    }

    /// Covers an answer again.
    pub fn cover(&mut self, field: FieldKey) {
        self.uncovered.remove(&field);
    }

    /// The answer that hands go on from: a covered one is none to them, or they would give it away.
    pub(super) fn held(&self, key: NodeKey) -> &Value {
        if self.is_covered(key) { &Value::Null } else { &self.slots[&key].value }
    }

    /// What may be read of a covered answer; none for one that is not covered.
    pub(super) fn covered(&self, key: NodeKey) -> Option<Label> {
        if !self.is_covered(key) {
            return None;
        }
        let (rule, whole) = (self.form.node(key.0).mask, self.read(key));
        Some(Label::new(mask(rule, &whole.zh), mask(rule, &whole.en)))
    }

    fn is_covered(&self, key: NodeKey) -> bool {
        let field = FormSession::field_key(self.form.node(key.0), key.1);
        let uncovered = field.is_none_or(|field| self.uncovered.contains(&field));
        self.brought(key) == Some(&self.slots[&key].value) && !uncovered
    }

    /// Whether another answer stands where the record brought a masked one along.
    pub(super) fn is_anew(&self, key: NodeKey) -> bool {
        self.brought(key).is_some_and(|brought| *brought != self.slots[&key].value)
    }

    /// The masked answer that the record brought along.
    fn brought(&self, key: NodeKey) -> Option<&Value> {
        let masked = self.form.node(key.0).mask != MaskRule::None;
        self.existing_value(key).filter(|value| masked && !value.is_null())
    }
}
