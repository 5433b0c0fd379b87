//! Reads a body into memory, up to a limit; the bytes received before a failure are kept.

use bytes::{Bytes, BytesMut};

use super::body_reader::{BodyError, BodyReader};

/// Upper bound, in bytes, for memory reserved because a server declared a length.
const MAX_RESERVED: usize = 1024 * 1024;

/// Compressed bytes accepted beyond the limit of the body, for bodies that compression does not shrink.
const MAX_OVERHEAD: u64 = 64 * 1024;

/// The bytes received so far. A body that arrives in one chunk is not copied.
#[derive(Default)]
pub(crate) struct BodyBuffer {
    first: Option<Bytes>,
    rest: BytesMut,
}

impl BodyBuffer {
    pub(crate) fn len(&self) -> usize {
        self.first.as_ref().map_or(self.rest.len(), Bytes::len)
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.first.unwrap_or_else(|| self.rest.freeze())
    }

    /// Reads at most `limit` bytes; false if the body is longer.
    pub(crate) async fn fill(
        &mut self,
        body: &mut BodyReader,
        declared: Option<u64>,
        limit: usize,
    ) -> Result<bool, BodyError> {
        body.limit_compressed((limit as u64).saturating_add(MAX_OVERHEAD));
        loop {
            let chunk = match body.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return Ok(true),
                Err(BodyError::TooLarge) => return Ok(false),
                Err(error) => return Err(error),
            };
            // Cannot underflow: `push` gets at most `free` bytes.
            let free = limit - self.len();
            let fits = chunk.len() <= free;
            self.push(chunk.slice(..chunk.len().min(free)), declared);
            if !fits {
                return Ok(false);
            }
        }
    }

    fn push(&mut self, chunk: Bytes, declared: Option<u64>) {
        // Memory is reserved at the second chunk, since most responses come in one.
        if self.first.is_none() && self.rest.is_empty() {
            self.first = Some(chunk);
            return;
        }
        if let Some(first) = self.first.take() {
            let declared = usize::try_from(declared.unwrap_or(0)).unwrap_or(MAX_RESERVED);
            let needed = first.len() + chunk.len();
            // A declared length saves growing in steps, but is not trusted beyond the bound.
            self.rest.reserve(declared.min(MAX_RESERVED).max(needed));
            self.rest.extend_from_slice(&first);
        }
        self.rest.extend_from_slice(&chunk);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http::{HeaderMap, HeaderValue, header};

    use super::*;
    use crate::response::body_reader::tests::body_of;
    use crate::testing::gzip;

    #[tokio::test]
    async fn the_limit_of_compressed_bytes_ignores_plain_bodies() {
        let chunk = Bytes::from(vec![b'x'; 100_000]);
        let mut body: BodyReader = reqwest::Body::from(chunk).into();
        let mut buffer = BodyBuffer::default();
        assert!(!buffer.fill(&mut body, None, 10).await.expect("a chunk"));
        assert_eq!(&buffer.into_bytes()[..], b"xxxxxxxxxx");
    }

    #[test]
    fn the_memory_of_two_chunks_is_their_sum() {
        let mut buffer = BodyBuffer::default();
        for _ in 0..2 {
            buffer.push(Bytes::from(vec![b'x'; 1_000]), None);
        }
        assert!((2_000..100_000).contains(&buffer.rest.capacity()), "{}", buffer.rest.capacity());
    }

    #[test]
    fn a_declared_length_reserves_at_most_one_mib() {
        for (declared, reserved) in [(500_000, 500_000), (u64::MAX, 1_048_576)] {
            let mut buffer = BodyBuffer::default();
            for _ in 0..2 {
                buffer.push(Bytes::from_static(b"x"), Some(declared));
            }
            let capacity = buffer.rest.capacity();
            assert!((reserved..2 * reserved).contains(&capacity), "{declared}: {capacity}");
        }
    }

    /// Empty members of a compressed body take up bytes without adding to its length.
    #[tokio::test]
    async fn compression_may_add_64_kib_to_the_limit() {
        let member = gzip(b"");
        let most = (1_000 + 65_536) / member.len();
        for (members, fits) in [(most, true), (most + 1, false)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            let mut body = BodyReader::new(member.repeat(members).into(), &mut headers);
            let filled = BodyBuffer::default().fill(&mut body, None, 1_000).await;
            assert_eq!(filled.expect("empty members"), fits, "{members}");
        }
    }

    /// The chunks of a body, the limit, whether the body fits, and the bytes that are kept.
    #[tokio::test]
    async fn a_body_is_kept_up_to_the_limit() {
        for (chunks, limit, fits, kept) in [
            (&[][..], 5, true, ""),
            (&["abc"], 5, true, "abc"),
            (&["abc", "de"], 5, true, "abcde"),
            (&["abc", "def"], 5, false, "abcde"),
            (&["abcdef"], 5, false, "abcde"),
            (&["a", "b", "c", "d"], 3, false, "abc"),
            (&["abc"], 0, false, ""),
        ] {
            for declared in [None, Some(2), Some(u64::MAX)] {
                let chunks = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())));
                let chunks: Vec<std::io::Result<Bytes>> = chunks.collect();
                let mut body: BodyReader = body_of(stream::iter(chunks)).into();
                let mut buffer = BodyBuffer::default();
                let filled = buffer.fill(&mut body, declared, limit).await;
                assert!(filled.is_ok_and(|filled| filled == fits), "{kept} {limit}");
                assert_eq!((buffer.len(), &buffer.into_bytes()[..]), (kept.len(), kept.as_bytes()));
            }
        }
    }
}
