//! People who sign in, their sessions, and the names of those who wrote.

use super::audit::{self, Note};
use super::{Named, Store, StoreError};
use crate::auth::person::{IDLE_MS_MAX, SESSION_MS_MAX, Signed};
use crate::auth::policy::Role;
use gridweave_core::ids::PersonNo;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

/// A session's last use is written so often at most, milliseconds: a page need not wait for the disk.
const TOUCH_MS: i64 = 60_000;

/// What a sign-in is checked against.
#[derive(Clone)]
pub struct Credentials {
    /// Who.
    pub no: PersonNo,
    /// Role.
    pub role: Role,
    /// PHC string.
    pub password: String,
}

/// A person in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Number.
    pub no: PersonNo,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Option<Role>,
    /// May no longer do anything.
    pub disabled: bool,
}

impl Store {
    /// What the sign-in under this name is checked against; `None`: nobody signs in under it.
    pub async fn credentials(&self, login: String) -> Result<Option<Credentials>, StoreError> {
        self.read(move |conn| {
            let row: Option<(u32, String, String)> = conn
                .query_row(
                    "SELECT no, role, password FROM person
                     WHERE lower(login) = ?1 AND disabled = 0 AND password IS NOT NULL",
                    [&login],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .optional()
                .named("find a person by login")?;
            Ok(row.and_then(|(no, role, password)| {
                Some(Credentials { no: PersonNo(no), role: Role::of(&role)?, password })
            }))
        })
        .await
    }

    /// Begins a session, ending the one that the browser had (`old`) and those that ran out.
    pub async fn begin_web_session(
        &self,
        token_hash: [u8; 32],
        person: PersonNo,
        csrf: String,
        old: Option<[u8; 32]>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            conn.execute(
                "DELETE FROM web_session WHERE token_hash = ?1 OR started_ms < ?2 OR used_ms < ?3",
                params![old, now_ms - SESSION_MS_MAX, now_ms - IDLE_MS_MAX],
            )
            .named("end old sessions")?;
            conn.execute(
                "INSERT INTO web_session (token_hash, person, csrf, started_ms, used_ms)
                 VALUES (?1, ?2, ?3, ?4, ?4)",
                params![token_hash, person.0, csrf, now_ms],
            )
            .named("begin a session")?;
            let note = Note { person: Some(person), action: "sign_in", object: "", reason: "" };
            audit::note(conn, now_ms, &note)
        })
        .await
    }

    /// Who has this session, if it has not ended.
    pub async fn web_session(&self, token_hash: [u8; 32], now_ms: i64) -> Result<Option<Signed>, StoreError> {
        let found = self
            .read(move |conn| {
                conn.query_row(
                    "SELECT person.no, name, role, csrf, used_ms FROM web_session
                     JOIN person ON person.no = web_session.person
                     WHERE token_hash = ?1 AND disabled = 0 AND started_ms > ?2 AND used_ms > ?3",
                    params![token_hash, now_ms - SESSION_MS_MAX, now_ms - IDLE_MS_MAX],
                    |row| {
                        let role: String = row.get("role")?;
                        let signed = Role::of(&role).map(|role| {
                            Ok::<_, rusqlite::Error>(Signed {
                                person: PersonNo(row.get("no")?),
                                name: row.get("name")?,
                                role,
                                csrf: row.get("csrf")?,
                                token_hash,
                            })
                        });
                        Ok((signed.transpose()?, row.get::<_, i64>("used_ms")?))
                    },
                )
                .optional()
                .named("read a session")
            })
            .await?;
        let Some((signed, used_ms)) = found else { return Ok(None) };
        if now_ms - used_ms > TOUCH_MS {
            self.write(move |conn| {
                conn.execute(
                    "UPDATE web_session SET used_ms = ?2 WHERE token_hash = ?1",
                    params![token_hash, now_ms],
                )
                .named("note a session's use")?;
                Ok(())
            })
            .await?;
        }
        Ok(signed)
    }

    /// Ends a session.
    pub async fn end_web_session(&self, signed: Signed, now_ms: i64) -> Result<(), StoreError> {
        self.write(move |conn| {
            conn.execute("DELETE FROM web_session WHERE token_hash = ?1", [signed.token_hash])
                .named("end a session")?;
            let note = Note { person: Some(signed.person), action: "sign_out", object: "", reason: "" };
            audit::note(conn, now_ms, &note)
        })
        .await
    }

    /// All people, by number.
    pub async fn people(&self) -> Result<Vec<PersonRow>, StoreError> {
        self.read(|conn| {
            conn.prepare_cached("SELECT no, name, role, disabled FROM person ORDER BY no")
                .and_then(|mut s| {
                    s.query_map([], |row| {
                        let role: String = row.get("role")?;
                        Ok(PersonRow {
                            no: PersonNo(row.get("no")?),
                            name: row.get("name")?,
                            role: Role::of(&role),
                            disabled: row.get("disabled")?,
                        })
                    })?
                    .collect()
                })
                .named("list the people")
        })
        .await
    }
}

/// Names of these people.
pub(super) fn names(
    conn: &Connection,
    people: &BTreeSet<PersonNo>,
) -> Result<BTreeMap<PersonNo, String>, StoreError> {
    let mut find = conn.prepare_cached("SELECT name FROM person WHERE no = ?1").named("read a name")?;
    let mut names = BTreeMap::new();
    for no in people {
        let name = find.query_row([no.0], |row| row.get(0)).optional().named("read a name")?;
        names.extend(name.map(|name| (*no, name)));
    }
    Ok(names)
}
