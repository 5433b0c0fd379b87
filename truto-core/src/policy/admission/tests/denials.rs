//! No call is denied too early: the turn of a denied call could not have come before its deadline.

use super::super::state::{Places, Polled, Waiter};
use super::*;

const SCHEDULES: u64 = 5_000;
const CALLS: usize = 24;
/// Time until a response.
const TRIP: Duration = Duration::from_millis(5);

enum Phase {
    New,
    Waiting { waiter: Waiter, timer: Instant },
    InFlight { places: Option<Places>, ends: Instant },
    Ended,
}

struct Call {
    account: Arc<str>,
    request: AdmissionRequest,
    arrives: Instant,
    gives_up: Option<Instant>,
    phase: Phase,
    woken: Arc<Woken>,
}

/// The fate of the watched call, which is the only one with a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Admitted(Instant),
    Denied(Instant),
    GaveUp,
}

struct World {
    state: State,
    now: Instant,
    calls: Vec<Call>,
    /// 429s: when, of which account, and the wait.
    refusals: Vec<(Instant, Arc<str>, Duration)>,
    fate: Fate,
}

fn throttle(seed: u64) -> Throttle {
    let limits = Throttle::none();
    match seed % 4 {
        0 => limits.per_account(2, SECOND),
        1 => limits.per_token(2, SECOND),
        2 => limits.per_account(2, SECOND).per_token(5, SECOND),
        _ => limits.per_account(5, 2 * SECOND).per_token(6, 2 * SECOND),
    }
}

impl World {
    /// The same events for the same seed; the first call is watched.
    fn new(seed: u64, start: Instant) -> (Self, Instant) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut within = |limit| Duration::from_millis(random.u64(0..limit));
        let mut calls: Vec<Call> = (0..CALLS)
            .map(|_| {
                let account = (within(4).as_millis()).to_string();
                let is_background = within(3).is_zero();
                let arrives = start + within(3_000);
                let gives_up = (within(4).is_zero()).then(|| arrives + within(3_000));
                Call {
                    account: account.into(),
                    request: AdmissionRequest { is_background, ..until(None) },
                    arrives,
                    gives_up,
                    phase: Phase::New,
                    woken: Arc::default(),
                }
            })
            .collect();
        let deadline = calls[0].arrives + within(12_000);
        calls[0].gives_up = None;
        let refusals = (0..2)
            .map(|_| (start + within(6_000), Arc::clone(&calls[1].account), within(2_000)))
            .filter(|_| seed % 3 == 0)
            .collect();
        let mut state = State::new(throttle(seed));
        if seed % 5 == 4 {
            let limit = RateLimit { limit: 60, remaining: 3, reset: 5 * SECOND, window: None };
            // The rate draws its jitter from the global generator.
            fastrand::seed(seed);
            let queue = state.accounts.queue(&calls[0].account, start);
            queue.stages.learn(limit, Admission::MAX_GATE, start);
        }
        (Self { state, now: start, calls, refusals, fate: Fate::GaveUp }, deadline)
    }

    fn wake(&mut self) {
        std::mem::take(&mut self.state.to_wake).into_iter().for_each(Waker::wake);
    }

    fn admitted(&mut self, at: usize, mut places: Places) {
        let call = &mut self.calls[at];
        self.state.commit(&call.account, &mut places, self.now);
        call.phase = Phase::InFlight { places: Some(places), ends: self.now + TRIP };
        if at == 0 {
            self.fate = Fate::Admitted(self.now);
        }
    }

    /// Runs the due step of a call; false if none is due.
    fn step(&mut self, at: usize) -> bool {
        let (now, call) = (self.now, &mut self.calls[at]);
        match &mut call.phase {
            Phase::New if call.arrives <= now => {
                match self.state.try_admit(&call.account, &call.request, now).1 {
                    Ok(places) => self.admitted(at, places),
                    Err(waiter) => call.phase = Phase::Waiting { waiter, timer: now },
                }
            }
            Phase::Waiting { waiter, .. } if call.gives_up.is_some_and(|ends| ends <= now) => {
                self.state.leave(waiter, now);
                call.phase = Phase::Ended;
            }
            Phase::Waiting { waiter, timer }
                if call.woken.0.swap(false, Ordering::Relaxed) || *timer <= now =>
            {
                let waker = Waker::from(Arc::clone(&call.woken));
                match self.state.poll(waiter, &waker, now) {
                    Polled::Wait(at) => *timer = at,
                    Polled::Admitted(places) => self.admitted(at, places),
                    Polled::Denied(_) => {
                        assert_eq!(at, 0, "a call without a deadline");
                        call.phase = Phase::Ended;
                        self.fate = Fate::Denied(now);
                    }
                }
            }
            Phase::InFlight { places, ends } if *ends <= now => {
                if let Some(places) = places.take() {
                    self.state.settle(&call.account, places, now);
                }
                call.phase = Phase::Ended;
            }
            _ => return false,
        }
        self.wake();
        true
    }

    fn refuse_due(&mut self) {
        let now = self.now;
        let (due, later) =
            std::mem::take(&mut self.refusals).into_iter().partition(|(at, ..)| *at <= now);
        self.refusals = later;
        let due: Vec<_> = due;
        for (_, account, wait) in due {
            self.state.close_gates(&account, wait, None, false, now);
            self.state.update(&account, now);
            self.state.dispatch(now);
            self.wake();
        }
    }

    fn next_event(&self) -> Option<Instant> {
        let calls = self.calls.iter().filter_map(|call| match &call.phase {
            Phase::New => Some(call.arrives),
            Phase::Waiting { timer, .. } => Some(call.gives_up.map_or(*timer, |at| at.min(*timer))),
            Phase::InFlight { ends, .. } => Some(*ends),
            Phase::Ended => None,
        });
        calls.chain(self.refusals.iter().map(|(at, ..)| *at)).min()
    }

    fn run(mut self) -> Fate {
        while !matches!(self.calls[0].phase, Phase::Ended) {
            self.refuse_due();
            while (0..CALLS).any(|at| self.step(at)) {}
            match self.next_event() {
                Some(at) => self.now = at.max(self.now),
                None => break,
            }
        }
        self.fate
    }
}

#[test]
fn no_schedule_denies_a_call_that_could_be_sent_in_time() {
    let start = Instant::now();
    let (mut denied, mut admitted) = (0, 0);
    for seed in 0..SCHEDULES {
        let (mut world, deadline) = World::new(seed, start);
        world.calls[0].request.until = Some(deadline);
        let Fate::Denied(at) = world.run() else {
            admitted += 1;
            continue;
        };
        if at >= deadline {
            continue;
        }
        denied += 1;
        // The same again without a deadline, and without the later events, which could not be foreseen.
        let (mut world, _) = World::new(seed, start);
        world.refusals.retain(|(refused, ..)| *refused <= at);
        for call in &mut world.calls {
            call.gives_up = call.gives_up.filter(|gives_up| *gives_up <= at);
        }
        let fate = world.run();
        let is_right = matches!(fate, Fate::Admitted(turn) if turn >= deadline);
        assert!(
            is_right,
            "schedule {seed}: {:?} after {:?}, {fate:?}",
            at - start,
            deadline - start
        );
    }
    assert!(denied > 100 && admitted > 100, "{denied} of {admitted}");
}
