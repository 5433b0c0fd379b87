//! One run over one account.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use truto_core::{Client, Error, Filter, Page, Pages, StatusCode};

use crate::contact::Synced;
use crate::store::{AccountRow, PageRows, Store, SyncAccount, is_bad_data};

/// Settings of a sync, the same in all processes.
#[derive(Debug, Clone, Copy)]
pub struct SyncSettings {
    /// Records per page.
    pub page: u32,
    /// Time between two runs over an account.
    pub interval: Duration,
    /// Incremental runs read again what changed within this time before the watermark, since records
    /// may become visible later than their `updated_at`.
    pub overlap: Duration,
    /// Every n-th run reads all records, which shows the deleted ones.
    pub full_every: i64,
    /// Time that a page has left after the signal to stop. After that, the page is read again by
    /// another worker.
    pub grace: Duration,
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self {
            page: 100,
            interval: Duration::from_mins(15),
            overlap: Duration::from_mins(5),
            full_every: 24,
            grace: Duration::from_secs(10),
        }
    }
}

/// Counters of this process.
#[derive(Debug, Default)]
pub struct Counters {
    /// Pages written.
    pub pages: AtomicU64,
    /// Records written.
    pub records: AtomicU64,
    /// Failed runs.
    pub failures: AtomicU64,
}

/// State that all jobs share.
#[derive(Debug, Clone)]
pub struct Sync<S> {
    /// The client, with the limit that the fleet shares.
    pub client: Client,
    /// The database.
    pub store: S,
    /// Settings.
    pub settings: SyncSettings,
    /// Counters.
    pub counters: Arc<Counters>,
    /// True once the process should end: a run then leaves its remaining pages to another worker.
    pub stop: watch::Receiver<bool>,
}

/// The query of an incremental run.
#[derive(Debug, Serialize)]
struct Since {
    updated_at: Option<Filter<Timestamp>>,
}

impl<S: Store> Sync<S> {
    /// Runs one job.
    ///
    /// # Errors
    ///
    /// If the database fails; apalis runs the job again, and it resumes at the checkpoint. A failure of
    /// Truto or a provider is not an error of the job: it is written to the account.
    pub async fn run<T: Synced>(&self, job: &SyncAccount) -> Result<(), sqlx::Error> {
        let Some(mut row) = self.store.load(&job.account).await? else { return Ok(()) };
        // A job that was delivered twice finds the account in a later run.
        if row.run != job.run {
            return Ok(());
        }
        let mut pages = match self.list::<T>(&mut row) {
            Ok(pages) => pages,
            Err(error) => return self.failed(&row, &error).await,
        };
        loop {
            let page = tokio::select! {
                biased;
                page = next_page(&mut pages) => page,
                () = self.out_of_time() => return self.store.requeue(&row).await,
            };
            let page = match page {
                Ok(page) => page,
                Err(error) => return self.failed(&row, &error).await,
            };
            let page = match rows(&row, page) {
                Ok(page) => page,
                Err(error) => {
                    return self.park(&row, &format!("a record cannot be encoded: {error}")).await;
                }
            };
            match self.store.save(&row, &page, self.settings.interval.as_secs()).await {
                Ok(true) => {}
                // Another worker moved the checkpoint, and continues.
                Ok(false) => return Ok(()),
                Err(error) if is_bad_data(&error) => {
                    return self.park(&row, &format!("a page cannot be stored: {error}")).await;
                }
                Err(error) => return Err(error),
            }
            self.counters.pages.fetch_add(1, Ordering::Relaxed);
            self.counters.records.fetch_add(page.records.len() as u64, Ordering::Relaxed);
            if page.next_cursor.is_none() {
                return Ok(());
            }
            (row.cursor, row.failures) = (page.next_cursor, 0);
            (row.next_watermark, row.is_partial) = (page.next_watermark, page.is_partial);
            if *self.stop.borrow() {
                return self.store.requeue(&row).await;
            }
        }
    }

    /// The pages from the checkpoint on, in the background lane. For a new run, first decides whether it is a full one.
    fn list<T: Synced>(&self, row: &mut AccountRow) -> Result<Pages<T>, Error> {
        let account = self.client.account(&row.id)?.labeled(&*row.label).background();
        if row.cursor.is_none() {
            let is_due = (row.run - 1) % self.settings.full_every == 0;
            row.is_full = row.watermark.is_none() || is_due;
            row.started = Some(Timestamp::now().as_millisecond());
        }
        let start = row.watermark.filter(|_| !row.is_full).and_then(|at| self.overlapping(at));
        let list = T::list_all()
            .query(&Since { updated_at: start.map(Filter::gte) })
            .limit(self.settings.page)
            .next_cursor(row.cursor.clone().unwrap_or_default());
        Ok(list.pages(&account))
    }

    /// Ends `grace` after the signal to stop.
    async fn out_of_time(&self) {
        // An error means that no signal will come any more.
        if self.stop.clone().wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(self.settings.grace).await;
    }

    fn overlapping(&self, watermark: i64) -> Option<Timestamp> {
        let overlap = i64::try_from(self.settings.overlap.as_millis()).ok()?;
        Timestamp::from_millisecond(watermark.checked_sub(overlap)?).ok()
    }

    async fn failed(&self, row: &AccountRow, error: &Error) -> Result<(), sqlx::Error> {
        self.counters.failures.fetch_add(1, Ordering::Relaxed);
        if needs_a_person(error) {
            return self.park(row, &error.to_string()).await;
        }
        let wait = backoff(row.failures, error.retry_after());
        tracing::warn!(account = row.label, %error, ?wait, "will be tried again");
        let (reason, restarts) = (error.to_string(), error.is_cursor_invalid());
        self.store.fail(row, &reason, wait.as_secs(), restarts).await
    }

    async fn park(&self, row: &AccountRow, reason: &str) -> Result<(), sqlx::Error> {
        tracing::warn!(account = row.label, reason, "parked");
        self.store.park(row, reason).await
    }
}

/// Reads the next page. After a page without a cursor, checks that the list has ended: a cursor that cannot be followed
/// is an error, and the records that were not read must not be deleted then.
async fn next_page<T: Synced>(pages: &mut Pages<T>) -> Result<Page<T>, Error> {
    let page = pages.next().await.unwrap_or_else(|| Ok(Page::default()))?;
    match page.next_cursor {
        Some(_) => Ok(page),
        None => pages.next().await.unwrap_or(Ok(page)),
    }
}

fn rows<T: Synced>(row: &AccountRow, page: Page<T>) -> Result<PageRows, serde_json::Error> {
    let mut rows = PageRows {
        // An incremental run may see nothing new; the old watermark still holds then.
        next_watermark: row.next_watermark.max(row.watermark),
        next_cursor: page.next_cursor,
        started: row.started,
        is_full: row.is_full,
        is_partial: row.is_partial || page.is_partial_response == Some(true),
        ..PageRows::default()
    };
    // The watermark is at most the start of the run: a record on an earlier page may change during the run, before a
    // record on a later page, and a time in the future would exclude later changes from all incremental runs.
    let latest = row.started.unwrap_or(i64::MAX);
    for record in page.result {
        let changed = record.updated_at().map(|at| at.as_millisecond().min(latest));
        rows.next_watermark = rows.next_watermark.max(changed);
        rows.records.insert(record.id().to_owned(), serde_json::to_string(&record)?);
    }
    Ok(rows)
}

/// True if another attempt cannot succeed: the customer has to reconnect the account or to grant a scope.
///
/// Truto's own 401 is about the token of this program: it would park every account.
#[must_use]
pub fn needs_a_person(error: &Error) -> bool {
    match error.status() {
        Some(StatusCode::UNAUTHORIZED) => error.api().is_some_and(|api| api.is_remote),
        Some(StatusCode::FORBIDDEN) => error.api().is_some(),
        // A retry of a list whose cursors repeat would not end, either.
        _ => error.is_invalid_request() || error.is_pagination_loop(),
    }
}

/// Doubles from 2 s to an hour, and is at least the server's `Retry-After`, up to a day.
#[must_use]
pub fn backoff(failures: i64, asked: Option<Duration>) -> Duration {
    let exponent = u32::try_from(failures.clamp(0, 11)).unwrap_or(11);
    let wait = Duration::from_secs(2_u64.pow(exponent + 1).min(3_600));
    wait.max(asked.unwrap_or_default().min(Duration::from_hours(24)))
}

#[cfg(test)]
mod tests {
    use super::backoff;
    use std::time::Duration;

    #[test]
    fn the_backoff_doubles_and_respects_what_the_server_asks_for() {
        let seconds = Duration::from_secs;
        for (failures, asked, expected) in [
            (0, None, 2),
            (1, None, 4),
            (5, Some(10), 64),
            (0, Some(10), 10),
            (99, None, 3_600),
            (0, Some(u64::MAX), 86_400),
        ] {
            assert_eq!(backoff(failures, asked.map(seconds)), seconds(expected), "{failures}");
        }
    }
}
