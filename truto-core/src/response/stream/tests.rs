use futures_util::stream::unfold;

use super::*;
use crate::response::body_reader::tests::body_of;
use crate::testing::current_thread;

const SECOND: Duration = Duration::from_secs(1);

/// A stream of chunks of 100 bytes, each of which comes after a pause.
fn stream(pause: Duration, chunks: usize, minimum: Option<u64>) -> ByteStream {
    let chunks = unfold(chunks, move |left| async move {
        tokio::time::sleep(pause).await;
        let chunk = Ok(Bytes::from_static(&[b'x'; 100]));
        (left > 0).then(|| (chunk, left - 1))
    });
    ByteStream::new(body_of(chunks).into(), ResponseHead::detached(), 5 * SECOND, minimum)
}

async fn read(mut stream: ByteStream, reader: Duration) -> Result<usize, Error> {
    let mut bytes = 0;
    while let Some(chunk) = std::future::poll_fn(|cx| stream.poll_chunk(cx)).await {
        bytes += chunk?.len();
        tokio::time::sleep(reader).await;
    }
    Ok(bytes)
}

#[tokio::test(start_paused = true)]
async fn only_the_time_of_the_server_counts_for_the_minimum_throughput() {
    for (pause, reader, minimum, ok) in [
        // 100 bytes per second of waiting.
        (SECOND, Duration::ZERO, None, true),
        (SECOND, Duration::ZERO, Some(90), true),
        (SECOND, Duration::ZERO, Some(200), false),
        (SECOND, 60 * SECOND, Some(90), true),
        (Duration::from_millis(1), 60 * SECOND, Some(1_000), true),
        (6 * SECOND, Duration::ZERO, None, false),
        (4 * SECOND, 60 * SECOND, None, true),
    ] {
        let result = read(stream(pause, 20, minimum), reader).await;
        assert_eq!(result.is_ok(), ok, "{pause:?} {reader:?} {minimum:?}");
        match result {
            Ok(bytes) => assert_eq!(bytes, 2_000),
            Err(error) => assert!(error.is_timeout(), "{error}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_busy_while_it_waits_costs_the_server_nothing() {
    let mut stream = stream(SECOND, 20, Some(90));
    let mut bytes = 0;
    loop {
        // Polls once, then does something else for a while.
        let mut next = Box::pin(std::future::poll_fn(|cx| stream.poll_chunk(cx)));
        let once = std::future::poll_fn(|cx| Poll::Ready(next.as_mut().poll(cx)));
        let chunk = match once.await {
            Poll::Ready(chunk) => chunk,
            Poll::Pending => {
                tokio::time::sleep(30 * SECOND).await;
                next.await
            }
        };
        match chunk {
            Some(chunk) => bytes += chunk.expect("fast enough").len(),
            None => break,
        }
    }
    assert_eq!(bytes, 2_000);
}

#[test]
fn times_out_on_the_runtime_that_reads() {
    let made_on = current_thread();
    let stream = made_on.block_on(async {
        let body = body_of(futures_util::stream::pending());
        ByteStream::new(body.into(), ResponseHead::detached(), SECOND / 20, None)
    });
    let error = current_thread().block_on(read(stream, Duration::ZERO)).expect_err("stalled");
    assert!(error.is_timeout(), "{error}");
}

fn with_headers(headers: &[(header::HeaderName, &'static str)]) -> ByteStream {
    let mut head = ResponseHead::detached();
    for (name, value) in headers {
        head.headers.insert(name, http::HeaderValue::from_static(value));
    }
    ByteStream::new(reqwest::Body::from("abcdef").into(), head, 5 * SECOND, None)
}

#[tokio::test]
async fn a_stream_exposes_its_type_length_and_file_name() {
    let stream = with_headers(&[
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_LENGTH, "6"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"a/lease.pdf\""),
    ]);
    assert_eq!(stream.content_type(), Some("application/pdf"));
    assert_eq!(stream.content_length(), Some(6));
    assert_eq!(stream.file_name().as_deref(), Some("lease.pdf"));
    assert_eq!(format!("{stream:?}"), "ByteStream { content_length: Some(6), .. }");
    let bare = with_headers(&[]);
    assert_eq!((bare.content_type(), bare.content_length(), bare.file_name()), (None, None, None));
}

#[tokio::test]
async fn a_body_shorter_than_declared_is_cut_short() {
    for (declared, ok) in [("5", true), ("6", true), ("7", false)] {
        let stream = with_headers(&[(header::CONTENT_LENGTH, declared)]);
        let read = read(stream, Duration::ZERO).await;
        assert_eq!(read.as_ref().ok(), ok.then_some(&6), "{declared}");
        if let Err(error) = read {
            assert!(error.to_string().contains("6 of 7 bytes were received"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_stream_is_copied_whole() {
    let mut copy = Vec::new();
    let written = with_headers(&[]).copy_to(&mut copy).await.expect("a copy");
    assert_eq!((written, &copy[..]), (6, &b"abcdef"[..]));
}

#[tokio::test(start_paused = true)]
async fn the_bytes_of_all_chunks_are_counted() {
    let mut copy = Vec::new();
    let written = stream(Duration::from_millis(1), 20, None).copy_to(&mut copy).await;
    assert_eq!((written.expect("a copy"), copy.len()), (2_000, 2_000));
}

/// A current-thread runtime drives its timers only inside `block_on`.
#[test]
fn a_read_that_moves_to_another_runtime_still_times_out() {
    let (first, second) = (current_thread(), current_thread());
    let silent = body_of(futures_util::stream::pending());
    let timeout = Duration::from_millis(200);
    let mut stream = ByteStream::new(silent.into(), ResponseHead::detached(), timeout, None);
    let mut next = Box::pin(std::future::poll_fn(|cx| stream.poll_chunk(cx)));
    let polled = first.block_on(std::future::poll_fn(|cx| Poll::Ready(next.as_mut().poll(cx))));
    assert!(polled.is_pending());
    let ended = second.block_on(async { tokio::time::timeout(20 * SECOND, next).await });
    let error = ended.expect("its own timeout").expect("an error").expect_err("no bytes");
    assert!(error.is_timeout(), "{error}");
}
