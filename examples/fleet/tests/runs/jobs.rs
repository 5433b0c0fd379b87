//! The jobs of an account, and several workers on it.

use std::time::Duration;

use truto_example_fleet::contact::Contact;
use truto_example_fleet::store::{PageRows, Store, SyncAccount};
use truto_sandbox::{Fault, Sandbox};

use crate::{contact, fixture, id, row, run};

#[tokio::test]
async fn a_worker_behind_the_checkpoint_changes_nothing() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    let late = row(&sync, &sandbox).await;
    let page = PageRows { next_cursor: Some("2".to_owned()), ..PageRows::default() };
    assert!(sync.store.save(&late, &page, 0).await.expect("the database works"));
    let jobs = || sqlx::query_scalar::<_, i64>("SELECT count(*) FROM Jobs");
    let before = (row(&sync, &sandbox).await, jobs().fetch_one(&sync.store.pool).await.ok());
    for restarts in [false, true] {
        sync.store.fail(&late, "late", 0, restarts).await.expect("the database works");
    }
    sync.store.park(&late, "late").await.expect("the database works");
    let after = (row(&sync, &sandbox).await, jobs().fetch_one(&sync.store.pool).await.ok());
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_run_ends_only_with_its_next_job() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.insert("crm", "contacts", contact(1, "01"));
    let sync = fixture(&sandbox).await;
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON Jobs BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(refuse).execute(&sync.store.pool).await.expect("a trigger");
    let job = SyncAccount { account: id(&sandbox.account()).to_owned(), run: 1 };
    assert!(sync.run::<Contact>(&job).await.is_err());
    assert_eq!(row(&sync, &sandbox).await.run, 1);
    sqlx::query("DROP TRIGGER full").execute(&sync.store.pool).await.expect("no trigger");
    assert_eq!(run(&sync, &sandbox, 1).await, ["1"]);
    assert_eq!(row(&sync, &sandbox).await.run, 2);
}

#[tokio::test]
async fn a_process_that_stops_does_not_wait_for_a_slow_page() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.insert("crm", "contacts", contact(1, "01"));
    let mut sync = fixture(&sandbox).await;
    sync.stop = tokio::sync::watch::channel(true).1;
    sync.settings.grace = Duration::from_millis(50);
    sandbox.fail_next(Fault::delay(Duration::from_secs(25)));
    let started = std::time::Instant::now();
    assert!(run(&sync, &sandbox, 1).await.is_empty());
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!(progress[0].failures, 0);
    sync.stop = tokio::sync::watch::channel(false).1;
    assert_eq!(run(&sync, &sandbox, 1).await, ["1"]);
}

#[tokio::test]
async fn a_start_leaves_a_retry_that_waits_to_its_time() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    let jobs = async |status: &str| -> i64 {
        let query = sqlx::query_scalar("SELECT count(*) FROM Jobs WHERE status = $1");
        query.bind(status).fetch_one(&sync.store.pool).await.expect("a count")
    };
    let set = async |status: &str| {
        let set = sqlx::query("UPDATE Jobs SET status = $1").bind(status);
        set.execute(&sync.store.pool).await.expect("an update");
    };
    set("Done").await;
    sandbox.fail_next(Fault::status(400));
    run(&sync, &sandbox, 1).await;
    let start = async || {
        let account = sandbox.account();
        sync.store.add(id(&account), "acme").await.expect("an account");
    };
    for _ in 0..3 {
        start().await;
        assert_eq!(jobs("Pending").await, 1, "the retry");
    }
    // A process that dies leaves its job to the next start, whose job does not wait until it is taken over.
    set("Running").await;
    start().await;
    start().await;
    assert_eq!(jobs("Pending").await, 1);
}

#[tokio::test]
async fn jobs_that_ended_are_forgotten() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    let jobs = async |status: &str| -> i64 {
        let query = sqlx::query_scalar("SELECT count(*) FROM Jobs WHERE status = $1");
        query.bind(status).fetch_one(&sync.store.pool).await.expect("a count")
    };
    run(&sync, &sandbox, 1).await;
    assert_eq!(
        jobs("Pending").await,
        2,
        "the first run, which this test ran by hand, and the next"
    );
    let ended = "UPDATE Jobs SET status = 'Done', done_at = strftime('%s', 'now', '-30 minutes')
        WHERE run_at <= unixepoch()";
    sqlx::query(ended).execute(&sync.store.pool).await.expect("an update");
    let forget = async |minutes| {
        sync.store.forget_jobs(Duration::from_mins(minutes)).await.expect("the database works")
    };
    assert_eq!((forget(60).await, jobs("Done").await), (0, 1));
    assert_eq!((forget(20).await, jobs("Done").await), (1, 0));
    assert_eq!(jobs("Pending").await, 1);
}

#[tokio::test]
async fn a_process_that_stops_leaves_the_rest_of_a_run_to_others() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for number in 0..6 {
        sandbox.insert("crm", "contacts", contact(number, "01"));
    }
    let mut sync = fixture(&sandbox).await;
    sync.stop = tokio::sync::watch::channel(true).1;
    assert_eq!(run(&sync, &sandbox, 1).await.len(), 2, "one page");
    sync.stop = tokio::sync::watch::channel(false).1;
    assert_eq!(run(&sync, &sandbox, 1).await.len(), 6);
}
