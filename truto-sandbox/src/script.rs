//! Scripting, and assertions on the requests that were received.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::Sandbox;
use super::compare;
use super::fault::Fault;
use super::matcher::Matcher;
use super::record::Recorded;
use super::reply::Reply;
use super::when::When;
use truto_core::{Endpoint, Request};

impl Sandbox {
    /// Scripts the responses to requests like this one.
    ///
    /// A received request is like this one if it has the same method and path, at least the query pairs of
    /// `request` and, if `request` has a body, the same body. The more specific rule wins; among equally
    /// specific ones, the last one. Faults of [`fail_next`](Self::fail_next) take precedence over all
    /// rules.
    ///
    /// See [`When`] for an example.
    pub fn when<O>(&self, request: &Request<O>) -> When<'_> {
        self.rule(Matcher::of(request))
    }

    /// Scripts the responses to all requests of an endpoint, whatever their ids, queries and bodies.
    ///
    /// A rule of [`when`](Self::when) for a single request is more specific.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use truto_core::unified_endpoint;
    /// # use truto_sandbox::{Fault, Sandbox};
    /// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
    /// # #[derive(Debug, serde::Deserialize)]
    /// # struct User { id: String }
    /// sandbox.when_endpoint(User::get("any").endpoint()).fail(Fault::status(403));
    /// assert!(User::get("7").send(&sandbox.account()).await.is_err());
    /// # Ok(())
    /// # })
    /// ```
    #[must_use = "a rule does nothing until it has a step: add `.reply(..)` or `.fail(..)`"]
    pub fn when_endpoint(&self, endpoint: &Endpoint) -> When<'_> {
        self.rule(Matcher::of_endpoint(endpoint))
    }

    /// Scripts the responses to all requests that no other rule answers.
    #[must_use = "a rule does nothing until it has a step: add `.reply(..)` or `.fail(..)`"]
    pub fn when_any(&self) -> When<'_> {
        self.rule(Matcher::any())
    }

    fn rule(&self, matcher: Matcher) -> When<'_> {
        let rule = self.with(|state| {
            // A scripted resource is not a typo, so it exists even after its rule is used up.
            if let Some((model, resource)) = matcher.resource() {
                state.store.resource(&model, &resource);
            }
            state.rules.add(matcher)
        });
        When { sandbox: self, rule }
    }

    /// Makes the next request fail. Repeated calls queue their faults; each one applies to one request.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode};
    /// # use truto_sandbox::{Fault, Sandbox};
    /// sandbox.fail_next(Fault::status(403));
    /// let contacts = Request::<Value>::unified("GET", "crm", "contacts", None);
    /// let error = contacts.send(&sandbox.account()).await.expect_err("403");
    /// assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    /// # Ok(())
    /// # })
    /// ```
    pub fn fail_next(&self, fault: Fault) {
        self.with(|state| state.faults.push_back(fault));
    }

    /// Delays every response from now on, in addition to the delays of faults and replies.
    pub fn latency(&self, latency: Duration) {
        self.with(|state| state.latency = latency);
    }

    /// Responds with 429 to calls over Truto's documented limits: 500 in 10 s for the token, 50 for an
    /// account. Default: the limits are stated in headers but not enforced.
    pub fn enforce_rate_limits(&self) {
        self.with(|state| state.limits.enforced = true);
    }

    /// Registers a custom method, `POST /unified/<model>/<resource>/<method>`.
    ///
    /// `handler` gets the received request and returns a [`Reply`] or the JSON to respond with, either
    /// bare or in `{"result": …}`. It may use the sandbox, and a failed `assert!` in it fails the test
    /// with its message. For `/proxy/` and `/custom/`, the model is `proxy` or `custom`.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode};
    /// # use truto_sandbox::{Fault, Sandbox};
    /// sandbox.on_method("crm", "contacts", "merge", |request| json!({"body": request.json()}));
    /// let merge = Request::<Value>::unified("POST", "crm", "contacts", "merge").body(&json!([1, 2]));
    /// assert_eq!(merge.send(&sandbox.account()).await?["body"], json!([1, 2]));
    /// # Ok(())
    /// # })
    /// ```
    pub fn on_method<F, R>(&self, model: &str, resource: &str, method: &str, handler: F)
    where
        F: Fn(&Recorded) -> R + Send + Sync + 'static,
        R: Into<Reply>,
    {
        let handler = Arc::new(move |received: &Recorded| handler(received).into());
        self.with(|state| state.on_method(model, resource, method, handler));
    }

    /// Registers a custom method that returns a file.
    ///
    /// # Panics
    ///
    /// If `content_type` is not a valid header value.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode};
    /// # use truto_sandbox::{Fault, Sandbox};
    /// sandbox.on_download("crm", "files", "download", "text/plain", "hello");
    /// let file = Request::<ByteStream>::unified("POST", "crm", "files", "download");
    /// let mut text = Vec::new();
    /// file.send(&sandbox.account()).await?.copy_to(&mut text).await?;
    /// assert_eq!(text, b"hello");
    /// # Ok(())
    /// # })
    /// ```
    #[track_caller]
    pub fn on_download(
        &self,
        model: &str,
        resource: &str,
        method: &str,
        content_type: &str,
        bytes: impl Into<bytes::Bytes>,
    ) {
        let reply = Reply::bytes(content_type, bytes);
        self.on_method(model, resource, method, move |_| reply.clone());
    }

    /// Calls `observer` with every request and the status of its response, for a log.
    pub fn on_exchange(&self, observer: impl Fn(&Recorded, StatusCode) + Send + Sync + 'static) {
        self.with(|state| state.observer = Some(Arc::new(observer)));
    }

    /// All requests received so far, in order.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode};
    /// # use truto_sandbox::{Fault, Sandbox};
    /// let contacts = Request::<Value>::unified("GET", "crm", "contacts", None);
    /// contacts.send(&sandbox.account()).await?;
    /// assert_eq!(sandbox.requests().len(), 1);
    /// # Ok(())
    /// # })
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.with(|state| state.recorded.clone())
    }

    /// Clears the requests received so far.
    pub fn clear_requests(&self) {
        self.with(|state| state.recorded.clear());
    }

    /// Counts the received requests like this one, retries included; see [`when`](Self::when).
    #[must_use]
    pub fn received<O>(&self, request: &Request<O>) -> usize {
        let matcher = Matcher::of(request);
        self.with(|state| {
            let received = state.recorded.iter();
            received.filter(|received| matcher.matches(received)).count()
        })
    }

    /// Fails the test unless a request like this one was received.
    ///
    /// The message compares the expected request with the most similar received one, then lists all
    /// received requests.
    ///
    /// # Panics
    ///
    /// If no such request was received.
    #[track_caller]
    pub fn assert_received<O>(&self, request: &Request<O>) {
        let matcher = Matcher::of(request);
        let received = self.requests();
        assert!(
            received.iter().any(|received| matcher.matches(received)),
            "{}",
            compare::report(&matcher, &received)
        );
    }

    /// Fails the test if a scripted step or fault was not used.
    ///
    /// # Panics
    ///
    /// If a step was never used, or less often than stated by [`times`](When::times), or if a fault of
    /// [`fail_next`](Self::fail_next) is left.
    #[track_caller]
    pub fn assert_used(&self) {
        let unused = self.with(|state| {
            let mut unused = state.rules.unused();
            let left = state.faults.len();
            if left > 0 {
                unused.push(format!("{left} faults of `fail_next`"));
            }
            unused
        });
        assert!(
            unused.is_empty(),
            "scripted but not used as often as expected:\n    {}",
            unused.join("\n    ")
        );
    }
}
