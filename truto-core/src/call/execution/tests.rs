use super::*;
use crate::call::fixtures::{builder, call, execution};
use crate::testing::current_thread;

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
