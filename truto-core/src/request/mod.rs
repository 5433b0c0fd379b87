mod build;
mod curl;
mod dynamic;
mod headers;
mod list;
mod masked;
mod options;
mod raw;

use std::fmt;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};

use http::Method;

pub(crate) use headers::{MAX_HEADERS, check_shared_header, own_header};
pub(crate) use masked::Masked;
pub use masked::SecretArgument;
use options::Format;
pub(crate) use raw::RawRequest;

use crate::response::OutputWith;
use crate::{Endpoint, Output};

/// A call to one endpoint, as a value: it holds what will be sent, and its type determines what is
/// returned.
///
/// The functions that [`unified_endpoint`](crate::unified_endpoint) generates return it. It can be
/// built, inspected, cloned and tested without a client or a network; nothing happens until it is
/// [sent](Self::send) on an [`Account`](crate::Account). Setters consume and return it. If the request
/// is invalid (an empty id, a query that cannot be encoded), `send` returns
/// [`Error::is_invalid_request`](crate::Error::is_invalid_request) and sends nothing. A `Request` takes
/// less than 200 bytes on a 64-bit machine.
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
    raw: RawRequest,
    output: PhantomData<fn() -> O>,
}

/// Bounds that generated code checks. They are methods of `Request` since rustc shows their names in
/// errors.
impl<O> Request<O> {
    /// Compiles if `T` can be decoded.
    #[doc(hidden)]
    pub const fn returns<T: Output>() {}

    /// Compiles if `O` can be decoded; if not, the error names `T`, which `O` contains.
    #[doc(hidden)]
    pub const fn returns_with<T: ?Sized>()
    where
        O: OutputWith<T>,
    {
    }
}

impl<O> Request<O> {
    pub(crate) fn from_raw(raw: RawRequest) -> Self {
        Self { raw, output: PhantomData }
    }

    pub(crate) fn into_raw(self) -> RawRequest {
        self.raw
    }

    pub(crate) fn as_raw(&self) -> &RawRequest {
        &self.raw
    }

    pub(crate) fn as_raw_mut(&mut self) -> &mut RawRequest {
        &mut self.raw
    }

    fn with_output<R>(self) -> Request<R> {
        Request::from_raw(self.raw)
    }
}

/// # Inspection
impl<O> Request<O> {
    /// The endpoint as it was declared.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// assert_eq!(User::get("1").endpoint().path, "/unified/e-signature/users/<id>");
    /// ```
    #[must_use]
    pub fn endpoint(&self) -> &'static Endpoint {
        self.raw.endpoint
    }

    /// The HTTP method.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// assert_eq!(User::get("1").method(), "GET");
    /// ```
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.raw.endpoint.method
    }

    /// The path with its arguments, percent-encoded, without the base URL.
    ///
    /// A secret argument is shown as its placeholder, such as `<token>`, here and in `Debug`,
    /// [`to_curl`](Self::to_curl), errors and logs. The secret itself is sent, and `==` compares it.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// assert_eq!(User::get("a b").path(), "/unified/e-signature/users/a%20b");
    /// ```
    #[must_use]
    pub fn path(&self) -> &str {
        self.raw.path()
    }

    /// The query without `integrated_account_id`, which is added in front when the request is sent.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// assert_eq!(User::list().limit(5).query_string(), "limit=5");
    /// ```
    #[must_use]
    pub fn query_string(&self) -> String {
        let mut query = String::new();
        self.raw.write_query(&mut query);
        query.split_off(usize::from(!query.is_empty()))
    }

    /// The body as it will be sent; `None` if there is none, or if it comes from files or streams.
    ///
    /// ```
    /// use truto_core::Request;
    ///
    /// let create = Request::<()>::unified("POST", "crm", "contacts", None);
    /// let create = create.body(&serde_json::json!({"name": "Ada"}));
    /// assert_eq!(create.body_bytes(), Some(&br#"{"name":"Ada"}"#[..]));
    /// ```
    #[must_use]
    pub fn body_bytes(&self) -> Option<&[u8]> {
        Some(self.raw.body.as_ref()?.bytes()?)
    }

    /// The call as a `curl` command that can be pasted into a shell.
    ///
    /// Token and account are the variables `$TRUTO_API_TOKEN` and `$TRUTO_INTEGRATED_ACCOUNT_ID`; a body
    /// that is not text is read from a file that you name. An invalid request becomes a shell comment
    /// with the reason.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let curl = User::get("1").to_curl();
    /// assert!(curl.starts_with("curl -X GET \"https://api.truto.one/unified/e-signature/users/1?"));
    /// ```
    #[must_use]
    pub fn to_curl(&self) -> String {
        curl::command(&self.raw)
    }
}

impl<O> PartialEq for Request<O> {
    /// Compares everything that would be sent: endpoint, path, query, headers, body and settings.
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<O> Clone for Request<O> {
    fn clone(&self) -> Self {
        Self::from_raw(self.raw.clone())
    }
}

impl<O> fmt::Debug for Request<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Request");
        debug
            .field("method", self.method())
            .field("path", &self.path())
            .field("query", &self.query_string());
        if let Some(body) = &self.raw.body {
            debug.field("body", body);
        }
        if let Some(reason) = &self.raw.invalid {
            debug.field("invalid", reason);
        }
        debug.finish_non_exhaustive()
    }
}

// A request is a value; only the callbacks and streams of an upload are trait objects.
impl<O> UnwindSafe for Request<O> {}
impl<O> RefUnwindSafe for Request<O> {}

#[cfg(test)]
mod tests;
