//! Bombs and floods against every way a handler can take a body.

use super::*;
use crate::edge::serve::{Edge, EdgeConfig, Plain};
use axum::body::{Body, Bytes, HttpBody};
use axum::routing::post;
use reqwest::header::CONTENT_ENCODING;
use std::io::Write;
use std::pin::pin;

const WIRE: usize = 64 * 1024;
const PLAIN: usize = 256 * 1024;

/// Takes the body as a stream and answers how much came, or 400 where it broke off.
async fn drain(request: Request) -> Response {
    let mut body = pin!(request.into_body());
    let mut sum = 0;
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        match frame {
            Ok(frame) => sum += frame.data_ref().map_or(0, Bytes::len),
            Err(_) => return (StatusCode::BAD_REQUEST, format!("after {sum}")).into_response(),
        }
        assert!(sum <= PLAIN, "more than the bound reached the handler");
    }
    sum.to_string().into_response()
}

async fn serving() -> String {
    let router = Router::new()
        .route("/bytes", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/stream", post(drain))
        .route("/panic", post(|| async { panic!("on purpose") as () }));
    let edge = Edge::bind("127.0.0.1:0".parse().unwrap(), Plain, EdgeConfig::default()).await.unwrap();
    let addr = edge.addr();
    tokio::spawn(edge.serve(limits(router, WIRE, PLAIN), std::future::pending()));
    format!("http://{addr}")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::bulk::compress(bytes, 3).unwrap()
}

fn client() -> reqwest::Client {
    // The client may have been built to expect somebody else's choice of cryptography, even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

async fn send(url: String, encoding: Option<&str>, body: impl Into<reqwest::Body>) -> (u16, String) {
    let mut request = client().post(url).body(body);
    if let Some(encoding) = encoding {
        request = request.header(CONTENT_ENCODING, encoding);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn is_problem(answer: &(u16, String), status: u16, code: &str) -> bool {
    answer.0 == status && answer.1.contains(&format!("\"code\":\"{code}\""))
}

#[tokio::test]
async fn bodies_within_both_bounds_arrive_whole() {
    let server = serving().await;
    let plain = vec![5; PLAIN];
    for route in ["bytes", "stream"] {
        for (encoding, body) in [("gzip", gzip(&plain)), ("zstd", zstd(&plain))] {
            assert!(body.len() < WIRE);
            let answer = send(format!("{server}/{route}"), Some(encoding), body).await;
            assert_eq!(answer, (200, PLAIN.to_string()), "{route} {encoding}");
        }
        let answer = send(format!("{server}/{route}"), None, vec![5; WIRE]).await;
        assert_eq!(answer, (200, WIRE.to_string()));
    }
}

#[tokio::test]
async fn bombs_are_refused_on_every_way_a_handler_takes_a_body() {
    let server = serving().await;
    let plain = vec![0; 50 << 20];
    for route in ["bytes", "stream"] {
        for (encoding, body) in [("gzip", gzip(&plain)), ("zstd", zstd(&plain))] {
            assert!(body.len() < WIRE, "{}", body.len());
            let answer = send(format!("{server}/{route}"), Some(encoding), body).await;
            assert!(is_problem(&answer, 413, "body_too_large"), "{route} {encoding} {answer:?}");
        }
    }
}

#[tokio::test]
async fn more_than_the_wire_bound_is_refused_with_and_without_a_length() {
    let server = serving().await;
    for route in ["bytes", "stream"] {
        let answer = send(format!("{server}/{route}"), None, vec![5; WIRE + 1]).await;
        assert!(is_problem(&answer, 413, "body_too_large"), "{route} {answer:?}");
        let chunks = (0..40).map(|_| Ok::<_, std::io::Error>(vec![5; WIRE / 32]));
        let streamed = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let answer = send(format!("{server}/{route}"), None, streamed).await;
        assert!(is_problem(&answer, 413, "body_too_large"), "{route} {answer:?}");
    }
}

#[tokio::test]
async fn other_and_nested_encodings_are_refused() {
    let server = serving().await;
    for encoding in ["br", "deflate", "gzip, gzip", "gzip, zstd", "x"] {
        let answer = send(format!("{server}/stream"), Some(encoding), gzip(&gzip(b"x"))).await;
        assert!(is_problem(&answer, 415, "encoding_unknown"), "{encoding} {answer:?}");
    }
    let twice = client().post(format!("{server}/bytes")).header(CONTENT_ENCODING, "gzip");
    let answer = twice.header(CONTENT_ENCODING, "gzip").body(gzip(&gzip(b"x"))).send().await.unwrap();
    // Only one layer is ever unpacked: what arrives is still gzip.
    assert!(answer.status() == 415 || answer.text().await.unwrap() == gzip(b"x").len().to_string());
}

#[tokio::test]
async fn a_panic_is_a_typed_answer_and_the_server_lives() {
    let server = serving().await;
    let answer = send(format!("{server}/panic"), None, "").await;
    assert!(is_problem(&answer, 500, "internal"), "{answer:?}");
    assert!(!answer.1.contains("on purpose"));
    assert_eq!(send(format!("{server}/bytes"), None, "abc").await, (200, "3".into()));
}

/// The negative control: with the bounds in the other order a bomb goes off.
#[tokio::test]
async fn the_order_of_the_layers_is_what_stops_the_bomb() {
    let swapped = Router::new()
        .route(
            "/",
            post(|request: Request| async move {
                axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap().len().to_string()
            }),
        )
        .layer(RequestDecompressionLayer::new().gzip(true))
        .layer(from_fn_with_state(PLAIN, bound));
    let request = axum::http::Request::post("/").header("content-encoding", "gzip");
    let request = request.body(Body::from(gzip(&vec![0; 5 << 20]))).unwrap();
    let answer = tower::ServiceExt::oneshot(swapped, request).await.unwrap();
    let body = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
    assert_eq!(body, (5usize << 20).to_string());
}
