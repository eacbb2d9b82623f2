//! Moves the bytes of the proxied connections and carries out what their courses say.

use super::course::{Course, Fault, Step, Way};
use super::{Counters, Shared, count, unpoisoned};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How much is read at once, in bytes.
const CHUNK: usize = 16 * 1024;

/// Accepts until the task is aborted; the connections end with it.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((client, _)) => {
                count(&shared.counters.connections);
                connections.spawn(relay(client, number, Arc::clone(&shared)));
                number += 1;
            }
            // Out of descriptors, most likely: wait for some to be closed.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Why a connection ended before both sides had said everything.
enum Broken {
    Planned { reset: bool },
    Offline,
    Io,
}

impl From<io::Error> for Broken {
    fn from(_: io::Error) -> Broken {
        Broken::Io
    }
}

async fn relay(client: TcpStream, number: u64, shared: Arc<Shared>) {
    let mut offline = shared.offline.subscribe();
    if *offline.borrow_and_update() {
        count(&shared.counters.offline);
        return reset(client);
    }
    let course = Course::new(shared.seed, number, &shared.profile());
    count(&shared.counters.stretches);
    if course.refuses() {
        count(&shared.counters.refused);
        return reset(client);
    }
    let backend = *unpoisoned(&shared.backend);
    let (mut client, mut server) = match TcpStream::connect(backend).await {
        Ok(server) => (client, server),
        Err(_) => return reset(client),
    };
    // Small writes go out at once, as they would without a proxy.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let course = Mutex::new(course);
    let ended = {
        let (client_read, client_write) = client.split();
        let (server_read, server_write) = server.split();
        let up = pump(Way::Up, client_read, server_write, &course, &shared);
        let down = pump(Way::Down, server_read, client_write, &course, &shared);
        tokio::select! {
            ended = async { tokio::try_join!(up, down) } => ended.map(|_| ()),
            _ = offline.wait_for(|off| *off) => Err(Broken::Offline),
        }
    };
    match ended {
        Ok(()) | Err(Broken::Planned { reset: false }) => {}
        Err(Broken::Planned { reset: true } | Broken::Io) => {
            reset(client);
            reset(server);
        }
        Err(Broken::Offline) => {
            count(&shared.counters.offline);
            reset(client);
            reset(server);
        }
    }
}

/// Hands on what comes on one way until its sender ends.
async fn pump(
    way: Way,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    course: &Mutex<Course>,
    shared: &Shared,
) -> Result<(), Broken> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let n = from.read(&mut chunk).await?;
        if n == 0 {
            to.shutdown().await?;
            return Ok(());
        }
        let mut rest = &chunk[..n];
        while !rest.is_empty() {
            match next_step(way, rest.len() as u64, course, shared) {
                Step::Pass(pass) => {
                    let (now, later) = rest.split_at(pass as usize);
                    to.write_all(now).await?;
                    rest = later;
                }
                Step::Pause(pause, _) => tokio::time::sleep(pause).await,
                Step::End { reset, .. } => return Err(Broken::Planned { reset }),
            }
        }
    }
}

fn next_step(way: Way, n: u64, course: &Mutex<Course>, shared: &Shared) -> Step {
    let mut course = unpoisoned(course);
    let before = course.stretch();
    let step = course.step(way, n, &shared.profile());
    if course.stretch() != before {
        count(&shared.counters.stretches);
    }
    if let Step::Pause(_, fault) | Step::End { fault, .. } = step {
        count_fault(fault, &shared.counters);
    }
    step
}

fn count_fault(fault: Fault, counters: &Counters) {
    count(match fault {
        Fault::Refuse => &counters.refused,
        Fault::CutRequest { .. } => &counters.cut_requests,
        Fault::CutAnswer { .. } => &counters.cut_answers,
        Fault::LoseAnswer => &counters.lost_answers,
        Fault::Stall { .. } => &counters.stalls,
        Fault::Delay { .. } => &counters.delays,
    });
}

/// Ends a connection with a reset instead of in good order: what is on its way is lost.
fn reset(stream: TcpStream) {
    let _ = stream.set_zero_linger();
}
