//! A hub in memory, for tests of the device alone: it does what the protocol says with `merge`, and loses, repeats and
//! holds back answers when told to. The server's own code is tested elsewhere.

use crate::ids::{ChainHash, FieldKey, GridCode, PersonNo, PhotoHash, RecordId, ReplicaId, Rid, Seq};
use crate::merge::RecordState;
use crate::record::{Change, system};
use crate::store::Identity;
use crate::value::Value;
use crate::wire::chain::{ChainKey, head_is_signed, sign_photo_receipt, sign_receipt};
use crate::wire::enrol::Admission;
use crate::wire::v1::*;
use crate::wire::{Bytes, Exchange, ExchangeError, Refusal};
use ed25519_dalek::{SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

pub const GRIDS: [&str; 2] = ["44031000100101", "44031000100102"];

/// The hub and what it does to its answers.
#[derive(Clone, Default)]
pub struct Hub(Arc<Mutex<Inner>>);

#[derive(Default)]
pub struct Inner {
    pub epoch: u32,
    pub server_ms: i64,
    replicas: BTreeMap<Rid, Replica>,
    records: BTreeMap<RecordId, (u64, RecordState)>,
    /// Records that were in a grid and are not any more, with the revision of that.
    left: BTreeMap<(GridCode, RecordId), u64>,
    rev: u64,
    photos: BTreeMap<PhotoHash, Vec<u8>>,
    uploads: BTreeMap<PhotoHash, Vec<u8>>,
    /// Changes with this text in them go to quarantine.
    pub refuse_text: Option<String>,
    /// Devices that get nothing, whose changes go to quarantine.
    pub revoked: BTreeSet<Rid>,
    /// Photos that the released changes of revoked devices name.
    pub released: BTreeSet<PhotoHash>,
    /// Photos that only their dismissed changes name.
    pub dismissed: BTreeSet<PhotoHash>,
    /// Page size, records.
    pub page: usize,
    pub calls: BTreeMap<&'static str, u64>,
    pub faults: Faults,
    next_rid: u32,
}

/// What happens to the answers. Each number counts down with every exchange; at its turn the fault strikes.
#[derive(Default, Clone)]
pub struct Faults {
    /// Seed of what is lost.
    pub seed: u64,
    /// Of ten requests so many do not arrive.
    pub lost_requests: u64,
    /// Of ten answers so many get lost after the request took effect.
    pub lost_answers: u64,
    /// Of ten requests so many take effect twice.
    pub doubled: u64,
    /// So many requests to come are answered with a wish to wait.
    pub busy: u64,
    /// How long that wish is.
    pub wait: std::time::Duration,
}

pub struct Replica {
    pub log: Vec<Vec<u8>>,
    pub hashes: Vec<ChainHash>,
    pub chain: ChainKey,
    pub key: VerifyingKey,
    pub confirmed: bool,
    pub grids: Vec<GridCode>,
    pub scope_version: u64,
    pub quarantined: BTreeMap<u64, String>,
}

pub fn receipt_key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

impl Hub {
    pub fn new() -> Hub {
        let hub = Hub::default();
        hub.lock().page = 3;
        hub.lock().epoch = 1;
        hub.lock().server_ms = 1_790_000_000_000;
        hub
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// An identity for a new device, admitted to all grids.
    pub fn admit(&self, name: u8) -> Identity {
        let mut hub = self.lock();
        hub.next_rid += 1;
        let rid = Rid(hub.next_rid);
        let device_key = [name; 32];
        let chain_key = [name ^ 0x55; 32];
        hub.replicas.insert(
            rid,
            Replica {
                log: Vec::new(),
                hashes: vec![ChainHash::START],
                chain: ChainKey(chain_key),
                key: SigningKey::from_bytes(&device_key).verifying_key(),
                confirmed: true,
                grids: GRIDS.iter().map(|g| GridCode((*g).into())).collect(),
                scope_version: 1,
                quarantined: BTreeMap::new(),
            },
        );
        Identity {
            replica: ReplicaId([name; 16]),
            rid,
            device_key: Bytes(device_key.to_vec()),
            sealing_key: Bytes(vec![1; 32]),
            chain_key: Bytes(chain_key.to_vec()),
            person: PersonNo(u32::from(name)),
            person_name: format!("worker {name}"),
            organisation: "sim".into(),
            receipt_key: Bytes(receipt_key().verifying_key().to_bytes().to_vec()),
            recovery_key: Bytes(vec![2; 32]),
            urls: vec!["http://127.0.0.1:1".into()],
            pins: vec![],
            identity_key: Bytes(vec![3; 32]),
        }
    }

    pub fn confirm_all(&self) {
        let hub = &mut *self.lock();
        let held: Vec<Rid> = hub.replicas.iter().filter(|(_, r)| !r.confirmed).map(|(rid, _)| *rid).collect();
        for rid in held {
            let replica = hub.replicas.get_mut(&rid).unwrap();
            replica.confirmed = true;
            for bytes in replica.log.clone() {
                hub.merge(rid, &Change::decode(&bytes).unwrap());
            }
        }
    }

    pub fn set_grids(&self, rid: Rid, grids: &[&str]) {
        let hub = &mut *self.lock();
        let replica = hub.replicas.get_mut(&rid).unwrap();
        replica.grids = grids.iter().map(|g| GridCode((*g).into())).collect();
        replica.scope_version += 1;
    }

    /// Forgets everything after `keep` changes of each replica: a backup was restored.
    pub fn restore(&self, keep: usize) {
        let hub = &mut *self.lock();
        hub.epoch += 1;
        hub.records.clear();
        hub.left.clear();
        let mut kept = Vec::new();
        for (rid, replica) in &mut hub.replicas {
            replica.log.truncate(keep);
            replica.hashes.truncate(replica.log.len() + 1);
            replica.quarantined.retain(|seq, _| *seq <= keep as u64);
            kept.extend(replica.log.iter().map(|bytes| (*rid, Change::decode(bytes).unwrap())));
        }
        kept.sort_by_key(|(_, change)| change.hlc);
        // Each replica's own order is kept by its stamps.
        for (rid, change) in kept {
            if !hub.replicas[&rid].quarantined.contains_key(&change.seq.0) {
                hub.merge(rid, &change);
            }
        }
    }

    pub fn state(&self, record: RecordId) -> Option<RecordState> {
        self.lock().records.get(&record).map(|(_, state)| state.clone())
    }

    pub fn states(&self) -> BTreeMap<RecordId, RecordState> {
        self.lock().records.iter().map(|(record, (_, state))| (*record, state.clone())).collect()
    }

    pub fn log_len(&self, rid: Rid) -> usize {
        self.lock().replicas[&rid].log.len()
    }

    pub fn rids(&self) -> Vec<Rid> {
        self.lock().replicas.keys().copied().collect()
    }

    pub fn photo(&self, hash: PhotoHash) -> Option<Vec<u8>> {
        self.lock().photos.get(&hash).cloned()
    }

    /// Changes a record behind the feed's back, as a fault would.
    pub fn tamper(&self, record: RecordId, change: &Change, rid: Rid) {
        self.lock().records.get_mut(&record).unwrap().1.apply(rid, change).unwrap();
    }

    pub fn vanish(&self, record: RecordId) {
        self.lock().records.remove(&record);
    }

    fn call<T>(
        &self,
        name: &'static str,
        mut act: impl FnMut(&mut Inner) -> Result<T, ExchangeError>,
    ) -> Result<T, ExchangeError> {
        let hub = &mut *self.lock();
        *hub.calls.entry(name).or_default() += 1;
        if hub.faults.busy > 0 {
            hub.faults.busy -= 1;
            return Err(ExchangeError::Busy(hub.faults.wait));
        }
        let mut dice = || {
            let faults = &mut hub.faults;
            faults.seed =
                faults.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (faults.seed >> 33) % 10
        };
        let (request, answer, doubled) = (dice(), dice(), dice());
        if request < hub.faults.lost_requests {
            return Err(ExchangeError::Unreachable("lost on the way".into()));
        }
        let mut reply = act(hub);
        if doubled < hub.faults.doubled {
            reply = act(hub);
        }
        if answer < hub.faults.lost_answers {
            return Err(ExchangeError::Unreachable("answer lost".into()));
        }
        reply
    }
}

impl Inner {
    fn grids_of(state: &RecordState) -> BTreeSet<GridCode> {
        let siblings = state.registers().get(&FieldKey::plain(system::GRID)).map(|r| r.siblings());
        siblings
            .unwrap_or_default()
            .into_iter()
            .filter_map(|s| s.value.as_text().map(|text| GridCode(text.into())))
            .collect()
    }

    fn merge(&mut self, rid: Rid, change: &Change) {
        let entry = self.records.entry(change.record);
        let (_, state) = entry.or_insert_with(|| (0, RecordState::new(change.record, change.record_type)));
        let before = Self::grids_of(state);
        state.apply(rid, change).unwrap();
        let after = Self::grids_of(state);
        self.rev += 1;
        let rev = self.rev;
        self.records.get_mut(&change.record).unwrap().0 = rev;
        for grid in before.difference(&after) {
            self.left.insert((grid.clone(), change.record), rev);
        }
        for grid in &after {
            self.left.remove(&(grid.clone(), change.record));
        }
    }

    fn digest(&self, grid: &GridCode, from: RecordId, to: Option<RecordId>) -> (u64, u128) {
        let there = self.in_grid(grid, from, to);
        (there.len() as u64, there.iter().fold(0, |sum: u128, state| sum.wrapping_add(state.digest())))
    }

    fn in_grid(&self, grid: &GridCode, from: RecordId, to: Option<RecordId>) -> Vec<&RecordState> {
        let range = self.records.range(from..).take_while(|(id, _)| to.is_none_or(|to| **id < to));
        range.map(|(_, (_, state))| state).filter(|state| Self::grids_of(state).contains(grid)).collect()
    }

    fn push(&mut self, push: &Push) -> Result<PushReply, ExchangeError> {
        let refuse = self.refuse_text.clone();
        let is_revoked = self.revoked.contains(&push.rid);
        let (epoch, server_ms) = (self.epoch, self.server_ms);
        let replica = self.replicas.get_mut(&push.rid).ok_or_else(refused)?;
        let expected = replica.log.len() as u64 + 1;
        if push.epoch != epoch && push.first_seq.0 > expected {
            return Ok(PushReply::Epoch { epoch, last_seq: Seq(expected - 1) });
        }
        if push.first_seq.0 > expected {
            return Ok(PushReply::Gap { expected_seq: Seq(expected) });
        }
        let known = (expected - push.first_seq.0) as usize;
        for (at, bytes) in push.changes.iter().take(known).enumerate() {
            let seq = push.first_seq.0 as usize + at;
            if replica.log[seq - 1] != bytes.0 {
                return Ok(PushReply::Fork(Fork {
                    common_seq: Seq(seq as u64 - 1),
                    common_hash: replica.hashes[seq - 1],
                }));
            }
        }
        if known == 0 && push.prev_hash != replica.hashes[push.first_seq.0 as usize - 1] {
            return Ok(PushReply::Gap { expected_seq: Seq(1) });
        }
        let mut hash = *replica.hashes.last().unwrap();
        let mut merged = Vec::new();
        for bytes in push.changes.iter().skip(known) {
            hash = replica.chain.next(hash, &bytes.0);
            let change = Change::decode(&bytes.0).unwrap();
            assert_eq!(change.seq.0, replica.log.len() as u64 + 1);
            replica.log.push(bytes.0.clone());
            replica.hashes.push(hash);
            let bad = |text: &str| {
                change.writes.iter().any(|w| w.value.as_text().is_some_and(|t| t.contains(text)))
            };
            if is_revoked {
                replica.quarantined.insert(change.seq.0, "revoked".into());
            } else if refuse.as_deref().is_some_and(bad) {
                replica.quarantined.insert(change.seq.0, "wrong_kind".into());
            } else if replica.confirmed {
                merged.push(change);
            }
        }
        if push.changes.len() > known {
            let last = Seq(replica.log.len() as u64);
            assert!(head_is_signed(&replica.key, push.rid, last, hash, &push.signature.0));
        }
        let durable_seq = Seq(replica.log.len() as u64);
        let quarantined = replica
            .quarantined
            .range(push.first_seq.0..)
            .map(|(seq, code)| Quarantined { seq: Seq(*seq), code: code.clone() })
            .collect();
        for change in &merged {
            self.merge(push.rid, change);
        }
        let signature = Bytes(sign_receipt(&receipt_key(), push.rid, durable_seq, hash, epoch));
        let rid = push.rid;
        Ok(PushReply::Received(Receipt { rid, durable_seq, hash, epoch, server_ms, signature, quarantined }))
    }

    fn pull(&mut self, rid: Rid, pull: &Pull) -> Result<PullReply, ExchangeError> {
        if self.revoked.contains(&rid) {
            return Err(revoked());
        }
        let replica = self.replicas.get(&rid).ok_or_else(refused)?;
        if !replica.confirmed {
            return Ok(PullReply::Unconfirmed);
        }
        if pull.last_seq.0 < replica.log.len() as u64 {
            return Ok(PullReply::Fork(Fork {
                common_seq: pull.last_seq,
                common_hash: replica.hashes[pull.last_seq.0 as usize],
            }));
        }
        let since: BTreeMap<&GridCode, u64> = if pull.epoch == self.epoch {
            pull.cursors.iter().map(|c| (&c.grid, c.rev)).collect()
        } else {
            BTreeMap::new()
        };
        let mut page = Page {
            epoch: self.epoch,
            server_ms: self.server_ms,
            scope: (pull.scope_version != replica.scope_version).then(|| Scope {
                version: replica.scope_version,
                grids: replica.grids.iter().map(grid).collect(),
                people: vec![],
            }),
            items: vec![],
            cursors: vec![],
            more: false,
            digests: vec![],
            photos_missing: self.missing(rid),
            durable_seq: Seq(replica.log.len() as u64),
        };
        for (index, code) in replica.grids.iter().enumerate() {
            let after = since.get(code).copied().unwrap_or(0);
            let mut items: Vec<(u64, Item)> = Vec::new();
            for (rev, state) in
                self.records.values().filter(|(rev, s)| *rev > after && Self::grids_of(s).contains(code))
            {
                items.push((*rev, Item::Record { grid: index as u16, state: Bytes(state.encode()) }));
            }
            for ((grid, record), rev) in self.left.iter().filter(|((g, _), rev)| g == code && **rev > after) {
                let _ = grid;
                items.push((*rev, Item::Leave { grid: index as u16, record: *record }));
            }
            items.sort_by_key(|(rev, _)| *rev);
            page.more |= items.len() > self.page;
            items.truncate(self.page);
            let rev = items.last().map_or(after, |(rev, _)| *rev);
            page.cursors.push(GridCursor { grid: code.clone(), rev });
            page.items.extend(items.into_iter().map(|(_, item)| item));
        }
        if !page.more {
            for code in &replica.grids {
                let (count, sum) = self.digest(code, RecordId([0; 16]), None);
                page.digests.push(GridDigest { grid: code.clone(), count, sum });
            }
        }
        Ok(PullReply::Page(page))
    }

    fn missing(&self, rid: Rid) -> Vec<PhotoHash> {
        let log = self.replicas[&rid].log.iter().map(|bytes| Change::decode(bytes).unwrap());
        let items = log.flat_map(|c| c.sets.into_iter().flat_map(|s| s.adds));
        items
            .filter_map(|item| match item {
                crate::record::SetItem::Photo(hash) if !self.photos.contains_key(&hash) => Some(hash),
                _ => None,
            })
            .collect()
    }
}

fn grid(code: &GridCode) -> Grid {
    let east = if code.0 == GRIDS[0] { 0 } else { 100_000 };
    let (lon, lat) = (1_143_000_000 + east, 226_900_000);
    Grid {
        code: code.clone(),
        name: format!("grid {code}"),
        layer: "household".into(),
        outline: vec![
            (lon, lat),
            (lon + 100_000, lat),
            (lon + 100_000, lat + 100_000),
            (lon, lat + 100_000),
            (lon, lat),
        ],
    }
}

fn refused() -> ExchangeError {
    refusal(401, "unknown_device")
}

fn revoked() -> ExchangeError {
    refusal(403, Refusal::REVOKED)
}

fn refusal(status: u16, code: &str) -> ExchangeError {
    ExchangeError::Refused(Refusal { status, code: code.into(), message: code.into(), counter: None })
}

/// One device's line to the hub.
#[derive(Clone)]
pub struct Line {
    pub hub: Hub,
    pub store: crate::store::Shared,
}

impl Line {
    fn rid(&self) -> Rid {
        self.store.lock().identity().unwrap().rid
    }
}

impl Exchange for Line {
    async fn push(&self, push: Push) -> Result<PushReply, ExchangeError> {
        tokio::task::yield_now().await;
        let reply = self.hub.call("push", |hub| hub.push(&push));
        tokio::task::yield_now().await;
        reply
    }

    async fn pull(&self, pull: Pull) -> Result<PullReply, ExchangeError> {
        tokio::task::yield_now().await;
        let rid = self.rid();
        let reply = self.hub.call("pull", |hub| hub.pull(rid, &pull));
        tokio::task::yield_now().await;
        reply
    }

    async fn digests(&self, ask: Digests) -> Result<DigestsReply, ExchangeError> {
        tokio::task::yield_now().await;
        self.hub.call("digests", |hub| {
            let ranges = ask.ranges.iter().map(|(from, to)| hub.digest(&ask.grid, *from, *to)).collect();
            let whole = ask.records.iter().flat_map(|(from, to)| hub.in_grid(&ask.grid, *from, *to));
            let states = whole.map(|state| Bytes(state.encode())).collect();
            Ok(DigestsReply { ranges, states })
        })
    }

    async fn admission(&self) -> Result<Admission, ExchangeError> {
        Err(refused())
    }

    async fn readmit(&self, _: Readmit) -> Result<ReadmitReply, ExchangeError> {
        Err(refused())
    }

    async fn rekey(&self, ask: Rekey) -> Result<RekeyReply, ExchangeError> {
        tokio::task::yield_now().await;
        let reply = self.hub.call("rekey", |hub| {
            let key = VerifyingKey::from_bytes(ask.device_key.0.as_slice().try_into().unwrap()).unwrap();
            if let Some((rid, _)) = hub.replicas.iter().find(|(_, r)| r.key == key) {
                return Ok(RekeyReply { rid: *rid });
            }
            hub.next_rid += 1;
            let rid = Rid(hub.next_rid);
            let old = &hub.replicas[&ask.old_rid];
            let replica = Replica {
                log: Vec::new(),
                hashes: vec![ChainHash::START],
                chain: ChainKey(ask.chain_key.0.as_slice().try_into().unwrap()),
                key,
                confirmed: false,
                grids: old.grids.clone(),
                scope_version: old.scope_version,
                quarantined: BTreeMap::new(),
            };
            hub.replicas.insert(rid, replica);
            Ok(RekeyReply { rid })
        });
        tokio::task::yield_now().await;
        reply
    }

    async fn upload_grant(&self, grant: UploadGrant) -> Result<UploadGrantReply, ExchangeError> {
        tokio::task::yield_now().await;
        let rid = self.rid();
        self.hub.call("upload_grant", |hub| {
            if hub.revoked.contains(&rid) && hub.dismissed.contains(&grant.sha256) {
                return Err(refusal(403, Refusal::DISMISSED));
            }
            if hub.revoked.contains(&rid) && !hub.released.contains(&grant.sha256) {
                return Err(revoked());
            }
            Ok(if hub.photos.contains_key(&grant.sha256) {
                let signature = Bytes(sign_photo_receipt(&receipt_key(), rid, grant.sha256));
                UploadGrantReply::Received { signature }
            } else {
                UploadGrantReply::Granted { token: grant.sha256.to_string(), upload: None }
            })
        })
    }

    async fn upload(&self, token: &str, _: Option<&str>, photo: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        tokio::task::yield_now().await;
        let rid = self.rid();
        let hash: PhotoHash = token.parse().unwrap();
        self.hub.call("upload", |hub| {
            let there = hub.uploads.entry(hash).or_default();
            let next = (there.len() + 1000).min(photo.len());
            *there = photo[..next].to_vec();
            if next < photo.len() {
                return Err(ExchangeError::Unreachable("cut".into()));
            }
            assert_eq!(<[u8; 32]>::from(Sha256::digest(&there)), hash.0);
            let bytes = there.clone();
            hub.photos.insert(hash, bytes);
            Ok(sign_photo_receipt(&receipt_key(), rid, hash))
        })
    }
}

/// Text values of one field, live at the hub.
pub fn texts(state: &RecordState, no: u16) -> Vec<String> {
    let siblings = state.registers().get(&FieldKey::plain(crate::ids::FieldNo(no))).map(|r| r.siblings());
    let texts = siblings.unwrap_or_default().into_iter();
    texts
        .map(|s| match s.value {
            Value::Text(text) => text,
            other => format!("{other:?}"),
        })
        .collect()
}
