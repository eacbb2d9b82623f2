//! How identifiers stand in messages: raw bytes in postcard, their text form in JSON.

use crate::ids::*;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

macro_rules! number_on_wire {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(s)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Deserialize::deserialize(d).map($name)
            }
        }
    )*};
}
number_on_wire!(Rid, Seq, FieldNo, TypeNo, PersonNo, GridCode);

macro_rules! bytes_on_wire {
    ($($name:ident: $len:literal),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.collect_str(self) } else { self.0.serialize(s) }
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                if d.is_human_readable() {
                    String::deserialize(d)?.parse().map_err(D::Error::custom)
                } else {
                    <[u8; $len]>::deserialize(d).map($name)
                }
            }
        }
    )*};
}
bytes_on_wire!(ReplicaId: 16, RecordId: 16, PhotoHash: 32, ChainHash: 32);

/// Bytes of any length: as they are in postcard, hexadecimal in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(&Hex(&self.0)) } else { s.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            let text = String::deserialize(d)?;
            from_hex(&text).map(Bytes).ok_or_else(|| D::Error::custom("not hexadecimal"))
        } else {
            d.deserialize_byte_buf(BytesVisitor)
        }
    }
}

struct Hex<'a>(&'a [u8]);
impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

struct BytesVisitor;
impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Bytes;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }
    fn visit_bytes<E: Error>(self, v: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(v.to_vec()))
    }
    fn visit_byte_buf<E: Error>(self, v: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(v))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(Bytes(bytes))
    }
}

/// A digest's sum: a number in postcard, 32 hexadecimal digits in JSON, whose numbers are too short for it.
pub(super) mod sum {
    use super::*;

    pub fn serialize<S: Serializer>(sum: &u128, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(&format_args!("{sum:032x}")) } else { sum.serialize(s) }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<u128, D::Error> {
        if d.is_human_readable() {
            u128::from_str_radix(&String::deserialize(d)?, 16)
                .map_err(|_| D::Error::custom("not hexadecimal"))
        } else {
            u128::deserialize(d)
        }
    }
}

/// Counts, each with its digest's sum, written like [`sum`].
pub(super) mod sums {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Sum(#[serde(with = "super::sum")] u128);

    pub fn serialize<S: Serializer>(sums: &[(u64, u128)], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(sums.iter().map(|(count, sum)| (count, Sum(*sum))))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<(u64, u128)>, D::Error> {
        let sums: Vec<(u64, Sum)> = Deserialize::deserialize(d)?;
        Ok(sums.into_iter().map(|(count, sum)| (count, sum.0)).collect())
    }
}
