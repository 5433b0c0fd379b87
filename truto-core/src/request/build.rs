//! The setters of every request: parameters, response format, body, headers, time and retries.

use std::time::Duration;

use http::{HeaderValue, Method};
use serde::Serialize;
use serde_json::Value;

use super::headers::{MAX_HEADERS, own_header};
use super::{Format, Request};
use crate::encode::query::Namespace;
use crate::response::PlainOutput;
use crate::{ByteStream, RequestBody, RetryPolicy, WithDebug};

/// # Parameters and body
impl<O> Request<O> {
    /// Leaves `remote_data` out of the response (`truto_ignore_remote_data=true`). Default: it is
    /// included.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::get("1").ignore_remote_data();
    /// assert_eq!(request.query_string(), "truto_ignore_remote_data=true");
    /// ```
    pub fn ignore_remote_data(mut self) -> Self {
        self.raw.ignore_remote_data = true;
        self.raw.settle();
        self
    }

    /// Leaves fields out of the response (`truto_exclude_fields[]=a&…`). Repeated calls accumulate.
    ///
    /// If the output type requires one of these fields, decoding fails.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::get("1").exclude_fields(["roles"]);
    /// assert_eq!(request.query_string(), "truto_exclude_fields%5B%5D=roles");
    /// ```
    pub fn exclude_fields<I>(mut self, fields: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        for field in fields {
            self.raw.push_pair("truto_exclude_fields%5B%5D", field.as_ref());
        }
        self
    }

    /// Adds query parameters that Truto passes to the provider unchanged (`remote_query[a][b]=c`).
    /// Repeated calls accumulate.
    ///
    /// Takes a struct or a map of any depth; see [`query`](Self::query) for the encoding.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::get("1").remote_query(&serde_json::json!({"foo": "bar"}));
    /// assert_eq!(request.query_string(), "remote_query%5Bfoo%5D=bar");
    /// ```
    pub fn remote_query<T: Serialize + ?Sized>(mut self, query: &T) -> Self {
        self.raw.push_query(Namespace::Remote, query);
        self
    }

    /// Adds query parameters of the endpoint, from a struct or a map. Repeated calls accumulate.
    ///
    /// Nested objects are written as `a[b]=c`, arrays as `a[]=x`, and arrays whose objects have more than
    /// one key as `a[0][k]=v`; `None` and empty arrays omit the parameter. All characters but the
    /// unreserved ones are percent-encoded. `integrated_account_id`, `truto_response_format` and
    /// `truto_key_by` are refused: they are set by the account and by setters that keep the output
    /// type correct.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::get("1").query(&serde_json::json!({"created_at": {"gt": 1}}));
    /// assert_eq!(request.query_string(), "created_at%5Bgt%5D=1");
    /// ```
    pub fn query<T: Serialize + ?Sized>(mut self, query: &T) -> Self {
        self.raw.push_query(Namespace::Endpoint, query);
        self
    }

    /// Sets the body: anything that serializes to JSON, or an [`Upload`](crate::Upload).
    ///
    /// Endpoints declared with `body` take it as an argument; this method is for
    /// [`unified`](Self::unified) and [`at`](Self::at). It replaces a body that was set before. GET and
    /// DELETE have no body: with one, the request is refused before it is sent.
    ///
    /// ```
    /// # use truto_core::Request;
    /// use serde_json::{Value, json};
    ///
    /// let request = Request::<Value>::unified("POST", "crm", "contacts", None)
    ///     .body(&json!({"name": "Ada"}));
    /// assert!(request.to_curl().contains(r#"{"name":"Ada"}"#));
    /// ```
    pub fn body<T: RequestBody + ?Sized>(mut self, body: &T) -> Self {
        match *self.method() {
            Method::POST | Method::PATCH | Method::PUT => self.raw.set_body(body.encode()),
            _ => self.raw.refuse("only POST and PATCH have a body"),
        }
        self
    }

    /// Makes Truto pass the body to the provider unchanged (`truto_body_passthrough=true`), as uploads
    /// require.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::get("1").body_passthrough();
    /// assert_eq!(request.query_string(), "truto_body_passthrough=true");
    /// ```
    pub fn body_passthrough(mut self) -> Self {
        self.raw.body_passthrough = true;
        self.raw.settle();
        self
    }
}

/// # Response format
impl<O> Request<O> {
    /// Requests the `normalized` format: the same records, normalized by Truto.
    ///
    /// ```
    /// # use truto_core::Request;
    /// # use truto_sandbox::__doc::User;
    /// let request: Request<User> = User::get("1").normalized();
    /// assert_eq!(request.query_string(), "truto_response_format=normalized");
    /// ```
    pub fn normalized(mut self) -> Self {
        self.raw.format = Format::Normalized;
        self
    }

    /// Requests the `raw` format: the provider's own JSON, unchanged. Integers of up to 64 bits keep all
    /// digits.
    ///
    /// ```
    /// # use truto_core::Request;
    /// # use truto_sandbox::__doc::User;
    /// let request: Request<serde_json::Value> = User::get("1").raw();
    /// assert_eq!(request.query_string(), "truto_response_format=raw");
    /// ```
    pub fn raw(self) -> Request<Value> {
        self.raw_as()
    }

    /// Requests the `raw` format, decoded into your own type.
    ///
    /// ```
    /// # use truto_core::Request;
    /// # use truto_sandbox::__doc::User;
    /// let request: Request<Vec<String>> = User::get("1").raw_as();
    /// assert_eq!(request.query_string(), "truto_response_format=raw");
    /// ```
    pub fn raw_as<R>(mut self) -> Request<R> {
        self.raw.format = Format::Raw;
        self.with_output()
    }

    /// Requests the `debug` format: the result, and the exchange between Truto and the provider.
    ///
    /// ```
    /// # use truto_core::Request;
    /// # use truto_sandbox::__doc::User;
    /// let request: Request<truto_core::WithDebug<User>> = User::get("1").debug();
    /// assert_eq!(request.query_string(), "truto_response_format=debug");
    /// ```
    pub fn debug(mut self) -> Request<WithDebug<O>>
    where
        O: PlainOutput,
    {
        self.raw.format = Format::Debug;
        self.with_output()
    }

    /// Requests the `stream` format: the body as it arrives, for responses of any size.
    ///
    /// ```
    /// # use truto_core::Request;
    /// # use truto_sandbox::__doc::User;
    /// let request: Request<truto_core::ByteStream> = User::get("1").stream();
    /// assert_eq!(request.query_string(), "truto_response_format=stream");
    /// ```
    pub fn stream(mut self) -> Request<ByteStream> {
        self.raw.format = Format::Stream;
        self.with_output()
    }
}

/// # Headers, time and retries
impl<O> Request<O> {
    /// Adds a header to this call. If a name is set more than once, the last value is sent.
    ///
    /// Headers that carry the token, frame the message or route it (`Host`) are refused; for
    /// `Idempotency-Key` there is [a setter](Self::idempotency_key).
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::get("1").header("x-trace", "abc");
    /// assert!(request.to_curl().contains("-H 'x-trace: abc'"));
    /// ```
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        match own_header(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => {
                let headers = &mut self.raw.options_mut().headers;
                // A `HeaderMap` panics once it cannot grow any more.
                if headers.len() < MAX_HEADERS {
                    headers.insert(name, value);
                    self.raw.check_content_type();
                } else {
                    self.raw.refuse(format!("more than {MAX_HEADERS} headers were added"));
                }
            }
            Err(reason) => self.raw.refuse(reason),
        }
        self
    }

    /// Sets the time limit of one attempt, including the response body. Default: the client's, 30 s.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// use std::time::Duration;
    ///
    /// sandbox.latency(Duration::from_secs(5));
    /// let request = User::get("a").timeout(Duration::from_millis(20)).no_retry();
    /// let error = request.send(&account).await.expect_err("too slow");
    /// assert!(error.is_timeout());
    /// # Ok(())
    /// # })
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        if timeout.is_zero() {
            self.raw.refuse("the timeout must be longer than zero");
        }
        self.raw.options_mut().timeout = Some(timeout);
        self
    }

    /// Sets the time limit of the whole call, with all its attempts and waits. Default: the client's,
    /// 120 s.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// use std::time::Duration;
    ///
    /// sandbox.latency(Duration::from_secs(5));
    /// let request = User::get("a").deadline(Duration::from_millis(20));
    /// let error = request.send(&account).await.expect_err("too slow");
    /// assert!(error.is_timeout());
    /// # Ok(())
    /// # })
    /// ```
    pub fn deadline(mut self, deadline: Duration) -> Self {
        if deadline.is_zero() {
            self.raw.refuse("the deadline must be longer than zero");
        }
        self.raw.options_mut().deadline = Some(deadline);
        self
    }

    /// Limits the total time for which the client itself may delay the call across all attempts: for
    /// its rate limits, after a 429, for a [`Limiter`](crate::Limiter) and for a token. Default: the
    /// client's, else the deadline.
    ///
    /// As soon as it is known that the wait would be longer, the call fails ([`Error::is_throttled`]), and
    /// the attempt is not sent; [`retry_after`](crate::Error::retry_after) is the wait, if it is known. If
    /// an earlier attempt of the call failed, the call ends with the error of that attempt instead, unless
    /// it was waiting for the renewal of a refused token. With zero, the call does not wait at all.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |_sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// use std::time::Duration;
    ///
    /// let request = User::get("a").max_wait(Duration::from_millis(200));
    /// assert_eq!(request.send(&account).await?.id, "a");
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// [`Error::is_throttled`]: crate::Error::is_throttled
    pub fn max_wait(mut self, max: Duration) -> Self {
        self.raw.options_mut().max_wait = Some(max);
        self
    }

    /// Turns retries off, with one exception: if Truto refuses a token from a
    /// [`token_source`](crate::ClientBuilder::token_source), the token is renewed and the request is
    /// sent once more.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// use truto_sandbox::Fault;
    ///
    /// sandbox.fail_next(Fault::status(502));
    /// let error = User::get("a").no_retry().send(&account).await.expect_err("502");
    /// assert_eq!(error.attempts(), 1);
    /// # Ok(())
    /// # })
    /// ```
    pub fn no_retry(self) -> Self {
        self.retry(RetryPolicy::none())
    }

    /// Sets when and how often this call is retried. Default: the client's policy.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// use truto_core::RetryPolicy;
    /// use truto_sandbox::Fault;
    ///
    /// sandbox.when(&User::get("a")).fail(Fault::status(502));
    /// let request = User::get("a").retry(RetryPolicy::default().max_retries(1));
    /// let error = request.send(&account).await.expect_err("502 twice");
    /// assert_eq!(error.attempts(), 2);
    /// # Ok(())
    /// # })
    /// ```
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.raw.options_mut().retry = Some(policy);
        self
    }

    /// Sets the `Idempotency-Key`, which is the same in every attempt. Default: a random one for POST
    /// and PATCH, none for other methods.
    ///
    /// With your own key, POST, PATCH and PUT are retried even if the server may have executed the request.
    ///
    /// ```
    /// # use truto_sandbox::__doc::User;
    /// let request = User::get("1").idempotency_key("order-7");
    /// assert!(request.to_curl().contains("Idempotency-Key: order-7"));
    /// ```
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        let key = key.into();
        // `HeaderValue` also accepts bytes beyond ASCII, which servers may read differently.
        let is_text = !key.is_empty() && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        match HeaderValue::from_str(&key) {
            Ok(value) if is_text => self.raw.options_mut().idempotency_key = Some(value),
            _ => self.raw.refuse("an idempotency key must be printable ASCII and not empty"),
        }
        self
    }
}
