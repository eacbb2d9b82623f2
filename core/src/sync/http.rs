//! The exchange over HTTP: signed requests, pinned TLS, resumable uploads. The only file that names `reqwest`.
//!
//! Plain HTTP is refused unless the host is a loopback address. Timeouts measure a stall, not how long an answer takes.

use crate::store::{Error, Shared};
use crate::wire::enrol::{Admission, Enrol, EnrolReply};
use crate::wire::signature::{self, Request};
use crate::wire::v1::*;
use crate::wire::{self, Bytes, Exchange, ExchangeError, Refusal};
use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

mod pins;

/// Most bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 8 << 20;
/// Request counters that are reserved with one write to the disk.
const COUNTERS: u64 = 32;
/// First part of a photo that is sent at once; parts grow while they go fast, so that a slow network never looks
/// stalled.
const PART_BYTES_MIN: usize = 64 << 10;
const PART_BYTES_MAX: usize = 1 << 20;
/// A part that took less than this may be followed by a larger one.
const PART_FAST: Duration = Duration::from_secs(2);
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

/// How long without a byte counts as a stall.
pub const STALL: Duration = Duration::from_secs(15);

/// An address that may not be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an address.
    #[error("the server's address cannot be read")]
    Malformed,
    /// Plain HTTP to another machine.
    #[error("the server's address is not secure; only https may leave this machine")]
    Insecure,
    /// TLS without anything to believe.
    #[error("the server's key is not known; enrol with a new code")]
    NoPins,
}

/// Requests to one server, not signed.
pub struct Connection {
    client: Client,
    bases: Vec<Url>,
    at: AtomicUsize,
    up: AtomicU64,
    down: AtomicU64,
    /// The mark of the pins that the server would tell, as it stood in the last answer that had one.
    pins_mark: Mutex<Option<String>>,
}

impl Connection {
    /// Speaks to the addresses given, best first; `pins` are SHA-256 of the TLS keys to believe.
    pub fn new(urls: &[String], pins: &[Bytes], stall: Duration) -> Result<Connection, AddressError> {
        let bases = urls.iter().map(|url| address(url, pins)).collect::<Result<Vec<_>, _>>()?;
        if bases.is_empty() {
            return Err(AddressError::Malformed);
        }
        let client = Client::builder()
            .tls_backend_preconfigured(pins::config(pins))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(stall)
            .read_timeout(stall)
            .build()
            .map_err(|_| AddressError::Malformed)?;
        let (at, up, down, pins_mark) = Default::default();
        Ok(Connection { client, bases, at, up, down, pins_mark })
    }

    /// Asks to join, or asks whether it was admitted.
    pub async fn enrol(&self, enrol: &Enrol) -> Result<EnrolReply, ExchangeError> {
        let body = wire::pack(enrol);
        let request =
            self.request(Method::POST, "v1/enrol")?.header(CONTENT_TYPE, wire::MEDIA_TYPE).body(body);
        self.message(request).await
    }

    /// Bytes sent and received so far, bodies only.
    pub fn traffic(&self) -> (u64, u64) {
        (self.up.load(Ordering::Relaxed), self.down.load(Ordering::Relaxed))
    }

    fn base(&self) -> &Url {
        &self.bases[self.at.load(Ordering::Relaxed) % self.bases.len()]
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, ExchangeError> {
        Ok(self.client.request(method, join(self.base(), path)?))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ExchangeError> {
        let request = request.build().map_err(|_| ExchangeError::Garbled("the request".into()))?;
        let up = request.body().and_then(reqwest::Body::as_bytes).map_or(0, <[u8]>::len);
        self.up.fetch_add(up as u64, Ordering::Relaxed);
        self.client.execute(request).await.map_err(|error| {
            // The next try speaks to the next address.
            self.at.fetch_add(1, Ordering::Relaxed);
            unreachable(&error)
        })
    }

    /// The answer's body, or the refusal in it.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ExchangeError> {
        let status = response.status();
        let wait_s = header(&response, RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok());
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| unreachable(&error))? {
            body.extend_from_slice(&part);
            if body.len() > ANSWER_BYTES_MAX {
                return Err(ExchangeError::Garbled("an answer without end".into()));
            }
        }
        self.down.fetch_add(body.len() as u64, Ordering::Relaxed);
        if status.is_success() { Ok(body) } else { Err(refusal(status.as_u16(), wait_s, &body)) }
    }

    async fn message<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ExchangeError> {
        let response = self.send(request).await?;
        let is_message = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes() == wire::MEDIA_TYPE.as_bytes());
        let succeeded = response.status().is_success();
        if let Some(mark) = header(&response, wire::pins::X_PINS) {
            *self.pins_mark.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(mark);
        }
        let body = self.body(response).await?;
        // A sign-in page of a café answers 200 to everything: that is no server, and trying again later may help.
        if succeeded && !is_message {
            return Err(ExchangeError::Unreachable("something else answers in the server's place".into()));
        }
        wire::unpack(&body).map_err(|error| ExchangeError::Garbled(error.to_string()))
    }
}

/// The exchange of an enrolled device.
pub struct HttpExchange {
    connection: Connection,
    store: Shared,
    counters: Mutex<std::ops::Range<u64>>,
}

impl HttpExchange {
    /// Speaks to the server that the device is enrolled at, as the replica it is at each request.
    pub fn new(store: Shared, stall: Duration) -> Result<HttpExchange, Error> {
        let connection = {
            let store = store.lock();
            let identity = store.identity()?;
            Connection::new(&identity.urls, &identity.pins, stall)
                .map_err(|error| ExchangeError::Garbled(error.to_string()))?
        };
        Ok(HttpExchange { connection, store, counters: Mutex::default() })
    }

    /// Bytes sent and received so far, bodies only.
    pub fn traffic(&self) -> (u64, u64) {
        self.connection.traffic()
    }

    /// Sends a signed message; once more if its counter was used.
    async fn ask<T: DeserializeOwned>(
        &self,
        path: &'static str,
        message: &impl Serialize,
    ) -> Result<T, ExchangeError> {
        let body = wire::pack(message);
        match self.signed(path, body.clone()).await {
            Err(ExchangeError::Refused(Refusal { counter: Some(used), code, .. }))
                if code == "counter_used" =>
            {
                self.jump_past(used)?;
                self.signed(path, body).await
            }
            answer => answer,
        }
    }

    async fn signed<T: DeserializeOwned>(
        &self,
        path: &'static str,
        body: Vec<u8>,
    ) -> Result<T, ExchangeError> {
        let url = join(self.connection.base(), path)?;
        let counter = self.counter()?;
        let headers = {
            let store = self.store.lock();
            let identity = store.identity().map_err(local)?;
            let key = identity.signing_key().map_err(local)?;
            let request = Request { method: "POST", path: url.path(), query: "", headers: &[], body: &body };
            signature::sign(&request, &identity.rid.to_string(), counter, &key)
                .map_err(|error| ExchangeError::Garbled(error.to_string()))?
        };
        let mut request = self.connection.client.post(url).header(CONTENT_TYPE, wire::MEDIA_TYPE).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.connection.message(request).await
    }

    /// A counter that no request used before, not even one of a process that died.
    fn counter(&self) -> Result<u64, ExchangeError> {
        let mut counters = self.counters.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(counter) = counters.next() {
            return Ok(counter);
        }
        let first = self.store.lock().reserve_counters(COUNTERS).map_err(local)?;
        *counters = first + 1..first + COUNTERS;
        Ok(first)
    }

    fn jump_past(&self, used: u64) -> Result<(), ExchangeError> {
        let mut counters = self.counters.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *counters = 0..0;
        self.store.lock().jump_counter_past(used).map_err(local)
    }

    /// Where a new upload stands: its address.
    async fn create_upload(&self, token: &str, len: usize) -> Result<Url, ExchangeError> {
        let request = self
            .connection
            .request(Method::POST, "v1/uploads")?
            .header(TUS.0, TUS.1)
            .header("upload-length", len)
            .bearer_auth(token);
        let response = self.connection.send(request).await?;
        let place = header(&response, LOCATION.as_str());
        self.connection.body(response).await?;
        let place = place.ok_or_else(|| ExchangeError::Garbled("an upload without an address".into()))?;
        self.upload_url(&place)
    }

    /// The address of an upload; only one of the server's own, for the token goes there.
    fn upload_url(&self, place: &str) -> Result<Url, ExchangeError> {
        let base = self.connection.base();
        let url = base.join(place).map_err(|_| ExchangeError::Garbled("an upload's address".into()))?;
        if url.origin() == base.origin() {
            Ok(url)
        } else {
            Err(ExchangeError::Garbled("an upload elsewhere".into()))
        }
    }

    /// How much of an upload the server has; `None` when it does not know the upload any more.
    async fn offset(&self, token: &str, url: &Url) -> Result<Option<usize>, ExchangeError> {
        let request = self.connection.client.head(url.clone()).header(TUS.0, TUS.1).bearer_auth(token);
        let response = self.connection.send(request).await?;
        let offset = header(&response, "upload-offset").and_then(|text| text.parse().ok());
        if matches!(response.status().as_u16(), 404 | 410) {
            return Ok(None);
        }
        self.connection.body(response).await?;
        offset.map(Some).ok_or_else(|| ExchangeError::Garbled("an upload without an offset".into()))
    }

    async fn patch(
        &self,
        token: &str,
        url: &Url,
        offset: usize,
        part: Vec<u8>,
    ) -> Result<(usize, Option<String>), ExchangeError> {
        let request = self
            .connection
            .client
            .patch(url.clone())
            .header(TUS.0, TUS.1)
            .header("upload-offset", offset)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .bearer_auth(token)
            .body(part);
        let response = self.connection.send(request).await?;
        let receipt = header(&response, "x-receipt");
        let offset = header(&response, "upload-offset").and_then(|text| text.parse().ok());
        self.connection.body(response).await?;
        offset
            .map(|o| (o, receipt))
            .ok_or_else(|| ExchangeError::Garbled("an upload without an offset".into()))
    }
}

impl Exchange for HttpExchange {
    async fn push(&self, push: Push) -> Result<PushReply, ExchangeError> {
        self.ask("v1/push", &push).await
    }

    async fn pull(&self, pull: Pull) -> Result<PullReply, ExchangeError> {
        let reply = self.ask("v1/pull", &pull).await;
        self.hear_of_new_keys().await;
        reply
    }

    async fn digests(&self, digests: Digests) -> Result<DigestsReply, ExchangeError> {
        self.ask("v1/digests", &digests).await
    }

    async fn rekey(&self, rekey: Rekey) -> Result<RekeyReply, ExchangeError> {
        self.ask("v1/rekey", &rekey).await
    }

    async fn admission(&self) -> Result<Admission, ExchangeError> {
        self.ask("v1/admission", &()).await
    }

    async fn readmit(&self, readmit: Readmit) -> Result<ReadmitReply, ExchangeError> {
        self.ask("v1/readmit", &readmit).await
    }

    async fn upload_grant(&self, grant: UploadGrant) -> Result<UploadGrantReply, ExchangeError> {
        self.ask("v1/upload-grants", &grant).await
    }

    async fn upload(
        &self,
        token: &str,
        upload: Option<&str>,
        photo: &[u8],
    ) -> Result<Vec<u8>, ExchangeError> {
        let known = match upload {
            Some(place) => {
                let url = self.upload_url(place)?;
                self.offset(token, &url).await?.map(|offset| (url, offset))
            }
            None => None,
        };
        let (url, mut offset) = match known {
            Some(known) => known,
            None => (self.create_upload(token, photo.len()).await?, 0),
        };
        let mut part_len = PART_BYTES_MIN;
        loop {
            let rest =
                photo.get(offset..).ok_or_else(|| ExchangeError::Garbled("an offset past the end".into()))?;
            let begun = Instant::now();
            let part = rest[..rest.len().min(part_len)].to_vec();
            let (now, receipt) = self.patch(token, &url, offset, part).await?;
            if let Some(signature) = receipt {
                let bytes = crate::ids::from_hex(&signature);
                return bytes.ok_or_else(|| ExchangeError::Garbled("a photo's receipt".into()));
            }
            if now <= offset || now >= photo.len() {
                // Whole, and no receipt with it: a new grant answers with one.
                return Err(ExchangeError::Unreachable("the photo's receipt did not come".into()));
            }
            offset = now;
            if begun.elapsed() < PART_FAST {
                part_len = (part_len * 2).min(PART_BYTES_MAX);
            }
        }
    }
}

fn address(url: &str, pins: &[Bytes]) -> Result<Url, AddressError> {
    // A path without its slash would lose its last part when joined.
    let url = Url::parse(&format!("{}/", url.trim_end_matches('/'))).map_err(|_| AddressError::Malformed)?;
    match url.scheme() {
        "https" if pins.is_empty() => Err(AddressError::NoPins),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(AddressError::Insecure),
        _ => Err(AddressError::Malformed),
    }
}

/// A loopback address; a name is none, for a name can be pointed elsewhere.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

fn join(base: &Url, path: &str) -> Result<Url, ExchangeError> {
    base.join(path).map_err(|_| ExchangeError::Garbled("the server's address".into()))
}

fn header(response: &Response, name: &str) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

/// What went wrong on the way, without the address.
fn unreachable(error: &reqwest::Error) -> ExchangeError {
    if pins::refused(error) {
        return ExchangeError::Untrusted;
    }
    let reason = if error.is_timeout() {
        "nothing came for too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    ExchangeError::Unreachable(reason.into())
}

fn local(error: Error) -> ExchangeError {
    ExchangeError::Local(Box::new(error))
}

/// Overload and failures of the server pass: those are tried again, when it says so. Everything else is a refusal.
fn refusal(status: u16, wait_s: Option<u64>, body: &[u8]) -> ExchangeError {
    match wait_s {
        Some(seconds) if status == 429 || status == 503 => {
            return ExchangeError::Busy(Duration::from_secs(seconds));
        }
        None if status == 429 => return ExchangeError::Busy(Duration::ZERO),
        _ => {}
    }
    match serde_json::from_slice::<Refusal>(body) {
        // A redirection is a café's sign-in page; ours answers without.
        _ if status >= 500 || (300..400).contains(&status) => {
            ExchangeError::Unreachable(format!("the server answers {status}"))
        }
        Ok(refusal) => ExchangeError::Refused(Refusal { status, ..refusal }),
        Err(_) => ExchangeError::Refused(Refusal {
            status,
            code: format!("http_{status}"),
            message: "the server refused without a reason".into(),
            counter: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_never_leaves_this_machine() {
        let pin = [Bytes(vec![1; 32])];
        for url in ["http://127.0.0.1:8640", "http://[::1]:1/", "http://127.9.9.9/gridweave"] {
            assert!(address(url, &[]).is_ok(), "{url}");
        }
        for url in
            ["http://10.0.0.1", "http://localhost:8640", "http://127.0.0.1.example.org", "http://[::2]"]
        {
            assert_eq!(address(url, &pin), Err(AddressError::Insecure), "{url}");
        }
        assert_eq!(address("https://example.org", &[]), Err(AddressError::NoPins));
        assert!(address("https://example.org/city", &pin).is_ok());
        assert_eq!(address("ftp://127.0.0.1", &pin), Err(AddressError::Malformed));
    }

    #[test]
    fn a_path_of_the_address_is_kept() {
        let base = address("https://example.org/city", &[Bytes(vec![1; 32])]).unwrap();
        assert_eq!(join(&base, "v1/push").unwrap().path(), "/city/v1/push");
    }

    #[test]
    fn failures_of_the_server_are_tried_again_and_refusals_are_not() {
        for status in [302, 500, 502, 503, 504] {
            assert!(matches!(refusal(status, None, b"<html>"), ExchangeError::Unreachable(_)));
        }
        for (status, said, wait_s) in [(429, Some(7), 7), (503, Some(120), 120), (429, None, 0)] {
            let busy = refusal(status, said, b"<html>");
            assert!(matches!(busy, ExchangeError::Busy(wait) if wait.as_secs() == wait_s), "{busy:?}");
        }
        let body = br#"{"code":"counter_used","message":"m","counter":7}"#;
        let ExchangeError::Refused(refused) = refusal(409, Some(1), body) else { panic!("409 is a refusal") };
        assert_eq!((refused.status, refused.code.as_str(), refused.counter), (409, "counter_used", Some(7)));
        assert!(matches!(refusal(404, None, b""), ExchangeError::Refused(r) if r.code == "http_404"));
    }

    #[test]
    fn a_full_disk_is_no_fault_of_the_server() {
        let ExchangeError::Local(full) = local(Error::Full { what: "reserve counters" }) else {
            panic!("nothing was asked of the server");
        };
        assert!(matches!(
            crate::sync::run::failed_here(full),
            crate::sync::Unfinished::Store(Error::Full { .. })
        ));
    }
}
