//! One writer per upload: a newer request makes the older let go.
//!
//! A handheld that changed networks leaves a dead connection behind, which may still bring late bytes. Its next
//! request must neither wait for that to time out nor race with it (the "Concurrency" rule of the IETF's resumable
//! uploads).

use super::files::UploadId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, watch};

/// The uploads that someone is at just now.
#[derive(Debug, Default)]
pub(super) struct Writers(Arc<Mutex<HashMap<UploadId, Arc<Slot>>>>);

#[derive(Debug)]
struct Slot {
    /// Number of the newest request.
    newest: watch::Sender<u64>,
    turn: Arc<AsyncMutex<()>>,
}

/// The right to look at and change one upload, until dropped.
pub(super) struct Turn {
    id: UploadId,
    number: u64,
    newest: watch::Receiver<u64>,
    writers: Arc<Mutex<HashMap<UploadId, Arc<Slot>>>>,
    slot: Option<Arc<Slot>>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Writers {
    /// Tells whoever is at the upload to let go, and waits for it.
    pub(super) async fn take(&self, id: UploadId) -> Turn {
        let slot =
            {
                let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(slots.entry(id).or_insert_with(|| {
                    Arc::new(Slot { newest: watch::Sender::new(0), turn: Arc::default() })
                }))
            };
        let mut number = 0;
        slot.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        let newest = slot.newest.subscribe();
        let mut turn = Turn {
            id,
            number,
            newest,
            writers: Arc::clone(&self.0),
            slot: Some(Arc::clone(&slot)),
            guard: None,
        };
        turn.guard = Some(Arc::clone(&slot.turn).lock_owned().await);
        turn
    }
}

impl Turn {
    /// Ends when a newer request is waiting.
    pub(super) async fn superseded(&mut self) {
        let number = self.number;
        if self.newest.wait_for(|newest| *newest > number).await.is_err() {
            // The slot outlives its turns, so its sender is never gone first.
            std::future::pending().await
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut slots = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        self.guard = None;
        self.slot = None;
        // Forget the slot with its last turn; nobody can get hold of it while the map is locked.
        if slots.get(&self.id).is_some_and(|slot| Arc::strong_count(slot) == 1) {
            slots.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test]
    async fn the_newer_request_takes_over_and_slots_do_not_pile_up() {
        let writers = Arc::new(Writers::default());
        let id = UploadId::random();
        let mut first = writers.take(id).await;
        assert!(timeout(Duration::from_millis(20), first.superseded()).await.is_err());
        let second = tokio::spawn({
            let writers = Arc::clone(&writers);
            async move { drop(writers.take(id).await) }
        });
        timeout(Duration::from_secs(1), first.superseded()).await.unwrap();
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap();
        let other = writers.take(UploadId::random()).await;
        assert_eq!(writers.0.lock().unwrap().len(), 1);
        drop(other);
        assert!(writers.0.lock().unwrap().is_empty());
    }
}
