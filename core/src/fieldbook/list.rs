//! All records that the device holds.

use super::Fieldbook;
use crate::store::{Error, ListEnd, ListFilter, ListPage, RecordCount};

impl Fieldbook {
    /// A page of the living records that fit a filter, newest change first; it begins after `after`.
    pub fn list_records(&self, filter: &ListFilter, after: Option<ListEnd>) -> Result<ListPage, Error> {
        let now_ms = self.true_ms()?;
        self.store.lock().list(filter, after, now_ms)
    }

    /// How many living records there are of each type in each grid.
    pub fn record_counts(&self) -> Result<Vec<RecordCount>, Error> {
        let now_ms = self.true_ms()?;
        self.store.lock().record_counts(now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NAME, create, open_at, receive};
    use super::*;
    use crate::fieldbook::SaveRequest;
    use crate::ids::{GridCode, RecordId, TypeNo};
    use crate::map::Standing;
    use crate::record::ChangeKind;
    use crate::store::PAGE_ROWS;
    use crate::time::DAY_MS;
    use crate::value::Value;

    const PERSON: TypeNo = TypeNo(1);
    const NOW_MS: i64 = 1_790_000_000_000;

    fn create_in(book: &Fieldbook, grid: &str, name: &str) -> RecordId {
        let mut request = SaveRequest::create(PERSON);
        request.answers = vec![(NAME, Value::text(name))];
        request.grid = Some(GridCode(grid.into()));
        book.save(request).unwrap().record
    }

    /// All pages one after another.
    fn all(book: &Fieldbook, filter: &ListFilter) -> Vec<RecordId> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = book.list_records(filter, after).unwrap();
            assert!(page.next.is_none() || page.rows.len() == PAGE_ROWS, "only the last page may be short");
            all.extend(page.rows.iter().map(|listed| listed.row.record));
            match page.next {
                Some(end) => after = Some(end),
                None => return all,
            }
        }
    }

    #[test]
    fn pages_show_every_record_once_newest_change_first() {
        let dir = tempfile::tempdir().unwrap();
        let book = open_at(dir.path(), NOW_MS, 1000);
        let mut made: Vec<_> = (0..PAGE_ROWS * 2 + 3).map(|_| create(&book, &[(NAME, "王小明")])).collect();
        let oldest = made.remove(0);
        let mut edit = SaveRequest::change(PERSON, oldest, ChangeKind::Edit);
        edit.answers = vec![(NAME, Value::text("王大明"))];
        book.save(edit).unwrap();
        made.push(oldest);
        made.reverse();
        assert_eq!(all(&book, &ListFilter::default()), made);
        book.delete(oldest, "mistake", None).unwrap();
        assert_eq!(all(&book, &ListFilter::default()), made[1..]);
    }

    #[test]
    fn pages_show_every_record_once_though_all_were_changed_in_one_moment() {
        let dir = tempfile::tempdir().unwrap();
        let book = open_at(dir.path(), NOW_MS, 0);
        let mut made: Vec<_> = (0..PAGE_ROWS * 2).map(|_| create(&book, &[(NAME, "王小明")])).collect();
        let mut listed = all(&book, &ListFilter::default());
        made.sort();
        listed.sort();
        assert_eq!(listed, made);
    }

    #[test]
    fn what_comes_meanwhile_moves_no_row_to_the_next_page() {
        let dir = tempfile::tempdir().unwrap();
        let book = open_at(dir.path(), NOW_MS, 1000);
        let made: Vec<_> = (0..PAGE_ROWS + 1).map(|_| create(&book, &[(NAME, "王小明")])).collect();
        let first = book.list_records(&ListFilter::default(), None).unwrap();
        create(&book, &[(NAME, "李四")]);
        let second = book.list_records(&ListFilter::default(), first.next).unwrap();
        assert_eq!(second.rows.iter().map(|l| l.row.record).collect::<Vec<_>>(), [made[0]]);
    }

    #[test]
    fn records_are_filtered_and_counted_by_type_and_grid() {
        let dir = tempfile::tempdir().unwrap();
        let book = open_at(dir.path(), NOW_MS, 1000);
        let (here, there) = ("44031000100101", "44031000100102");
        let an = create_in(&book, here, "安");
        let bai = create_in(&book, there, "白");
        let gone = create_in(&book, there, "陈");
        book.delete(gone, "mistake", None).unwrap();
        let grid = |grid: &str| Some(GridCode(grid.into()));
        let by_grid = |code| ListFilter { grid: grid(code), ..ListFilter::default() };
        let by_type = |no| ListFilter { record_type: Some(TypeNo(no)), ..ListFilter::default() };
        assert_eq!(all(&book, &by_grid(here)), [an]);
        assert_eq!(all(&book, &by_grid(there)), [bai]);
        assert_eq!(all(&book, &by_type(1)), [bai, an]);
        assert_eq!(all(&book, &by_type(2)), []);
        assert_eq!(all(&book, &ListFilter { record_type: Some(PERSON), ..by_grid(here) }), [an]);
        let count = |code| RecordCount { record_type: PERSON, grid: grid(code), count: 1, due: 0 };
        assert_eq!(book.record_counts().unwrap(), [count(here), count(there)]);
    }

    #[test]
    fn a_record_is_due_when_its_cycle_has_passed_and_a_visit_puts_it_off() {
        let dir = tempfile::tempdir().unwrap();
        let (an, bai) = {
            let book = open_at(dir.path(), NOW_MS, 0);
            (create(&book, &[(NAME, "安")]), create(&book, &[(NAME, "白")]))
        };
        // Persons are confirmed every 90 days.
        let due = ListFilter { due: true, ..ListFilter::default() };
        let at = |ms| open_at(dir.path(), ms, 0);
        let counted = |book: &Fieldbook| book.record_counts().unwrap()[0].due;
        let book = at(NOW_MS + 90 * DAY_MS);
        assert_eq!((all(&book, &due), counted(&book)), (vec![], 0));
        drop(book);
        let book = at(NOW_MS + 90 * DAY_MS + 1);
        assert_eq!((all(&book, &due).len(), counted(&book)), (2, 2));
        book.confirm_visit(an, None).unwrap();
        assert_eq!((all(&book, &due), counted(&book)), (vec![bai], 1));
        let page = book.list_records(&ListFilter::default(), None).unwrap();
        let told: Vec<_> = page.rows.iter().map(|l| (l.row.record, l.due)).collect();
        assert_eq!(told, [(an, false), (bai, true)]);
    }

    #[test]
    fn rows_tell_what_waits_and_what_was_not_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let book = open_at(dir.path(), NOW_MS, 1000);
        let record = create(&book, &[(NAME, "王小明")]);
        let mut edit = SaveRequest::change(PERSON, record, ChangeKind::Edit);
        edit.answers = vec![(NAME, Value::text("王大明"))];
        book.save(edit).unwrap();
        let standing = || book.list_records(&ListFilter::default(), None).unwrap().rows[0].standing;
        assert_eq!(standing(), Standing::Waiting);
        receive(&book, &[]);
        assert_eq!(standing(), Standing::Received);
        receive(&book, &[2]);
        assert_eq!(standing(), Standing::Refused);
    }
}
