//! One save: everything it set, by whom, when, where, and which values it replaced.
//!
//! A change is made once, by the replica that saved it. Its bytes are then kept and forwarded as they are; no reader
//! makes them anew, so a later version's fields survive an older reader.

use super::bytes::CodecError;
use super::codec;
use crate::geo::Fix;
use crate::ids::{Dot, FieldKey, FieldNo, Instance, PersonNo, PhotoHash, RecordId, Rid, Seq, TypeNo};
use crate::time::{Hlc, UtcMs};
use crate::value::Value;

/// Record type and the version of it that the change was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeRef {
    /// Which record type.
    pub no: TypeNo,
    /// Which version of it.
    pub version: u16,
}

/// What the person meant to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Made the record.
    Create,
    /// Changed answers.
    Edit,
    /// Confirmed the record at the spot, perhaps changing nothing.
    Visit,
    /// Declared the thing gone.
    Delete,
    /// Took that back.
    Restore,
    /// Reviewed by a supervisor.
    Review,
    /// Settled a conflict: `replaces` names what was on the screen.
    Resolve,
    /// Moved to another grid.
    Move,
    /// A kind of a later version; applied like an edit.
    Other(u8),
}

impl ChangeKind {
    /// Number on the wire.
    pub fn number(self) -> u8 {
        match self {
            ChangeKind::Create => 0,
            ChangeKind::Edit => 1,
            ChangeKind::Visit => 2,
            ChangeKind::Delete => 3,
            ChangeKind::Restore => 4,
            ChangeKind::Review => 5,
            ChangeKind::Resolve => 6,
            ChangeKind::Move => 7,
            ChangeKind::Other(n) => n,
        }
    }

    /// The kind of a number on the wire.
    pub fn from_number(n: u8) -> ChangeKind {
        match n {
            0 => ChangeKind::Create,
            1 => ChangeKind::Edit,
            2 => ChangeKind::Visit,
            3 => ChangeKind::Delete,
            4 => ChangeKind::Restore,
            5 => ChangeKind::Review,
            6 => ChangeKind::Resolve,
            7 => ChangeKind::Move,
            n => ChangeKind::Other(n),
        }
    }

    /// Stable name, for JSON, SQL and message keys.
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Create => "create",
            ChangeKind::Edit => "edit",
            ChangeKind::Visit => "visit",
            ChangeKind::Delete => "delete",
            ChangeKind::Restore => "restore",
            ChangeKind::Review => "review",
            ChangeKind::Resolve => "resolve",
            ChangeKind::Move => "move",
            ChangeKind::Other(_) => "other",
        }
    }
}

/// One register set to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Which register.
    pub field: FieldKey,
    /// What it is set to.
    pub value: Value,
    /// The values on the screen that this one replaces; empty for a first answer.
    pub replaces: Vec<Dot>,
}

/// Something that a set may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetItem {
    /// A photo.
    Photo(PhotoHash),
    /// A repetition of a repeated group.
    Repeat(Instance),
}

/// One set added to or taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetEdit {
    /// Which set.
    pub field: FieldNo,
    /// Items put in.
    pub adds: Vec<SetItem>,
    /// Items taken out, each with the additions of it that were on the screen.
    pub removes: Vec<(SetItem, Vec<Dot>)>,
}

/// One save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Place in the log of its replica.
    pub seq: Seq,
    /// Which record.
    pub record: RecordId,
    /// Of which type.
    pub record_type: TypeRef,
    /// What was meant.
    pub kind: ChangeKind,
    /// Stamp for the order of display.
    pub hlc: Hlc,
    /// The device's wall clock, right or wrong.
    pub wall_ms: UtcMs,
    /// Milliseconds since `boot`.
    pub mono_ms: u64,
    /// Which start of the device `mono_ms` counts from.
    pub boot: u32,
    /// Satellite time, when the receiver had it.
    pub gnss_ms: Option<UtcMs>,
    /// Who saved.
    pub author: PersonNo,
    /// Where the device was.
    pub fix: Option<Fix>,
    /// Registers set.
    pub writes: Vec<Write>,
    /// Sets edited.
    pub sets: Vec<SetEdit>,
    /// The change that this one stands for: rewritten after a fork, or released from quarantine.
    pub was: Option<Dot>,
    /// Parts of a later version, by number, untouched.
    pub unknown: Vec<(u8, Vec<u8>)>,
}

impl Change {
    /// The change's name, given whose log it stands in.
    pub fn dot(&self, rid: Rid) -> Dot {
        Dot { rid, seq: self.seq }
    }

    /// The bytes to keep and to send.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode_change(self)
    }

    /// Reads a change back from its bytes.
    pub fn decode(bytes: &[u8]) -> Result<Change, CodecError> {
        codec::decode_change(bytes)
    }

    /// The value that this change gives a register, if it sets it.
    pub fn value_of(&self, field: FieldKey) -> Option<&Value> {
        self.writes.iter().find(|w| w.field == field).map(|w| &w.value)
    }
}
