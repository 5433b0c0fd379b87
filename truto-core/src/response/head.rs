//! The head of a response: what is known before its body.

use http::{HeaderMap, StatusCode, header};

use crate::error::Kind;
use crate::{Endpoint, Error};

/// Status and headers of a successful response, and the call that it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// `None` for a stream made from bytes that no call received.
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attempts: u32,
}

impl Head {
    /// The length of the body as declared; `None` where the body is decompressed on its way.
    pub(crate) fn declared_length(&self) -> Option<u64> {
        let length = self.headers.get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    /// An error in the body below this head.
    ///
    /// The head said success, so what a write did is done, whatever becomes of its body.
    pub(crate) fn error(&self, kind: Kind) -> Error {
        let mut error = Error::new(kind)
            .with_attempts(self.attempts)
            .with_headers(self.headers.clone())
            .with_may_have_applied(self.endpoint.is_some_and(Endpoint::is_write));
        if let Some(endpoint) = self.endpoint {
            error = error.on(endpoint);
        }
        error
    }
}
