//! What one save is: a [`Change`], and the bytes it is kept as for ever.

mod bytes;
mod change;
mod codec;
pub mod fit;
pub mod json;

pub use crate::form::system;
pub use bytes::{CodecError, Reader, Writer};
pub use change::{Change, ChangeKind, SetEdit, SetItem, TypeRef, Write};
pub use codec::{CHANGE_VERSION, decode_value, encode_value};
