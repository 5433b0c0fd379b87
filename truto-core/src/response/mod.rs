//! Responses: head and body, decoding, pages, deletions, streams, remote data.

mod body_buffer;
mod body_error;
mod body_reader;
pub(crate) mod decode;
mod deleted;
mod disposition;
mod forward;
mod gunzip;
mod head;
mod id;
mod or_raw;
mod output;
mod page;
mod raw_response;
mod record;
mod remote_data;
mod stream;
mod throughput;

use std::fmt;

use http::{HeaderMap, StatusCode};
use serde::ser::{Serialize, SerializeMap, Serializer};

pub(crate) use body_buffer::BodyBuffer;
pub(crate) use body_error::{body_error, cut_short};
pub(crate) use body_reader::BodyReader;
pub use deleted::Deleted;
#[cfg(feature = "webhooks")]
pub(crate) use disposition::{file_name, parameter, parameters};
pub(crate) use head::ResponseHead;
pub use id::Id;
pub use or_raw::OrRaw;
pub use output::{Output, WithDebug};
pub(crate) use output::{OutputWith, PlainOutput};
pub(crate) use page::ListPage;
pub use page::{KeyedPage, Page};
pub(crate) use raw_response::{RawBody, RawResponse};
pub use remote_data::RemoteData;
pub use stream::ByteStream;

use crate::RateLimit;

/// A decoded response with its status, headers and rate limit; returned by
/// [`Request::response`](crate::Request::response).
///
/// ```no_run
/// # use truto_core::{Account, Error, Request};
/// # async fn example(request: Request<serde_json::Value>, account: &Account) -> Result<(), Error> {
/// let response = request.response(account).await?;
/// if let Some(limit) = response.rate_limit {
///     println!("{} of {} calls left", limit.remaining, limit.limit);
/// }
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's page on rate limits](https://truto.one/docs/api-reference/overview/rate-limits).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Response<O> {
    /// The decoded body.
    pub body: O,
    /// The HTTP status, a 2xx.
    pub status: StatusCode,
    /// The headers as received, with secret path arguments redacted. If the body was compressed,
    /// `Content-Encoding` and `Content-Length` are removed.
    pub headers: HeaderMap,
    /// The account's rate limit, if the response states it.
    pub rate_limit: Option<RateLimit>,
    /// The number of attempts that the call took, at least 1.
    pub attempts: u32,
}

impl<O> Response<O> {
    /// Creates a response with status 200 and no headers, for tests.
    ///
    /// ```
    /// assert_eq!(truto_core::Response::new("body").attempts, 1);
    /// ```
    #[must_use]
    pub fn new(body: O) -> Self {
        Self {
            body,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            rate_limit: None,
            attempts: 1,
        }
    }
}

impl<O: Serialize> Serialize for Response<O> {
    /// Serializes as `{"body", "status", "rate_limit", "attempts"}`, without the headers, which may
    /// contain cookies.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("body", &self.body)?;
        map.serialize_entry("status", &self.status.as_u16())?;
        map.serialize_entry("rate_limit", &self.rate_limit)?;
        map.serialize_entry("attempts", &self.attempts)?;
        map.end()
    }
}

impl<O: fmt::Debug> fmt::Debug for Response<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Header values can be cookies or anything that a server sends back.
        let names: Vec<_> = self.headers.keys().map(http::HeaderName::as_str).collect();
        f.debug_struct("Response")
            .field("body", &self.body)
            .field("status", &self.status)
            .field("headers", &names)
            .field("rate_limit", &self.rate_limit)
            .field("attempts", &self.attempts)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn responses_are_serialized_without_headers() {
        let mut response = Response::new(Deleted::from_resource("7", "record"));
        response.headers.insert("set-cookie", http::HeaderValue::from_static("s3cret"));
        response.rate_limit = Some(RateLimit {
            limit: 10,
            remaining: 9,
            reset: Duration::from_millis(1_500),
            window: None,
        });
        assert_eq!(
            serde_json::to_value(&response).expect("JSON"),
            serde_json::json!({
                "body": {"id": "7", "resource": "record"},
                "status": 200,
                "rate_limit": {"limit": 10, "remaining": 9, "reset": 1.5, "window": null},
                "attempts": 1,
            })
        );
    }

    #[test]
    fn debug_has_the_names_of_headers_alone() {
        let mut response = Response::new(7);
        response.headers.insert("set-cookie", http::HeaderValue::from_static("s3cret"));
        let shown = format!("{response:?}");
        assert!(shown.starts_with("Response { body: 7, status: 200"), "{shown}");
        assert!(shown.contains("set-cookie") && !shown.contains("s3cret"), "{shown}");
    }
}
