//! The map of the grid, ready to draw.

use super::Fieldbook;
use crate::form::{draft_values, system};
use crate::ids::{FieldKey, GridCode, TypeNo};
use crate::map::{MARKS_MAX, Mark, View};
use crate::store::{Draft, Error};
use crate::value::Value;

/// What a map draws for one view; all places are pixels from its left upper corner.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DrawList {
    /// The device's grids.
    pub outlines: Vec<Outline>,
    /// Records, the urgent ones last, so that they lie on top.
    pub marks: Vec<(Mark, f32, f32)>,
    /// In the place of marks where there are too many: how many lie about a place.
    pub cells: Vec<(u32, f32, f32)>,
    /// Drafts that have a place.
    pub drafts: Vec<DraftMark>,
}

/// A draft at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftMark {
    /// The draft.
    pub draft: Draft,
    /// Pixels from the left.
    pub x: f32,
    /// Pixels from above.
    pub y: f32,
}

/// A grid's outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// Which grid.
    pub grid: GridCode,
    /// Its name.
    pub name: String,
    /// Its corners.
    pub corners: Vec<(f32, f32)>,
}

impl Fieldbook {
    /// The view that shows all of the device's grids; none before the first sync.
    pub fn map_of_grids(&self, width_px: u32, height_px: u32) -> Option<View> {
        let store = self.store.lock();
        View::of(store.grids().iter().flat_map(|grid| grid.outline.iter().copied()), width_px, height_px)
    }

    /// What to draw for a view: records and drafts of one type or of all by their places, or where the records are more
    /// than [`MARKS_MAX`] their counts by cells.
    pub fn draw_map(&self, view: View, record_type: Option<TypeNo>) -> Result<DrawList, Error> {
        let view = view.sane();
        let area = view.area();
        let store = self.store.lock();
        let outlines = store.grids().iter().map(|grid| Outline {
            grid: grid.code.clone(),
            name: grid.name.clone(),
            corners: grid.outline.iter().map(|(lon, lat)| view.place(*lat, *lon)).collect(),
        });
        let mut list = DrawList { outlines: outlines.collect(), ..DrawList::default() };
        let marks = store.marks_in(&area, record_type, MARKS_MAX + 1)?;
        if marks.len() > MARKS_MAX as usize {
            let (lat_step, lon_step) = view.cell();
            let cells = store.cells_in(&area, record_type, lat_step, lon_step)?;
            list.cells = cells
                .into_iter()
                .map(|cell| {
                    let (x, y) = view.place(cell.point.lat_e7, cell.point.lon_e7);
                    (cell.count, x, y)
                })
                .collect();
        } else {
            let placed = |mark: Mark| {
                let (x, y) = view.place(mark.point.lat_e7, mark.point.lon_e7);
                (mark, x, y)
            };
            list.marks = marks.into_iter().map(placed).collect();
            list.marks.sort_by_key(|(mark, ..)| mark.standing);
        }
        let drafts = store.drafts()?.into_iter();
        let drafts = drafts.filter(|draft| record_type.is_none_or(|no| no == draft.record_type));
        list.drafts = drafts.filter_map(|draft| draft_mark(&view, draft)).collect();
        Ok(list)
    }
}

/// A draft where its location is; none without one, or outside the view.
fn draft_mark(view: &View, draft: Draft) -> Option<DraftMark> {
    let mut values = draft_values(&draft.form);
    let Some(Value::Geo(point)) = values.remove(&FieldKey::plain(system::LOCATION)) else { return None };
    let area = view.area();
    let inside =
        (area.south..=area.north).contains(&point.lat_e7) && (area.west..=area.east).contains(&point.lon_e7);
    let (x, y) = view.place(point.lat_e7, point.lon_e7);
    inside.then_some(DraftMark { draft, x, y })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NAME, open, receive};
    use super::*;
    use crate::fieldbook::SaveRequest;
    use crate::geo::{Datum, Fix, Point, Provider};
    use crate::ids::TypeNo;
    use crate::map::Standing;
    use crate::map::tests::VIEW;
    use crate::record::ChangeKind;
    use crate::value::Value;

    fn save_at(book: &Fieldbook, name: &str, lat_e7: i32, lon_e7: i32) -> crate::ids::RecordId {
        let mut request = SaveRequest::create(TypeNo(1));
        request.answers = vec![(NAME, Value::text(name))];
        request.grid = Some(GridCode("44031000100101".into()));
        let point = Point { lat_e7, lon_e7, datum: Datum::Wgs84 };
        request.fix = Some(Fix { point, accuracy_dm: 45, provider: Provider::Gnss, mock: false, at_ms: 1 });
        book.save(request).unwrap().record
    }

    #[test]
    fn records_in_the_view_are_drawn_where_they_are_and_no_others() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let here = save_at(&book, "王小明", 226_900_000, 1_143_400_000);
        save_at(&book, "李四", 226_900_000, 1_143_600_000);
        let list = book.draw_map(VIEW, None).unwrap();
        let [(mark, x, y)] = list.marks[..] else { panic!("{list:?}") };
        assert_eq!((mark.record, mark.standing, x, y), (here, Standing::Waiting, 240.0, 400.0));
        let wide = View { metres_per_px: 20.0, ..VIEW };
        assert_eq!(book.draw_map(wide, None).unwrap().marks.len(), 2);
        book.delete(here, "mistake", None).unwrap();
        assert_eq!(book.draw_map(VIEW, None).unwrap().marks, []);
        assert_eq!(book.map_of_grids(480, 800), None);
    }

    #[test]
    fn drafts_are_drawn_where_their_location_is_and_one_type_alone_where_that_is_asked() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        save_at(&book, "王小明", 226_900_000, 1_143_400_000);
        let draft = |no: TypeNo, point: Option<Point>| {
            let mut form = book.start_form(no, None).unwrap();
            if let Some(point) = point {
                form.answer(FieldKey::plain(system::LOCATION), Value::Geo(point)).unwrap();
            }
            book.save_draft(&form, None, None).unwrap()
        };
        let at = |lat_e7| Point { lat_e7, lon_e7: 1_143_400_000, datum: Datum::Wgs84 };
        let (person, hazard) = (TypeNo(1), TypeNo(8));
        let here = draft(person, Some(at(226_900_000)));
        let other = draft(hazard, Some(at(226_900_000)));
        draft(person, Some(at(236_900_000)));
        draft(person, None);
        let drawn = |no| {
            let list = book.draw_map(VIEW, no).unwrap();
            let drafts = list.drafts.iter().map(|mark| (mark.draft.id, mark.x, mark.y));
            (list.marks.len(), drafts.collect::<Vec<_>>())
        };
        assert_eq!(drawn(None), (1, vec![(other, 240.0, 400.0), (here, 240.0, 400.0)]));
        assert_eq!(drawn(Some(person)), (1, vec![(here, 240.0, 400.0)]));
        assert_eq!(drawn(Some(hazard)), (0, vec![(other, 240.0, 400.0)]));
    }

    #[test]
    fn what_was_refused_stands_over_what_waits() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        let record = save_at(&book, "王小明", 226_900_000, 1_143_400_000);
        let edit = |name: &str| {
            let mut edit = SaveRequest::change(TypeNo(1), record, ChangeKind::Edit);
            edit.answers = vec![(NAME, Value::text(name))];
            book.save(edit).unwrap();
        };
        let standing = || book.draw_map(VIEW, None).unwrap().marks[0].0.standing;
        edit("王大明");
        receive(&book, &[]);
        assert_eq!(standing(), Standing::Received);
        receive(&book, &[2]);
        assert_eq!(standing(), Standing::Refused);
        edit("王中明");
        assert_eq!(standing(), Standing::Refused);
    }

    #[test]
    fn many_are_counted_by_cells() {
        let dir = tempfile::tempdir().unwrap();
        let book = open(dir.path());
        for at in 0..4 {
            save_at(&book, "王小明", 226_900_000 + at, 1_143_400_000);
        }
        save_at(&book, "李四", 226_910_000, 1_143_410_000);
        let (lat_step, lon_step) = VIEW.cell();
        let cells = book.store().lock().cells_in(&VIEW.area(), None, lat_step, lon_step).unwrap();
        let mut counts: Vec<u32> = cells.iter().map(|cell| cell.count).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 4]);
        let marks = |max| book.store().lock().marks_in(&VIEW.area(), None, max).unwrap().len();
        assert_eq!((marks(4), marks(6)), (4, 5));
    }
}
