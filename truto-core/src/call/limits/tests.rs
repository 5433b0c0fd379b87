use std::sync::{Arc, Mutex};

use super::*;
use crate::call::fixtures::{builder, call, execution};
use crate::error::TimedOut;
use crate::{Denied, Limiter, Turn};

const TEN: Duration = Duration::from_secs(10);

/// `max_wait`, the time for which the call was held before, and the bound of the next wait, in seconds. A
/// call without `max_wait`, or whose `max_wait` is as long as its deadline, is held until the deadline.
#[tokio::test(start_paused = true)]
async fn a_call_is_delayed_until_the_earlier_of_max_wait_and_deadline() {
    for (max_wait, held, limit, until) in [
        (None, 0, HoldLimit::Deadline, 10),
        (Some(9), 0, HoldLimit::MaxWait, 9),
        (Some(9), 4, HoldLimit::MaxWait, 5),
        (Some(9), 20, HoldLimit::MaxWait, 0),
        (Some(10), 0, HoldLimit::Deadline, 10),
        (Some(11), 0, HoldLimit::Deadline, 10),
        (Some(11), 2, HoldLimit::MaxWait, 9),
    ] {
        let mut builder = builder().deadline(TEN);
        if let Some(max_wait) = max_wait {
            builder = builder.max_wait(Duration::from_secs(max_wait));
        }
        let call = call(builder, false);
        let mut execution = execution(&call);
        execution.held = Duration::from_secs(held);
        let bound = execution.hold_limit();
        assert_eq!(bound.limit, limit, "{max_wait:?} {held}");
        let until = Instant::now() + Duration::from_secs(until);
        assert_eq!(bound.until, Some(until), "{max_wait:?} {held}");
    }
}

/// The time that the call was held before counts, and only the token source's own limit is converted.
#[tokio::test(start_paused = true)]
async fn a_token_that_takes_longer_than_max_wait_is_a_throttling_error() {
    for (max_wait, held, what, is_throttled) in [
        (Some(TEN), TEN, TimedOut::Token, true),
        (Some(TEN), 2 * TEN, TimedOut::Token, true),
        (Some(TEN), TEN / 2, TimedOut::Token, false),
        (Some(TEN), TEN, TimedOut::Deadline, false),
        (None, TEN, TimedOut::Token, false),
    ] {
        let builder = builder();
        let builder = match max_wait {
            Some(max_wait) => builder.max_wait(max_wait),
            None => builder,
        };
        let call = call(builder, false);
        let mut execution = execution(&call);
        execution.held = held;
        let error = Error::new(Kind::Timeout { what, after: TEN, status: None });
        let error = execution.or_throttled(error);
        assert_eq!(error.is_throttled(), is_throttled, "{max_wait:?} {held:?} {what:?}");
    }
}

/// Records what the client reports to it.
#[derive(Clone, Default)]
struct Observer(Arc<Mutex<Vec<Observation>>>);

impl Limiter for Observer {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        Ok(Turn::now())
    }

    fn observe(&self, _: &LimitedCall, seen: &Observation) {
        self.0.lock().expect("no panic").push(*seen);
    }
}

#[tokio::test]
async fn only_a_429_that_is_provably_trutos_is_reported_as_its_own() {
    let observer = Observer::default();
    let call = call(builder().limiter(observer.clone()), false);
    let execution = execution(&call);
    let error = Error::invalid("a failure").with_retry_after(Some(TEN));
    for (status, origin, is_own) in [
        (StatusCode::TOO_MANY_REQUESTS, Origin::Truto, true),
        (StatusCode::TOO_MANY_REQUESTS, Origin::Provider, false),
        (StatusCode::TOO_MANY_REQUESTS, Origin::Unproven, false),
        (StatusCode::SERVICE_UNAVAILABLE, Origin::Truto, false),
    ] {
        execution.observe_failure(&error, Outcome::Status { status, origin });
        let seen = observer.0.lock().expect("no panic").pop().expect("a report");
        assert_eq!((seen.status, seen.is_own_429), (status, is_own), "{origin:?}");
        assert_eq!(seen.retry_after, Some(TEN));
    }
    execution.observe_failure(&error, Outcome::Lost);
    assert!(observer.0.lock().expect("no panic").is_empty(), "there was no response");
}

#[tokio::test]
async fn the_rate_limit_of_a_success_is_read_if_something_uses_it() {
    let mut head = ResponseHead::detached();
    for (name, value) in
        [("ratelimit-limit", "10"), ("ratelimit-remaining", "7"), ("ratelimit-reset", "3")]
    {
        head.headers.insert(name, http::HeaderValue::from_static(value));
    }
    for (builder, expected) in [(builder(), None), (builder().on_attempt(|_| {}), Some(7))] {
        let call = call(builder, false);
        let seen = execution(&call).observe_success(&head);
        assert_eq!(seen.map(|limit| limit.remaining), expected);
    }
}
