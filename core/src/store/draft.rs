//! Forms begun and not saved. A draft is opaque here: its form alone reads it. It has no part in sync.

use super::{Context, Error, Refused, Store};
use crate::ids::{Dot, RecordId, TypeNo};
use crate::time::UtcMs;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

/// A form begun and not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Which draft.
    pub id: i64,
    /// What is being collected.
    pub record_type: TypeNo,
    /// The record being edited; none for a new one.
    pub record: Option<RecordId>,
    /// That record left the device's grids.
    pub left: bool,
    /// The form's own bytes.
    pub form: Vec<u8>,
    /// When it was last kept.
    pub updated_ms: UtcMs,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        id: row.get("id")?,
        record_type: TypeNo(row.get("type")?),
        record: row.get::<_, Option<[u8; 16]>>("record")?.map(RecordId),
        left: row.get("left")?,
        form: row.get("form")?,
        updated_ms: row.get("updated_ms")?,
    })
}

const COLUMNS: &str = "SELECT id, type, record, form, updated_ms,
    EXISTS (SELECT 1 FROM hub_left WHERE hub_left.record = draft.record) AS left FROM draft";

impl Store {
    /// Keeps a new draft; answers its id.
    pub fn add_draft(
        &mut self,
        record_type: TypeNo,
        record: Option<RecordId>,
        form: &[u8],
        now_ms: UtcMs,
    ) -> Result<i64, Error> {
        insert(&self.conn, record_type, record, form, now_ms)
    }

    /// Keeps the draft that a refused record became, and notes that it was taken up, both or neither.
    pub fn add_taken_up(
        &mut self,
        refused: Dot,
        record_type: TypeNo,
        form: &[u8],
        now_ms: UtcMs,
    ) -> Result<i64, Error> {
        let tx = self.conn.transaction().during("begin taking a record up")?;
        let draft = insert(&tx, record_type, None, form, now_ms)?;
        tx.execute(
            "INSERT INTO taken_up (rid, seq, draft) VALUES (:rid, :seq, :draft)",
            named_params! {":rid": refused.rid.0, ":seq": refused.seq.0, ":draft": draft},
        )
        .during("note what was taken up")?;
        tx.commit().during("take a record up")?;
        Ok(draft)
    }

    /// Keeps a draft as it stands now.
    pub fn update_draft(&mut self, id: i64, form: &[u8], now_ms: UtcMs) -> Result<(), Error> {
        let rows = self
            .conn
            .prepare_cached("UPDATE draft SET form = :form, updated_ms = :now WHERE id = :id")
            .and_then(|mut s| s.execute(named_params! {":id": id, ":form": form, ":now": now_ms}))
            .during("keep a draft")?;
        if rows == 0 { Err(Refused::NoDraft.into()) } else { Ok(()) }
    }

    /// One draft.
    pub fn draft(&self, id: i64) -> Result<Draft, Error> {
        self.conn
            .prepare_cached(&format!("{COLUMNS} WHERE id = :id"))
            .and_then(|mut s| s.query_row(named_params! {":id": id}, read).optional())
            .during("read a draft")?
            .ok_or(Error::Refused(Refused::NoDraft))
    }

    /// The draft of an edit of a record that was kept last.
    pub fn draft_of(&self, record: RecordId) -> Result<Option<Draft>, Error> {
        self.conn
            .prepare_cached(&format!(
                "{COLUMNS} WHERE record = :record ORDER BY updated_ms DESC, id DESC LIMIT 1"
            ))
            .and_then(|mut s| s.query_row(named_params! {":record": record.0}, read).optional())
            .during("read the draft of a record")
    }

    /// All drafts, last kept first.
    pub fn drafts(&self) -> Result<Vec<Draft>, Error> {
        self.conn
            .prepare_cached(&format!("{COLUMNS} ORDER BY updated_ms DESC, id DESC"))
            .and_then(|mut s| s.query_map([], read)?.collect())
            .during("list the drafts")
    }

    /// Forgets a draft; one that is not there any more is no error.
    pub fn discard_draft(&mut self, id: i64) -> Result<(), Error> {
        let tx = self.conn.transaction().during("begin discarding a draft")?;
        tx.execute("DELETE FROM taken_up WHERE draft = :id", named_params! {":id": id})
            .during("forget what a draft came from")?;
        discard(&tx, id)?;
        tx.commit().during("commit discarding a draft")
    }

    /// What became of a refused record that was taken up again; none for one that was not.
    pub fn taken_up(&self, refused: Dot) -> Result<Option<TakenUp>, Error> {
        self.conn
            .prepare_cached("SELECT draft FROM taken_up WHERE rid = :rid AND seq = :seq")
            .and_then(|mut s| {
                let dot = named_params! {":rid": refused.rid.0, ":seq": refused.seq.0};
                s.query_row(dot, |row| row.get::<_, Option<i64>>("draft")).optional()
            })
            .map(|row| row.map(|draft| draft.map_or(TakenUp::Saved, TakenUp::Draft)))
            .during("read what was taken up")
    }
}

fn insert(
    conn: &Connection,
    record_type: TypeNo,
    record: Option<RecordId>,
    form: &[u8],
    now_ms: UtcMs,
) -> Result<i64, Error> {
    conn.prepare_cached(
        "INSERT INTO draft (type, record, form, updated_ms) VALUES (:type, :record, :form, :now) RETURNING id",
    )
    .and_then(|mut s| {
        s.query_row(
            named_params! {
                ":type": record_type.0, ":record": record.map(|r| r.0), ":form": form, ":now": now_ms
            },
            |row| row.get("id"),
        )
    })
    .during("keep a draft")
}

/// What became of a refused record that was taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenUp {
    /// It is being filled in, as this draft.
    Draft(i64),
    /// It was saved as another record.
    Saved,
}

/// The draft was saved: what it came from is not taken up once more.
pub(super) fn saved(conn: &Connection, id: i64) -> Result<(), Error> {
    conn.execute("UPDATE taken_up SET draft = NULL WHERE draft = :id", named_params! {":id": id})
        .during("note that a draft was saved")?;
    discard(conn, id)
}

fn discard(conn: &Connection, id: i64) -> Result<(), Error> {
    conn.execute("DELETE FROM draft WHERE id = :id", named_params! {":id": id}).during("discard a draft")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Rid, Seq};
    use crate::store::OpenOptions;

    #[test]
    fn a_draft_is_kept_only_together_with_the_note_of_what_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path(), &OpenOptions::for_tests()).unwrap();
        let refused = Dot { rid: Rid(1), seq: Seq(2) };
        let draft = store.add_taken_up(refused, TypeNo(1), b"a form", 1).unwrap();
        assert_eq!(store.taken_up(refused).unwrap(), Some(TakenUp::Draft(draft)));
        // The note stands already: what is written before it goes with it.
        assert!(store.add_taken_up(refused, TypeNo(1), b"a form", 2).is_err());
        assert_eq!(store.drafts().unwrap().len(), 1);
    }
}
