//! The header: both slots, in two copies beside the database. The newest whole copy counts.

use super::KeyError;
use super::disk::{Disk, Kind, replace};
use super::slot::{DeviceSlot, OrganisationSlot};
use serde::{Deserialize, Serialize};
use std::path::Path;

const COPIES: [&str; 2] = ["fieldbook.keys", "fieldbook-copy.keys"];
const KIND: Kind = Kind { name: "gridweave keys", version: 1 };

/// Who can open the field book.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    /// Counts the writes: of two whole copies the later one counts.
    pub generation: u64,
    /// The phone; none once its tries are used up.
    pub device: Option<DeviceSlot>,
    /// The organisation; none before a code of enrolment was taken.
    pub organisation: Option<OrganisationSlot>,
}

/// The header; `None` if neither copy is whole. One copy of a later version is enough to leave both alone: the other may
/// be what an update that lost its power had not come to.
pub(super) fn read(disk: &dyn Disk, dir: &Path) -> Result<Option<Header>, KeyError> {
    let mut newest: Option<Header> = None;
    for copy in COPIES {
        let later = |header: &Header| newest.as_ref().is_none_or(|n| header.generation > n.generation);
        if let Some(header) = read_copy(disk, dir, copy)?.filter(later) {
            newest = Some(header);
        }
    }
    Ok(newest)
}

fn read_copy(disk: &dyn Disk, dir: &Path, copy: &str) -> Result<Option<Header>, KeyError> {
    let content = KIND.read(disk, &dir.join(copy), "read the keys")?;
    Ok(content.and_then(|content| postcard::from_bytes(&content).ok()))
}

/// Writes both copies, one after the other, as a new generation.
pub(super) fn write(disk: &dyn Disk, dir: &Path, header: &mut Header) -> Result<(), KeyError> {
    header.generation += 1;
    let bytes = encode(header);
    COPIES.iter().try_for_each(|copy| replace(disk, &dir.join(copy), &bytes, "write the keys"))
}

/// Makes the copies alike.
pub(super) fn mend(disk: &dyn Disk, dir: &Path, header: &Header) -> Result<(), KeyError> {
    for copy in COPIES {
        if read_copy(disk, dir, copy)?.as_ref() != Some(header) {
            replace(disk, &dir.join(copy), &encode(header), "mend the keys")?;
        }
    }
    Ok(())
}

fn encode(header: &Header) -> Vec<u8> {
    KIND.wrap(&postcard::to_allocvec(header).expect("a header is plain data"))
}
