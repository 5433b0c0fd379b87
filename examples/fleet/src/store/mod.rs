//! The tables: accounts with their checkpoints, and the copied records. Times are milliseconds since 1970.

mod databases;
mod statements;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use apalis::prelude::{Task, TaskBuilder};
use serde::{Deserialize, Serialize};

pub use databases::{Postgres, Sqlite};

/// The queue of the jobs.
pub const QUEUE: &str = "sync-account";

/// The number of attempts that apalis makes per job. A takeover after a crash counts as one, so the
/// number is far above the number of crashes to expect; failures of the provider are counted per account
/// instead.
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
    /// The time at which the current run began, by the clock of the process that began it.
    pub started: Option<i64>,
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
    /// The time at which this run began.
    pub started: Option<i64>,
    /// The next page; `None` after the last one.
    pub next_cursor: Option<String>,
    /// This run reads every record, so those that are missing at its end are deleted.
    pub is_full: bool,
    /// Truto could not read all records of this page or of one before.
    pub is_partial: bool,
}

/// Progress of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountProgress {
    /// The id of the integrated account.
    pub id: String,
    /// The customer's name.
    pub label: String,
    /// `active`, or `parked`.
    pub state: String,
    /// Reason for which it is parked, or the last failure since the last page.
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
    /// first page if `restarts`. Does nothing if another worker moved the checkpoint meanwhile.
    fn fail(
        &self,
        before: &AccountRow,
        reason: &str,
        retry_after: u64,
        restarts: bool,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Queues the rest of a run, for another worker.
    fn requeue(&self, before: &AccountRow) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Runs a parked account again. False if it is not parked.
    fn resume(&self, id: &str) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;
    /// Stops the account's runs until somebody has resolved the reason. Does nothing if another worker moved the
    /// checkpoint meanwhile.
    fn park(
        &self,
        before: &AccountRow,
        reason: &str,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Deletes the jobs that ended longer ago than this, so that the queue does not grow with each run. Returns
    /// their number.
    fn forget_jobs(
        &self,
        older_than: Duration,
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;
    /// The numbers of accounts, and of those that are parked.
    fn counts(&self) -> impl Future<Output = Result<(i64, i64), sqlx::Error>> + Send;
    /// Progress of at most this many accounts, parked ones first.
    fn progress(
        &self,
        most: i64,
    ) -> impl Future<Output = Result<Vec<AccountProgress>, sqlx::Error>> + Send;
}

/// True if PostgreSQL refuses the values, as a text with the character NUL or a key of several kilobytes. Another
/// attempt would read the same page and fail in the same way.
#[must_use]
pub fn is_bad_data(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let is_postgres = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some();
    let class = error.code().and_then(|code| code.get(..2).map(str::to_owned));
    // Data exceptions, violated constraints, exceeded limits.
    is_postgres && class.is_some_and(|class| ["22", "23", "54"].contains(&&*class))
}

/// A job. `repeat` distinguishes the jobs of one run, since the queue accepts each key once.
fn task(account: &str, run: i64, repeat: i64, after: u64) -> Task<SyncAccount> {
    TaskBuilder::new(SyncAccount { account: account.to_owned(), run })
        .max_attempts(MAX_ATTEMPTS)
        .idempotency_key(format!("{account}:{run}:{repeat}"))
        .run_in_seconds(after)
        .build()
}
