//! A plain `gridweave`: the demo city, made first if there is none, and served. One process at a time has it.

use super::plan::Options;
use super::run::{midnight_ms, play, three_days_ago};
use super::stage::SUPERVISOR;
use crate::cli::DemoCityArgs;
use crate::serve::{ServeArgs, run_and_say, runtime};
use crate::store::StoreError;
use crate::store::city::is_invented;
use crate::store::lock::{DirLock, Holder};
use std::error::Error;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// Names the demo's directory. Not the variable that names a city's: a demo is set aside and made anew.
const DEMO_DIR: &str = "GRIDWEAVE_DEMO";

/// Why the demo city is neither made nor served.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Another process has it.
    #[error(
        "{by} has the demo city in {dir}. Use that one, or end it first; for a second city beside it, name \
         another directory in {DEMO_DIR}"
    )]
    Taken {
        /// Its directory.
        dir: PathBuf,
        /// Which process.
        by: Holder,
    },
    /// Something else lies there.
    #[error("{dir} is no demo city and stays as it is; name another directory in {DEMO_DIR}")]
    NoDemo {
        /// The directory.
        dir: PathBuf,
    },
}

/// Serves the demo city, made first if there is none.
pub fn serve_city(args: &DemoCityArgs) -> Result<(), Box<dyn Error>> {
    serve_city_in(&city_dir(), args)
}

fn serve_city_in(dir: &Path, args: &DemoCityArgs) -> Result<(), Box<dyn Error>> {
    let lock = take(dir)?;
    if args.fresh && dir.exists() {
        only_a_demo(dir)?;
        let aside = dir.with_extension(format!("old-{}", chrono::Utc::now().timestamp()));
        std::fs::rename(dir, &aside)?;
        println!("set the old demo city aside in {}", aside.display());
    }
    if !dir.exists() {
        make(dir)?;
    }
    let served = ServeArgs {
        data: dir.join("server"),
        listen: free_address(args.listen),
        urls: vec![],
        tls: false,
        limits: Default::default(),
        until_stdin_ends: false,
    };
    let (login, password) = SUPERVISOR;
    run_and_say(&served, |own| {
        lock.tell(own);
        println!("\n  Console:  {own}/\n  Sign in:  {login} / {password}\n  Ctrl-C ends it.\n");
    })
}

/// The demo is this process's alone, to make, to set aside and to serve, until the lock is dropped.
fn take(dir: &Path) -> Result<DirLock, Box<dyn Error>> {
    // Beside the directory: that one is renamed.
    let file = dir.with_extension("lock");
    file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    match DirLock::at(&file) {
        Err(StoreError::InUse { by }) => Err(DemoError::Taken { dir: dir.to_path_buf(), by }.into()),
        taken => Ok(taken?),
    }
}

fn make(dir: &Path) -> Result<(), Box<dyn Error>> {
    let making = dir.with_extension("new");
    if making.exists() {
        only_a_demo(&making)?;
        std::fs::remove_dir_all(&making)?; // A demo that was not finished: nothing of a person's is in it.
    }
    std::fs::create_dir_all(&making)?;
    println!("making the demo city in {} …", dir.display());
    let options = Options { start_ms: midnight_ms(three_days_ago()), ..Options::new(1) };
    let outcome = runtime()?.block_on(play(&making, &options, None, false))?;
    outcome.print(false);
    if !outcome.holds() {
        return Err("the demo city did not come out as planned; please report this".into());
    }
    Ok(std::fs::rename(&making, dir)?)
}

/// Refuses to move or remove what is not a demo, or is being served: its plan is there from the beginning, and its city,
/// once it is there, is an invented one.
fn only_a_demo(dir: &Path) -> Result<(), Box<dyn Error>> {
    let data = dir.join("server");
    let found = std::fs::read_dir(dir)?.next().is_some();
    let invented = match data.join("gridweave.db") {
        db if !db.exists() => true,
        _ => {
            let _lock = DirLock::take(&data)?;
            is_invented(&data)?
        }
    };
    if found && !(invented && dir.join("plan.json").exists()) {
        return Err(DemoError::NoDemo { dir: dir.to_path_buf() }.into());
    }
    Ok(())
}

fn city_dir() -> PathBuf {
    let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let shared = var("XDG_DATA_HOME").or_else(|| var("HOME").map(|home| home.join(".local/share")));
    var(DEMO_DIR).unwrap_or_else(|| shared.unwrap_or_else(|| PathBuf::from(".")).join("gridweave/demo"))
}

/// The address asked for, or the next port that nobody has.
fn free_address(mut addr: SocketAddr) -> SocketAddr {
    let taken = |addr| TcpListener::bind(addr).is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
    while addr.port() != 0 && addr.port() < u16::MAX && taken(addr) {
        addr.set_port(addr.port() + 1);
    }
    addr
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, city};
    use gridweave_core::form::Catalog;
    use std::sync::Arc;

    async fn city(dir: &Path, invented: bool) {
        std::fs::create_dir_all(dir.join("server")).unwrap();
        let store = Store::open(&dir.join("server"), Arc::new(Catalog::builtin())).unwrap();
        store.make_city(city::City { organisation: "x".into(), epoch: 1, invented }).await.unwrap();
    }

    #[tokio::test]
    async fn nothing_but_a_demo_that_nobody_serves_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let demo = |name: &str| dir.path().join(name);
        city(&demo("real"), false).await;
        std::fs::write(demo("real").join("plan.json"), "{}").unwrap();
        assert!(only_a_demo(&demo("real")).unwrap_err().to_string().contains("is no demo city"));
        // A directory of something else altogether, and one with a city right in it.
        std::fs::create_dir(demo("papers")).unwrap();
        std::fs::write(demo("papers").join("gridweave.db"), "x").unwrap();
        assert!(only_a_demo(&demo("papers")).is_err());

        city(&demo("demo"), true).await;
        std::fs::write(demo("demo").join("plan.json"), "{}").unwrap();
        only_a_demo(&demo("demo")).unwrap();
        let served = DirLock::take(&demo("demo").join("server")).unwrap();
        assert!(only_a_demo(&demo("demo")).is_err());
        drop(served);
        // Ended before its city was made.
        std::fs::create_dir(demo("begun")).unwrap();
        only_a_demo(&demo("begun")).unwrap();
        std::fs::write(demo("begun").join("plan.json"), "{}").unwrap();
        only_a_demo(&demo("begun")).unwrap();
    }

    #[test]
    fn a_second_start_fails_before_it_touches_anything_and_says_who_has_the_city() {
        let dir = tempfile::tempdir().unwrap();
        let demo = dir.path().join("demo");
        let first = take(&demo).unwrap();
        first.tell("http://127.0.0.1:8640");
        let args = DemoCityArgs { fresh: true, listen: ([127, 0, 0, 1], 0).into() };
        let refused = serve_city_in(&demo, &args).unwrap_err();
        let Some(DemoError::Taken { by, .. }) = refused.downcast_ref() else { panic!("{refused}") };
        assert_eq!((by.pid, by.url.as_deref()), (Some(std::process::id()), Some("http://127.0.0.1:8640")));
        assert!(refused.to_string().contains(DEMO_DIR), "{refused}");
        let there: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(there, ["demo.lock"], "nothing was made");
    }
}
