//! Everything that can go wrong on the device, by cause. What the app can do next is `ffi`'s to say.

use crate::form::CatalogError;
use crate::ids::{FieldKey, PhotoHash, RecordId};
use crate::keys::KeyError;
use crate::merge::MergeError;
use crate::record::CodecError;
use crate::wire::ExchangeError;
use crate::wire::enrol::NotACode;
use crate::wire::pins::NoticeProblem;
use crate::wire::seal::SealError;

/// Why something could not be done. No personal data stands in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No room to write; what was there is intact. Saving works again once there is room.
    #[error("the storage is full ({what}); free some space and save again")]
    Full {
        /// What was being written.
        what: &'static str,
    },
    /// The database does not open with this key, or is no database.
    #[error("the fieldbook does not open with this key")]
    Key,
    /// A key was given and this build cannot encrypt: nothing is opened, lest it be written in the clear.
    #[error("this build keeps the fieldbook in the clear; open it without a key, or build it with SQLCipher")]
    NoCipher,
    /// A later version of the app wrote it.
    #[error("the fieldbook is of version {found}, this app knows {known}; update the app")]
    Newer {
        /// Version of the file.
        found: i64,
        /// Version that this program knows.
        known: i64,
    },
    /// Another process has it open.
    #[error("the fieldbook is open in another process; close it there")]
    InUse,
    /// Rows that cannot be what was written.
    #[error("the fieldbook is damaged: {0}; set the directory aside and enrol anew")]
    Damaged(&'static str),
    /// The database refused a statement.
    #[error("{what}: {source}")]
    Sql {
        /// What was being done.
        what: &'static str,
        /// The database's reason.
        source: rusqlite::Error,
    },
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A record type of the organisation's own that cannot be asked.
    #[error(transparent)]
    OwnType(#[from] CatalogError),
    /// Bytes that are no change or state.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// Changes that cannot be merged.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// Not before the device is enrolled.
    #[error("this device is not enrolled; scan an enrolment code first")]
    NotEnrolled,
    /// An enrolled device ignores enrolment codes.
    #[error("this device is enrolled already")]
    Enrolled,
    /// Not an enrolment code.
    #[error(transparent)]
    Code(#[from] NotACode),
    /// The server's welcome is not what it must be.
    #[error("the certificate of enrolment is not valid: {0}")]
    Certificate(&'static str),
    /// A notice of the server's keys that is not taken.
    #[error(transparent)]
    Notice(#[from] NoticeProblem),
    /// The identity key does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The input cannot be saved as it is.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The server could not be asked.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The keys of the field book.
    #[error(transparent)]
    Keys(KeyError),
    /// No randomness from the system.
    #[error("the system gives no random numbers")]
    Random,
}

/// Why an input is not saved. The person can mend each of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such record type here.
    #[error("record type {0} is not known here; update the app")]
    UnknownType(crate::ids::TypeNo),
    /// No such record here.
    #[error("record {0} is not on this device")]
    UnknownRecord(RecordId),
    /// The record is of another type.
    #[error("record {0} is of another type")]
    OtherType(RecordId),
    /// A field that the type does not have.
    #[error("field {} does not exist in this record type", .0.no)]
    UnknownField(FieldKey),
    /// A field is answered twice in one save.
    #[error("field {} is answered twice in one save", .0.no)]
    Twice(FieldKey),
    /// A value of another kind than the field holds.
    #[error("field {} holds another kind of value", .0.no)]
    WrongKind(FieldKey),
    /// A text longer than the field takes.
    #[error("the answer of field {} is too long", .0.no)]
    TooLong(FieldKey),
    /// A point that is not on Earth.
    #[error("field {} has a position that is not on Earth", .0.no)]
    OffEarth(FieldKey),
    /// Nothing would change.
    #[error("nothing was changed")]
    Nothing,
    /// The record was deleted: restore it first.
    #[error("record {0} was deleted; restore it first")]
    Deleted(RecordId),
    /// The record was not deleted.
    #[error("record {0} was not deleted")]
    NotDeleted(RecordId),
    /// A new record needs a grid: none holds the position, so the worker chooses.
    #[error("no grid of this device holds the position; choose one")]
    NoGrid,
    /// A grid outside the device's scope.
    #[error("the grid is not one of this device's")]
    ForeignGrid,
    /// A photo that is not on this device.
    #[error("photo {0} is not on this device")]
    NoPhoto(PhotoHash),
    /// A photo or recording without a byte.
    #[error("there is no picture in this: it has no bytes")]
    NoPicture,
    /// More than one change may hold.
    #[error("this is more than one save can hold; save it in parts")]
    TooLarge,
    /// The values on the screen are not those of the record any more.
    #[error("the record changed meanwhile; look at it again")]
    Outdated,
    /// What was refused has been taken up and saved as another record.
    #[error("change {0} was filled in anew already")]
    TakenUp(crate::ids::Dot),
    /// It does not fit its record type.
    #[error("this cannot be saved: {0}")]
    Misfit(#[from] crate::record::fit::Misfit),
    /// A draft that is not there.
    #[error("the draft is not there any more")]
    NoDraft,
    /// A scheme that identity codes do not have.
    #[error("no identity codes of scheme {0} are known")]
    UnknownScheme(String),
    /// The form has answers to put right first.
    #[error("{} answers are to be put right first", .0.len())]
    Problems(Vec<crate::form::Problem>),
    /// A draft that this form cannot take up.
    #[error(transparent)]
    Draft(#[from] crate::form::DraftError),
}

/// What the keys share with all else on the device is the same error.
impl From<KeyError> for Error {
    fn from(error: KeyError) -> Error {
        match error {
            KeyError::Io { what, source } => io_error(what, source),
            KeyError::Seal(error) => Error::Seal(error),
            KeyError::Random => Error::Random,
            error => Error::Keys(error),
        }
    }
}

fn io_error(what: &'static str, source: std::io::Error) -> Error {
    match source.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::Full { what },
        _ => Error::Io { what, source },
    }
}

/// Names the statement that failed.
pub(crate) trait Context<T> {
    /// `what` was being done.
    fn during(self, what: &'static str) -> Result<T, Error>;
}

impl<T> Context<T> for rusqlite::Result<T> {
    fn during(self, what: &'static str) -> Result<T, Error> {
        self.map_err(|source| match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Error::Full { what },
            Some(rusqlite::ErrorCode::NotADatabase) => Error::Key,
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => Error::Damaged(what),
            _ => Error::Sql { what, source },
        })
    }
}

impl<T> Context<T> for std::io::Result<T> {
    fn during(self, what: &'static str) -> Result<T, Error> {
        self.map_err(|source| io_error(what, source))
    }
}
