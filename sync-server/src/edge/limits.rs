//! How much a request may send: bounded as it comes over the wire, and again as it unpacks.
//!
//! The order of the layers is the security property. Only outside, the bound counts packed bytes and a kilobyte of
//! gzip unpacks to megabytes; only inside, the wire is unbounded. Both bounds hold for handlers that stream, too,
//! which axum's own `DefaultBodyLimit` alone does not see to.

use super::problem::Problem;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// How long a peer may pause within a body.
const BODY_STALL: Duration = Duration::from_secs(30);

/// What these layers refuse themselves, whatever the route: statuses, each with its codes.
pub const REFUSALS: &[(u16, &[&str])] =
    &[(413, &["body_too_large"]), (415, &["encoding_unknown"]), (500, &["internal"])];

/// Bounds every body of the router: `wire_max` bytes as sent, `plain_max` bytes once unpacked.
///
/// `Content-Encoding` may be `gzip` or `zstd`. Too much answers 413 `body_too_large`, whatever the handler made of the
/// body breaking off; another encoding 415 `encoding_unknown`; a handler that panics answers 500 `internal`. A part
/// with other bounds is merged in afterwards.
pub fn limits(router: Router, wire_max: usize, plain_max: usize) -> Router {
    // Each layer wraps those before it, so the last here is the first to see a request.
    router
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(plain_max, bound))
        .layer(RequestDecompressionLayer::new().gzip(true).zstd(true))
        .layer(from_fn_with_state(wire_max, bound))
        .layer(RequestBodyTimeoutLayer::new(BODY_STALL))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(map_response(typed))
}

/// Lets a body through up to `max` bytes.
async fn bound(State(max): State<usize>, request: Request, next: Next) -> Response {
    if request.body().size_hint().lower() > max as u64 {
        return too_large();
    }
    let over = Arc::new(AtomicBool::new(false));
    let request = request.map(|inner| Body::new(Bounded { inner, left: max, over: Arc::clone(&over) }));
    let response = next.run(request).await;
    if over.load(Ordering::Relaxed) { too_large() } else { response }
}

/// A body that breaks off where it passes its bound.
struct Bounded {
    inner: Body,
    left: usize,
    over: Arc<AtomicBool>,
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame {
            match self.left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
                Some(left) => self.left = left,
                None => {
                    self.over.store(true, Ordering::Relaxed);
                    return Poll::Ready(Some(Err(axum::Error::new("the body is too large"))));
                }
            }
        }
        frame
    }
    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn too_large() -> Response {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "the body is too large; send less at a time",
    )
    .into_response()
}

/// Gives the layers' own refusal the shape of all others.
async fn typed(response: Response) -> Response {
    let is_json =
        response.headers().get(CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    match response.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE if !is_json => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoding_unknown",
            "the body's type or encoding is not served here; encodings are gzip and zstd",
        )
        .into_response(),
        _ => response,
    }
}

fn on_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    // The panic hook has logged it; the peer learns nothing of our insides.
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed; try again later")
        .into_response()
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
