//! What went wrong while a body came in.

use std::error::Error as StdError;

use http::StatusCode;

use crate::error::Kind;

/// Names an error that came in the body of a response.
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
            message: "the compression of the response is broken".to_owned(),
            status: Some(status),
            excerpt: String::new(),
        };
    }
    Kind::Transport {
        what: "the response was cut short",
        status: Some(status),
        source: Some(Box::new(error)),
    }
}

/// The causes below an error, the outermost first.
pub(crate) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
