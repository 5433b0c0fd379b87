//! The longest single event with many accounts: all calls of the client wait for the lock meanwhile.
//!
//! `cargo test --release -p truto-core --lib -- --ignored --nocapture measures_a_million_waiting_accounts`.

use super::super::state::{Polled, State, Waiter};
use super::*;

/// The order in which waiting accounts leave.
type Order = fn(Vec<Waiter>) -> Vec<Waiter>;

/// Runs all events and returns the duration of the longest.
fn longest<T>(events: impl Iterator<Item = T>, mut run: impl FnMut(T)) -> Duration {
    let took = events.map(|event| {
        let started = std::time::Instant::now();
        run(event);
        started.elapsed()
    });
    took.max().unwrap_or_default()
}

/// The longest join, and the longest leave, of accounts that wait for the client's limit.
fn longest_events(accounts: usize, order: Order) -> (Duration, Duration) {
    let now = Instant::now();
    let mut state = State::new(Throttle::none().per_token(1, 3_600 * SECOND));
    let request = until(None);
    let names: Vec<Arc<str>> = (0..accounts).map(|number| number.to_string().into()).collect();
    state.try_admit(&"first".into(), &request, now).1.expect("the only slot");
    let mut waiters = Vec::with_capacity(accounts);
    let join = longest(names.iter(), |name| {
        let waiter = state.try_admit(name, &request, now).1.expect_err("no slot");
        assert!(matches!(state.poll(&waiter, Waker::noop(), now), Polled::Wait(_)));
        waiters.push(waiter);
    });
    let leave = longest(order(waiters).iter(), |waiter| state.leave(waiter, now));
    assert!(state.has_no_offers());
    (join, leave)
}

#[test]
#[ignore = "needs a release build on a quiet machine"]
fn measures_a_million_waiting_accounts() {
    let every_other = |waiters: Vec<Waiter>| {
        let (even, odd): (Vec<_>, Vec<_>) =
            waiters.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
        even.into_iter().chain(odd).map(|(_, waiter)| waiter).collect()
    };
    let backwards = |waiters: Vec<Waiter>| waiters.into_iter().rev().collect();
    let orders: [(&str, Order); 3] =
        [("front", |waiters| waiters), ("back", backwards), ("every other", every_other)];
    for accounts in [10_000, 100_000, 1_000_000] {
        for (name, order) in orders {
            let (join, leave) = longest_events(accounts, order);
            println!("| {accounts} | {name} | join {join:?} | leave {leave:?} |");
        }
    }
}
