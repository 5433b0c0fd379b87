use std::fmt;
use std::sync::Mutex;

use http::{HeaderMap, Method};

use super::*;
use crate::Client;
use crate::endpoint::Role;
use crate::error::{ApiError, Kind, Redactor};

static GET: Endpoint = Endpoint::new(Method::GET, "/unified/m/r/<id>", Role::Get);

#[test]
fn durations_are_whole_milliseconds_and_statuses_are_codes() {
    assert_eq!(code(StatusCode::NOT_FOUND), 404);
    assert_eq!(millis(Duration::from_micros(2_999)), 2);
    assert_eq!(millis(Duration::MAX), i64::MAX);
}

/// A 4xx is an ordinary outcome, unless the user asked for a warning or a write may have been applied.
#[test]
fn only_unusual_errors_are_warnings() {
    let builder = Client::builder().token("test-token").base_url("http://127.0.0.1:9");
    let client = builder.warn_on_status([StatusCode::CONFLICT]).build().expect("a client");
    let account = client.token_account();
    let telemetry = Telemetry::new(&GET, &account, Span::none());
    for (status, may_have_applied, expected) in [
        (StatusCode::NOT_FOUND, false, true),
        (StatusCode::NOT_FOUND, true, false),
        (StatusCode::CONFLICT, false, false),
        (StatusCode::TOO_MANY_REQUESTS, false, true),
        (StatusCode::INTERNAL_SERVER_ERROR, false, false),
        (StatusCode::BAD_GATEWAY, true, false),
    ] {
        let api = ApiError::parse(status, &HeaderMap::new(), b"", true, Redactor::new("", ""));
        let error = Error::new(Kind::Api(Box::new(api))).with_may_have_applied(may_have_applied);
        assert_eq!(telemetry.is_expected(&error), expected, "{status} {may_have_applied}");
    }
    assert!(!telemetry.is_expected(&Error::new(Kind::Canceled)));
}

/// Records the level of each event about a wait, and the values that are recorded in a span.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn push(&self, line: String) {
        self.0.lock().expect("no panic").push(line);
    }
}

struct Message<'a>(&'a Log, Option<tracing::Level>);

impl field::Visit for Message<'_> {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        match self.1 {
            Some(level) if format!("{value:?}") == "delayed by a rate limit" => {
                self.0.push(level.to_string());
            }
            None => self.0.push(format!("{}={value:?}", field.name())),
            Some(_) => {}
        }
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::Id {
        tracing::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Message(self, None));
    }
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Message(self, Some(*event.metadata().level())));
    }
    fn record_follows_from(&self, _: &tracing::Id, _: &tracing::Id) {}
    fn enter(&self, _: &tracing::Id) {}
    fn exit(&self, _: &tracing::Id) {}
}

/// Checks what a call reports to a subscriber.
///
/// Tracing may lose the events of a place in the code that another thread reaches for the first time while a
/// subscriber is registered, but only once. So there is a round without a subscriber, then a second chance.
fn assert_reported(expected: &[&str], report: impl Fn(&Telemetry<'_>)) {
    let round = || {
        let builder = Client::builder().token("test-token").base_url("http://127.0.0.1:9");
        let account = builder.build().expect("a client").token_account();
        report(&Telemetry::new(&GET, &account, span(&GET, &account)));
    };
    round();
    let logged = || {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.clone());
        round();
        log.0.lock().expect("no panic").clone()
    };
    let first = logged();
    if first != expected {
        assert_eq!(logged(), expected, "at first: {first:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_more_than_a_second_is_a_warning_once() {
    let second = Duration::from_secs(1);
    let key: Arc<str> = "a".into();
    for (wait, expected) in [
        (Duration::ZERO, &[][..]),
        (second, &[]),
        (second + Duration::from_nanos(1), &["WARN", "DEBUG"]),
    ] {
        assert_reported(expected, |telemetry| {
            telemetry.waited(&key, wait);
            telemetry.waited(&key, wait);
        });
    }
}

#[tokio::test]
async fn only_requests_that_were_sent_again_are_counted_in_the_span() {
    for (attempts, expected) in [
        (0, &[][..]),
        (1, &[]),
        (2, &["http.request.resend_count=1"]),
        (3, &["http.request.resend_count=2"]),
    ] {
        assert_reported(expected, |telemetry| telemetry.record_resends(attempts));
    }
}
