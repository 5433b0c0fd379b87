//! Requests for a token whose runtime was shut down or is not driven.

use std::convert::Infallible;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep};

use super::super::{AccessToken, Deadline, Token, TokenCache};
use crate::Error;
use crate::testing::current_thread;

const MINUTE: Duration = Duration::from_secs(60);

fn deadline() -> Deadline {
    Deadline { at: Some(Instant::now() + MINUTE), after: MINUTE }
}

/// A source whose first request never ends; the others take as long as `later`. Counts its requests.
fn first_hangs(timeout: Duration, later: Duration) -> (Arc<TokenCache>, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let source = move || {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            if number == 0 {
                sleep(60 * MINUTE).await;
            } else if !later.is_zero() {
                sleep(later).await;
            }
            Ok::<_, Infallible>(AccessToken::from(format!("test-token-{number}")))
        }
    };
    (Arc::new(TokenCache::new(Arc::new(source), timeout)), asked)
}

/// A call that waits for a request on this runtime, which is not driven from then on.
fn waiting_call<'a>(
    runtime: &Runtime,
    cache: &'a TokenCache,
    asked: &AtomicU32,
) -> impl Future<Output = Result<Token, Error>> + Unpin + use<'a> {
    let mut call = Box::pin(cache.current(deadline()));
    runtime.block_on(async {
        while asked.load(Ordering::SeqCst) == 0 {
            let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending(), "the source takes its time");
            tokio::task::yield_now().await;
        }
    });
    call
}

#[test]
fn a_call_moves_on_from_a_runtime_that_was_shut_down() {
    let (cache, asked) = first_hangs(60 * MINUTE, Duration::ZERO);
    let (first, second) = (current_thread(), current_thread());
    let call = waiting_call(&first, &cache, &asked);
    drop(first);
    let token = second.block_on(call).expect("a token");
    assert_eq!((token.expose(), asked.load(Ordering::SeqCst)), ("test-token-1", 2));
}

/// The call that began the request still waits for it, but is not polled.
#[test]
fn no_call_joins_a_request_whose_runtime_was_shut_down() {
    let (cache, asked) = first_hangs(60 * MINUTE, Duration::ZERO);
    let (first, second) = (current_thread(), current_thread());
    let parked = waiting_call(&first, &cache, &asked);
    drop(first);
    let token = second.block_on(cache.current(deadline())).expect("a token");
    assert_eq!((token.expose(), asked.load(Ordering::SeqCst)), ("test-token-1", 2));
    drop(parked);
}

#[test]
fn a_call_on_a_runtime_that_was_shut_down_gives_up() {
    let (ends, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let (cache, _) = first_hangs(MINUTE, Duration::ZERO);
        let runtime = current_thread();
        let handle = runtime.handle().clone();
        drop(runtime);
        let _ = ends.send(handle.block_on(cache.current(deadline())).map(drop));
    });
    let ended = ended.recv_timeout(Duration::from_secs(20)).expect("the call loops");
    assert!(ended.is_err_and(|error| error.is_token()));
}

/// The request would have ended by itself if its runtime were driven.
#[test]
fn a_request_that_outlives_its_own_limit_is_replaced() {
    let (cache, asked) = first_hangs(Duration::from_secs(2), Duration::ZERO);
    let (first, second) = (current_thread(), current_thread());
    let parked = waiting_call(&first, &cache, &asked);
    std::thread::sleep(Duration::from_millis(3_100));
    let token = second.block_on(cache.current(deadline())).expect("a token");
    assert_eq!((token.expose(), asked.load(Ordering::SeqCst)), ("test-token-1", 2));
    drop(parked);
}

#[test]
fn calls_that_leave_a_stranded_request_together_share_the_next_one() {
    let (cache, asked) = first_hangs(60 * MINUTE, Duration::from_millis(200));
    let (first, second) = (current_thread(), current_thread());
    let parked = waiting_call(&first, &cache, &asked);
    let call = || cache.current(deadline());
    let tokens = second.block_on(async { tokio::join!(call(), call(), call()) });
    for token in [tokens.0, tokens.1, tokens.2] {
        assert_eq!(token.expect("a token").expose(), "test-token-1");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    drop(parked);
}
