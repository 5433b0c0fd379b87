//! Edge cases of connections and bodies: other runtimes, streams that end too soon.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::Stream as _;
use tokio::runtime::Runtime;
use truto_core::{ByteStream, Client, Error, Page, Pages, Request, RetryPolicy, unified_endpoint};
use truto_sandbox::Sandbox;
use truto_tests::{BlockingWire, current_thread, json as play, listen, token_account};

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/m/r")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/download", response = ByteStream)]
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub struct Record {
    pub id: String,
}

#[test]
fn a_client_works_on_a_second_runtime_while_the_first_is_idle() {
    let wire = BlockingWire::start([play(r#"{"id":"1"}"#)]);
    let account = wire.account();
    let first = current_thread();
    first.block_on(Record::create().send(&account)).expect("200");
    // The first runtime is alive, but its connections are not driven now.
    let started = Instant::now();
    let second = current_thread();
    second.block_on(Record::create().send(&account)).expect("200");
    first.block_on(Record::create().send(&account)).expect("200");
    drop(first);
    second.block_on(Record::create().send(&account)).expect("200");
    Record::create().send_blocking(&account).expect("200");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(wire.requests().len(), 5);
}

/// Makes 50 calls on each of `count` concurrent runtimes, one thread per runtime.
fn connections_of(count: usize) -> usize {
    let wire = BlockingWire::start([play(r#"{"id":"1"}"#)]);
    let account = wire.account();
    let all_started = std::sync::Barrier::new(count);
    std::thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                let runtime = current_thread();
                all_started.wait();
                let called = runtime.block_on(async {
                    for _ in 0..50 {
                        Record::get("1").send(&account).await?;
                    }
                    Ok::<_, Error>(())
                });
                // Before the assertion: if one thread ended, the others would wait here forever.
                all_started.wait();
                called.expect("200");
            });
        }
    });
    assert_eq!(wire.requests().len(), 50 * count);
    wire.connections()
}

#[test]
fn every_live_runtime_keeps_its_connections() {
    for count in [17, 32] {
        let connections = connections_of(count);
        // One per runtime; a connection that is not back in its pool yet may cost another one.
        assert!(connections <= 2 * count, "{connections} connections for {count} runtimes");
    }
}

#[test]
fn calls_on_a_runtime_that_was_shut_down_end_with_an_error() {
    let client = Client::builder().token("test-token").base_url("http://127.0.0.1:9");
    let account = token_account(client);
    let runtime = current_thread();
    let handle = runtime.handle().clone();
    drop(runtime);
    let error = handle.block_on(Record::get("1").send(&account)).expect_err("shut down");
    assert!(error.is_invalid_request() && !error.may_have_applied(), "{error:?}");
    assert!(error.to_string().contains("was shut down"), "{error}");
}

/// Polls a future once on a runtime, which nothing drives after that.
fn begin<F: Future + Unpin>(runtime: &Runtime, future: &mut F) {
    let poll_once = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx)));
    assert!(runtime.block_on(poll_once).is_pending());
}

#[test]
fn a_call_that_moves_to_another_runtime_takes_its_timeouts_along() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    sandbox.insert("m", "r", serde_json::json!({"id": "1"}));
    let (first, second) = (current_thread(), current_thread());
    let account = sandbox.account();
    let get = Record::get("1").timeout(Duration::from_millis(500));
    let mut retried = Box::pin(get.send(&account));
    let mut refused = Box::pin(get.retry(RetryPolicy::none()).send(&account));
    begin(&first, &mut retried);
    begin(&first, &mut refused);
    let started = Instant::now();
    second.block_on(async {
        let limit = Duration::from_secs(20);
        // The connection belongs to the first runtime, so the attempt times out.
        let refused = tokio::time::timeout(limit, refused).await.expect("a timeout that ends it");
        assert!(refused.expect_err("out of time").is_timeout());
        let retried = tokio::time::timeout(limit, retried).await.expect("a second attempt");
        assert_eq!(retried.expect("200").id, "1");
    });
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// The pages of a list with this number of records, one per page.
fn prefetched_pages(records: usize) -> (Sandbox, Pages<Record>) {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    for number in 0..records {
        sandbox.insert("m", "r", serde_json::json!({"id": number.to_string()}));
    }
    let list = Request::<Page<Record>>::unified("GET", "m", "r", None).limit(1).prefetch();
    let pages = list.pages(&sandbox.account());
    (sandbox, pages)
}

#[test]
fn a_prefetched_page_that_nothing_drives_is_read_again() {
    let (_sandbox, mut pages) = prefetched_pages(5);
    let mut ids = Vec::new();
    let mut read = |runtime: &Runtime| {
        let page = runtime.block_on(pages.next()).expect("a page").expect("200");
        ids.extend(page.result.into_iter().map(|record| record.id));
    };
    let started = Instant::now();
    let first = current_thread();
    read(&first);
    // The next page was requested on the first runtime, which is alive but not driven.
    let second = current_thread();
    read(&second);
    // Now on a runtime that was shut down.
    drop(second);
    let third = current_thread();
    read(&third);
    read(&third);
    read(&first);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(ids, ["0", "1", "2", "3", "4"]);
}

/// The page is there, but the next one cannot be requested without a runtime.
#[test]
fn a_prefetched_page_is_returned_outside_a_runtime() {
    let (_sandbox, mut pages) = prefetched_pages(3);
    let runtime = Runtime::new().expect("a runtime");
    let mut ids = Vec::new();
    let mut keep = |page: Option<Result<Page<Record>, Error>>| {
        let page = page.expect("a page").expect("200");
        ids.extend(page.result.into_iter().map(|record| record.id));
    };
    keep(runtime.block_on(pages.next()));
    let mut context = Context::from_waker(Waker::noop());
    keep(loop {
        match Pin::new(&mut pages).poll_next(&mut context) {
            Poll::Ready(page) => break page,
            Poll::Pending => std::thread::sleep(Duration::from_millis(5)),
        }
    });
    keep(runtime.block_on(pages.next()));
    assert_eq!(ids, ["0", "1", "2"]);
}

#[test]
fn blocking_calls_work_in_spawn_blocking() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    sandbox.insert("m", "r", serde_json::json!({"id": "1"}));
    let account = sandbox.account();
    let multi = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    for runtime in [current_thread(), multi.expect("a runtime")] {
        let account = account.clone();
        let task = runtime.block_on(async move {
            let inside = Record::get("1").send_blocking(&account).expect_err("a task");
            assert!(inside.is_invalid_request(), "{inside}");
            tokio::task::spawn_blocking(move || Record::get("1").send_blocking(&account)).await
        });
        assert_eq!(task.expect("no panic").expect("200").id, "1");
    }
}

#[tokio::test]
async fn an_http2_stream_that_ends_before_its_declared_length_is_cut_short() {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            let head = http::Response::builder().header("content-length", "1000");
            let mut body =
                respond.send_response(head.body(()).expect("a head"), false).expect("a head");
            body.send_data(Bytes::from_static(&[b'a'; 30]), false).expect("data");
            tokio::spawn(async move {
                // The bytes go out before the stream ends.
                tokio::time::sleep(Duration::from_millis(50)).await;
                body.send_reset(h2::Reason::NO_ERROR);
            });
        }
    });
    let http = reqwest::Client::builder().http2_prior_knowledge().build();
    let client = Client::builder()
        .token("test-token")
        .base_url(format!("http://{address}"))
        .http_client(http.expect("a client"));
    let account = token_account(client);
    let stream = Record::download().send(&account).await.expect("a head");
    let error = stream.copy_to(&mut Vec::new()).await.expect_err("cut short");
    assert!(error.is_transport() && error.may_have_applied(), "{error:?}");
}
