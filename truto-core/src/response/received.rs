//! A successful response on its way to a typed value, or to an error that says why not.

use std::time::Duration;

use bytes::Bytes;
use http::header;

use super::decode::{Cause, Failure};
use super::head::Head;
use super::output::{Body, Content, Output};
use super::stream::ByteStream;
use crate::Error;
use crate::error::{Kind, MAX_EXCERPT, redact, truncate};

/// A successful response, not yet decoded.
pub(crate) struct Received {
    pub(crate) head: Head,
    pub(crate) payload: Payload,
    /// The body's end is stated by nothing but the end of the connection.
    pub(crate) unframed: bool,
}

/// The body of a response, in memory or on its way.
pub(crate) enum Payload {
    Whole(Bytes),
    Stream {
        body: reqwest::Body,
        chunk_timeout: Duration,
    },
}

impl Received {
    /// Decodes the body. The token is replaced wherever an error would show it.
    pub(crate) fn decode<O: Output>(
        self,
        may_be_wrapped: bool,
        token: &str,
    ) -> Result<(O, Head), Error> {
        let Self {
            head,
            payload,
            unframed,
        } = self;
        let (content, kept) = match payload {
            Payload::Whole(bytes) => (Content::Whole(bytes.clone()), bytes),
            Payload::Stream {
                body,
                chunk_timeout,
            } => {
                let stream = ByteStream::new(body, head.clone(), chunk_timeout);
                (Content::Stream(stream), Bytes::new())
            }
        };
        let body = Body {
            content,
            may_be_wrapped,
        };
        match O::from_body(body) {
            Ok(output) => Ok((output, head)),
            Err(failure) => Err(error(&head, unframed, failure, &kept, token)),
        }
    }
}

fn error(head: &Head, unframed: bool, failure: Failure, body: &[u8], token: &str) -> Error {
    if failure.cause == Cause::Unfinished && unframed {
        // The server stated no length, so an end in mid-JSON is a lost connection.
        return head.error(Kind::Transport {
            what: "the response was cut short",
            status: Some(head.status),
            source: None,
        });
    }
    let mut message = failure.message;
    if failure.cause != Cause::Shape {
        message.push_str(&description(head, token));
    }
    head.error(Kind::Decode {
        message,
        status: Some(head.status),
        excerpt: excerpt(body, token),
    })
}

fn description(head: &Head, token: &str) -> String {
    let status = head.status.as_u16();
    match head
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or(value).trim())
        .filter(|media| media.len() < 128)
    {
        Some(media) => {
            let mut media = media.to_owned();
            redact::text(&mut media, token);
            format!(" (status {status}, content type {media})")
        }
        None => format!(" (status {status}, no content type)"),
    }
}

fn excerpt(body: &[u8], token: &str) -> String {
    // The token may straddle the cut, so it is replaced in a longer piece first.
    let piece = &body[..body.len().min(2 * MAX_EXCERPT + token.len())];
    let mut excerpt = String::from_utf8_lossy(piece).into_owned();
    redact::text(&mut excerpt, token);
    truncate(&mut excerpt, MAX_EXCERPT);
    excerpt
}
