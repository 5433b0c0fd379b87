//! Logs on stderr, and spans for OpenTelemetry.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Installs the subscriber; the provider is shut down at the end, so that no span is lost.
///
/// Spans go to stdout with `OTEL_TRACES_EXPORTER=console`. A real service installs the exporter of its
/// collector here.
#[must_use]
pub fn install() -> SdkTracerProvider {
    let mut provider = SdkTracerProvider::builder();
    if std::env::var("OTEL_TRACES_EXPORTER").is_ok_and(|exporter| exporter == "console") {
        provider = provider.with_simple_exporter(opentelemetry_stdout::SpanExporter::default());
    }
    let provider = provider.build();
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("service"));
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(log.with_filter(LevelFilter::INFO))
        .with(spans.with_filter(LevelFilter::INFO))
        .init();
    provider
}
