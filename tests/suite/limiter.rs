//! A limiter that several clients share.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;
use truto_core::{Client, Denied, LimitedCall, Limiter, Observation, Turn, TurnEvent};
use truto_tests::{ACCOUNT_ID, Record, Wire, http, json as play, token_account};

/// One call per interval, for all clones; records what it observes.
#[derive(Clone)]
struct Spaced(Arc<State>);

struct State {
    interval: Duration,
    next: Mutex<Instant>,
    observed: Mutex<Vec<(LimitedCall, Observation)>>,
}

impl Spaced {
    fn every(interval: Duration) -> Self {
        Self(Arc::new(State {
            interval,
            next: Mutex::new(Instant::now()),
            observed: Mutex::default(),
        }))
    }
}

impl Limiter for Spaced {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        let mut next = self.0.next.lock().expect("a lock");
        let turn = (*next).max(Instant::now());
        *next = turn + self.0.interval;
        Ok(Turn::after(turn - Instant::now()))
    }

    fn observe(&self, call: &LimitedCall, seen: &Observation) {
        self.0.observed.lock().expect("a lock").push((call.clone(), *seen));
    }
}

fn client(wire: &Wire, limiter: impl Limiter) -> Client {
    wire.builder().limiter(limiter).build().expect("a client")
}

#[tokio::test]
async fn four_clients_share_one_limit() {
    let limits = ["ratelimit-limit: 20", "ratelimit-remaining: 19", "ratelimit-reset: 1"];
    let refused = http("429 Too Many Requests", &["Retry-After: 0"], r#"{"message":"slow down"}"#);
    let wire = Wire::start([refused, http("200 OK", &limits, r#"{"id":"1"}"#)]).await;
    let limiter = Spaced::every(Duration::from_millis(30));
    let started = std::time::Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let account = client(&wire, limiter.clone()).account(ACCOUNT_ID).expect("an account");
        for _ in 0..3 {
            tasks.push(tokio::spawn(Record::get("1").send(&account)));
        }
    }
    for task in tasks {
        task.await.expect("no panic").expect("200");
    }
    // 13 attempts, the first of which is sent at once.
    assert_eq!(wire.requests().len(), 13);
    assert!(started.elapsed() >= Duration::from_millis(12 * 30));
    let observed = limiter.0.observed.lock().expect("a lock");
    assert_eq!(observed.len(), 13);
    let (call, seen) = &observed[0];
    assert_eq!(call.endpoint().path, "/unified/m/r/<id>");
    assert_eq!(call.account_hash(), "cc3eeaf95b3bf449");
    assert!(observed.iter().all(|(other, _)| other.account_hash() == call.account_hash()));
    assert_eq!((seen.status.as_u16(), seen.rate_limit), (429, None));
    assert_eq!((seen.retry_after, seen.is_own_429), (Some(Duration::ZERO), true));
    assert_eq!(observed[12].1.rate_limit.expect("limits").limit, 20);
}

#[tokio::test]
async fn a_turn_that_comes_too_late_sends_nothing() {
    let wire = Wire::start([play(r#"{"id":"1"}"#)]).await;
    let limiter = Spaced::every(Duration::from_secs(60));
    let account = client(&wire, limiter).account(ACCOUNT_ID).expect("an account");
    Record::get("1").send(&account).await.expect("the first turn");
    let error = Record::get("1").deadline(Duration::from_secs(5)).send(&account).await;
    let error = error.expect_err("too late");
    assert!(error.is_timeout() && !error.may_have_applied(), "{error:?}");
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(50)));
    assert_eq!((error.attempts(), wire.requests().len()), (0, 1));
}

/// Fails, then hangs, then works.
struct Away(AtomicU32);

impl Limiter for Away {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => Err(std::io::Error::other("connection refused").into()),
            1 => std::future::pending().await,
            _ => Ok(Turn::now()),
        }
    }
}

#[tokio::test]
async fn an_unavailable_limiter_blocks_no_call() {
    let wire = Wire::start([play(r#"{"id":"1"}"#)]).await;
    let account = client(&wire, Away(AtomicU32::new(0))).token_account();
    let started = std::time::Instant::now();
    for _ in 0..3 {
        Record::get("1").send(&account).await.expect("200");
    }
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(wire.requests().len(), 3);

    // It does not delay a call beyond its deadline either.
    let account = client(&wire, Away(AtomicU32::new(1))).token_account();
    let started = std::time::Instant::now();
    let error = Record::get("1").deadline(Duration::from_millis(50)).send(&account).await;
    assert!(error.expect_err("no time").is_timeout());
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(wire.requests().len(), 3);
}

/// Decides after a while.
struct Slow(Duration);

impl Limiter for Slow {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        tokio::time::sleep(self.0).await;
        Ok(Turn::now())
    }
}

#[tokio::test]
async fn a_limiter_slower_than_max_wait_throttles_the_call() {
    let wire = Wire::start([play(r#"{"id":"1"}"#)]).await;
    let account = client(&wire, Slow(Duration::from_millis(200))).token_account();
    for max_wait in [Duration::ZERO, Duration::from_millis(20)] {
        let error = Record::get("1").max_wait(max_wait).send(&account).await;
        let error = error.expect_err("held back");
        assert!(error.is_throttled() && error.is_timeout(), "{error:?}");
        assert!(error.to_string().contains("past its `max_wait` of "), "{error}");
        assert_eq!(error.attempts(), 0);
    }
    assert!(wire.requests().is_empty());
    // A limiter that decides at once costs no time.
    let account = client(&wire, Slow(Duration::ZERO)).token_account();
    Record::get("1").send(&account).await.expect("200");
    let account = client(&wire, Counted::default()).token_account();
    Record::get("1").max_wait(Duration::ZERO).send(&account).await.expect("200");
    assert_eq!(wire.requests().len(), 2);
}

/// Most of the deadline may be gone when `max_wait` ends the call.
#[tokio::test]
async fn a_throttled_call_names_the_limit_that_was_reached() {
    let wire = Wire::start([play(r#"{"id":"1"}"#)]).await;
    let account = client(&wire, Slow(Duration::from_secs(60))).token_account();
    for (max_wait, deadline, expected) in
        [(300, 450, "past its `max_wait` of 300ms"), (450, 300, "past its deadline of 300ms")]
    {
        let (max_wait, deadline) =
            (Duration::from_millis(max_wait), Duration::from_millis(deadline));
        let request = Record::get("1").max_wait(max_wait).deadline(deadline);
        let error = request.send(&account).await.expect_err("held back");
        assert!(error.is_throttled(), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(wire.requests().is_empty());
}

/// Panics in both methods.
struct Broken;

impl Limiter for Broken {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        panic!("a bug in acquire")
    }

    fn observe(&self, _: &LimitedCall, _: &Observation) {
        panic!("a bug in observe")
    }
}

#[tokio::test]
async fn a_limiter_that_panics_loses_no_result() {
    let wire = Wire::start([http("200 OK", &[], r#"{"id":"1"}"#)]).await;
    let limiter: Arc<dyn Limiter> = Arc::new(Broken);
    let account = client(&wire, limiter).token_account();
    assert_eq!(Record::get("1").send(&account).await.expect("200").id, "1");
    let wire = Wire::start([http("404 Not Found", &[], "{}")]).await;
    let account = client(&wire, Broken).token_account();
    let error = Record::get("1").send(&account).await.expect_err("404");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
}

/// Counts its turns, and those that were given back.
#[derive(Clone, Default)]
struct Counted {
    taken: Arc<AtomicU32>,
    given_back: Arc<AtomicU32>,
    wait: Duration,
}

impl Limiter for Counted {
    async fn acquire(&self, call: &LimitedCall) -> Result<Turn, Denied> {
        if call.remaining().is_some_and(|remaining| remaining < self.wait) {
            return Err(Denied::retry_after(self.wait));
        }
        self.taken.fetch_add(1, Ordering::SeqCst);
        let given_back = Arc::clone(&self.given_back);
        Ok(Turn::after(self.wait).on_unused(move || {
            given_back.fetch_add(1, Ordering::SeqCst);
        }))
    }
}

#[tokio::test]
async fn a_turn_that_is_not_used_is_given_back() {
    let counts = |limiter: &Counted| {
        (limiter.taken.load(Ordering::SeqCst), limiter.given_back.load(Ordering::SeqCst))
    };
    // A call that is sent uses its turn.
    let wire = Wire::start([play(r#"{"id":"1"}"#)]).await;
    let limiter = Counted::default();
    let account = client(&wire, limiter.clone()).token_account();
    Record::get("1").send(&account).await.expect("200");
    assert_eq!(counts(&limiter), (1, 0));
    // A call that is canceled while it waits for its turn gives it back.
    let limiter = Counted { wait: Duration::from_secs(60), ..Counted::default() };
    let account = client(&wire, limiter.clone()).token_account();
    let call = Record::get("1").send(&account);
    assert!(tokio::time::timeout(Duration::from_millis(100), call).await.is_err());
    assert_eq!(counts(&limiter), (1, 1));
    // A call without enough time takes no turn.
    let call = Record::get("1").deadline(Duration::from_secs(5)).send(&account);
    let error = call.await.expect_err("no time");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(counts(&limiter), (1, 1));
    // A call without a server gives its turn back.
    let limiter = Counted::default();
    let closed = Client::builder().token("token-of-a-test").base_url("http://127.0.0.1:1");
    let closed = token_account(closed.limiter(limiter.clone()));
    Record::get("1").no_retry().send(&closed).await.expect_err("no server");
    assert_eq!(counts(&limiter), (1, 1));
}

/// Lets each call wait for longer than the default patience, and records the events of its turns.
#[derive(Clone, Default)]
struct Patient {
    wait: Duration,
    events: Arc<Mutex<Vec<TurnEvent>>>,
}

impl Limiter for Patient {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        tokio::time::sleep(self.wait).await;
        let events = Arc::clone(&self.events);
        Ok(Turn::now().on_event(move |event| events.lock().expect("a lock").push(event)))
    }

    fn patience(&self) -> Duration {
        Duration::MAX
    }
}

#[tokio::test]
async fn a_patient_limiter_queues_calls_and_observes_each_step() {
    let wire = Wire::start([play(r#"{"id":"1"}"#)]).await;
    let limiter = Patient { wait: Duration::from_millis(800), ..Patient::default() };
    let account = client(&wire, limiter.clone()).token_account();
    let asked = Instant::now();
    Record::get("1").send(&account).await.expect("200");
    assert!(asked.elapsed() >= limiter.wait, "{:?}", asked.elapsed());
    let events = || std::mem::take(&mut *limiter.events.lock().expect("a lock"));
    assert_eq!(events(), [TurnEvent::Sent, TurnEvent::Head]);
    // A call that still waits at its deadline is denied, and sends nothing.
    let call = Record::get("1").max_wait(Duration::from_millis(50)).send(&account);
    assert!(call.await.expect_err("no time").is_throttled());
    assert_eq!(wire.requests().len(), 1);
    assert_eq!(events(), []);
    // A call without a server gives its turn back.
    let limiter = Patient::default();
    let closed = Client::builder().token("token-of-a-test").base_url("http://127.0.0.1:1");
    let closed = token_account(closed.limiter(limiter.clone()));
    Record::get("1").no_retry().send(&closed).await.expect_err("no server");
    assert_eq!(*limiter.events.lock().expect("a lock"), [TurnEvent::Unused]);
}
