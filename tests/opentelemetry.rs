//! The spans of calls as OpenTelemetry's bridge exports them, and the levels of their events.
#![allow(missing_docs, reason = "a test crate")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry::trace::{SpanKind, Status, TracerProvider as _};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::field::{Field, Visit};
use tracing::{Event, Instrument as _, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{Layer, Registry};
use truto_core::{Client, Page, Request, StatusCode, Throttle};
use truto_tests::{BODY, Play, Record, Wire, http, json, token_account};

const OK: &str = r#"{"id":"1"}"#;

/// Keeps the level and the message of each event of `truto-core`.
#[derive(Clone, Default)]
struct Levels(Arc<Mutex<Vec<(Level, String)>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: Subscriber> Layer<S> for Levels {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("truto_core") {
            let mut message = Message(String::new());
            event.record(&mut message);
            let event = (*event.metadata().level(), message.0);
            self.0.lock().expect("no panic").push(event);
        }
    }
}

struct Recorder {
    provider: SdkTracerProvider,
    exporter: InMemorySpanExporter,
    levels: Levels,
    _guard: tracing::subscriber::DefaultGuard,
}

impl Recorder {
    fn start() -> Self {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        let levels = Levels::default();
        let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("tests"));
        let subscriber = Registry::default().with(spans).with(levels.clone());
        let guard = tracing::subscriber::set_default(subscriber);
        Self { provider, exporter, levels, _guard: guard }
    }

    fn spans(&self) -> Vec<SpanData> {
        self.provider.force_flush().expect("a flush");
        self.exporter.get_finished_spans().expect("spans")
    }

    /// The spans of calls.
    fn calls(&self) -> Vec<SpanData> {
        self.spans().into_iter().filter(|span| span.span_kind == SpanKind::Client).collect()
    }

    /// Takes the events since the previous call.
    fn take(&self) -> Vec<(Level, String)> {
        std::mem::take(&mut *self.levels.0.lock().expect("no panic"))
    }
}

fn attribute(span: &SpanData, key: &str) -> Option<Value> {
    let found = |pair: &&KeyValue| pair.key.as_str() == key;
    span.attributes.iter().find(found).map(|pair| pair.value.clone())
}

#[tokio::test]
async fn a_call_is_a_client_span_with_typed_attributes() {
    let recorder = Recorder::start();
    let wire = Wire::start([http("502 x", &[], ""), http("404 x", &[], "{}"), json(OK)]).await;
    let account = wire.account().labeled("acme");
    Record::get("private-id").send(&account).await.expect_err("404");
    Record::get("private-id").send(&account).await.expect("200");
    let spans = recorder.calls();
    let [failed, succeeded] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(failed.name, "GET /unified/m/r/<id>");
    for (key, value) in [
        ("http.request.method", Value::from("GET")),
        ("url.template", Value::from("/unified/m/r/<id>")),
        ("server.address", Value::from("127.0.0.1")),
        ("truto.account", Value::from("acme")),
        ("http.response.status_code", Value::I64(404)),
        ("http.request.resend_count", Value::I64(1)),
        ("error.type", Value::from("404")),
    ] {
        assert_eq!(attribute(failed, key), Some(value), "{key}");
    }
    assert!(matches!(attribute(failed, "server.port"), Some(Value::I64(_))));
    assert!(matches!(failed.status, Status::Error { .. }), "{:?}", failed.status);
    assert_eq!(attribute(succeeded, "http.response.status_code"), Some(Value::I64(200)));
    assert_eq!(succeeded.status, Status::Unset);
    assert!(!format!("{spans:?}").contains("private-id"));
}

#[tokio::test]
async fn each_end_of_a_call_has_its_level() {
    let recorder = Recorder::start();
    let rows = [
        (json(OK), Level::DEBUG, "attempt"),
        (http("404 x", &[], "{}"), Level::INFO, "call failed"),
        (http("409 x", &[], "{}"), Level::WARN, "call failed"),
        (http("500 x", &[], "{}"), Level::WARN, "call failed"),
        (http("302 x", &[], ""), Level::WARN, "call failed"),
        (json("[]"), Level::WARN, "call failed"),
        (http("200 OK", &[], "<html>"), Level::WARN, "call failed"),
        (Play::SendAndReset(Vec::new()), Level::WARN, "call failed"),
    ];
    for (play, level, message) in rows {
        let wire = Wire::start([play.clone()]).await;
        let account = token_account(wire.builder().warn_on_status([StatusCode::CONFLICT]));
        let _ = Record::get("1").no_retry().send(&account).await;
        assert_eq!(recorder.take(), [(level, message.to_owned())], "{play:?}");
    }
}

#[tokio::test]
async fn a_call_that_was_never_sent_has_its_event() {
    let recorder = Recorder::start();
    let wire = Wire::start([json(OK)]).await;
    let limits = Throttle::none().per_account(1, Duration::from_secs(60));
    let account = token_account(wire.builder().throttle(limits));
    Record::get("1").send(&account).await.expect("200");
    recorder.take();
    let request = Record::get("1").max_wait(Duration::ZERO);
    request.send(&account).await.expect_err("held back");
    assert_eq!(recorder.take(), [(Level::WARN, "call failed".to_owned())]);

    let source = || async { Err::<String, _>(std::io::Error::other("sealed")) };
    let account = token_account(Client::builder().base_url(wire.base_url()).token_source(source));
    Record::get("1").send(&account).await.expect_err("no token");
    assert_eq!(recorder.take(), [(Level::WARN, "call failed".to_owned())]);
    let spans = recorder.calls();
    assert_eq!(attribute(&spans[1], "error.type"), Some(Value::from("throttled")));
    assert_eq!(attribute(&spans[2], "error.type"), Some(Value::from("token")));
}

#[tokio::test]
async fn a_dropped_write_warns_and_ends_its_span() {
    for (is_write, level) in [(true, Level::WARN), (false, Level::DEBUG)] {
        let recorder = Recorder::start();
        let wire = Wire::start([Play::SendAndStall(Vec::new())]).await;
        let account = wire.account();
        let seen = async {
            wire.received().await;
        };
        if is_write {
            let mut call = Box::pin(Record::create(&BODY).send(&account));
            tokio::select! { _ = &mut call => panic!("it stalls"), () = seen => {} }
        } else {
            let mut call = Box::pin(Record::get("1").send(&account));
            tokio::select! { _ = &mut call => panic!("it stalls"), () = seen => {} }
        }
        assert_eq!(recorder.take(), [(level, "call canceled".to_owned())]);
        let spans = recorder.calls();
        assert_eq!(attribute(&spans[0], "error.type"), Some(Value::from("canceled")));
    }
}

#[tokio::test]
async fn a_storm_of_retries_is_summarized() {
    let recorder = Recorder::start();
    let wire = Wire::start([http("502 x", &[], "")]).await;
    let account = wire.account();
    let calls = (0..10).map(|_| tokio::spawn(Record::get("1").send(&account)));
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("no panic").expect_err("502");
    }
    let events = recorder.take();
    let retries = |level| {
        let is_retry =
            |event: &&(Level, String)| event.0 == level && event.1 == "attempt failed, retrying";
        events.iter().filter(is_retry).count()
    };
    // One per second of the storm.
    assert!((1..=5).contains(&retries(Level::WARN)), "{events:?}");
    assert!(retries(Level::DEBUG) >= 5, "{events:?}");
    let failed = events.iter().filter(|event| event.1 == "call failed").count();
    assert_eq!(failed, 10);
}

#[tokio::test]
async fn prefetched_pages_keep_the_span_of_the_caller() {
    let recorder = Recorder::start();
    let page = |at: u32| json(&format!(r#"{{"result":[{{"id":"1"}}],"next_cursor":"c{at}"}}"#));
    let wire = Wire::start([page(1), page(2), json(r#"{"result":[]}"#)]).await;
    let account = wire.account();
    async {
        let list: Request<Page<Record>> = Request::unified("GET", "m", "r", None);
        list.prefetch().all(&account).await.expect("three pages");
    }
    .instrument(tracing::info_span!("sync"))
    .await;
    let spans = recorder.spans();
    let parent = spans.iter().find(|span| span.name == "sync").expect("the span of the caller");
    let calls = recorder.calls();
    assert_eq!(calls.len(), 3);
    for call in calls {
        assert_eq!(call.parent_span_id, parent.span_context.span_id(), "{call:?}");
    }
}

#[tokio::test]
async fn a_minted_token_belongs_to_the_span_of_the_caller() {
    let recorder = Recorder::start();
    let minted = Wire::start([json(r#"{"integrated_account_token":"minted-token"}"#)]).await;
    let wire = Wire::start([json(OK)]).await;
    let id = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";
    let all = minted.builder().build().expect("a client");
    let source = all.account_tokens(id).expect("a UUID");
    let account = token_account(Client::builder().base_url(wire.base_url()).token_source(source));
    async { Record::get("1").send(&account).await.expect("200") }
        .instrument(tracing::info_span!("job"))
        .await;
    let spans = recorder.spans();
    let job = spans.iter().find(|span| span.name == "job").expect("the span of the caller");
    let calls = recorder.calls();
    assert_eq!(calls.len(), 2, "the call and the request for its token");
    for call in &calls {
        assert_eq!(call.span_context.trace_id(), job.span_context.trace_id(), "{call:?}");
        assert_ne!(call.events.len(), 0, "its events are in its span: {call:?}");
    }
}

#[tokio::test]
async fn a_stream_cut_after_its_head_warns() {
    let recorder = Recorder::start();
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234";
    let wire = Wire::start([Play::SendAndClose(head.as_bytes().to_vec())]).await;
    let account = wire.account().labeled("acme");
    let stream = Record::get("1").stream().send(&account).await.expect("a head");
    recorder.take();
    let error = stream.copy_to(&mut Vec::new()).await.expect_err("cut");
    assert_eq!(error.account(), Some("acme"));
    assert_eq!(recorder.take(), [(Level::WARN, "response stream failed".to_owned())]);
}
