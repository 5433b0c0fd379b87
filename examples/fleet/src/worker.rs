//! Runs jobs of the queue until it is stopped.

use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use apalis::layers::WorkerBuilderExt;
use apalis::prelude::{BoxDynError, Data, WorkerBuilder};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use tokio::sync::watch;

use crate::contact::Contact;
use crate::store::{Postgres, QUEUE, Sqlite, SyncAccount};
use crate::sync::Sync;

/// A worker that misses this many heartbeats is considered dead.
const MISSED_HEARTBEATS: usize = 3;

/// Settings of the workers of a process.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSettings {
    /// The number of concurrent jobs.
    pub workers: usize,
    /// The jobs of a process that dies are taken over after three heartbeats.
    pub heartbeat: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { workers: 4, heartbeat: Duration::from_secs(10) }
    }
}

/// A name per start: the jobs of a worker that ended stay assigned to its name, and are taken over only
/// if no other worker uses that name. A process id does not suffice: in containers it is always 1.
fn name() -> String {
    let random = RandomState::new().hash_one(std::process::id());
    format!("fleet-{}-{random:016x}", std::process::id())
}

async fn run_on_postgres(
    job: SyncAccount,
    sync: Data<Arc<Sync<Postgres>>>,
) -> Result<(), BoxDynError> {
    Ok(sync.run::<Contact>(&job).await?)
}

async fn run_on_sqlite(job: SyncAccount, sync: Data<Arc<Sync<Sqlite>>>) -> Result<(), BoxDynError> {
    Ok(sync.run::<Contact>(&job).await?)
}

/// Runs jobs from PostgreSQL until `stop` is true. A worker that ends, as all do when the database restarts, is
/// replaced after a second.
pub async fn postgres(
    sync: Arc<Sync<Postgres>>,
    settings: WorkerSettings,
    stop: watch::Receiver<bool>,
) {
    restarting(stop, || {
        let config = apalis_postgres::Config::default()
            .queue(QUEUE)
            .batch_size(settings.workers)
            .heartbeat_interval(settings.heartbeat)
            .missed_heartbeats(MISSED_HEARTBEATS);
        let worker = WorkerBuilder::new(name())
            .backend(PostgresStorage::<SyncAccount>::new(&sync.store.pool).with_config(config))
            .data(Arc::clone(&sync))
            .concurrency(settings.workers)
            .build(run_on_postgres);
        move |stop| worker.run_until(stopped(stop))
    })
    .await;
}

/// Runs jobs from SQLite until `stop` is true.
pub async fn sqlite(
    sync: Arc<Sync<Sqlite>>,
    settings: WorkerSettings,
    stop: watch::Receiver<bool>,
) {
    restarting(stop, || {
        let config = apalis_sqlite::Config::default().queue(QUEUE);
        let worker = WorkerBuilder::new(name())
            .backend(SqliteStorage::<SyncAccount>::new(&sync.store.pool).with_config(config))
            .data(Arc::clone(&sync))
            .concurrency(settings.workers)
            .build(run_on_sqlite);
        move |stop| worker.run_until(stopped(stop))
    })
    .await;
}

async fn stopped(mut stop: watch::Receiver<bool>) -> Result<(), std::io::Error> {
    // An error means that the sender is gone, which ends the process as well.
    let _ = stop.wait_for(|stop| *stop).await;
    Ok(())
}

async fn restarting<W, F, E>(stop: watch::Receiver<bool>, mut worker: impl FnMut() -> W)
where
    W: FnOnce(watch::Receiver<bool>) -> F,
    F: Future<Output = Result<(), E>>,
    E: std::fmt::Display,
{
    while !*stop.borrow() {
        let run = worker();
        match run(stop.clone()).await {
            Ok(()) => tracing::info!("the worker ended"),
            Err(error) => tracing::warn!(%error, "the worker ended; it is started again"),
        }
        if !*stop.borrow() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
