//! A form that is put aside half filled: saved as bytes and taken up again to the letter.
//!
//! A draft holds every answer, relevant or not, and what the record held before. It may be personal: whoever stores
//! it stores it sealed. A draft of an older version of the form is taken up by the newer one; answers that the newer
//! form does not ask for stay in it.

use super::context::{Context, Existing};
use super::form::Form;
use super::identity_check::IdentityCheck;
use super::session::FormSession;
use super::value_text::ValueText;
use crate::ids::{Dot, FieldKey, FieldNo, Instance, PhotoHash};
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Format of drafts that this version writes.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Draft {
    draft: u32,
    type_no: u16,
    version: u32,
    new: bool,
    existing: Answers,
    now: Answers,
    /// Identity codes that the worker has confirmed.
    confirmed: Vec<Line>,
}

/// Field, repetition, value.
type Line = (u16, Option<u64>, ValueText);

fn line((key, value): (&FieldKey, &Value)) -> Line {
    (key.no.0, key.instance.map(|instance| instance.0), ValueText::from(value))
}

fn read_lines(lines: Vec<Line>) -> Result<BTreeMap<FieldKey, Value>, DraftError> {
    let read = |(no, instance, text): Line| {
        let value = text.value().ok_or_else(|| DraftError::Damaged(format!("value of field {no}")))?;
        Ok((FieldKey { no: FieldNo(no), instance: instance.map(Instance) }, value))
    };
    lines.into_iter().map(read).collect()
}

#[derive(Serialize, Deserialize)]
struct Answers {
    values: Vec<Line>,
    instances: BTreeMap<u16, Vec<u64>>,
    photos: BTreeMap<u16, Vec<String>>,
    /// Field, repetition, replica and number of a change; drafts of earlier versions have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dots: Vec<(u16, Option<u64>, u32, u64)>,
}

/// Why bytes are no draft of a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Not a draft, or a damaged one.
    #[error("not a draft: {0}")]
    Damaged(String),
    /// Written by a later version of the program.
    #[error("the draft has format {0}, known is up to {FORMAT}: update first")]
    Newer(u32),
    /// A draft of another record type.
    #[error("the draft belongs to record type {0}")]
    OtherType(u16),
}

impl FormSession {
    /// The session as bytes (JSON). The same answers give the same bytes.
    pub fn draft(&self) -> Vec<u8> {
        let mut values = self.unasked.clone();
        for ((item, instance), slot) in &self.slots {
            if let Some(key) = FormSession::field_key(self.form.node(*item), *instance)
                && !slot.value.is_null()
            {
                values.insert(key, slot.value.clone());
            }
        }
        let (instances, photos) = (self.instances.clone(), self.photos.clone());
        let now = Existing { values, instances, photos, ..Existing::default() };
        let draft = Draft {
            draft: FORMAT,
            type_no: self.form.type_no.0,
            version: self.form.version,
            new: self.is_new,
            existing: Answers::of(&self.existing),
            now: Answers::of(&now),
            confirmed: self.confirmed.iter().map(line).collect(),
        };
        serde_json::to_vec(&draft).expect("texts, numbers and lists always have a JSON form")
    }

    /// Takes a draft up again, in new circumstances. `context.existing` is not used: the draft knows it.
    pub fn restore(
        form: Arc<Form>,
        context: Context,
        identity: Arc<dyn IdentityCheck>,
        bytes: &[u8],
    ) -> Result<FormSession, DraftError> {
        // The format first: a later one may look otherwise in everything else.
        #[derive(Deserialize)]
        struct Head {
            draft: u32,
        }
        let damaged = |error: serde_json::Error| DraftError::Damaged(error.to_string());
        let head: Head = serde_json::from_slice(bytes).map_err(damaged)?;
        if head.draft > FORMAT {
            return Err(DraftError::Newer(head.draft));
        }
        let draft: Draft = serde_json::from_slice(bytes).map_err(damaged)?;
        if draft.type_no != form.type_no.0 {
            return Err(DraftError::OtherType(draft.type_no));
        }
        let existing = draft.existing.read()?;
        let now = draft.now.read()?;
        // First as it was, so that inherited faults are known again; then the answers of the draft.
        let mut session = FormSession::of(form, context.editing(existing), identity);
        session.is_new = draft.new;
        session.take_answers(now);
        session.confirmed = read_lines(draft.confirmed)?;
        Ok(session)
    }

    /// Puts these answers in the place of all that are there.
    pub fn take_answers(&mut self, answers: Existing) {
        self.instances = answers.instances;
        self.photos = answers.photos;
        self.fill(&answers.values);
        self.metadata();
        self.settle_all();
    }
}

/// What a draft holds, read off its bytes without taking it up; nothing where they are no draft of this version.
pub fn draft_values(bytes: &[u8]) -> BTreeMap<FieldKey, Value> {
    let draft = serde_json::from_slice(bytes).ok().filter(|draft: &Draft| draft.draft <= FORMAT);
    draft.and_then(|draft| read_lines(draft.now.values).ok()).unwrap_or_default()
}

impl Answers {
    fn of(existing: &Existing) -> Answers {
        let hashes = |photos: &Vec<PhotoHash>| photos.iter().map(PhotoHash::to_string).collect();
        let ids = |instances: &Vec<Instance>| instances.iter().map(|instance| instance.0).collect();
        Answers {
            values: existing.values.iter().map(line).collect(),
            instances: existing.instances.iter().map(|(no, all)| (no.0, ids(all))).collect(),
            photos: existing.photos.iter().map(|(no, all)| (no.0, hashes(all))).collect(),
            dots: existing
                .dots
                .iter()
                .flat_map(|(key, dots)| dots.iter().map(move |dot| (key, dot)))
                .map(|(key, dot)| (key.no.0, key.instance.map(|instance| instance.0), dot.rid.0, dot.seq.0))
                .collect(),
        }
    }

    fn read(self) -> Result<Existing, DraftError> {
        let mut out = Existing { values: read_lines(self.values)?, ..Existing::default() };
        for (no, all) in self.instances {
            out.instances.insert(FieldNo(no), all.into_iter().map(Instance).collect());
        }
        for (no, all) in self.photos {
            let photos: Result<Vec<PhotoHash>, _> = all.iter().map(|hash| hash.parse()).collect();
            let photos = photos.map_err(|_| DraftError::Damaged(format!("photo of field {no}")))?;
            out.photos.insert(FieldNo(no), photos);
        }
        for (no, instance, rid, seq) in self.dots {
            let key = FieldKey { no: FieldNo(no), instance: instance.map(Instance) };
            out.dots.entry(key).or_default().push(Dot::new(rid, seq));
        }
        Ok(out)
    }
}
