//! The tables: accounts with their checkpoints, and the copied records.
//!
//! PostgreSQL and SQLite understand the same statements here, so one macro writes both stores. Times
//! are milliseconds since 1970.

use std::collections::BTreeMap;
use std::future::Future;

use apalis::prelude::{Task, TaskBuilder};
use serde::{Deserialize, Serialize};
use sqlx::Row;

/// The queue of the jobs.
pub const QUEUE: &str = "sync-account";

/// Attempts of a job that apalis makes. A takeover after a crash is one, so it is far above the
/// number of crashes that a run can meet; failures of the provider are counted in the account instead.
const MAX_ATTEMPTS: usize = 1_000_000;

/// A job: one run over one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncAccount {
    /// The id of the integrated account.
    pub account: String,
    /// The number of the run. A job of an earlier run is a duplicate.
    pub run: i64,
}

/// An account and the checkpoint of its current run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The id of the integrated account.
    pub id: String,
    /// The customer's name.
    pub label: String,
    /// The current run, from 1.
    pub run: i64,
    /// The page to read next; `None` for the first one.
    pub cursor: Option<String>,
    /// The newest change that the last run saw.
    pub watermark: Option<i64>,
    /// The newest change that the current run has seen so far.
    pub next_watermark: Option<i64>,
    /// The current run reads all records; decided by its first page.
    pub is_full: bool,
    /// A page of the current run was partial, so it proves no deletion and moves no watermark.
    pub is_partial: bool,
    /// Failures in a row.
    pub failures: i64,
}

/// One page, ready to be written.
#[derive(Debug, Default)]
pub struct PageRows {
    /// JSON by id.
    pub records: BTreeMap<String, String>,
    /// The newest change among them and the pages before.
    pub next_watermark: Option<i64>,
    /// The next page; `None` after the last one.
    pub next_cursor: Option<String>,
    /// Every record comes in this run, so the missing ones are deleted at its end.
    pub is_full: bool,
    /// Truto could not read all records of this page or of one before.
    pub is_partial: bool,
}

/// Progress over all accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountProgress {
    /// The customer's name.
    pub label: String,
    /// `active`, or `parked`.
    pub state: String,
    /// Reason for which it is parked.
    pub reason: Option<String>,
    /// Completed runs.
    pub runs: i64,
    /// Pages that were written, in all runs.
    pub pages: i64,
    /// Failures in a row.
    pub failures: i64,
}

/// The database of a fleet.
pub trait Store: Clone + Send + Sync + 'static {
    /// Creates the tables, those of the queue included.
    fn setup(&self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Adds an account and queues its first run; does nothing for a known one.
    fn add(&self, id: &str, label: &str) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Reads an account that is not parked.
    fn load(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<AccountRow>, sqlx::Error>> + Send;
    /// Writes a page and moves the checkpoint; after the last page also ends the run and queues the
    /// next one in `next_run` seconds. False if another worker moved the checkpoint meanwhile: then
    /// nothing is written.
    fn save(
        &self,
        before: &AccountRow,
        page: &PageRows,
        next_run: u64,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;
    /// Counts a failure and queues the run again in `retry_after` seconds: at its checkpoint, or from its
    /// first page if `restarts`.
    fn fail(
        &self,
        before: &AccountRow,
        retry_after: u64,
        restarts: bool,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Queues the rest of a run, for another worker.
    fn requeue(&self, before: &AccountRow) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Runs a parked account again. False if it is not parked.
    fn resume(&self, id: &str) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;
    /// Stops the account's runs until a person has dealt with the reason.
    fn park(
        &self,
        before: &AccountRow,
        reason: &str,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Progress of all accounts.
    fn progress(&self) -> impl Future<Output = Result<Vec<AccountProgress>, sqlx::Error>> + Send;
}

/// A job. `repeat` distinguishes the jobs of one run, since the queue accepts each key once.
fn task(account: &str, run: i64, repeat: i64, after: u64) -> Task<SyncAccount> {
    TaskBuilder::new(SyncAccount { account: account.to_owned(), run })
        .max_attempts(MAX_ATTEMPTS)
        .idempotency_key(format!("{account}:{run}:{repeat}"))
        .run_in_seconds(after)
        .build()
}

/// The queue in PostgreSQL takes jobs within the transaction that writes the checkpoint.
mod postgres_queue {
    use super::{QUEUE, SyncAccount, Task};

    pub(super) async fn push_within(
        connection: &mut sqlx::PgConnection,
        task: &Task<SyncAccount>,
    ) -> Result<(), sqlx::Error> {
        let job =
            task.clone().try_map_args(|job| serde_json::to_vec(&job)).map_err(super::encoding)?;
        let push = apalis_postgres::queries::push_tasks(connection, QUEUE, vec![job]);
        push.await.map_err(super::queue)
    }

    pub(super) fn push_after(
        _: &sqlx::PgPool,
        _: Task<SyncAccount>,
    ) -> std::future::Ready<Result<(), sqlx::Error>> {
        std::future::ready(Ok(()))
    }
}

/// The queue in SQLite has no such function, so it takes jobs after the transaction. A crash in between is
/// made up for at the next start, when the current run of every account is queued again.
mod sqlite_queue {
    use apalis::prelude::TaskSink as _;
    use apalis_sqlite::{Config, SqliteStorage};

    use super::{QUEUE, SyncAccount, Task};

    pub(super) fn push_within(
        _: &mut sqlx::SqliteConnection,
        _: &Task<SyncAccount>,
    ) -> std::future::Ready<Result<(), sqlx::Error>> {
        std::future::ready(Ok(()))
    }

    pub(super) async fn push_after(
        pool: &sqlx::SqlitePool,
        task: Task<SyncAccount>,
    ) -> Result<(), sqlx::Error> {
        let config = Config::default().queue(QUEUE);
        let mut storage = SqliteStorage::<SyncAccount>::new(pool).with_config(config);
        storage.push_task(task).await.map_err(super::queue)
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn queue(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Configuration(Box::new(error))
}

fn encoding(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Encode(Box::new(error))
}

macro_rules! store {
    ($(#[$doc:meta])* $Store:ident, $Pool:ty, $queue:ident, $setup:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $Store {
            /// Connections, shared with the queue.
            pub pool: $Pool,
        }

        impl Store for $Store {
            async fn setup(&self) -> Result<(), sqlx::Error> {
                $setup(&self.pool).await.map_err(queue)?;
                sqlx::query(ACCOUNTS).execute(&self.pool).await?;
                sqlx::query(RECORDS).execute(&self.pool).await?;
                Ok(())
            }

            async fn add(&self, id: &str, label: &str) -> Result<(), sqlx::Error> {
                let mut transaction = self.pool.begin().await?;
                let added = sqlx::query(ADD).bind(id).bind(label).execute(&mut *transaction).await?;
                if added.rows_affected() > 0 {
                    $queue::push_within(&mut transaction, &task(id, 1, 0, 0)).await?;
                }
                transaction.commit().await?;
                let Some(row) = self.load(id).await? else { return Ok(()) };
                // The key of an earlier start may be taken; a second job of a run is harmless.
                $queue::push_after(&self.pool, task(id, row.run, now(), 0)).await
            }

            async fn load(&self, id: &str) -> Result<Option<AccountRow>, sqlx::Error> {
                let row = sqlx::query(LOAD).bind(id).fetch_optional(&self.pool).await?;
                let Some(row) = row else { return Ok(None) };
                Ok(Some(AccountRow {
                    id: row.try_get("id")?,
                    label: row.try_get("label")?,
                    run: row.try_get("run")?,
                    cursor: row.try_get("page_cursor")?,
                    watermark: row.try_get("watermark")?,
                    next_watermark: row.try_get("next_watermark")?,
                    is_full: row.try_get::<i64, _>("is_full")? != 0,
                    is_partial: row.try_get::<i64, _>("is_partial")? != 0,
                    failures: row.try_get("failures")?,
                }))
            }

            async fn save(
                &self,
                before: &AccountRow,
                page: &PageRows,
                next_run: u64,
            ) -> Result<bool, sqlx::Error> {
                let mut transaction = self.pool.begin().await?;
                // First, so that the account's row is locked before its records are written.
                let moved = sqlx::query(if page.next_cursor.is_some() { MOVE } else { END })
                    .bind(&before.id)
                    .bind(before.run)
                    .bind(&before.cursor)
                    .bind(page.next_watermark)
                    .bind(&page.next_cursor)
                    .bind(i64::from(page.is_full))
                    .bind(i64::from(page.is_partial))
                    .execute(&mut *transaction)
                    .await?;
                if moved.rows_affected() == 0 {
                    return Ok(false);
                }
                for (id, data) in &page.records {
                    sqlx::query(UPSERT)
                        .bind(&before.id)
                        .bind(id)
                        .bind(data)
                        .bind(before.run)
                        .execute(&mut *transaction)
                        .await?;
                }
                if page.next_cursor.is_some() {
                    transaction.commit().await?;
                    return Ok(true);
                }
                if page.is_full && !page.is_partial {
                    let delete = sqlx::query(DELETE).bind(&before.id).bind(before.run);
                    delete.execute(&mut *transaction).await?;
                }
                let next = task(&before.id, before.run + 1, 0, next_run);
                $queue::push_within(&mut transaction, &next).await?;
                transaction.commit().await?;
                $queue::push_after(&self.pool, next).await?;
                Ok(true)
            }

            async fn fail(
                &self,
                before: &AccountRow,
                retry_after: u64,
                restarts: bool,
            ) -> Result<(), sqlx::Error> {
                let mut transaction = self.pool.begin().await?;
                let failed = sqlx::query(if restarts { RESTART } else { FAIL })
                    .bind(&before.id)
                    .bind(before.run)
                    .bind(before.failures)
                    .execute(&mut *transaction)
                    .await?;
                if failed.rows_affected() == 0 {
                    return Ok(());
                }
                // The count of failures restarts with each page, so the time makes the key unique.
                let retry = task(&before.id, before.run, now(), retry_after);
                $queue::push_within(&mut transaction, &retry).await?;
                transaction.commit().await?;
                $queue::push_after(&self.pool, retry).await
            }

            async fn requeue(&self, before: &AccountRow) -> Result<(), sqlx::Error> {
                let rest = task(&before.id, before.run, now(), 0);
                let mut transaction = self.pool.begin().await?;
                $queue::push_within(&mut transaction, &rest).await?;
                transaction.commit().await?;
                $queue::push_after(&self.pool, rest).await
            }

            async fn resume(&self, id: &str) -> Result<bool, sqlx::Error> {
                let resumed = sqlx::query(RESUME).bind(id).execute(&self.pool).await?;
                if resumed.rows_affected() == 0 {
                    return Ok(false);
                }
                if let Some(row) = self.load(id).await? {
                    self.requeue(&row).await?;
                }
                Ok(true)
            }

            async fn park(&self, before: &AccountRow, reason: &str) -> Result<(), sqlx::Error> {
                let park = sqlx::query(PARK).bind(&before.id).bind(before.run).bind(reason);
                park.execute(&self.pool).await.map(|_| ())
            }

            async fn progress(&self) -> Result<Vec<AccountProgress>, sqlx::Error> {
                let rows = sqlx::query(PROGRESS).fetch_all(&self.pool).await?;
                rows.iter()
                    .map(|row| {
                        Ok(AccountProgress {
                            label: row.try_get("label")?,
                            state: row.try_get("state")?,
                            reason: row.try_get("reason")?,
                            runs: row.try_get::<i64, _>("run")? - 1,
                            pages: row.try_get("pages")?,
                            failures: row.try_get("failures")?,
                        })
                    })
                    .collect()
            }
        }
    };
}

store!(
    /// Tables and queue in PostgreSQL, for any number of processes.
    Postgres, sqlx::PgPool, postgres_queue, apalis_postgres::PostgresStorage::setup
);

store!(
    /// Tables and queue in a SQLite file, for one process.
    Sqlite, sqlx::SqlitePool, sqlite_queue, apalis_sqlite::SqliteStorage::setup
);

const ACCOUNTS: &str = "
    CREATE TABLE IF NOT EXISTS fleet_accounts (
        id TEXT PRIMARY KEY,
        label TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'active',
        reason TEXT,
        run BIGINT NOT NULL DEFAULT 1,
        page_cursor TEXT,
        watermark BIGINT,
        next_watermark BIGINT,
        is_full BIGINT NOT NULL DEFAULT 0,
        is_partial BIGINT NOT NULL DEFAULT 0,
        failures BIGINT NOT NULL DEFAULT 0,
        pages BIGINT NOT NULL DEFAULT 0
    )";

const RECORDS: &str = "
    CREATE TABLE IF NOT EXISTS fleet_records (
        account TEXT NOT NULL REFERENCES fleet_accounts (id),
        id TEXT NOT NULL,
        data TEXT NOT NULL,
        -- The last run in which the record came.
        run BIGINT NOT NULL,
        PRIMARY KEY (account, id)
    )";

const ADD: &str =
    "INSERT INTO fleet_accounts (id, label) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";

const LOAD: &str = "
    SELECT id, label, run, page_cursor, watermark, next_watermark, is_full, is_partial, failures
    FROM fleet_accounts WHERE id = $1 AND state = 'active'";

/// The checkpoint is compared, so that of two workers on one account only the first one writes.
const MOVE: &str = "
    UPDATE fleet_accounts
    SET page_cursor = $5, next_watermark = $4, is_full = $6, is_partial = $7, failures = 0,
        pages = pages + 1
    WHERE id = $1 AND run = $2 AND page_cursor IS NOT DISTINCT FROM $3";

const END: &str = "
    UPDATE fleet_accounts
    SET page_cursor = $5, watermark = CASE WHEN $7 > 0 THEN watermark ELSE $4 END,
        next_watermark = NULL, is_full = $6, is_partial = 0, failures = 0, pages = pages + 1,
        run = run + 1
    WHERE id = $1 AND run = $2 AND page_cursor IS NOT DISTINCT FROM $3";

const UPSERT: &str = "
    INSERT INTO fleet_records (account, id, data, run) VALUES ($1, $2, $3, $4)
    ON CONFLICT (account, id) DO UPDATE SET data = excluded.data, run = excluded.run";

const DELETE: &str = "DELETE FROM fleet_records WHERE account = $1 AND run < $2";

const FAIL: &str = "
    UPDATE fleet_accounts SET failures = failures + 1
    WHERE id = $1 AND run = $2 AND failures = $3";

/// The cursor is of no use any more; what the run wrote so far stays.
const RESTART: &str = "
    UPDATE fleet_accounts
    SET failures = failures + 1, page_cursor = NULL, next_watermark = NULL, is_partial = 0
    WHERE id = $1 AND run = $2 AND failures = $3";

const RESUME: &str = "
    UPDATE fleet_accounts SET state = 'active', reason = NULL, failures = 0
    WHERE id = $1 AND state = 'parked'";

const PARK: &str = "
    UPDATE fleet_accounts SET state = 'parked', reason = $3 WHERE id = $1 AND run = $2";

const PROGRESS: &str = "
    SELECT label, state, reason, run, pages, failures FROM fleet_accounts ORDER BY label, id";
