//! The warnings that an operator sees.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

use crate::common::{Redis, builder, sent, turn};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("a buffer").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Collects the lines of this thread until the guard is dropped.
    fn collect(&self) -> tracing::subscriber::DefaultGuard {
        let lines = self.clone();
        let layer = tracing_subscriber::fmt::layer().with_writer(move || lines.clone());
        let own = filter_fn(|metadata| metadata.target().starts_with("truto_redis"));
        tracing_subscriber::registry().with(layer.with_ansi(false).with_filter(own)).set_default()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("a buffer").clone()).expect("a text")
    }
}

#[tokio::test]
async fn a_redis_that_may_evict_windows_is_reported_once() {
    let redis = Redis::start();
    let lines = Lines::default();
    let _guard = lines.collect();
    sent(turn(&builder(&redis).await.build(), "a").await);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(lines.text(), "", "no limit of its memory");

    redis.configure("maxmemory", "100mb").await;
    redis.configure("maxmemory-policy", "volatile-ttl").await;
    let limiter = builder(&redis).await.build();
    sent(turn(&limiter, "a").await);
    for _ in 0..200 {
        if !lines.text().is_empty() {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    sent(turn(&limiter, "a").await);
    sleep(Duration::from_millis(300)).await;
    let text = lines.text();
    assert!(text.contains("noeviction") && text.contains("volatile-ttl"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}
