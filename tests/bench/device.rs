//! Fieldbooks of the benchmarks.

use gridweave_core::fieldbook::{Fieldbook, SystemClock};
use gridweave_core::ids::{GridCode, PersonNo, ReplicaId, Rid, Seq};
use gridweave_core::store::{Error, Identity, OpenOptions};
use gridweave_core::wire::Bytes;
use gridweave_core::wire::v1::{Grid, GridCursor, Item, Page, Scope};
use gridweave_server::demo::city::{City, Layer};
use std::path::Path;
use std::sync::Arc;

/// The key that a build which encrypts opens fieldbooks with.
pub const KEY: Option<[u8; 32]> = if cfg!(feature = "sqlcipher") { Some([7; 32]) } else { None };

/// Opens a fieldbook with the system's clock.
pub fn open(dir: &Path) -> Result<Fieldbook, Error> {
    let options = OpenOptions { key: KEY.map(Into::into), ..OpenOptions::default() };
    Fieldbook::open(dir, &options, Arc::new(SystemClock::new()))
}

/// A new fieldbook that never met a server: an identity, and the city's household grids as its scope.
pub fn alone(dir: &Path, city: &City) -> Result<Fieldbook, Error> {
    let book = open(dir)?;
    book.set_identity(identity(), 1)?;
    let grids = city.grids.iter().filter(|g| g.layer == Layer::Household).map(|g| Grid {
        code: GridCode(g.code.clone()),
        name: g.name.clone(),
        layer: "household".into(),
        outline: g.ring.iter().map(|p| (p.lon_e7, p.lat_e7)).collect(),
    });
    let scope = Scope { version: 1, grids: grids.collect(), people: Vec::new() };
    book.store().lock().take_page(&Page { scope: Some(scope), ..page(Vec::new(), Vec::new()) }, 0)?;
    Ok(book)
}

/// A page of these items.
pub fn page(items: Vec<Item>, cursors: Vec<GridCursor>) -> Page {
    Page {
        epoch: 1,
        server_ms: 0,
        scope: None,
        items,
        cursors,
        more: true,
        digests: Vec::new(),
        photos_missing: Vec::new(),
        durable_seq: Seq(0),
    }
}

fn identity() -> Identity {
    Identity {
        replica: ReplicaId([1; 16]),
        rid: Rid(1017),
        device_key: Bytes(vec![1; 32]),
        sealing_key: Bytes(vec![2; 32]),
        chain_key: Bytes(vec![3; 32]),
        person: PersonNo(1203),
        person_name: "测试员".into(),
        organisation: "测试".into(),
        receipt_key: Bytes(vec![4; 32]),
        recovery_key: Bytes(vec![5; 32]),
        urls: vec!["http://127.0.0.1:1".into()],
        pins: Vec::new(),
        identity_key: Bytes(vec![6; 32]),
    }
}

/// Copies the files of one directory, not those below it.
pub fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    // What was copied is written out now, not in the middle of a measurement.
    std::process::Command::new("sync").status().map(drop)
}
