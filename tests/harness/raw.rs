//! A client that signs whatever it is told to: what a broken or hostile app would send.

use ed25519_dalek::{SigningKey, VerifyingKey};
use gridweave_core::ids::{ChainHash, FieldKey, PersonNo, RecordId, ReplicaId, Rid, Seq};
use gridweave_core::record::{Change, ChangeKind, TypeRef, Write, system};
use gridweave_core::time::Hlc;
use gridweave_core::value::Value;
use gridweave_core::wire::chain::{ChainKey, receipt_is_signed, sign_head};
use gridweave_core::wire::enrol::{Certificate, Enrol, EnrolReply, EnrolmentCode};
use gridweave_core::wire::signature::{Request, sign};
use gridweave_core::wire::v1::{GridCursor, Pull, Push, PushReply, Receipt};
use gridweave_core::wire::{self, Bytes, MEDIA_TYPE, Refusal, seal};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// An enrolled device without a fieldbook.
pub struct RawDevice {
    /// Its number.
    pub rid: Rid,
    /// Its worker.
    pub person: PersonNo,
    /// Its signing key.
    pub key: SigningKey,
    /// The request counter used last.
    pub counter: u64,
    /// The last change that the server has.
    pub last: Seq,
    /// The chain's hash after it.
    pub hash: ChainHash,
    chain: ChainKey,
    receipt: VerifyingKey,
    url: String,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub kind: String,
    /// Seconds to wait before asking again, where it says so.
    pub retry_after: Option<u64>,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The refusal in it; fails on anything else.
    pub fn refusal(&self) -> Refusal {
        let text = String::from_utf8_lossy(&self.body);
        assert!((400..500).contains(&self.status), "answered {} {text}", self.status);
        let refusal: Refusal =
            serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no refusal: {text}"));
        Refusal { status: self.status, ..refusal }
    }

    /// Status and code of the refusal in it.
    pub fn refused(&self) -> (u16, String) {
        let refusal = self.refusal();
        (refusal.status, refusal.code)
    }

    /// The message in it; fails on a refusal.
    pub fn message<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        wire::unpack(&self.body).unwrap()
    }
}

/// 32 bytes that only this name has.
fn secret(name: &str, what: &str) -> [u8; 32] {
    Sha256::digest(format!("{name} {what}")).into()
}

impl RawDevice {
    pub(crate) async fn enrolled(name: &str, code: &EnrolmentCode) -> RawDevice {
        let key = SigningKey::from_bytes(&secret(name, "device"));
        let chain = ChainKey(secret(name, "chain"));
        let mut ask = Enrol {
            enrolment: code.enrolment,
            replica: ReplicaId(secret(name, "replica")[..16].try_into().unwrap()),
            device_key: Bytes(key.verifying_key().to_bytes().to_vec()),
            sealing_key: Bytes(seal::public_key(&secret(name, "sealing")).to_vec()),
            chain_key: Bytes(chain.0.to_vec()),
            device: format!("program of {name}"),
            proof: Bytes::default(),
        };
        ask.proof = Bytes(ask.proof(&code.secret.0));
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).build().unwrap();
        let url = code.urls[0].clone();
        let request = client.post(format!("{url}/v1/enrol")).header("content-type", MEDIA_TYPE);
        let answer = received(request.body(wire::pack(&ask)).send().await.unwrap()).await;
        let EnrolReply::Enrolled { certificate: Certificate { rid, person, .. }, .. } = answer.message()
        else {
            panic!("{name} was not enrolled");
        };
        let receipt = VerifyingKey::from_bytes(code.receipt_key.0.as_slice().try_into().unwrap()).unwrap();
        let (counter, last, hash) = (0, Seq(0), ChainHash::START);
        RawDevice { rid, person, key, counter, last, hash, chain, receipt, url, client }
    }

    /// Headers of a signed request, with a fresh counter.
    pub fn signed(&mut self, path: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        self.counter += 1;
        self.signed_with(path, body, self.counter)
    }

    /// Headers of a signed request with this counter.
    pub fn signed_with(&self, path: &str, body: &[u8], counter: u64) -> Vec<(&'static str, String)> {
        let request = Request { method: "POST", path, query: "", headers: &[], body };
        sign(&request, &self.rid.to_string(), counter, &self.key).unwrap()
    }

    /// Sends a body under headers of the caller's choice.
    pub async fn send_with(&self, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Answer {
        let mut request = self.client.post(format!("{}{path}", self.url)).body(body);
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", MEDIA_TYPE);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        received(request.send().await.unwrap()).await
    }

    /// Signs a body and sends it.
    pub async fn send(&mut self, path: &str, body: Vec<u8>) -> Answer {
        let headers = self.signed(path, &body);
        self.send_with(path, &headers, body).await
    }

    /// A push of changes after the last received one, well made around whatever the changes are.
    pub fn push_of(&self, changes: &[Vec<u8>]) -> Push {
        self.push_from(Seq(self.last.0 + 1), self.hash, changes)
    }

    /// A push that begins anywhere.
    pub fn push_from(&self, first_seq: Seq, prev_hash: ChainHash, changes: &[Vec<u8>]) -> Push {
        let hash = changes.iter().fold(prev_hash, |hash, bytes| self.chain.next(hash, bytes));
        let last = Seq(first_seq.0.wrapping_add(changes.len() as u64).wrapping_sub(1));
        Push {
            session: 1,
            rid: self.rid,
            epoch: 1,
            first_seq,
            prev_hash,
            changes: changes.iter().cloned().map(Bytes).collect(),
            signature: Bytes(sign_head(&self.key, self.rid, last, hash)),
        }
    }

    /// Pushes changes and takes their receipt, which must be signed and complete.
    pub async fn hand_in(&mut self, changes: &[Vec<u8>]) -> Receipt {
        let push = self.push_of(changes);
        let answer = self.send("/v1/push", wire::pack(&push)).await;
        let PushReply::Received(receipt) = answer.message() else { panic!("not received: {answer:?}") };
        let Receipt { rid, durable_seq, hash, epoch, signature, .. } = &receipt;
        assert!(receipt_is_signed(&self.receipt, *rid, *durable_seq, *hash, *epoch, &signature.0));
        let expected = changes.iter().fold(self.hash, |hash, bytes| self.chain.next(hash, bytes));
        assert_eq!((durable_seq.0, *hash), (self.last.0 + changes.len() as u64, expected));
        (self.last, self.hash) = (*durable_seq, *hash);
        receipt
    }

    /// Asks for everything in its grids.
    pub async fn pull(&mut self) -> Answer {
        let pull = Pull {
            session: 1,
            epoch: 1,
            scope_version: 0,
            last_seq: self.last,
            cursors: Vec::<GridCursor>::new(),
            bytes_max: 1 << 20,
            facts: None,
        };
        self.send("/v1/pull", wire::pack(&pull)).await
    }

    /// A change that makes a hazard: the `nth` after the last received one.
    pub fn creates(&self, nth: u64, grid: &str, place: &str) -> Change {
        let random: [u8; 10] = rand::random();
        let record = RecordId::new(crate::device::true_ms(), random);
        let mut change = self.edits(nth, record, crate::PLACE, Value::text(place));
        change.kind = ChangeKind::Create;
        change.writes.push(write(FieldKey::plain(system::GRID), Value::text(grid)));
        change
    }

    /// A change of one answer of a hazard.
    pub fn edits(&self, nth: u64, record: RecordId, field: FieldKey, value: Value) -> Change {
        let wall_ms = crate::device::true_ms();
        Change {
            seq: Seq(self.last.0 + nth),
            record,
            record_type: TypeRef { no: crate::HAZARD, version: 1 },
            kind: ChangeKind::Edit,
            hlc: Hlc::from_ms(wall_ms),
            wall_ms,
            mono_ms: 1,
            boot: 1,
            gnss_ms: None,
            author: self.person,
            fix: None,
            writes: vec![write(field, value)],
            sets: Vec::new(),
            was: None,
            unknown: Vec::new(),
        }
    }
}

/// A first answer.
pub fn write(field: FieldKey, value: Value) -> Write {
    Write { field, value, replaces: Vec::new() }
}

async fn received(response: reqwest::Response) -> Answer {
    let status = response.status().as_u16();
    let kind =
        response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let retry_after = response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
    Answer { status, kind, retry_after, body: response.bytes().await.map(|b| b.to_vec()).unwrap_or_default() }
}
