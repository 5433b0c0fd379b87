//! A part of a body that comes from the caller's stream.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::Mutex;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt as _;

use crate::sync::lock;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// The caller's stream, with any error type.
pub(crate) type ByteSource = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// A stream that can be sent once, or a function that creates one for every attempt.
pub(crate) struct StreamSource {
    /// The length as the caller declared it; with `None`, there is no `Content-Length`.
    pub(crate) length: Option<u64>,
    origin: StreamOrigin,
}

enum StreamOrigin {
    /// `None` once an attempt began to send it.
    Once(Mutex<Option<ByteSource>>),
    Made(Box<dyn Fn() -> ByteSource + Send + Sync>),
}

impl StreamSource {
    pub(crate) fn once<S, E>(length: Option<u64>, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Self { length, origin: StreamOrigin::Once(Mutex::new(Some(boxed(stream)))) }
    }

    pub(crate) fn made<F, S, E>(length: Option<u64>, make: F) -> Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Self { length, origin: StreamOrigin::Made(Box::new(move || boxed(make()))) }
    }

    /// The stream for one attempt; `None` if another attempt has taken it.
    pub(crate) fn open(&self) -> Option<ByteSource> {
        match &self.origin {
            StreamOrigin::Once(stream) => lock(stream).take(),
            StreamOrigin::Made(make) => Some(make()),
        }
    }

    pub(crate) fn is_available(&self) -> bool {
        match &self.origin {
            StreamOrigin::Once(stream) => lock(stream).is_some(),
            StreamOrigin::Made(_) => true,
        }
    }
}

fn boxed<S, E>(stream: S) -> ByteSource
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<BoxError> + 'static,
{
    Box::pin(stream.map_err(Into::into))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[test]
    fn a_stream_opens_once_and_a_function_opens_repeatedly() {
        let content = || stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"x"))]);
        let once = StreamSource::once(None, content());
        assert!(once.is_available());
        assert!(once.open().is_some() && !once.is_available() && once.open().is_none());
        let made = StreamSource::made(None, content);
        assert!(made.open().is_some() && made.is_available() && made.open().is_some());
    }
}
