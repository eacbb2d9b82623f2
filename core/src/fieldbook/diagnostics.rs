//! How the device is doing, as lines that may be sent to anybody: versions, numbers and codes, never what was recorded,
//! who records it or where.

use super::Fieldbook;
use crate::store::{ChangeState, Error, PhotoTrouble};
use crate::time::UtcMs;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many runs of sync are told.
const SESSIONS: u32 = 10;

impl Fieldbook {
    /// The lines. `about` are the app's own, put first: its version, its device, its settings.
    pub fn diagnostics(&self, about: &[String]) -> Result<String, Error> {
        let safe = self.safe()?;
        let store = self.store.lock();
        let mut text = String::from("Gridweave diagnostics 1\n");
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            let _ = writeln!(text, "{name}: {value}");
        };
        for (at, said) in about.iter().enumerate() {
            line(&format!("app {at}"), said);
        }
        line("core", &env!("CARGO_PKG_VERSION"));
        line("told at (device's clock)", &Told(Some(self.clock.wall_ms())));
        match store.identity() {
            Ok(identity) => line("replica", &identity.rid),
            Err(_) => line("replica", &"not enrolled"),
        }
        line("epoch", &store.epoch()?);
        line("held", &safe.held);
        let types = &store.projector().catalog().types;
        let versions: Vec<String> = types.values().map(|t| format!("{}@{}", t.no, t.version)).collect();
        line("record types", &versions.join(" "));
        line("grids", &store.grids().len());
        line("records", &store.shown_count()?);
        line("records that cannot be read", &store.unreadable_count()?);
        line("lists and search still to be made anew", &store.is_rebuild_due()?);
        line("drafts", &store.drafts()?.len());
        line("changes", &store.last_seq());
        line("changes waiting", &safe.pending);
        let photos = store.photos_pending()?;
        line("photos waiting", &photos.len());
        line("photos damaged", &safe.photos_damaged);
        line("photos not taken", &(safe.photos_unreleased + safe.photos_over_quota));
        line("photos damaged and given up", &store.photos_given_up(PhotoTrouble::Damaged)?);
        line("photos not wanted and given up", &store.photos_given_up(PhotoTrouble::Unreleased)?);
        line("bytes of photos waiting", &photos.iter().map(|photo| photo.len).sum::<u64>());
        let mut refused: BTreeMap<String, u32> = BTreeMap::new();
        for logged in &safe.quarantined {
            if let ChangeState::Quarantined { code } = &logged.state {
                *refused.entry(code.clone()).or_default() += 1;
            }
        }
        for (code, count) in refused {
            line(&format!("refused {code}"), &count);
        }
        line("durable at the server", &safe.receipt.map_or(0, |receipt| receipt.durable_seq.0));
        line("server's clock ahead, seconds", &safe.clock_offset_ms.map_or(0, |ms| ms / 1000));
        line("everything read", &Told(safe.pulled_all_ms));
        for session in store.sessions(SESSIONS)? {
            let figures = format!(
                "{} in {} ms, pushed {}, pulled {}, refused {}, photos {}, up {}, down {}, retries {}, differed {}",
                session.outcome,
                session.duration_ms,
                session.pushed,
                session.pulled,
                session.quarantined,
                session.photos,
                session.bytes_up,
                session.bytes_down,
                session.retries,
                session.divergences,
            );
            line(&format!("sync {}", Told(Some(session.started_ms))), &figures);
        }
        Ok(text)
    }
}

/// An instant in UTC, or a dash.
struct Told(Option<UtcMs>);

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.and_then(chrono::DateTime::from_timestamp_millis) {
            Some(at) => write!(f, "{}", at.format("%Y-%m-%dT%H:%M:%SZ")),
            None => f.write_str("-"),
        }
    }
}
