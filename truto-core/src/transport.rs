//! One attempt: a request goes out, an answer comes in, and what goes wrong gets its name.

use std::error::Error as StdError;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, Version, header};
use http_body::{Body, Frame, SizeHint};
use reqwest::Url;

use crate::api_error::ApiError;
use crate::client::{CONNECT_TIMEOUT, Inner};
use crate::error::{Kind, TimedOut};
use crate::redact;
use crate::retry::Outcome;
use secrecy::ExposeSecret;

/// The most of an error's body that is read, in bytes; of this at most 64 KiB are kept.
const MAX_ERROR_BODY: usize = 1024 * 1024;

/// The most memory that is set aside on a server's word about its body's length, in bytes.
const MAX_RESERVED: usize = 1024 * 1024;

/// A 2xx answer.
pub(crate) struct Success {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// The body's end is stated by nothing but the end of the connection.
    pub(crate) unframed: bool,
}

pub(crate) enum Content {
    Whole(Bytes),
    Stream(reqwest::Body),
}

/// An attempt that failed: what to tell, and what it means for another attempt.
pub(crate) struct Failed {
    pub(crate) kind: Kind,
    pub(crate) outcome: Outcome,
    /// The headers of an error answer.
    pub(crate) headers: Option<HeaderMap>,
}

impl Failed {
    pub(crate) fn new(kind: Kind, outcome: Outcome) -> Self {
        Self {
            kind,
            outcome,
            headers: None,
        }
    }
}

/// Sends once and reads the answer. `head` learns the status as soon as it is known.
pub(crate) async fn attempt(
    client: &Inner,
    request: reqwest::Request,
    streamed: bool,
    head: &mut Option<StatusCode>,
) -> Result<Success, Failed> {
    let url = client.foreign.then(|| request.url().clone());
    let mut response = client.http.execute(request).await.map_err(send_error)?;
    let status = response.status();
    *head = Some(status);
    if let Some(url) = url
        && *response.url() != url
    {
        return Err(redirect(client, None, Some(response.url())));
    }
    if status.is_redirection() {
        let target = response
            .headers()
            .get(header::LOCATION)
            .and_then(|location| location.to_str().ok())
            .and_then(|location| response.url().join(location).ok());
        return Err(redirect(client, Some(status), target.as_ref()));
    }
    let limit = client.max_body_bytes;
    if !status.is_success() {
        return Err(api_error(client, response, limit.min(MAX_ERROR_BODY)).await);
    }
    let unframed = response.version() < Version::HTTP_2
        && !response.headers().contains_key(header::CONTENT_LENGTH)
        && !response.headers().contains_key(header::TRANSFER_ENCODING);
    if streamed {
        let headers = std::mem::take(response.headers_mut());
        return Ok(Success {
            status,
            headers,
            content: Content::Stream(response.into()),
            unframed,
        });
    }
    match read(&mut response, limit).await {
        Ok(Read::Whole(bytes)) => Ok(Success {
            status,
            headers: std::mem::take(response.headers_mut()),
            content: Content::Whole(bytes),
            unframed,
        }),
        Ok(Read::Cut(_)) => Err(Failed::new(
            Kind::BodyTooLarge { limit, status },
            Outcome::Final,
        )),
        Err((_, error)) => {
            let kind = body_error(error, status);
            let outcome = match kind {
                Kind::Decode { .. } => Outcome::Final,
                _ => Outcome::Lost,
            };
            Err(Failed::new(kind, outcome))
        }
    }
}

enum Read {
    Whole(Bytes),
    /// The beginning of a body that goes on beyond the limit.
    Cut(Bytes),
}

/// Reads a body of at most `limit` bytes; an error comes with what was read before it.
///
/// A body in one piece is handed on without a copy.
async fn read(
    response: &mut reqwest::Response,
    limit: usize,
) -> Result<Read, (Bytes, reqwest::Error)> {
    let stated = response.content_length().unwrap_or(0);
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    loop {
        let chunk = match response.chunk().await {
            Ok(chunk) => chunk,
            Err(error) => return Err((first.unwrap_or_else(|| rest.freeze()), error)),
        };
        let Some(chunk) = chunk else {
            return Ok(Read::Whole(first.unwrap_or_else(|| rest.freeze())));
        };
        let room = limit - first.as_ref().map_or(rest.len(), Bytes::len);
        let fits = chunk.len() <= room;
        let chunk = chunk.slice(..chunk.len().min(room));
        if first.is_none() && rest.is_empty() {
            first = Some(chunk);
        } else {
            if let Some(first) = first.take() {
                let stated = usize::try_from(stated).unwrap_or(MAX_RESERVED);
                rest.reserve(stated.min(MAX_RESERVED).max(first.len() + chunk.len()));
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&chunk);
        }
        if !fits {
            return Ok(Read::Cut(first.unwrap_or_else(|| rest.freeze())));
        }
    }
}

async fn api_error(client: &Inner, mut response: reqwest::Response, limit: usize) -> Failed {
    let status = response.status();
    // The status counts even if its body is cut, too large or lost on the way.
    let body = match read(&mut response, limit).await {
        Ok(Read::Whole(bytes) | Read::Cut(bytes)) | Err((bytes, _)) => bytes,
    };
    let headers = std::mem::take(response.headers_mut());
    let api = ApiError::parse(status, &headers, &body, client.token.expose_secret());
    Failed {
        outcome: Outcome::Status {
            status,
            remote: api.is_remote,
        },
        kind: Kind::Api(Box::new(api)),
        headers: Some(headers),
    }
}

fn redirect(client: &Inner, status: Option<StatusCode>, target: Option<&Url>) -> Failed {
    // A URL's host is in lower case, and so is a token that was made a part of it.
    let token = client.token.expose_secret().to_lowercase();
    let host = target.and_then(Url::host_str).map(|host| {
        let mut host = host.to_owned();
        redact::text(&mut host, &token);
        host
    });
    let outcome = Outcome::Status {
        status: status.unwrap_or(StatusCode::SEE_OTHER),
        remote: false,
    };
    Failed::new(Kind::Redirect { status, host }, outcome)
}

/// Names an error that came before the head of an answer.
fn send_error(error: reqwest::Error) -> Failed {
    let error = error.without_url();
    if error.is_connect() && error.is_timeout() {
        let kind = Kind::Timeout {
            what: TimedOut::Connecting,
            after: CONNECT_TIMEOUT,
            status: None,
        };
        return Failed::new(kind, Outcome::NotExecuted);
    }
    if error.is_connect() {
        return Failed::new(Kind::Connect(error), Outcome::NotExecuted);
    }
    let (what, outcome) = if error.is_builder() {
        ("the request could not be built", Outcome::Final)
    } else if was_never_executed(&error) {
        (
            "the connection closed before the request was taken",
            Outcome::NotExecuted,
        )
    } else {
        (
            "the connection was lost before the answer came",
            Outcome::Lost,
        )
    };
    let kind = Kind::Transport {
        what,
        status: None,
        source: Some(Box::new(error)),
    };
    Failed::new(kind, outcome)
}

/// Whether the server surely did not execute the request, though a connection was there.
fn was_never_executed(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            return hyper.is_canceled();
        }
        // RFC 9113, section 8.7: refused streams, and those above a graceful GOAWAY's last stream.
        cause.downcast_ref::<h2::Error>().is_some_and(|h2| {
            h2.is_remote()
                && match h2.reason() {
                    Some(h2::Reason::REFUSED_STREAM) => h2.is_reset(),
                    Some(h2::Reason::NO_ERROR) => h2.is_go_away(),
                    _ => false,
                }
        })
    })
}

/// Names an error that came in the body of an answer.
pub(crate) fn body_error(error: reqwest::Error, status: StatusCode) -> Kind {
    let error = error.without_url();
    let garbled = causes(&error).any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| {
            matches!(
                io.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput
            )
        })
    }) && !causes(&error)
        .any(|cause| cause.is::<hyper::Error>() || cause.is::<h2::Error>());
    if garbled {
        return Kind::Decode {
            message: "the answer's compression is broken".to_owned(),
            status,
            excerpt: String::new(),
        };
    }
    Kind::Transport {
        what: "the answer was cut short",
        status: Some(status),
        source: Some(Box::new(error)),
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// A body that no layer below can send a second time, since it cannot be cloned.
pub(crate) struct Once(pub(crate) Option<Bytes>);

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
