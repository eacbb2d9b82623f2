//! Showing what is masked, and the log of it.

use gridweave_core::form::Label;
use gridweave_core::ids::{Dot, FieldKey, RecordId, TypeNo};
use gridweave_core::{fieldbook, store};

type RevealReason = fieldbook::RevealReason;
/// Why somebody wants to see what is masked: to compare it at the door, to reach the person, to put it right, or because
/// the person asked what is written of them.
#[uniffi::remote(Enum)]
pub enum RevealReason {
    Compare,
    Contact,
    Correct,
    Asked,
}

/// A live value, whole.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RevealedValue {
    /// The change that wrote it.
    pub dot: Dot,
    /// What it says.
    pub text: Label,
}

type Revealed = store::Revealed;
/// A field that was shown whole: when (UTC milliseconds, this device's clock) and why (a stable name).
#[uniffi::remote(Record)]
pub struct Revealed {
    at_ms: i64,
    record: RecordId,
    record_type: TypeNo,
    field: FieldKey,
    reason: String,
}
