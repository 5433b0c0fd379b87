//! Calls whose runtime was shut down between two polls: another runtime that polls them continues, and
//! outside any they end with an error.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use truto_core::{
    AccessToken, Account, Client, ClientBuilder, Denied, Error, LimitedCall, Limiter, RetryPolicy,
    Throttle, Turn,
};
use truto_tests::{BODY, OK, Play, Record, Wire, http, json};

const SECOND: Duration = Duration::from_secs(1);

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn server() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

/// A server with its own runtime.
struct World {
    server: Runtime,
    wire: Option<Wire>,
    account: Account,
}

impl World {
    fn new(plays: &[Play], set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let server = server();
        let wire = server.block_on(Wire::start(plays));
        let account = set(wire.builder()).build().expect("a client").token_account();
        Self { server, wire: Some(wire), account }
    }

    fn requests(&self) -> usize {
        self.wire.as_ref().expect("it runs").requests().len()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let wire = self.wire.take();
        self.server.block_on(async { drop(wire) });
    }
}

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

#[test]
fn in_the_throttle() {
    let throttle = Throttle::none().per_token(1, 8 * SECOND);
    let world = World::new(&[json(OK)], |builder| builder.throttle(throttle));
    let (outside, moved) = moved(
        || {
            world.server.block_on(Record::get("1").send(&world.account)).expect("200");
            Record::create(&BODY).send(&world.account)
        },
        || true,
    );
    assert!(outside.is_invalid_request(), "{outside}");
    moved.expect("its turn");
}

#[test]
fn at_the_gate() {
    let refusal = http("429 x", &["Content-Type: application/json", "Retry-After: 2"], "{}");
    let world = World::new(&[refusal.clone(), refusal, json(OK)], |builder| builder);
    let before = Cell::new(0);
    let (outside, moved) = moved(
        || {
            before.set(world.requests());
            Record::get("1").send(&world.account)
        },
        || world.requests() > before.get(),
    );
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
    let world = World::new(&[json(OK)], |builder| builder.limiter(Slow));
    let (outside, moved) = moved(|| Record::create(&BODY).send(&world.account), || true);
    assert!(outside.is_invalid_request(), "{outside}");
    moved.expect("its turn");
}

#[test]
fn at_the_token() {
    let server = server();
    let wire = server.block_on(Wire::start([json(OK)]));
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
    let account = client.build().expect("a client").token_account();
    let before = Cell::new(0);
    let (outside, moved) = moved(
        || {
            before.set(asked.load(Ordering::Acquire));
            Record::create(&BODY).send(&account)
        },
        || asked.load(Ordering::Acquire) > before.get(),
    );
    assert!(outside.is_token() && !outside.may_have_applied(), "{outside}");
    moved.expect("a token");
    server.block_on(async { drop(wire) });
}

#[test]
fn while_connecting() {
    let server = server();
    let listener = server.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
    let base_url = format!("https://{}", listener.local_addr().expect("an address"));
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
    let client = Client::builder().token("s3cret-token").base_url(base_url).build();
    let account = client.expect("a client").token_account();
    let before = Cell::new(0);
    let (outside, moved) = moved(
        || {
            before.set(accepted.load(Ordering::Acquire));
            Record::create(&BODY).send(&account)
        },
        || accepted.load(Ordering::Acquire) > before.get(),
    );
    assert!(outside.to_string().contains("was shut down"), "{outside}");
    let error = moved.expect_err("no handshake");
    assert!(error.is_connect() && error.attempts() > 1, "{error}");
    assert!(!error.may_have_applied(), "{error}");
}

#[test]
fn while_waiting_for_the_response() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".to_vec();
    for stalled in [Play::SendAndStall(Vec::new()), Play::SendAndStall(half)] {
        let world = World::new(&[stalled.clone(), stalled.clone(), json(OK)], |builder| builder);
        let before = Cell::new(0);
        let (outside, moved) = moved(
            || {
                before.set(world.requests());
                Record::get("1").send(&world.account)
            },
            || world.requests() > before.get(),
        );
        assert!(outside.is_transport(), "{outside}");
        moved.expect("a read is repeated");
        let world = World::new(&[stalled], |builder| builder);
        let (outside, moved) = self::moved(
            || {
                before.set(world.requests());
                Record::create(&BODY).send(&world.account)
            },
            || world.requests() > before.get(),
        );
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
    let world = World::new(&[failure.clone(), failure, json(OK)], |builder| builder.retry(backoff));
    let before = Cell::new(0);
    let (outside, moved) = moved(
        || {
            before.set(world.requests());
            Record::delete("1").send(&world.account)
        },
        || world.requests() > before.get(),
    );
    assert!(outside.may_have_applied(), "{outside}");
    moved.expect("retried");
}
