//! Converts the errors of a response's body.

use std::error::Error as StdError;

use http::StatusCode;

use super::body_reader::BodyError;
use crate::error::{Cause, Kind};

/// Converts an error in the body of a response, of which `received` bytes were read.
pub(crate) fn body_error(
    error: BodyError,
    status: StatusCode,
    received: usize,
    declared: Option<u64>,
) -> Kind {
    let garbled = || Kind::Decode {
        message: "the compressed response is corrupt".to_owned(),
        status: Some(status),
        excerpt: String::new(),
    };
    let error = match error {
        BodyError::Lost(error) => error.without_url(),
        BodyError::Cut => return cut_short(status, received as u64, declared, None),
        // `TooLarge` ends here for no body: `BodyBuffer` handles it, and a stream has no limit.
        BodyError::Corrupt | BodyError::TooLarge => return garbled(),
    };
    // A caller's own client may decompress by itself; its errors are `io::Error`s as well. With a cause
    // in hyper or h2 it was the connection instead, whose malformed frames have the same kinds.
    let decompressed = causes(&error).any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| {
            matches!(io.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput)
        })
    }) && !causes(&error)
        .any(|cause| cause.is::<hyper::Error>() || cause.is::<h2::Error>());
    if decompressed {
        return garbled();
    }
    cut_short(status, received as u64, declared, Some(error))
}

/// A body that ended too early.
pub(crate) fn cut_short(
    status: StatusCode,
    received: u64,
    declared: Option<u64>,
    error: Option<reqwest::Error>,
) -> Kind {
    let what = match declared {
        Some(declared) => {
            format!("the response was cut short: {received} of {declared} bytes came")
        }
        None => format!("the response was cut short after {received} bytes"),
    };
    Kind::Transport { what, status: Some(status), source: error.map(|error| Cause::new(&error)) }
}

/// The causes of an error, outermost first.
pub(crate) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
