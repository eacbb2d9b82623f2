//! What uploads promise when they are cut, raced, restarted or fed wrong bytes.

use super::*;
use crate::tus::test_grants::{TestGrants, grant_for, photo};
use futures_util::stream;
use std::fs;
use std::sync::atomic::Ordering;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

type TestUploads = Arc<Uploads<Arc<TestGrants>>>;

struct Stand {
    dir: TempDir,
    grants: Arc<TestGrants>,
    uploads: TestUploads,
    config: UploadsConfig,
}

impl Stand {
    async fn new() -> Stand {
        Stand::keeping(Duration::from_secs(3600)).await
    }

    async fn keeping(keep: Duration) -> Stand {
        let (dir, grants) = (tempfile::tempdir().unwrap(), Arc::new(TestGrants::default()));
        let config = UploadsConfig { keep, ..UploadsConfig::default() };
        let uploads = Uploads::open(dir.path().into(), Arc::clone(&grants), config.clone()).await.unwrap();
        Stand { dir, grants, uploads, config }
    }

    /// The server as it is after being killed and started again.
    async fn restart(&mut self) {
        let opened = Uploads::open(self.dir.path().into(), Arc::clone(&self.grants), self.config.clone());
        self.uploads = opened.await.unwrap();
    }

    async fn create(&self, grant: Grant) -> UploadId {
        self.uploads.create(grant, None).await.unwrap().0
    }

    async fn append(&self, grant: Grant, id: UploadId, at: u64, body: Body) -> Result<Status, TusProblem> {
        Arc::clone(&self.uploads).append(grant, id, at, None, body).await
    }

    async fn offset(&self, grant: Grant, id: UploadId) -> u64 {
        self.uploads.status(grant, id).await.unwrap().offset
    }

    fn stored(&self, grant: Grant) -> Option<Vec<u8>> {
        let hash = grant.sha256.to_string();
        fs::read(self.dir.path().join("photos").join(&hash[..2]).join(&hash[2..4]).join(&hash)).ok()
    }

    fn completed(&self) -> usize {
        self.grants.completed.lock().unwrap().len()
    }

    /// Names of what lies in the uploads' folder.
    fn left_over(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path().join("uploads")).unwrap();
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// A body that ends with an error after these bytes.
fn breaking(bytes: &[u8]) -> Body {
    let parts = [Ok(bytes.to_vec()), Err(io::Error::other("cut"))];
    Body::from_stream(stream::iter(parts))
}

/// A body that stays open until its sender is dropped.
fn open_body(bytes: &[u8]) -> (mpsc::Sender<Vec<u8>>, Body) {
    let (sender, receiver) = mpsc::channel(10);
    sender.try_send(bytes.to_vec()).unwrap();
    let next = |mut receiver: mpsc::Receiver<Vec<u8>>| async move {
        receiver.recv().await.map(|bytes| (Ok::<_, io::Error>(bytes), receiver))
    };
    (sender, Body::from_stream(stream::unfold(receiver, next)))
}

#[tokio::test]
async fn a_photo_cut_at_any_byte_arrives_whole() {
    let mut stand = Stand::new().await;
    let bytes = photo(2000, 1);
    // Every offset class: nothing, one byte, around the middle, all but one, all and then the cut.
    for cut in [0, 1, 999, 1000, 1001, 1999, 2000] {
        let grant = grant_for(cut as u32, &bytes);
        let id = stand.create(grant).await;
        let broke = stand.append(grant, id, 0, breaking(&bytes[..cut])).await;
        assert!(matches!(broke, Err(TusProblem::BrokeOff)), "{cut} {broke:?}");
        if cut % 2 == 1 {
            stand.restart().await;
        }
        assert_eq!(stand.offset(grant, id).await, cut as u64);
        let rest = stand.append(grant, id, cut as u64, Body::from(bytes[cut..].to_vec())).await.unwrap();
        assert_eq!((rest.offset, rest.expires), (2000, None));
        assert_eq!(stand.stored(grant).unwrap(), bytes);
    }
    assert_eq!(stand.completed(), 7);
}

#[tokio::test]
async fn many_cuts_and_restarts_change_no_byte() {
    let mut stand = Stand::new().await;
    let bytes = photo(100_000, 2);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    let lengths = photo(4000, 3);
    let mut lengths = lengths.chunks(2).map(|b| usize::from(b[0]) * 4 + usize::from(b[1]) % 3);
    let mut cuts = 0;
    while stand.completed() == 0 {
        let at = stand.offset(grant, id).await as usize;
        let to = bytes.len().min(at + lengths.next().unwrap());
        let _ = stand.append(grant, id, at as u64, breaking(&bytes[at..to])).await;
        cuts += 1;
        if cuts % 17 == 0 {
            stand.restart().await;
        }
    }
    assert!(cuts > 100, "{cuts}");
    assert_eq!(stand.stored(grant).unwrap(), bytes);
}

#[tokio::test]
async fn a_wrong_offset_changes_nothing() {
    let stand = Stand::new().await;
    let bytes = photo(100, 4);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    stand.append(grant, id, 0, Body::from(bytes[..50].to_vec())).await.unwrap();
    for at in [0, 49, 51, 100, u64::MAX] {
        let refused = stand.append(grant, id, at, Body::from(vec![0; 10])).await;
        assert!(matches!(refused, Err(TusProblem::Offset { at: 50 })));
    }
    stand.append(grant, id, 50, Body::from(bytes[50..].to_vec())).await.unwrap();
    assert_eq!(stand.stored(grant).unwrap(), bytes);
}

#[tokio::test]
async fn bytes_of_another_photo_are_thrown_away_whole() {
    let stand = Stand::new().await;
    let grant = grant_for(1, &photo(100, 5));
    let id = stand.create(grant).await;
    let wrong = stand.append(grant, id, 0, Body::from(photo(100, 6))).await;
    assert!(matches!(wrong, Err(TusProblem::PhotoHash)));
    assert!(matches!(stand.uploads.status(grant, id).await, Err(TusProblem::NotFound)));
    assert!(stand.stored(grant).is_none() && stand.completed() == 0 && stand.left_over().is_empty());
    // Nor does it stand in the way of another attempt.
    let id = stand.create(grant).await;
    stand.append(grant, id, 0, Body::from(photo(100, 5))).await.unwrap();
    assert_eq!(stand.completed(), 1);
}

#[tokio::test]
async fn more_than_the_length_is_refused_and_changes_nothing() {
    let stand = Stand::new().await;
    let bytes = photo(100, 7);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    let announced = stand.append(grant, id, 0, Body::from(vec![0; 101])).await;
    assert!(matches!(announced, Err(TusProblem::TooMuch)));
    let (sender, body) = open_body(&bytes[..60]);
    sender.try_send(bytes[..60].to_vec()).unwrap();
    drop(sender);
    assert!(matches!(stand.append(grant, id, 0, body).await, Err(TusProblem::TooMuch)));
    assert_eq!(stand.offset(grant, id).await, 0);
}

#[tokio::test]
async fn a_newer_request_ends_the_older_and_their_bytes_do_not_mix() {
    let stand = Stand::new().await;
    let bytes = photo(1000, 8);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    let (late, body) = open_body(&bytes[..300]);
    let older = tokio::spawn({
        let uploads = Arc::clone(&stand.uploads);
        async move { uploads.append(grant, id, 0, None, body).await }
    });
    while fs::metadata(stand.dir.path().join(format!("uploads/{id}.part"))).unwrap().len() < 300 {
        sleep(Duration::from_millis(5)).await;
    }
    let at = timeout(Duration::from_secs(2), stand.offset(grant, id)).await.unwrap();
    assert_eq!(at, 300);
    assert!(matches!(older.await.unwrap(), Err(TusProblem::Superseded)));
    assert!(late.try_send(vec![0; 50]).is_err(), "the older body is still being read");
    stand.append(grant, id, 300, Body::from(bytes[300..].to_vec())).await.unwrap();
    assert_eq!(stand.stored(grant).unwrap(), bytes);
}

#[tokio::test]
async fn twenty_writers_at_once_leave_the_photo_whole() {
    let stand = Stand::new().await;
    let bytes = photo(200_000, 9);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    let mut tasks = Vec::new();
    for _ in 0..20 {
        let (uploads, bytes) = (Arc::clone(&stand.uploads), bytes.clone());
        tasks.push(tokio::spawn(async move {
            let mut status = uploads.status(grant, id).await.unwrap();
            while status.offset < status.len {
                let at = status.offset as usize;
                let to = bytes.len().min(at + 9_000);
                let body = Body::from(bytes[at..to].to_vec());
                status = match Arc::clone(&uploads).append(grant, id, at as u64, None, body).await {
                    Ok(status) => status,
                    Err(TusProblem::Superseded | TusProblem::Offset { .. }) => {
                        uploads.status(grant, id).await.unwrap()
                    }
                    Err(other) => panic!("{other}"),
                };
            }
        }));
    }
    for task in tasks {
        timeout(Duration::from_secs(20), task).await.unwrap().unwrap();
    }
    assert_eq!(stand.stored(grant).unwrap(), bytes);
    assert_eq!(stand.completed(), 1);
}

#[tokio::test]
async fn a_handler_dropped_with_its_connection_loses_nothing_that_came() {
    let stand = Stand::new().await;
    let bytes = photo(500, 10);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    let (sender, body) = open_body(&bytes[..200]);
    let handler = stand.append(grant, id, 0, body);
    assert!(timeout(Duration::from_millis(100), handler).await.is_err());
    drop(sender);
    assert_eq!(stand.offset(grant, id).await, 200);
}

#[tokio::test]
async fn a_checked_chunk_counts_whole_or_not_at_all() {
    let stand = Stand::new().await;
    let bytes = photo(300, 11);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    let sum = |chunk: &[u8]| {
        let text = format!("sha256 {}", base64::Engine::encode(&BASE64, sha2_of(chunk)));
        let headers =
            axum::http::HeaderMap::from_iter([("upload-checksum".parse().unwrap(), text.parse().unwrap())]);
        crate::tus::headers::checksum(&headers).unwrap()
    };
    let append = |at, checksum, body| Arc::clone(&stand.uploads).append(grant, id, at, checksum, body);
    let spoilt = append(0, sum(&bytes[..100]), Body::from(bytes[1..101].to_vec())).await;
    assert!(matches!(spoilt, Err(TusProblem::Checksum)));
    let broke = append(0, sum(&bytes[..100]), breaking(&bytes[..100])).await;
    assert!(matches!(broke, Err(TusProblem::BrokeOff)));
    assert_eq!(stand.offset(grant, id).await, 0);
    let good = append(0, sum(&bytes[..100]), Body::from(bytes[..100].to_vec())).await.unwrap();
    assert_eq!(good.offset, 100);
    append(100, sum(&bytes[100..]), Body::from(bytes[100..].to_vec())).await.unwrap();
    assert_eq!(stand.stored(grant).unwrap(), bytes);
}
use base64::engine::general_purpose::STANDARD as BASE64;

fn sha2_of(bytes: &[u8]) -> [u8; 32] {
    grant_for(0, bytes).sha256.0
}

#[tokio::test]
async fn no_answer_says_whole_before_the_photo_is_noted() {
    let stand = Stand::new().await;
    let bytes = photo(100, 12);
    let grant = grant_for(1, &bytes);
    let id = stand.create(grant).await;
    stand.grants.failing.store(2, Ordering::Relaxed);
    let failed = stand.append(grant, id, 0, Body::from(bytes.clone())).await;
    assert!(matches!(failed, Err(TusProblem::NotNoted(_))));
    assert!(matches!(stand.uploads.status(grant, id).await, Err(TusProblem::NotNoted(_))));
    assert_eq!(stand.offset(grant, id).await, 100);
    assert_eq!(stand.offset(grant, id).await, 100);
    assert_eq!(stand.completed(), 1);
}

#[tokio::test]
async fn a_crash_at_each_step_of_completion_is_made_good() {
    let mut stand = Stand::new().await;
    let bytes = photo(100, 13);
    for stage in ["all bytes here", "hashed", "moved"] {
        let grant = grant_for(stage.len() as u32, &bytes);
        let id = stand.create(grant).await;
        fs::write(stand.dir.path().join(format!("uploads/{id}.part")), &bytes).unwrap();
        if stage != "all bytes here" {
            let info = Info { grant, metadata: None, stage: Stage::Verified };
            stand.uploads.files.set_info(id, &info).unwrap();
        }
        if stage == "moved" {
            stand.uploads.files.place_photo(id, grant.sha256).unwrap();
        }
        let before = stand.completed();
        stand.restart().await;
        assert_eq!(stand.offset(grant, id).await, 100, "{stage}");
        assert_eq!((stand.completed(), stand.stored(grant)), (before + 1, Some(bytes.clone())), "{stage}");
    }
}

#[tokio::test]
async fn a_repeated_creation_leaves_one_upload_a_photo() {
    let mut stand = Stand::new().await;
    let bytes = photo(100, 14);
    let grant = grant_for(1, &bytes);
    let first = stand.create(grant).await;
    assert_eq!(stand.create(grant).await, first, "its answer was lost");
    stand.restart().await;
    assert_eq!(stand.create(grant).await, first);
    stand.append(grant, first, 0, Body::from(bytes[..10].to_vec())).await.unwrap();
    let second = stand.create(grant).await;
    assert_ne!(second, first);
    assert!(matches!(stand.uploads.status(grant, first).await, Err(TusProblem::NotFound)));
    // Another device's upload of the same photo is its own.
    let other = grant_for(2, &bytes);
    let third = stand.create(other).await;
    assert_ne!(third, second);
    assert!(matches!(stand.uploads.status(other, second).await, Err(TusProblem::NotFound)));
    assert_eq!(stand.left_over().len(), 4);
}

#[tokio::test]
async fn what_nobody_touches_expires_and_a_photo_in_place_stays() {
    let stand = Stand::keeping(Duration::from_millis(300)).await;
    let bytes = photo(100, 15);
    let (done, left) = (grant_for(1, &bytes), grant_for(2, &bytes));
    let whole = stand.create(done).await;
    stand.append(done, whole, 0, Body::from(bytes.clone())).await.unwrap();
    let part = stand.create(left).await;
    assert_eq!(stand.uploads.sweep().await.unwrap(), 0);
    sleep(Duration::from_millis(400)).await;
    assert!(matches!(stand.uploads.status(left, part).await, Err(TusProblem::Gone)));
    assert!(matches!(stand.uploads.status(left, part).await, Err(TusProblem::NotFound)));
    assert_eq!(stand.uploads.sweep().await.unwrap(), 1);
    assert!(stand.left_over().is_empty());
    assert_eq!(stand.stored(done).unwrap(), bytes);
}

#[tokio::test]
async fn taking_an_upload_back_keeps_the_whole_photo_and_drops_the_part() {
    let stand = Stand::new().await;
    let bytes = photo(100, 16);
    let (done, left) = (grant_for(1, &bytes), grant_for(2, &photo(100, 17)));
    let whole = stand.create(done).await;
    stand.append(done, whole, 0, Body::from(bytes.clone())).await.unwrap();
    let part = stand.create(left).await;
    for (grant, id) in [(done, whole), (left, part)] {
        assert!(matches!(stand.uploads.terminate(grant_for(9, b"x"), id).await, Err(TusProblem::NotFound)));
        stand.uploads.terminate(grant, id).await.unwrap();
        assert!(matches!(stand.uploads.status(grant, id).await, Err(TusProblem::NotFound)));
    }
    assert!(stand.left_over().is_empty());
    assert_eq!(stand.stored(done).unwrap(), bytes);
}
