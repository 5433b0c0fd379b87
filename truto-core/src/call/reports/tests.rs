use std::sync::{Arc, Mutex};

use http::StatusCode;

use super::*;
use crate::ErrorKind;
use crate::call::Call;
use crate::call::body::SendStarted;
use crate::call::fixtures::{builder, call, execution};
use crate::error::TimedOut;
use crate::policy::CommitHandle;

/// One call of the hook: the attempt, the status, the kind of the error, and if a write may have been applied.
type Report = (u32, Option<u16>, Option<(ErrorKind, bool)>);

/// A call, and what its hook receives.
fn reported(is_write: bool) -> (Call, Arc<Mutex<Vec<Report>>>) {
    let reports: Arc<Mutex<Vec<Report>>> = Arc::default();
    let log = Arc::clone(&reports);
    let builder = builder().on_attempt(move |info| {
        let error = info.error.map(|error| (error.kind(), error.may_have_applied()));
        let status = info.status.map(|status| status.as_u16());
        log.lock().expect("no panic").push((info.attempt, status, error));
    });
    (call(builder, is_write), reports)
}

fn taken(reports: &Mutex<Vec<Report>>) -> Vec<Report> {
    std::mem::take(&mut *reports.lock().expect("no panic"))
}

fn head() -> ResponseHead {
    ResponseHead { status: StatusCode::CREATED, ..ResponseHead::detached() }
}

#[tokio::test]
async fn a_success_is_reported_once_with_its_status() {
    let (call, reports) = reported(true);
    let mut execution = execution(&call);
    execution.attempts = 2;
    execution.succeed(&head());
    drop(execution);
    assert_eq!(taken(&reports), [(2, Some(201), None)]);
}

#[tokio::test]
async fn an_attempt_that_is_repeated_is_reported_with_its_status() {
    let (call, reports) = reported(false);
    let mut execution = execution(&call);
    execution.attempts = 1;
    execution.waited = Duration::from_secs(5);
    let (what, after) = (TimedOut::Attempt, Duration::from_secs(3));
    let error = Error::new(Kind::Timeout { what, after, status: Some(StatusCode::OK) });
    execution.report_retry(error, Duration::ZERO);
    assert_eq!(taken(&reports), [(1, Some(200), Some((ErrorKind::Timeout, false)))]);
    assert_eq!(execution.waited, Duration::ZERO, "the next attempt has not waited yet");
    assert!(execution.last.as_ref().is_some_and(Error::is_timeout));
    execution.is_finished = true;
}

/// A call that fails before its first attempt, or after an attempt that was reported, adds no report.
#[tokio::test]
async fn each_failed_attempt_is_reported_once() {
    let failure = || Error::from(ErrorKind::Transport);
    let report = (1, None, Some((ErrorKind::Transport, false)));
    for (attempts, is_reported, expected) in
        [(0, false, vec![]), (0, true, vec![]), (1, false, vec![report]), (1, true, vec![report])]
    {
        let (call, reports) = reported(false);
        let mut execution = execution(&call);
        execution.attempts = attempts;
        if is_reported && attempts > 0 {
            execution.report_end_of_attempt(&failure());
            assert_eq!(taken(&reports), expected);
        }
        let _ = execution.fail(failure());
        drop(execution);
        let expected = if is_reported { vec![] } else { expected };
        assert_eq!(taken(&reports), expected, "{attempts} {is_reported}");
    }
}

#[tokio::test]
async fn a_failed_call_may_have_applied_if_any_attempt_may_have() {
    for (earlier, last) in [(false, false), (false, true), (true, false), (true, true)] {
        let (call, _) = reported(true);
        let mut execution = execution(&call);
        execution.may_have_applied = earlier;
        let failure = Error::from(ErrorKind::Decode).with_may_have_applied(last);
        let failed = execution.fail(failure);
        assert_eq!(failed.may_have_applied(), earlier || last, "{earlier} {last}");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_reports_its_attempt_as_canceled() {
    let bools = [false, true];
    for (is_write, is_under_way) in
        bools.map(|write| bools.map(|running| (write, running))).concat()
    {
        for (was_sent, earlier) in bools.map(|sent| bools.map(|earlier| (sent, earlier))).concat() {
            let (call, reports) = reported(is_write);
            let mut execution = execution(&call);
            execution.attempts = 1;
            execution.may_have_applied = earlier;
            let started = SendStarted::new(CommitHandle::default());
            if was_sent {
                started.set();
            }
            execution.attempt.send_started = Some(started);
            execution.attempt.took = (!is_under_way).then_some(Duration::ZERO);
            drop(execution);
            let may_have_applied = earlier || (is_write && is_under_way && was_sent);
            let expected = (1, None, Some((ErrorKind::Canceled, may_have_applied)));
            assert_eq!(
                taken(&reports),
                [expected],
                "{is_write} {is_under_way} {was_sent} {earlier}"
            );
        }
    }
    let (call, reports) = reported(true);
    drop(execution(&call));
    assert_eq!(taken(&reports), [], "nothing was sent");
}
