//! A successful answer on its way to a typed value, or to an error that says why not.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use secrecy::ExposeSecret;
use tracing::Span;

use crate::api_error::truncate;
use crate::call::record;
use crate::decode::{Cause, Failure};
use crate::error::{Kind, MAX_EXCERPT};
use crate::output;
use crate::request::{Format, Parts};
use crate::stream::Head;
use crate::transport::{Content, Success};
use crate::{Account, ByteStream, Error, Output, redact};

/// A successful call, not yet decoded.
pub(crate) struct Reply<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) account: &'a Account,
    pub(crate) success: Success,
    pub(crate) attempts: u32,
    pub(crate) chunk_timeout: Duration,
    pub(crate) span: Span,
}

impl Reply<'_> {
    /// The decoded body, and what came around it.
    pub(crate) fn decode<O: Output>(self) -> Result<(O, Around), Error> {
        let Reply {
            parts,
            account,
            success,
            attempts,
            chunk_timeout,
            span,
        } = self;
        let call = Context {
            parts,
            account,
            status: success.status,
            unframed: success.unframed,
            attempts,
        };
        let (content, kept) = match success.content {
            Content::Whole(bytes) => (output::Content::Whole(bytes.clone()), bytes),
            Content::Stream(body) => {
                let head = Head {
                    endpoint: Some(parts.endpoint),
                    status: success.status,
                    attempts,
                };
                let stream = ByteStream::new(body, success.headers.clone(), head, chunk_timeout);
                (output::Content::Stream(stream), Bytes::new())
            }
        };
        if attempts > 1 {
            span.record("http.request.resend_count", attempts - 1);
        }
        let body = output::Body {
            content,
            may_be_wrapped: parts.endpoint.is_custom_method()
                && matches!(
                    parts.format,
                    Format::Unified | Format::Normalized | Format::Debug
                ),
        };
        match O::from_body(body) {
            Ok(body) => Ok((
                body,
                Around {
                    status: success.status,
                    headers: success.headers,
                    attempts,
                },
            )),
            Err(failure) => {
                let error = call.error(failure, &success.headers, &kept);
                record(&span, &error);
                Err(error)
            }
        }
    }
}

/// What came around a body.
pub(crate) struct Around {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attempts: u32,
}

/// What a decode error says about its call.
struct Context<'a> {
    parts: &'a Parts,
    account: &'a Account,
    status: StatusCode,
    unframed: bool,
    attempts: u32,
}

impl Context<'_> {
    fn error(&self, failure: Failure, headers: &HeaderMap, body: &[u8]) -> Error {
        let status = self.status;
        let kind = if failure.cause == Cause::Unfinished && self.unframed {
            // The server stated no length, so an end in mid-JSON is a lost connection.
            Kind::Transport {
                what: "the answer was cut short",
                status: Some(status),
                source: None,
            }
        } else {
            let mut message = failure.message;
            if failure.cause != Cause::Shape {
                message.push_str(&self.description(headers));
            }
            Kind::Decode {
                message,
                status,
                excerpt: self.excerpt(body),
            }
        };
        let mut error = Error::new(kind).on(self.parts.endpoint);
        let inner = error.inner_mut();
        inner.attempts = self.attempts;
        inner.may_have_applied = self.parts.endpoint.is_write();
        error
    }

    fn description(&self, headers: &HeaderMap) -> String {
        let status = self.status.as_u16();
        match headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(|value| value.split(';').next().unwrap_or(value).trim())
            .filter(|media| media.len() < 128)
        {
            Some(media) => {
                let mut media = media.to_owned();
                redact::text(&mut media, self.token());
                format!(" (status {status}, content type {media})")
            }
            None => format!(" (status {status}, no content type)"),
        }
    }

    fn token(&self) -> &str {
        self.account.client().inner().token.expose_secret()
    }

    fn excerpt(&self, body: &[u8]) -> String {
        let token = self.token();
        // The token may straddle the cut, so it is replaced in a longer piece first.
        let piece = &body[..body.len().min(2 * MAX_EXCERPT + token.len())];
        let mut excerpt = String::from_utf8_lossy(piece).into_owned();
        redact::text(&mut excerpt, token);
        truncate(&mut excerpt, MAX_EXCERPT);
        excerpt
    }
}
