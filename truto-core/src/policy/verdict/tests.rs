use std::time::Duration;

use http::{Method, StatusCode};

use super::*;
use crate::endpoint::Role;

const LEFT: Duration = Duration::from_secs(120);

fn endpoint(method: &Method) -> Endpoint {
    Endpoint::new(method.clone(), "/unified/m/r/<id>", Role::Other)
}

fn decision(
    policy: &RetryPolicy,
    method: &Method,
    caller_key: bool,
    outcome: Outcome,
    attempt: u32,
) -> bool {
    let endpoint = endpoint(method);
    let facts =
        AttemptFacts { caller_key, outcome, retries: attempt - 1, ..AttemptFacts::of(&endpoint) };
    matches!(verdict(policy, &facts), Verdict::Retry(_))
}

impl<'a> AttemptFacts<'a> {
    /// A first attempt with nothing special about it.
    fn of(endpoint: &'a Endpoint) -> Self {
        Self {
            endpoint,
            outcome: Outcome::Lost,
            caller_key: false,
            is_replayable: true,
            can_renew: false,
            waits_at_gate: true,
            retries: 0,
            free_retries: 0,
            remaining: LEFT,
            retry_after: None,
            fastest: Duration::ZERO,
            random: 0.5,
        }
    }
}

fn status(code: u16, remote: bool) -> Outcome {
    let origin = if remote { Origin::Provider } else { Origin::Truto };
    from(code, origin)
}

fn from(code: u16, origin: Origin) -> Outcome {
    Outcome::Status { status: StatusCode::from_u16(code).expect("a status"), origin }
}

/// Each row: the outcome, then whether it is retried for GET and DELETE, for POST and PATCH, and for
/// POST and PATCH with a key.
#[test]
fn each_outcome_is_retried_as_its_method_allows() {
    let rows = [
        ("connection refused", Outcome::NotExecuted, true, true, true),
        ("no such host", Outcome::NotExecuted, true, true, true),
        ("unknown certificate", Outcome::Permanent, false, false, false),
        ("HTTP/2 refusal", Outcome::NotExecuted, true, true, true),
        ("reset before the head", Outcome::Lost, true, false, true),
        ("reset in the body", Outcome::Lost, true, false, true),
        ("attempt timeout", Outcome::Lost, true, false, true),
        ("200, undecodable", Outcome::Unusable, false, false, false),
        ("400", status(400, false), false, false, false),
        ("401", status(401, true), false, false, false),
        ("404", status(404, true), false, false, false),
        ("408", status(408, false), true, false, true),
        ("409", status(409, true), false, false, false),
        ("422", status(422, true), false, false, false),
        ("425", status(425, false), true, false, true),
        ("429 of Truto", status(429, false), true, true, true),
        ("429 of the provider", status(429, true), true, false, true),
        ("500", status(500, false), true, false, true),
        ("500 of the provider", status(500, true), true, false, true),
        ("501", status(501, false), false, false, false),
        ("502", status(502, false), true, false, true),
        ("503", status(503, false), false, false, false),
        ("503 of the provider", status(503, true), true, false, true),
        ("504", status(504, false), true, false, true),
        ("429 of HTML", from(429, Origin::Unproven), true, false, true),
        ("503 of HTML", from(503, Origin::Unproven), true, false, true),
    ];
    let policy = RetryPolicy::default();
    let keyed = RetryPolicy::default().retry_keyed_writes(true);
    for (what, outcome, idempotent, write, keyed_write) in rows {
        for (method, expected, expected_keyed) in [
            (Method::GET, idempotent, idempotent),
            (Method::DELETE, idempotent, idempotent),
            (Method::POST, write, keyed_write),
            (Method::PATCH, write, keyed_write),
        ] {
            let row = format!("{method} after {what}");
            for attempt in 1..=3 {
                assert_eq!(decision(&policy, &method, false, outcome, attempt), expected, "{row}");
                assert_eq!(
                    decision(&keyed, &method, false, outcome, attempt),
                    expected_keyed,
                    "{row}, opted in"
                );
                assert_eq!(
                    decision(&policy, &method, true, outcome, attempt),
                    expected_keyed,
                    "{row}, own key"
                );
            }
            assert!(!decision(&keyed, &method, true, outcome, 4), "{row}, last attempt");
            assert!(
                !decision(&RetryPolicy::none(), &method, true, outcome, 1),
                "{row}, no retries"
            );
        }
    }
}

#[test]
fn a_write_may_have_been_executed_unless_it_was_surely_refused() {
    let policy = RetryPolicy::default();
    for (outcome, expected) in [
        (Outcome::NotExecuted, false),
        (Outcome::Permanent, false),
        (Outcome::Lost, true),
        (Outcome::Unusable, true),
        (status(101, false), true),
        (status(307, false), true),
        (status(400, false), false),
        (status(404, false), false),
        (status(408, false), true),
        (status(409, false), false),
        (status(423, false), false),
        (status(425, false), true),
        (status(429, false), false),
        (status(429, true), true),
        (from(429, Origin::Unproven), true),
        (status(500, false), true),
        (status(501, false), true),
        (status(503, false), false),
        (status(503, true), true),
        (from(503, Origin::Unproven), true),
        (status(504, false), true),
        (status(999, false), true),
    ] {
        assert_eq!(may_have_executed(&policy, outcome), expected, "{outcome:?}");
    }
    let locked = RetryPolicy::default().statuses([StatusCode::LOCKED]);
    assert!(may_have_executed(&locked, status(423, false)));
}

/// A request that is sent again although it may have been executed is idempotent, or allowed by the caller.
#[test]
fn no_write_is_repeated_that_may_have_been_executed() {
    let policies = [
        RetryPolicy::default(),
        RetryPolicy::default().statuses([StatusCode::LOCKED, StatusCode::IM_A_TEAPOT]),
    ];
    for policy in &policies {
        for code in 100..1000 {
            for origin in [Origin::Truto, Origin::Provider, Origin::Unproven] {
                let outcome = from(code, origin);
                let again = decision(policy, &Method::POST, false, outcome, 1);
                assert!(!(again && may_have_executed(policy, outcome)), "{outcome:?}");
            }
        }
    }
}

#[test]
fn a_wait_beyond_the_deadline_stops_the_call() {
    let policy = RetryPolicy::default();
    let get = endpoint(&Method::GET);
    let after = |retry_after: Option<u64>, left: u64, retries| {
        let facts = AttemptFacts {
            outcome: status(429, true),
            retries,
            remaining: Duration::from_secs(left),
            retry_after: retry_after.map(Duration::from_secs),
            fastest: Duration::from_secs(1),
            random: 1.0,
            ..AttemptFacts::of(&get)
        };
        match verdict(&policy, &facts) {
            Verdict::Retry(plan) => Ok((plan.after.as_secs_f64(), plan.counts)),
            stop => Err(stop),
        }
    };
    assert_eq!(after(Some(10), 120, 0), Ok((10.0, false)));
    assert_eq!(after(Some(10), 120, 2), Ok((10.0, false)));
    assert_eq!(after(Some(10), 120, 3), Err(Verdict::Stop));
    assert_eq!(after(Some(0), 120, 0), Ok((0.5, true)));
    assert_eq!(after(Some(0), 120, 3), Err(Verdict::Stop));
    assert_eq!(after(Some(119), 120, 0), Err(Verdict::NoTime));
    assert_eq!(after(Some(86_400), 120, 0), Err(Verdict::NoTime));
    assert_eq!(after(Some(u64::MAX), 120, 0), Err(Verdict::NoTime));
    assert_eq!(after(None, 120, 0), Ok((0.5, true)));
    assert_eq!(after(None, 120, 3), Err(Verdict::Stop));
    assert_eq!(after(None, 1, 0), Err(Verdict::NoTime));
}

/// Each row: free retries so far and the wait asked for in milliseconds, then the wait and its place.
#[test]
fn a_free_retry_waits_at_least_the_backoff() {
    let policy = RetryPolicy::default();
    let get = endpoint(&Method::GET);
    for (free_retries, asked, wait, hold) in [
        (0, 1, 500, Hold::Sleep),
        (1, 1, 1_000, Hold::Sleep),
        (5, 1, 16_000, Hold::Sleep),
        (90, 1, 20_000, Hold::Sleep),
        (0, 500, 500, Hold::Gate),
        (2, 3_000, 3_000, Hold::Gate),
        (2, 1_999, 2_000, Hold::Sleep),
    ] {
        let facts = AttemptFacts {
            outcome: status(429, false),
            free_retries,
            retry_after: Some(Duration::from_millis(asked)),
            random: 1.0,
            ..AttemptFacts::of(&get)
        };
        let expected = RetryPlan {
            after: Duration::from_millis(wait),
            counts: false,
            is_charged: false,
            hold,
        };
        assert_eq!(verdict(&policy, &facts), Verdict::Retry(expected), "{free_retries} {asked}");
        let facts = AttemptFacts { waits_at_gate: false, ..facts };
        let expected = RetryPlan { hold: Hold::Sleep, ..expected };
        assert_eq!(verdict(&policy, &facts), Verdict::Retry(expected), "without a gate");
    }
}

#[test]
fn only_a_429_is_not_charged_to_the_budget() {
    let get = endpoint(&Method::GET);
    for (outcome, budgeted, is_charged) in [
        (status(429, false), true, false),
        (status(429, true), true, false),
        (status(502, true), true, true),
        (status(502, true), false, false),
        (Outcome::Lost, true, true),
        (Outcome::NotExecuted, true, true),
    ] {
        let policy = RetryPolicy::default().budget(budgeted);
        let facts = AttemptFacts { outcome, ..AttemptFacts::of(&get) };
        let Verdict::Retry(plan) = verdict(&policy, &facts) else {
            panic!("{outcome:?} is not retried");
        };
        assert_eq!(plan.is_charged, is_charged, "{outcome:?}");
        assert_eq!(plan.hold, Hold::Sleep, "{outcome:?}: nothing was asked for");
    }
}

#[test]
fn a_refused_token_is_renewed_once_and_on_every_method() {
    for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
        let endpoint = endpoint(&method);
        for (outcome, can_renew, expected) in [
            (status(401, false), true, Verdict::RenewToken),
            (status(401, false), false, Verdict::Stop),
            (status(401, true), true, Verdict::Stop),
            (from(401, Origin::Unproven), true, Verdict::Stop),
            (status(403, false), true, Verdict::Stop),
        ] {
            let facts = AttemptFacts { outcome, can_renew, ..AttemptFacts::of(&endpoint) };
            assert_eq!(verdict(&RetryPolicy::none(), &facts), expected, "{method} {outcome:?}");
            let facts = AttemptFacts { is_replayable: false, ..facts };
            assert_eq!(verdict(&RetryPolicy::none(), &facts), Verdict::Stop, "a used stream");
        }
    }
}

#[test]
fn backoff_doubles_up_to_the_cap() {
    let policy = RetryPolicy::default();
    for (attempt, random, expected) in [
        (1, 1.0, 0.5),
        (2, 1.0, 1.0),
        (3, 1.0, 2.0),
        (6, 1.0, 16.0),
        (7, 1.0, 20.0),
        (u32::MAX, 1.0, 20.0),
        (1, 0.0, 0.0),
        (3, 0.25, 0.5),
    ] {
        let expected = Duration::from_secs_f64(expected);
        assert_eq!(backoff(&policy, attempt, random), expected);
        let whole = backoff(&policy.clone().jitter(false), attempt, random);
        assert!(whole >= expected);
    }
    let long = RetryPolicy::default().backoff(Duration::MAX, Duration::MAX);
    assert_eq!(backoff(&long, 9, 1.0), Duration::MAX);
}

#[test]
fn retry_after_of_an_error_other_than_truto_429_replaces_the_backoff() {
    let endpoint = endpoint(&Method::GET);
    let policy = RetryPolicy::default().jitter(false).backoff(LEFT / 4, LEFT / 4);
    let asked = Duration::from_secs(1);
    for (outcome, after, counts) in
        [(status(502, true), asked, true), (status(429, true), LEFT / 4, false)]
    {
        let facts =
            AttemptFacts { outcome, retry_after: Some(asked), ..AttemptFacts::of(&endpoint) };
        let Verdict::Retry(plan) = verdict(&policy, &facts) else {
            panic!("{outcome:?} is not retried");
        };
        assert_eq!((plan.after, plan.counts), (after, counts), "{outcome:?}");
        assert_eq!(plan.hold, Hold::Sleep, "the gate opens too early or is not closed");
    }
}
