//! What waits to be handed in, by record: the queue that a worker looks at.

use super::Fieldbook;
use crate::form::Label;
use crate::ids::{RecordId, TypeNo};
use crate::merge::RecordState;
use crate::store::{Error, PhotoTrouble, Store};
use crate::time::UtcMs;
use std::collections::BTreeMap;

/// A record of which something is on this device alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which record.
    pub record: RecordId,
    /// Its type.
    pub record_type: TypeNo,
    /// One line that names it; empty where nothing is shown of it.
    pub title: Label,
    /// Changes that have no receipt.
    pub changes: u32,
    /// Photos that have none and are to be handed in.
    pub photos: u32,
    /// Their bytes together.
    pub photo_bytes: u64,
    /// Photos that are damaged and cannot be handed in.
    pub photos_damaged: u32,
    /// Photos that are not taken, or not yet, for this device is revoked.
    pub photos_not_taken: u32,
    /// Since when the oldest change waits, by the server's clock as far as this device knows it; none where only photos do.
    pub since_ms: Option<UtcMs>,
}

impl Fieldbook {
    /// Records of which something is on this device alone, the longest waiting first, those with photos alone last.
    pub fn waiting(&self) -> Result<Vec<Waiting>, Error> {
        let store = self.store.lock();
        let mut queue = Queue::default();
        for logged in store.outbox()? {
            let waiting = queue.of(logged.change.record, logged.change.record_type.no);
            waiting.changes += 1;
            waiting.since_ms.get_or_insert(logged.saved_ms);
        }
        for photo in store.photos_pending()? {
            let Some(record) = photo.record else { continue };
            let waiting = queue.of(record, TypeNo(0));
            match photo.trouble {
                None => {
                    waiting.photos += 1;
                    waiting.photo_bytes += photo.len;
                }
                Some(PhotoTrouble::Damaged) => waiting.photos_damaged += 1,
                Some(PhotoTrouble::Unreleased | PhotoTrouble::OverQuota) => waiting.photos_not_taken += 1,
            }
        }
        for waiting in &mut queue.rows {
            if let Some(row) = store.shown_row(waiting.record)? {
                waiting.title = row.title;
                waiting.record_type = row.record_type.no;
            } else if let Some(own) = own_state(&store, waiting.record)? {
                waiting.title = store.projector().project(&own).title;
                waiting.record_type = own.record_type.no;
            }
        }
        Ok(queue.rows)
    }
}

/// What this device itself said of a record, where it is not shown: it was refused, or left the device's grids.
fn own_state(store: &Store, record: RecordId) -> Result<Option<RecordState>, Error> {
    let mut own = None;
    for logged in store.history(record)? {
        let state = own.get_or_insert_with(|| RecordState::new(record, logged.change.record_type));
        let _ = state.apply(logged.dot.rid, &logged.change);
    }
    Ok(own)
}

/// Records in the order in which they were first named.
#[derive(Default)]
struct Queue {
    rows: Vec<Waiting>,
    places: BTreeMap<RecordId, usize>,
}

impl Queue {
    fn of(&mut self, record: RecordId, record_type: TypeNo) -> &mut Waiting {
        let at = *self.places.entry(record).or_insert(self.rows.len());
        if at == self.rows.len() {
            let (title, changes, photos, photo_bytes, since_ms) = (Label::default(), 0, 0, 0, None);
            let (photos_damaged, photos_not_taken) = (0, 0);
            self.rows.push(Waiting {
                record,
                record_type,
                title,
                changes,
                photos,
                photo_bytes,
                photos_damaged,
                photos_not_taken,
                since_ms,
            });
        }
        &mut self.rows[at]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{CITIZEN_ID, CODE, NAME, PHONE, create, open};
    use super::super::{Fieldbook, SaveRequest};
    use crate::ids::TypeNo;
    use crate::record::ChangeKind;
    use crate::value::Value;

    fn book_with_work(dir: &std::path::Path) -> Fieldbook {
        let book = open(dir);
        let first = create(&book, &[(NAME, "王小明"), (CITIZEN_ID, CODE), (PHONE, "555-010-1234")]);
        create(&book, &[(NAME, "李四")]);
        let photo = book.add_photo(b"a picture").unwrap();
        let mut edit = SaveRequest::change(TypeNo(1), first, ChangeKind::Edit);
        edit.answers = vec![(NAME, Value::text("王大明"))];
        edit.photos_added = vec![photo];
        book.save(edit).unwrap();
        book
    }

    #[test]
    fn what_waits_is_told_by_record_the_oldest_first() {
        let dir = tempfile::tempdir().unwrap();
        let queue = book_with_work(dir.path()).waiting().unwrap();
        let told: Vec<_> = queue.iter().map(|w| (&*w.title.zh, w.changes, w.photos, w.photo_bytes)).collect();
        assert_eq!(told, [("王大明", 2, 1, 9), ("李四", 1, 0, 0)]);
        assert!(queue[0].since_ms < queue[1].since_ms, "since the first of its changes");
        assert_eq!(queue[0].record_type, TypeNo(1));
    }

    #[test]
    fn a_change_carries_the_satellites_time_that_was_heard() {
        let dir = tempfile::tempdir().unwrap();
        let clock = std::sync::Arc::new(super::super::SystemClock::new());
        let book = Fieldbook::open(dir.path(), &crate::store::OpenOptions::for_tests(), clock).unwrap();
        book.set_identity(super::super::tests::identity(), 1).unwrap();
        create(&book, &[(NAME, "王小明")]);
        book.hear_gnss(1_790_000_000_000);
        create(&book, &[(NAME, "李四")]);
        let told: Vec<_> = book.outbox().unwrap().iter().map(|logged| logged.change.gnss_ms).collect();
        assert!(told[0].is_none());
        assert!(told[1].is_some_and(|ms| (1_790_000_000_000..1_790_000_060_000).contains(&ms)));
    }

    #[test]
    fn diagnostics_tell_numbers_and_nothing_personal() {
        let dir = tempfile::tempdir().unwrap();
        let text = book_with_work(dir.path()).diagnostics(&["0.1.0".into(), "a PDA".into()]).unwrap();
        for line in ["app 1: a PDA", "changes waiting: 3", "photos waiting: 1", "records: 2", "replica: 1"] {
            assert!(text.lines().any(|told| told == line), "{line} in\n{text}");
        }
        for personal in ["王", "李四", "测试", CODE, "555"] {
            assert!(!text.contains(personal), "{personal} in\n{text}");
        }
    }
}
