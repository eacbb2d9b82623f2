//! Forms on the device: begun with what the record holds, put aside as drafts, saved as one change.

use super::{Fieldbook, SaveRequest};
use crate::form::{Context, Existing, FormSession, SchemeCheck};
use crate::geo::Fix;
use crate::ids::{GridCode, RecordId, TypeNo};
use crate::record::{ChangeKind, SetItem};
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

/// What a record shows, for a form to begin with. Of several live values the form begins with the one that is shown.
fn existing(state: &crate::merge::RecordState) -> Existing {
    let mut existing = Existing::default();
    for key in state.registers().keys() {
        if let Some(sibling) = state.shown(*key).filter(|sibling| !sibling.value.is_null()) {
            existing.values.insert(*key, sibling.value);
        }
    }
    for (no, set) in state.sets() {
        for item in set.items() {
            match item {
                SetItem::Repeat(instance) => existing.instances.entry(*no).or_default().push(instance),
                SetItem::Photo(hash) => existing.photos.entry(*no).or_default().push(hash),
            }
        }
    }
    existing
}
