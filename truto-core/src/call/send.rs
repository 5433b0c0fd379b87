//! Sends a request and returns its response as a typed value.

use std::future::Future;

use tracing::Instrument as _;

use super::Call;
use super::execution::Execution;
use super::telemetry::{Telemetry, span};
use crate::response::ResponseHead;
use crate::{Account, Error, Output, RateLimit, Request, Response};

/// # Sending
impl<O: Output> Request<O> {
    /// Sends the request and decodes the response.
    ///
    /// Any 2xx is a success. Transient failures are retried according to the
    /// [`RetryPolicy`](crate::RetryPolicy), within the deadline. Dropping the future closes the
    /// connection. The future takes about 2.3 KB, whatever the output type.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |_sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// let user = User::get("a").send(&account).await?;
    /// assert_eq!(user.id, "a");
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]: the request was refused before it was sent, there was no connection, a time limit
    /// passed, the response has an error status, or its body does not fit the output type.
    pub fn send(
        &self,
        account: &Account,
    ) -> impl Future<Output = Result<O, Error>> + Send + use<O> {
        self.call(account, |body, _| body)
    }

    /// Sends the request and returns the decoded body with the status, headers and rate limit.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |_sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// let response = User::get("a").response(&account).await?;
    /// assert_eq!((response.body.id.as_str(), response.attempts), ("a", 1));
    /// assert!(response.rate_limit.is_some_and(|limit| limit.remaining < limit.limit));
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn response(
        &self,
        account: &Account,
    ) -> impl Future<Output = Result<Response<O>, Error>> + Send + use<O> {
        self.call(account, |body, head| Response {
            body,
            status: head.status,
            rate_limit: RateLimit::from_headers(&head.headers),
            headers: head.headers,
            attempts: head.attempts,
        })
    }

    /// The future owns its data, so that it outlives the request and the account. It is a single async
    /// block: a future that is moved into another one takes up its size twice.
    fn call<R, F: FnOnce(O, ResponseHead) -> R + Send>(
        &self,
        account: &Account,
        finish: F,
    ) -> impl Future<Output = Result<R, Error>> + Send + use<O, R, F> {
        let raw = self.as_raw();
        let may_be_wrapped = raw.may_be_wrapped();
        let endpoint = raw.endpoint;
        let call = Call::new(raw, account, O::STREAMED);
        async move {
            let call = match call {
                Ok(ref call) => call,
                Err(error) => return Err(error),
            };
            let span = span(endpoint, &call.account);
            let telemetry = Telemetry::new(endpoint, &call.account, span.clone());
            let mut execution = Execution::new(call, telemetry);
            let response = execution.run().instrument(span).await;
            let decoded =
                response.and_then(|response| response.decode(may_be_wrapped, execution.secrets()));
            match decoded {
                Ok((body, head)) => {
                    execution.succeed(&head);
                    Ok(finish(body, head))
                }
                Err(error) => Err(execution.fail(error)),
            }
        }
    }
}
