//! A successful response on its way to a typed value, or to an error that says why not.

use std::time::Duration;

use bytes::Bytes;
use http::header;

use super::broken::cut_short;
use super::decode::{Cause, Failure};
use super::head::Head;
use super::incoming::Incoming;
use super::output::{Body, Content, Output};
use super::stream::ByteStream;
use crate::Error;
use crate::error::text::truncate;
use crate::error::{Kind, MAX_EXCERPT, Secrets};

/// A successful response, not yet decoded.
pub(crate) struct Received {
    pub(crate) head: Head,
    pub(crate) payload: ReceivedBody,
    /// The body's end is stated by nothing but the end of the connection.
    pub(crate) unframed: bool,
}

/// The body of a response, in memory or on its way.
pub(crate) enum ReceivedBody {
    Whole(Bytes),
    Stream { body: Incoming, chunk_timeout: Duration, min_throughput: Option<u64> },
}

impl Received {
    /// Decodes the body. The secrets are replaced wherever an error would show them.
    pub(crate) fn decode<O: Output>(
        self,
        may_be_wrapped: bool,
        secrets: Secrets<'_>,
    ) -> Result<(O, Head), Error> {
        let Self { head, payload, unframed } = self;
        let (content, kept) = match payload {
            ReceivedBody::Whole(bytes) => (Content::Whole(bytes.clone()), bytes),
            ReceivedBody::Stream { body, chunk_timeout, min_throughput } => {
                let stream = ByteStream::new(body, head.clone(), chunk_timeout, min_throughput);
                (Content::Stream(Box::new(stream)), Bytes::new())
            }
        };
        let body = Body { content, may_be_wrapped };
        match O::from_body(body) {
            Ok(output) => Ok((output, head)),
            Err(failure) => Err(error(&head, unframed, failure, &kept, secrets)),
        }
    }
}

fn error(
    head: &Head,
    unframed: bool,
    failure: Failure,
    body: &[u8],
    secrets: Secrets<'_>,
) -> Error {
    if failure.cause == Cause::Unfinished && unframed {
        // The server stated no length, so an end in mid-JSON is a lost connection.
        return head.error(cut_short(head.status, body.len() as u64, None, None));
    }
    let mut message = failure.message;
    if failure.cause != Cause::Shape {
        message.push_str(&description(head, secrets));
    }
    head.error(Kind::Decode {
        message,
        status: Some(head.status),
        excerpt: excerpt(body, failure.at, secrets),
    })
}

/// What the head says about a body that is not the expected JSON.
fn description(head: &Head, secrets: Secrets<'_>) -> String {
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let media = text(header::CONTENT_TYPE)
        .map(|value| value.split(';').next().unwrap_or(value).trim())
        .filter(|media| media.len() < 128);
    let media = match media {
        Some(media) => format!("content type {}", secrets.clean(media)),
        None => "no content type".to_owned(),
    };
    let encoding = text(header::CONTENT_ENCODING).filter(|encoding| encoding.len() < 64);
    let encoding = encoding.map_or_else(String::new, |encoding| {
        format!(", content encoding {}", secrets.clean(encoding))
    });
    format!(" (status {}, {media}{encoding})", head.status.as_u16())
}

/// What lies around the failing place, a third before it.
fn excerpt(body: &[u8], at: usize, secrets: Secrets<'_>) -> String {
    // The secrets are replaced before the piece is cut out of what lies around it, so that no half of
    // one is left at an end.
    const AROUND: usize = 4 * MAX_EXCERPT;
    let start = at.saturating_sub(AROUND).min(body.len());
    let end = at.saturating_add(AROUND).min(body.len());
    let before = &body[start..at.clamp(start, end)];
    let before = secrets.clean(&String::from_utf8_lossy(before));
    let wide = secrets.clean_cut(&String::from_utf8_lossy(&body[start..end]));
    let from = before.len().saturating_sub(MAX_EXCERPT / 3).min(wide.len());
    let from = (from..=wide.len()).find(|&from| wide.is_char_boundary(from)).unwrap_or(0);
    let mut excerpt = wide[from..].to_owned();
    truncate(&mut excerpt, MAX_EXCERPT);
    excerpt
}
