//! What may be collected: the built-in record types, and the organisation's own, which lie as files in `types` of its
//! data directory.

use super::StoreError;
use gridweave_core::form::Catalog;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The record types of the city in `dir`. A file that cannot be asked is an error: what its records hold could not be
/// judged.
pub fn catalog_of(dir: &Path) -> Result<Arc<Catalog>, StoreError> {
    let mut catalog = Catalog::builtin();
    let dir = dir.join("types");
    if dir.is_dir() {
        let failed = |source| StoreError::File { what: "read the organisation's own record types", source };
        for path in Catalog::files_in(&dir).map_err(failed)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            catalog.add_file(&name, &fs::read_to_string(&path).map_err(failed)?)?;
        }
    }
    Ok(Arc::new(catalog))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_types_stand_beside_the_built_in_ones_and_a_bad_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let built_in = catalog_of(dir.path()).unwrap().types.len();
        fs::create_dir(dir.path().join("types")).unwrap();
        let own = r#"{"no": 900, "name": "own", "version": 1, "label": {"zh": "自", "en": "Own"}, "entity_kind": "none",
            "layer": "land", "revisit_days": null, "accuracy_m": null, "title": [], "fields": [], "form": []}"#;
        fs::write(dir.path().join("types/own.json"), own).unwrap();
        fs::write(dir.path().join("types/.DS_Store"), [0xff, 0]).unwrap();
        fs::create_dir(dir.path().join("types/old")).unwrap();
        let catalog = catalog_of(dir.path()).unwrap();
        assert_eq!((catalog.types.len(), catalog.by_name("own").is_some()), (built_in + 1, true));
        fs::write(dir.path().join("types/bad.json"), "{").unwrap();
        assert!(catalog_of(dir.path()).unwrap_err().to_string().contains("bad.json"));
    }
}
