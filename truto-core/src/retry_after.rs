//! The wait that a server asks for in its headers.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};

/// `Retry-After`, as a number of seconds (possibly with a fraction) or a point in time; for a 429
/// without one, `ratelimit-reset`.
///
/// An unreadable value is ignored.
pub(crate) fn retry_after(
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok();
    text(header::RETRY_AFTER).and_then(|value| parse_wait(value, headers, now)).or_else(|| {
        let reset = text(header::HeaderName::from_static("ratelimit-reset"))?;
        (status == StatusCode::TOO_MANY_REQUESTS).then(|| parse_wait(reset, headers, now)).flatten()
    })
}

/// Parses a number of seconds, a Unix time, or a date.
///
/// Points in time are relative to the response's own `Date`, since clocks differ, else to `now`; one
/// that has passed means no wait.
pub(crate) fn parse_wait(value: &str, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let sent = || {
        let date = headers.get(header::DATE)?.to_str().ok()?;
        httpdate::parse_http_date(date.trim()).ok()
    };
    let until =
        |at: SystemTime| at.duration_since(sent().unwrap_or(now)).unwrap_or_default().min(LONGEST);
    if let Some(wait) = parse_seconds(value) {
        return Some(point_in_time(value, now).map_or(wait, until));
    }
    httpdate::parse_http_date(value.trim()).ok().map(until)
}

/// The maximum wait; longer ones are truncated to it. It is about 136 years, which overflows no clock.
const LONGEST: Duration = Duration::from_secs(u32::MAX as u64);

/// The Unix time of September 2001. As a duration it would be 32 years, so a larger number is a point in
/// time.
const FIRST_POINT_IN_TIME: f64 = 1e9;

/// The maximum time between now and a plausible point in time.
const YEARS_AHEAD: Duration = Duration::from_secs(10 * 366 * 86_400);

/// A Unix time in seconds, milliseconds, microseconds or nanoseconds.
fn point_in_time(value: &str, now: SystemTime) -> Option<SystemTime> {
    let number: f64 = value.trim().parse().ok()?;
    if number < FIRST_POINT_IN_TIME {
        return None;
    }
    let earliest = SystemTime::UNIX_EPOCH + Duration::from_secs_f64(FIRST_POINT_IN_TIME);
    let latest = now.checked_add(YEARS_AHEAD)?;
    [1.0, 1e3, 1e6, 1e9].into_iter().find_map(|unit| {
        let since = Duration::try_from_secs_f64(number / unit).ok()?;
        let at = SystemTime::UNIX_EPOCH.checked_add(since)?;
        (earliest..=latest).contains(&at).then_some(at)
    })
}

/// Parses a finite, non-negative number of seconds with or without a fraction. A number beyond [`LONGEST`]
/// becomes `LONGEST` instead of an error.
pub(crate) fn parse_seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    // `f64` accepts forms that HTTP does not allow: `inf`, `NaN`, `1e9`, `+1`.
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
    fn reads_every_form_of_retry_after() {
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

    /// Now is 1795521600 (2026-11-24 12:00).
    #[test]
    fn unix_timestamps_are_distinguished_from_seconds() {
        let now = httpdate::parse_http_date("Tue, 24 Nov 2026 12:00:00 GMT").expect("a date");
        for (value, seconds) in [
            ("1795521630", 30),
            ("1795521630.5", 30),
            ("1795521630000", 30),
            ("1795521630000000", 30),
            ("1795521630000000000", 30),
            ("1785000000", 0),
            ("1785000000000", 0),
            ("1000000000", 0),
            ("2110000000", 314_478_400),
            ("999999999", 999_999_999),
            ("4000000000", 4_000_000_000),
            ("86400", 86_400),
        ] {
            let wait = parse_wait(value, &HeaderMap::new(), now);
            assert_eq!(wait.map(|wait| wait.as_secs()), Some(seconds), "{value}");
            let mut headers = HeaderMap::new();
            headers.insert("ratelimit-reset", value.parse().expect("value"));
            assert_eq!(retry_after(StatusCode::TOO_MANY_REQUESTS, &headers, now), wait, "{value}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("date", "Tue, 24 Nov 2026 11:59:50 GMT".parse().expect("value"));
        let wait = parse_wait("1795521630", &headers, now);
        assert_eq!(wait, Some(Duration::from_secs(40)), "counted from the response's date");
    }

    #[test]
    fn only_a_429_uses_the_reset_header() {
        let mut headers = HeaderMap::new();
        headers.insert("ratelimit-reset", "60".parse().expect("value"));
        let hint = retry_after(StatusCode::BAD_GATEWAY, &headers, SystemTime::now());
        assert_eq!(hint, None);
    }

    #[test]
    fn reads_seconds() {
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
