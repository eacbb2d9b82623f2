//! The one thread that writes, with group commit.

use super::{Named, StoreError};
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// Most operations in one commit: bounds how long the first waits for the last.
const GROUP_MAX: usize = 64;

/// Does the work, then answers once the commit went well (`None`) or not.
type Job = Box<dyn FnOnce(&Connection) -> Answer + Send>;
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
        let job: Job = Box::new(move |conn| {
            let result = in_savepoint(conn, work);
            Box::new(move |failed| drop(answer.send(failed.map_or(result, Err))))
        });
        self.0.send(job).map_err(|_| StoreError::Stopped)?;
        answered.await.map_err(|_| StoreError::Stopped)?
    }
}

fn write_all(conn: Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        if let Err(error) = conn.execute_batch("BEGIN IMMEDIATE").named("begin to write") {
            // The job is dropped: its caller hears that the writer could not write.
            tracing::error!(%error, "a write transaction could not begin");
            continue;
        }
        let mut answers = vec![first(&conn)];
        while answers.len() < GROUP_MAX
            && let Ok(job) = queue.try_recv()
        {
            answers.push(job(&conn));
        }
        let committed = conn.execute_batch("COMMIT").named("commit");
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed");
            let _ = conn.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(committed.is_err().then_some(StoreError::Stopped));
        }
    }
}

fn in_savepoint<T>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    conn.prepare_cached("SAVEPOINT job").and_then(|mut s| s.execute([])).named("begin an operation")?;
    let result = work(conn);
    let end = if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job" };
    conn.prepare_cached(end).and_then(|mut s| s.execute([])).named("end an operation")?;
    if result.is_err() {
        conn.execute_batch("RELEASE job").named("end an operation")?;
    }
    result
}
