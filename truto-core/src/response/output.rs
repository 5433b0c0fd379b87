//! What a call can return, and how it comes out of a response.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode::{self, Cause, Failure};
use super::deleted::Deleted;
use super::stream::ByteStream;

/// A type that [`Request::send`](crate::Request::send) can return.
///
/// Every [`serde::Deserialize`] type that borrows nothing is one, and so are [`Deleted`],
/// [`WithDebug`] and [`ByteStream`]. There is nothing to implement: derive `Deserialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be decoded from a Truto response",
    label = "this type does not implement `serde::Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`, and to every type in its fields"
)]
pub trait Output: Sized {
    /// Whether the body is read as it arrives.
    #[doc(hidden)]
    const STREAMED: bool = false;

    /// Makes the value from a successful response.
    #[doc(hidden)]
    fn from_body(body: Body) -> Result<Self, Failure>;
}

/// What is decoded by serde alone.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be decoded from a Truto response",
    label = "this type does not implement `serde::Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`, and to every type in its fields"
)]
pub trait Record: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Record for T {}

/// What has no `debug` envelope yet: there is only one.
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

/// The body of a successful response.
#[derive(Debug)]
pub struct Body {
    pub(crate) content: Content,
    /// The response of a custom method, which may be wrapped in `{"result": …}`.
    pub(crate) may_be_wrapped: bool,
}

#[derive(Debug)]
pub(crate) enum Content {
    Whole(Bytes),
    Stream(Box<ByteStream>),
}

impl Body {
    fn whole(self) -> Result<Bytes, Failure> {
        match self.content {
            Content::Whole(bytes) => Ok(bytes),
            Content::Stream(_) => {
                Err(Failure::new(Cause::Shape, "the response was asked for as a stream"))
            }
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Output for T {
    fn from_body(body: Body) -> Result<Self, Failure> {
        let may_be_wrapped = body.may_be_wrapped;
        let bytes = body.whole()?;
        let text = decode::text(&bytes)?;
        if may_be_wrapped { decode::unwrapped(text) } else { decode::json(text) }
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Output for Deleted<T> {
    fn from_body(body: Body) -> Result<Self, Failure> {
        let bytes = body.whole()?;
        Self::read(decode::text(&bytes)?)
    }
}

#[diagnostic::do_not_recommend]
impl Output for ByteStream {
    const STREAMED: bool = true;

    fn from_body(body: Body) -> Result<Self, Failure> {
        Ok(match body.content {
            Content::Stream(stream) => *stream,
            Content::Whole(bytes) => Self::from_bytes(bytes),
        })
    }
}

/// The response in the `debug` format: the result, and what passed between Truto and the provider.
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
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WithDebug<T> {
    /// What the call returns without `debug`.
    pub result: T,
    /// `requestUrl`, `requestOptions`, `data`, `responseHeaders` and, for lists, more; `None` where
    /// Truto responded without asking the provider.
    pub debug: Option<Value>,
}

#[diagnostic::do_not_recommend]
impl<O: PlainOutput> Output for WithDebug<O> {
    fn from_body(body: Body) -> Result<Self, Failure> {
        #[derive(serde::Deserialize)]
        struct DebugEnvelope {
            result: Box<RawValue>,
            debug: Option<Value>,
        }
        let may_be_wrapped = body.may_be_wrapped;
        let bytes = body.whole()?;
        let text = decode::text(&bytes)?;
        let plain = |bytes| O::from_body(Body { content: Content::Whole(bytes), may_be_wrapped });
        if decode::is_blank(text) {
            // A 204 has no envelope either.
            return Ok(Self { result: plain(Bytes::new())?, debug: None });
        }
        let envelope: DebugEnvelope = decode::json(text)?;
        let result = Bytes::from(Box::<str>::from(envelope.result).into_string());
        Ok(Self { result: plain(result).map_err(Failure::inside_result)?, debug: envelope.debug })
    }
}
