//! What every handler shares.

use crate::auth::device::Devices;
use crate::auth::limits::{LimitArgs, Limits};
use crate::auth::throttle::Throttle;
use crate::store::city::{City, Keys};
use crate::store::photos::Granter;
use crate::store::replica::{Replica, ReplicaState};
use crate::store::types::catalog_of;
use crate::store::{Store, StoreError};
use crate::tus::Uploads;
use gridweave_core::ids::{PersonNo, Rid};
use gridweave_core::wire::pins::PinsNotice;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The running city.
pub struct App {
    /// Its database.
    pub store: Store,
    /// Its secrets.
    pub keys: Keys,
    /// What it is.
    pub city: City,
    /// Its devices.
    pub devices: Devices,
    /// K_id, as operations want it.
    pub identity_key: Arc<Vec<u8>>,
    /// Uploads of photos, once they are served: asked where a begun one goes on.
    pub uploads: OnceLock<Arc<Uploads<Granter>>>,
    /// How often devices and strangers may ask.
    pub limits: Limits,
    /// Failed sign-ins of people.
    pub sign_ins: Throttle,
    /// What devices are told of the TLS keys; none without TLS.
    pub pins: Option<PinsNotice>,
    /// Addresses under which devices reach this server.
    pub urls: Vec<String>,
}

impl App {
    /// Opens the city in `dir`.
    pub async fn open(dir: &Path, urls: Vec<String>) -> Result<Arc<App>, StoreError> {
        App::open_limited(dir, urls, &LimitArgs::default()).await
    }

    /// Opens the city in `dir`, with other limits than the usual ones.
    pub async fn open_limited(
        dir: &Path,
        urls: Vec<String>,
        limits: &LimitArgs,
    ) -> Result<Arc<App>, StoreError> {
        let keys = Keys::load(dir)?;
        let store = Store::open(dir, catalog_of(dir)?)?;
        let city = store.city().await?;
        let devices = Devices::default();
        store.replicas().await?.iter().for_each(|replica| devices.put(replica));
        let identity_key = Arc::new(keys.identity.0.clone());
        let sign_ins = Throttle::default();
        let uploads = OnceLock::new();
        let over_tls = urls.iter().any(|url| url.starts_with("https://"));
        let pins = over_tls.then(|| keys.pins_notice()).transpose();
        let pins = pins.map_err(|_| StoreError::Corrupt("the TLS key"))?;
        let limits = Limits::new(limits);
        Ok(Arc::new(App { store, keys, city, devices, identity_key, uploads, limits, sign_ins, pins, urls }))
    }

    /// Admits a replica that was made after a fork; answers how many changes that it had handed in are merged now, or
    /// none for one that waits for no such word. Written down before it is done: nothing is admitted unseen.
    pub async fn confirm_replica(&self, rid: Rid, by: PersonNo) -> Result<Option<u32>, StoreError> {
        let waits = |replica: &Replica| replica.state == ReplicaState::Unconfirmed;
        if !self.store.replica(rid).await?.is_some_and(|replica| waits(&replica)) {
            return Ok(None);
        }
        let (now_ms, object) = (self.now_ms(), format!("device {rid}"));
        self.store.note_audit(now_ms, Some(by), "confirm_replica", object, String::new()).await?;
        let merged = self.store.confirm_replica(rid, self.identity_key.clone(), now_ms).await?;
        if let Some(replica) = self.store.replica(rid).await? {
            self.devices.put(&replica);
        }
        Ok(Some(merged))
    }

    /// The server's wall clock, UTC milliseconds.
    pub fn now_ms(&self) -> i64 {
        chrono::Utc::now().timestamp_millis()
    }
}
