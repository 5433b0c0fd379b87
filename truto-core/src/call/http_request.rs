//! Converts a request value to the HTTP request of an attempt; all attempts send the same one.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use reqwest::Url;

use super::body::{SendStarted, SingleUseBody, source_lengths};
use crate::client::{ClientInner, RequestHook};
use crate::encode::EncodedBody;
use crate::endpoint::Role;
use crate::policy::CommitHandle;
use crate::request::RawRequest;
use crate::{Account, Endpoint, Error};

/// The length of the longest URL that `http::Uri` accepts, in bytes: `u16::MAX - 1`.
const MAX_URL: usize = 65_534;

/// The first parameter of every call on an account.
const ACCOUNT: &str = "?integrated_account_id=";

/// The request that all attempts of a call send; it owns its data.
pub(super) struct RequestTemplate {
    pub(super) endpoint: &'static Endpoint,
    url: Url,
    idempotency_key: Option<HeaderValue>,
    body: Option<EncodedBody>,
    headers: Option<HeaderMap>,
}

/// The HTTP request of one attempt, with the marker that is set when a connection begins to write it.
pub(super) struct OutgoingRequest {
    pub(super) request: reqwest::Request,
    pub(super) started: Arc<SendStarted>,
    /// The request has a condition set by the caller (`If-None-Match`), which a 304 answers.
    pub(super) is_conditional: bool,
}

fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_NONE_MATCH) || headers.contains_key(header::IF_MODIFIED_SINCE)
}

impl RequestTemplate {
    pub(super) fn new(raw: &RawRequest, account: &Account) -> Result<Self, Error> {
        let client = account.client().inner();
        if raw.endpoint.role == Role::Admin && account.id().is_some() {
            return Err(Error::invalid(
                "this route does not act on an integrated account: call it on `client.token_account()`",
            ));
        }
        let target = target(raw, account);
        if client.base.as_str().len() + target.len() > MAX_URL {
            return Err(Error::invalid(format!(
                "the URL has more than {MAX_URL} bytes; shorten the query"
            )));
        }
        Ok(Self {
            endpoint: raw.endpoint,
            // A changed URL is refused, so that the declared route is always the one that is called.
            url: client
                .url(&target)
                .ok_or_else(|| Error::invalid("the URL parser would change the URL"))?,
            idempotency_key: idempotency_key(raw),
            body: raw.body.clone(),
            headers: own_headers(client, raw),
        })
    }

    /// The lengths of the sources of the body, looked up before anything is sent.
    pub(super) async fn source_lengths(&self) -> Result<Vec<Option<u64>>, Error> {
        source_lengths(self.body.as_ref()).await.map_err(Error::invalid)
    }

    /// Returns true if another attempt could send the same body.
    pub(super) fn is_replayable(&self) -> bool {
        self.body.as_ref().is_none_or(EncodedBody::is_replayable)
    }

    /// Lets the user's hook change the user's own headers for one attempt.
    pub(super) fn apply(
        &self,
        hook: &RequestHook,
        outgoing: &mut OutgoingRequest,
    ) -> Result<(), Error> {
        let none = HeaderMap::new();
        let changed = hook.call(self.endpoint, self.headers.as_ref().unwrap_or(&none))?;
        let headers = outgoing.request.headers_mut();
        for name in self.headers.iter().flat_map(HeaderMap::keys) {
            if !changed.contains_key(name) {
                headers.remove(name);
            }
        }
        for name in changed.keys() {
            headers.remove(name);
        }
        // A header may have several values, such as two of `baggage`.
        for (name, value) in &changed {
            headers.append(name.clone(), value.clone());
        }
        outgoing.is_conditional = is_conditional(headers);
        Ok(())
    }

    /// The HTTP request of one attempt; its body commits the permit when a connection takes it.
    pub(super) fn build(
        &self,
        client: &ClientInner,
        authorization: HeaderValue,
        lengths: &[Option<u64>],
        commit: CommitHandle,
    ) -> OutgoingRequest {
        let method = &self.endpoint.method;
        let mut request = reqwest::Request::new(method.clone(), self.url.clone());
        let headers = request.headers_mut();
        headers.clone_from(&client.headers);
        headers.insert(header::AUTHORIZATION, authorization);
        if let Some(key) = &self.idempotency_key {
            headers.insert(HeaderName::from_static("idempotency-key"), key.clone());
        }
        let started = SendStarted::new(commit);
        let content = SingleUseBody::new(self.body.as_ref(), lengths, Arc::clone(&started));
        if let Some(body) = &self.body {
            headers.insert(header::CONTENT_TYPE, body.content_type.clone());
        }
        let may_have_body = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        if may_have_body && content.is_empty() {
            // Some front ends refuse an empty POST without a `Content-Length` (411).
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        for (name, value) in self.headers.iter().flatten() {
            headers.insert(name.clone(), value.clone());
        }
        // Set even without bytes to send: hyper polls the body once a connection takes the request, which
        // commits the permit.
        *request.body_mut() = Some(reqwest::Body::wrap(content));
        let is_conditional = self.headers.as_ref().is_some_and(is_conditional);
        OutgoingRequest { request, started, is_conditional }
    }
}

/// The user's own headers: those of the client, overridden by those of the request.
fn own_headers(client: &ClientInner, raw: &RawRequest) -> Option<HeaderMap> {
    let own = raw.options.as_ref().map(|options| &options.headers);
    if client.default_headers.is_empty() {
        return own.filter(|headers| !headers.is_empty()).cloned();
    }
    let mut headers = client.default_headers.clone();
    for (name, value) in own.into_iter().flatten() {
        headers.insert(name.clone(), value.clone());
    }
    Some(headers)
}

/// Path and query of the URL, written once.
fn target(raw: &RawRequest, account: &Account) -> String {
    let prefix = account.client().inner().base.path().trim_end_matches('/');
    let path = raw.sent_path();
    let id = account.id().unwrap_or_default();
    let mut target = String::with_capacity(
        prefix.len() + path.len() + ACCOUNT.len() + id.len() + raw.query_len(),
    );
    target.push_str(prefix);
    target.push_str(path);
    let query = target.len();
    if !id.is_empty() {
        target.push_str(ACCOUNT);
        target.push_str(id);
    }
    raw.write_query(&mut target);
    // `write_query` puts `&` before each parameter, which is wrong for the first one of a call without an id.
    if target.as_bytes().get(query) == Some(&b'&') {
        target.replace_range(query..=query, "?");
    }
    target
}

/// The idempotency key of all attempts: the caller's, else a random one for methods that need it.
fn idempotency_key(raw: &RawRequest) -> Option<HeaderValue> {
    let own = raw.options.as_ref();
    if let Some(key) = own.and_then(|options| options.idempotency_key.clone()) {
        return Some(key);
    }
    let method = &raw.endpoint.method;
    if *method != Method::POST && *method != Method::PATCH {
        return None;
    }
    HeaderValue::from_str(uuid::Uuid::new_v4().hyphenated().encode_lower(&mut [0; 36])).ok()
}

#[cfg(test)]
mod tests;
