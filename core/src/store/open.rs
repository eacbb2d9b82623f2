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
const MIGRATIONS: [&str; 6] = [
    include_str!("fieldbook.sql"),
    include_str!("fieldbook_2.sql"),
    include_str!("fieldbook_3.sql"),
    include_str!("fieldbook_4.sql"),
    include_str!("fieldbook_5.sql"),
    include_str!("fieldbook_6.sql"),
];

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
        migrate(&mut conn, &MIGRATIONS)?;
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
        store.rebuild_if_due()?;
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
    for path in Catalog::files_in(&dir).during("list record types")? {
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

/// Brings the file to the version of the last step: all of it or nothing, for it may be cut at any moment.
fn migrate(conn: &mut Connection, steps: &[&str]) -> Result<(), Error> {
    let known = steps.len() as i64;
    let found: i64 =
        conn.query_row("PRAGMA user_version", [], |row| row.get(0)).during("read the fieldbook's version")?;
    if found > known {
        return Err(Error::Newer { found, known });
    }
    let tx = conn.transaction().during("begin the migration")?;
    for (at, step) in steps.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step).during("migrate the fieldbook")?;
        tx.pragma_update(None, "user_version", at as i64 + 1).during("set the fieldbook's version")?;
    }
    tx.commit().during("commit the migration")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TypeNo;
    use rusqlite::params_from_iter;
    use rusqlite::types::Value;

    impl OpenOptions {
        /// Opens as this build does: with a key where it encrypts.
        pub(crate) fn for_tests() -> OpenOptions {
            OpenOptions { key: cfg!(feature = "sqlcipher").then(|| [7; 32].into()), ..OpenOptions::default() }
        }
    }

    impl Store {
        /// Writes what is here as an earlier version kept it, which called every record `another` and found it by `text`.
        pub(crate) fn write_as_version(&self, version: usize, dir: &Path, text: &str) {
            let mut old = connect(dir);
            migrate(&mut old, &MIGRATIONS[..version]).unwrap();
            for table in ["meta", "change", "hub", "hub_grid", "cursor", "grid", "shown"] {
                let mut names = old.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
                let names: Vec<String> =
                    names.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
                let (columns, marks) = (names.join(", "), vec!["?"; names.len()].join(", "));
                let mut rows = self.conn.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
                let mut rows = rows.query([]).unwrap();
                while let Some(row) = rows.next().unwrap() {
                    let row = (0..names.len()).map(|at| row.get::<_, Value>(at).unwrap());
                    let insert = format!("INSERT INTO {table} ({columns}) VALUES ({marks})");
                    old.execute(&insert, params_from_iter(row)).unwrap();
                }
            }
            old.execute("UPDATE shown SET title = 'another', text = ?1", [text]).unwrap();
            let words = crate::store::search::words(text, TypeNo(1));
            old.execute("INSERT INTO word (rowid, words) SELECT id, ?1 FROM shown", [words]).unwrap();
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
        assert!(matches!(Store::open(dir.path(), &options()), Err(Error::Newer { found: 99, known: 6 })));
    }

    /// What every version keeps, and the file's version.
    #[derive(Debug, PartialEq)]
    struct Kept {
        version: i64,
        drafts: Vec<Vec<u8>>,
        photos: i64,
    }

    impl Kept {
        fn whole(version: i64) -> Kept {
            Kept { version, drafts: vec![b"half a form".to_vec()], photos: 1 }
        }

        fn read(conn: &Connection) -> Kept {
            let count = |sql: &str| conn.query_row(sql, [], |row| row.get(0)).unwrap();
            let mut drafts = conn.prepare("SELECT form FROM draft").unwrap();
            Kept {
                version: count("PRAGMA user_version"),
                drafts: drafts.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect(),
                photos: count("SELECT count(*) FROM photo"),
            }
        }
    }

    fn connect(dir: &Path) -> Connection {
        let conn = Connection::open(dir.join("fieldbook.db")).unwrap();
        configure(&conn, options().key.as_ref()).unwrap();
        conn
    }

    /// A fieldbook as the first version left it, with so many records that a later index does not fit into one page.
    fn version_1(dir: &Path) {
        let mut conn = connect(dir);
        migrate(&mut conn, &MIGRATIONS[..1]).unwrap();
        conn.execute_batch(
            "INSERT INTO draft (type, form, updated_ms) VALUES (8, CAST('half a form' AS BLOB), 1);
             INSERT INTO photo (hash, len, added_ms, state) VALUES (randomblob(32), 9, 1, 'local');
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO shown (record, type, version, title, alive, conflicts, lat_e7, lon_e7, datum, updated_ms,
                                updated_by, text)
             SELECT randomblob(16), 8, 1, 'title', 1, 0, 226900000 + i, 1143400000, 0, 1, 7, 'text' FROM n",
        )
        .unwrap();
    }

    /// The database's two files as they lie on the disk at this moment.
    fn on_disk(dir: &Path) -> (Vec<u8>, Vec<u8>) {
        let read = |name| std::fs::read(dir.join(name)).unwrap_or_default();
        (read("fieldbook.db"), read("fieldbook.db-wal"))
    }

    /// The power comes back over these files: the version that is found, then everything under the present one.
    fn back(db: &[u8], wal: &[u8]) -> i64 {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("fieldbook.db"), db).unwrap();
        std::fs::write(dir.path().join("fieldbook.db-wal"), wal).unwrap();
        let found = Kept::read(&connect(dir.path())).version;
        let store = Store::open(dir.path(), &options()).unwrap();
        assert_eq!(
            Kept::read(&store.conn),
            Kept::whole(MIGRATIONS.len() as i64),
            "{} bytes of the journal",
            wal.len()
        );
        let sound: String = store.conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        found
    }

    #[test]
    fn a_power_cut_in_a_migration_leaves_the_old_version_or_the_new_one_with_all_that_was_there() {
        let dir = tempfile::tempdir().unwrap();
        version_1(dir.path());
        let mut conn = connect(dir.path());
        // Room for a few pages only: what is not committed reaches the disk, too.
        conn.pragma_update(None, "cache_size", 10).unwrap();
        conn.pragma_update(None, "cache_spill", 1).unwrap();
        let tx = conn.transaction().unwrap();
        tx.execute_batch(MIGRATIONS[1]).unwrap();
        tx.pragma_update(None, "user_version", 2).unwrap();
        let (db, wal) = on_disk(dir.path());
        assert!(!wal.is_empty(), "the cut comes when some of it is on the disk");
        assert_eq!(back(&db, &wal), 1);
        drop(tx);
        migrate(&mut conn, &MIGRATIONS).unwrap();
        let (db, wal) = on_disk(dir.path());
        let found: Vec<i64> = (0..=20).map(|part| back(&db, &wal[..wal.len() * part / 20])).collect();
        assert_eq!((found[0], found[20]), (1, MIGRATIONS.len() as i64));
        assert!(found.is_sorted(), "old until it is committed, new from then on: {found:?}");
    }

    #[test]
    fn a_migration_that_fails_half_way_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        version_1(dir.path());
        let mut conn = connect(dir.path());
        let before: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        let steps = [MIGRATIONS[0], MIGRATIONS[1], "DELETE FROM draft; CREATE TABLE draft (again INTEGER)"];
        assert!(matches!(migrate(&mut conn, &steps), Err(Error::Sql { what: "migrate the fieldbook", .. })));
        let after: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!((after, Kept::read(&conn)), (before, Kept::whole(1)));
        drop(conn);
        assert_eq!(
            Kept::read(&Store::open(dir.path(), &options()).unwrap().conn),
            Kept::whole(MIGRATIONS.len() as i64)
        );
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
    fn only_files_of_record_types_are_read_as_such() {
        let dir = tempfile::tempdir().unwrap();
        let types = dir.path().join("types");
        std::fs::create_dir_all(types.join("old.json")).unwrap();
        for stray in [".DS_Store", "._own.json", "notes.txt", "own.json~"] {
            std::fs::write(types.join(stray), [0xff, 0]).unwrap();
        }
        drop(Store::open(dir.path(), &options()).unwrap());
        std::fs::write(types.join("own.json"), "{").unwrap();
        assert!(matches!(Store::open(dir.path(), &options()), Err(Error::OwnType(_))), "what is one is read");
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
