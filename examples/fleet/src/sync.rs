//! One run over one account.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use truto_core::{Client, Error, Filter, StatusCode};

use crate::contact::Synced;
use crate::store::{AccountRow, PageRows, Store, SyncAccount};

/// Settings of a sync, the same in all processes.
#[derive(Debug, Clone, Copy)]
pub struct SyncSettings {
    /// Records per page.
    pub page: u32,
    /// Time between two runs over an account.
    pub interval: Duration,
    /// Incremental runs read again what changed within this time before the watermark, since records
    /// become visible later than their `updated_at` says.
    pub overlap: Duration,
    /// Every n-th run reads all records, and so finds those that were deleted.
    pub full_every: i64,
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self {
            page: 100,
            interval: Duration::from_mins(15),
            overlap: Duration::from_mins(5),
            full_every: 24,
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

/// The parts that every job needs.
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
    /// True when the process is to end: a run then leaves its rest to another worker.
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
        let mut seen: HashSet<String> = row.cursor.iter().cloned().collect();
        // A job that was delivered twice finds the account in a later run.
        while row.run == job.run {
            let page = match self.read::<T>(&row).await {
                Ok(page) => page,
                Err(error) => return self.failed(&row, &error).await,
            };
            let seconds = self.settings.interval.as_secs();
            if !self.store.save(&row, &page, seconds).await? {
                return Ok(());
            }
            self.counters.pages.fetch_add(1, Ordering::Relaxed);
            self.counters.records.fetch_add(page.records.len() as u64, Ordering::Relaxed);
            match page.next_cursor {
                // Such a list has no end, and no other attempt will find one.
                Some(cursor) if !seen.insert(cursor.clone()) => {
                    let reason = "the list returned a cursor for the second time";
                    tracing::warn!(account = row.label, reason, "parked");
                    return self.store.park(&row, reason).await;
                }
                Some(cursor) => row.cursor = Some(cursor),
                None => return Ok(()),
            }
            (row.next_watermark, row.failures) = (page.next_watermark, 0);
            (row.is_full, row.is_partial) = (page.is_full, page.is_partial);
            if *self.stop.borrow() {
                return self.store.requeue(&row).await;
            }
        }
        Ok(())
    }

    /// Reads the page at the checkpoint, in the background lane.
    async fn read<T: Synced>(&self, row: &AccountRow) -> Result<PageRows, Error> {
        let account = self.client.account(&row.id)?.labeled(&*row.label).background();
        let is_full = match row.cursor {
            Some(_) => row.is_full,
            None => row.watermark.is_none() || (row.run - 1) % self.settings.full_every == 0,
        };
        let start = row.watermark.filter(|_| !is_full).and_then(|at| self.overlapping(at));
        let list = T::list_all()
            .query(&Since { updated_at: start.map(Filter::gte) })
            .limit(self.settings.page)
            .next_cursor(row.cursor.clone().unwrap_or_default());
        let page = list.send(&account).await?;
        let mut rows = PageRows {
            // An incremental run may see nothing new; the old watermark still holds then.
            next_watermark: row.next_watermark.max(row.watermark),
            next_cursor: page.next_cursor,
            is_full,
            is_partial: row.is_partial || page.is_partial_response == Some(true),
            ..PageRows::default()
        };
        let now = Timestamp::now();
        for record in page.result {
            // A time in the future would keep later changes out of all incremental runs.
            let changed = record.updated_at().map(|at| at.min(now).as_millisecond());
            rows.next_watermark = rows.next_watermark.max(changed);
            let data = serde_json::to_string(&record).unwrap_or_default();
            rows.records.insert(record.id().to_owned(), data);
        }
        Ok(rows)
    }

    fn overlapping(&self, watermark: i64) -> Option<Timestamp> {
        let overlap = i64::try_from(self.settings.overlap.as_millis()).ok()?;
        Timestamp::from_millisecond(watermark.checked_sub(overlap)?).ok()
    }

    async fn failed(&self, row: &AccountRow, error: &Error) -> Result<(), sqlx::Error> {
        self.counters.failures.fetch_add(1, Ordering::Relaxed);
        if needs_a_person(error) {
            tracing::warn!(account = row.label, %error, "parked");
            return self.store.park(row, &error.to_string()).await;
        }
        let wait = backoff(row.failures, error.retry_after());
        tracing::warn!(account = row.label, %error, ?wait, "will be tried again");
        self.store.fail(row, wait.as_secs(), error.is_cursor_invalid()).await
    }
}

/// True if another attempt cannot succeed: the customer has to reconnect the account or to grant a scope.
///
/// Truto's own 401 is about the token of this program: it would park every account.
#[must_use]
pub fn needs_a_person(error: &Error) -> bool {
    match error.status() {
        Some(StatusCode::UNAUTHORIZED) => error.api().is_some_and(|api| api.is_remote),
        Some(StatusCode::FORBIDDEN) => error.api().is_some(),
        _ => error.is_invalid_request(),
    }
}

/// Doubles from 2 s to an hour, and is never shorter than what the server asked for, up to a day.
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
