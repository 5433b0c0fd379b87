use std::time::Duration;

use http::{Method, StatusCode};

use super::*;

const LEFT: Duration = Duration::from_secs(120);

fn decision(
    policy: &RetryPolicy,
    method: &Method,
    caller_key: bool,
    outcome: Outcome,
    attempt: u32,
) -> bool {
    let situation = RetryState {
        method,
        caller_key,
        outcome,
        attempt,
        remaining: LEFT,
        retry_after: None,
        random: 0.5,
    };
    matches!(decide(policy, &situation), Decision::Retry(_))
}

fn status(code: u16, remote: bool) -> Outcome {
    Outcome::Status {
        status: StatusCode::from_u16(code).expect("a status"),
        remote,
    }
}

/// Each row: what happened, then whether (GET, DELETE), POST or PATCH, and keyed POST or PATCH go again.
#[test]
fn every_row() {
    let rows = [
        ("connection refused", Outcome::NotExecuted, true, true, true),
        ("no such host", Outcome::NotExecuted, true, true, true),
        ("TLS failure", Outcome::NotExecuted, true, true, true),
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
        (
            "503 of the provider",
            status(503, true),
            false,
            false,
            false,
        ),
        ("504", status(504, false), true, false, true),
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
                assert_eq!(
                    decision(&policy, &method, false, outcome, attempt),
                    expected,
                    "{row}"
                );
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
            assert!(
                !decision(&keyed, &method, true, outcome, 4),
                "{row}, last attempt"
            );
            assert!(
                !decision(&RetryPolicy::none(), &method, true, outcome, 1),
                "{row}, no retries"
            );
        }
    }
}

#[test]
fn a_write_is_ambiguous_unless_it_was_surely_refused() {
    for (outcome, expected) in [
        (Outcome::NotExecuted, false),
        (Outcome::Lost, true),
        (Outcome::Unsent, false),
        (Outcome::Unusable, true),
        (status(101, false), true),
        (status(307, false), true),
        (status(400, false), false),
        (status(404, false), false),
        (status(408, false), true),
        (status(409, false), false),
        (status(425, false), true),
        (status(429, false), false),
        (status(429, true), true),
        (status(500, false), true),
        (status(501, false), true),
        (status(503, false), false),
        (status(503, true), true),
        (status(504, false), true),
        (status(999, false), true),
    ] {
        assert_eq!(outcome.is_ambiguous(), expected, "{outcome:?}");
    }
}

#[test]
fn waits_fit_the_deadline_or_the_call_stops() {
    let policy = RetryPolicy::default();
    let after = |retry_after: Option<u64>, left: u64| {
        decide(
            &policy,
            &RetryState {
                method: &Method::GET,
                caller_key: false,
                outcome: status(429, true),
                attempt: 1,
                remaining: Duration::from_secs(left),
                retry_after: retry_after.map(Duration::from_secs),
                random: 1.0,
            },
        )
    };
    let retry = |secs| Decision::Retry(Duration::from_secs_f64(secs));
    assert_eq!(after(Some(10), 120), retry(10.0));
    assert_eq!(after(Some(0), 120), retry(0.0));
    assert_eq!(after(Some(120), 120), Decision::Stop);
    assert_eq!(after(Some(86_400), 120), Decision::Stop);
    assert_eq!(after(Some(99_999_999), 120), Decision::Stop);
    assert_eq!(after(None, 120), retry(0.5));
    assert_eq!(after(None, 0), Decision::Stop);
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
