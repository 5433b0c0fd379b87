//! Permits that are renewed, and the turns of a limiter that are attached to them.

use super::*;
use crate::policy::limiter::{Turn, TurnEvent};

type Events = Arc<Mutex<Vec<TurnEvent>>>;

/// A turn that records its events.
fn recorded() -> (Turn, Events) {
    let events = Events::default();
    let seen = Arc::clone(&events);
    (Turn::now().on_event(move |event| seen.lock().expect("no panic").push(event)), events)
}

async fn admit(admission: &Admission) -> Permit {
    admission.admit(&"a".into(), until(None)).await.expect("a turn")
}

#[tokio::test(start_paused = true)]
async fn a_permit_reports_its_steps_to_the_turn_that_is_attached() {
    type Row<'a> = (fn(&CommitHandle), &'a [TurnEvent]);
    let rows: [Row<'_>; 5] = [
        (|_| {}, &[TurnEvent::Unused]),
        (|handle| handle.head_arrived(), &[TurnEvent::Unused]),
        (|handle| handle.commit(), &[TurnEvent::Sent]),
        (
            |handle| {
                handle.commit();
                handle.commit();
            },
            &[TurnEvent::Sent],
        ),
        (
            |handle| {
                handle.commit();
                handle.head_arrived();
            },
            &[TurnEvent::Sent, TurnEvent::Head],
        ),
    ];
    for limits in [Throttle::none(), Throttle::truto()] {
        for (act, expected) in rows {
            let mut permit = admit(&limited(limits)).await;
            let (turn, events) = recorded();
            permit.attach(turn);
            act(&permit.handle());
            drop(permit);
            assert_eq!(*events.lock().expect("no panic"), expected, "{limits:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_no_limit_counts_has_nothing_to_report() {
    for (limits, counts) in [(Throttle::none(), false), (Throttle::truto(), true)] {
        let permit = format!("{:?}", admit(&limited(limits)).await);
        assert_eq!(permit.contains("pass: None"), !counts, "{permit}");
        assert_eq!(permit.contains("phase: Admitted"), counts, "{permit}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_holds_its_slot_is_renewed_at_once() {
    let admission = limited(Throttle::none().per_account(1, 10 * SECOND));
    let permit = admit(&admission).await;
    tokio::time::sleep(SECOND / 2).await;
    let renewed = permit.renew(until(Some(Instant::now()))).await;
    assert_eq!(renewed.map(|permit| permit.waited()), Ok(Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_lost_its_slot_queues_again() {
    let admission = limited(Throttle::none().per_account(1, 10 * SECOND));
    let permit = admit(&admission).await;
    tokio::time::sleep(SECOND).await;
    admission.acquire("a").await;
    let denied = permit.renew(until(Some(Instant::now() + SECOND))).await;
    let expected = Denial { wait: Some(10 * SECOND), by: DeniedBy::Throttle };
    assert_eq!(denied.map(drop), Err(expected.into()));
}

#[tokio::test(start_paused = true)]
async fn a_renewed_permit_keeps_its_ticket_and_its_turn() {
    let admission = limited(Throttle::none().per_account(1, 10 * SECOND));
    let mut permit = admit(&admission).await;
    let (turn, events) = recorded();
    permit.attach(turn);
    let ticket = permit.ticket();
    tokio::time::sleep(SECOND).await;
    let renewed = permit.renew(until(None)).await.expect("the slot is free again");
    assert_eq!(renewed.ticket(), ticket);
    assert_eq!(*events.lock().expect("no panic"), []);
    renewed.handle().commit();
    assert_eq!(*events.lock().expect("no panic"), [TurnEvent::Sent]);
}

#[tokio::test(start_paused = true)]
async fn a_slot_is_counted_from_the_head_of_the_response_while_its_body_is_read() {
    let admission = limited(Throttle::none().per_account(1, 10 * SECOND));
    let permit = admit(&admission).await;
    permit.handle().commit();
    tokio::time::sleep(SECOND / 5).await;
    permit.handle().head_arrived();
    assert_eq!(admit(&admission).await.waited(), 10 * SECOND);
    drop(permit);
}
