//! The identity keys that a record owns: what it is grouped by, for the phone and the server alike.

use crate::form::{Catalog, Field, IdentityRole};
use crate::identity::{Scheme, canonical, identity_key, organisation_of_credit};
use crate::ids::IdentityKey;
use crate::merge::RecordState;
use std::collections::BTreeSet;

/// Keys of the record's own codes under `key`, the key of the index. A credit code contains the organisation code, so it
/// gives both keys: a firm recorded by either is one.
///
/// A code field with several distinct live values groups by none of them until that is settled. Values that differ only
/// in how they were typed are one code.
pub fn own_keys(catalog: &Catalog, key: &[u8], state: &RecordState) -> BTreeSet<IdentityKey> {
    let Some(record_type) = catalog.by_no(state.record_type.no) else { return BTreeSet::new() };
    let mut keys = BTreeSet::new();
    for field in &record_type.fields {
        let Some((scheme, code)) = own_code(field, state) else { continue };
        keys.insert(identity_key(key, scheme, &code));
        if scheme == Scheme::Credit
            && let Some(organisation) = organisation_of_credit(&code)
        {
            keys.insert(identity_key(key, Scheme::Organisation, &organisation));
        }
    }
    keys
}

/// The one code that all live values of the field agree on, in canonical form.
fn own_code(field: &Field, state: &RecordState) -> Option<(Scheme, String)> {
    let identity = field.identity.as_ref().filter(|identity| identity.role == IdentityRole::Own)?;
    let scheme: Scheme = identity.scheme.parse().ok()?;
    let live = state.register(field.no)?.live();
    let texts = live.iter().filter_map(|sibling| sibling.value.as_text());
    let codes: BTreeSet<String> =
        texts.map(|text| canonical(scheme, text)).filter(|code| !code.is_empty()).collect();
    let mut codes = codes.into_iter();
    match (codes.next(), codes.next()) {
        (Some(code), None) => Some((scheme, code)),
        _ => None,
    }
}
