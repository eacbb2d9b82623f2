//! Signs and verifies requests for programs in other languages: one JSON object a line in, one out.
//!
//! `{"do":"sign", "method", "path", "query", "body", "device", "counter", "seed"}` answers `{"headers":[[name, value]…]}`;
//! `{"do":"verify", "method", "path", "query", "body", "headers", "public"}` answers `{"device", "counter"}` or
//! `{"problem": code}`. Body, seed and public key are hexadecimal. It exists so that libraries nobody here wrote can
//! judge our signatures; it is no tool for production keys.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ed25519_dalek::{SigningKey, VerifyingKey};
use gridweave_core::ids::from_hex;
use gridweave_core::wire::signature::{Request, sign, verify};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::io::{self, BufRead, Write};

#[derive(Deserialize)]
struct Job {
    #[serde(rename = "do")]
    action: String,
    method: String,
    path: String,
    query: String,
    body: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    device: String,
    #[serde(default)]
    counter: u64,
    #[serde(default)]
    seed: String,
    #[serde(default)]
    public: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    for line in io::stdin().lock().lines() {
        let answer = answer(&line?)?;
        println!("{answer}");
        io::stdout().flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Result<Value, Box<dyn Error>> {
    let job: Job = serde_json::from_str(line)?;
    let body = from_hex(&job.body).ok_or("body is not hexadecimal")?;
    let headers: Vec<_> = job.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let request =
        Request { method: &job.method, path: &job.path, query: &job.query, headers: &headers, body: &body };
    match job.action.as_str() {
        "sign" => {
            let key = SigningKey::from_bytes(&bytes32(&job.seed)?);
            Ok(json!({ "headers": sign(&request, &job.device, job.counter, &key)? }))
        }
        "verify" => {
            let key = VerifyingKey::from_bytes(&bytes32(&job.public)?)?;
            Ok(match verify(&request, &key) {
                Ok(verified) => json!({ "device": verified.device, "counter": verified.counter }),
                Err(problem) => json!({ "problem": problem.code() }),
            })
        }
        _ => Err("\"do\" is neither sign nor verify".into()),
    }
}

fn bytes32(hex: &str) -> Result<[u8; 32], Box<dyn Error>> {
    let bytes = from_hex(hex).ok_or("not hexadecimal")?;
    bytes.try_into().map_err(|_| "not 32 bytes".into())
}
