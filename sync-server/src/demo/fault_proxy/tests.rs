//! The proxy's laws, against an echo server and against the pure plan.

use super::course::{Course, Fault, Step, Way};
use super::*;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One kind of fault, always.
fn only(set: impl FnOnce(&mut FaultProfile)) -> FaultProfile {
    let none =
        FaultProfile { rate: 1.0, refuse: 0, cut_request: 0, cut_answer: 0, ..FaultProfile::default() };
    let mut profile = FaultProfile { lose_answer: 0, stall: 0, delay: 0, ..none };
    set(&mut profile);
    profile
}

/// A server that answers each 4-byte request with `factor` copies of it and counts requests.
async fn copies(factor: usize) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let served = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&served);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                let mut request = [0; 4];
                while stream.read_exact(&mut request).await.is_ok() {
                    count(&counter);
                    if stream.write_all(&request.repeat(factor)).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    (addr, served)
}

/// One exchange: what came back, or that it broke.
async fn exchange(stream: &mut TcpStream, factor: usize) -> Result<Vec<u8>, usize> {
    let mut answer = vec![0; 4 * factor];
    let mut got = 0;
    if stream.write_all(b"ping").await.is_err() {
        return Err(0);
    }
    while got < answer.len() {
        match stream.read(&mut answer[got..]).await {
            Ok(n) if n > 0 => got += n,
            _ => return Err(got),
        }
    }
    Ok(answer)
}

#[tokio::test]
async fn a_clean_network_hands_everything_on() {
    let (backend, _) = copies(100_000).await;
    let proxy = FaultProxy::start(backend, 1, FaultProfile::clean()).await.unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(exchange(&mut stream, 100_000).await, Ok(b"ping".repeat(100_000)));
    }
    assert_eq!(proxy.faults().total(), 0);
    assert!(proxy.faults().stretches > 3 * 400_000 / (64 * 1024));
}

#[tokio::test]
async fn a_lost_answer_was_served_and_nothing_of_it_arrives() {
    let (backend, served) = copies(10).await;
    let proxy = FaultProxy::start(backend, 2, only(|p| p.lose_answer = 1)).await.unwrap();
    for _ in 0..10 {
        let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
        assert_eq!(exchange(&mut stream, 10).await, Err(0));
    }
    assert_eq!(served.load(Ordering::Relaxed), 10);
    assert_eq!(proxy.faults().lost_answers, 10);
}

#[tokio::test]
async fn cuts_fall_within_requests_and_within_answers() {
    let (backend, _) = copies(1000).await;
    let small = |p: &mut FaultProfile| p.stretch_bytes = 4;
    let proxy = FaultProxy::start(backend, 3, only(|p| (p.cut_request, _) = (1, small(p)))).await.unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    assert_eq!(exchange(&mut stream, 1000).await, Err(0));
    assert_eq!(proxy.faults().cut_requests, 1);

    proxy.set_profile(only(|p| p.cut_answer = 1));
    let mut lengths = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
        lengths.insert(exchange(&mut stream, 1000).await.map(|a| a.len()));
    }
    assert!(proxy.faults().cut_answers >= 3 && lengths.len() >= 3, "{lengths:?}");
}

#[tokio::test]
async fn a_long_keep_alive_connection_suffers_too() {
    let (backend, _) = copies(1).await;
    let mut profile = only(|p| p.lose_answer = 1);
    profile.rate = 0.05;
    let proxy = FaultProxy::start(backend, 4, profile).await.unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    let mut exchanges = 0;
    while exchange(&mut stream, 1).await.is_ok() {
        exchanges += 1;
        assert!(exchanges < 1000, "never suffered");
    }
    assert!(exchanges > 0 && proxy.faults().connections == 1);
}

#[tokio::test]
async fn stalls_and_delays_only_take_time() {
    let (backend, _) = copies(10).await;
    let proxy = FaultProxy::start(backend, 5, only(|p| (p.delay, p.delay_ms) = (1, 60..=60))).await.unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    let start = std::time::Instant::now();
    assert!(exchange(&mut stream, 10).await.is_ok());
    assert!(start.elapsed() >= Duration::from_millis(60));
    assert_eq!(proxy.faults().delays, 1);
}

#[tokio::test]
async fn offline_resets_open_connections_and_refuses_new_ones_until_it_ends() {
    let (backend, _) = copies(1).await;
    let proxy = FaultProxy::start(backend, 6, FaultProfile::clean()).await.unwrap();
    let mut open = TcpStream::connect(proxy.addr()).await.unwrap();
    assert!(exchange(&mut open, 1).await.is_ok());
    proxy.set_offline(true);
    assert!(open.read(&mut [0]).await.is_err());
    let mut refused = TcpStream::connect(proxy.addr()).await.unwrap();
    assert!(exchange(&mut refused, 1).await.is_err());
    proxy.set_offline(false);
    let mut again = TcpStream::connect(proxy.addr()).await.unwrap();
    assert!(exchange(&mut again, 1).await.is_ok());
    assert_eq!(proxy.faults().offline, 2);
}

#[tokio::test]
async fn a_restarted_server_is_found_at_its_new_address() {
    let (first, served_first) = copies(1).await;
    let (second, served_second) = copies(1).await;
    let proxy = FaultProxy::start(first, 7, FaultProfile::clean()).await.unwrap();
    for backend in [first, second] {
        proxy.set_backend(backend);
        let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
        assert!(exchange(&mut stream, 1).await.is_ok());
    }
    assert_eq!((served_first.load(Ordering::Relaxed), served_second.load(Ordering::Relaxed)), (1, 1));
    let addr = proxy.addr();
    proxy.stop();
    tokio::task::yield_now().await;
    assert!(TcpStream::connect(addr).await.is_err());
}

/// What befalls a connection of 50 exchanges, 100 bytes up and 5,000 down.
fn befalls(seed: u64, connection: u64, pieces: u64) -> Vec<(u64, Fault)> {
    let profile = FaultProfile { rate: 0.5, stretch_bytes: 3000, ..FaultProfile::default() };
    let mut course = Course::new(seed, connection, &profile);
    let mut faults = Vec::new();
    for _ in 0..50 {
        for (way, sum) in [(Way::Up, 100), (Way::Down, 5000)] {
            let mut rest = sum;
            while rest > 0 {
                match course.step(way, rest.min(pieces), &profile) {
                    Step::Pass(n) => rest -= n,
                    Step::Pause(_, fault) => faults.push((course.stretch(), fault)),
                    Step::End { fault, .. } => {
                        faults.push((course.stretch(), fault));
                        return faults;
                    }
                }
            }
        }
    }
    faults
}

#[test]
fn the_same_seed_gives_the_same_faults_however_the_bytes_arrive() {
    let mut distinct = std::collections::BTreeSet::new();
    for connection in 0..50 {
        let faults = befalls(9, connection, 5000);
        assert_eq!(faults, befalls(9, connection, 7));
        distinct.insert(format!("{faults:?}"));
    }
    assert!(distinct.len() > 30);
    assert_ne!(befalls(9, 0, 100), befalls(10, 0, 100));
}

#[test]
fn the_rate_is_how_many_stretches_suffer() {
    let profile = FaultProfile { rate: 0.2, ..FaultProfile::default() };
    let suffer = (0..10_000).filter(|n| Course::new(1, *n, &profile).has_fault()).count();
    assert!((1_850..2_150).contains(&suffer), "{suffer}");
}
