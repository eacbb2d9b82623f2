//! Writing what records are found by.

use super::{Context, Error, search};
use crate::ids::TypeNo;
use rusqlite::{Connection, Row, named_params};
use std::collections::BTreeMap;

/// What records are found by, to be written as the last thing of a transaction: FTS5 writes out what it has gathered
/// whenever a statement begins a savepoint, as many statements on other tables do. Written one by one, every record
/// would become a segment of its own, to be merged again and again.
#[derive(Default)]
#[must_use = "records whose words are not written are not found"]
pub(super) struct WordIndex(BTreeMap<i64, Entry>);

struct Entry {
    /// There are words under this id in the index.
    had: bool,
    text: String,
    record_type: TypeNo,
}

impl WordIndex {
    /// Notes what a row of `shown` is to be found by from now on: nothing, where the text is empty.
    pub(super) fn put(&mut self, id: i64, had: bool, text: &str, record_type: TypeNo) {
        let had = self.0.get(&id).map_or(had, |entry| entry.had);
        self.0.insert(id, Entry { had, text: text.to_owned(), record_type });
    }

    /// Leaves them to be written together with others. For single saves: FTS5 writes many pages for one record, and
    /// hardly more for thirty.
    pub(super) fn put_off(self, conn: &Connection) -> Result<(), Error> {
        for (id, entry) in &self.0 {
            // What the index has is what it had when the row was first put off.
            conn.prepare_cached("INSERT INTO word_due (id, had) VALUES (:id, :had) ON CONFLICT DO NOTHING")
                .and_then(|mut s| s.execute(named_params! {":id": id, ":had": entry.had}))
                .during("note what a record is found by")?;
        }
        if due(conn)? < DUE_MAX { Ok(()) } else { WordIndex::default().write(conn) }
    }

    /// Writes all, and what was put off; in the order of the rows, for anything else makes FTS5 write out in between.
    pub(super) fn write(mut self, conn: &Connection) -> Result<(), Error> {
        self.take_due(conn)?;
        for (id, Entry { had, text, record_type }) in self.0 {
            if had {
                conn.prepare_cached("DELETE FROM word WHERE rowid = :id")
                    .and_then(|mut s| s.execute(named_params! {":id": id}))
                    .during("forget what a record is found by")?;
            }
            if !text.is_empty() {
                conn.prepare_cached("INSERT INTO word (rowid, words) VALUES (:id, :words)")
                    .and_then(|mut s| {
                        s.execute(named_params! {":id": id, ":words": search::words(&text, record_type)})
                    })
                    .during("write what a record is found by")?;
            }
        }
        Ok(())
    }

    /// Takes over what was put off.
    fn take_due(&mut self, conn: &Connection) -> Result<(), Error> {
        for Due { id, had, text, record_type } in due_rows(conn)? {
            self.0.entry(id).or_insert(Entry { had, text, record_type }).had = had;
        }
        conn.prepare_cached("DELETE FROM word_due")
            .and_then(|mut s| s.execute([]))
            .during("forget what was due")?;
        Ok(())
    }
}

/// Most rows whose words wait to be written.
const DUE_MAX: u64 = 32;

/// A row of `shown` whose words were put off.
pub(super) struct Due {
    pub id: i64,
    /// The index has words of an earlier text.
    pub had: bool,
    /// What it is found by now; empty where it is not shown any more.
    pub text: String,
    pub record_type: TypeNo,
}

/// What was put off and is not written yet: searching looks at these rows one by one.
pub(super) fn due_rows(conn: &Connection) -> Result<Vec<Due>, Error> {
    let due = |row: &Row<'_>| -> rusqlite::Result<Due> {
        let text = row.get::<_, Option<String>>("text")?.unwrap_or_default();
        let record_type = TypeNo(row.get::<_, Option<u16>>("type")?.unwrap_or_default());
        Ok(Due { id: row.get("id")?, had: row.get("had")?, text, record_type })
    };
    conn.prepare_cached("SELECT id, had, text, type FROM word_due LEFT JOIN shown USING (id)")
        .and_then(|mut s| s.query_map([], due)?.collect())
        .during("read what is to be found")
}

/// How many there are.
fn due(conn: &Connection) -> Result<u64, Error> {
    conn.prepare_cached("SELECT count(*) FROM word_due")
        .and_then(|mut s| s.query_row([], |row| row.get(0)))
        .during("count what is to be found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_row_written_twice_are_written_once() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("fieldbook.sql")).unwrap();
        let count = |asked: &str| -> i64 {
            let sql = "SELECT count(*) FROM word WHERE word MATCH ?1";
            conn.query_row(sql, [format!("\"{asked}\"")], |row| row.get(0)).unwrap()
        };
        let write = |puts: &[(i64, bool, &str)]| {
            let mut words = WordIndex::default();
            puts.iter().for_each(|(id, had, text)| words.put(*id, *had, text, TypeNo(1)));
            words.write(&conn).unwrap();
        };
        write(&[(2, false, "n王小"), (1, false, "n李大"), (2, true, "n王大")]);
        assert_eq!((count("小"), count("大"), count("王")), (0, 2, 1));
        write(&[(1, true, ""), (2, true, ""), (2, false, "n张大")]);
        assert_eq!((count("李"), count("王"), count("大")), (0, 0, 1));
    }
    #[test]
    fn what_was_put_off_is_written_with_the_next() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("fieldbook.sql")).unwrap();
        let show = |id: i64, text: &str| {
            conn.execute("DELETE FROM shown WHERE id = ?1", [id]).unwrap();
            conn.execute(
                "INSERT INTO shown (id, record, type, version, title, alive, conflicts, updated_ms, updated_by, text)
                 VALUES (?1, ?2, 1, 1, '', 1, 0, 0, 0, ?3)",
                (id, id.to_be_bytes(), text),
            )
            .unwrap();
        };
        let found = |asked: &str| -> Vec<i64> {
            let mut s = conn.prepare("SELECT rowid FROM word WHERE word MATCH ?1").unwrap();
            s.query_map([asked], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let put_off = |id, had, text| {
            show(id, text);
            let mut words = WordIndex::default();
            words.put(id, had, text, TypeNo(1));
            words.put_off(&conn).unwrap();
        };
        put_off(1, false, "n王小");
        put_off(2, false, "n李大");
        // Shown otherwise, and hidden, before anything was written.
        put_off(1, true, "n王大");
        conn.execute("DELETE FROM shown WHERE id = 2", []).unwrap();
        let mut words = WordIndex::default();
        words.put(2, true, "", TypeNo(1));
        assert_eq!(found("大"), Vec::<i64>::new());
        words.write(&conn).unwrap();
        assert_eq!((found("小"), found("大")), (vec![], vec![1]));
        // Enough of them are written by themselves.
        for id in 10..10 + DUE_MAX as i64 {
            put_off(id, false, "n张三");
        }
        assert_eq!(found("三").len() as u64, DUE_MAX);
        assert_eq!(due(&conn).unwrap(), 0);
    }
}
