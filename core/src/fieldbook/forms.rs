//! Forms on the device: begun with what the record holds, put aside as drafts, saved as one change.

use super::{Fieldbook, SaveRequest};
use crate::form::{Context, Existing, FormSession, SchemeCheck};
use crate::geo::Fix;
use crate::ids::{Dot, FieldNo, GridCode, RecordId, TypeNo};
use crate::record::{ChangeKind, SetItem, system};
use crate::store::{Draft, Error, Refused, Saved};
use crate::time::UtcMs;
use std::sync::Arc;

/// Minutes that the city's zone is ahead of UTC: China has one zone. The phone's own zone is never asked.
pub const CITY_OFFSET_MIN: i32 = 8 * 60;

impl Fieldbook {
    /// Begins a form: for a new record, or with what a record holds.
    pub fn start_form(&self, record_type: TypeNo, record: Option<RecordId>) -> Result<FormSession, Error> {
        let context = self.form_context();
        let context = match record {
            None => context,
            Some(record) => {
                let state = self.record(record)?;
                if state.record_type.no != record_type {
                    return Err(Refused::OtherType(record).into());
                }
                context.editing(existing(&state))
            }
        };
        let scheme_check = SchemeCheck { today: context.today };
        let store = self.store.lock();
        FormSession::new(store.projector().catalog(), record_type, context, Arc::new(scheme_check))
            .map_err(|_| Refused::UnknownType(record_type).into())
    }

    /// Saves a form as one change; `record` is the one it was begun with, `draft` the one it was put aside as. A form
    /// that changes nothing confirms the record.
    pub fn save_form(
        &self,
        form: &FormSession,
        record: Option<RecordId>,
        draft: Option<i64>,
        fix: Option<Fix>,
        grid: Option<GridCode>,
    ) -> Result<Saved, Error> {
        let done = form.finalise(self.true_ms()?).map_err(Refused::Problems)?;
        let kind = match record {
            None => ChangeKind::Create,
            Some(_) if done.is_unchanged() => ChangeKind::Visit,
            Some(_) => ChangeKind::Edit,
        };
        let repeats = |of: &[(crate::ids::FieldNo, crate::ids::Instance)]| -> Vec<_> {
            of.iter().map(|(no, instance)| (*no, SetItem::Repeat(*instance))).collect()
        };
        let photos = |of: &[(crate::ids::FieldNo, crate::ids::PhotoHash)]| -> Vec<_> {
            of.iter().map(|(no, hash)| (*no, SetItem::Photo(*hash))).collect()
        };
        let request = SaveRequest {
            record,
            kind,
            items_added: [repeats(&done.added), photos(&done.photos_added)].concat(),
            items_removed: [repeats(&done.removed), photos(&done.photos_removed)].concat(),
            answers: done.writes,
            fix,
            grid,
            ..SaveRequest::create(done.type_no)
        };
        let mut store = self.store.lock();
        let new = self.compose(&store, request)?;
        match draft {
            Some(draft) => store.append_draft(new, draft),
            None => store.append(new),
        }
    }

    /// Puts a form aside, durably; the same draft again if it was put aside before. Answers the draft's id.
    pub fn save_draft(
        &self,
        form: &FormSession,
        record: Option<RecordId>,
        draft: Option<i64>,
    ) -> Result<i64, Error> {
        let (bytes, now_ms) = (form.draft(), self.clock.wall_ms());
        let mut store = self.store.lock();
        match draft {
            Some(id) => store.update_draft(id, &bytes, now_ms).map(|()| id),
            None => store.add_draft(form.form().type_no, record, &bytes, now_ms),
        }
    }

    /// Takes a draft up again. The record that it edits, if any, is the draft's.
    pub fn resume_draft(&self, id: i64) -> Result<(FormSession, Draft), Error> {
        let context = self.form_context();
        let scheme_check = SchemeCheck { today: context.today };
        let store = self.store.lock();
        let draft = store.draft(id)?;
        let form = store
            .projector()
            .catalog()
            .form(draft.record_type)
            .ok_or(Refused::UnknownType(draft.record_type))?;
        let session = FormSession::restore(form, context, Arc::new(scheme_check), &draft.form)
            .map_err(Refused::Draft)?;
        Ok((session, draft))
    }

    /// Takes up again what the server did not accept of a new record: its answers become the draft of another new one.
    /// What was refused stays in the log. Answers the draft's id.
    pub fn take_up(&self, refused: Dot) -> Result<i64, Error> {
        let quarantined = self.store.lock().quarantined()?;
        let found = quarantined.into_iter().find(|logged| logged.dot == refused);
        let change =
            found.filter(|logged| logged.change.kind == ChangeKind::Create).ok_or(Refused::Nothing)?.change;
        let mut answers = Existing::default();
        // Where the thing lies is judged anew when it is saved.
        let asked = |no| no >= system::FIRST_OWN || no == system::LOCATION;
        let own = change.writes.into_iter().filter(|write| asked(write.field.no));
        answers.values = own.map(|write| (write.field, write.value)).collect();
        for edit in change.sets {
            for item in edit.adds {
                put(&mut answers, edit.field, item);
            }
        }
        let mut form = self.start_form(change.record_type.no, None)?;
        form.take_answers(answers);
        self.save_draft(&form, None, None)
    }

    /// All drafts, last kept first.
    pub fn drafts(&self) -> Result<Vec<Draft>, Error> {
        self.store.lock().drafts()
    }

    /// Forgets a draft.
    pub fn discard_draft(&self, id: i64) -> Result<(), Error> {
        self.store.lock().discard_draft(id)
    }

    fn form_context(&self) -> Context {
        let now_ms = self.true_ms().unwrap_or_else(|_| self.clock.wall_ms());
        let mut context = Context::at(now_ms, CITY_OFFSET_MIN);
        if let Ok(identity) = self.identity() {
            context.device = identity.rid.to_string();
            context.user = identity.person_name;
        }
        context
    }

    /// The time by the server's clock as of the last contact, so that a wrong phone does not shift dates.
    pub fn true_ms(&self) -> Result<UtcMs, Error> {
        let offset = self.store.lock().clock_offset_ms()?.unwrap_or(0);
        Ok(self.clock.wall_ms().saturating_add(offset))
    }
}

fn put(answers: &mut Existing, set: FieldNo, item: SetItem) {
    match item {
        SetItem::Repeat(instance) => answers.instances.entry(set).or_default().push(instance),
        SetItem::Photo(hash) => answers.photos.entry(set).or_default().push(hash),
    }
}

/// What a record shows, for a form to begin with. Of several live values the form begins with the one that is shown.
fn existing(state: &crate::merge::RecordState) -> Existing {
    let mut existing = Existing::default();
    for key in state.registers().keys() {
        if let Some(sibling) = state.shown(*key).filter(|sibling| !sibling.value.is_null()) {
            existing.values.insert(*key, sibling.value);
        }
    }
    for (no, set) in state.sets() {
        set.items().into_iter().for_each(|item| put(&mut existing, *no, item));
    }
    existing
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NAME, PERSON, PHONE, create, open, receive};
    use crate::value::Value;

    #[test]
    fn what_was_refused_of_a_new_record_becomes_a_draft_with_all_its_answers() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = create(&book, &[(NAME, "王小明"), (PHONE, "555 0100 1234")]);
        let dot = book.outbox().unwrap()[0].dot;
        assert!(book.take_up(dot).is_err(), "it may still be accepted");
        receive(&book, &[1]);
        let draft = book.take_up(dot).unwrap();
        let (form, kept) = book.resume_draft(draft).unwrap();
        assert_eq!(kept.record, None, "of another record");
        assert_eq!(form.value(NAME), Some(&Value::text("王小明")));
        assert_eq!(form.value(PHONE), Some(&Value::text("555 0100 1234")));
        let refused = book.safe().unwrap().quarantined;
        assert_eq!(
            refused.iter().map(|change| change.record).collect::<Vec<_>>(),
            [record],
            "it stays visible"
        );
        assert_eq!(form.form().type_no, PERSON);
    }
}
