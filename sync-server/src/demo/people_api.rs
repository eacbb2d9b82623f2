//! The API that people use, as the demo's supervisor asks it: what came of the plan is read here and nowhere else.

use super::stage::{SUPERVISOR, Stage};
use gridweave_core::wire::v1::GridDigest;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

/// Why the demo reads unmasked values; stands in the audit log.
const REASON: &str = "demo: comparing what was saved with what arrived";

/// How often a question is asked again when no answer came.
const TRIES_MAX: usize = 50;

/// A signed-in supervisor.
pub struct Supervisor {
    client: reqwest::Client,
    cookie: String,
    csrf: String,
}

/// A replica as the API tells it.
#[derive(Debug, Clone, Deserialize)]
pub struct ReplicaRow {
    /// Its number.
    pub rid: u32,
    /// What it may do.
    pub state: String,
}

/// A change as the API tells it.
#[derive(Debug, Clone, Deserialize)]
pub struct ChangeRow {
    /// Its place in the log.
    pub seq: u64,
    /// The change that it stands for, after a fork.
    pub was: Option<(u32, u64)>,
    /// `merged`, or the reason why it is in quarantine.
    pub state: String,
    /// Registers that it wrote: field number, repetition, value.
    pub writes: Vec<WriteRow>,
}

/// One register written.
#[derive(Debug, Clone, Deserialize)]
pub struct WriteRow {
    /// Field number.
    pub field: u16,
    /// What it was set to.
    pub value: Value,
    /// Dots of the values that it replaced.
    pub replaces: Vec<(u32, u64)>,
}

/// A record as the API tells it.
#[derive(Debug, Clone, Deserialize)]
pub struct RecordRow {
    /// Its id.
    pub record: String,
    /// Name of its type.
    #[serde(rename = "type")]
    pub record_type: String,
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

impl Supervisor {
    /// Signs in.
    pub async fn sign_in(stage: &Stage) -> Result<Supervisor, Box<dyn Error>> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let body = json!({"login": SUPERVISOR.0, "password": SUPERVISOR.1}).to_string();
        let signed = answered(stage, "/v1/sign-in", |url| {
            client.post(url).header("content-type", "application/json").body(body.clone())
        });
        let (headers, bytes) = signed.await?;
        let cookie = headers.get("set-cookie").and_then(|c| c.to_str().ok()).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let said: Value = serde_json::from_slice(&bytes)?;
        Ok(Supervisor { client, cookie, csrf: said["csrf"].as_str().unwrap_or_default().to_owned() })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        stage: &Stage,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, Box<dyn Error>> {
        let asked = answered(stage, path, |url| {
            let mut request = self.client.request(method.clone(), url).header("cookie", &self.cookie);
            request = request.header("x-csrf", &self.csrf).header("x-reason", REASON);
            if let Some(body) = &body {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            request
        });
        Ok(serde_json::from_slice(&asked.await?.1)?)
    }

    async fn get<T: DeserializeOwned>(&self, stage: &Stage, path: &str) -> Result<T, Box<dyn Error>> {
        self.ask(stage, Method::GET, path, None).await
    }

    /// Counts of the whole city.
    pub async fn stats(&self, stage: &Stage) -> Result<BTreeMap<String, u64>, Box<dyn Error>> {
        self.get(stage, "/v1/stats").await
    }

    /// All replicas.
    pub async fn replicas(&self, stage: &Stage) -> Result<Vec<ReplicaRow>, Box<dyn Error>> {
        self.get(stage, "/v1/replicas").await
    }

    /// The server's digests of all grids.
    pub async fn grid_digests(&self, stage: &Stage) -> Result<Vec<GridDigest>, Box<dyn Error>> {
        self.get(stage, "/v1/grid-digests").await
    }

    /// All changes of one replica.
    pub async fn changes(&self, stage: &Stage, rid: u32) -> Result<Vec<ChangeRow>, Box<dyn Error>> {
        let mut all: Vec<ChangeRow> = Vec::new();
        loop {
            let after = all.last().map_or(0, |c| c.seq);
            let page: Vec<ChangeRow> =
                self.get(stage, &format!("/v1/replicas/{rid}/changes?after={after}&limit=1000")).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// All records.
    pub async fn records(&self, stage: &Stage) -> Result<Vec<RecordRow>, Box<dyn Error>> {
        let mut all: Vec<RecordRow> = Vec::new();
        loop {
            let after = all.last().map_or("", |r| r.record.as_str());
            let page: Vec<RecordRow> =
                self.get(stage, &format!("/v1/records?after={after}&limit=1000")).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// One record.
    pub async fn record(&self, stage: &Stage, record: &str) -> Result<RecordRow, Box<dyn Error>> {
        self.get(stage, &format!("/v1/records/{record}")).await
    }

    /// Admits a replica that the server holds.
    pub async fn confirm(&self, stage: &Stage, rid: u32) -> Result<(), Box<dyn Error>> {
        let path = format!("/v1/replicas/{rid}/confirm");
        let _: Value = self.ask(stage, Method::POST, &path, Some(json!({}))).await?;
        Ok(())
    }

    /// Settles a conflict: `value` replaces all that were seen.
    pub async fn settle(
        &self,
        stage: &Stage,
        record: &str,
        field: &str,
        value: &Value,
        replaces: &[(u32, u64)],
    ) -> Result<(), Box<dyn Error>> {
        let path = format!("/v1/records/{record}/resolve");
        let body = json!({"field": field, "value": value, "replaces": replaces});
        let _: Value = self.ask(stage, Method::POST, &path, Some(body)).await?;
        Ok(())
    }
}

/// Asks, and asks again while the server is being started anew: it may die before, within or after its answer. To
/// settle or confirm twice says nothing new.
async fn answered(
    stage: &Stage,
    path: &str,
    request: impl Fn(String) -> RequestBuilder,
) -> Result<(HeaderMap, Vec<u8>), Box<dyn Error>> {
    let mut tries = 0;
    loop {
        let sent = request(format!("http://{}{path}", stage.server().await?)).send().await;
        let received = match sent {
            Ok(answer) => {
                let (status, headers) = (answer.status(), answer.headers().clone());
                answer.bytes().await.map(|bytes| (status, headers, bytes.to_vec()))
            }
            Err(error) => Err(error),
        };
        match received {
            Ok((status, headers, bytes)) if status.is_success() => return Ok((headers, bytes)),
            Ok((status, _, bytes)) => {
                return Err(format!("{path}: {status} {}", String::from_utf8_lossy(&bytes)).into());
            }
            Err(error) if tries >= TRIES_MAX => return Err(error.into()),
            Err(_) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
