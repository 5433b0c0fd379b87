//! Random schedules of callers, sources and the clock.
//!
//! All state of a cache is under one mutex, and the tasks here run on one thread with a virtual clock, so
//! each schedule is one interleaving of its operations, with time as a part of it.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{AccessToken, Deadline, Token, TokenCache};

const SCHEDULES: u64 = 10_000;
const STEPS: usize = 40;
/// [`ClientBuilder::token_timeout`](crate::ClientBuilder::token_timeout) of the caches.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

struct World {
    random: Mutex<fastrand::Rng>,
    /// The end of each token that was issued; `None` for never.
    ends: Mutex<HashMap<String, Option<Instant>>>,
    asked: AtomicUsize,
    in_flight: AtomicUsize,
}

/// Counts one request to the source, even if it is dropped.
struct InFlight<'a>(&'a World);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

impl World {
    fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            random: Mutex::new(fastrand::Rng::with_seed(seed)),
            ends: Mutex::default(),
            asked: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
        })
    }

    fn below(&self, end: u64) -> u64 {
        self.random.lock().expect("no panic").u64(0..end)
    }

    fn milliseconds_below(&self, end: u64) -> Duration {
        Duration::from_millis(self.below(end))
    }

    /// A source that is slow, hangs, fails, panics, and issues tokens of all lifetimes.
    async fn issue(&self) -> Result<AccessToken, io::Error> {
        let others = self.in_flight.fetch_add(1, Ordering::SeqCst);
        let _in_flight = InFlight(self);
        assert_eq!(others, 0, "two requests to the source at once");
        let (number, asked) = (self.asked.fetch_add(1, Ordering::SeqCst), Instant::now());
        match self.below(10) {
            0 => std::future::pending().await,
            1 => return Err(io::Error::other("the source is down")),
            // Without the panic hook, which would print each of them.
            2 => std::panic::resume_unwind(Box::new(())),
            3..=6 => sleep(self.milliseconds_below(5_000)).await,
            _ => {}
        }
        let token = format!("test-token-{number}");
        let lifetime = match self.below(4) {
            0 => None,
            1 => Some(Duration::from_secs(6)),
            2 => Some(Duration::from_secs(61)),
            _ => Some(Duration::from_secs(900)),
        };
        let ends = lifetime.map(|lifetime| asked + lifetime);
        self.ends.lock().expect("no panic").insert(token.clone(), ends);
        let token = AccessToken::from(token);
        Ok(match lifetime {
            Some(lifetime) => token.expires_in(lifetime),
            None => token,
        })
    }

    fn check(&self, token: &Token) {
        let ends = self.ends.lock().expect("no panic")[token.expose()];
        assert!(ends.is_none_or(|ends| Instant::now() < ends), "a token that has ended");
    }

    /// One caller; some of their tokens are refused.
    async fn call(&self, cache: &TokenCache) {
        let (began, after) = (Instant::now(), self.milliseconds_below(60_000));
        let deadline = Deadline { at: Some(began + after), after };
        if let Ok(token) = cache.current(deadline).await {
            self.check(&token);
            if self.below(3) == 0 {
                if let Ok(Some(newer)) = cache.renewed(&token, deadline).await {
                    assert!(newer.generation > token.generation, "the refused token again");
                    self.check(&newer);
                }
            }
        }
        assert!(began.elapsed() <= after + Duration::from_millis(2), "held past its deadline");
    }
}

async fn run(seed: u64) {
    let world = World::new(seed);
    let source = {
        let world = Arc::clone(&world);
        move || {
            let world = Arc::clone(&world);
            async move { world.issue().await }
        }
    };
    let cache = Arc::new(TokenCache::new(Arc::new(source), TOKEN_TIMEOUT));
    let mut callers = Vec::new();
    for _ in 0..STEPS {
        match world.below(8) {
            0..=3 => {
                let (world, cache) = (Arc::clone(&world), Arc::clone(&cache));
                callers.push(tokio::spawn(async move { world.call(&cache).await }));
            }
            4 if !callers.is_empty() => {
                let at = usize::try_from(world.below(callers.len() as u64)).unwrap_or(0);
                callers.swap_remove(at).abort();
            }
            5 => sleep(world.milliseconds_below(100)).await,
            6 => sleep(world.milliseconds_below(20_000)).await,
            _ => tokio::task::yield_now().await,
        }
    }
    for caller in callers {
        caller.await.unwrap_or_else(|error| panic!("schedule {seed}: {error}"));
    }
    let asked = world.asked.load(Ordering::SeqCst);
    assert!(asked <= 10 * STEPS, "schedule {seed}: the source was asked {asked} times");
}

#[tokio::test(start_paused = true)]
async fn random_schedules_break_no_guarantee_of_the_token_cache() {
    for seed in 0..SCHEDULES {
        run(seed).await;
    }
}
