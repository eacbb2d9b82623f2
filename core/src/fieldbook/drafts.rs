//! Drafts as lists show them, and the one that an edit of a record may go on with.

use super::Fieldbook;
use crate::form::{Label, draft_values};
use crate::ids::{FieldKey, RecordId};
use crate::store::{Draft, Error, Store};
use crate::time::CITY_OFFSET_MIN;

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The draft.
    pub draft: Draft,
    /// One line that names it: what the record would be called, else what it is called; empty where there is nothing yet.
    pub title: Label,
}

impl Fieldbook {
    /// All drafts, last kept first.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, Error> {
        let store = self.store.lock();
        store.drafts()?.into_iter().map(|draft| row(&store, draft)).collect()
    }

    /// Which form is for an edit of this record: the draft that was kept last. With none, one is begun.
    pub fn draft_of(&self, record: RecordId) -> Result<Option<DraftRow>, Error> {
        let store = self.store.lock();
        store.draft_of(record)?.map(|draft| row(&store, draft)).transpose()
    }
}

fn row(store: &Store, draft: Draft) -> Result<DraftRow, Error> {
    let (catalog, values) = (store.projector().catalog(), draft_values(&draft.form));
    let value = |no| values.get(&FieldKey::plain(no)).cloned();
    let record_type = catalog.by_no(draft.record_type);
    let mut title = record_type.map(|of| catalog.title(of, value, CITY_OFFSET_MIN)).unwrap_or_default();
    if let Some(record) = draft.record.filter(|_| title.zh.is_empty()) {
        title = store.shown_row(record)?.map(|row| row.title).unwrap_or_default();
    }
    Ok(DraftRow { draft, title })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NAME, PERSON, PHONE, create, open};
    use super::*;
    use crate::ids::{FieldNo, TypeNo};
    use crate::value::Value;

    const HAZARD: TypeNo = TypeNo(8);
    const CATEGORY: FieldKey = FieldKey::plain(FieldNo(16));
    const PLACE: FieldKey = FieldKey::plain(FieldNo(18));

    #[test]
    fn a_draft_is_called_as_its_record_would_be() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let mut form = book.start_form(HAZARD, None).unwrap();
        let draft = book.save_draft(&form, None, None).unwrap();
        let title = || book.drafts().unwrap().remove(0).title;
        assert_eq!(title(), Label::default(), "nothing was answered");
        let kinds = book.store().lock().projector().catalog().code_lists["hazard_type"].clone();
        form.answer(CATEGORY, Value::Code(kinds.code("02"))).unwrap();
        form.answer(PLACE, Value::text("龙田路口")).unwrap();
        book.save_draft(&form, None, Some(draft)).unwrap();
        assert_eq!(title(), Label::new("消防隐患 · 龙田路口", "Fire safety · 龙田路口"));
    }

    #[test]
    fn an_edit_may_go_on_with_the_draft_that_was_kept_last() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let [record, other] = ["王小明", "李四"].map(|name| create(&book, &[(NAME, name)]));
        assert_eq!(book.draft_of(record).unwrap(), None);
        let put_aside = |of, phone: &str| {
            let mut form = book.start_form(PERSON, Some(of)).unwrap();
            form.answer(PHONE, Value::text(phone)).unwrap();
            book.save_draft(&form, Some(of), None).unwrap()
        };
        let (first, second) = (put_aside(record, "555 0101"), put_aside(record, "555 0102"));
        put_aside(other, "555 0103");
        let offered = || book.draft_of(record).unwrap().map(|row| row.draft.id);
        assert_eq!(offered(), Some(second));
        let (form, _) = book.resume_draft(first).unwrap();
        book.save_draft(&form, Some(record), Some(first)).unwrap();
        assert_eq!(offered(), Some(first), "touched last");
        assert_eq!(book.draft_of(record).unwrap().unwrap().title, Label::same("王小明"));
        // With the name cleared it goes by the record's.
        let (mut form, _) = book.resume_draft(first).unwrap();
        form.answer(NAME, Value::Null).unwrap();
        book.save_draft(&form, Some(record), Some(first)).unwrap();
        assert_eq!(book.draft_of(record).unwrap().unwrap().title, Label::same("王小明"));
        book.discard_draft(first).unwrap();
        book.discard_draft(second).unwrap();
        assert_eq!(offered(), None);
    }
}
