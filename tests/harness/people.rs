//! The supervisor, over the API and the console as a browser and an integrator use them.

use gridweave_core::ids::{RecordId, Rid};
use reqwest::{Client, Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Somebody who is signed in.
pub struct Supervisor {
    client: Client,
    url: String,
    cookie: String,
    csrf: String,
}

/// A change of a log, as the API tells it.
#[derive(Debug, Clone, Deserialize)]
pub struct ChangeRow {
    /// Its place.
    pub seq: u64,
    /// `merged`, or why it is in quarantine.
    pub state: String,
    /// The record that it is about, where the change can be read.
    pub record: Option<String>,
    /// The change that it stands for.
    pub was: Option<(u32, u64)>,
}

/// A replica, as the API tells it.
#[derive(Debug, Clone, Deserialize)]
pub struct ReplicaRow {
    /// Its number.
    pub rid: u32,
    /// What it may do.
    pub state: String,
    /// The replica it was copied from.
    pub was: Option<u32>,
}

/// A record, as the API tells it.
#[derive(Debug, Clone, Deserialize)]
pub struct RecordRow {
    /// Live values by field name.
    pub fields: BTreeMap<String, Vec<ValueRow>>,
    /// Hashes of its photos.
    pub photos: Vec<String>,
}

/// One live value.
#[derive(Debug, Clone, Deserialize)]
pub struct ValueRow {
    /// The change that wrote it.
    pub dot: (u32, u64),
    /// What it says.
    pub value: Value,
}

impl RecordRow {
    /// The live values of a field as texts, sorted.
    pub fn texts(&self, field: &str) -> Vec<String> {
        let live = self.fields.get(field).map(Vec::as_slice).unwrap_or_default();
        let mut texts: Vec<String> =
            live.iter().map(|v| v.value.as_str().unwrap_or_default().to_owned()).collect();
        texts.sort();
        texts
    }

    /// The changes that wrote a field's live values.
    pub fn dots(&self, field: &str) -> Vec<(u32, u64)> {
        self.fields.get(field).into_iter().flatten().map(|v| v.dot).collect()
    }
}

impl Supervisor {
    pub(crate) async fn sign_in(url: &str, login: &str, password: &str) -> Supervisor {
        let no_redirect = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(no_redirect).build().unwrap();
        let body = json!({"login": login, "password": password}).to_string();
        let request = client.post(format!("{url}/v1/sign-in")).header("content-type", "application/json");
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let said: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let csrf = said["csrf"].as_str().unwrap().to_owned();
        Supervisor { client, url: url.to_owned(), cookie, csrf }
    }

    async fn ask(&self, method: Method, path: &str, kind: &str, body: String) -> Response {
        let request =
            self.client.request(method, format!("{}{path}", self.url)).header("cookie", &self.cookie);
        let request = request.header("x-csrf", &self.csrf).header("x-reason", "a test compares values");
        request.header("content-type", kind).body(body).send().await.unwrap()
    }

    /// Reads; fails on a refusal.
    pub async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let answer = self.ask(Method::GET, path, "application/json", String::new()).await;
        let (status, bytes) = (answer.status(), answer.bytes().await.unwrap());
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Posts JSON; answers the status and what came.
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.ask(Method::POST, path, "application/json", body.to_string()).await;
        let (status, bytes) = (answer.status().as_u16(), answer.bytes().await.unwrap());
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Sends a form of the console, which must succeed.
    pub async fn form(&self, path: &str, body: &str) {
        let answer = self.ask(Method::POST, path, "application/x-www-form-urlencoded", body.to_owned()).await;
        let status = answer.status().as_u16();
        assert_eq!(status, 303, "{path}: {}", answer.text().await.unwrap_or_default());
    }

    /// A page of the console.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.ask(Method::GET, path, "text/html", String::new()).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Counts of the whole city.
    pub async fn stats(&self) -> BTreeMap<String, u64> {
        self.get("/v1/stats").await
    }

    /// A replica's log.
    pub async fn changes(&self, rid: Rid) -> Vec<ChangeRow> {
        self.get(&format!("/v1/replicas/{rid}/changes?limit=1000")).await
    }

    /// What became of each change of a replica, in order.
    pub async fn states(&self, rid: Rid) -> Vec<String> {
        self.changes(rid).await.into_iter().map(|change| change.state).collect()
    }

    /// All replicas.
    pub async fn replicas(&self) -> Vec<ReplicaRow> {
        self.get("/v1/replicas").await
    }

    /// One record.
    pub async fn record(&self, record: RecordId) -> RecordRow {
        self.get(&format!("/v1/records/{record}")).await
    }

    /// Settles a conflict: `value` replaces the values that were on the screen.
    pub async fn resolve(&self, record: RecordId, field: &str, value: &str, seen: &[(u32, u64)]) {
        let body = json!({"field": field, "value": value, "replaces": seen});
        let (status, said) = self.post(&format!("/v1/records/{record}/resolve"), body).await;
        assert_eq!(status, 200, "{said}");
    }

    /// Revokes a device.
    pub async fn revoke(&self, rid: Rid) {
        self.form(&format!("/console/device/{rid}/state"), "state=revoked&reason=lost").await;
    }

    /// Admits a replica that was made after a fork.
    pub async fn confirm(&self, rid: Rid) {
        let (status, said) = self.post(&format!("/v1/replicas/{rid}/confirm"), json!({})).await;
        assert_eq!(status, 200, "{said}");
    }
}
