//! Who did what to whom: ids, never values. Each row holds the hash of the one before it, so that a row changed or taken
//! out later shows.

use super::{Named, Store, StoreError};
use gridweave_core::ids::PersonNo;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What is noted.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    /// Who; `None`: the server itself.
    pub person: Option<PersonNo>,
    /// What: a stable name, key of a message.
    pub action: &'a str,
    /// To which record, device or person: its id, and a field's number where one was meant.
    pub object: &'a str,
    /// Why, as the person wrote it.
    pub reason: &'a str,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Number, rising without reuse.
    pub id: i64,
    /// When, UTC milliseconds.
    pub at_ms: i64,
    /// Who.
    pub person: Option<PersonNo>,
    /// That person's name.
    pub name: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// Why.
    pub reason: String,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// The server itself, or whoever gave it a command.
    Server,
    /// A person.
    Person(PersonNo),
}

/// Which rows to list.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this actor.
    pub actor: Option<Actor>,
    /// Of this action.
    pub action: Option<String>,
    /// Not before, UTC milliseconds.
    pub from_ms: Option<i64>,
    /// Before, UTC milliseconds.
    pub until_ms: Option<i64>,
    /// Older than this row.
    pub before: Option<i64>,
    /// How many.
    pub limit: u32,
}

/// Whether the log is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// So many rows, each in its place.
    Whole(u64),
    /// The first row that does not fit.
    BrokenAt(i64),
}

/// Adds a row, in the transaction of what it tells of: neither is on disk without the other.
pub(super) fn note(conn: &Connection, at_ms: i64, note: &Note<'_>) -> Result<(), StoreError> {
    let prev: Option<Vec<u8>> = conn
        .prepare_cached("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
        .and_then(|mut s| s.query_row([], |row| row.get(0)).optional())
        .named("read the end of the audit log")?;
    let person = note.person.map(|p| p.0);
    let hash = link(&prev.unwrap_or_default(), at_ms, person, [note.action, note.object, note.reason]);
    conn.prepare_cached(
        "INSERT INTO audit (at_ms, person, action, object, reason, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .and_then(|mut s| s.execute(params![at_ms, person, note.action, note.object, note.reason, hash]))
    .named("write the audit log")?;
    Ok(())
}

/// SHA-256 of the hash before and the row, every part with its length.
fn link(prev: &[u8], at_ms: i64, person: Option<u32>, texts: [&str; 3]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"gridweave audit 1\0");
    hash.update(prev);
    hash.update(at_ms.to_be_bytes());
    hash.update(person.unwrap_or(0).to_be_bytes());
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

impl Store {
    /// Adds a row about something that changes nothing else.
    pub async fn note_audit(
        &self,
        at_ms: i64,
        person: Option<PersonNo>,
        action: &'static str,
        object: String,
        reason: String,
    ) -> Result<(), StoreError> {
        self.write(move |conn| note(conn, at_ms, &Note { person, action, object: &object, reason: &reason }))
            .await
    }

    /// How often a person did something since then.
    pub async fn audit_count(
        &self,
        person: PersonNo,
        action: &'static str,
        since_ms: i64,
    ) -> Result<u64, StoreError> {
        self.read(move |conn| {
            conn.query_row(
                "SELECT count(*) FROM audit WHERE person = ?1 AND action = ?2 AND at_ms >= ?3",
                params![person.0, action, since_ms],
                |row| row.get::<_, i64>(0),
            )
            .map(|n| n as u64)
            .named("count in the audit log")
        })
        .await
    }

    /// Rows, latest first.
    pub async fn audit_rows(&self, filter: AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        // No person has the number 0.
        let actor = filter.actor.map(|actor| match actor {
            Actor::Server => 0,
            Actor::Person(no) => no.0,
        });
        self.read(move |conn| {
            conn.prepare_cached(
                "SELECT audit.id, at_ms, audit.person, coalesce(person.name, '') AS name, action, object, reason
                 FROM audit LEFT JOIN person ON person.no = audit.person
                 WHERE (?1 IS NULL OR coalesce(audit.person, 0) = ?1) AND (?2 IS NULL OR action = ?2)
                    AND (?3 IS NULL OR audit.id < ?3) AND (?4 IS NULL OR at_ms >= ?4) AND (?5 IS NULL OR at_ms < ?5)
                 ORDER BY audit.id DESC LIMIT ?6",
            )
            .and_then(|mut s| {
                s.query_map(
                    params![
                        actor,
                        filter.action,
                        filter.before,
                        filter.from_ms,
                        filter.until_ms,
                        filter.limit
                    ],
                    |row| {
                        Ok(AuditRow {
                            id: row.get("id")?,
                            at_ms: row.get("at_ms")?,
                            person: row.get::<_, Option<u32>>("person")?.map(PersonNo),
                            name: row.get("name")?,
                            action: row.get("action")?,
                            object: row.get("object")?,
                            reason: row.get("reason")?,
                        })
                    },
                )?
                .collect()
            })
            .named("read the audit log")
        })
        .await
    }

    /// Everybody who stands in the log, with their names; the server has none.
    pub async fn actors(&self) -> Result<BTreeMap<Actor, String>, StoreError> {
        self.read(|conn| {
            conn.prepare_cached(
                "SELECT acted.person, coalesce(person.name, '') AS name
                 FROM (SELECT DISTINCT person FROM audit) AS acted LEFT JOIN person ON person.no = acted.person",
            )
            .and_then(|mut s| {
                s.query_map([], |row| {
                    let no: Option<u32> = row.get("person")?;
                    Ok((no.map_or(Actor::Server, |no| Actor::Person(PersonNo(no))), row.get("name")?))
                })?
                .collect()
            })
            .named("list who stands in the audit log")
        })
        .await
    }

    /// Checks every row against the one before it.
    pub async fn check_audit(&self) -> Result<Chain, StoreError> {
        self.read(|conn| {
            let mut stmt = conn
                .prepare("SELECT id, at_ms, person, action, object, reason, hash FROM audit ORDER BY id")
                .named("read the audit log")?;
            let mut rows = stmt.query([]).named("read the audit log")?;
            let (mut prev, mut count) = (Vec::new(), 0);
            while let Some(row) = rows.next().named("read the audit log")? {
                let read = || -> rusqlite::Result<_> {
                    let texts: [String; 3] = [row.get(3)?, row.get(4)?, row.get(5)?];
                    let hash: Vec<u8> = row.get(6)?;
                    let texts = [texts[0].as_str(), &texts[1], &texts[2]];
                    Ok((row.get::<_, i64>(0)?, link(&prev, row.get(1)?, row.get(2)?, texts), hash))
                };
                let (id, right, hash) = read().named("read the audit log")?;
                if hash != right {
                    return Ok(Chain::BrokenAt(id));
                }
                prev = hash;
                count += 1;
            }
            Ok(Chain::Whole(count))
        })
        .await
    }
}
