//! The log of own changes: appended by saving, marked by receipts, never shortened.

use super::word_index::WordIndex;
use super::{Context, Error, Head, Store, meta, meta::name};
use crate::ids::{ChainHash, Dot, RecordId, Rid, Seq};
use crate::record::Change;
use crate::time::{Hlc, UtcMs};
use crate::wire::v1::{Quarantined, Receipt};
use crate::wire::{Bytes, PUSH_CHANGES_MAX, WIRE_BYTES_MAX};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

/// Where a change stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeState {
    /// On this device only.
    Pending,
    /// The server has it on disk.
    Received,
    /// The server has it on disk and did not accept it.
    Quarantined {
        /// Why: a stable code.
        code: String,
    },
}

/// A change of the own log with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its name.
    pub dot: Dot,
    /// What it says.
    pub change: Change,
    /// When it was saved, by the server's clock as far as this device knows it.
    pub saved_ms: UtcMs,
    /// Where it stands.
    pub state: ChangeState,
}

/// Consecutive changes for one push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number of the first.
    pub first_seq: Seq,
    /// Chain hash before it.
    pub prev_hash: ChainHash,
    /// The changes.
    pub changes: Vec<Bytes>,
    /// Chain hash after the last.
    pub hash: ChainHash,
}

impl Batch {
    /// Number of the last change.
    pub fn last_seq(&self) -> Seq {
        Seq(self.first_seq.0 + self.changes.len() as u64 - 1)
    }
}

impl Store {
    pub(super) fn load_head(&mut self) -> Result<(), Error> {
        let heard = Hlc(meta::get_int(&self.conn, name::HEARD)?.unwrap_or(0) as u64);
        let Some(identity) = &self.identity else { return Ok(()) };
        let last = self
            .conn
            .query_row(
                "SELECT seq, hash, bytes FROM change WHERE rid = :rid ORDER BY seq DESC LIMIT 1",
                named_params! {":rid": identity.rid.0},
                |row| Ok((row.get::<_, u64>("seq")?, row.get("hash")?, row.get::<_, Vec<u8>>("bytes")?)),
            )
            .optional()
            .during("read the end of the log")?;
        self.head = match last {
            None => Head { seq: Seq(0), hash: ChainHash::START, hlc: heard },
            Some((seq, hash, bytes)) => {
                let hlc = Change::decode(&bytes)?.hlc;
                Head { seq: Seq(seq), hash: ChainHash(hash), hlc: hlc.max(heard) }
            }
        };
        Ok(())
    }

    /// The first change without a receipt.
    pub fn first_pending(&self) -> Result<Option<Seq>, Error> {
        let rid = self.identity()?.rid;
        self.conn
            .prepare_cached("SELECT min(seq) FROM change WHERE rid = :rid AND state = 'pending'")
            .and_then(|mut s| s.query_row(named_params! {":rid": rid.0}, |row| row.get::<_, Option<u64>>(0)))
            .map(|seq| seq.map(Seq))
            .during("look into the outbox")
    }

    /// How many changes have no receipt.
    pub fn pending_count(&self) -> Result<u64, Error> {
        self.conn
            .prepare_cached("SELECT count(*) FROM change WHERE state = 'pending'")
            .and_then(|mut s| s.query_row([], |row| row.get(0)))
            .during("count the outbox")
    }

    /// The outbox, oldest first.
    pub fn outbox(&self) -> Result<Vec<Logged>, Error> {
        self.logged("WHERE state = 'pending' ORDER BY rid, seq", [])
    }

    /// What the server keeps and did not accept, oldest first.
    pub fn quarantined(&self) -> Result<Vec<Logged>, Error> {
        self.logged("WHERE state = 'quarantined' ORDER BY rid, seq", [])
    }

    /// This device's changes to one record, oldest first.
    pub fn history(&self, record: RecordId) -> Result<Vec<Logged>, Error> {
        self.logged("WHERE record = :record ORDER BY rid, seq", named_params! {":record": record.0})
    }

    /// Changes from `first` on, as many as one push may hold; `None` past the end of the log.
    pub fn batch(&self, first: Seq) -> Result<Option<Batch>, Error> {
        let rid = self.identity()?.rid;
        let Some(prev_hash) = chain_hash(&self.conn, rid, Seq(first.0.saturating_sub(1)))? else {
            return Ok(None);
        };
        let mut batch = Batch { first_seq: first, prev_hash, changes: Vec::new(), hash: prev_hash };
        let mut statement = self
            .conn
            .prepare_cached(
                "SELECT seq, bytes, hash FROM change WHERE rid = :rid AND seq >= :first ORDER BY seq LIMIT :max",
            )
            .during("read the outbox")?;
        let mut rows = statement
            .query(named_params! {":rid": rid.0, ":first": first.0, ":max": PUSH_CHANGES_MAX as i64})
            .during("read the outbox")?;
        let mut size = 0;
        while let Some(row) = rows.next().during("read the outbox")? {
            let read = |row: &Row<'_>| -> rusqlite::Result<(u64, Vec<u8>, [u8; 32])> {
                Ok((row.get("seq")?, row.get("bytes")?, row.get("hash")?))
            };
            let (seq, bytes, hash) = read(row).during("read the outbox")?;
            if seq != first.0 + batch.changes.len() as u64 {
                return Err(Error::Damaged("the log has a gap"));
            }
            size += bytes.len() + 8;
            // Counted before compression; what is kept free is for the message around the changes.
            if size > WIRE_BYTES_MAX - 4096 && !batch.changes.is_empty() {
                break;
            }
            batch.changes.push(Bytes(bytes));
            batch.hash = ChainHash(hash);
        }
        Ok((!batch.changes.is_empty()).then_some(batch))
    }

    /// Takes in a receipt whose signature was verified. Answers how many changes it is the first one for.
    pub fn take_receipt(&mut self, receipt: &Receipt) -> Result<u64, Error> {
        let rid = self.identity()?.rid;
        match chain_hash(&self.conn, rid, receipt.durable_seq)? {
            Some(hash) if hash != receipt.hash => return Err(Error::Damaged("a receipt of another log")),
            // The server has more of this log than this device: it was restored, and the pull will say so.
            _ => {}
        }
        let tx = self.conn.transaction().during("begin the receipt")?;
        let received = mark_received(&tx, rid, receipt.durable_seq)?;
        let mut records = Vec::new();
        for Quarantined { seq, code } in &receipt.quarantined {
            let record = tx
                .prepare_cached(
                    "UPDATE change SET state = 'quarantined', code = :code
                     WHERE rid = :rid AND seq = :seq AND seq <= :durable AND state <> 'quarantined'
                     RETURNING record",
                )
                .and_then(|mut s| {
                    s.query_row(
                        named_params! {
                            ":rid": rid.0, ":seq": seq.0, ":code": code, ":durable": receipt.durable_seq.0
                        },
                        |row| row.get::<_, [u8; 16]>("record"),
                    )
                    .optional()
                })
                .during("mark what is in quarantine")?;
            records.extend(record.map(RecordId));
        }
        let mut words = WordIndex::default();
        for record in records {
            super::shown::refresh(&tx, &self.projector, record, &mut words)?;
        }
        super::hub::purge_left(&tx)?;
        super::photo::give_up_damaged(&tx)?;
        meta::set(&tx, name::RECEIPT, serde_json::to_vec(receipt).expect("a receipt is plain data"))?;
        words.write(&tx)?;
        tx.commit().during("commit the receipt")?;
        Ok(received)
    }

    /// Offers everything after `last` again: the server was put back from a backup and no longer has it.
    pub fn offer_again(&mut self, epoch: u32, last: Seq) -> Result<(), Error> {
        let rid = self.identity()?.rid;
        let tx = self.conn.transaction().during("begin a new epoch")?;
        let mut words = WordIndex::default();
        for record in offer_again(&tx, rid, last)? {
            super::shown::refresh(&tx, &self.projector, record, &mut words)?;
        }
        enter_epoch(&tx, epoch)?;
        words.write(&tx)?;
        tx.commit().during("commit a new epoch")
    }

    fn logged(&self, which: &str, params: impl rusqlite::Params) -> Result<Vec<Logged>, Error> {
        let sql = format!("SELECT rid, seq, bytes, saved_ms, state, code FROM change {which}");
        let mut statement = self.conn.prepare_cached(&sql).during("read the log")?;
        let rows = statement.query_map(params, |row| {
            let dot = Dot { rid: Rid(row.get("rid")?), seq: Seq(row.get("seq")?) };
            let state = match row.get::<_, String>("state")?.as_str() {
                "pending" => ChangeState::Pending,
                "received" => ChangeState::Received,
                _ => ChangeState::Quarantined { code: row.get("code")? },
            };
            Ok((dot, row.get::<_, Vec<u8>>("bytes")?, row.get("saved_ms")?, state))
        });
        let rows = rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).during("read the log")?;
        rows.into_iter()
            .map(|(dot, bytes, saved_ms, state)| {
                Ok(Logged { dot, change: Change::decode(&bytes)?, saved_ms, state })
            })
            .collect()
    }
}

/// Chain hash after a change; `None` where the log has no such change.
pub(super) fn chain_hash(conn: &Connection, rid: Rid, seq: Seq) -> Result<Option<ChainHash>, Error> {
    if seq.0 == 0 {
        return Ok(Some(ChainHash::START));
    }
    conn.prepare_cached("SELECT hash FROM change WHERE rid = :rid AND seq = :seq")
        .and_then(|mut s| {
            s.query_row(named_params! {":rid": rid.0, ":seq": seq.0}, |row| row.get("hash")).optional()
        })
        .map(|hash| hash.map(ChainHash))
        .during("read the chain")
}

/// Marks everything pending up to `durable`; answers how many.
pub(super) fn mark_received(conn: &Connection, rid: Rid, durable: Seq) -> Result<u64, Error> {
    conn.prepare_cached(
        "UPDATE change SET state = 'received' WHERE rid = :rid AND seq <= :durable AND state = 'pending'",
    )
    .and_then(|mut s| s.execute(named_params! {":rid": rid.0, ":durable": durable.0}))
    .map(|n| n as u64)
    .during("mark what is received")
}

/// Makes everything after `last` pending again, with its photos: the server lost it. Answers the records that were
/// hidden by quarantine.
pub(super) fn offer_again(conn: &Connection, rid: Rid, last: Seq) -> Result<Vec<RecordId>, Error> {
    let params = named_params! {":rid": rid.0, ":last": last.0};
    let hidden = conn
        .prepare_cached(
            "SELECT DISTINCT record FROM change WHERE rid = :rid AND seq > :last AND state = 'quarantined'",
        )
        .and_then(|mut s| s.query_map(params, |row| row.get("record").map(RecordId))?.collect())
        .during("read what was in quarantine")?;
    conn.execute(
        "UPDATE change SET state = 'pending', code = NULL WHERE rid = :rid AND seq > :last AND state <> 'pending'",
        params,
    )
    .during("offer changes again")?;
    super::photo::offer_again(conn, rid, last)?;
    // The last receipt is of a log that the server does not have any more.
    let receipt: Option<Vec<u8>> = meta::get(conn, name::RECEIPT)?;
    let receipt: Option<Receipt> = receipt.and_then(|json| serde_json::from_slice(&json).ok());
    if receipt.is_some_and(|receipt| receipt.rid == rid && receipt.durable_seq > last) {
        meta::unset(conn, name::RECEIPT)?;
    }
    Ok(hidden)
}

/// The last change that the server has said to have; 0 for none.
pub(super) fn last_received(conn: &Connection, rid: Rid) -> Result<Seq, Error> {
    conn.prepare_cached(
        "SELECT seq FROM change WHERE rid = :rid AND state <> 'pending' ORDER BY seq DESC LIMIT 1",
    )
    .and_then(|mut s| s.query_row(named_params! {":rid": rid.0}, |row| row.get(0)).optional())
    .map(|seq| Seq(seq.unwrap_or(0)))
    .during("find the last receipt")
}

/// Begins anew with a server that was put back from a backup. Cursors and the version of the scope mean nothing any
/// more: every grid is read from the start again, and merged into what was read before.
pub(super) fn enter_epoch(conn: &Connection, epoch: u32) -> Result<(), Error> {
    conn.execute("DELETE FROM cursor", []).during("reset the cursors")?;
    // One that did not say so has its old epoch still; what it said before is of an earlier one all the same.
    conn.execute("UPDATE hub SET epoch = 0 WHERE epoch = :epoch", named_params! {":epoch": epoch})
        .during("set apart what was read before")?;
    meta::unset(conn, name::SCOPE_VERSION)?;
    meta::set_int(conn, name::EPOCH, epoch.into())
}
