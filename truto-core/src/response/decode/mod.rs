//! From received bytes to a typed value, or to the reason and the place why not.

mod locate;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Why a body cannot be decoded. Holds no received value, only places and kinds.
#[derive(Debug)]
pub struct Failure {
    pub(crate) message: String,
    pub(crate) cause: Cause,
    /// Where in the body, in bytes, as far as known.
    pub(crate) at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Nothing but white space came.
    Empty,
    /// The bytes are no JSON.
    NotJson,
    /// The bytes are JSON up to their end, which comes too early.
    Unfinished,
    /// The JSON is fine, but not what the type expects.
    Shape,
}

impl Failure {
    pub(crate) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause,
            at: 0,
        }
    }

    fn empty() -> Self {
        Self::new(Cause::Empty, "the answer is empty where JSON was expected")
    }
}

/// The body as text: one UTF-8 check of the whole, without a byte order mark.
pub(crate) fn text(body: &[u8]) -> Result<&str, Failure> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => Err(Failure::new(
            Cause::NotJson,
            format!(
                "the answer is not UTF-8 from byte {} on",
                error.valid_up_to()
            ),
        )),
    }
}

/// Decodes JSON; an empty body is `null`, for types that can be nothing.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(error) => match is_blank(text) {
            true => serde_json::from_str("null").map_err(|_| Failure::empty()),
            false => Err(explain::<T>(text, &error)),
        },
    }
}

/// Decodes the answer of a custom method, which may be wrapped in `{"result": …}`.
pub(crate) fn unwrapped<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    let Some(result) = only_result(text) else {
        return json(text);
    };
    json(result).or_else(|failure| {
        // A type may have a field `result` of its own; then the whole body is what it expects. One
        // that is content with an empty object would take any body and lose what is in it.
        let whole = serde_json::from_str::<T>("{}").is_err().then_some(text);
        whole
            .and_then(|text| serde_json::from_str(text).ok())
            .ok_or_else(|| Failure {
                message: format!("{} (inside `result`)", failure.message),
                ..failure
            })
    })
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// The value of `result`, if that is the only key of the body.
fn only_result(text: &str) -> Option<&str> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        result: &'a serde_json::value::RawValue,
    }
    let wrapped: Wrapped<'_> = serde_json::from_str(text).ok()?;
    Some(wrapped.result.get())
}

fn explain<T: DeserializeOwned>(text: &str, error: &serde_json::Error) -> Failure {
    match error.classify() {
        // serde_json's messages on syntax name a place and no value.
        Category::Syntax | Category::Io => {
            Failure::new(Cause::NotJson, format!("the answer is not JSON: {error}"))
        }
        Category::Eof => Failure::new(
            Cause::Unfinished,
            format!("the answer ends in the middle of its JSON: {error}"),
        ),
        Category::Data => Failure::new(Cause::Shape, locate::locate::<T>(text)),
    }
}
