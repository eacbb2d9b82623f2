//! A bad network on loopback: a TCP proxy that cuts, stalls, delays and loses answers by a seeded plan.
//!
//! The demo's PDAs and the tests reach the server through it, so that retry, resumption and exactly-once are shown
//! rather than claimed. It understands no HTTP. A connection is seen as stretches: a new one begins when the client
//! speaks again after an answer, or after [`FaultProfile::stretch_bytes`] in one direction; each stretch draws at
//! most one fault. So every exchange on a long keep-alive connection may suffer, and so may every part of a long
//! upload. Which fault is drawn, and at which byte, follows from the seed, the connection's number and the stretch's
//! number alone.
//!
//! The fault that matters most is the lost answer: the server has done the work, and the client never hears of it.

mod course;
mod relay;

pub use course::FaultProfile;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How many connections, exchanges and faults of each kind there were so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaultCounts {
    /// Connections that clients opened, with those refused.
    pub connections: u64,
    /// Stretches begun: an exchange, or a part of a long one.
    pub stretches: u64,
    /// Connections reset before a byte passed, by the plan.
    pub refused: u64,
    /// Connections reset or refused because the network was switched off.
    pub offline: u64,
    /// Connections cut while the client was sending.
    pub cut_requests: u64,
    /// Connections cut while the server was answering.
    pub cut_answers: u64,
    /// Answers of which nothing passed, the server having done the work.
    pub lost_answers: u64,
    /// Pauses in the middle of a transfer.
    pub stalls: u64,
    /// Pauses before a stretch.
    pub delays: u64,
}

impl FaultCounts {
    /// All faults together.
    pub fn total(&self) -> u64 {
        self.refused
            + self.offline
            + self.cut_requests
            + self.cut_answers
            + self.lost_answers
            + self.stalls
            + self.delays
    }
}

/// Live counters behind [`FaultCounts`].
#[derive(Debug, Default)]
struct Counters {
    connections: AtomicU64,
    stretches: AtomicU64,
    refused: AtomicU64,
    offline: AtomicU64,
    cut_requests: AtomicU64,
    cut_answers: AtomicU64,
    lost_answers: AtomicU64,
    stalls: AtomicU64,
    delays: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What the proxy's tasks share with its handle.
#[derive(Debug)]
struct Shared {
    seed: u64,
    profile: Mutex<FaultProfile>,
    backend: Mutex<SocketAddr>,
    offline: watch::Sender<bool>,
    counters: Counters,
}

impl Shared {
    fn profile(&self) -> FaultProfile {
        unpoisoned(&self.profile).clone()
    }
}

/// A plain value cannot be left half-changed, so a poisoned lock is still good.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running proxy; it ends with [`FaultProxy::stop`] or when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl FaultProxy {
    /// Listens on a free loopback port and hands connections on to `backend`.
    pub async fn start(backend: SocketAddr, seed: u64, profile: FaultProfile) -> io::Result<FaultProxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            seed,
            profile: Mutex::new(profile),
            backend: Mutex::new(backend),
            offline: watch::Sender::new(false),
            counters: Counters::default(),
        });
        let accepting = tokio::spawn(relay::accept(listener, Arc::clone(&shared)));
        Ok(FaultProxy { addr, shared, accepting })
    }

    /// Where clients connect.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The counts so far.
    pub fn faults(&self) -> FaultCounts {
        let c = &self.shared.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        FaultCounts {
            connections: read(&c.connections),
            stretches: read(&c.stretches),
            refused: read(&c.refused),
            offline: read(&c.offline),
            cut_requests: read(&c.cut_requests),
            cut_answers: read(&c.cut_answers),
            lost_answers: read(&c.lost_answers),
            stalls: read(&c.stalls),
            delays: read(&c.delays),
        }
    }

    /// Changes how bad the network is, from the next stretch of every connection.
    pub fn set_profile(&self, profile: FaultProfile) {
        *unpoisoned(&self.shared.profile) = profile;
    }

    /// Changes only how often a stretch suffers: 0 never (a good network), 1 always.
    pub fn set_rate(&self, rate: f64) {
        unpoisoned(&self.shared.profile).rate = rate;
    }

    /// Switches the network off, resetting every open connection, or on again.
    pub fn set_offline(&self, offline: bool) {
        self.shared.offline.send_replace(offline);
    }

    /// Hands new connections on to another address: the server was restarted.
    pub fn set_backend(&self, backend: SocketAddr) {
        *unpoisoned(&self.shared.backend) = backend;
    }

    /// Closes the port and resets every connection.
    pub fn stop(self) {}
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        // The accepting task owns the connections' tasks: they end with it.
        self.accepting.abort();
    }
}

#[cfg(test)]
mod tests;
