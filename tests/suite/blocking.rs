//! Blocking calls from a thread without a runtime, and their refusal inside one.

use std::io::Read;

use serde_json::json;
use truto_core::{Id, Page, Request, StatusCode};
use truto_examples::e_signature::{
    Document, DownloadDocument, DownloadDocumentQuery, ListUsers, User,
};
use truto_sandbox::{Fault, Sandbox};

/// A sandbox with five users.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    for number in 0..5 {
        sandbox.insert("e-signature", "users", json!({"id": number.to_string()}));
    }
    sandbox
}

#[test]
fn blocking_calls_return_the_same_results() {
    let sandbox = sandbox();
    let account = sandbox.account();
    sandbox.fail_next(Fault::status(500));
    let response = User::get("1").response_blocking(&account).expect("200");
    assert_eq!((&*response.body.id, response.attempts), ("1", 2));
    User::delete("1").send_blocking(&account).expect("200");
    let error = User::delete("1").send_blocking(&account).expect_err("gone");
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    // Threads share the runtime.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| User::get("2").send_blocking(&account).expect("200"));
        }
    });
}

#[test]
fn lists_are_iterators_that_end_with_their_first_error() {
    let sandbox = sandbox();
    let account = sandbox.account();
    let list = || User::list(&ListUsers::default()).limit(2);
    let sizes = list().pages_blocking(&account);
    let sizes: Vec<usize> = sizes.map(|page| page.expect("a page").result.len()).collect();
    assert_eq!(sizes, [2, 2, 1]);
    let ids = list().prefetch().items_blocking(&account);
    let ids: Result<Vec<Id>, _> = ids.map(|user| user.map(|user| user.id)).collect();
    assert_eq!(ids.expect("all records"), ["0", "1", "2", "3", "4"]);
    assert_eq!(list().all_blocking(&account).expect("all records").len(), 5);

    let mut pages = list().pages_blocking(&account);
    assert!(pages.next().is_some_and(|page| page.is_ok()));
    sandbox.fail_next(Fault::status(403));
    assert!(pages.next().is_some_and(|page| page.is_err()));
    assert!(pages.next().is_none());
}

#[test]
fn a_stream_is_a_reader() {
    let sandbox = sandbox();
    let text = "0123456789".repeat(100_000);
    sandbox.on_download("e-signature", "documents", "download", "text/plain", text.clone());
    let file = DownloadDocumentQuery { file_url: Some("https://provider.example/1".into()) };
    let stream = Document::download(&file, &DownloadDocument::default());
    let stream = stream.send_blocking(&sandbox.account()).expect("200");
    let mut read = String::new();
    stream.into_blocking_read().read_to_string(&mut read).expect("text");
    assert!(read == text);
}

#[tokio::test]
async fn a_blocking_call_in_an_async_task_is_an_error_without_a_panic() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let account = sandbox.account();
    let error = User::get("1").send_blocking(&account).expect_err("a runtime");
    assert!(error.is_invalid_request());
    assert!(error.to_string().contains("`send(..).await`"), "{error}");
    let list = || Request::<Page<User>>::unified("GET", "e-signature", "users", None);
    let mut pages = list().pages_blocking(&account);
    assert!(pages.next().is_some_and(|page| page.is_err()));
    assert!(pages.next().is_none());
    assert_eq!(sandbox.requests().len(), 0);
}

/// Calls when it is dropped.
struct CallsOnDrop(truto_core::Account, std::sync::mpsc::Sender<Result<(), truto_core::Error>>);

impl Drop for CallsOnDrop {
    fn drop(&mut self) {
        let result = User::get("1").send_blocking(&self.0).map(drop);
        self.1.send(result).expect("the test waits");
    }
}

#[tokio::test]
async fn a_blocking_call_in_an_unconstrained_task_is_an_error() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let account = sandbox.account();
    let call = async { User::get("1").send_blocking(&account).expect_err("a task") };
    let error = tokio::task::unconstrained(call).await;
    assert!(error.is_invalid_request(), "{error}");
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn a_blocking_call_in_a_drop_at_shutdown_does_not_panic() {
    let sandbox = sandbox();
    for workers in [1, 2] {
        let (sender, results) = std::sync::mpsc::channel();
        let shut_down = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers)
            .enable_all()
            .build()
            .expect("a runtime");
        for _ in 0..4 {
            let call = CallsOnDrop(sandbox.account(), sender.clone());
            shut_down.spawn(async move {
                let _call = call;
                std::future::pending::<()>().await;
            });
        }
        // Each task is polled once.
        shut_down
            .block_on(async { tokio::time::sleep(std::time::Duration::from_millis(50)).await });
        drop(shut_down);
        drop(sender);
        let results: Vec<_> = results.iter().collect();
        // A worker thread cannot block; the thread that shuts the runtime down can.
        assert_eq!(results.len(), 4, "each drop ends");
        for error in results.into_iter().filter_map(Result::err) {
            assert!(error.is_invalid_request(), "{error}");
        }
    }
}
