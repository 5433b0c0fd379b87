//! The settings of a request, apart from its target and its body.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use crate::RetryPolicy;

/// Rarely used settings of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) next_cursor: Option<String>,
    pub(crate) super_query: Option<String>,
    pub(crate) key_by: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) max_wait: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) idempotency_key: Option<HeaderValue>,
}

/// `truto_response_format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Unified,
    Raw,
    Normalized,
    Debug,
    Stream,
}

impl Format {
    /// The wire value; `None` for the default, which is not sent.
    pub(super) fn wire(self) -> Option<&'static str> {
        match self {
            Self::Unified => None,
            Self::Raw => Some("raw"),
            Self::Normalized => Some("normalized"),
            Self::Debug => Some("debug"),
            Self::Stream => Some("stream"),
        }
    }
}
