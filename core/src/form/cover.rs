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
        if self.covered(key).is_some() { &Value::Null } else { &self.slots[&key].value }
    }

    /// What may be read of a covered answer; none for one that is not covered.
    pub(super) fn covered(&self, key: NodeKey) -> Option<Label> {
        let node = self.form.node(key.0);
        let field = FormSession::field_key(node, key.1)?;
        let value = &self.slots.get(&key)?.value;
        let brought = !value.is_null() && self.existing_value(key) == Some(value);
        if node.mask == MaskRule::None || !brought || self.uncovered.contains(&field) {
            return None;
        }
        let whole = self.read(key);
        Some(Label::new(mask(node.mask, &whole.zh), mask(node.mask, &whole.en)))
    }
}
