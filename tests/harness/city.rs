//! A made city and its server: in this process, or as a process of its own.

use crate::device::{Device, copy_dir};
use crate::people::Supervisor;
use crate::process::{self, ServerProcess};
use crate::raw::RawDevice;
use gridweave_core::ids::{GridCode, PersonNo, Rid};
use gridweave_core::wire::enrol::EnrolmentCode;
use gridweave_core::wire::v1::GridDigest;
use gridweave_server::app::App;
use gridweave_server::demo::fault_proxy::{FaultProfile, FaultProxy};
use gridweave_server::edge::serve::{Edge, EdgeConfig, Plain};
use gridweave_server::init;
use gridweave_server::serve::router;
use gridweave_server::store::city::{City as Meta, NewGrid, NewPerson};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Codes of the city's grids, from west to east.
pub const GRIDS: [&str; 3] = ["440310001001001", "440310001001002", "440310001001003"];
/// Sign-in of the supervisor.
pub const SUPERVISOR: (&str, &str) = ("supervisor", "open sesame");

/// South-western corner of the first grid, degrees × 10⁷.
const CORNER: (i32, i32) = (1_143_400_000, 226_900_000);
/// Side of a grid, degrees × 10⁷: some 400 m.
const SIDE: i32 = 40_000;

/// A city with its server, behind a proxy whose address never changes.
pub struct City {
    dir: tempfile::TempDir,
    data: PathBuf,
    proxy: FaultProxy,
    /// For what is set up behind the server's back: people, codes, scopes.
    app: Arc<App>,
    server: Option<Server>,
    scheme: &'static str,
    /// Further arguments of the real program.
    further: &'static [&'static str],
}

#[allow(clippy::large_enum_variant, reason = "there is one of them in a test")]
enum Server {
    Here { addr: SocketAddr, stop: oneshot::Sender<()>, task: JoinHandle<()> },
    Process(ServerProcess),
}

impl City {
    /// Makes a city of three grids in a row and serves it in this process.
    pub async fn start() -> City {
        let mut city = City::make("http").await;
        city.serve_here().await;
        city
    }

    /// The same, served by the real program in a process of its own.
    pub async fn start_process() -> City {
        let mut city = City::make("http").await;
        city.serve_process().await;
        city
    }

    /// The same with further arguments.
    pub async fn start_process_with(further: &'static [&'static str]) -> City {
        let mut city = City::make("http").await;
        city.further = further;
        city.serve_process().await;
        city
    }

    /// The same over TLS.
    pub async fn start_tls() -> City {
        let mut city = City::make("https").await;
        city.serve_process().await;
        city
    }

    async fn make(scheme: &'static str) -> City {
        // One cryptography for the process; a second test finds it set, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("server");
        std::fs::create_dir(&data).unwrap();
        let meta = Meta { organisation: "测试区网格管理中心".into(), epoch: 1, invented: true };
        let store = init::make(&data, meta, &dir.path().join("recovery-key")).await.unwrap();
        store.add_areas(vec![("440310001001".into(), "六联社区".into(), None)]).await.unwrap();
        let grids = GRIDS.iter().zip(0i32..).map(|(code, at)| NewGrid {
            code: GridCode((*code).into()),
            name: format!("第{}网格", at + 1),
            layer: "land",
            area: "440310001001".into(),
            outline: square(at),
        });
        store.add_grids(grids.collect()).await.unwrap();
        let (login, password) = SUPERVISOR;
        let supervisor = NewPerson {
            name: "督导员".into(),
            role: "supervisor",
            login: Some(login.into()),
            password: Some(password.into()),
        };
        store.add_person(supervisor).await.unwrap();
        drop(store);
        let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let proxy = FaultProxy::start(nobody, 1, FaultProfile::clean()).await.unwrap();
        let app = App::open(&data, vec![format!("{scheme}://{}", proxy.addr())]).await.unwrap();
        City { dir, data, proxy, app, server: None, scheme, further: &[] }
    }

    async fn serve_here(&mut self) {
        let edge = Edge::bind((Ipv4Addr::LOCALHOST, 0).into(), Plain, EdgeConfig::default()).await.unwrap();
        let (addr, routes) = (edge.addr(), router(self.app.clone()).await.unwrap());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(edge.serve(routes, async { drop(stopped.await) }));
        self.proxy.set_backend(addr);
        self.server = Some(Server::Here { addr, stop, task });
    }

    async fn serve_process(&mut self) {
        let process = ServerProcess::start(&self.data(), &self.url(), self.further).await;
        self.proxy.set_backend(process.addr);
        self.server = Some(Server::Process(process));
    }

    /// Ends the server and starts it again: in order in this process, with SIGKILL as a process of its own.
    pub async fn restart(&mut self) {
        let here = self.stop().await;
        self.serve_again(here).await;
    }

    /// Ends the server, does something to its data directory, and starts it again.
    pub async fn restart_after<T>(&mut self, meanwhile: impl AsyncFnOnce(&Path) -> T) -> T {
        let here = self.stop().await;
        let done = meanwhile(&self.data).await;
        self.serve_again(here).await;
        done
    }

    /// A copy of the server's database and keys, made while it runs, with the photos that it has by now.
    pub async fn backed_up(&self, name: &str) -> PathBuf {
        let to = self.dir.path().join(name);
        std::fs::create_dir(&to).unwrap();
        let db = rusqlite::Connection::open(self.data.join("gridweave.db")).unwrap();
        db.execute("VACUUM INTO ?1", [to.join("gridweave.db").to_str().unwrap()]).unwrap();
        std::fs::copy(self.data.join("keys.json"), to.join("keys.json")).unwrap();
        copy_dir(&self.data.join("photos"), &to.join("photos"));
        to
    }

    /// Puts the server back to such a copy and says so with `gridweave restored`, as its keepers should.
    pub async fn put_back(&mut self, backup: &Path) {
        self.put_back_then(backup, true).await;
    }

    /// Puts the server back to such a copy as if nothing had happened.
    pub async fn put_back_silently(&mut self, backup: &Path) {
        self.put_back_then(backup, false).await;
    }

    async fn put_back_then(&mut self, backup: &Path, say_so: bool) {
        let here = self.stop().await;
        let times = std::fs::read_dir(self.dir.path()).unwrap().count();
        self.data = self.dir.path().join(format!("server-{times}"));
        copy_dir(backup, &self.data);
        if say_so {
            let (done, said) = process::run(&["restored", "--data", self.data.to_str().unwrap()]).await;
            assert!(done, "{said}");
        }
        self.serve_again(here).await;
    }

    /// Ends the server; answers whether it was one in this process.
    async fn stop(&mut self) -> bool {
        match self.server.take().expect("a city is always served") {
            Server::Here { stop, task, .. } => {
                drop(stop);
                task.await.unwrap();
                true
            }
            Server::Process(process) => {
                process.kill().await;
                false
            }
        }
    }

    async fn serve_again(&mut self, here: bool) {
        self.open().await;
        if here { self.serve_here().await } else { self.serve_process().await }
    }

    /// Reads keys and database anew.
    async fn open(&mut self) {
        self.app = App::open(&self.data(), vec![self.url()]).await.unwrap();
    }

    /// The server's data directory.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// A directory for what belongs to this city and goes with it.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The address that devices know.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.proxy.addr())
    }

    /// Where the server itself listens.
    pub fn server_addr(&self) -> SocketAddr {
        match self.server.as_ref().expect("a city is always served") {
            Server::Here { addr, .. } => *addr,
            Server::Process(process) => process.addr,
        }
    }

    /// The network between devices and server.
    pub fn network(&self) -> &FaultProxy {
        &self.proxy
    }

    /// The city's database and keys, for what people at the command line do.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// A new person with this role.
    pub async fn person(&self, name: &str, role: &'static str) -> PersonNo {
        let person = NewPerson { name: name.into(), role, login: None, password: None };
        self.app.store.add_person(person).await.unwrap()
    }

    /// An enrolment code for a new worker's device, confirmed beforehand.
    pub async fn code(&self, name: &str, grids: &[&str]) -> EnrolmentCode {
        let person = self.person(name, "worker").await;
        let grids = grids.iter().map(|g| GridCode((*g).into())).collect();
        init::enrolment_code(&self.app, person, grids, true, None).await.unwrap()
    }

    /// A new worker with an enrolled device that has not synced yet.
    pub async fn device(&self, name: &str, grids: &[&str]) -> Device {
        self.device_with(name, &self.code(name, grids).await).await
    }

    /// A device that is enrolled with this code.
    pub async fn device_with(&self, name: &str, code: &EnrolmentCode) -> Device {
        Device::enrolled(name, &self.dir.path().join(name), &code.to_text()).await
    }

    /// A new worker with a program of its own instead of a fieldbook.
    pub async fn raw(&self, name: &str, grids: &[&str]) -> RawDevice {
        RawDevice::enrolled(name, &self.code(name, grids).await).await
    }

    /// The supervisor, signed in.
    pub async fn supervisor(&self) -> Supervisor {
        Supervisor::sign_in(&self.url(), SUPERVISOR.0, SUPERVISOR.1).await
    }

    /// Gives a device these grids and no others.
    pub async fn set_grids(&self, rid: Rid, grids: &[&str]) {
        let grids = grids.iter().map(|g| GridCode((*g).into())).collect();
        self.app.store.set_replica_grids(rid, grids).await.unwrap();
    }

    /// The server's digest of one grid.
    pub async fn digest(&self, grid: &str) -> GridDigest {
        let all = self.app.store.grid_digests().await.unwrap();
        let none = GridDigest { grid: GridCode(grid.into()), count: 0, sum: 0 };
        all.into_iter().find(|d| d.grid.0 == grid).unwrap_or(none)
    }

    /// Fails unless the device has exactly what the server has of these grids.
    pub async fn assert_agrees(&self, device: &Device, grids: &[&str]) {
        for grid in grids {
            assert_eq!(
                device.digest(grid),
                self.digest(grid).await,
                "{} and the server, grid {grid}",
                device.name
            );
        }
    }
}

/// The middle of a grid, by its place in the row: (longitude, latitude), degrees × 10⁷.
pub fn middle(grid: &str) -> (i32, i32) {
    let at = GRIDS.iter().position(|g| *g == grid).unwrap_or(GRIDS.len()) as i32;
    (CORNER.0 + at * SIDE + SIDE / 2, CORNER.1 + SIDE / 2)
}

fn square(at: i32) -> Vec<(i32, i32)> {
    let (west, south) = (CORNER.0 + at * SIDE, CORNER.1);
    let (east, north) = (west + SIDE, south + SIDE);
    vec![(west, south), (east, south), (east, north), (west, north), (west, south)]
}
