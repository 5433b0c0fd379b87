//! Blocking calls from a thread without a runtime, and their refusal inside one.

use std::io::Read;

use serde_json::json;
use tokio::runtime::Runtime;
use truto_core::{Id, Page, Request, StatusCode};
use truto_examples::e_signature::{
    Document, DownloadDocument, DownloadDocumentQuery, ListUsers, User,
};
use truto_sandbox::{Fault, Sandbox};

/// A sandbox on a runtime of its own, which runs in the background.
fn sandbox() -> (Runtime, Sandbox) {
    let runtime = Runtime::new().expect("a runtime");
    let sandbox = runtime.block_on(Sandbox::start()).expect("a sandbox");
    for number in 0..5 {
        sandbox.insert("e-signature", "users", json!({"id": number.to_string()}));
    }
    (runtime, sandbox)
}

#[test]
fn calls_are_the_same() {
    let (_runtime, sandbox) = sandbox();
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
    let (_runtime, sandbox) = sandbox();
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
    let (_runtime, sandbox) = sandbox();
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
async fn inside_a_runtime_it_is_an_error_and_no_panic() {
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
