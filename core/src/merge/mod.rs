//! Merging: one pure function, the same on the phone and the server. No I/O, no clock, no randomness.
//!
//! The rule in one sentence: **a value is live until a change that saw it replaces it.** A change names the values it
//! replaces by their dots; a replica's later write of a register also replaces its own earlier one. What no change
//! replaced stays, beside any other value that stayed: that is a conflict, to be shown, never decided here.
//!
//! Laws, each a test by its name in `laws.rs`: changes commute, repeat without effect, and state merges are
//! commutative, associative and idempotent, in any order that keeps each replica's own order. The naive reference
//! model in those tests states the rule again in the plainest way.
//!
//! Registers are `crdts::MVReg` and sets `crdts::Orswot`, used only in ways that were measured to converge: the context
//! of a write is the register's own, never the record's; `derive_add_ctx`, `crdts::Map` and `==` are not used; all
//! additions of one change to a set are one operation; a change older than what its replica already did here has no
//! effect.

mod codec;
mod register;
mod set;
mod state;

#[cfg(test)]
mod laws;

pub use register::{Register, Sibling};
pub use set::ItemSet;
pub use state::{Applied, RecordState, Stamp};

/// Why a change or a state cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The same dot carries two different values: two devices write under one replica id.
    #[error("change {0} exists with two different contents")]
    Equivocation(crate::ids::Dot),
    /// The change or state is of another record.
    #[error("it belongs to another record")]
    OtherRecord,
}
