use std::time::Duration;

use http::{HeaderMap, HeaderName};

use crate::retry_after::parse_seconds;

static LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The account's rate limit as a response states it (`ratelimit-limit`, `-remaining`, `-reset`).
///
/// Truto normalizes the provider's own headers; they are missing where the provider sends none.
/// ```
/// # truto_sandbox::__doc::run(async |_sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// let response = User::get("a").response(&account).await?;
/// let limit = response.rate_limit.expect("the sandbox states it");
/// assert!(limit.remaining < limit.limit);
/// # Ok(())
/// # })
/// ```
///
/// See [Truto's page on rate limits](https://truto.one/docs/api-reference/overview/rate-limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Calls allowed in a window.
    pub limit: u64,
    /// Calls left in the current window.
    pub remaining: u64,
    /// Time until the current window ends.
    pub reset: Duration,
    /// Length of the window, if the response states it (`110;w=10` is 10 seconds).
    pub window: Option<Duration>,
}

impl RateLimit {
    /// Reads the three headers; `None` unless all are there and are numbers.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
        let limit = text(&LIMIT)?;
        let (limit, parameters) = limit.split_once(';').unwrap_or((limit, ""));
        let window = parameters
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix("w="))
            .and_then(parse_seconds);
        Some(Self {
            limit: limit.trim().parse().ok()?,
            remaining: text(&REMAINING)?.trim().parse().ok()?,
            reset: parse_seconds(text(&RESET)?)?,
            window,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(limit: &str, remaining: &str, reset: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("ratelimit-limit", limit),
            ("ratelimit-remaining", remaining),
            ("ratelimit-reset", reset),
        ] {
            if !value.is_empty() {
                headers.insert(name, value.parse().expect("header value"));
            }
        }
        headers
    }

    #[test]
    fn the_documented_sample() {
        let limit = RateLimit::from_headers(&headers("110;w=10", "109", "60"));
        assert_eq!(
            limit,
            Some(RateLimit {
                limit: 110,
                remaining: 109,
                reset: Duration::from_secs(60),
                window: Some(Duration::from_secs(10)),
            })
        );
    }

    #[test]
    fn a_window_is_optional_and_the_rest_is_not() {
        let limit = RateLimit::from_headers(&headers("110", "0", "1.5")).expect("a limit");
        assert_eq!((limit.limit, limit.window), (110, None));
        assert_eq!(limit.reset, Duration::from_millis(1500));
        for (a, b, c) in [("", "1", "1"), ("1", "", "1"), ("1", "1", ""), ("x", "1", "1")] {
            assert_eq!(RateLimit::from_headers(&headers(a, b, c)), None);
        }
    }
}
