//! The messages of version 1. Once released a message never changes; a new field is a new version.

use super::Bytes;
use super::enrol::Admission;
use crate::ids::{ChainHash, GridCode, PersonNo, PhotoHash, RecordId, ReplicaId, Rid, Seq};
use serde::{Deserialize, Serialize};

/// Changes of one replica, in order and without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Push {
    /// Which run of sync this belongs to; random, minted by the device.
    pub session: u64,
    /// Whose log.
    pub rid: Rid,
    /// The server epoch that the device knows.
    pub epoch: u32,
    /// Sequence number of the first change.
    pub first_seq: Seq,
    /// Chain hash before it.
    pub prev_hash: ChainHash,
    /// The changes, each as the bytes that its replica made.
    pub changes: Vec<Bytes>,
    /// The device's signature on (rid, last sequence number, chain hash after it).
    pub signature: Bytes,
}

/// The server's answer to a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PushReply {
    /// They are on disk.
    Received(Receipt),
    /// The server lacks changes before these, or the hash before them is not the one it has.
    Gap {
        /// The sequence number it expects next.
        expected_seq: Seq,
    },
    /// The server has other changes under these numbers: this log was copied or restored.
    Fork(Fork),
    /// The server was restored and no longer has what it once received: offer everything again from here.
    Epoch {
        /// The epoch from now on.
        epoch: u32,
        /// The last change that the server has.
        last_seq: Seq,
    },
}

/// "I have it, on disk." The only thing that makes a device's own copy deletable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Whose log.
    pub rid: Rid,
    /// Everything up to here is received and durable.
    pub durable_seq: Seq,
    /// Chain hash at that place.
    pub hash: ChainHash,
    /// The server's epoch.
    pub epoch: u32,
    /// The server's time, UTC milliseconds.
    pub server_ms: i64,
    /// The receipt key's signature on rid, sequence number, hash and epoch.
    pub signature: Bytes,
    /// Changes among these that are received but not accepted: they wait in quarantine.
    pub quarantined: Vec<Quarantined>,
}

/// A change that the server keeps but did not accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quarantined {
    /// Which.
    pub seq: Seq,
    /// Why: a stable code, `out_of_scope` for example.
    pub code: String,
}

/// Where two logs of one replica part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fork {
    /// The last change that both have.
    pub common_seq: Seq,
    /// Chain hash after it.
    pub common_hash: ChainHash,
}

/// Asks for what is new in the device's grids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pull {
    /// Which run of sync this belongs to.
    pub session: u64,
    /// The server epoch that the device knows.
    pub epoch: u32,
    /// Version of the scope that the device knows; 0 for none.
    pub scope_version: u64,
    /// The last change in the device's log: a lower one than the server has means a restored device.
    pub last_seq: Seq,
    /// How far each grid was read. A grid not named is read from the start.
    pub cursors: Vec<GridCursor>,
    /// Most bytes of records in the answer.
    pub bytes_max: u32,
    /// How the device is doing; in the first pull of a session.
    pub facts: Option<Facts>,
}

/// How far the feed of one grid was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GridCursor {
    /// The grid.
    pub grid: GridCode,
    /// Everything up to this revision was delivered. Only the server reads meaning into it.
    pub rev: u64,
}

/// How a device is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facts {
    /// The device's wall clock when it asked, UTC milliseconds; the server notes the difference.
    pub wall_ms: i64,
    /// Version of the app.
    pub app: String,
    /// Version of the catalogue of record types.
    pub schema: u32,
    /// Battery, percent.
    pub battery: Option<u8>,
    /// `wifi`, `cell`, `none` …
    pub network: String,
    /// Free storage, mebibytes.
    pub storage_free_mib: Option<u32>,
    /// Requests of the last session that had to be repeated.
    pub retries: u32,
    /// How long the last session took, milliseconds.
    pub last_session_ms: u32,
    /// Changes without a receipt.
    pub outbox: u32,
}

/// One page of what is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PullReply {
    /// Records and where to go on.
    Page(Page),
    /// The device's log is older than what the server has of it: it was restored from a copy.
    Fork(Fork),
    /// Not before a supervisor has confirmed this replica.
    Unconfirmed,
}

/// Records and where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page {
    /// The server's epoch; with another one than asked with, cursors start at 0 again.
    pub epoch: u32,
    /// The server's time, UTC milliseconds.
    pub server_ms: i64,
    /// The device's grids, when their version is not the one asked with.
    pub scope: Option<Scope>,
    /// What is new, in order.
    pub items: Vec<Item>,
    /// How far each grid is read after this page.
    pub cursors: Vec<GridCursor>,
    /// More is waiting.
    pub more: bool,
    /// In the last page: what the device should have now.
    pub digests: Vec<GridDigest>,
    /// Photos that this device claimed and the server lacks.
    pub photos_missing: Vec<PhotoHash>,
    /// Up to here the device's own log is durable at the server.
    pub durable_seq: Seq,
}

/// Something new in a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Item {
    /// A record as it is now.
    Record {
        /// In which grid of the reply's `cursors`.
        grid: u16,
        /// Its merged state.
        state: Bytes,
    },
    /// A record that is no longer in the grid.
    Leave {
        /// From which grid of the reply's `cursors`.
        grid: u16,
        /// Which record.
        record: RecordId,
    },
}

/// The grids that a device may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scope {
    /// Rises with every change of it.
    pub version: u64,
    /// The grids.
    pub grids: Vec<Grid>,
    /// Names of the people who write in them.
    pub people: Vec<(PersonNo, String)>,
}

/// One grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grid {
    /// Its code.
    pub code: GridCode,
    /// Its name.
    pub name: String,
    /// `land` or `household`.
    pub layer: String,
    /// Outline, closed, (longitude, latitude) in degrees × 10⁷, WGS-84.
    pub outline: Vec<(i32, i32)>,
}

/// What a device should have of one grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GridDigest {
    /// The grid.
    pub grid: GridCode,
    /// How many records.
    pub count: u64,
    /// Sum of the records' digests, modulo 2¹²⁸.
    #[serde(with = "super::ids::sum")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9a-f]{32}$"))]
    pub sum: u128,
}

/// Asks for digests of parts of a grid's records, to find where two sides differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Digests {
    /// Which run of sync this belongs to.
    pub session: u64,
    /// The grid.
    pub grid: GridCode,
    /// Ranges of record ids: from (included), to (excluded; `None`: the end).
    pub ranges: Vec<(RecordId, Option<RecordId>)>,
    /// Ranges whose records are wanted whole.
    pub records: Vec<(RecordId, Option<RecordId>)>,
}

/// Digests of the ranges asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DigestsReply {
    /// Count and sum of each range, in the order asked.
    #[serde(with = "super::ids::sums")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<(u64, String)>))]
    pub ranges: Vec<(u64, u128)>,
    /// States of the records in the ranges wanted whole.
    pub states: Vec<Bytes>,
}

/// Asks for a new replica after a fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rekey {
    /// The replica that was copied or restored.
    pub old_rid: Rid,
    /// The new one, minted on the device.
    pub replica: ReplicaId,
    /// The new device key (Ed25519, 32 bytes).
    pub device_key: Bytes,
    /// The new chain key (32 bytes).
    pub chain_key: Bytes,
    /// Where the logs part.
    pub fork: Fork,
}

/// The number that the new replica got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RekeyReply {
    /// The new number.
    pub rid: Rid,
}

/// Asks a server that was put back from a backup, and lost this device, to take it in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readmit {
    /// The organisation's word that it admitted the device. The request is signed by the key in it.
    pub admission: Admission,
    /// The key of the replica's chain (32 bytes).
    pub chain_key: Bytes,
    /// The scope that the device was told last; a supervisor sees it before confirming.
    pub grids: Vec<GridCode>,
    /// Its version.
    pub scope_version: u64,
}

/// The device is taken in: what it has the server may have lost, so it offers everything again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadmitReply {
    /// The server's epoch.
    pub epoch: u32,
    /// The last change that the server has of it.
    pub last_seq: Seq,
}

/// Asks leave to upload one photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadGrant {
    /// Its hash.
    pub sha256: PhotoHash,
    /// Its length, bytes.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 67_108_864))]
    pub len: u64,
}

/// Leave to upload, or the news that it is not needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UploadGrantReply {
    /// Upload it with this bearer token, valid for a day.
    Granted {
        /// The token.
        token: String,
        /// Where a begun upload of it goes on, if there is one.
        upload: Option<String>,
    },
    /// This device uploaded it before: here is the receipt again.
    Received {
        /// The receipt key's signature on rid and hash.
        signature: Bytes,
    },
}
