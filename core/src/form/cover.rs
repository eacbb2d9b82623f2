//! Answers that a record brings into a form stay covered where their field is masked: an edit is no way around a mask.
//!
//! What is typed in this session is never covered. A draft taken up again covers anew what was not answered in it.

use super::label::Label;
use super::mask::{MaskRule, mask};
use super::session::{AnswerError, FormSession, NodeKey};
use crate::ids::FieldKey;

impl FormSession {
    /// Shows an answer from now on. Nothing happens to one that is not covered.
    pub fn uncover(&mut self, field: FieldKey) -> Result<(), AnswerError> {
        self.key_of(field)?;
        self.uncovered.insert(field);
        Ok(())
    }

    /// Covers an answer again.
    pub fn cover(&mut self, field: FieldKey) {
        self.uncovered.remove(&field);
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
