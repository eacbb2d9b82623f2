//! The fields that every record has, whatever its type. Numbers below 16 are the system's.

use crate::ids::FieldNo;

/// Register: alive, or dead with a reason (a code of the list `life`).
pub const LIFE: FieldNo = FieldNo(1);
/// Register: what a supervisor thinks of the record.
pub const REVIEW: FieldNo = FieldNo(2);
/// Register: code of the grid the record lies in; chosen on the device at creation, moved only by a change.
pub const GRID: FieldNo = FieldNo(3);
/// Set of photo hashes.
pub const PHOTOS: FieldNo = FieldNo(4);
/// Register: where the thing is.
pub const LOCATION: FieldNo = FieldNo(5);
/// First number that a record type may give to a field of its own.
pub const FIRST_OWN: FieldNo = FieldNo(16);
