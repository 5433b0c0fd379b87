//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};

/// `Retry-After` in seconds, fractions or as a date; on a 429 else `ratelimit-reset`.
///
/// A date is counted from the response's own `Date`, since clocks differ, else from `now`; one that has
/// passed asks for no wait. What cannot be read asks for nothing.
pub(crate) fn retry_after(
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok();
    let sent = text(header::DATE).and_then(|date| httpdate::parse_http_date(date.trim()).ok());
    let now = sent.unwrap_or(now);
    text(header::RETRY_AFTER).and_then(|value| parse(value, now)).or_else(|| {
        let reset = text(header::HeaderName::from_static("ratelimit-reset"))?;
        (status == StatusCode::TOO_MANY_REQUESTS).then(|| parse_seconds(reset)).flatten()
    })
}

fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    parse_seconds(value).or_else(|| {
        let date = httpdate::parse_http_date(value.trim()).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    })
}

/// The longest wait that is told apart from a longer one: some 136 years, which fit every clock.
const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);

/// A number of seconds with or without a fraction, nothing negative or infinite. A number beyond
/// [`LONGEST`] is that long a wait, not none.
pub(crate) fn parse_seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    // `f64` reads more than HTTP writes: `inf`, `NaN`, `1e9`, `+1`.
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).map_or(LONGEST, |wait| wait.min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form() {
        let now = httpdate::parse_http_date("Tue, 24 Nov 2026 12:00:00 GMT").expect("a date");
        let secs = |secs| Some(Duration::from_secs(secs));
        for (value, reset, expected) in [
            (Some("10"), None, secs(10)),
            (Some("0.5"), None, Some(Duration::from_millis(500))),
            (Some("0"), None, secs(0)),
            (Some("86400"), None, secs(86_400)),
            (Some("99999999"), None, secs(99_999_999)),
            (Some("Tue, 24 Nov 2026 12:00:30 GMT"), None, secs(30)),
            (Some("Tue, 24 Nov 2026 11:00:00 GMT"), None, secs(0)),
            (Some("Tuesday, 24-Nov-26 12:00:30 GMT"), None, secs(30)),
            (Some("soon"), None, None),
            (Some("-1"), None, None),
            (Some("NaN"), None, None),
            (Some("1e400"), None, None),
            (Some("99999999999999999999999"), None, Some(LONGEST)),
            (Some(""), None, None),
            (Some("soon"), Some("7"), secs(7)),
            (None, Some("60"), secs(60)),
            (Some("5"), Some("60"), secs(5)),
            (None, Some("x"), None),
            (None, None, None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert("retry-after", value.parse().expect("value"));
            }
            if let Some(reset) = reset {
                headers.insert("ratelimit-reset", reset.parse().expect("value"));
            }
            assert_eq!(
                retry_after(StatusCode::TOO_MANY_REQUESTS, &headers, now),
                expected,
                "{value:?} {reset:?}"
            );
        }
    }

    #[test]
    fn a_date_is_counted_from_the_responses_own() {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut headers = HeaderMap::new();
        let at = |text: &str| text.parse().expect("value");
        headers.insert("retry-after", at("Tue, 24 Nov 2026 12:00:30 GMT"));
        headers.insert("date", at("Tue, 24 Nov 2026 12:00:10 GMT"));
        let far_ahead = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        let wait = retry_after(status, &headers, far_ahead);
        assert_eq!(wait, Some(Duration::from_secs(20)));
        headers.insert("date", at("yesterday"));
        assert_eq!(retry_after(status, &headers, far_ahead), Some(Duration::ZERO));
    }

    #[test]
    fn a_window_that_ends_is_no_reason_to_wait_after_other_errors() {
        let mut headers = HeaderMap::new();
        headers.insert("ratelimit-reset", "60".parse().expect("value"));
        let hint = retry_after(StatusCode::BAD_GATEWAY, &headers, SystemTime::now());
        assert_eq!(hint, None);
    }

    #[test]
    fn seconds() {
        for (text, expected) in [
            ("0", Some(Duration::ZERO)),
            (" 10 ", Some(Duration::from_secs(10))),
            ("0.25", Some(Duration::from_millis(250))),
            ("-1", None),
            ("NaN", None),
            ("inf", None),
            ("1e3", None),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("18446744073709551616", Some(LONGEST)),
            ("4294967296", Some(LONGEST)),
        ] {
            assert_eq!(parse_seconds(text), expected, "{text}");
        }
    }
}
