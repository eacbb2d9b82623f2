//! The stage of the demo: a city made for the plan, its server process behind a proxy that fails, and its people.

use super::child::Server;
use super::city::City as Streets;
use super::fault_proxy::{FaultCounts, FaultProfile, FaultProxy};
use super::plan::Plan;
use crate::app::App;
use crate::init;
use crate::store::city::{City, NewGrid, NewPerson};
use gridweave_core::ids::{GridCode, PersonNo};
use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// Sign-in of the demo's supervisor. Printed on the screen; the city is invented.
pub const SUPERVISOR: (&str, &str) = ("supervisor", "gridweave-demo");

/// How often the server is started again before the demo gives up: its reason stands on standard error each time.
const STARTS_MAX: usize = 4;

/// Makes the plan's city in `dir`; answers each device's enrolment code.
pub async fn make_city(
    dir: &Path,
    streets: &Streets,
    plan: &Plan,
    url: &str,
) -> Result<Codes, Box<dyn Error>> {
    std::fs::create_dir_all(dir)?;
    let city =
        City { organisation: "坪山区网格管理中心（演示）".into(), epoch: 1, invented: true };
    let recovery = dir.join("recovery-private-key.demo");
    let store = init::make(dir, city, &recovery).await?;
    let areas = streets.areas.iter().map(|a| {
        (
            a.code.clone(),
            a.name.clone(),
            Some(a.parent.clone()).filter(|p| streets.areas.iter().any(|b| b.code == *p)),
        )
    });
    store.add_areas(areas.collect()).await?;
    let grids = streets.grids.iter().map(|g| NewGrid {
        code: GridCode(g.code.clone()),
        name: g.name.clone(),
        layer: match g.layer {
            super::city::Layer::Land => "land",
            super::city::Layer::Household => "household",
        },
        area: g.community.clone(),
        outline: g.ring.iter().map(|p| (p.lon_e7, p.lat_e7)).collect(),
    });
    store.add_grids(grids.collect()).await?;
    let person = |name: &str, role, login: Option<&str>, password: Option<&str>| NewPerson {
        name: name.to_owned(),
        role,
        login: login.map(str::to_owned),
        password: password.map(str::to_owned),
    };
    let (login, password) = SUPERVISOR;
    store.add_person(person("督导员（演示）", "supervisor", Some(login), Some(password))).await?;
    store.add_person(person("审计员（演示）", "auditor", Some("auditor"), Some(password))).await?;
    store.add_person(person("管理员（演示）", "admin", Some("admin"), Some(password))).await?;
    let mut workers: Vec<(String, PersonNo, Vec<GridCode>)> = Vec::new();
    for device in &plan.devices {
        let no = store.add_person(person(&device.person, "worker", None, None)).await?;
        workers.push((device.name.clone(), no, device.grids.iter().cloned().map(GridCode).collect()));
    }
    drop(store);
    let app = App::open(dir, vec![url.to_owned()]).await?;
    let mut codes = BTreeMap::new();
    for (name, person, grids) in workers {
        codes.insert(name, init::enrolment_code(&app, person, grids, true, None).await?.to_text());
    }
    Ok(codes)
}

/// Enrolment codes by the name of the device.
pub type Codes = BTreeMap<String, String>;

/// The server, kept running behind the proxy whoever kills it.
pub struct Stage {
    proxy: Arc<FaultProxy>,
    address: watch::Receiver<Option<std::net::SocketAddr>>,
    keeper: tokio::task::JoinHandle<()>,
    end: watch::Sender<bool>,
    restarts: Arc<Mutex<usize>>,
}

impl Stage {
    /// Starts server and proxy. `make` makes the city, told the address that devices will know.
    pub async fn start(
        seed: u64,
        profile: FaultProfile,
        make: impl AsyncFnOnce(&str) -> Result<PathBuf, Box<dyn Error>>,
    ) -> Result<Stage, Box<dyn Error>> {
        let nobody = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
        let proxy = Arc::new(FaultProxy::start(nobody, seed, profile).await?);
        let url = format!("http://{}", proxy.addr());
        let data = make(&url).await?;
        let server = started(&data, &url).await?;
        proxy.set_backend(server.addr);
        let (told, address) = watch::channel(Some(server.addr));
        let (end, ending) = watch::channel(false);
        let restarts = Arc::new(Mutex::new(0));
        let keeper = tokio::spawn(keep(server, data, url, proxy.clone(), told, ending, restarts.clone()));
        Ok(Stage { proxy, address, keeper, end, restarts })
    }

    /// Where the server itself listens now; waits while it is being started again.
    pub async fn server(&self) -> io::Result<std::net::SocketAddr> {
        let mut address = self.address.clone();
        let up =
            address.wait_for(Option::is_some).await.map_err(|_| io::Error::other("the server is gone"))?;
        up.ok_or_else(|| io::Error::other("the server is gone"))
    }

    /// Takes the network away, or gives it back.
    pub fn set_offline(&self, offline: bool) {
        self.proxy.set_offline(offline);
    }

    /// Faults so far.
    pub fn faults(&self) -> FaultCounts {
        self.proxy.faults()
    }

    /// How often the server had to be started again.
    pub async fn restarts(&self) -> usize {
        *self.restarts.lock().await
    }

    /// Ends the server in order.
    pub async fn stop(self) {
        self.end.send_replace(true);
        let _ = self.keeper.await;
    }
}

/// Starts the server; a few times over, for it may be killed while it starts.
async fn started(data: &Path, url: &str) -> io::Result<Server> {
    for _ in 0..STARTS_MAX {
        if let Ok(server) = Server::start(data, "127.0.0.1:0", url).await {
            return Ok(server);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Server::start(data, "127.0.0.1:0", url).await
}

async fn keep(
    mut server: Server,
    data: PathBuf,
    url: String,
    proxy: Arc<FaultProxy>,
    told: watch::Sender<Option<std::net::SocketAddr>>,
    mut ending: watch::Receiver<bool>,
    restarts: Arc<Mutex<usize>>,
) {
    loop {
        tokio::select! {
            () = server.ended() => {}
            () = async { drop(ending.wait_for(|end| *end).await) } => return server.stop().await,
        }
        told.send_replace(None);
        server = loop {
            if *ending.borrow() {
                return;
            }
            match Server::start(&data, "127.0.0.1:0", &url).await {
                Ok(server) => break server,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        *restarts.lock().await += 1;
        proxy.set_backend(server.addr);
        told.send_replace(Some(server.addr));
    }
}
