//! Every identifier as a type of its own, so that a record id cannot be passed where a photo's hash is meant.
//!
//! Text forms are defined here once: ids read and print the same in SQL, JSON, URLs and on screens.

use std::fmt;
use std::str::FromStr;

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}")]
pub struct IdError {
    /// Which kind of identifier was expected.
    pub what: &'static str,
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $inner);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map($name).map_err(|_| IdError { what: stringify!($name) })
            }
        }
    };
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Reads the id from exactly as many bytes as it has.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                bytes.try_into().map($name).map_err(|_| IdError { what: stringify!($name) })
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                from_hex(text).and_then(|b| b.try_into().ok()).map($name).ok_or(IdError { what: stringify!($name) })
            }
        }
    };
}

number_id!(
    /// Number that the server gives a replica at enrolment; it stands in every dot.
    Rid, u32
);
number_id!(
    /// Place of a change in its replica's log: 1, 2, 3 … without a gap.
    Seq, u64
);
number_id!(
    /// Number of a field in its record type, unique there for ever; written as `no` in `schemas/`.
    FieldNo, u16
);
number_id!(
    /// Number of a record type, unique for ever; written as `no` in `schemas/`.
    TypeNo, u16
);
number_id!(
    /// A person who writes: worker, supervisor, or a rule of the server.
    PersonNo, u32
);
number_id!(
    /// One repetition of a repeated group; random, so that two devices adding one each make two.
    Instance, u64
);
bytes_id!(
    /// One incarnation of a device's log; minted on the device, a restored or cloned device mints another.
    ReplicaId, 16
);
bytes_id!(
    /// SHA-256 of a photo's bytes: its name everywhere.
    PhotoHash, 32
);
bytes_id!(
    /// Link in the hash chain over one replica's changes.
    ChainHash, 32
);
bytes_id!(
    /// Keyed hash of an identity code: an index for grouping, never sent, logged or shown.
    IdentityKey, 16
);

impl ChainHash {
    /// What the chain starts from before a replica's first change.
    pub const START: ChainHash = ChainHash([0; 32]);
}

/// One source's description of one thing. UUID version 7: sortable by the time of creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub [u8; 16]);

impl RecordId {
    /// Makes the id from the time of creation (UTC milliseconds) and 10 random bytes (RFC 9562 §5.7).
    pub fn new(wall_ms: i64, random: [u8; 10]) -> RecordId {
        let ms = wall_ms.clamp(0, (1 << 48) - 1) as u64;
        RecordId(*uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid().as_bytes())
    }

    /// Reads the id from 16 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
        bytes.try_into().map(RecordId).map_err(|_| IdError { what: "RecordId" })
    }
}
impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}
impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", uuid::Uuid::from_bytes(self.0).hyphenated())
    }
}
impl FromStr for RecordId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        uuid::Uuid::try_parse(text).map(|u| RecordId(*u.as_bytes())).map_err(|_| IdError { what: "RecordId" })
    }
}

/// Name of one change for ever: which replica made it and the how-manieth it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// Replica that wrote.
    pub rid: Rid,
    /// Its sequence number.
    pub seq: Seq,
}

impl Dot {
    /// Shorthand for tests and codecs.
    pub fn new(rid: u32, seq: u64) -> Dot {
        Dot { rid: Rid(rid), seq: Seq(seq) }
    }
}
impl fmt::Debug for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl fmt::Display for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.rid, self.seq)
    }
}
impl FromStr for Dot {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let (rid, seq) = text.split_once('.').ok_or(IdError { what: "Dot" })?;
        Ok(Dot { rid: rid.parse()?, seq: seq.parse()? })
    }
}

/// A field of a record, or of one repetition of a group inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldKey {
    /// The field's number in the record type.
    pub no: FieldNo,
    /// Which repetition, where the field stands in a repeated group.
    pub instance: Option<Instance>,
}

impl FieldKey {
    /// The field outside any repeated group.
    pub const fn plain(no: FieldNo) -> FieldKey {
        FieldKey { no, instance: None }
    }
}

/// Code of a grid, 14 or 15 characters; which one a device may see is its scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCode(pub String);

impl fmt::Display for GridCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Two lower-case hexadecimal digits for each byte.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of a text of hexadecimal digits, two a byte; `None` for anything else.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_print() {
        let record = RecordId::new(1_790_000_000_000, [7; 10]);
        assert_eq!(record.to_string().parse(), Ok(record));
        assert_eq!(record.to_string().as_bytes()[14], b'7');
        let hash = PhotoHash([0xab; 32]);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!("12.7".parse(), Ok(Dot::new(12, 7)));
        assert!("12".parse::<Dot>().is_err() && "é1".parse::<ReplicaId>().is_err());
    }

    #[test]
    fn record_ids_sort_by_time() {
        assert!(RecordId::new(1, [255; 10]) < RecordId::new(2, [0; 10]));
    }
}
