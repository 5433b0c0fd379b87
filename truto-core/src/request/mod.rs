mod curl;
mod format;
mod list;
mod parts;
mod settings;
mod unified;

use std::fmt;
use std::marker::PhantomData;

use http::Method;

pub(crate) use parts::{Format, Parts};

use crate::{Account, Endpoint, Error, Output, RateLimit, Response, call};

/// A call of one endpoint, as a value: what will be sent, and in its type what comes back.
///
/// Made by the functions that [`unified_endpoint`](crate::unified_endpoint) generates. It holds no
/// client and needs no network to be built, inspected, cloned or tested; nothing happens until it is
/// [sent](Self::send) on an [`Account`]. Setters consume and return it. What cannot be sent (an empty
/// id, a query without a form) is kept and given back by `send` as
/// [`Error::is_invalid_request`], before anything goes out.
///
/// ```
/// use truto_core::unified_endpoint;
///
/// #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
/// #[derive(serde::Deserialize)]
/// struct User {
///     id: String,
/// }
///
/// let request = User::delete("a/b").ignore_remote_data().exclude_fields(["groups", "roles"]);
/// assert_eq!(request.path(), "/unified/e-signature/users/a%2Fb");
/// assert_eq!(
///     request.query_string(),
///     "truto_exclude_fields%5B%5D=groups&truto_exclude_fields%5B%5D=roles\
///      &truto_ignore_remote_data=true"
/// );
/// ```
///
/// See [Truto's introduction](https://truto.one/docs/api-reference/overview/introduction) and its
/// [page on querying](https://truto.one/docs/api-reference/overview/querying).
#[must_use = "a request does nothing until it is sent: add `.send(&account).await`"]
pub struct Request<O> {
    parts: Parts,
    output: PhantomData<fn() -> O>,
}

impl<O> Request<O> {
    pub(crate) fn from_parts(parts: Parts) -> Self {
        Self {
            parts,
            output: PhantomData,
        }
    }

    pub(crate) fn into_parts(self) -> Parts {
        self.parts
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn parts_mut(&mut self) -> &mut Parts {
        &mut self.parts
    }

    /// The same call with another output.
    fn give<R>(self) -> Request<R> {
        Request::from_parts(self.parts)
    }

    /// The endpoint as it was declared.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// assert_eq!(User::get("1").endpoint().path, "/unified/e-signature/users/<id>");
    /// ```
    #[must_use]
    pub fn endpoint(&self) -> &'static Endpoint {
        self.parts.endpoint
    }

    /// The HTTP method.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// assert_eq!(User::get("1").method(), "GET");
    /// ```
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.parts.endpoint.method
    }

    /// The path with its arguments, percent-encoded, without the base URL.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// assert_eq!(User::get("a b").path(), "/unified/e-signature/users/a%20b");
    /// ```
    #[must_use]
    pub fn path(&self) -> &str {
        self.parts.path()
    }

    /// The query without `integrated_account_id`, which the account puts in front when it is sent.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// assert_eq!(User::list().limit(5).query_string(), "limit=5");
    /// ```
    #[must_use]
    pub fn query_string(&self) -> String {
        let mut query = String::new();
        self.parts.write_query(&mut query);
        query.split_off(usize::from(!query.is_empty()))
    }

    /// The call as a `curl` command that pastes into a shell.
    ///
    /// Token and account stand as `$TRUTO_API_TOKEN` and `$TRUTO_INTEGRATED_ACCOUNT_ID`; bodies that
    /// are no text are read from a file that you name. A request that cannot be sent gives a shell
    /// comment that says why.
    ///
    /// ```
    /// # use truto_core::{Request, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(serde::Deserialize)]
    /// # struct User {}
    /// let curl = User::get("1").to_curl();
    /// assert!(curl.starts_with("curl -X GET \"https://api.truto.one/unified/e-signature/users/1?"));
    /// ```
    #[must_use]
    pub fn to_curl(&self) -> String {
        curl::command(&self.parts)
    }
}

impl<O: Output> Request<O> {
    /// Sends the request and decodes the answer.
    ///
    /// Any 2xx is a success. Transient failures are retried as the [`RetryPolicy`](crate::RetryPolicy) says, within the
    /// deadline. Dropping the future closes the connection.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use truto_core::{sandbox::Sandbox, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(Debug, serde::Deserialize)]
    /// # struct User { id: String }
    /// # let sandbox = Sandbox::start().await?;
    /// # for id in ["a", "b", "c"] {
    /// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
    /// # }
    /// # let account = sandbox.account();
    /// let user = User::get("a").send(&account).await?;
    /// assert_eq!(user.id, "a");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]: refused before sending, no connection, out of time, an error status, or a body
    /// that the output type does not expect.
    pub async fn send(&self, account: &Account) -> Result<O, Error> {
        let reply = call::execute(&self.parts, account, O::STREAMED).await?;
        Ok(reply.decode()?.0)
    }

    /// Sends the request and gives the decoded answer with its status, headers and rate limit.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use truto_core::{sandbox::Sandbox, unified_endpoint};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(Debug, serde::Deserialize)]
    /// # struct User { id: String }
    /// # let sandbox = Sandbox::start().await?;
    /// # for id in ["a", "b", "c"] {
    /// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
    /// # }
    /// # let account = sandbox.account();
    /// let response = User::get("a").response(&account).await?;
    /// assert_eq!((response.body.id.as_str(), response.attempts), ("a", 1));
    /// assert!(response.rate_limit.is_some_and(|limit| limit.remaining < limit.limit));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn response(&self, account: &Account) -> Result<Response<O>, Error> {
        let reply = call::execute(&self.parts, account, O::STREAMED).await?;
        let (body, around) = reply.decode()?;
        Ok(Response {
            body,
            status: around.status,
            rate_limit: RateLimit::from_headers(&around.headers),
            headers: around.headers,
            attempts: around.attempts,
        })
    }
}

impl<O> Clone for Request<O> {
    fn clone(&self) -> Self {
        Self::from_parts(self.parts.clone())
    }
}

impl<O> fmt::Debug for Request<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Path arguments, query values and bodies are data; `path` and `to_curl` show them if wanted.
        f.debug_struct("Request")
            .field("endpoint", &format_args!("{}", self.parts.endpoint))
            .field("format", &self.parts.format)
            .field("invalid", &self.parts.invalid)
            .finish_non_exhaustive()
    }
}
