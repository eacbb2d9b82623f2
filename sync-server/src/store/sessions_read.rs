//! The log of sync, read: sessions with filters, one session with its changes, and the devices as the sessions left them.

use super::{Named, Store, StoreError};
use gridweave_core::ids::{PersonNo, RecordId, Rid, Seq};
use gridweave_core::merge::RecordState;
use gridweave_core::record::Change;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// Of this device.
    pub rid: Option<Rid>,
    /// Of this person's devices.
    pub person: Option<PersonNo>,
    /// Begun at or after, UTC milliseconds.
    pub from_ms: Option<i64>,
    /// Begun before, UTC milliseconds.
    pub until_ms: Option<i64>,
    /// Only those with changes that went to quarantine.
    pub refusals: bool,
    /// Only those that brought conflicts.
    pub conflicts: bool,
    /// Further back than this (start, id).
    pub before: Option<(i64, i64)>,
    /// How many.
    pub limit: u32,
}

/// One run of sync.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // Named and explained in schema.sql, table session.
pub struct SessionRow {
    pub id: i64,
    pub rid: Rid,
    pub device: String,
    pub person: PersonNo,
    pub name: String,
    pub started_ms: i64,
    pub last_ms: i64,
    pub requests: u64,
    pub pushed: u64,
    pub pulled: u64,
    pub quarantined: u64,
    pub conflicts: u64,
    pub duplicates: u64,
    pub photos: u64,
    pub bytes_up: u64,
    pub bytes_down: u64,
    pub repaired: u64,
    pub clock_offset_ms: Option<i64>,
    pub app: Option<String>,
    pub schema: Option<i64>,
    pub battery: Option<i64>,
    pub network: Option<String>,
    pub storage_free_mib: Option<i64>,
    pub retries: Option<i64>,
    pub last_session_ms: Option<i64>,
    pub outbox: Option<i64>,
}

/// One change that a session brought.
#[derive(Debug, Clone)]
pub struct SessionChange {
    /// Place in its replica's log.
    pub seq: Seq,
    /// What it says; `None`: it cannot be read.
    pub change: Option<Change>,
    /// Why it was not accepted.
    pub refused: Option<String>,
    /// The record that it was merged into, as it is now.
    pub state: Option<RecordState>,
}

/// A device as the last session left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its number.
    pub rid: Rid,
    /// Who writes with it.
    pub person: PersonNo,
    /// That person's name.
    pub name: String,
    /// What it may do.
    pub state: String,
    /// What the device says it is.
    pub device: String,
    /// Highest change received.
    pub last_seq: u64,
    /// The replica it was copied or restored from.
    pub was: Option<Rid>,
    /// Enrolled, UTC milliseconds.
    pub enrolled_ms: i64,
    /// Heard last, UTC milliseconds.
    pub heard_ms: Option<i64>,
    /// Server clock minus device clock then.
    pub clock_offset_ms: Option<i64>,
    /// Codes of its grids.
    pub grids: Vec<String>,
    /// Changes without a receipt, as it last said.
    pub outbox: Option<i64>,
    /// Battery, percent, as it last said.
    pub battery: Option<i64>,
    /// Changes of it that wait for its confirmation.
    pub held: u64,
}

impl Store {
    /// Sessions, latest first.
    pub async fn sessions(&self, filter: SessionFilter) -> Result<Vec<SessionRow>, StoreError> {
        self.read(move |conn| list(conn, &filter)).await
    }

    /// One session with what it brought, at most `limit` changes.
    pub async fn session(
        &self,
        id: i64,
        limit: u32,
    ) -> Result<Option<(SessionRow, Vec<SessionChange>)>, StoreError> {
        self.read(move |conn| {
            let sql = format!("{SELECT} WHERE session.id = ?1");
            let row = conn.prepare_cached(&sql).and_then(|mut s| s.query_row([id], read).optional());
            let Some(row) = row.named("read a session")? else { return Ok(None) };
            let changes = changes(conn, &row, limit)?;
            Ok(Some((row, changes)))
        })
        .await
    }

    /// How many devices that may sync were neither enrolled nor heard since then.
    pub async fn devices_unheard_since(&self, since_ms: i64) -> Result<u64, StoreError> {
        self.read(move |conn| {
            conn.query_row(
                "SELECT count(*) FROM replica WHERE state IN ('active', 'unconfirmed')
                 AND coalesce(heard_ms, enrolled_ms) < ?1",
                [since_ms],
                |row| row.get::<_, i64>(0),
            )
            .map(|n| n as u64)
            .named("count the devices that were not heard")
        })
        .await
    }

    /// Devices; the server's own writers are none.
    pub async fn devices(&self) -> Result<Vec<DeviceRow>, StoreError> {
        self.read(|conn| {
            conn.prepare_cached(
                "SELECT replica.rid, replica.person, person.name, state, device, last_seq, was, enrolled_ms,
                    heard_ms, replica.clock_offset_ms,
                    (SELECT group_concat(code, ' ') FROM (SELECT code FROM replica_grid
                        JOIN grid ON grid.id = replica_grid.grid
                        WHERE replica_grid.rid = replica.rid AND until_version IS NULL ORDER BY code)) AS grids,
                    last.outbox, last.battery,
                    (SELECT count(*) FROM quarantine WHERE quarantine.rid = replica.rid AND code = 'held'
                        AND quarantine.state = 'open') AS held
                 FROM replica JOIN person ON person.no = replica.person
                 LEFT JOIN session AS last ON last.id = (SELECT max(id) FROM session
                    WHERE session.rid = replica.rid AND app IS NOT NULL)
                 WHERE state <> 'server' ORDER BY replica.rid",
            )
            .and_then(|mut s| {
                s.query_map([], |row| {
                    let grids: Option<String> = row.get("grids")?;
                    Ok(DeviceRow {
                        rid: Rid(row.get("rid")?),
                        person: PersonNo(row.get("person")?),
                        name: row.get("name")?,
                        state: row.get("state")?,
                        device: row.get("device")?,
                        last_seq: row.get::<_, i64>("last_seq")? as u64,
                        was: row.get::<_, Option<u32>>("was")?.map(Rid),
                        enrolled_ms: row.get("enrolled_ms")?,
                        heard_ms: row.get("heard_ms")?,
                        clock_offset_ms: row.get("clock_offset_ms")?,
                        grids: grids.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
                        outbox: row.get("outbox")?,
                        battery: row.get("battery")?,
                        held: row.get::<_, i64>("held")? as u64,
                    })
                })?
                .collect()
            })
            .named("list the devices")
        })
        .await
    }
}

const SELECT: &str = "SELECT session.*, device, person.no AS person, person.name AS name FROM session
    JOIN replica ON replica.rid = session.rid JOIN person ON person.no = replica.person";

fn list(conn: &Connection, filter: &SessionFilter) -> Result<Vec<SessionRow>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE (?1 IS NULL OR session.rid = ?1) AND (?2 IS NULL OR replica.person = ?2)
            AND started_ms >= coalesce(?3, -9223372036854775807) AND started_ms < coalesce(?4, 9223372036854775807)
            AND (NOT ?5 OR quarantined > 0) AND (NOT ?6 OR conflicts > 0)
            AND (?7 IS NULL OR (started_ms, session.id) < (?7, ?8))
         ORDER BY started_ms DESC, session.id DESC LIMIT ?9"
    );
    conn.prepare_cached(&sql)
        .and_then(|mut s| {
            s.query_map(
                params![
                    filter.rid.map(|rid| rid.0),
                    filter.person.map(|no| no.0),
                    filter.from_ms,
                    filter.until_ms,
                    filter.refusals,
                    filter.conflicts,
                    filter.before.map(|b| b.0),
                    filter.before.map(|b| b.1),
                    filter.limit
                ],
                read,
            )?
            .collect()
        })
        .named("list sessions")
}

/// What a replica handed in while the session ran. A device runs one session at a time, so the times tell.
fn changes(conn: &Connection, session: &SessionRow, limit: u32) -> Result<Vec<SessionChange>, StoreError> {
    type Raw = (i64, Vec<u8>, Option<String>, Option<Vec<u8>>);
    let rows: Vec<Raw> = conn
        .prepare_cached(
            "SELECT change.seq, bytes, code, record.state FROM change
             LEFT JOIN quarantine ON quarantine.rid = change.rid AND quarantine.seq = change.seq
             LEFT JOIN record ON record.id = change.record
             WHERE change.rid = ?1 AND change.received_ms BETWEEN ?2 AND ?3 ORDER BY change.seq LIMIT ?4",
        )
        .and_then(|mut s| {
            let between = params![session.rid.0, session.started_ms, session.last_ms, limit];
            s.query_map(between, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?.collect()
        })
        .named("read a session's changes")?;
    let one = |(seq, bytes, refused, state): Raw| SessionChange {
        seq: Seq(seq as u64),
        change: Change::decode(&bytes).ok(),
        refused,
        state: state.and_then(|bytes| RecordState::decode(&bytes).ok()),
    };
    Ok(rows.into_iter().map(one).collect())
}

fn read(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let count = |name: &str| row.get::<_, i64>(name).map(|n| n as u64);
    Ok(SessionRow {
        id: row.get("id")?,
        rid: Rid(row.get("rid")?),
        device: row.get("device")?,
        person: PersonNo(row.get("person")?),
        name: row.get("name")?,
        started_ms: row.get("started_ms")?,
        last_ms: row.get("last_ms")?,
        requests: count("requests")?,
        pushed: count("pushed")?,
        pulled: count("pulled")?,
        quarantined: count("quarantined")?,
        conflicts: count("conflicts")?,
        duplicates: count("duplicates")?,
        photos: count("photos")?,
        bytes_up: count("bytes_up")?,
        bytes_down: count("bytes_down")?,
        repaired: count("repaired")?,
        clock_offset_ms: row.get("clock_offset_ms")?,
        app: row.get("app")?,
        schema: row.get("schema")?,
        battery: row.get("battery")?,
        network: row.get("network")?,
        storage_free_mib: row.get("storage_free_mib")?,
        retries: row.get("retries")?,
        last_session_ms: row.get("last_session_ms")?,
        outbox: row.get("outbox")?,
    })
}

impl SessionChange {
    /// The record that the change is about.
    pub fn record(&self) -> Option<RecordId> {
        self.change.as_ref().map(|change| change.record)
    }
}
