//! Sends a request, and reads all pages of a list.

use std::future::Future;

use serde::de::DeserializeOwned;
use tracing::Instrument as _;

use super::Call;
use super::execution::Execution;
use super::pages::{Items, Pages};
use super::telemetry::{Telemetry, span};
use crate::response::ResponseHead;
use crate::{Account, Error, Output, Page, RateLimit, Request, Response};

/// # Sending
impl<O: Output> Request<O> {
    /// Sends the request and decodes the response.
    ///
    /// Any 2xx is a success. Transient failures are retried according to the
    /// [`RetryPolicy`](crate::RetryPolicy), within the deadline. Dropping the future closes the HTTP/1
    /// connection or resets the HTTP/2 stream. The future takes about 2.3 KB, whatever the output type.
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
    /// Same as [`send`](Self::send).
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
            // By reference: a moved call would take up its space in the future twice.
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

/// # Iterating over a list
impl<T: DeserializeOwned + Send + 'static> Request<Page<T>> {
    /// Iterates over the pages.
    ///
    /// The iteration is lazy: nothing is sent before the first page is polled, nor after the end or an
    /// error. A null, missing or empty cursor ends the list; an empty page with a cursor does not.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |_sandbox, account| {
    /// # use serde_json::Value;
    /// # use truto_core::{Page, Request};
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    ///
    /// let mut pages = contacts.limit(2).pages(&account);
    /// let mut sizes = Vec::new();
    /// while let Some(page) = pages.next().await {
    ///     sizes.push(page?.result.len());
    /// }
    /// assert_eq!(sizes, [2, 1]);
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// The first error ends the list; [`Error::next_cursor`] is the cursor to resume from.
    /// [`Error::is_pagination_loop`] if the server returns a cursor a second time, or after
    /// [`max_pages`](Self::max_pages) or [`max_empty_pages`](Self::max_empty_pages).
    pub fn pages(self, account: &Account) -> Pages<T> {
        Pages::new(self, account.clone())
    }

    /// Iterates over the records of all pages, with one page in memory at a time.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |_sandbox, account| {
    /// # use serde_json::Value;
    /// # use truto_core::{Page, Request};
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    ///
    /// let mut items = contacts.limit(1).items(&account);
    /// while let Some(contact) = items.next().await {
    ///     println!("{}", contact?["id"]);
    /// }
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// Same as [`pages`](Self::pages).
    pub fn items(self, account: &Account) -> Items<T> {
        Items::new(self.pages(account))
    }

    /// Collects the records of all pages.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |_sandbox, account| {
    /// # use serde_json::Value;
    /// # use truto_core::{Page, Request};
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    /// assert_eq!(contacts.limit(2).all(&account).await?.len(), 3);
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// Same as [`pages`](Self::pages). The records before the error are dropped; use [`items`](Self::items)
    /// to keep them.
    pub async fn all(self, account: &Account) -> Result<Vec<T>, Error> {
        let mut pages = self.pages(account);
        let mut records = Vec::new();
        while let Some(page) = pages.next().await {
            records.append(&mut page?.result);
        }
        Ok(records)
    }
}
