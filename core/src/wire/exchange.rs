//! The protocol as one trait.

use super::enrol::Admission;
use super::v1::*;
use std::future::Future;
use std::time::Duration;

/// Everything a device may ask of the server in a run of sync.
pub trait Exchange: Send + Sync {
    /// Hands in changes.
    fn push(&self, push: Push) -> impl Future<Output = Result<PushReply, ExchangeError>> + Send;
    /// Asks for what is new.
    fn pull(&self, pull: Pull) -> impl Future<Output = Result<PullReply, ExchangeError>> + Send;
    /// Asks for digests of ranges, and for the records of ranges that differ.
    fn digests(&self, digests: Digests) -> impl Future<Output = Result<DigestsReply, ExchangeError>> + Send;
    /// Asks for a new replica after a fork.
    fn rekey(&self, rekey: Rekey) -> impl Future<Output = Result<RekeyReply, ExchangeError>> + Send;
    /// Asks for this replica's own certificate.
    fn admission(&self) -> impl Future<Output = Result<Admission, ExchangeError>> + Send;
    /// Asks a restored server to take this replica in again.
    fn readmit(&self, readmit: Readmit) -> impl Future<Output = Result<ReadmitReply, ExchangeError>> + Send;
    /// Asks leave to upload a photo.
    fn upload_grant(
        &self,
        grant: UploadGrant,
    ) -> impl Future<Output = Result<UploadGrantReply, ExchangeError>> + Send;
    /// Uploads a photo under a grant, going on where an earlier try ended; answers the receipt's signature.
    fn upload(
        &self,
        token: &str,
        upload: Option<&str>,
        photo: &[u8],
    ) -> impl Future<Output = Result<Vec<u8>, ExchangeError>> + Send;
}

/// A refusal with a stable code: `{code, message}` in JSON, with the HTTP status of `status`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{code}: {message}")]
pub struct Refusal {
    /// HTTP status that carries it.
    #[serde(skip)]
    pub status: u16,
    /// Stable code, `unknown_device` for example.
    pub code: String,
    /// What failed, on what, and what to do. No personal data.
    pub message: String,
    /// The counter to go past, with code `counter_used`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub counter: Option<u64>,
}

impl Refusal {
    /// A revoked device gets nothing, and its photos are taken only once what names them was released.
    pub const REVOKED: &str = "revoked";
    /// A revoked device has handed in as much as is taken of one.
    pub const QUOTA_USED: &str = "quota_used";
    /// What a revoked device handed in with this photo was dismissed.
    pub const DISMISSED: &str = "dismissed";
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The network failed or stalled: try again later, with the same request.
    #[error("the server could not be reached: {0}")]
    Unreachable(String),
    /// The server is asked too often or has too much to do: try again after so long, with the same request.
    #[error("the server asks to come again in {} seconds", .0.as_secs())]
    Busy(Duration),
    /// Whoever answers does not hold a key that this device believes. Nothing was sent.
    #[error(
        "another key than the server's: someone else answers in its place, or its keys were changed twice while this \
         device was away. Use another network; if that does not help, ask your supervisor for a code with the present keys"
    )]
    Untrusted,
    /// The server refused; the same request will be refused again.
    #[error("the server refused: {0}")]
    Refused(Refusal),
    /// The answer makes no sense: an old version, or something between that is no Gridweave.
    #[error("the answer could not be read: {0}")]
    Garbled(String),
    /// Nothing was asked: the asking device itself failed, and its own error says what helps.
    #[error("the device itself failed: {0}")]
    Local(Box<dyn std::error::Error + Send + Sync>),
}
