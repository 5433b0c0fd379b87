//! Many processes on one token, with the code that real clients run, on a virtual clock.
//!
//! The small form holds the decision table of the page "Scale". The full one, with up to 1,000 processes
//! and 1,000,000 accounts, prints the rows of that page in about a minute:
//! `cargo test --release -p truto-core --lib -- --ignored --nocapture prints_the_scale_table`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "counts and seconds of a simulation"
)]

use std::collections::VecDeque;

use super::*;
use crate::policy::window::{Limit, SlidingWindow, Slot};

/// Truto's limit of a token.
const LIMIT: Limit = Limit { calls: 500, window: Duration::from_secs(10) };
/// Calls per second that the accounts make: nine tenths of the limit.
const DEMAND: f64 = 45.0;
/// The default deadline of a call; one that would wait for longer is lost.
const DEADLINE: Duration = Duration::from_secs(120);
/// One round trip to Redis, and half of one to Truto.
const TRIP: Duration = Duration::from_millis(1);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Policy {
    /// Each process has an equal share of the limit.
    Share,
    /// Each process follows what responses state, and waits out a 429.
    Adaptive,
    /// All processes share one exact window, as with `truto-redis`.
    Redis,
}

impl Policy {
    fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Adaptive => "adaptive",
            Self::Redis => "Redis",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Fleet {
    processes: u32,
    accounts: u32,
    /// A tenth of the processes has half of the accounts.
    is_uneven: bool,
    policy: Policy,
}

/// Counts calls on arrival, in any stretch of a window.
#[derive(Debug, Default)]
struct Server {
    passed: VecDeque<Instant>,
    refused: u32,
}

impl Server {
    /// The error is the time until a call would pass.
    fn receive(&mut self, now: Instant) -> Result<(), Duration> {
        while self.passed.front().is_some_and(|at| now - *at >= LIMIT.window) {
            self.passed.pop_front();
        }
        if self.passed.len() < LIMIT.calls as usize {
            self.passed.push_back(now);
            return Ok(());
        }
        self.refused += 1;
        Err(self.passed[0] + LIMIT.window - now)
    }
}

/// One exact window for all processes, which serves in the order of arrival.
struct SharedWindow {
    turn: tokio::sync::Mutex<()>,
    window: Mutex<SlidingWindow>,
}

impl SharedWindow {
    async fn acquire(&self) -> Slot {
        let _first = self.turn.lock().await;
        loop {
            let now = Instant::now();
            let ready = {
                let mut window = lock(&self.window);
                match window.ready_at(now) {
                    Some(ready) if ready <= now => return window.reserve(now),
                    ready => ready.expect("a window that ends"),
                }
            };
            tokio::time::sleep_until(ready).await;
        }
    }
}

struct Simulation {
    server: Mutex<Server>,
    shared: Option<SharedWindow>,
    /// By call: the wait in seconds, or `None` for a lost one.
    waits: Mutex<Vec<Option<f64>>>,
}

#[derive(Debug)]
struct Outcome {
    /// Calls that passed, as a fraction of those that the limit allows.
    utilization: f64,
    /// Refused attempts per call.
    refused: f64,
    lost: f64,
    mean_wait: f64,
    worst_wait: f64,
}

impl Simulation {
    async fn call(&self, admission: &Admission, account: Arc<str>) {
        let arrived = Instant::now();
        let waited = self.attempts(admission, &account, arrived + DEADLINE).await;
        lock(&self.waits).push(waited.map(|end| (end - arrived).as_secs_f64()));
    }

    /// Returns the time at which an attempt was sent that passed.
    async fn attempts(
        &self,
        admission: &Admission,
        account: &Arc<str>,
        deadline: Instant,
    ) -> Option<Instant> {
        let mut request = until(Some(deadline));
        loop {
            let permit = admission.admit(account, request).await.ok()?;
            request.ticket = Some(permit.ticket());
            let mut slot = None;
            if let Some(shared) = &self.shared {
                tokio::time::sleep(TRIP).await;
                slot = Some(tokio::time::timeout_at(deadline, shared.acquire()).await.ok()?);
            }
            let (sent, handle) = (Instant::now(), permit.handle());
            handle.commit();
            if let (Some(shared), Some(slot)) = (&self.shared, &mut slot) {
                lock(&shared.window).commit(slot, sent);
            }
            tokio::time::sleep(TRIP).await;
            let received = lock(&self.server).receive(Instant::now());
            tokio::time::sleep(TRIP).await;
            handle.head_arrived();
            if let (Some(shared), Some(slot)) = (&self.shared, &mut slot) {
                lock(&shared.window).settle(slot, Instant::now());
            }
            let Err(wait) = received else {
                admission.observe(account, &stated_of_the_account());
                return Some(sent);
            };
            let mut seen = Observation::new(StatusCode::TOO_MANY_REQUESTS);
            // `Retry-After` has whole seconds.
            seen.retry_after = Some(SECOND * (wait.as_secs_f64().ceil().max(1.0) as u32));
            seen.is_own_429 = true;
            admission.observe(account, &seen);
        }
    }
}

/// The headers of a response state the limit of the account at its provider, which one call does not come
/// near. Truto states no limit for the token.
fn stated_of_the_account() -> Observation {
    let window = Some(10 * SECOND);
    stated(RateLimit { limit: 50, remaining: 49, reset: 10 * SECOND, window })
}

impl Fleet {
    fn throttle(self) -> Throttle {
        match self.policy {
            // A share of less than one call per window is one call in several.
            Policy::Share => {
                let windows = self.processes.div_ceil(LIMIT.calls);
                let calls = LIMIT.calls * windows / self.processes;
                Throttle::none().per_token(calls, LIMIT.window * windows)
            }
            Policy::Adaptive => Throttle::none().adaptive(true),
            Policy::Redis => Throttle::none(),
        }
    }

    fn process_of(self, account: u32, random: &mut fastrand::Rng) -> u32 {
        let busy = self.processes.div_ceil(10);
        if self.is_uneven && account % 2 == 0 {
            random.u32(0..busy)
        } else {
            account / 2 % self.processes
        }
    }

    /// One call per account, at a random time within a period whose demand is nine tenths of the limit.
    fn run(self) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        fastrand::seed(7);
        let mut random = fastrand::Rng::with_seed(7);
        let span = f64::from(self.accounts) / DEMAND;
        let mut arrivals = vec![Vec::new(); self.processes as usize];
        for account in 0..self.accounts {
            let process = self.process_of(account, &mut random);
            let at = Duration::from_secs_f64(random.f64() * span);
            arrivals[process as usize].push((at, account));
        }
        let simulation = Arc::new(Simulation {
            server: Mutex::default(),
            shared: (self.policy == Policy::Redis).then(|| SharedWindow {
                turn: tokio::sync::Mutex::new(()),
                window: Mutex::new(SlidingWindow::new(LIMIT)),
            }),
            waits: Mutex::default(),
        });
        runtime.block_on(async {
            let started = Instant::now();
            let mut processes = JoinSet::new();
            for mut arrivals in arrivals {
                arrivals.sort_unstable();
                let (admission, simulation) = (limited(self.throttle()), Arc::clone(&simulation));
                processes.spawn(async move {
                    let mut calls = JoinSet::new();
                    for (at, account) in arrivals {
                        tokio::time::sleep_until(started + at).await;
                        let account: Arc<str> = account.to_string().into();
                        let (admission, simulation) = (admission.clone(), Arc::clone(&simulation));
                        calls.spawn(async move { simulation.call(&admission, account).await });
                        while calls.try_join_next().is_some() {}
                    }
                    calls.join_all().await;
                });
            }
            processes.join_all().await;
            let took = started.elapsed().as_secs_f64();
            simulation.outcome(took)
        })
    }
}

impl Simulation {
    fn outcome(&self, took: f64) -> Outcome {
        let waits = lock(&self.waits);
        let passed: Vec<f64> = waits.iter().copied().flatten().collect();
        let (calls, ok) = (waits.len() as f64, passed.len() as f64);
        Outcome {
            utilization: ok / (took * f64::from(LIMIT.calls) / LIMIT.window.as_secs_f64()),
            refused: f64::from(lock(&self.server).refused) / calls,
            lost: (calls - ok) / calls,
            mean_wait: passed.iter().sum::<f64>() / ok.max(1.0),
            worst_wait: passed.iter().copied().fold(0.0, f64::max),
        }
    }
}

const POLICIES: [Policy; 3] = [Policy::Share, Policy::Adaptive, Policy::Redis];

/// The decision table of the guide's page "Scale", one case per row.
#[test]
fn each_policy_fits_the_fleets_of_the_guide() {
    let run = |processes, is_uneven, policy| {
        let seen = Fleet { processes, accounts: 9_000, is_uneven, policy }.run();
        println!("{processes} {is_uneven} {policy:?}: {seen:?}");
        seen
    };
    // Many processes: no refusals, waits of about a second at most. One process is the same window.
    for (processes, is_uneven) in [(1, false), (8, true), (100, true)] {
        let seen = run(processes, is_uneven, Policy::Redis);
        assert_eq!((seen.refused, seen.lost), (0.0, 0.0));
        assert!(seen.utilization > 0.85 && seen.worst_wait < 1.5, "{seen:?}");
    }
    // A share is exact, and enough where all processes have the same to do.
    for (processes, is_uneven, lost) in
        [(1, false, 0.0..0.001), (8, false, 0.0..0.001), (8, true, 0.2..0.6), (100, true, 0.2..0.6)]
    {
        let seen = run(processes, is_uneven, Policy::Share);
        assert_eq!(seen.refused, 0.0);
        assert!(lost.contains(&seen.lost), "{seen:?}");
    }
    // A call per 20 s does not suit 1,000 processes, not even with equal work.
    let seen = run(1_000, false, Policy::Share);
    assert!(seen.mean_wait > 5.0 && seen.worst_wait > 60.0, "{seen:?}");
    // Following the responses needs no other service: few are refused (in a run this short, a few more than the 0.4 %
    // of the page), and no call waits for longer than 20 s.
    for (processes, is_uneven) in [(8, false), (8, true), (100, true), (1_000, false)] {
        let seen = run(processes, is_uneven, Policy::Adaptive);
        assert!(seen.refused < 0.01 && seen.lost == 0.0 && seen.worst_wait <= 20.0, "{seen:?}");
    }
}

/// Prints the table of the guide's page "Scale".
#[test]
#[ignore = "simulates seven million calls"]
fn prints_the_scale_table() {
    println!(
        "| processes | demand | limit | used | refused | lost | mean wait, s | longest wait, s |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (processes, accounts) in [(1, 50_000), (8, 50_000), (100, 100_000), (1_000, 1_000_000)] {
        for is_uneven in [false, true] {
            for policy in POLICIES {
                let seen = Fleet { processes, accounts, is_uneven, policy }.run();
                let demand = if is_uneven { "uneven" } else { "even" };
                println!(
                    "| {processes} | {demand} | {} | {:.1}% | {:.2}% | {:.2}% | {:.2} | {:.1} |",
                    policy.name(),
                    seen.utilization * 100.0,
                    seen.refused * 100.0,
                    seen.lost * 100.0,
                    seen.mean_wait,
                    seen.worst_wait,
                );
            }
        }
    }
}
