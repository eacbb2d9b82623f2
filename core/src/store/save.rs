//! Saving: one change appended to the log with all that is derived from it, in one transaction.

use super::word_index::WordIndex;
use super::{Context, Error, Head, Refused, Store, photo, shown, when};
use crate::ids::{PhotoHash, RecordId, Seq};
use crate::merge::RecordState;
use crate::record::{Change, SetItem};
use crate::value::Value;
use crate::wire::CHANGE_BYTES_MAX;
use rusqlite::{Transaction, TransactionBehavior, named_params};

/// A change that is complete but for its place in the log, which the store gives it.
pub struct NewChange {
    /// The change; `seq`, `hlc` and `author` are filled in.
    pub change: Change,
    /// The record as it was shown to whoever made the change; `None` for a new record.
    pub before: Option<RecordState>,
}

/// A change that is on this device's disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Its place in the log.
    pub seq: Seq,
    /// The record that it is of.
    pub record: RecordId,
}

impl Store {
    /// Appends a change. When this returns, it survives a loss of power.
    pub fn append(&mut self, new: NewChange) -> Result<Saved, Error> {
        self.append_and(new, |_| Ok(()))
    }

    /// Appends a change and forgets the draft that it came from: never one without the other, or a worker whose phone
    /// died would save the same form twice.
    pub fn append_draft(&mut self, new: NewChange, draft: i64) -> Result<Saved, Error> {
        self.append_and(new, |tx| super::draft::saved(tx, draft))
    }

    fn append_and(
        &mut self,
        new: NewChange,
        and: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<Saved, Error> {
        let NewChange { mut change, before } = new;
        let identity = self.identity.as_ref().ok_or(Error::NotEnrolled)?;
        let (rid, chain) = (identity.rid, identity.chain()?);
        change.seq = Seq(self.head.seq.0 + 1);
        change.hlc = self.head.hlc.tick(change.wall_ms);
        change.author = identity.person;
        let bytes = change.encode();
        if bytes.len() > CHANGE_BYTES_MAX {
            return Err(Refused::TooLarge.into());
        }
        let hash = chain.next(self.head.hash, &bytes);
        let mut state = before.unwrap_or_else(|| RecordState::new(change.record, change.record_type));
        state.apply(rid, &change)?;

        let tx =
            self.conn.transaction_with_behavior(TransactionBehavior::Immediate).during("begin saving")?;
        let saved_ms = when::saved_ms(&tx, &change)?;
        tx.prepare_cached(
            "INSERT INTO change (rid, seq, record, bytes, hash, saved_ms, state)
             VALUES (:rid, :seq, :record, :bytes, :hash, :saved_ms, 'pending')",
        )
        .and_then(|mut s| {
            s.execute(named_params! {
                ":rid": rid.0,
                ":seq": change.seq.0,
                ":record": change.record.0,
                ":bytes": bytes,
                ":hash": hash.0,
                ":saved_ms": saved_ms,
            })
        })
        .during("append to the log")?;
        let mut words = WordIndex::default();
        claim_photos(&tx, &change)?;
        // What is not here is not shown for having been written to.
        if !shown::has_left(&tx, change.record)? {
            shown::write(&tx, change.record, &self.projector.project(&state), &mut words)?;
        }
        photo::give_up_damaged(&tx)?;
        and(&tx)?;
        words.put_off(&tx)?;
        tx.commit().during("commit saving")?;

        self.head = Head { seq: change.seq, hash, hlc: change.hlc };
        Ok(Saved { seq: change.seq, record: change.record })
    }
}

/// Photos that the change puts into its record are the record's from now on.
fn claim_photos(tx: &Transaction<'_>, change: &Change) -> Result<(), Error> {
    let in_sets = change.sets.iter().flat_map(|set| &set.adds).filter_map(|item| match item {
        SetItem::Photo(hash) => Some(*hash),
        SetItem::Repeat(_) => None,
    });
    let in_fields = change.writes.iter().filter_map(|write| match write.value {
        Value::Photo(hash) => Some(hash),
        _ => None,
    });
    for hash in in_sets.chain(in_fields).collect::<Vec<PhotoHash>>() {
        tx.prepare_cached("UPDATE photo SET record = :record WHERE hash = :hash AND record IS NULL")
            .and_then(|mut s| s.execute(named_params! {":record": change.record.0, ":hash": hash.0}))
            .during("claim a photo")?;
    }
    Ok(())
}
