//! Photos arrive here: tus 1.0 (core, creation, checksum, expiration, termination), resumable at any byte.
//!
//! The bearer grant that a device obtained for one photo (its hash and length) opens one upload. Bytes are kept as
//! they arrive; whatever cuts a request, the next one goes on at the byte after the last kept. An upload is complete
//! only after the server has hashed the whole file itself, put it durably under its hash and told the
//! [`GrantCheck`]; until then no answer says so. Offsets survive a restart, for they are the files' lengths.
//!
//! Left out on purpose: concatenation (path traversal came in through it elsewhere), deferred lengths, and any answer
//! that tells whether a photo is already here.
//!
//! Reading order: [`grant`], [`uploads`] (the operations), [`routes`] (HTTP).

mod files;
pub mod grant;
mod headers;
mod problem;
pub mod routes;
#[cfg(test)]
mod test_grants;
pub mod uploads;
mod writers;

pub use grant::{Grant, GrantCheck};
pub use routes::router;
pub use uploads::{PHOTO_LEN_MAX, Uploads, UploadsConfig};
