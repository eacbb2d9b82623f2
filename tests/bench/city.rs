//! Cities of the benchmarks: made like any other, served in this process or in one of their own.

use crate::Failure;
use ed25519_dalek::SigningKey;
use gridweave_core::ids::Seq;
use gridweave_core::ids::{ChainHash, GridCode, PersonNo, ReplicaId, Rid};
use gridweave_core::record::Change;
use gridweave_core::wire::chain::{ChainKey, sign_head};
use gridweave_core::wire::enrol::Enrol;
use gridweave_core::wire::v1::Push;
use gridweave_core::wire::{Bytes, seal};
use gridweave_server::app::App;
use gridweave_server::demo::city::{City as Streets, Layer};
use gridweave_server::edge::serve::{Edge, EdgeConfig, Plain};
use gridweave_server::init;
use gridweave_server::serve::{ServeArgs, router};
use gridweave_server::store::city::{City, NewGrid, NewPerson};
use gridweave_server::store::enrolment::EnrolOutcome;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// A device that the server knows and this process plays.
pub struct Player {
    /// Number of its replica.
    pub rid: Rid,
    /// Its person.
    pub person: PersonNo,
    /// Its grids.
    pub grids: Vec<GridCode>,
    /// Signs requests and heads.
    pub key: SigningKey,
    /// Key of its chain.
    pub chain: ChainKey,
}

/// Makes a city in `dir` with the streets' grids and so many workers; answers their numbers.
pub async fn make(dir: &Path, streets: &Streets, workers: usize) -> Result<Vec<PersonNo>, Failure> {
    std::fs::create_dir_all(dir)?;
    let city = City { organisation: "测试".into(), epoch: 1, invented: true };
    let store = init::make(dir, city, &dir.with_extension("recovery")).await?;
    let grids = streets.grids.iter().map(|g| NewGrid {
        code: GridCode(g.code.clone()),
        name: g.name.clone(),
        layer: if g.layer == Layer::Land { "land" } else { "household" },
        area: g.community.clone(),
        outline: g.ring.iter().map(|p| (p.lon_e7, p.lat_e7)).collect(),
    });
    store.add_grids(grids.collect()).await?;
    let mut people = Vec::new();
    for at in 0..workers {
        let person =
            NewPerson { name: format!("网格员{at}"), role: "worker", login: None, password: None };
        people.push(store.add_person(person).await?);
    }
    Ok(people)
}

/// Household grids of the streets, three for each device in turn.
pub fn scopes(streets: &Streets, devices: usize) -> Vec<Vec<GridCode>> {
    let household = streets.grids.iter().filter(|g| g.layer == Layer::Household);
    let codes: Vec<GridCode> = household.map(|g| GridCode(g.code.clone())).collect();
    (0..devices).map(|at| (0..3).map(|i| codes[(at * 3 + i) % codes.len()].clone()).collect()).collect()
}

/// Enrols a device for each person.
pub async fn enrol(app: &App, people: &[PersonNo], scopes: &[Vec<GridCode>]) -> Result<Vec<Player>, Failure> {
    let mut players = Vec::new();
    for (at, (person, grids)) in people.iter().zip(scopes).enumerate() {
        let secret = |salt: u8| -> [u8; 32] {
            let mut bytes = [salt; 32];
            bytes[..8].copy_from_slice(&(at as u64 + 1).to_be_bytes());
            bytes
        };
        let key = SigningKey::from_bytes(&secret(1));
        let new = app.store.new_enrolment(*person, grids.clone(), true, None, app.now_ms()).await?;
        let mut replica = [7; 16];
        replica[..8].copy_from_slice(&(at as u64 + 1).to_be_bytes());
        let mut request = Enrol {
            enrolment: new.id,
            replica: ReplicaId(replica),
            device_key: Bytes(key.verifying_key().to_bytes().to_vec()),
            sealing_key: Bytes(seal::public_key(&secret(2)).to_vec()),
            chain_key: Bytes(secret(3).to_vec()),
            device: "benchmark".into(),
            proof: Bytes::default(),
        };
        request.proof = Bytes(request.proof(&new.secret));
        let EnrolOutcome::Enrolled(certificate) = app.store.enrol(request, app.now_ms()).await? else {
            return Err("a device could not be enrolled".into());
        };
        let (rid, person) = (certificate.rid, *person);
        players.push(Player { rid, person, grids: grids.clone(), key, chain: ChainKey(secret(3)) });
    }
    Ok(players)
}

impl Player {
    /// Changes as pushes of at most so many each, from the start of the log.
    pub fn pushes(&self, changes: &[Change], a_push: usize) -> Vec<Push> {
        let mut hash = ChainHash::START;
        let push = |part: &[Change]| {
            let changes: Vec<Bytes> = part.iter().map(|change| Bytes(change.encode())).collect();
            let prev_hash = hash;
            hash = changes.iter().fold(hash, |hash, bytes| self.chain.next(hash, &bytes.0));
            let last = Seq(part[0].seq.0 + part.len() as u64 - 1);
            let signature = Bytes(sign_head(&self.key, self.rid, last, hash));
            let (rid, first_seq) = (self.rid, part[0].seq);
            Push { session: u64::from(rid.0), rid, epoch: 1, first_seq, prev_hash, changes, signature }
        };
        changes.chunks(a_push).map(push).collect()
    }
}

/// Serves a city in this process while `work` runs.
pub async fn serving<T>(
    dir: &Path,
    work: impl AsyncFnOnce(SocketAddr) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let edge = Edge::bind(SocketAddr::from(([127, 0, 0, 1], 0)), Plain, EdgeConfig::default()).await?;
    let addr = edge.addr();
    let app = App::open(dir, vec![format!("http://{addr}")]).await?;
    let router = router(app).await?;
    let (end, ending) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(edge.serve(router, async move {
        let _ = ending.await;
    }));
    let done = work(addr).await;
    let _ = end.send(());
    server.await?;
    done
}

/// A server in a process of its own; ended when dropped.
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts it on the city in `dir` and waits until it listens.
    pub fn start(dir: &Path, listen: SocketAddr) -> Result<Server, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(["--dir".as_ref(), dir.as_os_str()])
            .env("GRIDWEAVE_LISTEN", listen.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let line = lines.next().ok_or("the server did not start")??;
        if !line.starts_with("serving ") {
            return Err("the server did not start".into());
        }
        Ok(Server { child })
    }

    /// Processor time that it used so far, all threads, seconds; to 10 ms.
    pub fn cpu_s(&self) -> Result<f64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // proc(5): after the name in brackets, fields 14 and 15 are user and system time in ticks of 10 ms.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at - 3).and_then(|f| f.parse::<f64>().ok()).ok_or("no times");
        Ok((ticks(14)? + ticks(15)?) / 100.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the child process does.
pub fn serve_child(dir: &Path) -> Result<(), Failure> {
    let listen = std::env::var("GRIDWEAVE_LISTEN")?.parse()?;
    let args = ServeArgs {
        data: dir.to_path_buf(),
        listen,
        urls: Vec::new(),
        tls: false,
        limits: Default::default(),
        until_stdin_ends: true,
    };
    gridweave_server::serve::run(&args)
}

/// A loopback address that nobody listens at.
pub fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

/// Enrolment codes of further devices, for fieldbooks to join with.
pub async fn codes(
    app: &Arc<App>,
    people: &[PersonNo],
    scopes: &[Vec<GridCode>],
) -> Result<Vec<String>, Failure> {
    let mut codes = Vec::new();
    for (person, grids) in people.iter().zip(scopes) {
        codes.push(init::enrolment_code(app, *person, grids.clone(), true, None).await?.to_text());
    }
    Ok(codes)
}
