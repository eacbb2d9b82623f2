//! What the city is: its keys, its areas and grids, its people.

use super::{Named, Store, StoreError};
use crate::edge::tls::{TlsError, TlsKey};
use ed25519_dalek::SigningKey;
use gridweave_core::ids::{GridCode, PersonNo};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::pins::PinsNotice;
use rand::RngExt;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

const KEYS_FILE: &str = "keys.json";

/// The city's secrets. They live in a file beside the database, not in it, so that a copy of the database alone
/// opens nothing.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    receipt: Bytes,
    /// K_id: from identity codes to identity keys.
    pub identity: Bytes,
    /// The organisation's recovery key (X25519, public half).
    pub recovery: Bytes,
    /// The TLS key in use, and the next one: devices know the pins of both, so that a change locks nobody out.
    tls: [TlsPem; 2],
    /// Rises with every change of TLS keys.
    #[serde(default = "first_serial")]
    tls_serial: u32,
    /// When they were changed last, UTC milliseconds.
    #[serde(default)]
    pub tls_changed_ms: i64,
}

fn first_serial() -> u32 {
    1
}

#[derive(Clone, Serialize, Deserialize)]
struct TlsPem {
    certificate: String,
    key: String,
}

impl Keys {
    /// Makes a new city's keys.
    pub fn make(recovery: Bytes) -> Result<Keys, TlsError> {
        let random = || Bytes(rand::rng().random::<[u8; 32]>().to_vec());
        let tls = [TlsPem::make()?, TlsPem::make()?];
        let (receipt, identity) = (random(), random());
        Ok(Keys { receipt, identity, recovery, tls, tls_serial: first_serial(), tls_changed_ms: 0 })
    }

    /// The next TLS key becomes the one in use, from the server's next start, and another the next.
    pub fn rotate_tls(&mut self, now_ms: i64) -> Result<(), TlsError> {
        self.tls = [self.tls[1].clone(), TlsPem::make()?];
        self.tls_serial += 1;
        self.tls_changed_ms = now_ms;
        Ok(())
    }

    /// How often the TLS keys were changed, counted from 1.
    pub fn tls_serial(&self) -> u32 {
        self.tls_serial
    }

    /// What devices are told of the TLS keys.
    pub fn pins_notice(&self) -> Result<PinsNotice, TlsError> {
        Ok(PinsNotice::signed(&self.receipt(), self.tls_serial, self.pins()?))
    }

    /// The TLS key in use.
    pub fn tls(&self) -> TlsKey {
        let TlsPem { certificate, key } = self.tls[0].clone();
        TlsKey { certificate_pem: certificate, key_pem: key }
    }

    /// Pins of the TLS key in use and of the next one, for enrolment codes.
    pub fn pins(&self) -> Result<Vec<Bytes>, TlsError> {
        let pin =
            |t: &TlsPem| TlsKey { certificate_pem: t.certificate.clone(), key_pem: t.key.clone() }.pin();
        self.tls.iter().map(|t| pin(t).map(|p| Bytes(p.0.to_vec()))).collect()
    }

    /// The key that signs receipts and certificates.
    pub fn receipt(&self) -> SigningKey {
        let bytes: [u8; 32] = self.receipt.0.as_slice().try_into().unwrap_or_default();
        SigningKey::from_bytes(&bytes)
    }

    /// Writes a new city's keys to the data directory, readable by the owner alone, synced before it returns.
    pub fn save(&self, dir: &Path) -> Result<(), StoreError> {
        self.write(dir, KEYS_FILE)
    }

    /// Writes changed keys in place of the old ones: whoever reads them finds the old or the new ones, whole.
    pub fn replace(&self, dir: &Path) -> Result<(), StoreError> {
        let beside = format!("{KEYS_FILE}.new");
        let failed = |source| StoreError::File { what: "replace the keys", source };
        match std::fs::remove_file(dir.join(&beside)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {} // One that was left behind is of no use to anybody.
        }
        self.write(dir, &beside)?;
        let renamed = std::fs::rename(dir.join(&beside), dir.join(KEYS_FILE));
        renamed.and_then(|()| std::fs::File::open(dir)?.sync_all()).map_err(failed)
    }

    fn write(&self, dir: &Path, name: &str) -> Result<(), StoreError> {
        let json = serde_json::to_vec_pretty(self).map_err(|_| StoreError::Corrupt("a key"))?;
        let path = dir.join(name);
        let write = || {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            file.write_all(&json)?;
            file.sync_all()?;
            std::fs::File::open(dir)?.sync_all()
        };
        write().map_err(|source| StoreError::File { what: "write the keys", source })
    }

    /// Reads them from the data directory.
    pub fn load(dir: &Path) -> Result<Keys, StoreError> {
        let json = std::fs::read(dir.join(KEYS_FILE)).map_err(|_| StoreError::NoCity)?;
        serde_json::from_slice(&json).map_err(|_| StoreError::Corrupt("the key file"))
    }
}

impl TlsPem {
    fn make() -> Result<TlsPem, TlsError> {
        // Devices trust the pin, not the name; browsers get a name to show.
        let TlsKey { certificate_pem, key_pem } =
            TlsKey::generate(vec!["gridweave".into(), "localhost".into()])?;
        Ok(TlsPem { certificate: certificate_pem, key: key_pem })
    }
}

/// What the city is.
#[derive(Debug, Clone)]
pub struct City {
    /// Name of the organisation.
    pub organisation: String,
    /// Rises when the database is restored from a backup.
    pub epoch: u32,
    /// A demo city; pages say so.
    pub invented: bool,
}

/// A grid to be added.
#[derive(Debug, Clone)]
pub struct NewGrid {
    /// Its code.
    pub code: GridCode,
    /// Its name.
    pub name: String,
    /// `land` or `household`.
    pub layer: &'static str,
    /// Code of its community.
    pub area: String,
    /// Closed ring of (longitude, latitude), degrees × 10⁷, WGS-84.
    pub outline: Vec<(i32, i32)>,
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Name.
    pub name: String,
    /// One of the roles of the table `person`.
    pub role: &'static str,
    /// Sign-in name, for people who use the console.
    pub login: Option<String>,
    /// Password, to be hashed.
    pub password: Option<String>,
}

impl Store {
    /// Makes the city. Fails if there is one.
    pub async fn make_city(&self, city: City) -> Result<(), StoreError> {
        self.write(move |conn| {
            conn.execute(
                "INSERT INTO meta (only, organisation, epoch, invented) VALUES (1, ?1, ?2, ?3)",
                (&city.organisation, city.epoch, city.invented),
            )
            .named("make the city")?;
            Ok(())
        })
        .await
    }

    /// What the city is.
    pub async fn city(&self) -> Result<City, StoreError> {
        self.read(read_city).await
    }

    /// Adds areas: code, name, code of the one above.
    pub async fn add_areas(&self, areas: Vec<(String, String, Option<String>)>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let mut insert = conn
                .prepare_cached("INSERT INTO area (code, name, parent) VALUES (?1, ?2, ?3)")
                .named("add an area")?;
            areas
                .iter()
                .try_for_each(|area| insert.execute((&area.0, &area.1, &area.2)).map(drop))
                .named("add an area")
        })
        .await
    }

    /// Adds grids.
    pub async fn add_grids(&self, grids: Vec<NewGrid>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let sql = "INSERT INTO grid (code, name, layer, area, outline) VALUES (?1, ?2, ?3, ?4, ?5)";
            let mut insert = conn.prepare_cached(sql).named("add a grid")?;
            for grid in &grids {
                let outline =
                    postcard::to_allocvec(&grid.outline).map_err(|_| StoreError::Corrupt("an outline"))?;
                insert
                    .execute((&grid.code.0, &grid.name, grid.layer, &grid.area, outline))
                    .named("add a grid")?;
            }
            Ok(())
        })
        .await
    }

    /// Adds a person; answers the number.
    pub async fn add_person(&self, person: NewPerson) -> Result<PersonNo, StoreError> {
        let hash = match &person.password {
            Some(password) => Some(crate::auth::password::hash(password)?),
            None => None,
        };
        self.write(move |conn| {
            conn.execute(
                "INSERT INTO person (no, name, role, login, password)
                 SELECT 1 + max(coalesce((SELECT max(no) FROM person), 0),
                                coalesce((SELECT max(person_floor) FROM restored), 0)), ?1, ?2, ?3, ?4",
                (&person.name, person.role, &person.login, hash),
            )
            .named("add a person")?;
            let no = PersonNo(conn.last_insert_rowid() as u32);
            if matches!(person.role, "supervisor" | "admin") {
                // Their names may stand beside any value: every device is told anew.
                conn.execute("UPDATE replica SET scope_version = scope_version + 1", [])
                    .named("tell the devices of a person")?;
            }
            Ok(no)
        })
        .await
    }
}

/// Whether the city in a data directory is a demo's, read without changing anything there.
pub fn is_invented(dir: &Path) -> Result<bool, StoreError> {
    let conn = Connection::open_with_flags(dir.join("gridweave.db"), OpenFlags::SQLITE_OPEN_READ_WRITE)
        .named("open the database")?;
    // A demo may end before its city has tables.
    let begun: bool = conn
        .query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'meta')", [], |row| row.get(0))
        .named("look for a city")?;
    match begun.then(|| read_city(&conn)) {
        Some(Err(StoreError::NoCity)) | None => Ok(true),
        Some(city) => Ok(city?.invented),
    }
}

/// What the city is.
pub(super) fn read_city(conn: &Connection) -> Result<City, StoreError> {
    conn.prepare_cached("SELECT organisation, epoch, invented FROM meta")
        .and_then(|mut s| {
            s.query_row([], |row| {
                Ok(City { organisation: row.get(0)?, epoch: row.get(1)?, invented: row.get(2)? })
            })
            .optional()
        })
        .named("read the city")?
        .ok_or(StoreError::NoCity)
}
