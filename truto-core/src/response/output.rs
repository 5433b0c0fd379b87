//! What a call can give back, and how it comes out of an answer.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode::{self, Cause, Failure};
use super::deleted::Deleted;
use super::stream::ByteStream;

/// A type that [`Request::send`](crate::Request::send) can give back.
///
/// Every [`serde::Deserialize`] type that borrows nothing is one, and so are [`Deleted`],
/// [`WithDebug`] and [`ByteStream`]. There is nothing to implement: derive `Deserialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be decoded from an answer of Truto",
    label = "this type does not implement `serde::Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`, and to every type in its fields"
)]
pub trait Output: Sized {
    /// Whether the body is handed on as it arrives.
    #[doc(hidden)]
    const STREAMED: bool = false;

    /// Makes the value from a successful answer.
    #[doc(hidden)]
    fn from_body(body: Body) -> Result<Self, Failure>;
}

/// A successful answer's body.
#[derive(Debug)]
pub struct Body {
    pub(crate) content: Content,
    /// A custom method's answer, which may be wrapped in `{"result": …}`.
    pub(crate) may_be_wrapped: bool,
}

#[derive(Debug)]
pub(crate) enum Content {
    Whole(Bytes),
    Stream(ByteStream),
}

impl Body {
    fn whole(self) -> Result<Bytes, Failure> {
        match self.content {
            Content::Whole(bytes) => Ok(bytes),
            Content::Stream(_) => Err(Failure::new(
                Cause::Shape,
                "the answer was asked for as a stream",
            )),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Output for T {
    fn from_body(body: Body) -> Result<Self, Failure> {
        let may_be_wrapped = body.may_be_wrapped;
        let bytes = body.whole()?;
        let text = decode::text(&bytes)?;
        if may_be_wrapped {
            decode::unwrapped(text)
        } else {
            decode::json(text)
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Output for Deleted<T> {
    fn from_body(body: Body) -> Result<Self, Failure> {
        let bytes = body.whole()?;
        Self::read(decode::text(&bytes)?)
    }
}

impl Output for ByteStream {
    const STREAMED: bool = true;

    fn from_body(body: Body) -> Result<Self, Failure> {
        Ok(match body.content {
            Content::Stream(stream) => stream,
            Content::Whole(bytes) => Self::from_bytes(bytes),
        })
    }
}

/// The answer in the `debug` format: the result, and what passed between Truto and the provider.
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
/// let answer = User::get("a").debug().send(&account).await?;
/// assert_eq!(answer.result.id, "a");
/// assert!(answer.debug.is_some_and(|debug| debug["requestUrl"].is_string()));
/// # Ok(())
/// # }
/// ```
///
/// Given by [`Request::debug`](crate::Request::debug). See `truto_response_format` on
/// [an endpoint's page](https://truto.one/docs/api-reference/unified-e-signature-api/users/delete).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WithDebug<T> {
    /// What the call gives without `debug`.
    pub result: T,
    /// `requestUrl`, `requestOptions`, `data`, `responseHeaders` and, for lists, more; `None` where
    /// Truto answered without asking the provider.
    pub debug: Option<Value>,
}

#[diagnostic::do_not_recommend]
impl<O: Output> Output for WithDebug<O> {
    fn from_body(body: Body) -> Result<Self, Failure> {
        #[derive(serde::Deserialize)]
        struct Envelope {
            result: Box<RawValue>,
            debug: Option<Value>,
        }
        let may_be_wrapped = body.may_be_wrapped;
        let bytes = body.whole()?;
        let envelope: Envelope = decode::json(decode::text(&bytes)?)?;
        let result = Body {
            content: Content::Whole(Bytes::from(Box::<str>::from(envelope.result).into_string())),
            may_be_wrapped,
        };
        let result = O::from_body(result).map_err(|failure| Failure {
            message: format!("{} (inside `result`)", failure.message),
            ..failure
        })?;
        Ok(Self {
            result,
            debug: envelope.debug,
        })
    }
}
