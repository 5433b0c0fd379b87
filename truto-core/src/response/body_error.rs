//! Converts the errors of a response's body.

use http::StatusCode;

use super::body_reader::BodyError;
use crate::error::{Cause, Kind, chain};

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
        // `TooLarge` never gets here: `BodyBuffer` handles it, and a stream has no limit.
        BodyError::Corrupt | BodyError::TooLarge => return garbled(),
    };
    // The user's own client may decompress bodies itself, and reports corrupt ones as `io::Error`s. If the
    // cause is in hyper or h2, the connection failed instead: malformed frames have the same error kinds.
    let decompressed = chain(&error).any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| {
            matches!(io.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput)
        })
    }) && !chain(&error)
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
            format!("the response was cut short: {received} of {declared} bytes were received")
        }
        None => format!("the response was cut short after {received} bytes"),
    };
    Kind::Transport { what, status: Some(status), source: error.map(|error| Cause::new(&error)) }
}

#[cfg(test)]
mod tests {
    use std::io;

    use bytes::Bytes;
    use futures_util::stream;

    use super::*;
    use crate::response::BodyReader;
    use crate::response::body_reader::tests::body_of;
    use crate::testing::Outer;

    /// The kind of an error that the body of a response ends with.
    async fn kind_of(error: io::Error, declared: Option<u64>) -> Kind {
        let chunks = [Ok(Bytes::from_static(b"abc")), Err(error)];
        let mut body: BodyReader = body_of(stream::iter(chunks)).into();
        assert_eq!(body.chunk().await.expect("a chunk").as_deref(), Some(&b"abc"[..]));
        let error = body.chunk().await.expect_err("the end");
        body_error(error, StatusCode::OK, 3, declared)
    }

    #[tokio::test]
    async fn invalid_data_of_a_decompressor_is_corruption() {
        let reset = || h2::Error::from(h2::Reason::INTERNAL_ERROR);
        for (error, is_corrupt) in [
            (io::Error::from(io::ErrorKind::InvalidData), true),
            (io::Error::from(io::ErrorKind::InvalidInput), true),
            (io::Error::from(io::ErrorKind::ConnectionReset), false),
            (io::Error::from(io::ErrorKind::UnexpectedEof), false),
            // A client's decompressor wraps the error of the connection.
            (io::Error::new(io::ErrorKind::InvalidData, Outer(reset())), false),
            (io::Error::other(Outer(reset())), false),
        ] {
            let shown = error.to_string();
            match kind_of(error, None).await {
                Kind::Decode { message, .. } => {
                    assert!(is_corrupt, "{shown}");
                    assert_eq!(message, "the compressed response is corrupt");
                }
                Kind::Transport { what, source, .. } => {
                    assert!(!is_corrupt, "{shown}");
                    assert_eq!(what, "the response was cut short after 3 bytes");
                    assert!(source.is_some(), "{shown}");
                }
                _ => panic!("neither corrupt nor cut short"),
            }
        }
    }

    #[test]
    fn corrupt_and_truncated_compressed_bodies_are_distinguished() {
        let kind = |error, declared| body_error(error, StatusCode::OK, 3, declared);
        for error in [BodyError::Corrupt, BodyError::TooLarge] {
            assert!(matches!(kind(error, None), Kind::Decode { .. }));
        }
        for (declared, expected) in [
            (None, "the response was cut short after 3 bytes"),
            (Some(7), "the response was cut short: 3 of 7 bytes were received"),
        ] {
            match kind(BodyError::Cut, declared) {
                Kind::Transport { what, source: None, .. } => assert_eq!(what, expected),
                _ => panic!("neither corrupt nor cut short"),
            }
        }
    }
}
