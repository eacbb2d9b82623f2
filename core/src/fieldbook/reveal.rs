//! Showing what is masked: for a reason, which is written down durably before anything is shown.

use super::said::whole;
use super::{Error, Fieldbook, Refused};
use crate::form::{AnswerError, FormSession, Label};
use crate::ids::{Dot, FieldKey, RecordId, TypeNo};
use crate::store::Revealed;

/// Why somebody wants to see what is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RevealReason {
    /// To compare it with what the person at the door shows.
    Compare,
    /// To call or visit the person.
    Contact,
    /// To put it right.
    Correct,
    /// The person asked what is written of them.
    Asked,
}

impl RevealReason {
    /// Stable name, for the log.
    pub fn name(self) -> &'static str {
        match self {
            RevealReason::Compare => "compare",
            RevealReason::Contact => "contact",
            RevealReason::Correct => "correct",
            RevealReason::Asked => "asked",
        }
    }
}

impl Fieldbook {
    /// The live values of a record's field, whole, each with the change that wrote it.
    pub fn reveal(
        &self,
        record: RecordId,
        field: FieldKey,
        reason: RevealReason,
    ) -> Result<Vec<(Dot, Label)>, Error> {
        let mut store = self.store.lock();
        let state = store.shown_state(record)?.ok_or(Refused::UnknownRecord(record))?;
        let register = state.registers().get(&field).ok_or(Refused::UnknownField(field))?;
        let type_no = state.record_type.no;
        store.note_reveal(&self.noted(record, type_no, field, reason))?;
        Ok(register
            .siblings()
            .into_iter()
            .map(|s| (s.dot, whole(&store, type_no, field, &s.value)))
            .collect())
    }

    /// Lets a form show an answer that the record brought along.
    pub fn reveal_answer(
        &self,
        form: &mut FormSession,
        record: RecordId,
        field: FieldKey,
        reason: RevealReason,
    ) -> Result<(), Error> {
        let not_asked = |_: AnswerError| Refused::UnknownField(field);
        form.uncover(field).map_err(not_asked)?;
        let noted = self.noted(record, form.form().type_no, field, reason);
        let kept = self.store.lock().note_reveal(&noted);
        if kept.is_err() {
            form.cover(field);
        }
        kept
    }

    pub(super) fn noted(
        &self,
        record: RecordId,
        record_type: TypeNo,
        field: FieldKey,
        reason: RevealReason,
    ) -> Revealed {
        Revealed { at_ms: self.clock.wall_ms(), record, record_type, field, reason: reason.name().to_owned() }
    }

    /// What was shown whole on this device, newest first.
    pub fn revealed(&self, max: u32) -> Result<Vec<Revealed>, Error> {
        self.store.lock().revealed(max)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::{NAME, PERSON, PHONE, create, open};
    use super::*;
    use crate::fieldbook::SaveRequest;
    use crate::form::Question;
    use crate::ids::{FieldNo, RecordId};
    use crate::record::ChangeKind;
    use crate::value::Value;

    const STATUS: FieldKey = FieldKey::plain(FieldNo(32));
    const WHOLE: &str = "555 0100 1234";
    const MASKED: &str = "555******1234";

    fn question(form: &FormSession, key: FieldKey) -> Question {
        let screens = form.screens();
        let asked = screens.iter().filter_map(|id| form.screen(id)).flat_map(|screen| screen.questions);
        asked.into_iter().find(|question| question.key == Some(key)).unwrap()
    }

    /// The answer that every person's form wants.
    pub(crate) fn first_choice(form: &FormSession) -> (FieldKey, Value) {
        (STATUS, Value::Code(question(form, STATUS).choices[0].code.clone()))
    }

    fn reads(question: &Question) -> (Option<&str>, Option<&str>) {
        (question.covered.as_ref().map(|label| label.zh.as_str()), question.value.as_text())
    }

    #[test]
    fn a_page_masks_what_its_field_masks_and_shows_it_for_a_reason_that_is_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = create(&book, &[(NAME, "王小明"), (PHONE, WHOLE)]);
        let page = book.record_page(record).unwrap();
        let said = |key| &page.fields.iter().find(|field| field.field == key).unwrap().values[0].said;
        assert_eq!((said(PHONE).text.zh.as_str(), said(PHONE).masked), (MASKED, true));
        assert_eq!(
            (said(NAME).text.zh.as_str(), said(NAME).masked),
            ("王小明", false),
            "it names the record"
        );
        assert!(!format!("{page:?}").contains(WHOLE), "nowhere on the page, its history included");
        assert_eq!(book.revealed(9).unwrap(), []);

        let shown = book.reveal(record, PHONE, RevealReason::Contact).unwrap();
        assert_eq!(shown.iter().map(|(_, text)| text.en.as_str()).collect::<Vec<_>>(), [WHOLE]);
        let [noted] = book.revealed(9).unwrap().try_into().unwrap();
        assert_eq!((noted.record, noted.field, noted.reason.as_str()), (record, PHONE, "contact"));
        let unknown = RecordId([0; 16]);
        assert!(book.reveal(unknown, PHONE, RevealReason::Asked).is_err());
        assert_eq!(book.revealed(9).unwrap().len(), 1, "what is not shown is not noted");
    }

    #[test]
    fn an_edit_covers_what_it_found_until_it_is_revealed_or_answered_anew() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = create(&book, &[(NAME, "王小明"), (PHONE, WHOLE)]);
        let mut form = book.start_form(PERSON, Some(record)).unwrap();
        assert_eq!(reads(&question(&form, PHONE)), (Some(MASKED), None));
        assert_eq!(reads(&question(&form, NAME)), (None, Some("王小明")));

        let draft = book.save_draft(&form, Some(record), None).unwrap();
        book.reveal_answer(&mut form, record, PHONE, RevealReason::Correct).unwrap();
        assert_eq!(reads(&question(&form, PHONE)), (None, Some(WHOLE)));
        assert_eq!(book.revealed(9).unwrap().len(), 1);
        let (mut resumed, _) = book.resume_draft(draft).unwrap();
        assert_eq!(reads(&question(&resumed, PHONE)), (Some(MASKED), None), "covered anew");
        resumed.answer(PHONE, Value::text(WHOLE)).unwrap();
        assert_eq!(reads(&question(&resumed, PHONE)), (None, Some(WHOLE)), "what one typed oneself");
        resumed.answer(PHONE, Value::Null).unwrap();
        assert_eq!(reads(&question(&resumed, PHONE)), (None, None));
        resumed.as_it_was(PHONE).unwrap();
        assert_eq!(reads(&question(&resumed, PHONE)), (Some(MASKED), None), "back, and covered");
    }

    #[test]
    fn what_is_answered_anew_may_be_left_as_it_was_also_after_it_was_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = create(&book, &[(NAME, "王小明"), (PHONE, WHOLE)]);
        let mut form = book.start_form(PERSON, Some(record)).unwrap();
        assert!(!question(&form, PHONE).anew);
        for answer in [Value::text("555 0199 4321"), Value::Null] {
            form.answer(PHONE, answer).unwrap();
            form.answer(NAME, Value::text("王大明")).unwrap();
            let draft = book.save_draft(&form, Some(record), None).unwrap();
            form = book.resume_draft(draft).unwrap().0;
            assert!(question(&form, PHONE).anew);
            assert!(!question(&form, NAME).anew, "what is not masked is changed back by hand");
            form.as_it_was(PHONE).unwrap();
            assert!(!question(&form, PHONE).anew);
            assert_eq!(reads(&question(&form, PHONE)), (Some(MASKED), None));
        }
        assert!(!question(&book.start_form(PERSON, None).unwrap(), PHONE).anew, "nothing was brought along");
    }

    #[test]
    fn an_edit_that_never_saw_the_answer_keeps_it() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = create(&book, &[(NAME, "王小明"), (PHONE, WHOLE)]);
        let mut form = book.start_form(PERSON, Some(record)).unwrap();
        form.answer(NAME, Value::text("王大明")).unwrap();
        let (status, value) = first_choice(&form);
        form.answer(status, value).unwrap();
        book.save_form(&form, Some(record), None, None, None).unwrap();
        let state = book.record(record).unwrap();
        assert_eq!(state.shown(NAME).unwrap().value, Value::text("王大明"));
        assert_eq!(state.shown(PHONE).unwrap().value, Value::text(WHOLE));
    }

    #[test]
    fn a_hand_goes_on_from_nothing_where_the_answer_is_covered() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = create(&book, &[(NAME, "王小明")]);
        let catalog = book.store().lock().projector().catalog().clone();
        let person = catalog.by_no(PERSON).unwrap();
        let key = |name| FieldKey::plain(person.field_named(name).unwrap().no);
        let (groups, birth) = (key("care_groups"), key("birth_date"));
        let mut form = book.start_form(PERSON, Some(record)).unwrap();
        let choices: Vec<_> = question(&form, groups).choices.into_iter().map(|choice| choice.code).collect();
        let day = chrono::NaiveDate::from_ymd_opt(1950, 1, 2).unwrap();
        let mut request = SaveRequest::change(PERSON, record, ChangeKind::Edit);
        request.answers = vec![(groups, Value::Codes(choices[..2].to_vec())), (birth, Value::Date(day))];
        book.save(request).unwrap();

        form = book.start_form(PERSON, Some(record)).unwrap();
        form.toggle(groups, &choices[2]).unwrap();
        assert_eq!(
            question(&form, groups).value,
            Value::Codes(vec![choices[2].clone()]),
            "the others stay hidden"
        );
        form.move_day(birth, -1, 1_790_000_000_000).unwrap();
        let Value::Date(moved) = question(&form, birth).value else { panic!("a day") };
        assert!(moved.to_string().starts_with("2026"), "from today, not from the hidden one: {moved}");
    }
}
