//! The repository as its tests read it.

use std::fs;
use std::path::{Path, PathBuf};

/// Its folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The text of one file.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// All files below a folder with one of these endings, by their paths in the repository, with their texts; build
/// output, generated bindings and what npm fetched are none of ours. None where there is no such folder.
pub fn files(below: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", ".git", ".build", "GridweaveFFI"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|end| name.ends_with(end)) {
                let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                let short = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((short, text));
            }
        }
    }
    found.sort();
    found
}
