//! The head of a response: status and headers.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header};

use crate::error::Kind;
use crate::{Endpoint, Error};

/// Status and headers of a successful response, and the call that it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct ResponseHead {
    /// `None` for a stream that does not come from a call.
    pub(crate) endpoint: Option<&'static Endpoint>,
    /// The user's label of the account.
    pub(crate) account: Option<Arc<str>>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attempts: u32,
    /// The end of the body is marked only by the end of the connection.
    pub(crate) is_unframed: bool,
}

impl ResponseHead {
    /// A head for bytes that do not come from a call.
    pub(crate) fn detached() -> Self {
        Self {
            endpoint: None,
            account: None,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            attempts: 1,
            is_unframed: false,
        }
    }

    /// The declared length of the body; `None` if the body is decompressed while it is read.
    pub(crate) fn declared_length(&self) -> Option<u64> {
        let length = self.headers.get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    /// Returns true if the server declares the body to be HTML.
    pub(crate) fn is_html(&self) -> bool {
        let media = self.headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        let media = media.and_then(|media| media.split(|&byte| byte == b';').next());
        media.is_some_and(|media| {
            let media = media.trim_ascii();
            media.eq_ignore_ascii_case(b"text/html")
                || media.eq_ignore_ascii_case(b"application/xhtml+xml")
        })
    }

    /// An error in the body of this response.
    ///
    /// The head reported success, so a write was executed even if its body cannot be read.
    pub(crate) fn error(&self, kind: Kind) -> Error {
        let mut error = Error::new(kind)
            .for_account(self.account.clone())
            .with_attempts(self.attempts)
            .with_headers(self.headers.clone())
            .with_may_have_applied(self.endpoint.is_some_and(Endpoint::is_write));
        if let Some(endpoint) = self.endpoint {
            error = error.on(endpoint);
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn head(name: header::HeaderName, value: &'static str) -> ResponseHead {
        let mut head = ResponseHead::detached();
        head.headers.insert(name, HeaderValue::from_static(value));
        head
    }

    #[test]
    fn html_is_recognized_by_its_media_type() {
        for (media, expected) in [
            ("text/html", true),
            (" Text/HTML ; charset=utf-8", true),
            ("application/xhtml+xml", true),
            ("application/json", false),
            ("text/html+x", false),
            ("", false),
        ] {
            assert_eq!(head(header::CONTENT_TYPE, media).is_html(), expected, "{media}");
        }
        assert!(!ResponseHead::detached().is_html());
    }

    #[test]
    fn a_declared_length_is_a_number() {
        for (text, expected) in [("7", Some(7)), ("", None), ("x", None), ("-1", None)] {
            assert_eq!(head(header::CONTENT_LENGTH, text).declared_length(), expected, "{text}");
        }
        assert_eq!(ResponseHead::detached().declared_length(), None);
    }
}
