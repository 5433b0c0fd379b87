//! One attempt: a request goes out, a response comes in, and what goes wrong gets its name.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{StatusCode, Version, header};
use reqwest::Url;
use secrecy::ExposeSecret;

use crate::client::{CONNECT_TIMEOUT, Inner};
use crate::error::{ApiError, Kind, TimedOut, redact};
use crate::policy::Outcome;
use crate::response::{Head, Payload, Received, body_error, causes};
use crate::retry_after::retry_after;
use crate::{Endpoint, Error};

/// The most of an error's body that is read, in bytes; of this at most 64 KiB are kept.
const MAX_ERROR_BODY: usize = 1024 * 1024;

/// The most memory that is set aside on a server's word about its body's length, in bytes.
const MAX_RESERVED: usize = 1024 * 1024;

/// An attempt that failed: what to tell, and what it means for another attempt.
pub(super) struct AttemptError {
    pub(super) error: Error,
    pub(super) outcome: Outcome,
}

impl AttemptError {
    fn new(kind: Kind, outcome: Outcome) -> Self {
        Self {
            error: Error::new(kind),
            outcome,
        }
    }
}

/// One request about to be sent.
pub(super) struct Attempt<'a> {
    pub(super) client: &'a Inner,
    pub(super) endpoint: &'static Endpoint,
    pub(super) streamed: bool,
    /// Counts from 1.
    pub(super) number: u32,
    /// How long the whole attempt may take.
    pub(super) limit: Duration,
    /// What is told to have run out, and how long that is.
    pub(super) timed_out: (TimedOut, Duration),
    /// How long a stream may wait for its next bytes.
    pub(super) chunk_timeout: Duration,
}

impl Attempt<'_> {
    /// Sends once and reads the response, within the time limit.
    pub(super) async fn run(&self, request: reqwest::Request) -> Result<Received, AttemptError> {
        let mut status = None;
        let sent = self.send(request, &mut status);
        match tokio::time::timeout(self.limit, sent).await {
            Ok(result) => result,
            Err(_) => {
                let (what, after) = self.timed_out;
                Err(AttemptError::new(
                    Kind::Timeout {
                        what,
                        after,
                        status,
                    },
                    Outcome::Lost,
                ))
            }
        }
    }

    /// `head` learns the status as soon as it is known.
    async fn send(
        &self,
        request: reqwest::Request,
        head: &mut Option<StatusCode>,
    ) -> Result<Received, AttemptError> {
        let client = self.client;
        let url = client.custom_http.then(|| request.url().clone());
        let response = client.http.execute(request).await.map_err(send_error)?;
        let status = response.status();
        *head = Some(status);
        if url.is_some_and(|url| *response.url() != url) {
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
        if !status.is_success() {
            return Err(api_error(client, response).await);
        }
        self.receive(response).await
    }

    async fn receive(&self, mut response: reqwest::Response) -> Result<Received, AttemptError> {
        let unframed = response.version() < Version::HTTP_2
            && !response.headers().contains_key(header::CONTENT_LENGTH)
            && !response.headers().contains_key(header::TRANSFER_ENCODING);
        let head = Head {
            endpoint: Some(self.endpoint),
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            attempts: self.number,
        };
        let limit = self.client.max_body_bytes;
        let payload = if self.streamed {
            Payload::Stream {
                body: response.into(),
                chunk_timeout: self.chunk_timeout,
            }
        } else {
            let status = head.status;
            match read(&mut response, limit).await {
                Ok(Read::Whole(bytes)) => Payload::Whole(bytes),
                Ok(Read::Cut(_)) => {
                    return Err(AttemptError::new(
                        Kind::BodyTooLarge { limit, status },
                        Outcome::Unusable,
                    ));
                }
                Err((_, error)) => {
                    let kind = body_error(error, status);
                    let outcome = match kind {
                        Kind::Decode { .. } => Outcome::Unusable,
                        _ => Outcome::Lost,
                    };
                    return Err(AttemptError::new(kind, outcome));
                }
            }
        };
        Ok(Received {
            head,
            payload,
            unframed,
        })
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

async fn api_error(client: &Inner, mut response: reqwest::Response) -> AttemptError {
    let status = response.status();
    let limit = client.max_body_bytes.min(MAX_ERROR_BODY);
    // The status counts even if its body is cut, too large or lost on the way.
    let body = match read(&mut response, limit).await {
        Ok(Read::Whole(bytes) | Read::Cut(bytes)) | Err((bytes, _)) => bytes,
    };
    let headers = std::mem::take(response.headers_mut());
    let api = ApiError::parse(status, &headers, &body, client.token.expose_secret());
    let outcome = Outcome::Status {
        status,
        remote: api.is_remote,
    };
    let wait = retry_after(status, &headers, SystemTime::now());
    AttemptError {
        error: Error::new(Kind::Api(Box::new(api)))
            .with_retry_after(wait)
            .with_headers(headers),
        outcome,
    }
}

fn redirect(client: &Inner, status: Option<StatusCode>, target: Option<&Url>) -> AttemptError {
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
    AttemptError::new(Kind::Redirect { status, host }, outcome)
}

/// Names an error that came before the head of a response.
fn send_error(error: reqwest::Error) -> AttemptError {
    let error = error.without_url();
    if error.is_connect() && error.is_timeout() {
        let kind = Kind::Timeout {
            what: TimedOut::Connecting,
            after: CONNECT_TIMEOUT,
            status: None,
        };
        return AttemptError::new(kind, Outcome::NotExecuted);
    }
    if error.is_connect() {
        return AttemptError::new(Kind::Connect(error), Outcome::NotExecuted);
    }
    let (what, outcome) = if error.is_builder() {
        ("the request could not be built", Outcome::Unsent)
    } else if was_never_executed(&error) {
        (
            "the connection closed before the request was taken",
            Outcome::NotExecuted,
        )
    } else {
        (
            "the connection was lost before the response came",
            Outcome::Lost,
        )
    };
    let kind = Kind::Transport {
        what,
        status: None,
        source: Some(Box::new(error)),
    };
    AttemptError::new(kind, outcome)
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
