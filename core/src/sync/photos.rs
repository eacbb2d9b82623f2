//! Uploading one photo. A photo that fails is left for the next run and holds up nothing.

use super::run::{Run, failed_here};
use super::{Stage, Unfinished};
use crate::store::{Error, Photo, Refused};
use crate::wire::chain::photo_receipt_is_signed;
use crate::wire::v1::{UploadGrant, UploadGrantReply};
use crate::wire::{Exchange, ExchangeError};

impl<E: Exchange> Run<'_, E> {
    pub(super) async fn photo(&mut self) -> Result<(), Unfinished> {
        let Some(photo) = self.photos.pop_front() else { return Ok(()) };
        let bytes = match self.store.lock().photo_bytes(photo.hash) {
            // The file is gone or damaged: nothing can be uploaded, the row stays and says so.
            Err(Error::Refused(Refused::NoPhoto(_)) | Error::Damaged(_)) => {
                self.report.photos_failed += 1;
                return Ok(());
            }
            bytes => bytes?,
        };
        let mut tries = 0;
        loop {
            let error = match self.upload(photo, &bytes).await {
                Ok(signature) => return self.take_photo_receipt(photo, &signature),
                Err(error) => error,
            };
            match error {
                Failure::Stopped(unfinished) => return Err(unfinished),
                Failure::Exchange(
                    error @ (ExchangeError::Unreachable(_)
                    | ExchangeError::Busy(_)
                    | ExchangeError::Untrusted),
                ) => {
                    self.wait_or_give_up(error, &mut tries).await?;
                }
                // It would fail every other photo just so.
                Failure::Exchange(ExchangeError::Local(error)) => return Err(failed_here(error)),
                Failure::Exchange(_) => {
                    self.report.photos_failed += 1;
                    return Ok(());
                }
            }
        }
    }

    /// Each try begins with a grant: it says where a begun upload goes on, and whether it is needed at all.
    async fn upload(&mut self, photo: Photo, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        let exchange = self.exchange;
        let work = async {
            match exchange.upload_grant(UploadGrant { sha256: photo.hash, len: photo.len }).await? {
                UploadGrantReply::Received { signature } => Ok(signature.0),
                UploadGrantReply::Granted { token, upload } => {
                    exchange.upload(&token, upload.as_deref(), bytes).await
                }
            }
        };
        tokio::select! {
            biased;
            () = self.cancelled() => Err(Failure::Stopped(Unfinished::Cancelled)),
            signature = work => signature.map_err(Failure::Exchange),
        }
    }

    fn take_photo_receipt(&mut self, photo: Photo, signature: &[u8]) -> Result<(), Unfinished> {
        let mut store = self.store.lock();
        let identity = store.identity()?;
        if photo_receipt_is_signed(&identity.receipt()?, identity.rid, photo.hash, signature) {
            store.set_photo_received(photo.hash)?;
            self.report.photos += 1;
        } else {
            self.report.photos_failed += 1;
        }
        drop(store);
        let done = self.report.photos + self.report.photos_failed;
        self.tell(Stage::Photos, done, Some(done + self.photos.len() as u64));
        Ok(())
    }
}

enum Failure {
    Stopped(Unfinished),
    Exchange(ExchangeError),
}
