//! The types that a call can return, and their conversion from a response.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode::{self, Failure};
use super::deleted::Deleted;
use super::raw_response::{RawBody, RawResponse};
use super::stream::ByteStream;
use crate::json::RawJson;

/// A type that [`Request::send`](crate::Request::send) can return.
///
/// It is implemented for every [`serde::Deserialize`] type that borrows nothing, and for [`Deleted`],
/// [`WithDebug`] and [`ByteStream`]. You need not implement it; derive `Deserialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be decoded from a Truto response",
    label = "this type does not implement `serde::Deserialize`",
    note = "a type of your own derives `serde::Deserialize`, and so does every type in its fields",
    note = "for a type of another crate, look for that crate's feature `serde`",
    note = "a decoded value owns its data: `String` instead of `&str`"
)]
pub trait Output: Sized {
    /// True if the body is read as it arrives.
    #[doc(hidden)]
    const STREAMED: bool = false;

    /// Creates the value from a successful response, whose body it may take.
    #[doc(hidden)]
    fn from_response(response: &mut RawResponse) -> Result<Self, Failure>;
}

/// An [`Output`] for which rustc's errors name another type, one that it contains.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be decoded from a Truto response",
    label = "this type does not implement `serde::Deserialize`",
    note = "a type of your own derives `serde::Deserialize`, and so does every type in its fields",
    note = "for a type of another crate, look for that crate's feature `serde`",
    note = "a decoded value owns its data: `String` instead of `&str`"
)]
pub trait OutputWith<T: ?Sized> {}

#[diagnostic::do_not_recommend]
impl<O: Output, T: ?Sized> OutputWith<T> for O {}

/// A type that is not itself a `debug` envelope, since a response has only one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `debug` format",
    label = "`debug()` is called once, on a decoded response"
)]
pub trait PlainOutput: Output {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> PlainOutput for T {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> PlainOutput for Deleted<T> {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Output for T {
    fn from_response(response: &mut RawResponse) -> Result<Self, Failure> {
        let bytes = response.bytes()?;
        let text = match decode::text(bytes) {
            Ok(text) => text,
            Err(failure) => return decode::unit(response.head.is_html()).ok_or(failure),
        };
        let decoded =
            if response.may_be_wrapped { decode::unwrapped(text) } else { decode::json(text) };
        decoded.or_else(|failure| {
            decode::unit(response.head.is_html() || decode::is_html(text)).ok_or(failure)
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Output for Deleted<T> {
    fn from_response(response: &mut RawResponse) -> Result<Self, Failure> {
        Self::read(decode::text(response.bytes()?)?)
    }
}

#[diagnostic::do_not_recommend]
impl Output for ByteStream {
    const STREAMED: bool = true;

    fn from_response(response: &mut RawResponse) -> Result<Self, Failure> {
        Ok(match response.take_body() {
            RawBody::Streaming(stream) => *stream,
            RawBody::Buffered(bytes) => Self::from_bytes(bytes),
        })
    }
}

/// A response in the `debug` format: the result, and the exchange between Truto and the provider.
///
/// ```
/// # truto_sandbox::__doc::run(async |_sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// let response = User::get("a").debug().send(&account).await?;
/// assert_eq!(response.result.id, "a");
/// assert!(response.debug.is_some_and(|debug| debug["requestUrl"].is_string()));
/// # Ok(())
/// # })
/// ```
///
/// Returned by [`Request::debug`](crate::Request::debug). See `truto_response_format` on
/// [an endpoint's page](https://truto.one/docs/api-reference/unified-e-signature-api/users/delete).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct WithDebug<T> {
    /// The output of the call without `debug`.
    pub result: T,
    /// `requestUrl`, `requestOptions`, `data`, `responseHeaders` and, for lists, more; `None` if Truto
    /// did not call the provider. JSON that a [`Value`] cannot hold, such as a number out of range
    /// for `f64`, is kept as a string with its text.
    pub debug: Option<Value>,
}

impl<T: fmt::Debug> fmt::Debug for WithDebug<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `requestOptions` and `responseHeaders` hold credentials of the provider.
        let debug = self.debug.as_ref().map(|_| format_args!("(hidden)"));
        f.debug_struct("WithDebug").field("result", &self.result).field("debug", &debug).finish()
    }
}

#[diagnostic::do_not_recommend]
impl<O: PlainOutput> Output for WithDebug<O> {
    fn from_response(response: &mut RawResponse) -> Result<Self, Failure> {
        #[derive(serde::Deserialize)]
        #[serde(expecting = "an object with `result` and `debug`")]
        struct DebugEnvelope {
            result: Box<RawValue>,
            debug: Option<Box<RawValue>>,
        }
        let text = decode::text(response.bytes()?)?;
        if decode::is_blank(text) {
            // A 204 has no envelope either.
            return Ok(Self { result: O::from_response(response)?, debug: None });
        }
        let envelope: DebugEnvelope = decode::json(text)?;
        let debug = envelope.debug.map(|debug| RawJson::Text(debug.get().into()).into_value());
        let result = Bytes::from(Box::<str>::from(envelope.result).into_string());
        response.body = RawBody::Buffered(result);
        Ok(Self { result: O::from_response(response).map_err(Failure::inside_result)?, debug })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header};

    use super::super::head::ResponseHead;
    use super::*;

    fn is_unit(media: &'static str, body: &'static str) -> bool {
        let mut head = ResponseHead::detached();
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        let body = RawBody::Buffered(Bytes::from_static(body.as_bytes()));
        <()>::from_response(&mut RawResponse::new(head, body)).is_ok()
    }

    /// A proxy's page is recognized by its media type or by its beginning; one of the two is enough.
    #[test]
    fn an_html_page_is_not_decoded_as_unit() {
        for (media, body, expected) in [
            ("application/json", "done", true),
            ("text/html", "done", false),
            ("application/json", "<!doctype html>", false),
            ("text/html", "<!doctype html>", false),
            ("application/json", "{}", true),
        ] {
            assert_eq!(is_unit(media, body), expected, "{media} {body}");
        }
    }

    #[test]
    fn debug_hides_the_exchanged_requests() {
        let debug = Some(serde_json::json!({"requestOptions": "s3cret"}));
        let shown = format!("{:?}", WithDebug { result: 7, debug });
        assert_eq!(shown, "WithDebug { result: 7, debug: Some((hidden)) }");
        let shown = format!("{:?}", WithDebug { result: 7, debug: None });
        assert_eq!(shown, "WithDebug { result: 7, debug: None }");
    }
}
