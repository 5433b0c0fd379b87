//! Truto's documented rate limits: always advertised, enforced only if the test asks for it.

use std::collections::VecDeque;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use tokio::time::Instant;

use super::reply::Reply;

const WINDOW: Duration = Duration::from_secs(10);

/// Calls per token within the window.
const OF_TOKEN: usize = 500;

/// Calls per account within the window.
const OF_ACCOUNT: usize = 50;

#[derive(Default)]
pub(super) struct Limits {
    pub(super) enforced: bool,
    /// The calls of the window, while the limits are enforced.
    window: VecDeque<(Instant, String)>,
    calls: usize,
}

impl Limits {
    /// Counts a call; returns the refusal if it exceeds a limit.
    pub(super) fn admit(&mut self, account: &str) -> Option<Reply> {
        // Also while the limits are not enforced: `ratelimit-remaining` is derived from this number.
        self.calls += 1;
        if !self.enforced {
            return None;
        }
        let now = Instant::now();
        while self.window.front().is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            self.window.pop_front();
        }
        // The window has at most 500 entries, so counting them needs no index.
        let own = self.window.iter().filter(|(_, id)| id == account).count();
        if self.window.len() < OF_TOKEN && own < OF_ACCOUNT {
            self.window.push_back((now, account.to_owned()));
            return None;
        }
        Some(Reply::error(429, "too many requests").header("retry-after", "10"))
    }

    /// Adds the three `ratelimit-*` headers to a reply, except those that it already has.
    pub(super) fn advertise(&self, reply: &mut Reply) {
        // Derived from the number of calls, since the window is empty while the limits are not
        // enforced.
        let remaining = OF_TOKEN - 1 - self.calls.saturating_sub(1) % OF_TOKEN;
        for (name, value) in [
            ("ratelimit-limit", HeaderValue::from_static("500;w=10")),
            ("ratelimit-remaining", HeaderValue::from(remaining)),
            ("ratelimit-reset", HeaderValue::from_static("10")),
        ] {
            let name = HeaderName::from_static(name);
            if !reply.headers.iter().any(|(other, _)| *other == name) {
                reply.headers.push((name, value));
            }
        }
    }
}
