//! The record types and code lists that are compiled in, from `schemas/`. Later versions arrive by sync.

use super::catalog::{Catalog, CatalogError};

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        [$(($name, include_str!(concat!("../../../schemas/", $folder, "/", $name, ".json")))),*]
    };
}

const TYPES: &[(&str, &str)] = &files!("types":
    "person" "household" "organisation" "building" "dwelling" "component" "dispute" "hazard" "visit"
);

const LISTS: &[(&str, &str)] = &files!("codes":
    "attention"
    "building_structure"
    "building_use"
    "care_group"
    "component_class"
    "component_major"
    "component_state"
    "country"
    "data_source"
    "dispute_kind"
    "dispute_method"
    "dispute_scale"
    "document"
    "dwelling_use"
    "education"
    "enterprise_type"
    "ethnicity"
    "family_relation"
    "hazard_level"
    "hazard_type"
    "holding"
    "household_kind"
    "household_match"
    "inflow_reason"
    "life"
    "lodging_type"
    "marital"
    "matter_class"
    "matter_major"
    "organisation_kind"
    "organisation_state"
    "permit_type"
    "political"
    "relation_to_owner"
    "religion"
    "rental_use"
    "residence_kind"
    "residence_status"
    "review"
    "sex"
    "social_organisation"
    "survey_class"
    "visit_purpose"
    "visit_purpose_china"
    "visit_result"
);

/// Reads and checks them all.
pub fn load() -> Result<Catalog, CatalogError> {
    Catalog::new(parse(TYPES)?, parse(LISTS)?)
}

fn parse<T: serde::de::DeserializeOwned>(files: &[(&str, &str)]) -> Result<Vec<T>, CatalogError> {
    let read = |(name, text): &(&str, &str)| {
        serde_json::from_str(text)
            .map_err(|error| CatalogError::File { file: format!("{name}.json"), reason: error.to_string() })
    };
    files.iter().map(read).collect()
}
