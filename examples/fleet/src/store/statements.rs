//! The SQL.

pub(super) const ACCOUNTS: &str = "
    CREATE TABLE IF NOT EXISTS fleet_accounts (
        id TEXT PRIMARY KEY,
        label TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'active',
        reason TEXT,
        run BIGINT NOT NULL DEFAULT 1,
        page_cursor TEXT,
        watermark BIGINT,
        next_watermark BIGINT,
        run_started BIGINT,
        is_full BIGINT NOT NULL DEFAULT 0,
        is_partial BIGINT NOT NULL DEFAULT 0,
        failures BIGINT NOT NULL DEFAULT 0,
        pages BIGINT NOT NULL DEFAULT 0
    )";

pub(super) const RECORDS: &str = "
    CREATE TABLE IF NOT EXISTS fleet_records (
        account TEXT NOT NULL REFERENCES fleet_accounts (id),
        id TEXT NOT NULL,
        data TEXT NOT NULL,
        -- The last run that read the record.
        run BIGINT NOT NULL,
        PRIMARY KEY (account, id)
    )";

pub(super) const ADD: &str =
    "INSERT INTO fleet_accounts (id, label) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";

pub(super) const LOAD: &str = "
    SELECT id, label, run, page_cursor, watermark, next_watermark, run_started, is_full, is_partial, failures
    FROM fleet_accounts WHERE id = $1 AND state = 'active'";

/// This statement and those below compare the checkpoint, so that of two workers on one account only the first one
/// writes.
pub(super) const MOVE: &str = "
    UPDATE fleet_accounts
    SET page_cursor = $5, next_watermark = $4, is_full = $6, is_partial = $7, failures = 0,
        reason = NULL, run_started = $8, pages = pages + 1
    WHERE id = $1 AND run = $2 AND page_cursor IS NOT DISTINCT FROM $3";

pub(super) const END: &str = "
    UPDATE fleet_accounts
    SET page_cursor = $5, watermark = CASE WHEN $7 > 0 THEN watermark ELSE $4 END,
        next_watermark = NULL, is_full = $6, is_partial = 0, failures = 0, reason = NULL,
        run_started = $8, pages = pages + 1, run = run + 1
    WHERE id = $1 AND run = $2 AND page_cursor IS NOT DISTINCT FROM $3";

pub(super) const UPSERT: &str = "
    INSERT INTO fleet_records (account, id, data, run) VALUES ($1, $2, $3, $4)
    ON CONFLICT (account, id) DO UPDATE SET data = excluded.data, run = excluded.run";

pub(super) const DELETE: &str = "DELETE FROM fleet_records WHERE account = $1 AND run < $2";

pub(super) const FAIL: &str = "
    UPDATE fleet_accounts SET failures = failures + 1, reason = $5
    WHERE id = $1 AND run = $2 AND page_cursor IS NOT DISTINCT FROM $3 AND failures = $4";

/// Drops the cursor, which is no longer valid; the records that the run wrote are kept.
pub(super) const RESTART: &str = "
    UPDATE fleet_accounts
    SET failures = failures + 1, reason = $5, page_cursor = NULL, next_watermark = NULL, run_started = NULL,
        is_partial = 0
    WHERE id = $1 AND run = $2 AND page_cursor IS NOT DISTINCT FROM $3 AND failures = $4";

pub(super) const RESUME: &str = "
    UPDATE fleet_accounts SET state = 'active', reason = NULL, failures = 0
    WHERE id = $1 AND state = 'parked' RETURNING run";

pub(super) const PARK: &str = "
    UPDATE fleet_accounts SET state = 'parked', reason = $4
    WHERE id = $1 AND run = $2 AND page_cursor IS NOT DISTINCT FROM $3";

pub(super) const COUNTS: &str = "
    SELECT count(*), count(CASE WHEN state = 'parked' THEN 1 END) FROM fleet_accounts";

/// Parked accounts first.
pub(super) const PROGRESS: &str = "
    SELECT id, label, state, reason, run, pages, failures
    FROM fleet_accounts ORDER BY state DESC, label, id LIMIT $1";

pub(super) const FORGET_IN_POSTGRES: &str = "
    DELETE FROM apalis.jobs
    WHERE job_type = $1 AND status IN ('Done', 'Killed')
        AND done_at < now() - make_interval(secs => $2)";

pub(super) const FORGET_IN_SQLITE: &str = "
    DELETE FROM Jobs
    WHERE job_type = $1 AND status IN ('Done', 'Killed')
        AND CAST(done_at AS INTEGER) < unixepoch() - $2";

/// The current run of an active account that has no job in the queue. A job of a process that died is not in the
/// queue until it is taken over.
pub(super) const MISSING_IN_SQLITE: &str = "
    SELECT run FROM fleet_accounts AS account
    WHERE id = $1 AND state = 'active' AND NOT EXISTS (
        SELECT 1 FROM Jobs
        WHERE job_type = $2 AND status IN ('Pending', 'Failed')
            AND idempotency_key LIKE account.id || ':' || account.run || ':%')";
