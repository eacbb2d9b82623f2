//! Whether all of today is safe: what was saved, what the server signed for, what is still here alone.

use super::Fieldbook;
use super::said::{ShownChange, shown_changes};
use crate::store::{Error, Photo, PhotoTrouble};
use crate::time::{CITY_OFFSET_MIN, DAY_MS, UtcMs};
use crate::wire::v1::Receipt;

/// How safe the worker's work is.
#[derive(Debug, Clone, PartialEq)]
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
    /// When everything new was last read, by this device's clock.
    pub pulled_all_ms: Option<UtcMs>,
    /// The server's last receipt.
    pub receipt: Option<Receipt>,
    /// How far the server's clock was ahead of this device's at the last sync, milliseconds; none before the first.
    pub clock_offset_ms: Option<i64>,
}

impl Safe {
    /// Everything saved here is at the server, with its signature.
    pub fn is_sealed(&self) -> bool {
        let photos =
            self.photos_pending + self.photos_damaged + self.photos_unreleased + self.photos_over_quota;
        self.pending == 0 && photos == 0
    }

    /// One line to read out: the log's number of changes and the first digits of its chain hash, as the console shows
    /// them; none before the first receipt or while something is on this device alone.
    pub fn seal(&self) -> Option<String> {
        let receipt = self.receipt.as_ref().filter(|_| self.is_sealed())?;
        let hash = receipt.hash.to_string();
        Some(format!("{}-{} {} {}", receipt.rid, receipt.durable_seq, &hash[..4], &hash[4..8]))
    }
}

impl Fieldbook {
    /// How safe the worker's work is.
    pub fn safe(&self) -> Result<Safe, Error> {
        let now_ms = self.clock.wall_ms();
        let store = self.store.lock();
        let clock_offset_ms = store.clock_offset_ms()?;
        let from_ms = day_start_ms(now_ms.saturating_add(clock_offset_ms.unwrap_or(0)));
        let (saved_today, received_today) = store.saved_between(from_ms, from_ms.saturating_add(DAY_MS))?;
        let photos = store.photos_pending()?;
        Ok(Safe {
            saved_today,
            received_today,
            pending: store.pending_count()?,
            photos_pending: Photo::count(&photos, None),
            photos_damaged: Photo::count(&photos, Some(PhotoTrouble::Damaged)),
            photos_unreleased: Photo::count(&photos, Some(PhotoTrouble::Unreleased)),
            photos_over_quota: Photo::count(&photos, Some(PhotoTrouble::OverQuota)),
            quarantined: shown_changes(&store, store.quarantined()?),
            held: store.is_held()?,
            pulled_all_ms: store.pulled_all_ms()?,
            receipt: store.last_receipt()?,
            clock_offset_ms,
        })
    }
}

/// When the city's day began that holds an instant of the server's clock.
fn day_start_ms(now_ms: UtcMs) -> UtcMs {
    let local_ms = now_ms.saturating_add(i64::from(CITY_OFFSET_MIN) * 60_000);
    now_ms.saturating_sub(local_ms.rem_euclid(DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_the_citys_midnight() {
        // 2026-11-25 00:30 in the city is 2026-11-24 16:30 UTC.
        let now_ms = 1_795_537_800_000;
        let midnight_ms = now_ms - 30 * 60_000;
        for (at_ms, day_ms) in
            [(now_ms, midnight_ms), (midnight_ms, midnight_ms), (midnight_ms - 1, midnight_ms - DAY_MS)]
        {
            assert_eq!(day_start_ms(at_ms), day_ms);
        }
        assert!(day_start_ms(i64::MIN) <= 0 && day_start_ms(i64::MAX) > 0);
    }
}
