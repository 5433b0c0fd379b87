//! The bytes of a response's body as they arrive, decompressed.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http::{HeaderMap, header};
use http_body::Body as _;

use super::gunzip::Gunzip;

/// The work of the decompressor, in bytes read and written, after which the task yields: about a
/// millisecond. Timeouts and the other tasks of a current-thread runtime depend on it, since a body that
/// is compressed a thousandfold or consists of empty members would otherwise keep one poll busy until
/// its end.
const WORK: usize = 128 * 1024;

/// The work that one call of the decompressor counts in addition to the bytes: a new member allocates
/// its tables.
const WORK_PER_CALL: usize = 4 * 1024;

/// A body, decompressed here rather than by reqwest, which reads only the first member of a stream.
pub(crate) struct BodyReader {
    body: reqwest::Body,
    gunzip: Option<Box<Gunzip>>,
    /// Compressed bytes that were received but not yet decompressed.
    pending: Bytes,
    /// Compressed bytes received, and how many are accepted.
    compressed: u64,
    max_compressed: u64,
    /// Work since the task last yielded.
    work: usize,
}

/// The reason why a body ended early.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// The connection was lost, or the HTTP client reported an error.
    Lost(reqwest::Error),
    /// The compressed bytes end too early.
    Cut,
    /// The bytes are not in the coding that the head declares, or their checksum does not match.
    Corrupt,
    /// More compressed bytes were received than are accepted.
    TooLarge,
}

impl BodyReader {
    /// Removes the headers that describe the compressed body from its head.
    pub(crate) fn new(body: reqwest::Body, headers: &mut HeaderMap) -> Self {
        let is_gzip = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| {
            let coding = coding.as_bytes().trim_ascii();
            coding.eq_ignore_ascii_case(b"gzip") || coding.eq_ignore_ascii_case(b"x-gzip")
        });
        if is_gzip {
            headers.remove(header::CONTENT_ENCODING);
            headers.remove(header::CONTENT_LENGTH);
        }
        Self { gunzip: is_gzip.then(|| Box::new(Gunzip::new())), ..Self::from(body) }
    }

    /// Limits the compressed bytes: no other limit counts those of empty members.
    pub(crate) fn limit_compressed(&mut self, max: u64) {
        self.max_compressed = max;
    }

    /// The next bytes; a chunk is never empty.
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            while !self.pending.is_empty() {
                match ready!(self.poll_pending(cx)) {
                    Ok(bytes) if bytes.is_empty() => {}
                    Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
            return Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if self.gunzip.is_some() => {
                        self.compressed += data.len() as u64;
                        if self.compressed > self.max_compressed {
                            return Poll::Ready(Some(Err(BodyError::TooLarge)));
                        }
                        self.pending = data;
                        continue;
                    }
                    Ok(data) if !data.is_empty() => Some(Ok(data)),
                    // Trailers do not belong to the body.
                    _ => {
                        self.work += WORK_PER_CALL;
                        ready!(self.poll_yield(cx));
                        continue;
                    }
                },
                Some(Err(error)) => Some(Err(BodyError::Lost(error))),
                None => match self.gunzip.take().map(|gunzip| gunzip.finish()) {
                    Some(Ok(bytes)) if !bytes.is_empty() => Some(Ok(bytes)),
                    Some(Err(error)) => Some(Err(error)),
                    Some(Ok(_)) | None => None,
                },
            });
        }
    }

    /// Yields to other tasks after some work.
    fn poll_yield(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.work < WORK {
            return Poll::Ready(());
        }
        self.work = 0;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Decompresses a part of the received bytes.
    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, BodyError>> {
        ready!(self.poll_yield(cx));
        // Only a compressed body has pending bytes; others would be passed on unchanged.
        let Some(gunzip) = &mut self.gunzip else {
            return Poll::Ready(Ok(std::mem::take(&mut self.pending)));
        };
        let (bytes, read) = match gunzip.push(&self.pending) {
            Ok((bytes, rest)) => (bytes, self.pending.len() - rest.len()),
            Err(error) => return Poll::Ready(Err(error)),
        };
        self.pending.advance(read);
        self.work += read + bytes.len() + WORK_PER_CALL;
        Poll::Ready(Ok(bytes))
    }

    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        poll_fn(|cx| self.poll_chunk(cx)).await.transpose()
    }
}

impl From<reqwest::Body> for BodyReader {
    fn from(body: reqwest::Body) -> Self {
        Self {
            body,
            gunzip: None,
            pending: Bytes::new(),
            compressed: 0,
            max_compressed: u64::MAX,
            work: 0,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use futures_util::stream;

    use super::*;
    use crate::response::BodyBuffer;
    use crate::testing::gzip;

    /// A body that is made of the same compressed chunk again and again.
    fn endless(chunk: Bytes) -> BodyReader {
        let chunks = stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
        BodyReader::new(body_of(chunks), &mut headers)
    }

    /// A body of these chunks.
    pub(crate) fn body_of(
        chunks: impl futures_core::Stream<Item = std::io::Result<Bytes>> + Send + Sync + 'static,
    ) -> reqwest::Body {
        reqwest::Body::wrap(StreamBody(Box::pin(chunks)))
    }

    type Chunks = Pin<Box<dyn futures_core::Stream<Item = std::io::Result<Bytes>> + Send + Sync>>;

    struct StreamBody(Chunks);

    impl http_body::Body for StreamBody {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<std::io::Result<http_body::Frame<Bytes>>>> {
            self.0.as_mut().poll_next(cx).map_ok(http_body::Frame::data)
        }
    }

    /// Reads an endless body until another task of this thread has run five times.
    async fn leaves_time(mut body: BodyReader) {
        let read = async move {
            let mut buffer = BodyBuffer::default();
            buffer.fill(&mut body, None, usize::MAX).await.map(drop)
        };
        let ticker = async {
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            // Timers go off, too.
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        tokio::select! {
            biased;
            _ = read => panic!("it is endless"),
            () = ticker => {}
        }
    }

    #[tokio::test]
    async fn endless_empty_members_yield_to_timeouts_and_other_tasks() {
        let members: Bytes = gzip(b"").repeat(1_000).into();
        leaves_time(endless(members)).await;
    }

    #[tokio::test]
    async fn decompression_yields_to_other_tasks() {
        leaves_time(endless(gzip(&vec![0; 1 << 20]).into())).await;
    }

    /// HTTP/2 allows data frames without data.
    #[tokio::test]
    async fn endless_empty_frames_yield_to_other_tasks() {
        let frames = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::new()));
        leaves_time(body_of(frames).into()).await;
    }

    #[tokio::test]
    async fn compressed_bytes_count_against_the_limit() {
        let mut body = endless(gzip(b"").repeat(100).into());
        let mut buffer = BodyBuffer::default();
        let is_whole = buffer.fill(&mut body, None, 100_000).await.expect("empty members");
        assert!(!is_whole && buffer.len() == 0);
    }

    #[tokio::test]
    async fn a_compressed_body_has_no_empty_chunks() {
        let whole = [gzip(b""), gzip(b"abc"), gzip(b""), gzip(b"def")].concat();
        for step in [1, 5, whole.len()] {
            let chunks = whole.chunks(step).map(|chunk| Ok(Bytes::copy_from_slice(chunk)));
            let chunks: Vec<std::io::Result<Bytes>> = chunks.collect();
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static(" X-GZip "));
            headers.insert(header::CONTENT_LENGTH, whole.len().into());
            let mut body = BodyReader::new(body_of(stream::iter(chunks)), &mut headers);
            assert!(headers.is_empty(), "{headers:?}");
            // Exactly the bytes that come are accepted.
            body.limit_compressed(whole.len() as u64);
            let mut read = Vec::new();
            while let Some(chunk) = body.chunk().await.expect("a chunk") {
                assert!(!chunk.is_empty(), "{step}");
                read.extend_from_slice(&chunk);
            }
            assert_eq!(read, b"abcdef", "{step}");
        }
    }

    #[tokio::test]
    async fn more_compressed_bytes_than_accepted_are_an_error() {
        let whole = gzip(b"abc");
        let mut body = endless(whole.clone().into());
        body.limit_compressed(2 * whole.len() as u64);
        for _ in 0..2 {
            assert_eq!(body.chunk().await.expect("a member").as_deref(), Some(&b"abc"[..]));
        }
        assert!(matches!(body.chunk().await, Err(BodyError::TooLarge)));
    }

    /// Counts how often a body in chunks of 1 KiB yields.
    fn yields(bytes: &[u8]) -> usize {
        let whole = gzip(bytes);
        let chunks = whole.chunks(1_024).map(|chunk| Ok(Bytes::copy_from_slice(chunk)));
        let chunks: Vec<std::io::Result<Bytes>> = chunks.collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
        let mut body = BodyReader::new(body_of(stream::iter(chunks)), &mut headers);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let (mut read, mut yields) = (0, 0);
        loop {
            match body.poll_chunk(&mut cx) {
                Poll::Pending => yields += 1,
                Poll::Ready(Some(chunk)) => read += chunk.expect("a chunk").len(),
                Poll::Ready(None) => break,
            }
        }
        assert_eq!(read, bytes.len());
        yields
    }

    #[test]
    fn yields_once_per_128_kib_of_work() {
        assert_eq!(yields(b""), 0);
        assert_eq!(yields(b"abc"), 0);
        // 256 calls, each of which reads 1 KiB, writes 1 KiB and counts 4 KiB for itself.
        let mut random = fastrand::Rng::with_seed(7);
        let noise: Vec<u8> = (0..256 * 1_024).map(|_| random.u8(..)).collect();
        let found = yields(&noise);
        assert!((8..=16).contains(&found), "{found}");
    }

    #[tokio::test]
    async fn empty_chunks_are_skipped() {
        let chunks = ["", "a", "", "bc", ""].map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())));
        let mut body: BodyReader = body_of(stream::iter(chunks)).into();
        let mut seen = Vec::new();
        while let Some(chunk) = body.chunk().await.expect("a chunk") {
            seen.push(chunk);
        }
        assert_eq!(seen, ["a", "bc"]);
    }
}
