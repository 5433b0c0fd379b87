//! From a request value to the HTTP request that goes out, the same for every attempt.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use http_body::{Body, Frame, SizeHint};
use reqwest::Url;

use crate::client::Inner;
use crate::request::RawRequest;
use crate::{Account, Error};

/// The parameter that every call but those of account tokens begins with.
const ACCOUNT: &str = "?integrated_account_id=";

/// What all attempts of a call send.
pub(super) struct Template<'a> {
    raw: &'a RawRequest,
    client: &'a Inner,
    url: Url,
    idempotency_key: Option<HeaderValue>,
}

impl<'a> Template<'a> {
    pub(super) fn new(raw: &'a RawRequest, account: &'a Account) -> Result<Self, Error> {
        let client = account.client().inner();
        Ok(Self {
            raw,
            client,
            url: url(client, &target(raw, account))
                .ok_or_else(|| Error::invalid("the URL changes when it is parsed"))?,
            idempotency_key: idempotency_key(raw),
        })
    }

    /// The HTTP request of one attempt.
    pub(super) fn build(&self) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.raw.endpoint.method.clone(), self.url.clone());
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.client.authorization.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.client.user_agent.clone());
        if let Some(key) = &self.idempotency_key {
            headers.insert(HeaderName::from_static("idempotency-key"), key.clone());
        }
        if let Some(body) = &self.raw.body {
            headers.insert(header::CONTENT_TYPE, body.content_type.clone());
        }
        if let Some(options) = &self.raw.options {
            for (name, value) in &options.headers {
                headers.insert(name.clone(), value.clone());
            }
        }
        let bytes = self.raw.body.as_ref().map(|body| body.bytes.clone());
        if self.client.custom_http {
            *request.body_mut() = Some(reqwest::Body::wrap(Once(bytes)));
        } else if let Some(bytes) = bytes {
            *request.body_mut() = Some(bytes.into());
        }
        request
    }
}

/// Path and query of the URL, written once.
fn target(raw: &RawRequest, account: &Account) -> String {
    let prefix = account.client().inner().base.path().trim_end_matches('/');
    let path = raw.path();
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
    if target.as_bytes().get(query) == Some(&b'&') {
        target.replace_range(query..=query, "?");
    }
    target
}

/// The whole URL. The parser must find nothing to change: the route is what was declared.
fn url(client: &Inner, target: &str) -> Option<Url> {
    let base = &client.base;
    let origin = base.as_str().strip_suffix(base.path())?;
    // Joined to the base, the host is not parsed anew.
    let url = base.join(target).ok()?;
    (url.as_str().strip_prefix(origin) == Some(target)).then_some(url)
}

/// One key for all attempts: the caller's, else a random one for the methods that need it.
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

/// A body that no layer below can send a second time, since it cannot be cloned.
struct Once(Option<Bytes>);

impl Body for Once {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        // A body known to be empty would be made anew by redirects; `is_end_stream` keeps it off the
        // wire all the same.
        match &self.0 {
            Some(bytes) => SizeHint::with_exact(bytes.len() as u64),
            None => SizeHint::default(),
        }
    }
}
