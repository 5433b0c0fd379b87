//! Sending a request, and its response as a typed value.

use secrecy::ExposeSecret;

use super::telemetry::record_error;
use crate::response::Head;
use crate::{Account, Error, Output, RateLimit, Request, Response};

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
        Ok(self.call(account).await?.0)
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
        let (body, head) = self.call(account).await?;
        Ok(Response {
            body,
            status: head.status,
            rate_limit: RateLimit::from_headers(&head.headers),
            headers: head.headers,
            attempts: head.attempts,
        })
    }

    async fn call(&self, account: &Account) -> Result<(O, Head), Error> {
        let raw = self.as_raw();
        let (received, span) = super::execute(raw, account, O::STREAMED).await?;
        let token = account.client().inner().token.expose_secret();
        let decoded = received.decode(raw.may_be_wrapped(), token);
        decoded.inspect_err(|error| record_error(&span, error))
    }
}
