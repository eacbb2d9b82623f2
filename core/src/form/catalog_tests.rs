//! The built-in catalog as it is shipped: whole, in two languages, and with numbers that never change.

use super::*;
use crate::identity::{Scheme, country_name};
use crate::ids::{FieldNo, TypeNo};
use std::collections::BTreeSet;

fn every_label(catalog: &Catalog) -> Vec<(String, Label)> {
    fn of_items(of: &str, items: &[Item], out: &mut Vec<(String, Label)>) {
        for item in items {
            let labels = [&item.label, &item.hint, &item.constraint_message];
            out.extend(labels.into_iter().flatten().map(|l| (format!("{of}/{}", item.name), l.clone())));
            of_items(of, &item.items, out);
        }
    }
    let mut out = Vec::new();
    for t in catalog.types.values() {
        out.push((t.name.clone(), t.label.clone()));
        out.extend(t.fields.iter().map(|f| (format!("{}.{}", t.name, f.name), f.label.clone())));
        of_items(&t.name, &t.form, &mut out);
    }
    for list in catalog.code_lists.values() {
        out.push((list.name.clone(), list.label.clone()));
        out.extend(list.codes.iter().map(|c| (format!("{} {}", list.name, c.code), c.label.clone())));
    }
    out
}

#[test]
fn every_label_stands_in_both_languages() {
    let labels = every_label(&Catalog::builtin());
    assert!(labels.len() > 500);
    for (what, label) in labels {
        assert!(!label.zh.trim().is_empty() && !label.en.trim().is_empty(), "{what}");
        assert!(label.other.is_empty(), "{what}: languages other than zh and en are not shipped");
        assert!(label.en.chars().all(|c| c < '\u{2000}'), "{what}: {} is not English", label.en);
    }
}

#[test]
fn system_numbers_are_the_same_on_every_type() {
    for t in Catalog::builtin().types.values() {
        let names: Vec<(u16, &str)> = t.fields.iter().take(5).map(|f| (f.no.0, f.name.as_str())).collect();
        assert_eq!(names, [(1, "life"), (2, "review"), (3, "grid"), (4, "photos"), (5, "location")]);
        assert!(t.fields[5..].iter().all(|f| f.no >= system::FIRST_OWN), "{}", t.name);
        assert_eq!(t.field(system::LOCATION).unwrap().accuracy_m, t.accuracy_m);
    }
}

#[test]
fn identity_numbers_are_sensitive_and_masked() {
    for t in Catalog::builtin().types.values() {
        for f in t.fields.iter().filter(|f| f.identity.as_ref().is_some_and(|i| i.scheme == "citizen")) {
            assert_eq!(f.sensitivity, Sensitivity::Sensitive, "{}.{}", t.name, f.name);
            assert_eq!(f.mask, MaskRule::Keep { front: 6, back: 4 }, "{}.{}", t.name, f.name);
        }
    }
}

#[test]
fn every_identity_scheme_is_one_that_identity_knows() {
    for t in Catalog::builtin().types.values() {
        for (f, identity) in t.fields.iter().filter_map(|f| Some((f, f.identity.as_ref()?))) {
            assert!(identity.scheme.parse::<Scheme>().is_ok(), "{}.{}: {}", t.name, f.name, identity.scheme);
            assert_eq!(f.search, Search::Code, "{}.{} is found by its code", t.name, f.name);
        }
    }
}

#[test]
fn every_country_of_a_permanent_residents_number_can_be_chosen() {
    let catalog = Catalog::builtin();
    let list = &catalog.code_lists["country"];
    for number in 0..1000 {
        let number = format!("{number:03}");
        assert_eq!(list.entry(&number).is_some(), country_name(&number).is_some(), "{number}");
    }
}

#[test]
fn a_type_written_down_reads_back_the_same() {
    for t in Catalog::builtin().types.values() {
        let text = serde_json::to_string(t).unwrap();
        assert_eq!(&serde_json::from_str::<RecordType>(&text).unwrap(), t);
    }
}

#[test]
fn a_catalog_refuses_what_is_not_whole() {
    let whole = Catalog::builtin();
    let hazard = whole.by_name("hazard").unwrap();
    let spoil = |change: &dyn Fn(&mut RecordType)| {
        let mut spoilt = hazard.clone();
        change(&mut spoilt);
        whole.clone().add(spoilt)
    };
    let last = hazard.fields.len() - 1;
    assert!(matches!(spoil(&|t| t.fields[last].no = FieldNo(16)), Err(CatalogError::Twice { .. })));
    assert!(matches!(spoil(&|t| t.fields[last].no = FieldNo(6)), Err(CatalogError::NotAllowed { .. })));
    assert!(matches!(spoil(&|t| t.fields[last].name = "level".into()), Err(CatalogError::Twice { .. })));
    assert!(matches!(spoil(&|t| t.fields[last].name = "a b".into()), Err(CatalogError::NotAllowed { .. })));
    assert!(matches!(spoil(&|t| t.no = TypeNo(77)), Err(CatalogError::Twice { .. })));
    assert!(matches!(spoil(&|t| t.title.push("nothing".into())), Err(CatalogError::Missing { .. })));
    let no_list = |t: &mut RecordType| t.fields[last].kind = FieldKind::Code("nothing".into());
    assert!(matches!(spoil(&no_list), Err(CatalogError::Missing { .. })));
    for no_reason in ["alive", "tired of it"] {
        let gone = |t: &mut RecordType| t.gone.push(no_reason.into());
        assert!(matches!(spoil(&gone), Err(CatalogError::Missing { .. })), "{no_reason}");
    }
    assert!(spoil(&|t| t.version = 2).is_ok());
}

#[test]
fn a_thing_is_gone_for_the_reasons_of_its_type() {
    let mut catalog = Catalog::builtin();
    let reasons = |catalog: &Catalog, name: &str| -> Vec<String> {
        let offered = catalog.reasons_gone(catalog.by_name(name).unwrap().no);
        offered.into_iter().map(|reason| reason.code.code).collect()
    };
    assert_eq!(reasons(&catalog, "person"), ["deceased", "moved_away", "duplicate", "mistake"]);
    assert_eq!(reasons(&catalog, "building"), ["demolished", "duplicate", "mistake"]);
    assert_eq!(reasons(&catalog, "component"), ["removed", "gone", "duplicate", "mistake"]);
    assert!(catalog.types.values().all(|t| !t.gone.is_empty()));
    let mut own = catalog.by_name("hazard").unwrap().clone();
    own.gone.clear();
    catalog.add(own).unwrap();
    let all: Vec<String> = catalog.code_lists["life"].codes.iter().map(|entry| entry.code.clone()).collect();
    assert_eq!(reasons(&catalog, "hazard"), all[1..], "a type that says nothing of it has all of them");
}

#[test]
fn every_list_names_its_standard_edition_and_certainty() {
    let catalog = Catalog::builtin();
    let mut used = BTreeSet::new();
    for f in catalog.types.values().flat_map(|t| &t.fields) {
        if let FieldKind::Code(list) | FieldKind::Codes(list) = &f.kind {
            used.insert(list.clone());
        }
    }
    for list in catalog.code_lists.values() {
        assert!(
            !list.standard.is_empty() && !list.edition.is_empty() && list.certainty.len() > 10,
            "{}",
            list.name
        );
        assert!(list.codes.len() > 1, "{}", list.name);
    }
    assert!(used.contains("sex"));
}

#[test]
fn every_form_runs_and_compares_only_with_codes_that_exist() {
    let catalog = Catalog::builtin();
    for t in catalog.types.values() {
        let form = catalog.form(t.no).unwrap();
        assert_eq!(form.warnings, [], "{}", t.name);
        assert!(form.len() > 5, "{}", t.name);
    }
}

#[test]
fn required_fields_are_asked_by_the_form() {
    fn names<'a>(items: &'a [Item], out: &mut BTreeSet<&'a str>) {
        for item in items {
            out.insert(&item.name);
            names(&item.items, out);
        }
    }
    for t in Catalog::builtin().types.values() {
        let mut asked = BTreeSet::new();
        names(&t.form, &mut asked);
        for f in t.fields.iter().filter(|f| f.required) {
            assert!(asked.contains(f.name.as_str()), "{}.{} is required and never asked", t.name, f.name);
        }
    }
}
