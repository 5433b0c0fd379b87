//! Counts and times each attempt with the `metrics` crate, through `on_attempt`, on the sandbox.
//!
//! In a service, a recorder such as `metrics-exporter-prometheus` takes the place of the one below.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use serde_json::json;
use truto_core::AttemptInfo;
use truto_examples::e_signature::User;
use truto_sandbox::{Fault, Sandbox};

/// One counter and one histogram, by method, route and result; the names are OpenTelemetry's.
fn measure(attempt: &AttemptInfo<'_>) {
    let result = match (attempt.status, attempt.error) {
        (Some(status), _) => status.as_str().to_owned(),
        (None, Some(error)) => format!("{:?}", error.kind()),
        (None, None) => "unknown".to_owned(),
    };
    let labels = [
        ("http.request.method", attempt.endpoint.method.to_string()),
        ("url.template", attempt.endpoint.path.to_owned()),
        ("result", result),
    ];
    let seconds = attempt.duration.as_secs_f64();
    metrics::histogram!("http.client.request.duration", &labels).record(seconds);
    if attempt.retry_in.is_some() {
        metrics::counter!("truto.retries", &labels).increment(1);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let table = Table::default();
    metrics::set_global_recorder(table.clone())?;
    let sandbox = Sandbox::start().await?;
    for id in ["1", "2", "3"] {
        sandbox.insert("e-signature", "users", json!({"id": id}));
    }
    let client = sandbox.client_builder().on_attempt(measure).build()?;
    let account = client.account(sandbox.account_id())?;

    sandbox.fail_next(Fault::status(502));
    for id in ["1", "2", "3"] {
        User::delete(id).send(&account).await?;
    }
    table.print();
    Ok(())
}

/// Number of recordings per metric.
#[derive(Clone, Default)]
struct Table(Arc<Mutex<BTreeMap<String, u64>>>);

struct Row(Table, String);

impl Table {
    fn add(&self, row: &str, count: u64) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *rows.entry(row.to_owned()).or_default() += count;
    }

    fn print(&self) {
        for (row, count) in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            println!("{count:>3}  {row}");
        }
    }
}

impl Recorder for Table {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::new(Row(self.clone(), key.to_string())))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Row(self.clone(), key.to_string())))
    }
}

impl CounterFn for Row {
    fn increment(&self, value: u64) {
        self.0.add(&self.1, value);
    }

    fn absolute(&self, _: u64) {}
}

impl HistogramFn for Row {
    fn record(&self, _: f64) {
        self.0.add(&self.1, 1);
    }
}
