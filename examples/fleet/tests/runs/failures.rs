//! Failures of Truto, of a provider, and of the data.

use serde_json::json;
use truto_core::unified_endpoint;
use truto_example_fleet::contact::Synced;
use truto_example_fleet::store::{PageRows, Store, SyncAccount};
use truto_sandbox::{Fault, Sandbox};

use crate::{contact, contacts, fixture, id, row, run};

#[tokio::test]
async fn an_account_that_needs_a_person_is_parked() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    // Truto's own 401 is about this program's token, so the account is tried again.
    sandbox.fail_next(Fault::status(401));
    run(&sync, &sandbox, 1).await;
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!((progress[0].state.as_str(), progress[0].failures), ("active", 1));
    sandbox.fail_next(Fault::missing_scopes(["contacts:read"]));
    run(&sync, &sandbox, 1).await;
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!(progress[0].state, "parked");
    let reason = progress[0].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("(acme): 403 Forbidden"), "{reason}");
}

#[tokio::test]
async fn an_expired_cursor_restarts_the_run() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for number in 0..4 {
        sandbox.insert("crm", "contacts", contact(number, "01"));
    }
    let sync = fixture(&sandbox).await;
    let before = row(&sync, &sandbox).await;
    let page = PageRows {
        next_cursor: Some("a-cursor-that-expired".to_owned()),
        is_full: true,
        ..Default::default()
    };
    assert!(sync.store.save(&before, &page, 0).await.expect("the database works"));
    let expired = json!({"statusCode": 400, "error": "Bad Request", "message": "Invalid cursor"});
    sandbox.when(&contacts()).reply_status(400, expired).times(1);
    assert!(run(&sync, &sandbox, 1).await.is_empty());
    let row = row(&sync, &sandbox).await;
    assert_eq!((row.cursor, row.failures), (None, 1));
    assert_eq!(run(&sync, &sandbox, 1).await.len(), 4);
}

#[tokio::test]
async fn a_list_without_an_end_parks_the_account() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let sync = fixture(&sandbox).await;
    let page = json!({"result": [contact(1, "01")], "next_cursor": "again"});
    sandbox.when(&contacts()).reply(page);
    assert_eq!(run(&sync, &sandbox, 1).await, ["1"]);
    assert_eq!(sandbox.requests().len(), 2);
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!(progress[0].state, "parked");
    let reason = progress[0].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("cursor"), "{reason}");
}

#[tokio::test]
async fn a_list_that_ends_with_a_bad_cursor_deletes_nothing() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for (id, day) in [(1, "01"), (2, "02"), (3, "03")] {
        sandbox.insert("crm", "contacts", contact(id, day));
    }
    let mut sync = fixture(&sandbox).await;
    sync.settings.full_every = 1;
    assert_eq!(run(&sync, &sandbox, 1).await, ["1", "2", "3"]);
    let page = json!({"result": [contact(1, "01")], "next_cursor": {"page": 2}});
    sandbox.when(&contacts()).reply(page).times(1);
    assert_eq!(run(&sync, &sandbox, 2).await, ["1", "2", "3"]);
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!((progress[0].runs, progress[0].failures), (1, 1));
    let reason = progress[0].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("next_cursor"), "{reason}");
    assert_eq!(run(&sync, &sandbox, 2).await.len(), 3);
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!((progress[0].runs, progress[0].reason.as_deref()), (2, None));
}

/// Fails to encode.
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts")]
#[derive(Debug, serde::Deserialize)]
struct Broken {}

impl serde::Serialize for Broken {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("broken"))
    }
}

impl Synced for Broken {
    fn id(&self) -> &'static str {
        "1"
    }

    fn updated_at(&self) -> Option<jiff::Timestamp> {
        None
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_encoded_is_not_lost() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.insert("crm", "contacts", contact(1, "01"));
    let sync = fixture(&sandbox).await;
    assert_eq!(Broken::list().path(), contacts().path());
    let job = SyncAccount { account: id(&sandbox.account()).to_owned(), run: 1 };
    sync.run::<Broken>(&job).await.expect("the database works");
    let progress = sync.store.progress(1_000).await.expect("the progress");
    assert_eq!((progress[0].state.as_str(), progress[0].runs), ("parked", 0));
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
