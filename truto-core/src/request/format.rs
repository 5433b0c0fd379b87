//! The response formats, which change what `send` returns.

use serde_json::Value;

use super::{Format, Request};
use crate::response::PlainOutput;
use crate::{ByteStream, WithDebug};

impl<O> Request<O> {
    /// The `normalized` format: the same records, brought into a normalized form by Truto.
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

    /// The `raw` format: the provider's own JSON, as it came. Integers keep all digits up to 64 bits.
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

    /// The `raw` format, decoded into a type of your own.
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

    /// The `debug` format: the result together with what passed between Truto and the provider.
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

    /// The `stream` format: the body as it arrives, for responses of any size.
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
