//! The end of a session: what one save writes. Only what changed, only what is asked, and nothing while an answer
//! is wrong.

use super::item::ItemKind;
use super::problem::{Problem, Severity};
use super::session::{FormSession, NodeKey, Slot};
use crate::ids::{FieldKey, FieldNo, Instance, PhotoHash, TypeNo};
use crate::time::UtcMs;
use crate::value::Value;

/// What a save writes. All lists are in the order of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finalised {
    /// Number of the record type.
    pub type_no: TypeNo,
    /// Its version.
    pub version: u32,
    /// Answers that differ from what the record held; null clears one.
    pub writes: Vec<(FieldKey, Value)>,
    /// Repetitions to add.
    pub added: Vec<(FieldNo, Instance)>,
    /// Repetitions to take away.
    pub removed: Vec<(FieldNo, Instance)>,
    /// Photos to add.
    pub photos_added: Vec<(FieldNo, PhotoHash)>,
    /// Photos to take away.
    pub photos_removed: Vec<(FieldNo, PhotoHash)>,
    /// What is odd and may be saved all the same.
    pub warnings: Vec<Problem>,
}

impl Finalised {
    /// Whether it changes nothing: a visit that only confirms.
    pub fn is_unchanged(&self) -> bool {
        self.writes.is_empty()
            && self.added.is_empty()
            && self.removed.is_empty()
            && self.photos_added.is_empty()
            && self.photos_removed.is_empty()
    }
}

impl FormSession {
    /// What to save, or every problem that stands in the way. `now_ms` is the moment of saving, for `end`.
    ///
    /// An answer that is not relevant is not written. If it stood in the record and this session made it
    /// irrelevant, it is cleared, as XLSForm drops it; one that was irrelevant before stays as it is.
    pub fn finalise(&self, now_ms: UtcMs) -> Result<Finalised, Vec<Problem>> {
        let problems = self.problems();
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(problems);
        }
        let mut out = Finalised {
            type_no: self.form.type_no,
            version: self.form.version,
            warnings: problems,
            ..Finalised::default()
        };
        for (key, slot) in &self.slots {
            let node = self.form.node(key.0);
            match node.kind {
                ItemKind::Repeat => self.finalise_repeat(*key, slot, &mut out),
                ItemKind::Photos => self.finalise_photos(*key, slot, &mut out),
                ItemKind::Note | ItemKind::Group => {}
                kind => {
                    let end = (kind == ItemKind::End).then_some(Value::Instant(now_ms));
                    if let Some(write) = self.write(*key, slot, end) {
                        out.writes.push(write);
                    }
                }
            }
        }
        let gone = |key: &FieldKey| {
            key.instance.is_some_and(|i| out.removed.iter().any(|(_, removed)| *removed == i))
        };
        out.writes.retain(|(key, _)| !gone(key));
        Ok(out)
    }

    fn write(&self, key: NodeKey, slot: &Slot, end: Option<Value>) -> Option<(FieldKey, Value)> {
        let field_key = FormSession::field_key(self.form.node(key.0), key.1)?;
        let before = self.existing.values.get(&field_key).unwrap_or(&Value::Null);
        let after = match (slot.relevant, end) {
            (true, Some(end)) => end,
            (true, None) => slot.value.clone(),
            (false, _) if self.once_relevant.contains(&key) => Value::Null,
            (false, _) => return None,
        };
        (after != *before).then_some((field_key, after))
    }

    fn finalise_repeat(&self, key: NodeKey, slot: &Slot, out: &mut Finalised) {
        let Some(field) = &self.form.node(key.0).field else { return };
        if !slot.relevant && !self.once_relevant.contains(&key) {
            return;
        }
        let after = if slot.relevant { self.instances_of(key.0) } else { &[] };
        let before = self.existing.instances.get(&field.no).map_or(&[][..], Vec::as_slice);
        let new = |of: &[Instance], known: &[Instance]| -> Vec<(FieldNo, Instance)> {
            of.iter().filter(|i| !known.contains(i)).map(|i| (field.no, *i)).collect()
        };
        out.added.extend(new(after, before));
        out.removed.extend(new(before, after));
    }

    fn finalise_photos(&self, key: NodeKey, slot: &Slot, out: &mut Finalised) {
        let Some(field) = &self.form.node(key.0).field else { return };
        if !slot.relevant {
            // A photo is evidence: no rule of a form takes one away.
            return;
        }
        let (none, no) = (Vec::new(), field.no);
        let after = self.photos.get(&no).unwrap_or(&none);
        let before = self.existing.photos.get(&no).unwrap_or(&none);
        out.photos_added
            .extend(after.iter().filter(|photo| !before.contains(photo)).map(|photo| (no, *photo)));
        out.photos_removed
            .extend(before.iter().filter(|photo| !after.contains(photo)).map(|photo| (no, *photo)));
    }
}
