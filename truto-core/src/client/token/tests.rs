//! An hour of calls with tokens that expire, on the paused clock.

mod ended_runtimes;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{AccessToken, Deadline, Token, TokenCache, Tokens};
use crate::error::Redactor;
use crate::testing::current_thread;

const HOUR: Duration = Duration::from_secs(3600);
const LIFETIME: Duration = Duration::from_secs(900);
const TASKS: u32 = 64;

/// Issues 15-minute tokens, and may revoke them early.
#[derive(Default)]
struct Issuer {
    valid_until: Mutex<HashMap<String, Instant>>,
    issued: AtomicU32,
    asked_at_once: AtomicU32,
    /// Number of times that all tokens were revoked early.
    purges: AtomicU32,
}

impl Issuer {
    async fn issue(&self) -> Result<AccessToken, Infallible> {
        let others = self.asked_at_once.fetch_add(1, Ordering::SeqCst);
        assert_eq!(others, 0, "one renewal at a time");
        let number = self.issued.fetch_add(1, Ordering::SeqCst);
        let (token, until) = (format!("test-token-{number}"), Instant::now() + LIFETIME);
        sleep(Duration::from_millis(200)).await;
        self.valid_until.lock().expect("a lock").insert(token.clone(), until);
        self.asked_at_once.fetch_sub(1, Ordering::SeqCst);
        Ok(AccessToken::from(token).expires_in(LIFETIME))
    }

    /// Returns true if a call with the token succeeds. Panics if the token has expired: the cache should
    /// have renewed it.
    fn accepts(&self, token: &Token) -> bool {
        let valid_until = self.valid_until.lock().expect("a lock");
        let until = valid_until.get(token.expose());
        assert!(until.is_none_or(|until| Instant::now() < *until), "renewed too late");
        until.is_some()
    }

    fn purge(&self) {
        self.valid_until.lock().expect("a lock").clear();
        self.purges.fetch_add(1, Ordering::SeqCst);
    }
}

fn random(range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(fastrand::u64(range))
}

async fn calls(tokens: Arc<Tokens>, issuer: Arc<Issuer>, ends: Instant) -> u32 {
    let mut calls = 0;
    while Instant::now() < ends {
        let deadline = Deadline {
            at: Some(Instant::now() + Duration::from_secs(120)),
            after: Duration::from_secs(120),
        };
        let mut purges = issuer.purges.load(Ordering::SeqCst);
        let mut token = tokens.current(deadline).await.expect("a token");
        // As a call does: one renewal after a 401.
        for attempt in 0..2 {
            sleep(random(5..500)).await;
            if issuer.accepts(&token) {
                break;
            }
            let now = issuer.purges.load(Ordering::SeqCst);
            assert!(attempt == 0 || now > purges, "a renewed token was refused");
            purges = now;
            let newer = tokens.renewed(&token, deadline).await.expect("a token");
            token = newer.expect("a source has others");
        }
        calls += 1;
        sleep(random(0..20_000)).await;
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn calls_succeed_for_an_hour_while_tokens_expire_at_random() {
    let issuer = Arc::new(Issuer::default());
    let source = {
        let issuer = Arc::clone(&issuer);
        move || {
            let issuer = Arc::clone(&issuer);
            async move { issuer.issue().await }
        }
    };
    let tokens = Arc::new(Tokens::Source(TokenCache::new(Arc::new(source), HOUR)));
    let ends = Instant::now() + HOUR;
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| tokio::spawn(calls(Arc::clone(&tokens), Arc::clone(&issuer), ends)))
        .collect();
    while Instant::now() < ends {
        sleep(random(1_000..300_000)).await;
        issuer.purge();
    }
    let mut made = 0;
    for task in tasks {
        made += task.await.expect("no call failed");
    }
    assert!(made > TASKS * 100, "{made} calls");
    // At most one request per expired or revoked token.
    let by_time = u32::try_from(HOUR.as_secs() / (LIFETIME.as_secs() - 60)).expect("few");
    let made_tokens = issuer.issued.load(Ordering::SeqCst);
    let most = 1 + by_time + issuer.purges.load(Ordering::SeqCst);
    assert!(made_tokens <= most, "{made_tokens} of {most}");
}

fn within(wait: Duration) -> Deadline {
    Deadline { at: Some(Instant::now() + wait), after: wait }
}

fn soon() -> Deadline {
    within(Duration::from_secs(30))
}

/// A source of numbered tokens that counts how often it is asked; `delay` returns how long it takes.
fn delayed(delay: fn(u32) -> Duration) -> (TokenCache, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let source = move || {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            sleep(delay(number)).await;
            Ok::<_, Infallible>(AccessToken::from(format!("test-token-{number}")))
        }
    };
    (TokenCache::new(Arc::new(source), HOUR), asked)
}

/// A source of numbered tokens that counts how often it is asked, and fails from a call on.
fn numbered(lifetime: Duration, failing_from: u32) -> (Tokens, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let source = move || {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            if number >= failing_from {
                return Err(std::io::Error::other("the source is down"));
            }
            Ok(AccessToken::from(format!("token-number-{number}")).expires_in(lifetime))
        }
    };
    (Tokens::Source(TokenCache::new(Arc::new(source), HOUR)), asked)
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_fails_no_call_before_the_old_token_expires() {
    let (tokens, asked) = numbered(LIFETIME, 1);
    let first = tokens.current(soon()).await.expect("a token");
    sleep(LIFETIME.saturating_sub(Duration::from_secs(50))).await;
    for _ in 0..400 {
        let token = tokens.current(soon()).await.expect("the old token");
        assert_eq!(token.expose(), first.expose());
        sleep(Duration::from_millis(100)).await;
    }
    // One request per five seconds of the forty.
    let in_margin = asked.load(Ordering::SeqCst) - 1;
    assert!((8..=9).contains(&in_margin), "{in_margin}");
    sleep(Duration::from_secs(20)).await;
    let error = tokens.current(soon()).await.err().expect("the token has ended");
    assert!(error.is_token(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_token_of_hardly_more_than_a_minute_serves_many_calls() {
    let (tokens, asked) = numbered(Duration::from_millis(60_001), u32::MAX);
    for _ in 0..20 {
        tokens.current(soon()).await.expect("a token");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn refused_tokens_are_requested_less_and_less_often() {
    let (tokens, asked) = numbered(LIFETIME, u32::MAX);
    for _ in 0..200 {
        let token = tokens.current(soon()).await.expect("a token");
        let _ = tokens.renewed(&token, soon()).await.expect("no failure");
        sleep(Duration::from_millis(100)).await;
    }
    let requests = asked.load(Ordering::SeqCst);
    assert!((6..=12).contains(&requests), "{requests}");
}

#[tokio::test(start_paused = true)]
async fn errors_redact_recently_replaced_tokens() {
    let (tokens, _) = numbered(LIFETIME, u32::MAX);
    let mut token = tokens.current(soon()).await.expect("a token");
    for _ in 0..4 {
        token = tokens.renewed(&token, soon()).await.expect("no failure").expect("a newer token");
    }
    let redactor = Redactor::new(token.expose(), "").after(token.retired());
    let reflected = "token-number-0 token-number-1 token-number-3 token-number-4";
    assert_eq!(redactor.clean(reflected), "[redacted] [redacted] [redacted] [redacted]");
}

#[tokio::test(start_paused = true)]
async fn the_number_and_age_of_remembered_tokens_are_bounded() {
    let (tokens, _) = numbered(LIFETIME, u32::MAX);
    let mut token = tokens.current(soon()).await.expect("a token");
    for _ in 0..40 {
        sleep(Duration::from_secs(120)).await;
        token = tokens.renewed(&token, soon()).await.expect("no failure").expect("a newer token");
        assert!(token.retired().len() <= 16);
    }
    assert_eq!(token.retired().len(), 16);
    sleep(Duration::from_secs(3_600 - 5 * 120 + 1)).await;
    assert_eq!(token.retired().len(), 5, "those of the last ten minutes");
    sleep(HOUR).await;
    assert_eq!(token.retired().len(), 0);
    let token = tokens.renewed(&token, soon()).await.expect("no failure").expect("a newer token");
    for (seconds, remembered) in [(3_599, 1), (1, 0)] {
        sleep(Duration::from_secs(seconds)).await;
        assert_eq!(token.retired().len(), remembered, "{seconds}");
    }
}

#[test]
fn malformed_tokens_are_refused_with_the_reason() {
    for (text, reason) in [
        ("", "is missing"),
        ("\"s3cret-token\"", "is in quotes"),
        ("'s3cret-token'", "is in quotes"),
        ("\"s3cret-token", "is in quotes"),
        ("s3cret-token'", "is in quotes"),
        ("Bearer s3cret-token", "starts with `Bearer `"),
        ("s3cret token", "contains a space"),
        ("seven-7", "shorter than 8"),
    ] {
        let error = Token::new(text.to_owned().into(), 1).err().expect("refused");
        assert!(error.contains(reason), "{text}: {error}");
    }
    assert!(Token::new("eight-88".to_owned().into(), 1).is_ok());
}

#[test]
fn a_token_request_on_an_idle_runtime_is_repeated_on_another() {
    let (cache, asked) = delayed(|number| Duration::from_secs(if number == 0 { 5 } else { 0 }));
    let deadline = within(HOUR);
    let (first, second) = (current_thread(), current_thread());
    let mut waiting = Box::pin(cache.current(deadline));
    first.block_on(async {
        let asked = tokio::time::timeout(Duration::from_millis(5), &mut waiting).await;
        assert!(asked.is_err(), "the source takes its time");
    });
    // Nothing drives the first runtime from here on, though a call of it waits for the token.
    let began = std::time::Instant::now();
    second.block_on(cache.current(deadline)).expect("a token");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_token_source_is_not_called_in_a_busy_loop() {
    for (timeout, most) in [(Duration::from_nanos(1), 21), (Duration::MAX, 1)] {
        let asked = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&asked);
        let source = move || {
            counter.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<Result<AccessToken, Infallible>>()
        };
        let cache = TokenCache::new(Arc::new(source), timeout);
        let wait = Duration::from_secs(2);
        assert!(cache.current(within(wait)).await.is_err_and(|error| error.is_timeout()));
        let asked = asked.load(Ordering::SeqCst);
        assert!((1..=most).contains(&asked), "{asked} requests within {timeout:?} each");
    }
}

/// Each call has less time than it takes to see that nothing drives a runtime.
#[test]
fn calls_with_short_deadlines_together_detect_an_idle_runtime() {
    let (cache, asked) = delayed(|number| Duration::from_millis(if number == 0 { 100 } else { 0 }));
    let (first, second) = (current_thread(), current_thread());
    let mut parked = Box::pin(cache.current(soon()));
    first.block_on(async {
        let asked = tokio::time::timeout(Duration::from_millis(5), &mut parked).await;
        assert!(asked.is_err(), "the source takes its time");
    });
    let wait = Duration::from_millis(200);
    let served = second.block_on(async {
        for _ in 0..100 {
            if cache.current(within(wait)).await.is_ok() {
                return true;
            }
        }
        false
    });
    assert!(served, "no call ever has a token");
    // The first request is abandoned even though its runtime is driven again: its token would be older.
    let token = first.block_on(parked).expect("a token");
    assert_eq!((token.expose(), asked.load(Ordering::SeqCst)), ("test-token-1", 2));
}

#[test]
fn one_token_request_serves_calls_on_all_running_runtimes() {
    // On a busy machine a runtime may run nothing for a second, which counts as one that is not driven.
    assert!(
        (0..3).any(|_| requests_while_another_runtime_runs() == 1),
        "the source is asked again"
    );
}

/// The requests to a source that takes longer than a check, while the runtime of the first one runs.
fn requests_while_another_runtime_runs() -> u32 {
    let first = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let first = first.expect("a runtime");
    let (cache, asked) = delayed(|_| Duration::from_millis(1_500));
    let (cache, deadline) = (Arc::new(cache), within(HOUR));
    let other = {
        let cache = Arc::clone(&cache);
        first.spawn(async move { cache.current(deadline).await.map(drop) })
    };
    while asked.load(Ordering::SeqCst) == 0 {
        std::thread::yield_now();
    }
    current_thread().block_on(cache.current(deadline)).expect("a token");
    first.block_on(other).expect("no panic").expect("a token");
    asked.load(Ordering::SeqCst)
}

/// A source that takes longer than any call waits still has a token for a later call.
#[tokio::test(start_paused = true)]
async fn a_token_request_outlives_the_calls_that_time_out() {
    let (cache, asked) = delayed(|_| Duration::from_millis(500));
    let wait = Duration::from_millis(200);
    let mut refused = 0;
    let token = loop {
        match cache.current(within(wait)).await {
            Ok(token) => break token,
            Err(_) => refused += 1,
        }
        assert!(refused < 10, "no call ever has a token");
    };
    assert_eq!((token.expose(), refused), ("test-token-0", 2));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_not_used_at_the_instant_at_which_it_expires() {
    let (tokens, _) = numbered(LIFETIME, 1);
    tokens.current(soon()).await.expect("a token");
    tokio::time::advance(LIFETIME.saturating_sub(Duration::from_nanos(1))).await;
    tokens.current(soon()).await.expect("the old token");
    tokio::time::advance(Duration::from_nanos(1)).await;
    assert!(tokens.current(soon()).await.is_err_and(|error| error.is_token()));
}

/// The pauses concern only the newest token: a call with an older one makes no request.
#[tokio::test(start_paused = true)]
async fn a_call_whose_old_token_was_refused_gets_the_newest_one() {
    let (tokens, asked) = numbered(LIFETIME, u32::MAX);
    let oldest = tokens.current(soon()).await.expect("a token");
    let mut newest = oldest.clone();
    while let Some(newer) = tokens.renewed(&newest, soon()).await.expect("no failure") {
        newest = newer;
    }
    let requests = asked.load(Ordering::SeqCst);
    for _ in 0..3 {
        let token = tokens.renewed(&oldest, soon()).await.expect("no failure").expect("a token");
        assert_eq!(token.expose(), newest.expose());
    }
    assert_eq!(asked.load(Ordering::SeqCst), requests);
}
