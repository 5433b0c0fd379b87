use std::convert::Infallible;

use super::*;
use crate::call::fixtures::{builder, call, execution};
use crate::error::Origin;
use crate::testing::current_thread;
use crate::{AccessToken, ErrorKind, RetryPolicy};

/// If both limits are equally long, the error names that of the attempt.
#[tokio::test(start_paused = true)]
async fn the_shorter_of_two_time_limits_applies_to_an_attempt() {
    let seconds = Duration::from_secs;
    for (timeout, deadline, limit, name) in [
        (10, 9, 9, TimedOut::Deadline),
        (10, 10, 10, TimedOut::Attempt),
        (10, 11, 10, TimedOut::Attempt),
    ] {
        let call = call(builder().timeout(seconds(timeout)).deadline(seconds(deadline)), false);
        assert_eq!(execution(&call).attempt_limit(), (seconds(limit), name), "{deadline}");
    }
}

/// The failure that a call returns after a last attempt with this outcome.
async fn failure(outcome: Outcome, has_failed_before: bool) -> String {
    let call = call(builder(), false);
    let mut execution = execution(&call);
    execution.last = has_failed_before.then(|| Error::invalid("the failure before"));
    let failed =
        AttemptError { error: Error::invalid("the last failure"), outcome, responded: None };
    let stopped = execution.next_step(failed).await.err().expect("the call ends");
    let text = stopped.to_string();
    let (_, text) = text.split_once("invalid request: ").expect("no other kind of failure");
    text.to_owned()
}

#[test]
fn a_call_on_a_runtime_that_was_shut_down_ends_with_its_most_specific_failure() {
    let live = current_thread();
    let ended = {
        let runtime = current_thread();
        runtime.handle().clone()
    };
    let last = "the last failure";
    let last_stopped = "the last failure; not retried: the tokio runtime of the call was shut down";
    let before = "the failure before; not retried: the tokio runtime of the call was shut down";
    for (outcome, has_failed_before, expected) in [
        // The last failure says itself that the runtime was shut down.
        (Outcome::NotExecuted, false, last),
        (Outcome::NotExecuted, true, before),
        (Outcome::Lost, false, last_stopped),
        (Outcome::Lost, true, last_stopped),
        (Outcome::Permanent, false, last),
        (Outcome::Permanent, true, before),
    ] {
        let found = ended.block_on(failure(outcome, has_failed_before));
        assert_eq!(found, expected, "{outcome:?} {has_failed_before}");
    }
    for has_failed_before in [false, true] {
        let found = live.block_on(failure(Outcome::Permanent, has_failed_before));
        assert_eq!(found, last, "{has_failed_before}");
    }
}

fn failed(kind: ErrorKind, outcome: Outcome) -> AttemptError {
    AttemptError { error: kind.into(), outcome, responded: None }
}

/// A 503 whose origin is unknown.
fn unavailable() -> Outcome {
    let (status, origin) = (http::StatusCode::SERVICE_UNAVAILABLE, Origin::Unproven);
    Outcome::Status { status, origin }
}

#[tokio::test]
async fn each_retry_of_a_read_counts_once() {
    let call = call(builder(), false);
    let mut execution = execution(&call);
    for (number, (kind, outcome)) in (1..)
        .zip([(ErrorKind::Connect, Outcome::NotExecuted), (ErrorKind::Transport, Outcome::Lost)])
    {
        let next = execution.next_step(failed(kind, outcome)).await;
        assert!(matches!(next, Ok(NextStep::Retry { .. })), "{outcome:?}");
        assert_eq!((execution.retries, execution.free_retries), (number, 0), "{outcome:?}");
        let last = execution.last.as_ref().expect("a failure before the retry");
        assert_eq!(last.kind(), kind);
    }
}

/// An attempt that was not sent does not undo an earlier one.
#[tokio::test]
async fn a_write_may_have_been_applied_once_one_attempt_may_have_applied_it() {
    for (is_write, outcomes, expected) in [
        (true, [Outcome::NotExecuted, Outcome::Permanent], false),
        (true, [Outcome::NotExecuted, Outcome::Lost], true),
        (true, [Outcome::Lost, Outcome::NotExecuted], true),
        (true, [Outcome::NotExecuted, unavailable()], true),
        (false, [Outcome::Lost, Outcome::NotExecuted], false),
    ] {
        let call = call(builder(), is_write);
        let mut execution = execution(&call);
        for outcome in outcomes {
            let _ = execution.next_step(failed(ErrorKind::Transport, outcome)).await;
        }
        assert_eq!(execution.may_have_applied, expected, "{is_write} {outcomes:?}");
    }
}

/// A fixed token has no replacement, and a second renewal could loop.
#[tokio::test]
async fn a_token_of_a_source_is_renewed_once_per_call() {
    let source = || async { Ok::<_, Infallible>(AccessToken::from("test-token")) };
    for (builder, is_renewed, expected) in [
        (builder(), false, false),
        (builder(), true, false),
        (builder().token_source(source), false, true),
        (builder().token_source(source), true, false),
    ] {
        let call = call(builder, false);
        let mut execution = execution(&call);
        execution.is_renewed = is_renewed;
        let error = ErrorKind::Api.into();
        assert_eq!(execution.facts(unavailable(), &error).can_renew, expected, "{is_renewed}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_call_counts_from_its_start() {
    let seconds = Duration::from_secs;
    let call = call(builder().deadline(seconds(10)), false);
    let execution = execution(&call);
    for (passed, elapsed, remaining) in [(0, 0, 10), (4, 4, 6), (6, 10, 0), (1, 11, 0)] {
        tokio::time::advance(seconds(passed)).await;
        assert_eq!(execution.elapsed(), seconds(elapsed));
        assert_eq!(execution.remaining(), seconds(remaining), "{elapsed}");
    }
}

#[tokio::test]
async fn a_call_has_the_retry_policy_of_its_client_unless_it_has_its_own() {
    let client = || builder().retry(RetryPolicy::none());
    assert_eq!(*call(client(), false).policy(), RetryPolicy::none());
    assert_eq!(*call(builder(), false).policy(), RetryPolicy::default());
    let own = Call { policy: Some(RetryPolicy::default()), ..call(client(), false) };
    assert_eq!(*own.policy(), RetryPolicy::default());
}

/// Such a retry is bounded by the deadline alone.
#[tokio::test]
async fn a_retry_after_a_wait_that_the_server_asked_for_is_free() {
    let call = call(builder(), false);
    let mut execution = execution(&call);
    for number in 1..=3 {
        let (status, origin) = (http::StatusCode::TOO_MANY_REQUESTS, Origin::Provider);
        let mut failed = failed(ErrorKind::Api, Outcome::Status { status, origin });
        failed.error = failed.error.with_retry_after(Some(Duration::from_secs(10)));
        let next = execution.next_step(failed).await;
        assert!(matches!(next, Ok(NextStep::Retry { .. })), "{number}");
        assert_eq!((execution.retries, execution.free_retries), (0, number));
    }
}

#[tokio::test]
async fn an_attempt_counts_even_if_no_connection_is_established() {
    let call = call(builder().retry(RetryPolicy::none()), false);
    let mut execution = execution(&call);
    let failed = execution.run().await.expect_err("no server");
    assert!(failed.is_connect(), "{failed}");
    assert_eq!((execution.attempts, failed.attempts()), (1, 1));
}
