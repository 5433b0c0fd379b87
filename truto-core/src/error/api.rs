use std::borrow::Cow;
use std::fmt;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::ErrorInsight;
use super::body::{ErrorBody, Origin};
use super::redact::Redactor;
use super::text::{MAX_MESSAGE, OneLine, truncate, write_line};
use crate::RateLimit;

/// The number of bytes of an error body that are kept.
pub(crate) const MAX_BODY_TEXT: usize = 64 * 1024;

/// An error response of Truto, or of the provider that it called.
///
/// Returned by [`Error::api`](crate::Error::api). If the body is not Truto's JSON (a gateway's HTML
/// page, for example), the typed fields have their defaults, and [`body`](Self::body) contains the text.
/// Tokens, the account's id and secret path arguments are redacted wherever a server sends them
/// back.
///
/// ```
/// # truto_sandbox::__doc::run(async |sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// use truto_sandbox::Fault;
///
/// sandbox.fail_next(Fault::remote(422));
/// let error = User::get("a").send(&account).await.expect_err("a fault");
/// let api = error.api().expect("an error response");
/// assert!(api.is_remote && api.raw_response.is_some());
/// # Ok(())
/// # })
/// ```
///
/// See [Truto's page on errors](https://truto.one/docs/api-reference/overview/errors).
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The name of the error, for example `Bad Request`; the name of the status if the body contains none.
    pub error: String,
    /// The server's description of the error. It may be empty for a provider's error.
    pub message: String,
    /// True if the provider failed, not Truto (`truto_is_remote_error`).
    pub is_remote: bool,
    /// The provider's own response, if the provider failed.
    pub raw_response: Option<Value>,
    /// Truto's analysis of the cause (`truto_error_insight`).
    pub insight: Option<ErrorInsight>,
    /// Further details, such as validation failures.
    pub details: Option<Value>,
    /// The account's rate limit, if the response states it.
    pub rate_limit: Option<RateLimit>,
    /// The body as text, truncated at 64 KiB.
    pub body: String,
    pub(crate) origin: Origin,
}

impl ApiError {
    /// Creates an error response as a server would send it, for tests of your error handling.
    ///
    /// ```
    /// use truto_core::{ApiError, Error, StatusCode};
    ///
    /// let mut api = ApiError::new(StatusCode::CONFLICT, "the name is taken");
    /// api.is_remote = true;
    /// let error = Error::from(api);
    /// assert_eq!(error.to_string(), "409 Conflict from the provider: the name is taken");
    /// ```
    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            error: reason(status),
            message: message.into(),
            is_remote: false,
            raw_response: None,
            insight: None,
            details: None,
            rate_limit: None,
            body: String::new(),
            origin: Origin::Truto,
        }
    }

    /// Reads any error body. One that is not `whole` does not prove who sent it.
    pub(crate) fn parse(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        whole: bool,
        secrets: Redactor<'_>,
    ) -> Self {
        let text = String::from_utf8_lossy(body);
        // The unreadable bytes may be in the remote flag, so nothing is proven.
        let is_garbled = matches!(text, Cow::Owned(_));
        let mut fields = ErrorBody::read(&text);
        let origin = match fields.origin() {
            Origin::Truto if !whole || is_garbled => Origin::Unproven,
            origin => origin,
        };
        let mut take = |key: &str| fields.take(key).map(|value| secrets.clean_json(value));
        // A provider's response that is too large to keep as text is not kept as a value either.
        let large = |value: Option<Value>| value.filter(|_| text.len() <= MAX_BODY_TEXT);
        Self {
            status,
            error: take("error").map_or_else(|| reason(status), into_text),
            message: take("message").map(into_text).unwrap_or_default(),
            is_remote: origin == Origin::Provider,
            raw_response: large(take("raw_response")),
            insight: match take("truto_error_insight") {
                Some(Value::Object(insight)) => Some(ErrorInsight::from_json(insight)),
                _ => None,
            },
            details: large(take("details")),
            rate_limit: RateLimit::from_headers(headers),
            body: {
                // The secrets go before the cut, which could otherwise leave half of one.
                let mut kept = if whole { secrets.clean(&text) } else { secrets.clean_cut(&text) };
                truncate(&mut kept, MAX_BODY_TEXT);
                kept
            },
            origin,
        }
    }
}

fn reason(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or_default().to_owned()
}

/// Converts a field to text. It should be a string, but some validators send a list of messages.
fn into_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl PartialEq for ApiError {
    /// Compares the content of the responses.
    fn eq(&self, other: &Self) -> bool {
        (self.status, &self.error, &self.message, self.is_remote)
            == (other.status, &other.error, &other.message, other.is_remote)
            && self.raw_response == other.raw_response
            && self.insight == other.insight
            && self.details == other.details
            && self.rate_limit == other.rate_limit
            && self.body == other.body
    }
}

impl std::error::Error for ApiError {}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Bodies hold personal data; they are there to be read, not to be logged by accident.
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("error", &format_args!("{}", OneLine(&self.error, MAX_NAME)))
            .field("message", &format_args!("{}", OneLine(&self.message, MAX_MESSAGE)))
            .field("is_remote", &self.is_remote)
            .field("insight", &self.insight)
            .field("rate_limit", &self.rate_limit)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

/// The maximum number of characters of a name from a server.
const MAX_NAME: usize = 80;

/// The maximum number of names of one kind that are shown.
const MAX_NAMES: usize = 10;

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status.as_u16())?;
        if !self.error.is_empty() {
            f.write_str(" ")?;
            write_line(f, &self.error, MAX_NAME)?;
        }
        if self.is_remote {
            f.write_str(" from the provider")?;
        }
        if !self.message.is_empty() {
            f.write_str(": ")?;
            write_line(f, &self.message, MAX_MESSAGE)?;
        }
        let Some(insight) = &self.insight else {
            return Ok(());
        };
        for (what, names) in [
            ("missing query parameters", &insight.missing_required_query_parameters),
            ("missing body fields", &insight.missing_required_body_fields),
            ("missing scopes", &insight.missing_scopes),
        ] {
            for (at, name) in names.iter().take(MAX_NAMES).enumerate() {
                match at {
                    0 => write!(f, " ({what}: ")?,
                    _ => f.write_str(", ")?,
                }
                write_line(f, name, MAX_NAME)?;
            }
            match names.len() {
                0 => {}
                1..=MAX_NAMES => f.write_str(")")?,
                more => write!(f, " and {} more)", more - MAX_NAMES)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> ApiError {
        ApiError::parse(
            StatusCode::UNPROCESSABLE_ENTITY,
            &HeaderMap::new(),
            body.as_bytes(),
            true,
            Redactor::new("s3cret", ""),
        )
    }

    #[test]
    fn reads_the_documented_remote_error() {
        let error = parse(
            r#"{"statusCode":422,"error":"Unprocessable Entity","message":"Email is invalid",
                "truto_is_remote_error":true,
                "raw_response":{"errors":[{"field":"email","code":"invalid"}]}}"#,
        );
        assert!(error.is_remote);
        assert_eq!(error.message, "Email is invalid");
        assert_eq!(error.raw_response.as_ref().expect("raw")["errors"][0]["code"], "invalid");
        assert_eq!(
            error.to_string(),
            "422 Unprocessable Entity from the provider: Email is invalid"
        );
    }

    #[test]
    fn insight_is_typed_and_unknown_keys_are_kept() {
        let error = parse(
            r#"{"message":"missing","truto_error_insight":{
                "missing_required_query_parameters":{"description":"d","value":["a","b"]},
                "missing_required_body_fields":{"description":"d","value":"not a list"},
                "conditionally_required_body_fields":{"description":"d","value":{"x":"if y"}},
                "forbidden_error":{"description":"f","value":{"missing_scopes":["read"]}},
                "rate_limit_error":{"description":"slow down"},
                "new_key":{"value":1}}}"#,
        );
        let insight = error.insight.as_ref().expect("insight");
        assert_eq!(insight.missing_required_query_parameters, ["a", "b"]);
        assert_eq!(insight.missing_scopes, ["read"]);
        assert_eq!(insight.conditionally_required_body_fields["x"], "if y");
        assert_eq!(insight.descriptions["rate_limit_error"], "slow down");
        let other: Vec<_> = insight.other.keys().collect();
        assert_eq!(other, ["missing_required_body_fields", "new_key"]);
        assert_eq!(
            error.to_string(),
            "422 Unprocessable Entity: missing (missing query parameters: a, b) (missing scopes: read)"
        );
    }

    #[test]
    fn bodies_of_any_kind_are_kept_as_text() {
        for body in ["", "<html>", "[1]", "null", "\"text\"", "{\"message\":"] {
            let error = parse(body);
            assert_eq!(error.body, body);
            assert_eq!(error.to_string(), "422 Unprocessable Entity");
        }
        assert_eq!(parse(r#"{"message":["a","b"]}"#).message, r#"["a","b"]"#);
        assert!(!parse(r#"{"truto_is_remote_error":null}"#).is_remote);
    }

    #[test]
    fn the_token_is_never_kept() {
        let error = parse(r#"{"message":"bad s3cret","raw_response":{"s3cret":"s3cret"}}"#);
        let shown = format!("{error} {error:?} {} {:?}", error.body, error.raw_response);
        assert!(!shown.contains("s3cret"), "{shown}");
        let escaped = parse(r#"{"message":"bad s3\u0063ret"}"#);
        assert_eq!(escaped.message, "bad [redacted]");
    }

    #[test]
    fn a_message_is_shown_on_one_bounded_line() {
        let shown = parse(r#"{"message":"a\nb"}"#).to_string();
        assert!(shown.ends_with(": a b"), "{shown}");
        let shown = parse(&format!(r#"{{"message":"{}"}}"#, "x".repeat(5_000))).to_string();
        assert!(shown.len() < 600 && shown.ends_with("x…"), "{shown}");
    }

    #[test]
    fn field_names_from_a_server_are_shown_on_one_bounded_line() {
        let names = vec!["a\nb"; 12];
        let shown = parse(&format!(
            r#"{{"error":"x\u001b[0m{}","truto_error_insight":{{"missing_required_body_fields":{{"value":{}}}}}}}"#,
            "y".repeat(500),
            serde_json::json!(names)
        ))
        .to_string();
        assert!(!shown.contains(char::is_control), "{shown:?}");
        assert!(shown.ends_with(", a b and 2 more)"), "{shown}");
        assert!(shown.len() < 300, "{shown}");
    }

    #[test]
    fn a_truncated_body_proves_no_origin_and_shows_no_part_of_a_token() {
        let body = br#"{"statusCode":429,"message":"m"}"#;
        let parse = |body: &[u8], whole| {
            let secrets = Redactor::new("s3cret", "");
            ApiError::parse(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), body, whole, secrets)
        };
        assert_eq!(parse(body, true).origin, Origin::Truto);
        assert_eq!(parse(body, false).origin, Origin::Unproven);
        let garbled = b"{\"truto_is_remote_\xfferror\":true}";
        assert_eq!(parse(garbled, true).origin, Origin::Unproven);
        assert_eq!(parse(b"<p>s3cr", false).body, "<p>[redacted]");
    }

    #[test]
    fn large_bodies_are_cut() {
        let error =
            parse(&format!(r#"{{"message":"m","raw_response":"{}"}}"#, "é".repeat(MAX_BODY_TEXT)));
        assert_eq!(error.message, "m");
        assert_eq!(error.raw_response, None);
        assert!((65_533..=65_536).contains(&error.body.len()), "{}", error.body.len());
    }
}
