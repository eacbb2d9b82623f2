//! The server's database: every method is one whole operation in one transaction.
//!
//! One thread writes. It takes what is waiting, runs each operation under a savepoint of its own, and commits them
//! together (group commit): the cost of one `fsync` is shared by all that arrived meanwhile, and nobody is answered
//! before it returned. Readers have connections of their own and never wait for the writer (WAL).

pub mod audit;
pub mod city;
mod early;
pub mod enrolment;
pub mod entities;
pub mod feed;
pub mod judge;
pub mod lock;
mod merger;
pub mod overview;
pub mod people;
pub mod photos;
pub mod push;
pub mod quarantine;
pub mod read_api;
pub mod readmit;
pub mod records;
pub mod rekey;
pub mod replica;
pub mod restored;
mod revoke;
mod row;
mod session;
pub mod sessions_read;
pub mod settle;
pub mod stats;
pub mod types;
mod writer;

use gridweave_core::form::{Catalog, CatalogError};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Steps from each version of the tables to the next; a released one is never changed.
pub const SCHEMA: [&str; 3] =
    [include_str!("schema.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];
/// Version of the tables; a database of a later one is refused.
pub const SCHEMA_VERSION: i64 = SCHEMA.len() as i64;
const READERS: usize = 4;

/// What goes wrong in the store. None of it is the device's fault.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed; `what` names the operation.
    #[error("{what}: {source}")]
    Sql {
        /// The operation.
        what: &'static str,
        /// SQLite's own words.
        #[source]
        source: rusqlite::Error,
    },
    /// What is stored cannot be read.
    #[error("{0} in the database cannot be read; it may be of a later version")]
    Corrupt(&'static str),
    /// The database was written by a later version.
    #[error(
        "the database has schema version {0}; this program knows up to {SCHEMA_VERSION}. Start a newer one"
    )]
    Newer(i64),
    /// The data directory holds no city.
    #[error("there is no city here; make one with `gridweave init`")]
    NoCity,
    /// A file of the data directory.
    #[error("{what}: {source}")]
    File {
        /// The operation.
        what: &'static str,
        /// The system's own words.
        #[source]
        source: std::io::Error,
    },
    /// A record type of the organisation's own that cannot be asked.
    #[error(transparent)]
    OwnType(#[from] CatalogError),
    /// Another process holds the data directory.
    #[error("{by} serves this city or changes it; end that first")]
    InUse {
        /// Which.
        by: lock::Holder,
    },
    /// The operations that were committed together could not be.
    #[error("nothing was saved: {0}")]
    NotCommitted(#[source] Arc<StoreError>),
    /// An operation panicked; nothing of it was saved, and others go on.
    #[error("an operation failed inside and was undone; the log of the server says where")]
    Panicked,
    /// The writer has stopped.
    #[error("the writer has stopped; nothing more can be saved until the server is started again")]
    Stopped,
}

/// Names the operation that failed.
pub trait Named<T> {
    /// Turns SQLite's error into one that says what was being done.
    fn named(self, what: &'static str) -> Result<T, StoreError>;
}
impl<T> Named<T> for Result<T, rusqlite::Error> {
    fn named(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Sql { what, source })
    }
}

/// The open database.
#[derive(Clone)]
pub struct Store {
    writer: writer::Writer,
    readers: Arc<Readers>,
    catalog: Arc<Catalog>,
    dir: PathBuf,
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Store {
    /// Opens the database in `dir`, making it if there is none, and starts the writer.
    pub fn open(dir: &Path, catalog: Arc<Catalog>) -> Result<Store, StoreError> {
        let path = dir.join("gridweave.db");
        let mut conn = Connection::open(&path).named("open the database")?;
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864; PRAGMA busy_timeout = 10000;",
        )
        .named("set up the database")?;
        conn.set_prepared_statement_cache_capacity(128);
        plan_once(&conn)?;
        migrate(&mut conn)?;
        let mut idle = Vec::new();
        for _ in 0..READERS {
            let reader = Connection::open(&path).named("open a reader")?;
            reader
                .execute_batch(
                    "PRAGMA query_only = ON; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -16384;",
                )
                .named("set up a reader")?;
            reader.set_prepared_statement_cache_capacity(64);
            plan_once(&reader)?;
            idle.push(reader);
        }
        let readers = Arc::new(Readers { idle: Mutex::new(idle), permits: Semaphore::new(READERS) });
        Ok(Store { writer: writer::Writer::start(conn), readers, catalog, dir: dir.to_path_buf() })
    }

    /// The record types that this server knows.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs one operation that writes; returns after its commit is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(work).await
    }

    /// Runs one operation that only reads, in one read transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.read_then(work, |read| read).await
    }

    /// Reads, and works on what was read after the read transaction has ended: one that lasts keeps the log of the
    /// database from being used anew.
    pub async fn read_then<R: Send + 'static, T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<R, StoreError> + Send + 'static,
        then: impl FnOnce(R) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = self.readers.clone();
        let _permit = self.readers.permits.acquire().await.map_err(|_| StoreError::Stopped)?;
        let joined = tokio::task::spawn_blocking(move || {
            let mut conn = readers.lock().pop().expect("there are as many permits as readers");
            // A reader is given back whatever happens: there are as many as permits.
            let result = caught(|| conn.transaction().named("begin to read").and_then(|tx| work(&tx)));
            readers.lock().push(conn);
            result.map(then)
        });
        joined.await.map_err(|_| StoreError::Stopped)?
    }
}

impl Readers {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Turns a panic of `work` into an error. Its operation is to be undone: nothing else of it is seen again.
fn caught<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        tracing::error!("an operation of the store panicked");
        Err(StoreError::Panicked)
    })
}

/// Statements are planned once, not anew for each value that is bound to them.
fn plan_once(conn: &Connection) -> Result<(), StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).named("make plans last").map(drop)
}

fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let version: i64 =
        conn.query_row("PRAGMA user_version", [], |row| row.get(0)).named("read the schema version")?;
    if version > SCHEMA_VERSION {
        return Err(StoreError::Newer(version));
    }
    for (step, sql) in (1..).zip(SCHEMA).skip(usize::try_from(version).unwrap_or(0)) {
        let tx = conn.transaction().named("begin to make the tables")?;
        tx.execute_batch(sql).named("make the tables")?;
        tx.pragma_update(None, "user_version", step).named("write the schema version")?;
        tx.commit().named("commit the tables")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_of_the_first_version_is_brought_up_and_a_later_one_refused() {
        let dir = tempfile::tempdir().unwrap();
        let old = Connection::open(dir.path().join("gridweave.db")).unwrap();
        old.execute_batch(SCHEMA[0]).unwrap();
        old.execute("INSERT INTO meta (only, organisation, epoch, invented) VALUES (1, 'x', 1, 0)", [])
            .unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        drop(old);
        let store = Store::open(dir.path(), Arc::new(Catalog::builtin())).unwrap();
        assert_eq!(store.city().await.unwrap().organisation, "x");
        assert!(store.begin_epoch(0).await.is_ok(), "the new tables are there");
        drop(store);
        let newer = Connection::open(dir.path().join("gridweave.db")).unwrap();
        newer.pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
        let refused = Store::open(dir.path(), Arc::new(Catalog::builtin()));
        assert!(matches!(refused, Err(StoreError::Newer(version)) if version == SCHEMA_VERSION + 1));
    }
}
