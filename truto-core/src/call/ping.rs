//! Checks that Truto can be reached.

use std::future::Future;

use http::Method;

use crate::endpoint::Role;
use crate::request::RawRequest;
use crate::{Client, Endpoint, Error, Request};

static ENDPOINT: Endpoint = Endpoint::new(Method::GET, "/ping", Role::Admin);

impl Client {
    /// Checks that Truto can be reached (`GET /ping`), for health checks. The request is retried like every
    /// GET.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |sandbox, _account| {
    /// sandbox.client().ping().await?;
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).
    ///
    /// # Errors
    ///
    /// Same as [`Request::send`].
    pub fn ping(&self) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        Request::<()>::from_raw(RawRequest::new(&ENDPOINT, &[])).send(&self.token_account())
    }
}
