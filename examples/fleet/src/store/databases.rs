//! The stores. PostgreSQL and SQLite understand the same statements here, so one macro writes both.

use std::time::Duration;

use apalis::prelude::Task;
use sqlx::Row;

use super::statements::{
    ACCOUNTS, ADD, COUNTS, DELETE, END, FAIL, FORGET_IN_POSTGRES, FORGET_IN_SQLITE, LOAD,
    MISSING_IN_SQLITE, MOVE, PARK, PROGRESS, RECORDS, RESTART, RESUME, UPSERT,
};
use super::{AccountProgress, AccountRow, PageRows, QUEUE, Store, SyncAccount, task};

mod postgres_queue {
    use super::{QUEUE, SyncAccount, Task};

    pub(super) async fn push(
        connection: &mut sqlx::PgConnection,
        task: Task<SyncAccount>,
    ) -> Result<(), sqlx::Error> {
        let job = task.try_map_args(|job| serde_json::to_vec(&job)).map_err(super::encoding)?;
        let push = apalis_postgres::queries::push_tasks(connection, QUEUE, vec![job]);
        push.await.map_err(super::queue)
    }

    /// Does nothing: other processes take over the jobs of one that died.
    pub(super) fn push_missing(
        _: &mut sqlx::PgConnection,
        _: &str,
    ) -> std::future::Ready<Result<(), sqlx::Error>> {
        std::future::ready(Ok(()))
    }
}

mod sqlite_queue {
    use super::{MISSING_IN_SQLITE, QUEUE, SyncAccount, Task, now, task};

    pub(super) async fn push(
        connection: &mut sqlx::SqliteConnection,
        task: Task<SyncAccount>,
    ) -> Result<(), sqlx::Error> {
        let job = task.try_map_args(|job| serde_json::to_vec(&job)).map_err(super::encoding)?;
        let push =
            apalis_sqlite::queries::push_tasks(connection, QUEUE, std::slice::from_ref(&job));
        push.await.map_err(super::queue)
    }

    /// SQLite has one process, whose start after a crash should not wait until the old job is taken over. If a retry
    /// or the next run waits for its time, no second job is queued: it would run too early, fail, and be retried in
    /// addition to the first.
    pub(super) async fn push_missing(
        connection: &mut sqlx::SqliteConnection,
        account: &str,
    ) -> Result<(), sqlx::Error> {
        let missing = sqlx::query_scalar(MISSING_IN_SQLITE).bind(account).bind(QUEUE);
        match missing.fetch_optional(&mut *connection).await? {
            Some(run) => push(connection, task(account, run, now(), 0)).await,
            None => Ok(()),
        }
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

/// PostgreSQL refuses texts with the character NUL, which a provider's message may have.
fn text(reason: &str) -> String {
    reason.replace('\0', "")
}

macro_rules! store {
    ($(#[$doc:meta])* $Store:ident, $Pool:ty, $queue:ident, $setup:path, $forget:ident) => {
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
                    $queue::push(&mut transaction, task(id, 1, 0, 0)).await?;
                } else {
                    $queue::push_missing(&mut transaction, id).await?;
                }
                transaction.commit().await
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
                    started: row.try_get("run_started")?,
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
                    .bind(page.started)
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
                $queue::push(&mut transaction, next).await?;
                transaction.commit().await?;
                Ok(true)
            }

            async fn fail(
                &self,
                before: &AccountRow,
                reason: &str,
                retry_after: u64,
                restarts: bool,
            ) -> Result<(), sqlx::Error> {
                let mut transaction = self.pool.begin().await?;
                let failed = sqlx::query(if restarts { RESTART } else { FAIL })
                    .bind(&before.id)
                    .bind(before.run)
                    .bind(&before.cursor)
                    .bind(before.failures)
                    .bind(text(reason))
                    .execute(&mut *transaction)
                    .await?;
                if failed.rows_affected() == 0 {
                    return Ok(());
                }
                // The count of failures restarts with each page, so the time makes the key unique.
                let retry = task(&before.id, before.run, now(), retry_after);
                $queue::push(&mut transaction, retry).await?;
                transaction.commit().await
            }

            async fn requeue(&self, before: &AccountRow) -> Result<(), sqlx::Error> {
                let rest = task(&before.id, before.run, now(), 0);
                let mut transaction = self.pool.begin().await?;
                $queue::push(&mut transaction, rest).await?;
                transaction.commit().await
            }

            async fn resume(&self, id: &str) -> Result<bool, sqlx::Error> {
                let mut transaction = self.pool.begin().await?;
                let resumed = sqlx::query_scalar(RESUME).bind(id);
                let Some(run) = resumed.fetch_optional(&mut *transaction).await? else {
                    return Ok(false);
                };
                $queue::push(&mut transaction, task(id, run, now(), 0)).await?;
                transaction.commit().await?;
                Ok(true)
            }

            async fn park(&self, before: &AccountRow, reason: &str) -> Result<(), sqlx::Error> {
                let park = sqlx::query(PARK).bind(&before.id).bind(before.run).bind(&before.cursor);
                park.bind(text(reason)).execute(&self.pool).await.map(|_| ())
            }

            async fn forget_jobs(&self, older_than: Duration) -> Result<u64, sqlx::Error> {
                let forget = sqlx::query($forget).bind(QUEUE).bind(older_than.as_secs_f64());
                Ok(forget.execute(&self.pool).await?.rows_affected())
            }

            async fn counts(&self) -> Result<(i64, i64), sqlx::Error> {
                sqlx::query_as(COUNTS).fetch_one(&self.pool).await
            }

            async fn progress(&self, most: i64) -> Result<Vec<AccountProgress>, sqlx::Error> {
                let rows = sqlx::query(PROGRESS).bind(most).fetch_all(&self.pool).await?;
                rows.iter()
                    .map(|row| {
                        Ok(AccountProgress {
                            id: row.try_get("id")?,
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
    Postgres, sqlx::PgPool, postgres_queue, apalis_postgres::PostgresStorage::setup,
    FORGET_IN_POSTGRES
);

store!(
    /// Tables and queue in a SQLite file, for one process.
    Sqlite, sqlx::SqlitePool, sqlite_queue, apalis_sqlite::SqliteStorage::setup,
    FORGET_IN_SQLITE
);
