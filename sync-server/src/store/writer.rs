//! The one thread that writes, with group commit.

use super::{Named, StoreError, caught};
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// Most operations in one commit: bounds how long the first waits for the last.
const GROUP_MAX: usize = 64;

/// Does the work in the transaction that was begun, or hears why none could be; then answers once the commit went well
/// (`None`) or not.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Option<StoreError>) + Send>;

/// Hands operations to the writing thread.
#[derive(Clone)]
pub struct Writer(Sender<Job>);

impl Writer {
    /// Starts the thread; it ends when the last `Writer` is dropped.
    pub fn start(conn: Connection) -> Writer {
        let (jobs, queue) = channel();
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_all(conn, &queue))
            .expect("a thread can be started");
        Writer(jobs)
    }

    /// Runs `work` in a savepoint of its own; returns after the commit.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |begun| {
            let result = begun.and_then(|conn| in_savepoint(conn, work));
            Box::new(move |failed| {
                // What went wrong with the operation itself tells more than that its group was not committed.
                drop(answer.send(result.and_then(|value| failed.map_or(Ok(value), Err))));
            })
        });
        self.0.send(job).map_err(|_| StoreError::Stopped)?;
        answered.await.map_err(|_| StoreError::Stopped)?
    }
}

fn write_all(conn: Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        if let Err(error) = conn.execute_batch("BEGIN IMMEDIATE").named("begin to write") {
            tracing::error!(%error, "a write transaction could not begin");
            first(Err(error))(None);
            continue;
        }
        let mut answers = vec![first(Ok(&conn))];
        // Some failures, like a full disk, end the whole transaction: what came after would stand alone.
        while answers.len() < GROUP_MAX
            && !conn.is_autocommit()
            && let Ok(job) = queue.try_recv()
        {
            answers.push(job(Ok(&conn)));
        }
        let committed = conn.execute_batch("COMMIT").named("commit").map_err(Arc::new);
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed");
            let _ = conn.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(committed.as_ref().err().map(|error| StoreError::NotCommitted(error.clone())));
        }
    }
}

fn in_savepoint<T>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    conn.prepare_cached("SAVEPOINT job").and_then(|mut s| s.execute([])).named("begin an operation")?;
    let result = caught(|| work(conn));
    if result.is_err() {
        // Where this fails, the whole transaction is gone, and with it the operation. Its own error is what counts.
        let undone = conn.execute_batch("ROLLBACK TO job; RELEASE job").named("undo an operation");
        if let Err(error) = undone {
            tracing::error!(%error, "an operation could not be undone alone");
            let _ = conn.execute_batch("ROLLBACK");
        }
        return result;
    }
    conn.prepare_cached("RELEASE job").and_then(|mut s| s.execute([])).named("end an operation")?;
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (tempfile::TempDir, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let conn = Connection::open(dir.path().join("a.db")).unwrap();
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; CREATE TABLE n (n INTEGER PRIMARY KEY);
             CREATE TABLE m (n REFERENCES n DEFERRABLE INITIALLY DEFERRED);",
        )
        .unwrap();
        (dir, conn)
    }

    fn add(n: i64) -> impl FnOnce(&Connection) -> Result<(), StoreError> {
        move |conn| conn.execute("INSERT INTO n VALUES (?1)", [n]).map(drop).named("add")
    }

    async fn numbers(writer: &Writer) -> Vec<i64> {
        let all = |conn: &Connection| {
            conn.prepare("SELECT n FROM n")
                .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
                .named("read")
        };
        writer.run(all).await.unwrap()
    }

    #[tokio::test]
    async fn a_panic_undoes_its_own_operation_and_the_others_go_on() {
        let (_dir, conn) = table();
        let writer = Writer::start(conn);
        let panics = |conn: &Connection| -> Result<(), StoreError> {
            add(2)(conn)?;
            panic!("for the test");
        };
        let (before, failed, after) =
            tokio::join!(writer.run(add(1)), writer.run(panics), writer.run(add(3)));
        assert!(before.is_ok() && after.is_ok());
        assert!(matches!(failed, Err(StoreError::Panicked)), "{failed:?}");
        assert_eq!(numbers(&writer).await, [1, 3]);
    }

    #[tokio::test]
    async fn who_could_not_begin_or_commit_hears_why_and_the_next_can() {
        let (dir, conn) = table();
        conn.busy_timeout(std::time::Duration::ZERO).unwrap();
        let other = Connection::open(dir.path().join("a.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let writer = Writer::start(conn);
        let busy = writer.run(add(1)).await.unwrap_err();
        assert!(matches!(busy, StoreError::Sql { what: "begin to write", .. }), "{busy}");
        other.execute_batch("ROLLBACK").unwrap();
        // Checked at the commit only: there is no such number.
        let dangling = |conn: &Connection| conn.execute("INSERT INTO m VALUES (9)", []).named("add");
        let refused = writer.run(dangling).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotCommitted(_)), "{refused}");
        assert!(refused.to_string().contains("FOREIGN KEY"), "{refused}");
        writer.run(add(3)).await.unwrap();
        assert_eq!(numbers(&writer).await, [3]);
    }
}
