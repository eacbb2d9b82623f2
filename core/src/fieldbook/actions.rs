//! Saves with a meaning of their own: confirming, deleting, restoring, settling a conflict.

use super::{Fieldbook, SaveRequest};
use crate::form::Choice;
use crate::geo::{Fix, distance_m};
use crate::ids::{Dot, FieldKey, RecordId, TypeNo};
use crate::record::{ChangeKind, Write, system};
use crate::store::{Error, Refused, Saved};
use crate::value::Value;

impl Fieldbook {
    /// Confirms a record at the spot; nothing of it changes.
    pub fn confirm_visit(&self, record: RecordId, fix: Option<Fix>) -> Result<Saved, Error> {
        let request = SaveRequest::change(self.type_of(record)?, record, ChangeKind::Visit);
        self.save(SaveRequest { fix, ..request })
    }

    /// Declares a record's thing gone; `reason` is a code of the list `life` (`demolished`, `moved_away`, `mistake` …).
    pub fn delete(&self, record: RecordId, reason: &str, fix: Option<Fix>) -> Result<Saved, Error> {
        self.set_life(record, ChangeKind::Delete, reason, fix)
    }

    /// Why a thing of this type may be gone: what [`Fieldbook::delete`] is asked with.
    pub fn reasons_gone(&self, record_type: TypeNo) -> Vec<Choice> {
        self.store.lock().projector().catalog().reasons_gone(record_type)
    }

    /// How far a reading lies from the place of a record, metres; none where the record has no place.
    pub fn distance_from(&self, record: RecordId, fix: Fix) -> Result<Option<u32>, Error> {
        let row = self.store.lock().shown_row(record)?.ok_or(Refused::UnknownRecord(record))?;
        Ok(row.point.and_then(|point| distance_m(point, fix.point)).map(|metres| metres.round() as u32))
    }

    /// Takes a deletion back.
    pub fn restore(&self, record: RecordId, fix: Option<Fix>) -> Result<Saved, Error> {
        self.set_life(record, ChangeKind::Restore, system::ALIVE, fix)
    }

    /// Settles one field. `seen` are the values that were on the screen: they and no others are replaced. If other
    /// values stand there by now, nothing is saved and the record is to be looked at again.
    pub fn resolve(
        &self,
        record: RecordId,
        field: FieldKey,
        value: Value,
        seen: &[Dot],
    ) -> Result<Saved, Error> {
        let mut request = SaveRequest::change(self.type_of(record)?, record, ChangeKind::Resolve);
        request.answers = vec![(field, value.clone())];
        let mut store = self.store.lock();
        let mut new = self.compose(&store, request).map_err(|error| match error {
            // The value is there already, beside others or alone.
            Error::Refused(Refused::Nothing) => Error::Refused(Refused::Outdated),
            error => error,
        })?;
        let shown = new.before.as_ref().and_then(|state| state.registers().get(&field).map(|r| r.dots()));
        let (mut shown, mut replaces) = (shown.unwrap_or_default(), seen.to_vec());
        shown.sort();
        replaces.sort();
        if shown != replaces {
            return Err(Refused::Outdated.into());
        }
        new.change.writes = vec![Write { field, value, replaces }];
        store.append(new)
    }

    /// Settles one field with one of its live values, named by the change that wrote it; `seen` as in
    /// [`Fieldbook::resolve`].
    pub fn choose(
        &self,
        record: RecordId,
        field: FieldKey,
        chosen: Dot,
        seen: &[Dot],
    ) -> Result<Saved, Error> {
        let state = self.record(record)?;
        let register = state.registers().get(&field).ok_or(Refused::UnknownField(field))?;
        let sibling = register.siblings().into_iter().find(|sibling| sibling.dot == chosen);
        self.resolve(record, field, sibling.ok_or(Refused::Outdated)?.value, seen)
    }

    fn set_life(
        &self,
        record: RecordId,
        kind: ChangeKind,
        code: &str,
        fix: Option<Fix>,
    ) -> Result<Saved, Error> {
        let field = FieldKey::plain(system::LIFE);
        let life = {
            let store = self.store.lock();
            let list = store.projector().catalog().code_lists.get(system::LIFE_LIST);
            let known = list.filter(|l| l.entry(code).is_some_and(|e| !e.retired)).map(|l| l.code(code));
            // Taken back or gone: a deletion is not a way to say that something lives.
            let meant = known.filter(|_| (code == system::ALIVE) == (kind == ChangeKind::Restore));
            meant.ok_or(Refused::WrongKind(field))?
        };
        let mut request = SaveRequest::change(self.type_of(record)?, record, kind);
        request.answers = vec![(field, Value::Code(life))];
        self.save(SaveRequest { fix, ..request })
    }

    fn type_of(&self, record: RecordId) -> Result<TypeNo, Error> {
        let row = self.store.lock().shown_row(record)?;
        Ok(row.ok_or(Refused::UnknownRecord(record))?.record_type.no)
    }
}
