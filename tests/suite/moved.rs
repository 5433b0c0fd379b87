//! Calls whose runtime was shut down between two polls: they continue on another runtime that polls them, and
//! end with an error outside of any runtime.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::Runtime;
use truto_core::{
    AccessToken, Client, Denied, Error, LimitedCall, Limiter, RetryPolicy, Throttle, Turn,
};
use truto_tests::{
    BODY, BlockingWire, OK, Play, Record, current_thread, http, json, listen, token_account,
};

const SECOND: Duration = Duration::from_secs(1);

/// Polls a call on a runtime until it waits, and shuts the runtime down.
fn leave<F: Future>(call: &mut Pin<Box<F>>, waits: impl Fn() -> bool) {
    current_thread().block_on(async {
        loop {
            let polled = tokio::time::timeout(SECOND / 50, call.as_mut()).await;
            assert!(polled.is_err(), "it ended");
            if waits() {
                break;
            }
        }
    });
}

/// The error outside any runtime, and the result of another call on another runtime.
fn moved<T, F: Future<Output = Result<T, Error>>>(
    call: impl Fn() -> F,
    waits: impl Fn() -> bool,
) -> (Error, Result<T, Error>) {
    let mut outside = Box::pin(call());
    leave(&mut outside, &waits);
    let polled = outside.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = polled else { panic!("it waits for nothing") };
    drop(outside);
    let mut call = Box::pin(call());
    leave(&mut call, &waits);
    let result = current_thread().block_on(async { tokio::time::timeout(60 * SECOND, call).await });
    (error, result.expect("it hangs"))
}

/// [`moved`] with calls that wait once the count of an event has risen.
fn moved_after<T, F: Future<Output = Result<T, Error>>>(
    count: impl Fn() -> usize,
    call: impl Fn() -> F,
) -> (Error, Result<T, Error>) {
    let before = Cell::new(0);
    let call = || {
        before.set(count());
        call()
    };
    moved(call, || count() > before.get())
}

#[test]
fn in_the_throttle() {
    let throttle = Throttle::none().per_token(1, 8 * SECOND);
    let wire = BlockingWire::start([json(OK)]);
    let account = token_account(wire.builder().throttle(throttle));
    let (outside, moved) = moved(
        || {
            wire.runtime().block_on(Record::get("1").send(&account)).expect("200");
            Record::create(&BODY).send(&account)
        },
        || true,
    );
    assert!(outside.is_invalid_request(), "{outside}");
    moved.expect("its turn");
}

#[test]
fn at_the_gate() {
    let refusal = http("429 x", &["Content-Type: application/json", "Retry-After: 2"], "{}");
    let wire = BlockingWire::start([refusal.clone(), refusal, json(OK)]);
    let account = wire.account();
    let (outside, moved) =
        moved_after(|| wire.requests().len(), || Record::get("1").send(&account));
    assert!(outside.to_string().contains("was shut down"), "{outside}");
    moved.expect("the gate opens");
}

#[derive(Debug)]
struct Slow;

impl Limiter for Slow {
    async fn acquire(&self, _call: &LimitedCall) -> Result<Turn, Denied> {
        Ok(Turn::after(6 * SECOND))
    }
}

#[test]
fn in_the_limiter() {
    let wire = BlockingWire::start([json(OK)]);
    let account = token_account(wire.builder().limiter(Slow));
    let (outside, moved) = moved(|| Record::create(&BODY).send(&account), || true);
    assert!(outside.is_invalid_request(), "{outside}");
    moved.expect("its turn");
}

#[test]
fn at_the_token() {
    let wire = BlockingWire::start([json(OK)]);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let client = Client::builder().base_url(wire.base_url()).token_source(move || {
        let number = count.fetch_add(1, Ordering::AcqRel);
        async move {
            if number < 2 {
                std::future::pending::<()>().await;
            }
            Ok::<_, std::io::Error>(AccessToken::from("a-token-of-ours".to_owned()))
        }
    });
    let account = token_account(client);
    let (outside, moved) =
        moved_after(|| asked.load(Ordering::Acquire), || Record::create(&BODY).send(&account));
    assert!(outside.is_token() && !outside.may_have_applied(), "{outside}");
    moved.expect("a token");
}

#[test]
fn while_connecting() {
    let server = Runtime::new().expect("a runtime");
    let (listener, address) = server.block_on(listen());
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    server.spawn(async move {
        // The first two handshakes stall, all others are refused.
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            if count.fetch_add(1, Ordering::AcqRel) < 2 {
                kept.push(stream);
            }
        }
    });
    let client = Client::builder().token("s3cret-token").base_url(format!("https://{address}"));
    let account = token_account(client);
    let (outside, moved) =
        moved_after(|| accepted.load(Ordering::Acquire), || Record::create(&BODY).send(&account));
    assert!(outside.to_string().contains("was shut down"), "{outside}");
    let error = moved.expect_err("no handshake");
    assert!(error.is_connect() && error.attempts() > 1, "{error}");
    assert!(!error.may_have_applied(), "{error}");
}

#[test]
fn while_waiting_for_the_response() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".to_vec();
    for stalled in [Play::SendAndStall(Vec::new()), Play::SendAndStall(half)] {
        let wire = BlockingWire::start([stalled.clone(), stalled.clone(), json(OK)]);
        let account = wire.account();
        let (outside, moved) =
            moved_after(|| wire.requests().len(), || Record::get("1").send(&account));
        assert!(outside.is_transport(), "{outside}");
        moved.expect("a read is repeated");
        let wire = BlockingWire::start([stalled]);
        let account = wire.account();
        let (outside, moved) =
            moved_after(|| wire.requests().len(), || Record::create(&BODY).send(&account));
        let moved = moved.expect_err("a write is not repeated");
        for error in [outside, moved] {
            assert!(error.is_transport() && error.may_have_applied(), "{error}");
        }
    }
}

#[test]
fn in_the_backoff() {
    let backoff = RetryPolicy::default().backoff(2 * SECOND, 2 * SECOND).jitter(false);
    let failure = http("502 x", &[], "");
    let wire = BlockingWire::start([failure.clone(), failure, json(OK)]);
    let account = token_account(wire.builder().retry(backoff));
    let (outside, moved) =
        moved_after(|| wire.requests().len(), || Record::delete("1").send(&account));
    assert!(outside.may_have_applied(), "{outside}");
    moved.expect("retried");
}
