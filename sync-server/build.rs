//! Bundles the console's scripts (`web/`) where there is npm. Without it, or if it fails, the server is built all the
//! same: the map is then the server's own drawing, and the server says so when it starts.

use std::path::Path;
use std::process::Command;

const FILES: [&str; 3] = ["map.js", "map-worker.js", "map.css"];

fn main() {
    for path in ["web/src", "web/package.json", "web/package-lock.json", "web/bundle.mjs", "build.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rerun-if-env-changed=GRIDWEAVE_NO_WEB");
    let out = std::env::var("OUT_DIR").expect("cargo names the folder for what is built");
    let out = Path::new(&out).join("web");
    std::fs::create_dir_all(&out).expect("the folder for what is built can be written");
    let wanted = std::env::var_os("GRIDWEAVE_NO_WEB").is_none();
    if !(wanted && bundle(&out)) {
        for file in FILES {
            std::fs::write(out.join(file), "").expect("the folder for what is built can be written");
        }
    }
}

fn bundle(out: &Path) -> bool {
    let web = Path::new("web");
    if !runs(Command::new("npm").arg("--version")) {
        println!("cargo::warning=npm is not here: the map will be drawn without script");
        return false;
    }
    // Exactly what the lock file names, without running anything of the packages' own.
    let installed = web.join("node_modules/.package-lock.json").exists()
        || runs(
            Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(web),
        );
    let bundled = installed && runs(Command::new("node").arg("bundle.mjs").arg(out).current_dir(web));
    if !bundled {
        println!(
            "cargo::warning=the scripts in web/ could not be bundled: the map will be drawn without script"
        );
    }
    bundled
}

/// Whether a command ends well. What it says is cargo's to keep: on standard output it would read as orders.
fn runs(command: &mut Command) -> bool {
    match command.output() {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            false
        }
        Err(_) => false,
    }
}
