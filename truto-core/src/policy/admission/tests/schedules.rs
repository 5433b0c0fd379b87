//! Random schedules of everything that can happen to the queues.
//!
//! All of an admission's state is under one mutex, so any execution on any number of threads is a
//! sequence of its operations. Exploring sequences therefore covers what a checker of thread schedules
//! would find here, and in addition lets the clock take part, which such checkers cannot.

use std::collections::HashMap;

use super::super::state::{Places, Polled, Waiter};
use super::*;
use crate::policy::lane::Lane;

const SCHEDULES: u64 = 10_000;
const CALLS: usize = 14;
const STEPS: usize = 60;

enum Phase {
    New,
    Waiting { waiter: Waiter, timer: Instant },
    Admitted(Places),
    InFlight { places: Places, sent: Instant },
    Ended,
}

struct Call {
    account: Arc<str>,
    request: AdmissionRequest,
    phase: Phase,
    woken: Arc<Woken>,
    /// Nothing polls it any more.
    is_parked: bool,
}

struct Schedule {
    state: State,
    now: Instant,
    random: fastrand::Rng,
    calls: Vec<Call>,
    /// When the server counted calls, by account.
    counted: HashMap<Arc<str>, Vec<Instant>>,
}

impl Schedule {
    fn new(seed: u64, throttle: Throttle) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let calls = (0..CALLS)
            .map(|_| Call {
                account: random.u8(0..3).to_string().into(),
                request: AdmissionRequest { is_background: random.u8(0..3) == 0, ..until(None) },
                phase: Phase::New,
                woken: Arc::default(),
                is_parked: false,
            })
            .collect();
        let state = State::new(throttle);
        Self { state, now: Instant::now(), random, calls, counted: HashMap::new() }
    }

    /// Wakes calls, as the admission's lock does when it is released.
    fn wake(&mut self) {
        std::mem::take(&mut self.state.to_wake).into_iter().for_each(Waker::wake);
    }

    fn is_due(&self, at: usize) -> bool {
        let call = &self.calls[at];
        match &call.phase {
            Phase::Waiting { timer, .. } => {
                call.woken.0.load(Ordering::Relaxed) || *timer <= self.now
            }
            _ => false,
        }
    }

    fn poll(&mut self, at: usize) {
        let call = &mut self.calls[at];
        call.woken.0.store(false, Ordering::Relaxed);
        let Phase::Waiting { waiter, timer } = &mut call.phase else {
            return;
        };
        let waker = Waker::from(Arc::clone(&call.woken));
        match self.state.poll(waiter, &waker, self.now) {
            Polled::Wait(at) => *timer = at,
            Polled::Admitted(places) => call.phase = Phase::Admitted(places),
            Polled::Denied(denial) => panic!("no call has a deadline: {denial:?}"),
        }
        self.wake();
    }

    fn start(&mut self, at: usize) {
        let call = &mut self.calls[at];
        let (_, admitted) = self.state.try_admit(&call.account, &call.request, self.now);
        match admitted {
            Ok(places) => call.phase = Phase::Admitted(places),
            Err(waiter) => call.phase = Phase::Waiting { waiter, timer: self.now },
        }
        self.wake();
        self.poll(at);
    }

    /// Runs the next step of a call: it is sent, counted or given up.
    fn proceed(&mut self, at: usize, gives_up: bool) {
        let call = &mut self.calls[at];
        let account = Arc::clone(&call.account);
        call.phase = match std::mem::replace(&mut call.phase, Phase::Ended) {
            Phase::New => Phase::New,
            Phase::Waiting { waiter, timer } if !gives_up => Phase::Waiting { waiter, timer },
            Phase::Waiting { waiter, .. } => {
                self.state.leave(&waiter, self.now);
                Phase::Ended
            }
            Phase::Admitted(mut places) => {
                // A slot that has lapsed is renewed before it is used; here it ends the call.
                if gives_up || !self.state.holds(&account, &places, self.now) {
                    self.state.cancel(&account, places, self.now);
                    Phase::Ended
                } else {
                    self.state.commit(&account, &mut places, self.now);
                    Phase::InFlight { places, sent: self.now }
                }
            }
            Phase::InFlight { places, sent } => {
                let latest = (self.now - sent).min(SECOND);
                let late = latest.mul_f64(self.random.f64());
                self.counted.entry(Arc::clone(&account)).or_default().push(sent + late);
                self.state.settle(&account, places, self.now);
                Phase::Ended
            }
            Phase::Ended => Phase::Ended,
        };
        self.wake();
    }

    fn step(&mut self) {
        let at = self.random.usize(0..CALLS);
        match (self.random.u8(0..20), &self.calls[at].phase) {
            (0..8, Phase::New) => self.start(at),
            (0, Phase::Waiting { .. }) => self.calls[at].is_parked = true,
            (1, Phase::Waiting { .. } | Phase::Admitted(_)) => self.proceed(at, true),
            // Without need, as combinators do.
            (2, Phase::Waiting { .. }) => self.poll(at),
            (3..10, Phase::Waiting { .. }) if self.is_due(at) && !self.calls[at].is_parked => {
                self.poll(at);
            }
            (3..10, Phase::Admitted(_) | Phase::InFlight { .. }) => self.proceed(at, false),
            (10, _) => {
                let account = Arc::clone(&self.calls[at].account);
                let wait = Duration::from_millis(self.random.u64(0..2_000));
                self.state.close_gates(&account, wait, None, true, self.now);
                self.state.update(&account, self.now);
                self.state.dispatch(self.now);
                self.wake();
            }
            (11..16, _) => self.now += Duration::from_millis(self.random.u64(0..300)),
            _ => {}
        }
    }

    /// Runs all calls that something still polls to their end. The clock moves only when nothing else
    /// is left to do.
    fn finish(&mut self, seed: u64) {
        let end = self.now + 300 * SECOND;
        loop {
            assert!(self.now < end, "schedule {seed}: calls wait for ever");
            for at in 0..CALLS {
                if matches!(self.calls[at].phase, Phase::New) {
                    self.start(at);
                }
            }
            let live = |call: &Call| !call.is_parked && !matches!(call.phase, Phase::Ended);
            if !self.calls.iter().any(live) {
                return;
            }
            let mut is_idle = true;
            for at in 0..CALLS {
                if self.is_due(at) && !self.calls[at].is_parked {
                    self.poll(at);
                    is_idle = false;
                }
                if matches!(self.calls[at].phase, Phase::Admitted(_) | Phase::InFlight { .. }) {
                    self.proceed(at, false);
                    is_idle = false;
                }
            }
            if is_idle {
                let timers = self.calls.iter().filter(|call| !call.is_parked);
                let next = timers.filter_map(|call| match call.phase {
                    Phase::Waiting { timer, .. } => Some(timer),
                    _ => None,
                });
                self.now = next.min().expect("a live call has a timer");
            }
        }
    }

    fn assert_window(seed: u64, mut counted: Vec<Instant>, calls: usize) {
        counted.sort_unstable();
        for (first, over) in counted.iter().zip(counted.iter().skip(calls)) {
            assert!(*over - *first >= SECOND, "schedule {seed}: {:?}", *over - *first);
        }
    }
}

#[test]
fn no_schedule_loses_a_wakeup_or_exceeds_a_window() {
    for seed in 0..SCHEDULES {
        let limits = Throttle::none();
        let (limits, own, all) = match seed % 4 {
            0 => (limits.per_account(2, SECOND), 2, CALLS),
            1 => (limits.per_token(3, SECOND), CALLS, 3),
            2 => (limits.per_account(1, SECOND).per_token(2, SECOND), 1, 2),
            _ => (limits.per_account(3, SECOND).per_token(4, SECOND), 3, 4),
        };
        let mut schedule = Schedule::new(seed, limits);
        for _ in 0..STEPS {
            schedule.step();
            for lane in Lane::ALL {
                let State { client, accounts, .. } = &mut schedule.state;
                client.rings.ring(lane).assert_consistent(lane, accounts);
            }
        }
        schedule.finish(seed);
        for counted in schedule.counted.values() {
            Schedule::assert_window(seed, counted.clone(), own);
        }
        let everything = schedule.counted.values().flatten().copied().collect();
        Schedule::assert_window(seed, everything, all);
        // The calls that nothing polls give up; then nothing is left.
        for at in 0..CALLS {
            schedule.proceed(at, true);
        }
        let later = schedule.now + 300 * SECOND;
        schedule.state.dispatch(later);
        assert!(schedule.state.has_no_offers(), "schedule {seed}");
        assert!(schedule.state.client.stages.is_idle(later), "schedule {seed}");
        let mut queues = schedule.state.accounts.all();
        assert!(queues.all(|queue| queue.is_idle(later)), "schedule {seed}");
    }
}
