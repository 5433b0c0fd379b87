use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::{Pool, RuntimePools, SendFailure, Transport, lock};
use crate::testing::current_thread;

fn pools() -> RuntimePools {
    let base = "http://127.0.0.1:9/".parse().expect("a URL");
    let second = Duration::from_secs(1);
    let transport = Transport::own(&base, second, second).expect("a transport");
    RuntimePools::new(transport).expect("pools")
}

fn live(pools: &RuntimePools) -> usize {
    lock(&pools.table).entries.len()
}

#[test]
fn a_pool_lives_exactly_as_long_as_its_runtime() {
    let pools = pools();
    let runtimes: Vec<Runtime> = (0..64).map(|_| current_thread()).collect();
    let lease = |runtime: &Runtime| runtime.block_on(async { pools.lease().expect("a pool") });
    let first: Vec<_> = runtimes.iter().map(lease).collect();
    for (runtime, first) in runtimes.iter().zip(&first) {
        assert!(Arc::ptr_eq(&lease(runtime), first), "the pool stays the same");
    }
    assert_eq!(live(&pools), 64);
    let mut runtimes = runtimes.into_iter();
    drop(runtimes.by_ref().take(60).collect::<Vec<_>>());
    assert_eq!(live(&pools), 4);
    drop(runtimes);
    assert_eq!(live(&pools), 0);
}

#[test]
fn threads_of_one_runtime_share_a_pool() {
    let pools = Arc::new(pools());
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let pools = Arc::clone(&pools);
            runtime.spawn(async move { pools.lease().expect("a pool") })
        })
        .collect();
    let leases: Vec<_> =
        tasks.into_iter().map(|task| runtime.block_on(task).expect("no panic")).collect();
    assert!(leases.iter().all(|lease| Arc::ptr_eq(lease, &leases[0])));
    // The tasks of the slower threads end without removing the pool.
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(live(&pools), 1);
}

/// While the client of one pool is built, calls on other runtimes find, open and replace theirs.
#[test]
fn a_pool_is_built_outside_the_lock() {
    let (begins, begun) = mpsc::channel();
    let (finish, finished) = mpsc::channel::<()>();
    let (built, finished) = (AtomicUsize::new(0), Mutex::new(finished));
    // Building the third client takes long; the first one is built together with the pools.
    let make = move || {
        if built.fetch_add(1, Ordering::AcqRel) == 2 {
            begins.send(()).expect("the test waits");
            let _ = lock(&finished).recv();
        }
        Ok(reqwest::Client::builder().no_proxy().build().expect("a client"))
    };
    let pools = RuntimePools::new(Transport::Made(Box::new(make))).expect("pools");
    let pools = Arc::new(pools);
    let lease = |runtime: &Runtime| runtime.block_on(async { pools.lease().expect("a pool") });
    let (first, second) = (current_thread(), current_thread());
    let (known, _) = (lease(&first), lease(&second));
    let slow = std::thread::spawn({
        let pools = Arc::clone(&pools);
        move || current_thread().block_on(async { pools.lease().is_ok() })
    });
    begun.recv().expect("the third is being built");
    let (ends, ended) = mpsc::channel();
    std::thread::spawn({
        let pools = Arc::clone(&pools);
        move || {
            let lease = |runtime: &Runtime| runtime.block_on(async { pools.lease().ok() });
            let found = lease(&first);
            let opened = lease(&current_thread());
            pools.suspect(&known);
            let replaced = lease(&first);
            drop(second);
            let _ = ends.send((found, known, opened, replaced));
        }
    });
    let others = ended.recv_timeout(Duration::from_secs(20));
    // First, so that the threads end.
    finish.send(()).expect("the third waits");
    let (found, known, opened, replaced) = others.expect("the lock is held");
    assert!(found.is_some_and(|found| Arc::ptr_eq(&found, &known)));
    assert!(opened.is_some());
    assert!(replaced.is_some_and(|replaced| !Arc::ptr_eq(&replaced, &known)));
    assert!(slow.join().expect("no panic"));
}

#[test]
fn dropping_a_client_ends_its_background_task() {
    let runtime = current_thread();
    let pools = pools();
    runtime.block_on(async {
        pools.lease().expect("a pool");
        assert_eq!(runtime.metrics().num_alive_tasks(), 1);
        drop(pools);
        tokio::task::yield_now().await;
        assert_eq!(runtime.metrics().num_alive_tasks(), 0);
    });
}

#[test]
fn a_runtime_that_was_shut_down_is_an_error() {
    let pools = pools();
    let runtime = current_thread();
    let handle = runtime.handle().clone();
    handle.block_on(async { pools.lease().expect("a pool") });
    drop(runtime);
    for _ in 0..3 {
        let error = handle.block_on(async { pools.lease().err() }).expect("an error");
        assert!(error.is_invalid_request(), "{error}");
        assert!(error.to_string().contains("was shut down"), "{error}");
    }
    assert_eq!(live(&pools), 0);
}

/// Random sequences of everything that happens to a table of pools.
#[test]
fn random_schedules_keep_one_pool_per_live_runtime() {
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let pools = pools();
        // Each runtime with its current pool, once it has one.
        let mut runtimes: Vec<(Runtime, Option<Arc<Pool>>)> = Vec::new();
        let mut old = Vec::new();
        for _ in 0..40 {
            let at = if runtimes.is_empty() { 0 } else { random.usize(0..runtimes.len()) };
            match random.u8(0..10) {
                0..=1 if runtimes.len() < 8 => runtimes.push((current_thread(), None)),
                2..=6 if !runtimes.is_empty() => {
                    let (runtime, pool) = &mut runtimes[at];
                    let leased = runtime.block_on(async { pools.lease().expect("a pool") });
                    let same = pool.as_ref().is_none_or(|pool| Arc::ptr_eq(pool, &leased));
                    assert!(same, "schedule {seed}");
                    *pool = Some(leased);
                }
                7 if !runtimes.is_empty() => {
                    if let Some(pool) = runtimes[at].1.take() {
                        pools.suspect(&pool);
                        let (runtime, current) = &mut runtimes[at];
                        let leased = runtime.block_on(async { pools.lease().expect("a pool") });
                        assert!(!Arc::ptr_eq(&pool, &leased), "schedule {seed}");
                        *current = Some(leased);
                        old.push(pool);
                    }
                }
                8 if !runtimes.is_empty() => drop(runtimes.swap_remove(at)),
                // A late report of a pool that was replaced, or whose runtime ended.
                _ => old.iter().for_each(|pool| pools.suspect(pool)),
            }
            let with_pool = runtimes.iter().filter(|(_, pool)| pool.is_some()).count();
            assert_eq!(live(&pools), with_pool, "schedule {seed}");
        }
    }
}

/// tokio's timers panic if they are polled after their runtime was shut down.
#[test]
fn only_started_requests_are_polled_after_a_shutdown() {
    for (has_ended, is_started, panics, expected) in [
        (false, false, false, "sent"),
        (false, true, false, "sent"),
        (true, true, false, "sent"),
        (true, false, false, "ended"),
        (false, false, true, "panicked"),
        (false, true, true, "panicked"),
        (true, false, true, "ended"),
        (true, true, true, "ended"),
    ] {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let runtime = current_thread().handle().id();
        let pool = Pool::new(client, runtime, Arc::new(AtomicBool::new(has_ended)));
        let mut sent = poll_fn(|_| {
            assert!(!panics, "the HTTP client panics");
            Poll::Ready(Ok(http::Response::new("").into()))
        });
        let cx = &mut Context::from_waker(Waker::noop());
        let found = match pool.poll_sent(&mut sent, || is_started, cx) {
            Poll::Ready(Ok(_)) => "sent",
            Poll::Ready(Err(SendFailure::RuntimeEnded)) => "ended",
            Poll::Ready(Err(SendFailure::Panicked)) => "panicked",
            Poll::Ready(Err(SendFailure::Http(_))) | Poll::Pending => "other",
        };
        assert_eq!(found, expected, "{has_ended} {is_started} {panics}");
    }
}

#[test]
fn a_runtime_that_is_shut_down_while_its_client_is_built_gets_no_pool() {
    let runtime = Arc::new(Mutex::new(Some(current_thread())));
    let handle = lock(&runtime).as_ref().expect("a runtime").handle().clone();
    let (built, owner) = (AtomicUsize::new(0), Arc::clone(&runtime));
    // The first client is built together with the pools.
    let make = move || {
        if built.fetch_add(1, Ordering::AcqRel) == 1 {
            lock(&owner).take().expect("a runtime").shutdown_background();
        }
        Ok(reqwest::Client::builder().no_proxy().build().expect("a client"))
    };
    let pools = RuntimePools::new(Transport::Made(Box::new(make))).expect("pools");
    current_thread().block_on(async { pools.lease().expect("the first pool") });
    let refused = handle.block_on(async { pools.lease().err() }).expect("it was shut down");
    assert!(refused.to_string().contains("was shut down"), "{refused}");
    assert_eq!(live(&pools), 0);
}
