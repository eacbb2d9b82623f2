//! Uploading one photo. A photo that fails is left for the next run and holds up nothing.

use super::run::{Run, failed_here};
use super::{Stage, Unfinished};
use crate::store::{Error, Photo, PhotoTrouble, Refused};
use crate::wire::chain::photo_receipt_is_signed;
use crate::wire::v1::{UploadGrant, UploadGrantReply};
use crate::wire::{Exchange, ExchangeError, Refusal};

impl<E: Exchange> Run<'_, E> {
    pub(super) async fn photo(&mut self) -> Result<(), Unfinished> {
        let Some(photo) = self.photos.pop_front() else { return Ok(()) };
        let bytes = self.store.lock().photo_bytes(photo.hash);
        let bytes = match bytes {
            Err(Error::Refused(Refused::NoPhoto(_)) | Error::Damaged(_)) => {
                return self.leave(photo, Some(PhotoTrouble::Damaged));
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
                Failure::Exchange(ExchangeError::Refused(refusal)) if refusal.code == Refusal::DISMISSED => {
                    self.store.lock().give_up_unwanted(photo.hash)?;
                    return self.leave(photo, None);
                }
                Failure::Exchange(ExchangeError::Refused(refusal)) => {
                    return self.leave(photo, trouble(&refusal));
                }
                Failure::Exchange(ExchangeError::Garbled(_)) => return self.leave(photo, None),
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

    /// Leaves a photo for the next run, with what keeps it here.
    fn leave(&mut self, photo: Photo, trouble: Option<PhotoTrouble>) -> Result<(), Unfinished> {
        if let Some(trouble) = trouble {
            self.store.lock().set_photo_trouble(photo.hash, trouble)?;
        }
        self.report.photos_failed += 1;
        self.tell_photos();
        Ok(())
    }

    fn tell_photos(&self) {
        let done = self.report.photos + self.report.photos_failed;
        self.tell(Stage::Photos, done, Some(done + self.photos.len() as u64));
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
        self.tell_photos();
        Ok(())
    }
}

/// What keeps the photos of a revoked device here.
fn trouble(refusal: &Refusal) -> Option<PhotoTrouble> {
    match refusal.code.as_str() {
        Refusal::REVOKED => Some(PhotoTrouble::Unreleased),
        Refusal::QUOTA_USED => Some(PhotoTrouble::OverQuota),
        _ => None,
    }
}

enum Failure {
    Stopped(Unfinished),
    Exchange(ExchangeError),
}
