//! All records that the device holds, page by page.

use gridweave_core::ids::{GridCode, RecordId, TypeNo};
use gridweave_core::map;
use gridweave_core::store::{self, ShownRow};

type Standing = map::Standing;
/// How a record stands, the more urgent later.
#[uniffi::remote(Enum)]
pub enum Standing {
    Received,
    Waiting,
    Refused,
    Conflict,
}

type ListFilter = store::ListFilter;
/// Which records a list shows: of a type, in a grid, only such as are due.
#[uniffi::remote(Record)]
pub struct ListFilter {
    record_type: Option<TypeNo>,
    grid: Option<GridCode>,
    due: bool,
}

type ListEnd = store::ListEnd;
/// The row that a page ended with.
#[uniffi::remote(Record)]
pub struct ListEnd {
    updated_ms: i64,
    record: RecordId,
}

type Listed = store::Listed;
/// A record in the list: how the own changes to it stand, and whether it wants to be visited.
#[uniffi::remote(Record)]
pub struct Listed {
    row: ShownRow,
    standing: Standing,
    due: bool,
}

type ListPage = store::ListPage;
/// A page of the list, newest change first, and where the next one begins; none after the last.
#[uniffi::remote(Record)]
pub struct ListPage {
    rows: Vec<Listed>,
    next: Option<ListEnd>,
}

type RecordCount = store::RecordCount;
/// Living records of a type in a grid: how many, and how many of them are due.
#[uniffi::remote(Record)]
pub struct RecordCount {
    record_type: TypeNo,
    grid: Option<GridCode>,
    count: u64,
    due: u64,
}
