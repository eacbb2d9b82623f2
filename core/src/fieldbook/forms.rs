//! Forms on the device: begun with what the record holds, put aside as drafts, saved as one change.

use super::{Fieldbook, RevealReason, SaveRequest};
use crate::form::{Context, Existing, FormSession, MaskRule, SchemeCheck};
use crate::geo::Fix;
use crate::ids::{Dot, FieldNo, GridCode, RecordId, TypeNo};
use crate::merge::RecordState;
use crate::record::{ChangeKind, SetItem, system};
use crate::store::{Draft, Error, Refused, Saved, Store, TakenUp};
use crate::time::{CITY_OFFSET_MIN, UtcMs};
use std::sync::Arc;

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
            seen: form.seen().cloned(),
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

    /// Takes up again what the server did not accept of a new record: its answers, as they stood after all that was
    /// refused of it, become the draft of another new one, to be seen and put right. What was refused stays in the log.
    /// Answers the draft's id, the same while it is being filled in; refused once it was saved.
    pub fn take_up(&self, refused: Dot) -> Result<i64, Error> {
        let mut store = self.store.lock();
        if let Some(draft) = taken_up_as(&store, refused)? {
            return Ok(draft);
        }
        let quarantined = store.quarantined()?;
        let first = quarantined.iter().find(|logged| logged.dot == refused);
        let first =
            first.filter(|logged| logged.change.kind == ChangeKind::Create).ok_or(Refused::Nothing)?;
        let (record, record_type) = (first.change.record, first.change.record_type);
        // Later corrections were refused with it: nobody else knew the record.
        let mut state = RecordState::new(record, record_type);
        for logged in quarantined.iter().filter(|logged| logged.change.record == record) {
            state.apply(logged.dot.rid, &logged.change)?;
        }
        let mut answers = existing(&state);
        // Where the thing lies is judged anew when it is saved.
        let asked = |no| no >= system::FIRST_OWN || no == system::LOCATION;
        answers.values.retain(|key, _| asked(key.no));
        answers.dots.clear();
        for field in answers.values.keys() {
            if super::said::rule(store.projector().catalog(), record_type.no, *field) != MaskRule::None {
                store.note_reveal(&self.noted(record, record_type.no, *field, RevealReason::Correct))?;
            }
        }
        drop(store);
        let mut form = self.start_form(record_type.no, None)?;
        form.take_answers(answers);
        let mut store = self.store.lock();
        // Another hand may have been quicker meanwhile.
        match taken_up_as(&store, refused)? {
            Some(draft) => Ok(draft),
            None => store.add_taken_up(refused, record_type.no, &form.draft(), self.clock.wall_ms()),
        }
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
fn existing(state: &RecordState) -> Existing {
    let mut existing = Existing::default();
    for (key, register) in state.registers() {
        existing.dots.insert(*key, register.dots());
        if let Some(sibling) = state.shown(*key).filter(|sibling| !sibling.value.is_null()) {
            existing.values.insert(*key, sibling.value);
        }
    }
    for (no, set) in state.sets() {
        set.items().into_iter().for_each(|item| put(&mut existing, *no, item));
    }
    existing
}

/// The draft that a refused record became, where it was taken up; refused once that was saved.
fn taken_up_as(store: &Store, refused: Dot) -> Result<Option<i64>, Error> {
    match store.taken_up(refused)? {
        Some(TakenUp::Draft(draft)) => Ok(Some(draft)),
        Some(TakenUp::Saved) => Err(Refused::TakenUp(refused).into()),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NAME, PERSON, PHONE, create, open, receive};
    use super::*;
    use crate::ids::FieldKey;
    use crate::value::Value;

    #[test]
    fn what_was_refused_of_a_new_record_becomes_a_draft_with_all_its_answers() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = create(&book, &[(NAME, "王小明"), (PHONE, "555 0100 1234")]);
        let dot = book.outbox().unwrap()[0].dot;
        assert!(book.take_up(dot).is_err(), "it may still be accepted");
        let mut later = SaveRequest::change(PERSON, record, ChangeKind::Edit);
        later.answers = vec![(PHONE, Value::text("555 0100 9999"))];
        book.save(later).unwrap();
        receive(&book, &[1, 2]);
        let draft = book.take_up(dot).unwrap();
        let (form, kept) = book.resume_draft(draft).unwrap();
        assert_eq!(kept.record, None, "of another record");
        assert_eq!(form.value(NAME), Some(&Value::text("王小明")));
        assert_eq!(form.value(PHONE), Some(&Value::text("555 0100 9999")), "as it stood last");
        let refused = book.safe().unwrap().quarantined;
        assert!(
            refused.len() == 2 && refused.iter().all(|change| change.record == record),
            "it stays visible"
        );
        let shown: Vec<FieldKey> = book.revealed(9).unwrap().iter().map(|shown| shown.field).collect();
        assert_eq!(shown, [PHONE], "what is masked and shown is written down");
        assert_eq!(book.take_up(dot).unwrap(), draft, "one draft, however often it is asked");
        book.discard_draft(draft).unwrap();
        let again = book.take_up(dot).unwrap();
        let (mut form, _) = book.resume_draft(again).unwrap();
        let (status, value) = super::super::reveal::tests::first_choice(&form);
        form.answer(status, value).unwrap();
        let grid = Some(GridCode("44031000100101".into()));
        book.save_form(&form, None, Some(again), None, grid).unwrap();
        let twice = book.take_up(dot);
        assert!(matches!(twice, Err(Error::Refused(Refused::TakenUp(_)))), "saved: not once more");
        assert_eq!(form.form().type_no, PERSON);
    }
}
