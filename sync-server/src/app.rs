//! What every handler shares.

use crate::auth::device::Devices;
use crate::auth::limits::{LimitArgs, Limits};
use crate::auth::throttle::Throttle;
use crate::store::city::{City, Keys};
use crate::store::photos::Granter;
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
    /// none for one that waits for no such word.
    pub async fn confirm_replica(&self, rid: Rid, by: PersonNo) -> Result<Option<u32>, StoreError> {
        let merged = self.store.confirm_replica(rid, by, self.identity_key.clone(), self.now_ms()).await?;
        self.know_again(rid).await?;
        Ok(merged)
    }

    /// Revokes a replica, or makes a revoked one again what it was. `false`: it is not in a state for that.
    pub async fn set_revoked(
        &self,
        rid: Rid,
        revoked: bool,
        by: PersonNo,
        reason: String,
    ) -> Result<bool, StoreError> {
        let now_ms = self.now_ms();
        let done = if revoked {
            self.store.revoke_replica(rid, by, reason, now_ms).await?
        } else {
            self.store.admit_replica(rid, by, reason, now_ms).await?
        };
        self.know_again(rid).await?;
        Ok(done)
    }

    /// Confirms an enrolment that waits, after its digits were compared. `false`: nothing waits under this number.
    pub async fn confirm_enrolment(&self, id: u64, by: PersonNo) -> Result<bool, StoreError> {
        let Some(certificate) = self.store.confirm_enrolment(id, by, self.now_ms()).await? else {
            return Ok(false);
        };
        self.know_again(certificate.rid).await?;
        Ok(true)
    }

    /// Tells the check of requests what a device may do from now on.
    async fn know_again(&self, rid: Rid) -> Result<(), StoreError> {
        let replica = self.store.replica(rid).await?;
        replica.iter().for_each(|replica| self.devices.put(replica));
        Ok(())
    }

    /// The server's wall clock, UTC milliseconds.
    pub fn now_ms(&self) -> i64 {
        chrono::Utc::now().timestamp_millis()
    }
}
