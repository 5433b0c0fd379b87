//! Runs over one account, on SQLite in this process.

mod failures;
mod jobs;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use truto_core::{Account, Request};
use truto_example_fleet::contact::Contact;
use truto_example_fleet::store::{AccountRow, PageRows, Sqlite, Store, SyncAccount};
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
    json!({"id": id.to_string(), "name": "Ada", "updated_at": format!("2025-11-{at}T00:00:00Z")})
}

fn contacts() -> Request<Value> {
    Request::at("GET", "/unified/crm/contacts", &[])
}

async fn row(sync: &Sync<Sqlite>, sandbox: &Sandbox) -> AccountRow {
    sync.store.load(id(&sandbox.account())).await.expect("a row").expect("the account")
}

fn millis(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().expect("a time").as_millisecond()
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
    assert!(query.contains("updated_at%5Bgte%5D=2025-11-04T23%3A59%3A00Z"), "{query}");

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
    let failures = sync.store.progress(1_000).await.expect("the progress")[0].failures;
    assert_eq!(failures, 1);

    // Two workers on one account: the second one finds the checkpoint moved, and stops.
    let row = row(&sync, &sandbox).await;
    tokio::join!(run(&sync, &sandbox, 1), run(&sync, &sandbox, 1));
    assert_eq!(run(&sync, &sandbox, 1).await.len(), 6);
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!((progress[0].runs, progress[0].pages, progress[0].failures), (1, 3, 0));
    let late = PageRows::default();
    assert!(!sync.store.save(&row, &late, 0).await.expect("the database works"));
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
    let partial =
        json!({"result": [contact(1, "09")], "next_cursor": null, "is_partial_response": true});
    sandbox.when(&contacts()).reply(partial).times(1);
    assert_eq!(run(&sync, &sandbox, 4).await, ["1", "2", "3"]);
    let row = row(&sync, &sandbox).await;
    assert_eq!((row.run, row.watermark), (5, Some(millis("2025-11-03T00:00:00Z"))));
}

#[tokio::test]
async fn a_watermark_is_no_later_than_the_start_of_its_run() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    let before = row(&sync, &sandbox).await;
    assert_eq!(before.started, None);
    // A run that began on the third, and continues on the ninth. On the fifth, a record of its first page changed; only
    // the next run can see that.
    let started = millis("2025-11-03T00:00:00Z");
    let page = PageRows {
        next_cursor: Some("2".to_owned()),
        started: Some(started),
        is_full: true,
        ..PageRows::default()
    };
    assert!(sync.store.save(&before, &page, 0).await.expect("the database works"));
    sandbox.when(&contacts()).reply(json!({"result": [contact(1, "09")]})).times(1);
    run(&sync, &sandbox, 1).await;
    let after = row(&sync, &sandbox).await;
    assert_eq!((after.run, after.watermark), (2, Some(started)));
    // A time in the future would keep all later changes out.
    let future = json!({"result": [{"id": "2", "updated_at": "2999-01-01T00:00:00Z"}]});
    sandbox.when(&contacts()).reply(future).times(1);
    run(&sync, &sandbox, 2).await;
    let watermark = row(&sync, &sandbox).await.watermark.expect("a watermark");
    assert!(watermark > started && watermark <= jiff::Timestamp::now().as_millisecond());
}
