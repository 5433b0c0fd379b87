//! The span of a call and the events of its attempts, with OpenTelemetry's names and no data.
#![allow(missing_docs, reason = "a test crate")]

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use truto_core::{Denied, LimitedCall, Limiter, Turn};
use truto_examples::e_signature::User;
use truto_tests::{ACCOUNT_ID, Wire, http, json as play};

/// One test at a time: tracing may lose events of a call site that two threads reach for the first time
/// while a subscriber is registered.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Records every span, record and event of `truto-core`, at TRACE.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = fmt::Write::write_fmt(&mut self.0, format_args!(" {}={value:?}", field.name()));
    }
}

impl Lines {
    fn push(&self, line: Line) {
        self.0.lock().expect("no panic").push(line.0);
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(format!("span {}", span.metadata().name()));
        span.record(&mut line);
        self.push(line);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record".into());
        values.record(&mut line);
        self.push(line);
    }
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("event {}", event.metadata().target()));
        event.record(&mut line);
        self.push(line);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_call_is_a_span_and_an_attempt_an_event() {
    let _alone = ALONE.lock().await;
    let lines = Lines::default();
    let guard = tracing::subscriber::set_default(lines.clone());
    let plays = [http("502 x", &[], "{}"), http("404 x", &[], "{}")];
    let wire = Wire::start(plays).await;
    let request = User::delete("private-id")
        .query(&std::collections::BTreeMap::from([("q", "secret-value")]));
    request.send(&wire.account()).await.expect_err("404");
    drop(guard);
    let lines = lines.0.lock().expect("no panic").join("\n");
    for expected in [
        "span truto",
        "otel.name=DELETE /unified/e-signature/users/<id>",
        "http.request.method=\"DELETE\"",
        "url.template=\"/unified/e-signature/users/<id>\"",
        "server.address=\"127.0.0.1\"",
        "record http.response.status_code=404",
        "record http.request.resend_count=1",
        "record error.type=\"404\"",
        "http.request.resend_count=0 http.response.status_code=502 error.type=\"502\" retry.delay_ms=",
        "http.request.resend_count=1 http.response.status_code=404 error.type=\"404\"",
    ] {
        assert!(lines.contains(expected), "{expected} is not in\n{lines}");
    }
    for hidden in ["s3cret-token", "private-id", "secret-value", "62f44730"] {
        let ours = lines
            .lines()
            .filter(|line| !line.starts_with("event hyper") && !line.starts_with("event reqwest"));
        assert!(!ours.clone().any(|line| line.contains(hidden)), "{hidden} is in\n{lines}");
    }
    assert!(!lines.contains("s3cret-token"), "{lines}");
}

/// Fails for each call whose number is listed.
struct Failing(&'static [u32], AtomicU32);

impl Limiter for Failing {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        let number = self.1.fetch_add(1, Ordering::Relaxed);
        if self.0.contains(&number) {
            Err(Denied::unavailable("no connection"))
        } else {
            Ok(Turn::now())
        }
    }
}

#[tokio::test]
async fn an_outage_of_a_limiter_is_logged_at_its_start_and_end() {
    let _alone = ALONE.lock().await;
    let wire = Wire::start([play(r#"{"id":"1"}"#)]).await;
    for (failing, expected) in [
        (&[][..], ""),
        (&[0], "gone back"),
        (&[0, 1, 2], "gone back"),
        (&[1, 3, 4], "gone back gone back"),
        (&[2, 3, 4, 5], "gone"),
    ] {
        let limiter = Failing(failing, AtomicU32::new(0));
        let client = wire.builder().limiter(limiter).build().expect("a client");
        let account = client.account(ACCOUNT_ID).expect("an account");
        let lines = Lines::default();
        let guard = tracing::subscriber::set_default(lines.clone());
        for _ in 0..6 {
            truto_tests::Record::get("1").send(&account).await.expect("200");
        }
        drop(guard);
        let lines = lines.0.lock().expect("no panic");
        let event = |line: &String| {
            let is = |message| line.contains(message);
            match (is("message=limiter unavailable;"), is("message=the limiter is available again"))
            {
                (true, _) => Some("gone"),
                (_, true) => Some("back"),
                _ => None,
            }
        };
        let events: Vec<&str> = lines.iter().filter_map(event).collect();
        assert_eq!(events.join(" "), expected, "{failing:?}: {lines:#?}");
    }
}
