//! "Already recorded": asked at the door, before a new record is saved, of the records that the device has.

use super::Fieldbook;
use crate::form::EntityKind;
use crate::identity::{self, Checked, Scheme};
use crate::ids::TypeNo;
use crate::store::{Error, Refused, ShownRow};

/// What is known of a code on this device.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicates {
    /// The code, checked: what is wrong with it, and what may have been meant.
    pub checked: Checked,
    /// Records with this code as their own, of the same kind of thing.
    pub records: Vec<ShownRow>,
    /// The device has no key of the index: nothing could be compared.
    pub unchecked: bool,
}

impl Fieldbook {
    /// Looks for records of the same thing. `scheme` is a name that a form gives.
    pub fn duplicate_check(
        &self,
        record_type: TypeNo,
        scheme: &str,
        code: &str,
    ) -> Result<Duplicates, Error> {
        let scheme: Scheme =
            scheme.parse().map_err(|_| Refused::UnknownScheme(scheme.chars().take(40).collect()))?;
        let checked = identity::check(scheme, code);
        let store = self.store.lock();
        let catalog = store.projector().catalog();
        let kind = |no| catalog.by_no(no).map_or(EntityKind::None, |t| t.entity_kind);
        let wanted = kind(record_type);
        let Some(key) = store.projector().key_of(scheme, code) else {
            return Ok(Duplicates { checked, records: Vec::new(), unchecked: true });
        };
        let mut records = store.records_of(key)?;
        records.retain(|row| row.alive && kind(row.record_type.no) == wanted);
        Ok(Duplicates { checked, records, unchecked: false })
    }
}
