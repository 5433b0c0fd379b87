//! The reasons why a delivery is refused.

use std::fmt;
use std::time::Duration;

use crate::webhooks::signature::InvalidSignature;

/// The reason why a delivery must not be processed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// There is no `X-Truto-Signature`.
    Unsigned,
    /// The signature is not that of this body.
    Signature(InvalidSignature),
    /// The signature is valid, but the body is not an event; contains the reason.
    Body(String),
    /// The event has no valid `created_at`.
    Undated,
    /// The event is too old, or too far in the future; contains its distance from now.
    Age(Duration),
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the header `X-Truto-Signature` is missing"),
            Self::Signature(error) => error.fmt(f),
            Self::Body(why) => write!(f, "the body is not an event: {why}"),
            Self::Undated => f.write_str("the event has no valid `created_at`"),
            Self::Age(age) => write!(f, "the event is {age:?} away from now; it may be a replay"),
        }
    }
}

impl std::error::Error for InvalidEvent {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Signature(error) => Some(error),
            _ => None,
        }
    }
}
