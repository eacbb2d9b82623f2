//! What devices and the server say to each other, and nothing of how it is carried.
//!
//! [`Exchange`] is the one definition of the protocol: the HTTP client and the simulation implement it, the server's
//! handlers answer it. Messages are types of their own, versioned in their names; on the wire they are `postcard` under zstd
//! ([`pack`], [`unpack`]), and the same types read as JSON for people, tests and integrators. A change travels as the
//! bytes that its replica made.

pub mod chain;
pub mod compress;
pub mod counter;
pub mod enrol;
mod exchange;
mod ids;
#[cfg(feature = "openapi")]
mod openapi;
pub mod pins;
pub mod seal;
pub mod signature;
pub mod v1;

pub use exchange::{Exchange, ExchangeError, Refusal};
pub use ids::Bytes;

use compress::DecodeProblem;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Media type of a packed message.
pub const MEDIA_TYPE: &str = "application/vnd.gridweave.v1+postcard-zstd";
/// Largest request body that the server reads, in bytes on the wire.
pub const WIRE_BYTES_MAX: usize = 1 << 20;
/// Largest message, in bytes after decompression.
pub const PLAIN_BYTES_MAX: usize = 4 << 20;
/// Most changes in one push.
pub const PUSH_CHANGES_MAX: usize = 512;
/// Largest change, in bytes.
pub const CHANGE_BYTES_MAX: usize = 64 << 10;

/// A body that is no message.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// Not zstd, or more than allowed when unpacked.
    #[error(transparent)]
    Compress(#[from] DecodeProblem),
    /// Not the message that was expected.
    #[error("the body is not the message expected here")]
    Malformed,
}

/// A message's bytes for the wire.
pub fn pack(message: &impl Serialize) -> Vec<u8> {
    let plain = postcard::to_allocvec(message)
        .expect("wire types have no map or unsized sequence that postcard refuses");
    compress::encode(&plain)
}

/// Reads a message; never unpacks more than [`PLAIN_BYTES_MAX`], and nothing may follow it.
pub fn unpack<T: DeserializeOwned>(body: &[u8]) -> Result<T, UnpackError> {
    let plain = compress::decode_bounded(body, PLAIN_BYTES_MAX)?;
    match postcard::take_from_bytes(&plain) {
        Ok((message, [])) => Ok(message),
        _ => Err(UnpackError::Malformed),
    }
}
