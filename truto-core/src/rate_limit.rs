use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::retry_after::{parse_seconds, parse_wait};

static LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The account's rate limit as stated by a response (`ratelimit-limit`, `-remaining`, `-reset`).
///
/// Truto normalizes the provider's own headers; a response has no limit if the provider sends none.
///
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

impl Serialize for RateLimit {
    /// Serializes durations as seconds.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("RateLimit", 4)?;
        fields.serialize_field("limit", &self.limit)?;
        fields.serialize_field("remaining", &self.remaining)?;
        fields.serialize_field("reset", &self.reset.as_secs_f64())?;
        fields.serialize_field("window", &self.window.as_ref().map(Duration::as_secs_f64))?;
        fields.end()
    }
}

impl RateLimit {
    /// Reads the three headers; `None` unless all are present and are numbers.
    ///
    /// `ratelimit-limit` may be a list (`110, 110;w=10`): its first number is the limit, and the window
    /// is that of the item with the same number. A reset that is too large for a duration is a point in
    /// time.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
        let (limit, window) = quotas(text(&LIMIT)?)?;
        Some(Self {
            limit,
            remaining: text(&REMAINING)?.trim().parse().ok()?,
            reset: parse_wait(text(&RESET)?, headers, SystemTime::now())?,
            window,
        })
    }
}

/// The limit that applies to a response, and its window.
fn quotas(text: &str) -> Option<(u64, Option<Duration>)> {
    let mut items = text.split(',').map(|item| {
        let (number, parameters) = item.split_once(';').unwrap_or((item, ""));
        let mut parameters = parameters.split(';');
        let window = parameters.find_map(|parameter| parameter.trim().strip_prefix("w="));
        (number.trim().parse::<u64>().ok(), window.and_then(parse_seconds))
    });
    let (limit, window) = items.next()?;
    let limit = limit?;
    let window = window
        .or_else(|| items.find_map(|(number, window)| window.filter(|_| number == Some(limit))));
    Some((limit, window))
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
    fn reads_the_documented_sample() {
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
    fn reads_every_form_of_the_limit() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (text, expected) in [
            ("110", Some((110, None))),
            ("110;w=10", Some((110, seconds(10)))),
            ("110, 110;w=10", Some((110, seconds(10)))),
            ("110,110;w=10", Some((110, seconds(10)))),
            ("10, 10;w=1, 50;w=60", Some((10, seconds(1)))),
            ("50, 10;w=1, 50;w=60, 250;w=3600", Some((50, seconds(60)))),
            ("50, 10;w=1", Some((50, None))),
            ("100;w=60;comment=\"fixed window\", 5000;w=86400", Some((100, seconds(60)))),
            ("100, 100; burst=5; w=60", Some((100, seconds(60)))),
            ("110;w=x", Some((110, None))),
            ("x, 110;w=10", None),
            (";w=10", None),
            ("", None),
            (",", None),
        ] {
            assert_eq!(quotas(text), expected, "{text}");
        }
    }

    #[test]
    fn a_reset_may_be_a_point_in_time() {
        let mut headers = headers("110", "0", "1795521630");
        headers.insert("date", "Tue, 24 Nov 2026 12:00:00 GMT".parse().expect("value"));
        let limit = RateLimit::from_headers(&headers).expect("a limit");
        assert_eq!(limit.reset, Duration::from_secs(30));
    }

    #[test]
    fn every_rate_limit_header_but_the_window_is_required() {
        let limit = RateLimit::from_headers(&headers("110", "0", "1.5")).expect("a limit");
        assert_eq!((limit.limit, limit.window), (110, None));
        assert_eq!(limit.reset, Duration::from_millis(1500));
        for (a, b, c) in [("", "1", "1"), ("1", "", "1"), ("1", "1", ""), ("x", "1", "1")] {
            assert_eq!(RateLimit::from_headers(&headers(a, b, c)), None);
        }
    }
}
