//! Entities with two or more records, made from the identity keys when they are asked for: a view, never stored.

use super::records::{self, RecordRow};
use super::{Named, Store, StoreError};
use gridweave_core::entity::{self, Grouped};
use gridweave_core::ids::RecordId;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// One entity: its records, the first of which names it.
#[derive(Debug, Clone)]
pub struct EntityView {
    /// At least two records.
    pub records: Vec<RecordRow>,
}

/// How many entities there are with two or more records, and those of one page.
#[derive(Debug, Clone)]
pub struct LinkedEntities {
    /// All of them.
    pub count: usize,
    /// Those of the page, in the order of their ids.
    pub page: Vec<EntityView>,
}

impl Store {
    /// Entities with two or more records, from the `skip`th on.
    pub async fn linked_entities(&self, skip: usize, limit: usize) -> Result<LinkedEntities, StoreError> {
        self.read(move |conn| {
            let linked = linked(conn)?;
            let page = linked.iter().skip(skip).take(limit).map(|group| view(conn, group));
            Ok(LinkedEntities { count: linked.len(), page: page.collect::<Result<_, _>>()? })
        })
        .await
    }

    /// The entity that a record belongs to, with all its records; alone, it is one.
    pub async fn entity_of(&self, record: RecordId) -> Result<EntityView, StoreError> {
        self.read(move |conn| {
            let records: Vec<Vec<u8>> = conn
                .prepare_cached(
                    // Every record that shares a key with one that is found, until no more are.
                    "WITH RECURSIVE mine (id) AS (
                        SELECT id FROM record WHERE record = ?1
                        UNION
                        SELECT other.record FROM mine JOIN identity ON identity.record = mine.id
                        JOIN identity AS other ON other.kind = identity.kind AND other.key = identity.key)
                     SELECT record FROM mine JOIN record ON record.id = mine.id ORDER BY record",
                )
                .and_then(|mut s| s.query_map(params![record.0], |row| row.get(0))?.collect())
                .named("find the records of an entity")?;
            let records = records.iter().filter_map(|bytes| RecordId::from_slice(bytes).ok()).collect();
            view(conn, &Grouped { records, contested: Vec::new() })
        })
        .await
    }
}

fn view(conn: &Connection, group: &Grouped) -> Result<EntityView, StoreError> {
    let records = group.records.iter().filter_map(|id| records::one(conn, *id).transpose());
    Ok(EntityView { records: records.collect::<Result<_, _>>()? })
}

/// Groups of two and more. Only keys that several records carry can connect any, so only those are read.
fn linked(conn: &Connection) -> Result<Vec<Grouped>, StoreError> {
    type Raw = (Vec<u8>, i64, Vec<u8>);
    let rows: Vec<Raw> = conn
        .prepare_cached(
            "SELECT record.record, kind, key FROM identity JOIN record ON record.id = identity.record
             WHERE (kind, key) IN (SELECT kind, key FROM identity GROUP BY kind, key HAVING count(*) > 1)",
        )
        .and_then(|mut s| s.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect())
        .named("find shared identity keys")?;
    let mut numbers: BTreeMap<(i64, Vec<u8>), usize> = BTreeMap::new();
    let mut keys = Vec::with_capacity(rows.len());
    for (record, kind, key) in rows {
        let record = RecordId::from_slice(&record).map_err(|_| StoreError::Corrupt("a record id"))?;
        let next = numbers.len();
        keys.push((record, Some(*numbers.entry((kind, key)).or_insert(next))));
    }
    Ok(entity::group(&keys, &[]).into_iter().filter(|group| group.records.len() > 1).collect())
}
