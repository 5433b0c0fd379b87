//! Runs over one account, on SQLite in this process: full, incremental, deletions, failures.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use truto_core::{Account, Request};
use truto_example_fleet::contact::Contact;
use truto_example_fleet::store::{Sqlite, Store, SyncAccount};
use truto_example_fleet::sync::{Sync, SyncSettings};
use truto_sandbox::{Fault, Sandbox};

async fn fixture(sandbox: &Sandbox) -> Sync<Sqlite> {
    let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    let store = Sqlite { pool: options.connect("sqlite::memory:").await.expect("SQLite") };
    store.setup().await.expect("the tables");
    store.add(id(&sandbox.account()), "acme").await.expect("an account");
    let settings = SyncSettings {
        page: 2,
        full_every: 3,
        overlap: Duration::from_mins(1),
        ..SyncSettings::default()
    };
    Sync {
        client: sandbox.client().clone(),
        store,
        settings,
        counters: Arc::default(),
        stop: tokio::sync::watch::channel(false).1,
    }
}

fn id(account: &Account) -> &str {
    account.id().expect("an account with an id")
}

fn contact(id: u32, at: &str) -> Value {
    json!({"id": id.to_string(), "name": "Ada", "updated_at": format!("2026-11-{at}T00:00:00Z")})
}

async fn run(sync: &Sync<Sqlite>, sandbox: &Sandbox, run: i64) -> Vec<String> {
    let job = SyncAccount { account: id(&sandbox.account()).to_owned(), run };
    sync.run::<Contact>(&job).await.expect("the database works");
    let query = "SELECT id FROM fleet_records ORDER BY id";
    sqlx::query_scalar(query).fetch_all(&sync.store.pool).await.expect("the records")
}

#[tokio::test]
async fn runs_are_incremental_and_full_ones_find_deletions() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for (id, day) in [(1, "01"), (2, "02"), (3, "03"), (4, "04"), (5, "05")] {
        sandbox.insert("crm", "contacts", contact(id, day));
    }
    let sync = fixture(&sandbox).await;
    assert_eq!(run(&sync, &sandbox, 1).await, ["1", "2", "3", "4", "5"]);
    assert_eq!(sandbox.requests().len(), 3, "three pages");

    let delete = Request::<Value>::unified("DELETE", "crm", "contacts", "1");
    delete.send(&sandbox.account()).await.expect("a deletion");
    sandbox.insert("crm", "contacts", contact(6, "06"));
    let before = sandbox.requests().len();
    // Incremental: from a minute before the newest change on, so the fifth is read again.
    assert_eq!(run(&sync, &sandbox, 2).await, ["1", "2", "3", "4", "5", "6"]);
    let requests = sandbox.requests();
    assert_eq!(requests.len() - before, 1);
    let query = requests.last().expect("a request").query.clone();
    assert!(query.contains("updated_at%5Bgte%5D=2026-11-04T23%3A59%3A00Z"), "{query}");

    run(&sync, &sandbox, 3).await;
    assert_eq!(run(&sync, &sandbox, 4).await, ["2", "3", "4", "5", "6"], "the fourth run is full");
    // The same job again, as after a crash between its end and its acknowledgement.
    let before = sandbox.requests().len();
    run(&sync, &sandbox, 4).await;
    assert_eq!(sandbox.requests().len(), before);
}

#[tokio::test]
async fn a_run_resumes_at_its_checkpoint() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for number in 0..6 {
        sandbox.insert("crm", "contacts", contact(number, "01"));
    }
    let sync = fixture(&sandbox).await;
    sandbox.fail_next(Fault::status(400));
    assert!(run(&sync, &sandbox, 1).await.is_empty(), "the first page failed");
    let failures = sync.store.progress().await.expect("the progress")[0].failures;
    assert_eq!(failures, 1);

    // Two workers on one account: the second one finds the checkpoint moved, and stops.
    let row = sync.store.load(id(&sandbox.account())).await.expect("a row").expect("the account");
    tokio::join!(run(&sync, &sandbox, 1), run(&sync, &sandbox, 1));
    assert_eq!(run(&sync, &sandbox, 1).await.len(), 6);
    let progress = sync.store.progress().await.expect("the progress");
    assert_eq!((progress[0].runs, progress[0].pages, progress[0].failures), (1, 3, 0));
    let late = truto_example_fleet::store::PageRows::default();
    assert!(!sync.store.save(&row, &late, 0).await.expect("the database works"));
}

#[tokio::test]
async fn an_account_that_needs_a_person_is_parked() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    // Truto's own 401 is about this program's token, so the account is tried again.
    sandbox.fail_next(Fault::status(401));
    run(&sync, &sandbox, 1).await;
    let progress = sync.store.progress().await.expect("the progress");
    assert_eq!((progress[0].state.as_str(), progress[0].failures), ("active", 1));
    sandbox.fail_next(Fault::missing_scopes(["contacts:read"]));
    run(&sync, &sandbox, 1).await;
    let progress = sync.store.progress().await.expect("the progress");
    assert_eq!(progress[0].state, "parked");
    let reason = progress[0].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("(acme): 403 Forbidden"), "{reason}");
}

#[tokio::test]
async fn a_partial_page_proves_no_deletion_and_moves_no_watermark() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for (id, day) in [(1, "01"), (2, "02"), (3, "03")] {
        sandbox.insert("crm", "contacts", contact(id, day));
    }
    let sync = fixture(&sandbox).await;
    assert_eq!(run(&sync, &sandbox, 1).await, ["1", "2", "3"]);
    run(&sync, &sandbox, 2).await;
    run(&sync, &sandbox, 3).await;
    let list = truto_core::Request::<Value>::at("GET", "/unified/crm/contacts", &[]);
    let partial =
        json!({"result": [contact(1, "09")], "next_cursor": null, "is_partial_response": true});
    sandbox.when(&list).reply(partial).times(1);
    assert_eq!(run(&sync, &sandbox, 4).await, ["1", "2", "3"]);
    let row = sync.store.load(id(&sandbox.account())).await.expect("a row").expect("the account");
    let third: jiff::Timestamp = "2026-11-03T00:00:00Z".parse().expect("a time");
    assert_eq!((row.run, row.watermark), (5, Some(third.as_millisecond())));
}

#[tokio::test]
async fn an_expired_cursor_restarts_the_run() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for number in 0..4 {
        sandbox.insert("crm", "contacts", contact(number, "01"));
    }
    let sync = fixture(&sandbox).await;
    let mut row =
        sync.store.load(id(&sandbox.account())).await.expect("a row").expect("the account");
    let page = truto_example_fleet::store::PageRows {
        next_cursor: Some("a-cursor-that-expired".to_owned()),
        is_full: true,
        ..Default::default()
    };
    assert!(sync.store.save(&row, &page, 0).await.expect("the database works"));
    let list = truto_core::Request::<Value>::at("GET", "/unified/crm/contacts", &[]);
    let expired = json!({"statusCode": 400, "error": "Bad Request", "message": "Invalid cursor"});
    sandbox.when(&list).reply_status(400, expired).times(1);
    assert!(run(&sync, &sandbox, 1).await.is_empty());
    row = sync.store.load(id(&sandbox.account())).await.expect("a row").expect("the account");
    assert_eq!((row.cursor, row.failures), (None, 1));
    assert_eq!(run(&sync, &sandbox, 1).await.len(), 4);
}

#[tokio::test]
async fn a_list_without_an_end_parks_the_account() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    let list = truto_core::Request::<Value>::at("GET", "/unified/crm/contacts", &[]);
    let page = json!({"result": [contact(1, "01")], "next_cursor": "again"});
    sandbox.when(&list).reply(page);
    assert_eq!(run(&sync, &sandbox, 1).await, ["1"]);
    assert_eq!(sandbox.requests().len(), 2);
    let progress = sync.store.progress().await.expect("the progress");
    assert_eq!(progress[0].state, "parked");
}

#[tokio::test]
async fn a_parked_account_is_resumed() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.insert("crm", "contacts", contact(1, "01"));
    let sync = fixture(&sandbox).await;
    sandbox.fail_next(Fault::missing_scopes(["contacts:read"]));
    run(&sync, &sandbox, 1).await;
    assert!(run(&sync, &sandbox, 1).await.is_empty(), "parked");
    let account = sandbox.account();
    assert!(sync.store.resume(id(&account)).await.expect("the database works"));
    assert!(!sync.store.resume(id(&account)).await.expect("the database works"));
    let jobs: i64 = sqlx::query_scalar("SELECT count(*) FROM Jobs WHERE status = 'Pending'")
        .fetch_one(&sync.store.pool)
        .await
        .expect("a count");
    assert_eq!(jobs, 2, "the first job, which this test ran by hand, and the resumed one");
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
