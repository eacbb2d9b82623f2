//! Everything one device keeps: `fieldbook.db` and `photos/` in one directory.
//!
//! Two things are true and everything else is derived from them: the log of own changes, and what the server said of
//! each record. What is shown is the server's state with the own changes applied that it has not seen. SQL is named in
//! this module and nowhere else in the device's code. No method waits for a network, so no transaction does.

mod draft;
mod error;
mod hub;
mod identity;
mod list;
mod log;
mod meta;
mod open;
mod photo;
mod places;
mod projection;
mod rekey;
mod revealed;
mod save;
mod scope;
mod search;
mod session;
mod shown;
mod when;
mod word_index;

pub use draft::{Draft, TakenUp};
pub(crate) use error::Context;
pub use error::{Error, Refused};
pub use hub::PageEffect;
pub(crate) use identity::Enrolment;
pub use identity::Identity;
pub use list::{ListEnd, ListFilter, ListPage, Listed, PAGE_ROWS, RecordCount};
pub use log::{Batch, ChangeState, Logged};
pub use open::OpenOptions;
pub use photo::{Photo, PhotoState, PhotoTrouble};
pub use places::Cell;
pub use projection::{Projection, Projector};
pub(crate) use rekey::Rekeying;
pub use revealed::Revealed;
pub use save::{NewChange, Saved};
pub use search::{HITS_MAX, Hit, Hits};
pub use session::SessionRow;
pub use shown::ShownRow;

use crate::ids::{ChainHash, Seq};
use crate::keys::PhotoKeys;
use crate::time::Hlc;
use crate::wire::v1::Grid;
use rusqlite::Connection;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The device's store. One process has it open at a time; in the process it is [`Shared`].
pub struct Store {
    conn: Connection,
    dir: PathBuf,
    photo_keys: Option<PhotoKeys>,
    projector: Projector,
    identity: Option<Identity>,
    head: Head,
    grids: Vec<Grid>,
    // Held until the store is dropped: a second process must not number changes beside us.
    _lock: File,
}

/// Where the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    seq: Seq,
    hash: ChainHash,
    hlc: Hlc,
}

/// A store that screens and sync share; each holds it for one short step.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Store>>);

impl Shared {
    /// Shares a store.
    pub fn new(store: Store) -> Shared {
        Shared(Arc::new(Mutex::new(store)))
    }

    /// The store, for one step. Never hold it across a wait.
    pub fn lock(&self) -> MutexGuard<'_, Store> {
        // A step that panicked rolled its transaction back when it was dropped: the store is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// The directory of the fieldbook.
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// The catalog and identity key that records are read with.
    pub fn projector(&self) -> &Projector {
        &self.projector
    }

    /// Last sequence number of the own log; 0 when nothing was saved.
    pub fn last_seq(&self) -> Seq {
        self.head.seq
    }
}
