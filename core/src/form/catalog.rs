//! All record types and code lists that a device or server knows, checked when they are loaded.
//!
//! What a catalog holds is whole: every list exists, every number and name is unique, so nobody asks again.

use super::code_list::{CodeEntry, CodeList};
use super::field::{Field, FieldKind};
use super::form::Form;
use super::form_error::FormError;
use super::item::Item;
use super::record_type::{RecordType, system};
use super::screen::Choice;
use crate::ids::{FieldNo, TypeNo};
use crate::value::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Record types by number and code lists by name.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Record types, each with the system's fields.
    pub types: BTreeMap<TypeNo, RecordType>,
    /// Code lists in the edition that is asked.
    pub code_lists: BTreeMap<String, Arc<CodeList>>,
    /// Forms ready to run, one for each type.
    forms: BTreeMap<TypeNo, Arc<Form>>,
}

/// Why files make no catalog.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// A file is not of its shape.
    #[error("{file}: {reason}")]
    File {
        /// Its name.
        file: String,
        /// Where and why, by the parser.
        reason: String,
    },
    /// A number or name stands twice.
    #[error("{of}: {what} stands twice")]
    Twice {
        /// The type or list.
        of: String,
        /// What is there twice.
        what: String,
    },
    /// A name names nothing.
    #[error("{of}: {what} does not exist")]
    Missing {
        /// The type.
        of: String,
        /// What is not there.
        what: String,
    },
    /// A name is none (letters, digits, `_`, `-`, `.`), or a number is the system's.
    #[error("{of}: {what} is not allowed")]
    NotAllowed {
        /// The type.
        of: String,
        /// What is not allowed.
        what: String,
    },
    /// The form cannot run.
    #[error("{} faults, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Form(Vec<FormError>),
}

impl Catalog {
    /// The catalog that is built into the program.
    pub fn builtin() -> Catalog {
        super::builtin::load().expect("the built-in files are checked by a test")
    }

    /// A catalog of these types and lists; the first fault found is the error.
    pub fn new(types: Vec<RecordType>, lists: Vec<CodeList>) -> Result<Catalog, CatalogError> {
        let mut catalog = Catalog::default();
        for list in lists {
            check_list(&list)?;
            if let Some(old) = catalog.code_lists.insert(list.name.clone(), Arc::new(list)) {
                return Err(CatalogError::Twice { of: "code lists".into(), what: old.name.clone() });
            }
        }
        for kind in types {
            catalog.add(kind)?;
        }
        Ok(catalog)
    }

    /// Adds or replaces a record type, checked against the lists that are there.
    pub fn add(&mut self, record_type: RecordType) -> Result<(), CatalogError> {
        let record_type = record_type.with_system_fields();
        if self.types.values().any(|t| t.name == record_type.name && t.no != record_type.no) {
            return Err(CatalogError::Twice { of: "record types".into(), what: record_type.name });
        }
        check_type(&record_type, &self.code_lists)?;
        let form = Form::compile(&record_type, &self.code_lists).map_err(CatalogError::Form)?;
        self.forms.insert(record_type.no, Arc::new(form));
        self.types.insert(record_type.no, record_type);
        Ok(())
    }

    /// Adds or replaces the record type that a file's text holds; the error names the file.
    pub fn add_file(&mut self, name: &str, text: &str) -> Result<(), CatalogError> {
        let fault =
            |error: serde_json::Error| CatalogError::File { file: name.into(), reason: error.to_string() };
        self.add(serde_json::from_str(text).map_err(fault)?)
    }

    /// The files of a directory that hold record types. What else lies there, a note or what a system leaves behind, is
    /// none of them.
    pub fn files_in(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?;
        let hidden =
            |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let is_type = |path: &PathBuf| {
            path.extension().is_some_and(|end| end == "json") && !hidden(path) && path.is_file()
        };
        let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(is_type).collect();
        // The same order everywhere, so that the same fault is named.
        files.sort();
        Ok(files)
    }

    /// The type of a number.
    pub fn by_no(&self, no: TypeNo) -> Option<&RecordType> {
        self.types.get(&no)
    }

    /// The type of a name.
    pub fn by_name(&self, name: &str) -> Option<&RecordType> {
        self.types.values().find(|record_type| record_type.name == name)
    }

    /// The form of a type, ready to run.
    pub fn form(&self, no: TypeNo) -> Option<Arc<Form>> {
        self.forms.get(&no).cloned()
    }

    /// Why a thing of a type may be gone, in the order of its type; for one that says nothing of it, in that of the list.
    pub fn reasons_gone(&self, no: TypeNo) -> Vec<Choice> {
        let Some(list) = self.code_lists.get(system::LIFE_LIST) else { return Vec::new() };
        let own: &[String] = self.by_no(no).map_or(&[], |record_type| record_type.gone.as_slice());
        let entries: Vec<&CodeEntry> = match own {
            [] => list.codes.iter().filter(|entry| entry.code != system::ALIVE).collect(),
            own => own.iter().filter_map(|code| list.entry(code)).collect(),
        };
        let offered = entries.into_iter().filter(|entry| !entry.retired);
        offered.map(|entry| Choice { code: list.code(&entry.code), label: entry.label.clone() }).collect()
    }

    /// What a code means; `None` for a list, edition or code that is not known here.
    pub fn code_entry(&self, code: &Code) -> Option<&CodeEntry> {
        self.code_lists.get(&code.list).filter(|list| list.edition == code.edition)?.entry(&code.code)
    }
}

fn check_list(list: &CodeList) -> Result<(), CatalogError> {
    let mut seen = BTreeSet::new();
    match list.codes.iter().find(|entry| !seen.insert(&entry.code)) {
        Some(entry) => Err(CatalogError::Twice { of: list.name.clone(), what: entry.code.clone() }),
        None => Ok(()),
    }
}

fn check_type(record_type: &RecordType, lists: &BTreeMap<String, Arc<CodeList>>) -> Result<(), CatalogError> {
    let of = || record_type.name.clone();
    let mut numbers = BTreeSet::new();
    let mut names = BTreeSet::new();
    for field in &record_type.fields {
        if !numbers.insert(field.no) || !names.insert(field.name.as_str()) {
            return Err(CatalogError::Twice { of: of(), what: format!("{} ({})", field.name, field.no) });
        }
        check_field(record_type, field, lists)?;
    }
    let mut asked = BTreeSet::new();
    check_items(record_type, &record_type.form, None, &mut asked)?;
    let life = lists.get(system::LIFE_LIST);
    let is_reason = |code: &str| code != system::ALIVE && life.is_some_and(|list| list.entry(code).is_some());
    if let Some(code) = record_type.gone.iter().find(|code| !is_reason(code)) {
        return Err(CatalogError::Missing { of: of(), what: format!("reason {code}") });
    }
    match record_type.title.iter().find(|name| record_type.field_named(name).is_none()) {
        Some(name) => Err(CatalogError::Missing { of: of(), what: format!("title field {name}") }),
        None => Ok(()),
    }
}

fn check_field(
    record_type: &RecordType,
    field: &Field,
    lists: &BTreeMap<String, Arc<CodeList>>,
) -> Result<(), CatalogError> {
    let of = || record_type.name.clone();
    let is_system = matches!(field.name.as_str(), "life" | "review" | "grid" | "photos" | "location");
    if !is_name(&field.name) || (field.no < system::FIRST_OWN) != is_system {
        return Err(CatalogError::NotAllowed {
            of: of(),
            what: format!("field {} ({})", field.name, field.no),
        });
    }
    if let FieldKind::Code(list) | FieldKind::Codes(list) = &field.kind
        && !lists.contains_key(list)
    {
        return Err(CatalogError::Missing { of: of(), what: format!("code list {list}") });
    }
    match field.repeat.map(|no| record_type.field(no).map(|f| (&f.kind, f.repeat))) {
        Some(Some((FieldKind::Repeat, None))) | None => Ok(()),
        _ => Err(CatalogError::Missing { of: of(), what: format!("repeat of field {}", field.name) }),
    }
}

/// Items have unique names, and stand in the repeated group that their field belongs to.
fn check_items<'a>(
    record_type: &RecordType,
    items: &'a [Item],
    repeat: Option<FieldNo>,
    asked: &mut BTreeSet<&'a str>,
) -> Result<(), CatalogError> {
    for item in items {
        if !is_name(&item.name) {
            let what = format!("item {}", item.name);
            return Err(CatalogError::NotAllowed { of: record_type.name.clone(), what });
        }
        if !asked.insert(&item.name) {
            let what = format!("item {}", item.name);
            return Err(CatalogError::Twice { of: record_type.name.clone(), what });
        }
        let field = record_type.field_named(&item.name);
        let inside = match field {
            Some(field) if field.repeat != repeat => {
                let what = format!("item {} outside its repeated group", item.name);
                return Err(CatalogError::NotAllowed { of: record_type.name.clone(), what });
            }
            Some(Field { kind: FieldKind::Repeat, no, .. }) => Some(*no),
            _ => repeat,
        };
        check_items(record_type, &item.items, inside, asked)?;
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
