//! The files in `schemas/` against their own descriptions, and against what was released before.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_core::form::{Catalog, Field, FieldKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn schemas_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(folder: &str) -> BTreeMap<String, Value> {
    let entries = fs::read_dir(schemas_folder().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    entries.map(|path| (name(&path), read(&path))).collect()
}

/// A description of `schemas/` that files can be held against.
struct Schema {
    schemas: boon::Schemas,
    index: boon::SchemaIndex,
}

impl Schema {
    fn of(file: &str) -> Schema {
        let mut schemas = boon::Schemas::new();
        let mut compiler = boon::Compiler::new();
        compiler.add_resource(file, read(&schemas_folder().join(file))).unwrap();
        let index = compiler.compile(file, &mut schemas).unwrap_or_else(|e| panic!("{file}: {e:#}"));
        Schema { schemas, index }
    }

    fn faults(&self, value: &Value) -> Option<String> {
        self.schemas.validate(value, self.index).err().map(|fault| format!("{fault:#}"))
    }
}

#[test]
fn every_file_is_valid_built_in_and_named_as_what_it_holds() {
    let catalog = Catalog::builtin();
    for (folder, schema, count) in [
        ("types", "record-type.schema.json", catalog.types.len()),
        ("codes", "code-list.schema.json", catalog.code_lists.len()),
    ] {
        let (files, schema) = (files(folder), Schema::of(schema));
        assert_eq!(files.len(), count, "every file in {folder} is built in");
        for (name, file) in files {
            assert_eq!(schema.faults(&file), None, "{folder}/{name}");
            assert_eq!(file["name"], json!(name));
        }
    }
}

#[test]
fn what_the_program_writes_is_valid_too() {
    let schema = Schema::of("record-type.schema.json");
    for record_type in Catalog::builtin().types.values() {
        let written = serde_json::to_value(record_type).unwrap();
        assert_eq!(schema.faults(&written), None, "{}", record_type.name);
    }
}

#[test]
fn schema_and_loader_refuse_the_same_mistakes() {
    let schema = Schema::of("record-type.schema.json");
    let hazard = files("types").remove("hazard").unwrap();
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 9] = [
        ("unknown key", |t| t["colour"] = json!("red")),
        ("no label", |t| t["label"] = json!({"zh": "x"})),
        ("unknown layer", |t| t["layer"] = json!("sea")),
        ("unknown kind", |t| t["fields"][0]["kind"] = json!("colour")),
        ("code without list", |t| _ = t["fields"][0].as_object_mut().unwrap().remove("list")),
        ("list without code", |t| t["fields"][2]["list"] = json!("sex")),
        ("unknown mask", |t| t["fields"][2]["mask"] = json!("keep_x_y")),
        ("unknown item type", |t| t["form"][0]["type"] = json!("table")),
        ("unknown column", |t| t["form"][0]["relevance"] = json!("1")),
    ];
    assert!(serde_json::from_value::<gridweave_core::form::RecordType>(hazard.clone()).is_ok());
    for (what, spoil) in spoils {
        let mut spoilt = hazard.clone();
        spoil(&mut spoilt);
        assert!(schema.faults(&spoilt).is_some(), "the schema takes {what}");
        let loaded = serde_json::from_value::<gridweave_core::form::RecordType>(spoilt);
        assert!(loaded.is_err(), "the loader takes {what}");
    }
}

/// Kind, list and repeat of a field as they stand in the frozen file.
fn frozen_form(field: &Field) -> String {
    let written = serde_json::to_value(field).unwrap();
    let text = |key: &str| match &written[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    format!("{},{},{}", text("kind"), text("list"), text("repeat"))
}

#[test]
fn released_fields_never_change_and_new_ones_are_frozen() {
    let text = fs::read_to_string(schemas_folder().join("frozen-fields.csv")).unwrap();
    let mut frozen: BTreeMap<(u16, u16), String> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let parts: Vec<&str> = line.splitn(6, ',').collect();
        let key = (parts[0].parse().unwrap(), parts[1].parse().unwrap());
        assert!(frozen.insert(key, parts[2..5].join(",")).is_none(), "twice: {line}");
    }
    for record_type in Catalog::builtin().types.values() {
        for field in record_type.fields.iter().filter(|field| field.no.0 >= 16) {
            let was = frozen.remove(&(record_type.no.0, field.no.0));
            let place = format!("{}.{} ({})", record_type.name, field.name, field.no);
            let was = was.unwrap_or_else(|| panic!("{place} is new: add its line to frozen-fields.csv"));
            assert_eq!(frozen_form(field), was, "{place} was released otherwise");
            assert!(field.kind != FieldKind::System, "{place}");
        }
    }
    assert!(frozen.is_empty(), "released fields are gone: {frozen:?}");
}
