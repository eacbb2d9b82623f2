//! A form being filled in. The app draws what stands here and decides nothing.

use crate::book::Fieldbook;
use crate::error::FieldbookError;
use gridweave_core::fieldbook::DraftRow;
use gridweave_core::form;
use gridweave_core::form::{Label, ProblemCode};
use gridweave_core::geo::Point;
use gridweave_core::ids::{FieldKey, FieldNo, Instance, PhotoHash, RecordId, TypeNo};
use gridweave_core::store;
use gridweave_core::time::CITY_OFFSET_MIN;
use gridweave_core::value::{Code, Value};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};

/// A form being filled in; the field book begins, keeps and saves it.
#[derive(uniffi::Object)]
pub struct FormSession {
    session: Mutex<form::FormSession>,
    /// The record that it edits; none for a new one.
    pub(crate) record: Option<RecordId>,
    /// Where that record is. A form that an app lets lie does not keep the field book open.
    book: Weak<Fieldbook>,
    /// The draft that it was put aside as.
    pub(crate) draft: Mutex<Option<i64>>,
    /// It was saved: saved again, a new record would be there twice.
    saved: Mutex<bool>,
}

impl FormSession {
    pub(crate) fn new(
        book: Weak<Fieldbook>,
        session: form::FormSession,
        record: Option<RecordId>,
        draft: Option<i64>,
    ) -> FormSession {
        FormSession {
            session: Mutex::new(session),
            record,
            book,
            draft: Mutex::new(draft),
            saved: Mutex::new(false),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, form::FormSession> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has it saved, once. Who comes while it is being saved waits; who comes after that is refused.
    pub(crate) fn save_once<T>(
        &self,
        save: impl FnOnce() -> Result<T, FieldbookError>,
    ) -> Result<T, FieldbookError> {
        let mut saved = self.unsaved()?;
        let done = save()?;
        *saved = true;
        Ok(done)
    }

    /// Keeps it from being saved meanwhile; refused once it was.
    pub(crate) fn unsaved(&self) -> Result<MutexGuard<'_, bool>, FieldbookError> {
        let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if *saved {
            return Err(FieldbookError::refused("form_saved", "this form has been saved"));
        }
        Ok(saved)
    }

    pub(crate) fn draft(&self) -> MutexGuard<'_, Option<i64>> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[uniffi::export]
impl FormSession {
    /// The type of the record.
    pub fn record_type(&self) -> TypeNo {
        self.lock().form().type_no
    }

    /// Whether the record that it edits has left the device's grids by now: sync may take it away while the form is open.
    /// What is saved is handed in all the same.
    pub fn record_left(&self) -> bool {
        let left = |record| self.book.upgrade()?.has_left(record).ok();
        self.record.and_then(left).unwrap_or_default()
    }

    /// The form's heading.
    pub fn label(&self) -> Label {
        self.lock().form().label.clone()
    }

    /// All screens that are asked now, in order.
    pub fn screens(&self) -> Vec<ScreenId> {
        self.lock().screens()
    }

    /// The screen after this one, or the first; none after the last.
    #[uniffi::method(default(after = None))]
    pub fn next_screen(&self, after: Option<ScreenId>) -> Option<ScreenId> {
        self.lock().next_screen(after.as_ref())
    }

    /// The screen before this one; none before the first.
    pub fn previous_screen(&self, before: ScreenId) -> Option<ScreenId> {
        self.lock().previous_screen(&before)
    }

    /// What stands on a screen; none if it is not there any more.
    pub fn screen(&self, id: ScreenId) -> Option<Screen> {
        self.lock().screen(&id)
    }

    /// A question by its item's name, wherever it stands.
    #[uniffi::method(default(instance = None))]
    pub fn question(&self, item: String, instance: Option<Instance>) -> Option<Question> {
        self.lock().question_named(&item, instance)
    }

    /// Answers a question; null clears it. Says which items changed.
    pub fn answer(&self, field: FieldKey, value: Value) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().answer(field, value)?)
    }

    /// Chooses one of several, or no longer where it is chosen; the others stay.
    pub fn toggle(&self, field: FieldKey, code: Code) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().toggle(field, &code)?)
    }

    /// Moves a number on its scale by so many steps; one that is not answered begins at the start.
    pub fn slide(&self, field: FieldKey, by: i32) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().slide(field, by)?)
    }

    /// Moves a choice of a rank by so many places, up where negative; by none: the order that is shown is the answer.
    pub fn rank(&self, field: FieldKey, code: Code, by: i32) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().rank(field, &code, by)?)
    }

    /// Puts back what the record holds, covered as it was.
    pub fn as_it_was(&self, field: FieldKey) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().as_it_was(field)?)
    }

    /// The worker says that the identity code stands on the original just as it is typed.
    pub fn confirm(&self, field: FieldKey) -> Result<(), FieldbookError> {
        Ok(self.lock().confirm(field)?)
    }

    /// Adds a repetition under an id that the app drew at random.
    pub fn add_repeat(&self, field: FieldNo, instance: Instance) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().add_repeat(field, instance)?)
    }

    /// Takes a repetition away with all its answers.
    pub fn remove_repeat(&self, field: FieldNo, instance: Instance) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().remove_repeat(field, instance)?)
    }

    /// Puts a photo that the field book keeps into a set of photos.
    pub fn add_photo(&self, field: FieldNo, photo: PhotoHash) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().add_photo(field, photo)?)
    }

    /// Takes a photo out of a set of photos.
    pub fn remove_photo(&self, field: FieldNo, photo: PhotoHash) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().remove_photo(field, photo)?)
    }

    /// Puts a photo or a recording that the field book keeps where a question wants one: into its set, or in the place
    /// of the one that it has.
    pub fn put_photo(&self, field: FieldKey, photo: PhotoHash) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().put_photo(field, photo)?)
    }

    /// Takes a photo out of a question.
    pub fn drop_photo(&self, field: FieldKey, photo: PhotoHash) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().drop_photo(field, photo)?)
    }

    /// Adds a point to the end of a line or outline.
    pub fn add_point(&self, field: FieldKey, point: Point) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().add_point(field, point)?)
    }

    /// Takes the last point of a line or outline away.
    pub fn remove_point(&self, field: FieldKey) -> Result<Vec<Changed>, FieldbookError> {
        Ok(self.lock().remove_point(field)?)
    }

    /// Everything that is wrong or odd now, in the order of the form.
    pub fn problems(&self) -> Vec<Problem> {
        self.lock().problems()
    }
}

/// The answer that a typed line is for a question of this kind, dates and times by the city's clock; none for one that
/// cannot be read. A blank line is null.
#[uniffi::export]
pub fn read_typed(kind: ItemKind, line: String) -> Option<Value> {
    form::read_typed(kind, &line, CITY_OFFSET_MIN)
}

/// What an answer looks like in a line for typing; nothing for what is not typed.
#[uniffi::export]
pub fn typed_text(value: Value) -> String {
    form::typed_text(&value, CITY_OFFSET_MIN)
}

/// How many steps a scale has; 0 for bounds that make none.
#[uniffi::export]
pub fn scale_steps(scale: RangeParameters) -> u32 {
    scale.steps()
}

/// The number after so many steps of a scale.
#[uniffi::export]
pub fn scale_value(scale: RangeParameters, step: u32) -> Value {
    scale.value_at(step)
}

/// After how many steps of a scale a number stands; none for what is no number.
#[uniffi::export]
pub fn scale_step(scale: RangeParameters, value: Value) -> Option<u32> {
    scale.step_of(&value)
}

type Changed = form::Changed;
/// An item that changed: its value, whether it is asked, or how it is drawn.
#[uniffi::remote(Record)]
pub struct Changed {
    item: String,
    instance: Option<Instance>,
}

type ScreenId = form::ScreenId;
/// Names a screen: the item that it shows, in a repetition.
#[uniffi::remote(Record)]
pub struct ScreenId {
    item: String,
    instance: Option<Instance>,
}

type Screen = form::Screen;
/// A screen to draw.
#[uniffi::remote(Record)]
pub struct Screen {
    id: ScreenId,
    title: Label,
    /// For a repeated group: its entries.
    entries: Option<Entries>,
    /// What is asked, in order; group headings stand among them.
    questions: Vec<Question>,
}

type Entries = form::Entries;
/// The entries of a repeated group.
#[uniffi::remote(Record)]
pub struct Entries {
    no: FieldNo,
    instances: Vec<Instance>,
    /// How many the form asks for; none: as many as there are.
    wanted: Option<u32>,
    problems: Vec<Problem>,
}

type Choice = form::Choice;
/// A choice that is offered.
#[uniffi::remote(Record)]
pub struct Choice {
    code: Code,
    label: Label,
}

type RangeParameters = form::RangeParameters;
/// Bounds of a scale.
#[uniffi::remote(Record)]
pub struct RangeParameters {
    start: f64,
    end: f64,
    step: f64,
}

type Sketch = form::Sketch;
/// What there is of a line or outline.
#[uniffi::remote(Record)]
pub struct Sketch {
    /// In words: its points, and its length or area.
    words: Label,
    points: Vec<SketchPoint>,
    /// Whether the last point is joined to the first.
    closed: bool,
}

type SketchPoint = form::SketchPoint;
/// A point of a sketch, metres east and north of the first.
#[uniffi::remote(Record)]
pub struct SketchPoint {
    east_m: f64,
    north_m: f64,
}

type Question = form::Question;
/// A question as it stands now.
#[uniffi::remote(Record)]
pub struct Question {
    item: String,
    /// The field to answer; none for headings, notes and what is worked out.
    key: Option<FieldKey>,
    kind: ItemKind,
    appearance: Option<String>,
    label: Label,
    hint: Option<Label>,
    value: Value,
    relevant: bool,
    required: bool,
    read_only: bool,
    choices: Vec<Choice>,
    range: Option<RangeParameters>,
    /// What there is of a line or outline.
    sketch: Option<Sketch>,
    photos: Vec<PhotoHash>,
    photos_wanted: u8,
    /// Accuracy wanted of a point, metres.
    accuracy_m: Option<u32>,
    max_chars: Option<u32>,
    /// What may be read of an answer that the record brought along and that is masked; `value` is null then, until it
    /// is revealed or answered anew.
    covered: Option<Label>,
    /// A masked answer that the record brought along is answered anew: `as_it_was` puts it back.
    anew: bool,
    problems: Vec<Problem>,
}

type Severity = form::Severity;
/// Whether it may be saved as it is.
#[uniffi::remote(Enum)]
pub enum Severity {
    Warning,
    Error,
}

type Problem = form::Problem;
/// One thing that is wrong with an answer; `code` is stable, `message` is for people.
#[uniffi::remote(Record)]
pub struct Problem {
    severity: Severity,
    item: String,
    instance: Option<Instance>,
    key: Option<FieldKey>,
    code: ProblemCode,
    message: Label,
}

type ItemKind = form::ItemKind;
/// What an item is: the question types of XLSForm.
#[uniffi::remote(Enum)]
pub enum ItemKind {
    Group,
    Repeat,
    Text,
    Integer,
    Decimal,
    YesNo,
    SelectOne,
    SelectMultiple,
    Rank,
    Range,
    Date,
    Time,
    DateTime,
    Geopoint,
    Geotrace,
    Geoshape,
    Image,
    Photos,
    Audio,
    Barcode,
    Note,
    Calculate,
    Acknowledge,
    Hidden,
    Start,
    End,
    Today,
    DeviceId,
    Username,
    PhoneNumber,
}

/// A form begun and not saved.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Draft {
    /// Which draft.
    pub id: i64,
    /// What is being collected.
    pub record_type: TypeNo,
    /// The record being edited; none for a new one.
    pub record: Option<RecordId>,
    /// That record left the device's grids.
    pub left: bool,
    /// One line that names it, as the record would be called; empty where there is nothing yet.
    pub title: Label,
    /// When it was last kept, UTC milliseconds by this device's clock.
    pub updated_ms: i64,
}

impl From<DraftRow> for Draft {
    fn from(DraftRow { draft, title }: DraftRow) -> Draft {
        let store::Draft { id, record_type, record, left, updated_ms, .. } = draft;
        Draft { id, record_type, record, left, title, updated_ms }
    }
}

#[cfg(test)]
mod tests;
