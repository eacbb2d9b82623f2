//! Hostile peers against the accept loop, with deadlines of fractions of a second.

use super::*;
use axum::routing::get;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

fn brisk() -> EdgeConfig {
    EdgeConfig {
        header_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(600),
        stall_timeout: Duration::from_millis(300),
        grace: Duration::from_secs(5),
        connections_max: 64,
    }
}

struct Running {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Serves `/` (peer's address), `/slow` (0.7 s) and `/big` (64 MB).
async fn serving(config: EdgeConfig) -> Running {
    let router = Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
        .route(
            "/slow",
            get(|| async {
                sleep(Duration::from_millis(700)).await;
                "done"
            }),
        )
        .route("/big", get(|| async { vec![7u8; 64 << 20] }));
    let edge = Edge::bind("127.0.0.1:0".parse().unwrap(), Plain, config).await.unwrap();
    let addr = edge.addr();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(edge.serve(router, async { drop(stopped.await) }));
    Running { addr, stop, task }
}

async fn ask(stream: &mut TcpStream, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    while !answer.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(n) if n > 0 => answer.extend_from_slice(&chunk[..n]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// How long until the server closes, at most three seconds; writes `piece` every 50 ms meanwhile.
async fn until_closed(stream: TcpStream, piece: &'static [u8]) -> Duration {
    let start = Instant::now();
    let (mut read, mut write) = stream.into_split();
    let dribble = tokio::spawn(async move {
        while !piece.is_empty() && write.write_all(piece).await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
        write
    });
    let mut sink = [0; 4096];
    let closed = timeout(Duration::from_secs(3), async {
        while matches!(read.read(&mut sink).await, Ok(n) if n > 0) {}
    });
    let _ = closed.await;
    dribble.abort();
    start.elapsed()
}

#[tokio::test]
async fn handlers_know_the_peer() {
    let server = serving(brisk()).await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    let own = stream.local_addr().unwrap().to_string();
    assert!(ask(&mut stream, "/").await.ends_with(&own));
}

#[tokio::test]
async fn a_peer_that_says_nothing_or_dribbles_its_head_is_cut_off() {
    let server = serving(brisk()).await;
    let starts: [(&[u8], &'static [u8]); 4] = [
        (b"", b""),
        (b"GET / HTTP/1.1\r\n", b"x-a: b\r\n"),
        (b"PRI * HTTP/2", b""),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", b""),
    ];
    for (start, piece) in starts {
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        stream.write_all(start).await.unwrap();
        let took = until_closed(stream, piece).await;
        assert!(took >= Duration::from_millis(250) && took < Duration::from_millis(1800), "{took:?}");
    }
}

#[tokio::test]
async fn a_connection_kept_alive_without_requests_is_closed() {
    let server = serving(brisk()).await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    assert!(ask(&mut stream, "/").await.contains("200 OK"));
    assert!(until_closed(stream, b"").await < Duration::from_millis(1800));
}

#[tokio::test]
async fn a_slow_handler_is_not_mistaken_for_a_dead_peer() {
    let server = serving(brisk()).await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    assert!(ask(&mut stream, "/slow").await.contains("200 OK"));
}

#[tokio::test]
async fn a_peer_that_does_not_read_its_answer_is_cut_off() {
    let server = serving(brisk()).await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    stream.write_all(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(1500)).await;
    let mut got = Vec::new();
    // The server has let go: only what its and our buffers held still comes.
    let _ = timeout(Duration::from_secs(2), stream.read_to_end(&mut got)).await;
    assert!(got.len() < 32 << 20, "{}", got.len());
}

#[tokio::test]
async fn connections_over_the_cap_wait_for_a_free_place() {
    let server = serving(EdgeConfig { connections_max: 2, ..brisk() }).await;
    let mut first = TcpStream::connect(server.addr).await.unwrap();
    let mut second = TcpStream::connect(server.addr).await.unwrap();
    assert!(ask(&mut first, "/").await.contains("200 OK"));
    assert!(ask(&mut second, "/").await.contains("200 OK"));
    let mut third = TcpStream::connect(server.addr).await.unwrap();
    let unanswered = timeout(Duration::from_millis(150), ask(&mut third, "/")).await;
    assert!(unanswered.is_err());
    drop(first);
    let mut chunk = [0; 200];
    let n = timeout(Duration::from_millis(1000), third.read(&mut chunk)).await.unwrap().unwrap();
    assert!(chunk[..n].starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn an_honest_peer_is_served_at_once_beside_a_thousand_dribbling_ones() {
    let server =
        serving(EdgeConfig { connections_max: 4096, header_timeout: Duration::from_secs(5), ..brisk() })
            .await;
    let mut dribblers = Vec::new();
    for _ in 0..1000 {
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nx").await.unwrap();
        dribblers.push(stream);
    }
    let start = Instant::now();
    let mut honest = TcpStream::connect(server.addr).await.unwrap();
    assert!(ask(&mut honest, "/").await.contains("200 OK"));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn stopping_lets_the_open_request_finish_and_takes_no_new_one() {
    let server = serving(brisk()).await;
    let mut open = TcpStream::connect(server.addr).await.unwrap();
    let asking = tokio::spawn(async move { ask(&mut open, "/slow").await });
    sleep(Duration::from_millis(100)).await;
    server.stop.send(()).unwrap();
    assert!(asking.await.unwrap().contains("200 OK"));
    timeout(Duration::from_secs(1), server.task).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.addr).await.is_err());
}

#[tokio::test]
async fn plain_http_is_refused_beyond_this_machine() {
    for addr in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "[::ffff:192.0.2.1]:80"] {
        let bound = Edge::bind(addr.parse().unwrap(), Plain, brisk()).await;
        assert!(matches!(bound, Err(EdgeError::PlainBeyondLoopback { .. })), "{addr}");
    }
    let first = Edge::bind("127.0.0.1:0".parse().unwrap(), Plain, brisk()).await.unwrap();
    let taken = Edge::bind(first.addr(), Plain, brisk()).await;
    assert!(matches!(taken, Err(EdgeError::Taken { addr }) if addr == first.addr()));
}
