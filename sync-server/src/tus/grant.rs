//! Who may upload what: the grant behind a bearer token, and whom to tell when the photo is here.

use gridweave_core::ids::{PhotoHash, Rid};
use std::error::Error;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

/// What one bearer token allows: that this device uploads this photo.
///
/// An upload belongs to the grant's content, not to its token: when a token expires half-way, a new one for the same
/// device, hash and length goes on where it stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The device that was granted it.
    pub device: Rid,
    /// SHA-256 of the whole photo.
    pub sha256: PhotoHash,
    /// Its length in bytes.
    pub len: u64,
}

/// What uploads need from the store of grants.
pub trait GrantCheck: Send + Sync + 'static {
    /// The grant behind a token; `None` when it is unknown, expired, or ended with its device's revocation.
    fn check(&self, token: &str) -> impl Future<Output = Option<Grant>> + Send;

    /// Notes durably that this device has uploaded this photo, which stands whole under `path`.
    ///
    /// May be called again for the same grant, after a crash or an error; until it succeeds the device is not told
    /// that the photo is safe.
    fn completed(
        &self,
        grant: &Grant,
        path: &Path,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;

    /// What the device keeps as proof that its photo is whole and on disk, in hexadecimal: stands as `x-receipt` in the
    /// answer that completes the upload, so that it need not ask again. Asked only after [`GrantCheck::completed`].
    fn receipt(&self, _grant: &Grant) -> Option<String> {
        None
    }
}

impl<G: GrantCheck> GrantCheck for Arc<G> {
    fn check(&self, token: &str) -> impl Future<Output = Option<Grant>> + Send {
        self.as_ref().check(token)
    }
    fn completed(
        &self,
        grant: &Grant,
        path: &Path,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send {
        self.as_ref().completed(grant, path)
    }
    fn receipt(&self, grant: &Grant) -> Option<String> {
        self.as_ref().receipt(grant)
    }
}
