use futures_util::stream::unfold;

use super::*;
use crate::response::body_reader::tests::body_of;

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
async fn only_the_servers_time_counts() {
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
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    let made_on = runtime().expect("a runtime");
    let stream = made_on.block_on(async {
        let body = body_of(futures_util::stream::pending());
        ByteStream::new(body.into(), ResponseHead::detached(), SECOND / 20, None)
    });
    let reads_on = runtime().expect("a runtime");
    let error = reads_on.block_on(read(stream, Duration::ZERO)).expect_err("stalled");
    assert!(error.is_timeout(), "{error}");
}
