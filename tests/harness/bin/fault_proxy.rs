//! A bad network for programs in other languages: the fault proxy, which obeys one JSON object a line on stdin.
//!
//! Arguments: the server's address, a seed and the rate of faults. At start it prints `{"addr"}`, where clients connect.
//! `{"do":"offline"}` cuts every connection and refuses new ones, `{"do":"online"}` ends that; `{"do":"rate", "rate"}`
//! changes how bad it is; `{"do":"faults"}` answers the counts. It ends with its standard input.

use gridweave_server::demo::fault_proxy::{FaultProfile, FaultProxy};
use serde::Deserialize;
use serde_json::json;
use std::error::Error;
use tokio::io::{AsyncBufReadExt, BufReader};

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Job {
    Offline,
    Online,
    Rate { rate: f64 },
    Faults,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().ok_or("usage: fault-proxy ADDRESS SEED RATE");
    let (server, seed, rate) = (next()?.parse()?, next()?.parse()?, next()?.parse()?);
    let profile =
        FaultProfile { rate, cut_request: 8, stall_ms: 1..=20, delay_ms: 1..=20, ..FaultProfile::default() };
    let proxy = FaultProxy::start(server, seed, profile).await?;
    println!("{}", json!({ "addr": proxy.addr().to_string() }));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Job::Offline => proxy.set_offline(true),
            Job::Online => proxy.set_offline(false),
            Job::Rate { rate } => proxy.set_rate(rate),
            Job::Faults => {}
        }
        let faults = proxy.faults();
        println!(
            "{}",
            json!({ "faults": faults.total(), "cut": faults.cut_requests + faults.cut_answers, "lost": faults.lost_answers })
        );
    }
    Ok(())
}
