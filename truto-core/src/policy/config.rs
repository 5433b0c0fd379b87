//! Deserializes [`Throttle`] and [`RetryPolicy`] from configuration, with human-readable durations.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::window::Limit;
use super::{RetryPolicy, Throttle};

/// `"1m 30s"`, `"500ms"`, or a number of seconds.
struct HumanDuration(Duration);

/// Units by their number of nanoseconds.
const UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Parts such as `1h`, `1.5s` and `500ms`, with or without spaces between them.
fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut sum = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(unit_at);
        let tail = tail.trim_start();
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let (_, nanos) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        sum = sum.checked_add(scaled(number, nanos)?)?;
        rest = tail.trim_start();
    }
    Some(sum)
}

/// A decimal number of units, exact for whole numbers.
fn scaled(number: &str, nanos: u64) -> Option<Duration> {
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(nanos).map(Duration::from_nanos);
    }
    let number: f64 = number.parse().ok()?;
    Duration::try_from_secs_f64(number * Duration::from_nanos(nanos).as_secs_f64()).ok()
}

impl<'de> Deserialize<'de> for HumanDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HumanVisitor;

        impl Visitor<'_> for HumanVisitor {
            type Value = Duration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a duration such as \"10s\", \"500ms\", \"1m 30s\" or a number of seconds",
                )
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
                parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Duration, E> {
                Ok(Duration::from_secs(seconds))
            }

            // Formats such as TOML have only signed integers.
            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Duration, E> {
                let unsigned = u64::try_from(seconds).map(Duration::from_secs);
                unsigned.map_err(|_| E::invalid_value(Unexpected::Signed(seconds), &self))
            }

            fn visit_f64<E: Error>(self, seconds: f64) -> Result<Duration, E> {
                let duration = Duration::try_from_secs_f64(seconds);
                duration.map_err(|_| E::invalid_value(Unexpected::Float(seconds), &self))
            }
        }

        deserializer.deserialize_any(HumanVisitor).map(Self)
    }
}

// Unknown fields are refused here and below: a misspelled setting would otherwise leave a limit off.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitConfig {
    calls: u32,
    window: HumanDuration,
}

/// A valid limit, or the reason why it is invalid.
fn limit<E: Error>(config: Option<&LimitConfig>) -> Result<Option<Limit>, E> {
    let Some(&LimitConfig { calls, window: HumanDuration(window) }) = config else {
        return Ok(None);
    };
    if calls == 0 {
        return Err(E::custom("`calls` must be at least 1"));
    }
    if window.is_zero() {
        return Err(E::custom("`window` must be longer than zero"));
    }
    Ok(Some(Limit { calls, window }))
}

impl<'de> Deserialize<'de> for Throttle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Throttle", deny_unknown_fields)]
        struct Config {
            per_token: Option<LimitConfig>,
            per_account: Option<LimitConfig>,
            #[serde(default)]
            adaptive: bool,
        }

        let Config { per_token, per_account, adaptive } = Config::deserialize(deserializer)?;
        Ok(Self {
            token: limit(per_token.as_ref())?,
            account: limit(per_account.as_ref())?,
            adaptive,
        })
    }
}

impl<'de> Deserialize<'de> for RetryPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "RetryPolicy", deny_unknown_fields)]
        struct Config {
            max_retries: Option<u32>,
            backoff: Option<Backoff>,
            jitter: Option<bool>,
            retry_keyed_writes: Option<bool>,
            statuses: Option<Vec<u16>>,
            budget: Option<bool>,
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Backoff {
            base: Option<HumanDuration>,
            cap: Option<HumanDuration>,
        }

        let config = Config::deserialize(deserializer)?;
        let mut policy = Self::default();
        let (base, cap) = policy.get_backoff();
        if let Some(backoff) = config.backoff {
            let base = backoff.base.map_or(base, |base| base.0);
            let cap = backoff.cap.map_or(cap, |cap| cap.0);
            if base > cap {
                return Err(D::Error::custom(
                    "`backoff.base` must not be longer than `backoff.cap`",
                ));
            }
            policy = policy.backoff(base, cap);
        }
        if let Some(statuses) = config.statuses {
            let statuses: Result<Vec<_>, _> = statuses.into_iter().map(valid_status).collect();
            policy = policy.statuses(statuses?);
        }
        Ok(Self {
            max_retries: config.max_retries.unwrap_or(policy.max_retries),
            jitter: config.jitter.unwrap_or(policy.jitter),
            keyed_writes: config.retry_keyed_writes.unwrap_or(policy.keyed_writes),
            budgeted: config.budget.unwrap_or(policy.budgeted),
            ..policy
        })
    }
}

fn valid_status<E: Error>(status: u16) -> Result<StatusCode, E> {
    let valid = StatusCode::from_u16(status).ok().filter(|_| status < 600);
    valid.ok_or_else(|| {
        E::invalid_value(Unexpected::Unsigned(status.into()), &"an HTTP status from 100 to 599")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle(json: &str) -> Result<Throttle, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    fn policy(json: &str) -> Result<RetryPolicy, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn durations_are_read_in_common_notations() {
        let ms = Duration::from_millis;
        for (text, expected) in [
            ("10s", Some(ms(10_000))),
            ("500ms", Some(ms(500))),
            ("1.5s", Some(ms(1_500))),
            ("1m30s", Some(ms(90_000))),
            (" 1 m 30 s ", Some(ms(90_000))),
            ("2h", Some(ms(7_200_000))),
            ("1d", Some(ms(86_400_000))),
            ("250us", Some(Duration::from_micros(250))),
            ("0s", Some(Duration::ZERO)),
            ("10", None),
            ("s", None),
            ("", None),
            (" ", None),
            ("-1s", None),
            ("10 parsecs", None),
            ("1.2.3s", None),
            ("1s,", None),
            ("99999999999999999999d", None),
            ("é", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    /// The feature also enables that of `secrecy`, so that a token in a configuration file is read into
    /// a secret type.
    #[test]
    fn a_secret_is_read_from_configuration() {
        use secrecy::{ExposeSecret, SecretString};
        let token: SecretString = serde_json::from_str(r#""s3cret-token""#).expect("a text");
        assert_eq!(token.expose_secret(), "s3cret-token");
    }

    #[test]
    fn a_throttle_is_read_from_configuration() {
        let json =
            r#"{"per_token":{"calls":500,"window":"10s"},"per_account":{"calls":50,"window":10}}"#;
        assert_eq!(throttle(json), Ok(Throttle::truto()));
        assert_eq!(throttle("{}"), Ok(Throttle::none()));
        let tenths = Throttle::none().per_token(1, Duration::from_millis(2_500));
        assert_eq!(throttle(r#"{"per_token":{"calls":1,"window":2.5}}"#), Ok(tenths));
        assert_eq!(throttle(r#"{"adaptive":true}"#), Ok(Throttle::none().adaptive(true)));
        for (json, reason) in [
            (r#"{"per_tokens":{"calls":1,"window":"1s"}}"#, "unknown field `per_tokens`"),
            (r#"{"per_token":{"calls":0,"window":"1s"}}"#, "`calls` must be at least 1"),
            (r#"{"per_token":{"calls":1,"window":"0s"}}"#, "`window` must be longer than zero"),
            (r#"{"per_token":{"calls":1,"window":"soon"}}"#, "expected a duration such as"),
            (r#"{"per_token":{"calls":1,"window":-1}}"#, "expected a duration such as"),
            (r#"{"per_token":{"calls":1,"window":-0.5}}"#, "expected a duration such as"),
            (r#"{"per_token":{"calls":1,"window":true}}"#, "expected a duration such as"),
        ] {
            let error = throttle(json).expect_err(json);
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_retry_policy_is_read_from_configuration() {
        assert_eq!(policy("{}"), Ok(RetryPolicy::default()));
        let json = r#"{"max_retries":5,"backoff":{"base":"200ms","cap":"5s"},"jitter":false,
            "retry_keyed_writes":true,"statuses":[502,504],"budget":false}"#;
        let expected = RetryPolicy::default()
            .max_retries(5)
            .backoff(Duration::from_millis(200), Duration::from_secs(5))
            .jitter(false)
            .retry_keyed_writes(true)
            .statuses([StatusCode::BAD_GATEWAY, StatusCode::GATEWAY_TIMEOUT])
            .budget(false);
        assert_eq!(policy(json), Ok(expected));
        let one_wait =
            RetryPolicy::default().backoff(Duration::from_secs(20), Duration::from_secs(20));
        assert_eq!(
            policy(r#"{"backoff":{"base":20},"statuses":[408,425,500,502,504]}"#),
            Ok(one_wait)
        );
        assert!(policy(r#"{"statuses":[100,599]}"#).is_ok());
        for (json, reason) in [
            (r#"{"statuses":[99]}"#, "an HTTP status from 100 to 599"),
            (r#"{"statuses":[600]}"#, "an HTTP status from 100 to 599"),
            (r#"{"statuses":[700]}"#, "an HTTP status from 100 to 599"),
            (r#"{"backoff":{"base":"30s"}}"#, "must not be longer"),
            (r#"{"retries":3}"#, "unknown field `retries`"),
        ] {
            let error = policy(json).expect_err(json);
            assert!(error.contains(reason), "{error}");
        }
    }
}
