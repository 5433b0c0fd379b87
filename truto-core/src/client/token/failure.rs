//! The failures of a request to a token source.

use std::error::Error as StdError;
use std::sync::Arc;

use super::Token;
use crate::Error;
use crate::error::Kind;

pub(super) type TokenResult = Result<Token, TokenFailure>;

#[derive(Clone)]
pub(super) enum TokenFailure {
    Source(Arc<dyn StdError + Send + Sync>),
    /// The source returned a token that cannot be sent.
    Unusable(&'static str),
    Panicked,
    /// The request took longer than `token_timeout`; the source is asked again.
    TimedOut,
    /// No runtime drives the request.
    NoRuntime,
}

impl From<TokenFailure> for Error {
    fn from(failure: TokenFailure) -> Self {
        Self::new(match failure {
            TokenFailure::Source(source) => {
                Kind::Token { what: "the token source failed", source: Some(source) }
            }
            TokenFailure::Unusable(why) => Kind::Token {
                what: "the token source returned a token that cannot be sent",
                source: Some(Arc::from(Box::from(format!("the token {why}")))),
            },
            TokenFailure::Panicked => {
                Kind::Token { what: "the token source panicked", source: None }
            }
            TokenFailure::TimedOut => {
                Kind::Token { what: "the token source did not return in time", source: None }
            }
            TokenFailure::NoRuntime => Kind::Token {
                what: "the tokio runtime was shut down during the request to the token source",
                source: None,
            },
        })
    }
}
