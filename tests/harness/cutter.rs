//! A proxy that cuts exactly where it is told: before the k-th request reaches the server, or after the server has
//! answered it.
//!
//! A request begins when the client speaks after an answer, or first on a connection; the client of this product sends
//! one at a time. Beside the bad luck of `fault_proxy` this is bad luck by plan: every place, one after the other.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What happens to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing.
    Never,
    /// Nothing of this request reaches the server, counted from 1; and the network is gone from then on.
    Request(u64),
    /// The server has this request whole and answers, but nothing of that arrives; gone from then on.
    Answer(u64),
    /// Half of the first part of this request arrives; gone from then on.
    Half(u64),
    /// Every connection breaks after so many bytes of the client.
    EachAfter(u64),
}

struct Shared {
    server: Mutex<SocketAddr>,
    cut: Mutex<Cut>,
    requests: AtomicU64,
    connections: AtomicU64,
    up: AtomicU64,
}

/// A running proxy.
pub struct Cutter {
    addr: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl Cutter {
    /// Listens on a free port and hands on to `server`.
    pub async fn start(server: SocketAddr) -> Cutter {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (requests, connections, up) = Default::default();
        let shared = Arc::new(Shared {
            server: Mutex::new(server),
            cut: Mutex::new(Cut::Never),
            requests,
            connections,
            up,
        });
        let accepting = tokio::spawn(accept(listener, shared.clone()));
        Cutter { addr, shared, accepting }
    }

    /// Where clients connect.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// From now on, with the count of requests and bytes begun anew.
    pub fn set(&self, cut: Cut) {
        *self.shared.cut.lock().unwrap() = cut;
        for counter in [&self.shared.requests, &self.shared.connections, &self.shared.up] {
            counter.store(0, Ordering::SeqCst);
        }
    }

    /// Hands new connections on to another address: the server was started again.
    pub fn set_server(&self, server: SocketAddr) {
        *self.shared.server.lock().unwrap() = server;
    }

    /// Requests begun since.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Connections opened since.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Bytes handed on to the server since.
    pub fn bytes_up(&self) -> u64 {
        self.shared.up.load(Ordering::SeqCst)
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        shared.connections.fetch_add(1, Ordering::SeqCst);
        connections.spawn(relay(client, shared.clone()));
    }
}

impl Shared {
    /// Whether the network is gone for request number `n`, or still there.
    fn gone(&self, n: u64) -> bool {
        matches!(*self.cut.lock().unwrap(), Cut::Request(k) | Cut::Answer(k) | Cut::Half(k) if n > k)
    }

    fn is(&self, cut: Cut) -> bool {
        *self.cut.lock().unwrap() == cut
    }
}

/// Hands on until one side ends or the plan says so; dropping both sockets ends both connections.
async fn relay(mut client: TcpStream, shared: Arc<Shared>) {
    let addr = *shared.server.lock().unwrap();
    let Ok(mut server) = TcpStream::connect(addr).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut from_server) = (vec![0; 16 << 10], vec![0; 16 << 10]);
    let (mut speaking, mut number, mut sent) = (false, 0, 0);
    loop {
        tokio::select! {
            read = client.read(&mut from_client) => {
                let Ok(n @ 1..) = read else { return };
                if !speaking {
                    speaking = true;
                    number = shared.requests.fetch_add(1, Ordering::SeqCst) + 1;
                    if shared.gone(number) || shared.is(Cut::Request(number)) {
                        return;
                    }
                    if shared.is(Cut::Half(number)) {
                        let _ = server.write_all(&from_client[..n / 2]).await;
                        return;
                    }
                }
                let mut part = &from_client[..n];
                if let Cut::EachAfter(most) = *shared.cut.lock().unwrap() {
                    part = &part[..part.len().min((most - sent) as usize)];
                }
                sent += part.len() as u64;
                shared.up.fetch_add(part.len() as u64, Ordering::SeqCst);
                if server.write_all(part).await.is_err() || part.len() < n {
                    return;
                }
            }
            read = server.read(&mut from_server) => {
                let Ok(n @ 1..) = read else { return };
                speaking = false;
                if shared.is(Cut::Answer(number)) || client.write_all(&from_server[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}
