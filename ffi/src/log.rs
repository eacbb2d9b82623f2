//! The device's own log as screens show it: what was saved, where each change stands, whether all of today is safe.

use gridweave_core::form::Label;
use gridweave_core::ids::{Dot, FieldKey, RecordId, TypeNo};
use gridweave_core::record::ChangeKind;
use gridweave_core::{fieldbook, store};

type Said = fieldbook::Said;
/// What a value reads like; something of it may be hidden.
#[uniffi::remote(Record)]
pub struct Said {
    text: Label,
    masked: bool,
}

type ShownWrite = fieldbook::ShownWrite;
/// A field that a change set, with what this device had written there before.
#[uniffi::remote(Record)]
pub struct ShownWrite {
    field: FieldKey,
    before: Option<Said>,
    after: Said,
}

type ShownChange = fieldbook::ShownChange;
/// A change of the own log with where it stands.
#[uniffi::remote(Record)]
pub struct ShownChange {
    /// Its name.
    dot: Dot,
    /// The record that it is of.
    record: RecordId,
    /// The record's type.
    record_type: TypeNo,
    /// What was meant.
    kind: ChangeKind,
    /// What it set.
    writes: Vec<ShownWrite>,
    /// When it was saved, UTC milliseconds by the server's clock as far as this device knows it.
    saved_ms: i64,
    /// Where it stands.
    state: ChangeState,
}

type ChangeState = store::ChangeState;
/// Where a change stands: here alone, at the server, or at the server and not accepted.
#[uniffi::remote(Enum)]
pub enum ChangeState {
    Pending,
    Received,
    Quarantined {
        /// Why: a stable code.
        code: String,
    },
}

/// How safe the worker's work is.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Safe {
    /// Changes saved today, by the city's day.
    pub saved_today: u64,
    /// Those of them that the server signed for.
    pub received_today: u64,
    /// Changes of any day that are on this device alone.
    pub pending: u64,
    /// Photos that are on this device alone and are still to be handed in.
    pub photos_pending: u64,
    /// Photos whose file is damaged: they cannot be handed in, and are to be taken anew.
    pub photos_damaged: u64,
    /// Photos that the server takes of this revoked device once a supervisor has released what names them.
    pub photos_unreleased: u64,
    /// Photos that the server takes no more of this revoked device.
    pub photos_over_quota: u64,
    /// What the server keeps and did not accept, oldest first.
    pub quarantined: Vec<ShownChange>,
    /// A supervisor has yet to confirm this replica.
    pub held: bool,
    /// When everything new was last read, UTC milliseconds by this device's clock.
    pub pulled_all_ms: Option<i64>,
    /// Nothing is on this device alone.
    pub is_sealed: bool,
    /// One line to read out, as the console shows it; none before the first receipt or while not sealed.
    pub seal: Option<String>,
    /// How far the server's clock was ahead of this device's at the last sync, milliseconds; none before the first.
    pub clock_offset_ms: Option<i64>,
    /// The server's last receipt.
    pub receipt: Option<Receipt>,
}

/// What the server signed for last.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Receipt {
    /// Changes of this device up to this number are durable there.
    pub durable_seq: u64,
    /// First eight digits of the log's chain hash at that place.
    pub hash: String,
    /// When, UTC milliseconds by the server's clock.
    pub server_ms: i64,
}

type Waiting = fieldbook::Waiting;
/// A record of which something is on this device alone.
#[uniffi::remote(Record)]
pub struct Waiting {
    record: RecordId,
    record_type: TypeNo,
    /// One line that names it.
    title: Label,
    /// Changes that have no receipt.
    changes: u32,
    /// Photos that have none and are to be handed in.
    photos: u32,
    /// Their bytes together.
    photo_bytes: u64,
    /// Photos that are damaged and cannot be handed in.
    photos_damaged: u32,
    /// Photos that are not taken, or not yet, for this device is revoked.
    photos_not_taken: u32,
    /// Since when the oldest change waits; none where only photos do.
    since_ms: Option<i64>,
}

type SessionRow = store::SessionRow;
/// One run of sync, as this device saw it; `outcome` is `finished` or a stable code.
#[uniffi::remote(Record)]
pub struct SessionRow {
    started_ms: i64,
    duration_ms: u64,
    outcome: String,
    pushed: u64,
    pulled: u64,
    quarantined: u64,
    photos: u64,
    bytes_up: u64,
    bytes_down: u64,
    retries: u64,
    divergences: u64,
}

impl From<fieldbook::Safe> for Safe {
    fn from(safe: fieldbook::Safe) -> Safe {
        Safe {
            is_sealed: safe.is_sealed(),
            seal: safe.seal(),
            saved_today: safe.saved_today,
            received_today: safe.received_today,
            pending: safe.pending,
            photos_pending: safe.photos_pending,
            photos_damaged: safe.photos_damaged,
            photos_unreleased: safe.photos_unreleased,
            photos_over_quota: safe.photos_over_quota,
            quarantined: safe.quarantined,
            held: safe.held,
            pulled_all_ms: safe.pulled_all_ms,
            clock_offset_ms: safe.clock_offset_ms,
            receipt: safe.receipt.map(|receipt| Receipt {
                durable_seq: receipt.durable_seq.0,
                hash: receipt.hash.to_string().chars().take(8).collect(),
                server_ms: receipt.server_ms,
            }),
        }
    }
}
