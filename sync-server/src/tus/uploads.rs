//! The operations on uploads: create, ask, add bytes, terminate; each whole, whatever cuts the request.

use super::files::{Files, Info, Stage, UploadId};
use super::grant::{Grant, GrantCheck};
use super::headers::Checksum;
use super::problem::TusProblem;
use super::writers::{Turn, Writers};
use axum::body::{Body, Bytes, HttpBody};
use gridweave_core::ids::{PhotoHash, Rid};
use http_body::Frame;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

/// Longest photo, in bytes: what is granted can be uploaded.
pub const PHOTO_LEN_MAX: u64 = 64 << 20;

/// The bounds of uploads.
#[derive(Debug, Clone)]
pub struct UploadsConfig {
    /// Longest photo, in bytes (`Tus-Max-Size`).
    pub len_max: u64,
    /// How long an unfinished upload is kept after its last byte, and a finished one is remembered.
    pub keep: Duration,
}

impl Default for UploadsConfig {
    /// A week, for a handheld may lie in a drawer over a holiday.
    fn default() -> Self {
        UploadsConfig { len_max: PHOTO_LEN_MAX, keep: Duration::from_secs(7 * 24 * 3600) }
    }
}

/// All uploads below one folder.
#[derive(Debug)]
pub struct Uploads<G> {
    grants: G,
    files: Arc<Files>,
    config: UploadsConfig,
    writers: Writers,
    /// The unfinished upload of each device's photo: there is at most one.
    unfinished: Mutex<BTreeMap<(Rid, PhotoHash), UploadId>>,
}

/// What a client may know of its upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) offset: u64,
    pub(super) len: u64,
    pub(super) metadata: Option<String>,
    /// When it will be thrown away unless bytes come; `None` once it is complete.
    pub(super) expires: Option<SystemTime>,
}

/// An upload as found on disk, while it is one's turn.
struct Found {
    info: Info,
    offset: u64,
    expires: SystemTime,
}

impl<G: GrantCheck> Uploads<G> {
    /// Opens the uploads in `dir/uploads`, whole photos going to `dir/photos/aa/bb/HASH`; unfinished ones go on.
    pub async fn open(dir: PathBuf, grants: G, config: UploadsConfig) -> io::Result<Arc<Uploads<G>>> {
        let opened = move || {
            let files = Files::open(&dir)?;
            let list = files.list()?;
            Ok::<_, io::Error>((files, list))
        };
        let (files, list) = spawn_blocking(opened).await.map_err(io::Error::other)??;
        let unfinished = list.into_iter().filter(|(_, info)| info.stage != Stage::Complete);
        let unfinished = unfinished.map(|(id, info)| ((info.grant.device, info.grant.sha256), id)).collect();
        Ok(Arc::new(Uploads {
            grants,
            files: Arc::new(files),
            config,
            writers: Writers::default(),
            unfinished: Mutex::new(unfinished),
        }))
    }

    /// The unfinished upload of a device's photo, as it stands in its address.
    pub fn begun(&self, device: Rid, sha256: PhotoHash) -> Option<String> {
        self.unfinished().get(&(device, sha256)).map(UploadId::to_string)
    }

    /// Removes what has expired; answers how many. To be called now and then, every hour for example.
    pub async fn sweep(&self) -> io::Result<usize> {
        let mut removed = 0;
        let files = Arc::clone(&self.files);
        let list = spawn_blocking(move || files.list()).await.map_err(io::Error::other)??;
        for (id, _) in list {
            let files = Arc::clone(&self.files);
            let last = spawn_blocking(move || last_touched(&files, id)).await.map_err(io::Error::other)?;
            // Removed meanwhile, for example by its client.
            let Ok(last) = last else { continue };
            if last + self.config.keep <= SystemTime::now() {
                let _turn = self.writers.take(id).await;
                self.remove(id).await.map_err(io::Error::other)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    pub(super) fn len_max(&self) -> u64 {
        self.config.len_max
    }

    pub(super) async fn grant(&self, token: &str) -> Result<Grant, TusProblem> {
        self.grants.check(token).await.ok_or(TusProblem::NoGrant)
    }

    /// The proof that a complete upload's photo is on disk; none before.
    pub(super) fn receipt(&self, grant: &Grant, status: &Status) -> Option<String> {
        if status.expires.is_none() { self.grants.receipt(grant) } else { None }
    }

    /// Makes the upload of a grant. An older unfinished one of the same photo is replaced; if nothing of it has come
    /// yet, most likely because the answer to its creation was lost, it is answered again.
    pub(super) async fn create(
        &self,
        grant: Grant,
        metadata: Option<String>,
    ) -> Result<(UploadId, Status), TusProblem> {
        if grant.len > self.config.len_max {
            return Err(TusProblem::TooLarge);
        }
        let key = (grant.device, grant.sha256);
        let older = self.unfinished().get(&key).copied();
        if let Some(id) = older {
            let _turn = self.writers.take(id).await;
            match self.find(grant, id).await {
                Ok(found) if found.offset == 0 && found.info.metadata == metadata && grant.len > 0 => {
                    return Ok((id, found.status()));
                }
                Ok(found) if found.info.stage == Stage::Open => self.remove(id).await?,
                _ => {}
            }
        }
        let id = UploadId::random();
        let info = Info { grant, metadata, stage: Stage::Open };
        let made = self.files(move |files| {
            files.create_part(id)?;
            files.set_info(id, &info)
        });
        made.await?;
        self.unfinished().insert(key, id);
        let found = self.find(grant, id).await?;
        Ok((id, found.status()))
    }

    /// Where the upload stands. Whoever is still sending is stopped, so that the answer stays true.
    pub(super) async fn status(&self, grant: Grant, id: UploadId) -> Result<Status, TusProblem> {
        let _turn = self.writers.take(id).await;
        let found = self.find(grant, id).await?;
        // All bytes may be here and the hashing have been cut off: never say "whole" before it is done.
        Ok(self.finish(id, found).await?.status())
    }

    /// Adds the body's bytes at `offset`, keeping what came when it breaks off.
    ///
    /// Runs as a task of its own: a handler is dropped with its connection, yet bytes on their way to the disk must
    /// land before the next request may look.
    pub(super) async fn append(
        self: Arc<Self>,
        grant: Grant,
        id: UploadId,
        offset: u64,
        checksum: Option<Checksum>,
        body: Body,
    ) -> Result<Status, TusProblem> {
        let task = tokio::spawn(async move { self.append_now(grant, id, offset, checksum, body).await });
        task.await.unwrap_or_else(|error| Err(TusProblem::Storage(io::Error::other(error))))
    }

    async fn append_now(
        &self,
        grant: Grant,
        id: UploadId,
        offset: u64,
        checksum: Option<Checksum>,
        body: Body,
    ) -> Result<Status, TusProblem> {
        let mut turn = self.writers.take(id).await;
        let found = self.find(grant, id).await?;
        if found.offset != offset {
            return Err(TusProblem::Offset { at: found.offset });
        }
        let room = grant.len - offset;
        if body.size_hint().lower() > room {
            return Err(TusProblem::TooMuch);
        }
        match checksum {
            // Only the answer to the last bytes was lost; the file may be in its place already.
            _ if room == 0 => {}
            None => self.receive(id, offset, room, body, &mut turn).await?,
            Some(checksum) => self.receive_checked(id, room, body, checksum, &mut turn).await?,
        }
        let found = self.find(grant, id).await?;
        Ok(self.finish(id, found).await?.status())
    }

    async fn receive(
        &self,
        id: UploadId,
        offset: u64,
        room: u64,
        body: Body,
        turn: &mut Turn,
    ) -> Result<(), TusProblem> {
        let mut file = File::from_std(self.files(move |files| files.open_part(id)).await?);
        let received = copy(body, &mut file, room, turn, |_| ()).await;
        if matches!(received, Err(TusProblem::TooMuch)) {
            file.set_len(offset).await?;
        }
        // What came is kept even when it broke off, and is durable before anyone hears of it.
        let synced = file.sync_all().await;
        received?;
        Ok(synced?)
    }

    async fn receive_checked(
        &self,
        id: UploadId,
        room: u64,
        body: Body,
        mut checksum: Checksum,
        turn: &mut Turn,
    ) -> Result<(), TusProblem> {
        let mut file = File::from_std(self.files(move |files| files.create_chunk(id)).await?);
        let received = copy(body, &mut file, room, turn, |bytes| checksum.update(bytes)).await;
        let received = received.and(if checksum.fits() { Ok(()) } else { Err(TusProblem::Checksum) });
        let fits = received.is_ok();
        self.files(move |files| if fits { files.append_chunk(id) } else { files.drop_chunk(id) }).await?;
        received
    }

    /// Takes an upload back; a whole photo stays.
    pub(super) async fn terminate(&self, grant: Grant, id: UploadId) -> Result<(), TusProblem> {
        let _turn = self.writers.take(id).await;
        self.find(grant, id).await?;
        self.remove(id).await
    }

    /// The upload, if it is this grant's: others' look like none.
    async fn find(&self, grant: Grant, id: UploadId) -> Result<Found, TusProblem> {
        let looked = self.files(move |files| {
            let Some(info) = files.info(id)? else { return Ok(None) };
            let last = last_touched(files, id)?;
            let part = files.part(id)?.map(|(len, _)| len);
            Ok(Some((info, last, part)))
        });
        let (info, last, part) =
            looked.await?.filter(|(info, ..)| info.grant == grant).ok_or(TusProblem::NotFound)?;
        let expires = last + self.config.keep;
        let offset = match (info.stage, part) {
            (Stage::Open, Some(offset)) if expires > SystemTime::now() => offset.min(grant.len),
            (Stage::Open, _) => {
                self.remove(id).await?;
                return Err(TusProblem::Gone);
            }
            (Stage::Verified | Stage::Complete, _) => grant.len,
        };
        Ok(Found { info, offset, expires })
    }

    /// Makes a photo of an upload whose bytes are all here; does what is left to do, each time it is asked.
    async fn finish(&self, id: UploadId, mut found: Found) -> Result<Found, TusProblem> {
        let grant = found.info.grant;
        if found.offset < grant.len {
            return Ok(found);
        }
        if found.info.stage == Stage::Open {
            if self.files(move |files| files.hash_part(id)).await? != grant.sha256 {
                self.remove(id).await?;
                return Err(TusProblem::PhotoHash);
            }
            found.info.stage = Stage::Verified;
            self.set_info(id, &found.info).await?;
        }
        if found.info.stage == Stage::Verified {
            let path = self.files(move |files| files.place_photo(id, grant.sha256)).await?;
            self.grants.completed(&grant, &path).await.map_err(TusProblem::NotNoted)?;
            found.info.stage = Stage::Complete;
            self.set_info(id, &found.info).await?;
            self.forget_unfinished(id);
        }
        Ok(found)
    }

    async fn set_info(&self, id: UploadId, info: &Info) -> Result<(), TusProblem> {
        let info = info.clone();
        self.files(move |files| files.set_info(id, &info)).await
    }

    async fn remove(&self, id: UploadId) -> Result<(), TusProblem> {
        self.forget_unfinished(id);
        self.files(move |files| files.remove(id)).await
    }

    fn forget_unfinished(&self, id: UploadId) {
        self.unfinished().retain(|_, other| *other != id);
    }

    fn unfinished(&self) -> MutexGuard<'_, BTreeMap<(Rid, PhotoHash), UploadId>> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn files<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Files) -> io::Result<T> + Send + 'static,
    ) -> Result<T, TusProblem> {
        let files = Arc::clone(&self.files);
        Ok(spawn_blocking(move || step(&files)).await.map_err(io::Error::other)??)
    }
}

impl Found {
    fn status(&self) -> Status {
        Status {
            offset: self.offset,
            len: self.info.grant.len,
            metadata: self.info.metadata.clone(),
            expires: (self.info.stage == Stage::Open).then_some(self.expires),
        }
    }
}

fn last_touched(files: &Files, id: UploadId) -> io::Result<SystemTime> {
    match files.part(id)? {
        Some((_, modified)) => Ok(modified),
        None => files.info_time(id),
    }
}

/// Writes the body out as it comes, at most `room` bytes; `file` holds all of them when it returns.
async fn copy(
    body: Body,
    file: &mut File,
    room: u64,
    turn: &mut Turn,
    mut seen: impl FnMut(&[u8]),
) -> Result<(), TusProblem> {
    let mut body = body;
    let mut left = room;
    let ended = loop {
        let frame = tokio::select! {
            // What has already come is taken first, so that even many at once make headway.
            biased;
            frame = next_frame(&mut body) => frame,
            () = turn.superseded() => break Err(TusProblem::Superseded),
        };
        let data = match frame {
            None => break Ok(()),
            Some(Err(_)) => break Err(TusProblem::BrokeOff),
            Some(Ok(frame)) => frame.into_data().unwrap_or_else(|_| Bytes::new()),
        };
        match left.checked_sub(data.len() as u64) {
            None => break Err(TusProblem::TooMuch),
            Some(rest) => left = rest,
        }
        seen(&data);
        if let Err(error) = file.write_all(&data).await {
            break Err(error.into());
        }
    };
    file.flush().await?;
    ended
}

async fn next_frame(body: &mut Body) -> Option<Result<Frame<Bytes>, axum::Error>> {
    poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await
}

#[cfg(test)]
#[path = "uploads_tests.rs"]
mod tests;
