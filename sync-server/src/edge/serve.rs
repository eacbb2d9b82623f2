//! The accept loop: HTTP/1 and HTTP/2 over TCP or TLS, with a deadline for everything a peer could drag out.
//!
//! `axum::serve` has no header timeout and no cap on connections, so a few hundred sockets that dribble one byte in
//! five seconds would hold it. Here a connection must finish its handshake and its first request's head within
//! [`EdgeConfig::header_timeout`], and there are at most [`EdgeConfig::connections_max`]; further ones wait unaccepted.
//!
//! Plain HTTP is served on loopback addresses only.

use super::pulse::{AnswerBody, Expired, InFlight, Pulse, Watched};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// The bounds of the accept loop.
#[derive(Debug, Clone)]
pub struct EdgeConfig {
    /// How long handshake and first request head may take, and for HTTP/1 each further head with the pause before it.
    pub header_timeout: Duration,
    /// How long an HTTP/2 connection may stay without a request.
    pub idle_timeout: Duration,
    /// How long a peer may refuse to take the bytes of an answer.
    pub stall_timeout: Duration,
    /// How long open requests may go on once the server is told to stop.
    pub grace: Duration,
    /// How many connections are held at once.
    pub connections_max: usize,
}

impl Default for EdgeConfig {
    fn default() -> Self {
        EdgeConfig {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            stall_timeout: Duration::from_secs(30),
            grace: Duration::from_secs(10),
            connections_max: 4096,
        }
    }
}

/// Why the server cannot start to listen.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// Plain HTTP would leave this machine.
    #[error("refusing to serve plain http on {addr}: give the server a TLS key, or listen on 127.0.0.1")]
    PlainBeyondLoopback {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// Another program has the address.
    #[error("another program listens on {addr} already: end it, or name another address with --listen")]
    Taken {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// The address cannot be bound.
    #[error("cannot listen on {addr}: {source}")]
    Bind {
        /// The address asked for.
        addr: SocketAddr,
        /// The system's answer.
        source: io::Error,
    },
}

/// Makes the stream that HTTP is spoken over out of a TCP connection: plain, or TLS.
pub trait Accept: Send + Sync + 'static {
    /// What HTTP is spoken over.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// Whether others on the network can read it.
    const ENCRYPTED: bool;
    /// Carries out the handshake; the caller bounds its time.
    fn accept(&self, stream: TcpStream) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// No encryption: for loopback, and for nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Accept for Plain {
    type Stream = TcpStream;
    const ENCRYPTED: bool = false;
    async fn accept(&self, stream: TcpStream) -> io::Result<TcpStream> {
        Ok(stream)
    }
}

/// A bound address, not yet served.
#[derive(Debug)]
pub struct Edge<A> {
    listener: TcpListener,
    addr: SocketAddr,
    acceptor: A,
    config: EdgeConfig,
}

impl<A: Accept> Edge<A> {
    /// Binds the address; port 0 takes a free one.
    pub async fn bind(addr: SocketAddr, acceptor: A, config: EdgeConfig) -> Result<Edge<A>, EdgeError> {
        if !A::ENCRYPTED && !addr.ip().to_canonical().is_loopback() {
            return Err(EdgeError::PlainBeyondLoopback { addr });
        }
        let bound = async { TcpListener::bind(addr).await.and_then(|l| l.local_addr().map(|a| (l, a))) };
        let (listener, addr) = bound.await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => EdgeError::Taken { addr },
            _ => EdgeError::Bind { addr, source },
        })?;
        Ok(Edge { listener, addr, acceptor, config })
    }

    /// The address bound, with its real port.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves until `shutdown` ends, then lets open requests finish for [`EdgeConfig::grace`].
    ///
    /// Handlers find the peer in `ConnectInfo<SocketAddr>`.
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) {
        let Edge { listener, acceptor, config, .. } = self;
        let slots = Arc::new(Semaphore::new(config.connections_max));
        let (stop, stopping) = watch::channel(false);
        let shared = Arc::new(Shared { acceptor, router, config, stopping });
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let next = async {
                let slot = Arc::clone(&slots).acquire_owned().await.expect("the semaphore is never closed");
                listener.accept().await.map(|(stream, peer)| (stream, peer, slot))
            };
            let accepted = tokio::select! {
                accepted = next => accepted,
                () = &mut shutdown => break,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, peer, slot)) => {
                    let shared = Arc::clone(&shared);
                    connections.spawn(async move {
                        shared.connection(stream, peer).await;
                        drop(slot);
                    });
                }
                // Most likely out of descriptors: others must end first.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
        drop(listener);
        stop.send_replace(true);
        let all_ended = async { while connections.join_next().await.is_some() {} };
        // What is still open after the grace is dropped with the set.
        let _ = timeout(shared.config.grace, all_ended).await;
    }
}

struct Shared<A> {
    acceptor: A,
    router: Router,
    config: EdgeConfig,
    stopping: watch::Receiver<bool>,
}

impl<A: Accept> Shared<A> {
    async fn connection(&self, stream: TcpStream, peer: SocketAddr) {
        // Answers are written whole; waiting to fill packets only adds delay.
        let _ = stream.set_nodelay(true);
        let Ok(Ok(stream)) = timeout(self.config.header_timeout, self.acceptor.accept(stream)).await else {
            return;
        };
        let pulse = Arc::new(Pulse::new());
        let service = {
            let (router, pulse) = (self.router.clone(), Arc::clone(&pulse));
            service_fn(move |request: hyper::Request<Incoming>| {
                let in_flight = InFlight::new(&pulse);
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                let answer = router.clone().oneshot(request);
                async move { answer.await.map(|a| a.map(|inner| AnswerBody { inner, _in_flight: in_flight })) }
            })
        };
        let io = TokioIo::new(Watched::new(stream, Arc::clone(&pulse)));
        let builder = self.builder();
        let mut serving = pin!(builder.serve_connection_with_upgrades(io, service));
        let mut stopping = self.stopping.clone();
        let leave = tokio::select! {
            _ = serving.as_mut() => return,
            expired = pulse.expired(&self.config) => match expired {
                Expired::Stalled => return,
                // A peer that owes a request's head is not waited for any longer.
                Expired::Quiet => Duration::from_secs(1),
            },
            () = async { drop(stopping.wait_for(|stop| *stop).await) } => self.config.grace,
        };
        serving.as_mut().graceful_shutdown();
        let _ = timeout(leave, serving).await;
    }

    fn builder(&self) -> auto::Builder<TokioExecutor> {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.config.header_timeout)
            .max_buf_size(64 * 1024);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(64)
            .max_header_list_size(16 * 1024)
            .keep_alive_interval(self.config.header_timeout)
            .keep_alive_timeout(self.config.header_timeout);
        builder
    }
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
