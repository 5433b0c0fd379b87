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

/// Reads a body; returns its length, and how often it yielded.
fn read(mut body: BodyReader) -> (usize, usize) {
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let (mut read, mut yields) = (0, 0);
    loop {
        match body.poll_chunk(&mut cx) {
            Poll::Pending => yields += 1,
            Poll::Ready(Some(chunk)) => read += chunk.expect("a chunk").len(),
            Poll::Ready(None) => return (read, yields),
        }
    }
}

/// Counts how often a body in chunks of 1 KiB yields.
fn yields(bytes: &[u8]) -> usize {
    let whole = gzip(bytes);
    let chunks = whole.chunks(1_024).map(|chunk| Ok(Bytes::copy_from_slice(chunk)));
    let chunks: Vec<std::io::Result<Bytes>> = chunks.collect();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
    let (read, yields) = read(BodyReader::new(body_of(stream::iter(chunks)), &mut headers));
    assert_eq!(read, bytes.len());
    yields
}

/// Frames without data, each of which counts as 4 KiB of work.
#[test]
fn yields_after_each_32_frames_without_data() {
    for (frames, yields) in [(0, 0), (31, 0), (32, 1), (63, 1), (64, 2)] {
        let frames = (0..frames).map(|_| Ok(Bytes::new()));
        assert_eq!(read(body_of(stream::iter(frames)).into()), (0, yields));
    }
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
