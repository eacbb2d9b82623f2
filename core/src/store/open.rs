//! Opening the fieldbook: the lock, the key, the settings, the migrations.

use super::{Context, Error, Head, Projector, Store};
use crate::form::Catalog;
use crate::ids::{ChainHash, Seq};
use crate::keys::{DatabaseKey, PhotoKeys};
use crate::time::Hlc;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// Steps from each version to the next; a released one is never changed.
const MIGRATIONS: [&str; 2] = [include_str!("fieldbook.sql"), include_str!("fieldbook_2.sql")];

/// How to open a fieldbook.
#[derive(Clone)]
pub struct OpenOptions {
    /// Key of the database; only with the feature `sqlcipher`, where it must be there.
    pub key: Option<DatabaseKey>,
    /// Record types and code lists.
    pub catalog: Arc<Catalog>,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions { key: None, catalog: Arc::new(Catalog::builtin()) }
    }
}

impl Store {
    /// Opens the fieldbook in `dir`, making both if they are not there.
    pub fn open(dir: &Path, options: &OpenOptions) -> Result<Store, Error> {
        match (cfg!(feature = "sqlcipher"), options.key.is_some()) {
            (true, true) | (false, false) => {}
            (false, true) => return Err(Error::NoCipher),
            (true, false) => return Err(Error::Key),
        }
        std::fs::create_dir_all(dir.join("photos")).during("make the fieldbook's directory")?;
        let lock = File::create(dir.join("fieldbook.lock")).during("make the fieldbook's lock")?;
        take(&lock)?;
        let mut conn = Connection::open(dir.join("fieldbook.db")).during("open the fieldbook")?;
        configure(&conn, options.key.as_ref())?;
        migrate(&mut conn)?;
        let mut store = Store {
            conn,
            dir: dir.to_owned(),
            photo_keys: options.key.as_ref().map(PhotoKeys::new),
            projector: Projector::new(with_own_types(dir, &options.catalog)?),
            identity: None,
            head: Head { seq: Seq(0), hash: ChainHash::START, hlc: Hlc::default() },
            grids: Vec::new(),
            _lock: lock,
        };
        store.load_identity()?;
        store.load_head()?;
        store.load_grids()?;
        Ok(store)
    }
}

/// The catalog with the organisation's own record types, which lie as files in `types`.
fn with_own_types(dir: &Path, catalog: &Arc<Catalog>) -> Result<Arc<Catalog>, Error> {
    let dir = dir.join("types");
    if !dir.is_dir() {
        return Ok(catalog.clone());
    }
    let mut catalog = Catalog::clone(catalog);
    for entry in std::fs::read_dir(dir).during("list record types")? {
        let path = entry.during("list record types")?.path();
        let text = std::fs::read_to_string(&path).during("read a record type")?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        catalog.add_file(&name, &text)?;
    }
    Ok(Arc::new(catalog))
}

/// Takes the lock. A process that is being started beside this one holds every open file for a moment, the lock of a
/// fieldbook just closed among them: so it is tried again for a fifth of a second before it counts as held.
fn take(lock: &File) -> Result<(), Error> {
    for _ in 0..20 {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            Err(TryLockError::Error(source)) => return Err(Error::Io { what: "lock the fieldbook", source }),
        }
    }
    Err(Error::InUse)
}

fn configure(conn: &Connection, key: Option<&DatabaseKey>) -> Result<(), Error> {
    if let Some(key) = key {
        let mut raw = Zeroizing::new(String::from("x'"));
        key.iter().for_each(|byte| raw.push_str(&format!("{byte:02x}")));
        raw.push('\'');
        conn.pragma_update(None, "key", raw.as_str()).during("give the key")?;
    }
    // The first read: a wrong key shows here.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).during("read the fieldbook")?;
    conn.pragma_update(None, "journal_mode", "wal").during("set the journal")?;
    // FULL: "saved" is said after the log is on the disk, not in the system's cache.
    conn.pragma_update(None, "synchronous", "full").during("set durability")?;
    conn.pragma_update(None, "foreign_keys", true).during("set foreign keys")?;
    conn.pragma_update(None, "temp_store", "memory").during("set temporary storage")?;
    conn.pragma_update(None, "cache_size", -8192).during("set the cache")?;
    conn.pragma_update(None, "journal_size_limit", 16 << 20).during("bound the journal")?;
    conn.set_prepared_statement_cache_capacity(64);
    // A statement is planned once, not anew for each value that is bound to it.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).during("make plans last")?;
    Ok(())
}

fn migrate(conn: &mut Connection) -> Result<(), Error> {
    let known = MIGRATIONS.len() as i64;
    let found: i64 =
        conn.query_row("PRAGMA user_version", [], |row| row.get(0)).during("read the fieldbook's version")?;
    if found > known {
        return Err(Error::Newer { found, known });
    }
    let tx = conn.transaction().during("begin the migration")?;
    for (at, step) in MIGRATIONS.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step).during("migrate the fieldbook")?;
        tx.pragma_update(None, "user_version", at as i64 + 1).during("set the fieldbook's version")?;
    }
    tx.commit().during("commit the migration")
}

#[cfg(test)]
mod tests {
    use super::*;

    impl OpenOptions {
        /// Opens as this build does: with a key where it encrypts.
        pub(crate) fn for_tests() -> OpenOptions {
            OpenOptions { key: cfg!(feature = "sqlcipher").then(|| [7; 32].into()), ..OpenOptions::default() }
        }
    }

    fn options() -> OpenOptions {
        OpenOptions::for_tests()
    }

    #[test]
    fn a_second_process_and_a_newer_file_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = Store::open(dir.path(), &options()).unwrap();
        assert!(matches!(Store::open(dir.path(), &options()), Err(Error::InUse)));
        first.conn.pragma_update(None, "user_version", 99).unwrap();
        drop(first);
        assert!(matches!(Store::open(dir.path(), &options()), Err(Error::Newer { found: 99, known: 2 })));
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("fieldbook.db"), vec![7; 5000]).unwrap();
        assert!(matches!(Store::open(dir.path(), &options()), Err(Error::Key)));
        assert_eq!(std::fs::read(dir.path().join("fieldbook.db")).unwrap(), vec![7; 5000]);
    }

    #[test]
    fn another_key_or_none_opens_nothing_and_no_key_is_ever_ignored() {
        let dir = tempfile::tempdir().unwrap();
        let wrong = OpenOptions { key: Some([8; 32].into()), ..OpenOptions::default() };
        let none = OpenOptions { key: None, ..OpenOptions::default() };
        drop(Store::open(dir.path(), &options()).unwrap());
        if cfg!(feature = "sqlcipher") {
            assert!(matches!(Store::open(dir.path(), &wrong), Err(Error::Key)));
            assert!(matches!(Store::open(dir.path(), &none), Err(Error::Key)));
            let bytes = std::fs::read(dir.path().join("fieldbook.db")).unwrap();
            assert!(!bytes.starts_with(b"SQLite format 3"));
        } else {
            assert!(matches!(Store::open(dir.path(), &wrong), Err(Error::NoCipher)));
        }
        assert!(Store::open(dir.path(), &options()).is_ok());
    }

    #[test]
    fn saves_are_synced_to_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), &options()).unwrap();
        let pragma = |name: &str| -> String {
            store
                .conn
                .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, rusqlite::types::Value>(0))
                .map(|value| format!("{value:?}"))
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
        assert_eq!(pragma("synchronous"), "Integer(2)");
    }
}
