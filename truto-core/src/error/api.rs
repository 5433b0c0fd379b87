use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::redact;
use crate::RateLimit;

/// The text of an error body that is kept, in bytes.
pub(crate) const MAX_BODY_TEXT: usize = 64 * 1024;

/// What Truto, or the provider behind it, answered in place of a success.
///
/// Reached through [`Error::api`](crate::Error::api). A body that is not Truto's JSON (a gateway's
/// HTML page, say) leaves the typed fields at their defaults and is kept in [`body`](Self::body).
/// The client's token is replaced wherever a server sends it back.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use truto_core::{sandbox::Sandbox, unified_endpoint};
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
/// # #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
/// # #[derive(Debug, serde::Deserialize)]
/// # struct User { id: String }
/// # let sandbox = Sandbox::start().await?;
/// # for id in ["a", "b", "c"] {
/// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
/// # }
/// # let account = sandbox.account();
/// use truto_core::sandbox::Fault;
///
/// sandbox.fail_next(Fault::remote(422));
/// let error = User::get("a").send(&account).await.expect_err("a fault");
/// let api = error.api().expect("the server answered");
/// assert!(api.is_remote && api.raw_response.is_some());
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's page on errors](https://truto.one/docs/api-reference/overview/errors).
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The reason's name, for example `Bad Request`; the status' own where the body names none.
    pub error: String,
    /// What went wrong, in the server's words; may be empty for errors of the provider.
    pub message: String,
    /// Whether the provider failed, not Truto (`truto_is_remote_error`).
    pub is_remote: bool,
    /// The provider's own answer, for errors of the provider.
    pub raw_response: Option<Value>,
    /// What Truto knows of the cause (`truto_error_insight`).
    pub insight: Option<ErrorInsight>,
    /// Further details, such as validation failures.
    pub details: Option<Value>,
    /// The account's rate limit, where the answer states it.
    pub rate_limit: Option<RateLimit>,
    /// The body as text, cut at 64 KiB.
    pub body: String,
}

/// Truto's own analysis of an error.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use truto_core::{sandbox::Sandbox, unified_endpoint};
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
/// # #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
/// # #[derive(Debug, serde::Deserialize)]
/// # struct User { id: String }
/// # let sandbox = Sandbox::start().await?;
/// # for id in ["a", "b", "c"] {
/// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
/// # }
/// # let account = sandbox.account();
/// // An account token names its account itself; this one is none.
/// let error = User::get("a").send(&sandbox.client().token_account()).await.expect_err("400");
/// let insight = error.api().and_then(|api| api.insight.as_ref()).expect("an insight");
/// assert_eq!(insight.missing_required_query_parameters, ["integrated_account_id"]);
/// # Ok(())
/// # }
/// ```
///
/// Each list is empty unless the answer has the key of that name. See
/// [Truto's page on errors](https://truto.one/docs/api-reference/overview/errors).
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ErrorInsight {
    /// Query parameters that the call lacks.
    pub missing_required_query_parameters: Vec<String>,
    /// Body fields that the call lacks.
    pub missing_required_body_fields: Vec<String>,
    /// Query parameters required under a condition: name to rule. These may ride on any error.
    pub conditionally_required_query_parameters: BTreeMap<String, Value>,
    /// Body fields required under a condition: name to rule. These may ride on any error.
    pub conditionally_required_body_fields: BTreeMap<String, Value>,
    /// Scopes that the account's grant lacks (`forbidden_error`).
    pub missing_scopes: Vec<String>,
    /// Truto's explanation of each key that the insight has.
    pub descriptions: BTreeMap<String, String>,
    /// Keys that this version does not know, or whose value has another shape, as they came.
    pub other: Map<String, Value>,
}

impl ErrorInsight {
    fn from_json(insight: Map<String, Value>) -> Self {
        let mut known = Self::default();
        for (key, value) in insight {
            if let Some(description) = value.get("description").and_then(Value::as_str) {
                known
                    .descriptions
                    .insert(key.clone(), description.to_owned());
            }
            if !known.take(&key, value.get("value")) {
                known.other.insert(key, value);
            }
        }
        known
    }

    /// Stores one key's value; false if the key or the shape of its value is unknown.
    fn take(&mut self, key: &str, value: Option<&Value>) -> bool {
        fn read<T: for<'de> Deserialize<'de>>(into: &mut T, value: Option<&Value>) -> bool {
            let read = value.map(T::deserialize);
            match read {
                Some(Ok(value)) => *into = value,
                _ => return false,
            }
            true
        }
        match key {
            "missing_required_query_parameters" => {
                read(&mut self.missing_required_query_parameters, value)
            }
            "missing_required_body_fields" => read(&mut self.missing_required_body_fields, value),
            "conditionally_required_query_parameters" => {
                read(&mut self.conditionally_required_query_parameters, value)
            }
            "conditionally_required_body_fields" => {
                read(&mut self.conditionally_required_body_fields, value)
            }
            "forbidden_error" => read(
                &mut self.missing_scopes,
                value.and_then(|value| value.get("missing_scopes")),
            ),
            // These two say all they have to say in their description.
            "rate_limit_error" | "remote_error" => {
                self.descriptions.contains_key(key) && value.is_none_or(Value::is_null)
            }
            _ => false,
        }
    }
}

impl ApiError {
    /// Reads an error body, whatever it is.
    pub(crate) fn parse(status: StatusCode, headers: &HeaderMap, body: &[u8], token: &str) -> Self {
        let mut parsed: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        parsed
            .values_mut()
            .for_each(|field| redact::json(field, token));
        let mut text = String::from_utf8_lossy(body).into_owned();
        redact::text(&mut text, token);
        let whole = text.len() <= MAX_BODY_TEXT;
        truncate(&mut text, MAX_BODY_TEXT);
        let mut take = |key: &str| parsed.remove(key).filter(|value| !value.is_null());
        // A provider's answer that is too large to keep as text is not kept as a value either.
        let large = |value: Option<Value>| value.filter(|_| whole);
        Self {
            status,
            error: take("error").map_or_else(
                || status.canonical_reason().unwrap_or_default().to_owned(),
                into_text,
            ),
            message: take("message").map(into_text).unwrap_or_default(),
            is_remote: take("truto_is_remote_error") == Some(Value::Bool(true)),
            raw_response: large(take("raw_response")),
            insight: match take("truto_error_insight") {
                Some(Value::Object(insight)) => Some(ErrorInsight::from_json(insight)),
                _ => None,
            },
            details: large(take("details")),
            rate_limit: RateLimit::from_headers(headers),
            body: text,
        }
    }
}

/// A field that should be text but need not be (some validators send a list of messages).
fn into_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Cuts text at a character boundary.
pub(crate) fn truncate(text: &mut String, max: usize) {
    if text.len() > max {
        let cut = (0..=max).rev().find(|&at| text.is_char_boundary(at));
        text.truncate(cut.unwrap_or(0));
    }
}

/// Writes server text on one line, of a length that a log line bears.
fn write_line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    const MAX_CHARS: usize = 500;
    for (at, character) in text.chars().enumerate() {
        if at == MAX_CHARS {
            return f.write_str("…");
        }
        let printed = if character.is_control() {
            ' '
        } else {
            character
        };
        fmt::Write::write_char(f, printed)?;
    }
    Ok(())
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Bodies hold personal data; they are there to be read, not to be logged by accident.
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("error", &self.error)
            .field("message", &self.message)
            .field("is_remote", &self.is_remote)
            .field("insight", &self.insight)
            .field("rate_limit", &self.rate_limit)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status.as_u16())?;
        if !self.error.is_empty() {
            write!(f, " {}", self.error)?;
        }
        if self.is_remote {
            f.write_str(" from the provider")?;
        }
        if !self.message.is_empty() {
            f.write_str(": ")?;
            write_line(f, &self.message)?;
        }
        let Some(insight) = &self.insight else {
            return Ok(());
        };
        for (what, names) in [
            (
                "missing query parameters",
                &insight.missing_required_query_parameters,
            ),
            ("missing body fields", &insight.missing_required_body_fields),
            ("missing scopes", &insight.missing_scopes),
        ] {
            if !names.is_empty() {
                write!(f, " ({what}: {})", names.join(", "))?;
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
            "s3cret",
        )
    }

    #[test]
    fn the_documented_remote_error() {
        let error = parse(
            r#"{"statusCode":422,"error":"Unprocessable Entity","message":"Email is invalid",
                "truto_is_remote_error":true,
                "raw_response":{"errors":[{"field":"email","code":"invalid"}]}}"#,
        );
        assert!(error.is_remote);
        assert_eq!(error.message, "Email is invalid");
        assert_eq!(
            error.raw_response.as_ref().expect("raw")["errors"][0]["code"],
            "invalid"
        );
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
    fn large_bodies_are_cut() {
        let error = parse(&format!(
            r#"{{"message":"m","raw_response":"{}"}}"#,
            "é".repeat(MAX_BODY_TEXT)
        ));
        assert_eq!(error.message, "m");
        assert_eq!(error.raw_response, None);
        assert!(error.body.len() <= MAX_BODY_TEXT && error.body.len() > MAX_BODY_TEXT - 4);
    }
}
