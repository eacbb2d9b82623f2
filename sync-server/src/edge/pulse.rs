//! Whether a connection still does something: the deadlines that HTTP libraries do not keep.
//!
//! A peer may open a connection and say nothing, ask and never read the answer, or keep HTTP/2 alive for ever. Each
//! holds one of a limited number of connections. The pulse counts requests in flight and notes blocked writes.

use super::serve::EdgeConfig;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::future::Future;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

const NOT_BLOCKED: u64 = u64::MAX;

/// The state of one connection; times are milliseconds since its start.
#[derive(Debug)]
pub(super) struct Pulse {
    start: Instant,
    in_flight: AtomicUsize,
    served: AtomicBool,
    quiet_since_ms: AtomicU64,
    blocked_since_ms: AtomicU64,
}

/// Why a connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expired {
    /// No request came, or no further one.
    Quiet,
    /// The peer does not take what it asked for.
    Stalled,
}

impl Pulse {
    pub(super) fn new() -> Pulse {
        Pulse {
            start: Instant::now(),
            in_flight: AtomicUsize::new(0),
            served: AtomicBool::new(false),
            quiet_since_ms: AtomicU64::new(0),
            blocked_since_ms: AtomicU64::new(NOT_BLOCKED),
        }
    }

    fn now_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    /// Ends when the connection has gone past one of its deadlines.
    pub(super) async fn expired(&self, config: &EdgeConfig) -> Expired {
        loop {
            let (reason, deadline) = self.deadline(config);
            let now = Instant::now();
            if deadline <= now {
                return reason;
            }
            // A write may become blocked meanwhile, so look again in time for that.
            sleep_until(deadline.min(now + config.stall_timeout)).await;
        }
    }

    fn deadline(&self, config: &EdgeConfig) -> (Expired, Instant) {
        let at = |ms: u64, wait: Duration| self.start + Duration::from_millis(ms) + wait;
        let blocked = self.blocked_since_ms.load(Relaxed);
        if blocked != NOT_BLOCKED {
            return (Expired::Stalled, at(blocked, config.stall_timeout));
        }
        if self.in_flight.load(Relaxed) > 0 {
            // A handler may think as long as its route allows.
            return (Expired::Stalled, Instant::now() + config.stall_timeout);
        }
        let first = !self.served.load(Relaxed);
        let wait = if first { config.header_timeout } else { config.idle_timeout };
        (Expired::Quiet, at(self.quiet_since_ms.load(Relaxed), wait))
    }

    /// Whether the last request has been over for a while, so that nothing of it can still be on the way.
    fn is_long_quiet(&self) -> bool {
        let since = self.quiet_since_ms.load(Relaxed);
        self.in_flight.load(Relaxed) == 0 && self.now_ms().saturating_sub(since) > LINGER.as_millis() as u64
    }

    fn note_write(&self, pending: bool) {
        if !pending {
            if self.blocked_since_ms.swap(NOT_BLOCKED, Relaxed) != NOT_BLOCKED {
                // A slow peer still takes the end of an answer whose request is already over.
                self.quiet_since_ms.store(self.now_ms(), Relaxed);
            }
        } else if self.blocked_since_ms.load(Relaxed) == NOT_BLOCKED {
            self.blocked_since_ms.store(self.now_ms(), Relaxed);
        }
    }
}

/// One request, from its head until its answer's last byte is handed over.
pub(super) struct InFlight(Arc<Pulse>);

impl InFlight {
    pub(super) fn new(pulse: &Arc<Pulse>) -> InFlight {
        pulse.served.store(true, Relaxed);
        pulse.in_flight.fetch_add(1, Relaxed);
        InFlight(Arc::clone(pulse))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.quiet_since_ms.store(self.0.now_ms(), Relaxed);
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// An answer's body that keeps its request in flight until it is finished or dropped.
pub(super) struct AnswerBody {
    pub(super) inner: Body,
    pub(super) _in_flight: InFlight,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }
    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How long what a peer still sends is read and thrown away after its answer; see [`Watched`].
const LINGER: Duration = Duration::from_secs(2);

/// A stream whose blocked writes are noted and which is closed gently.
///
/// A request may be refused while its body is still on the way. Closing with unread bytes makes the system send a
/// reset, upon which the peer may lose the answer; so the end of our side is sent first, and the peer's rest is read.
pub(super) struct Watched<S> {
    inner: S,
    pulse: Arc<Pulse>,
    linger: Option<Pin<Box<Sleep>>>,
}

impl<S> Watched<S> {
    pub(super) fn new(inner: S, pulse: Arc<Pulse>) -> Watched<S> {
        Watched { inner, pulse, linger: None }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.pulse.note_write(written.is_pending());
        written
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.pulse.note_write(written.is_pending());
        written
    }
    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        self.pulse.note_write(flushed.is_pending());
        flushed
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.linger.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
            if this.pulse.is_long_quiet() {
                return Poll::Ready(Ok(()));
            }
        }
        let linger = this.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        let mut sink = [MaybeUninit::uninit(); 4096];
        while linger.as_mut().poll(cx).is_pending() {
            let mut sink = ReadBuf::uninit(&mut sink);
            match ready!(Pin::new(&mut this.inner).poll_read(cx, &mut sink)) {
                Ok(()) if !sink.filled().is_empty() => {}
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}
