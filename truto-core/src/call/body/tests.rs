use std::sync::mpsc;
use std::task::Waker;
use std::time::Duration;

use futures_util::stream;

use super::*;
use crate::encode::StreamSource;

fn body_of(source: BodySource, started: Arc<SendStarted>) -> SingleUseBody {
    let body = EncodedBody {
        content_type: http::HeaderValue::from_static("text/plain"),
        sources: Arc::from([source]),
        progress: None,
    };
    SingleUseBody::new(Some(&body), &[None], started)
}

fn body(length: usize) -> SingleUseBody {
    body_of(BodySource::Bytes(vec![b'a'; length].into()), Arc::default())
}

fn poll_once(body: &mut SingleUseBody) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
    Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn yields_between_chunks_so_that_an_early_response_is_noticed() {
    let mut body = body(3 * 65_536 + 1);
    let mut polls = String::new();
    loop {
        let poll = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_frame(cx)));
        match poll.await {
            Poll::Ready(Some(frame)) => {
                let chunk = frame.expect("memory").into_data().expect("data");
                assert!(chunk.len() <= 65_536);
                polls.push('c');
            }
            Poll::Ready(None) => break,
            Poll::Pending => polls.push('y'),
        }
    }
    assert_eq!(polls, "cycycyc");
}

#[tokio::test]
async fn a_small_body_is_one_chunk_and_does_not_yield() {
    let mut body = body(65_535);
    for is_some in [true, false] {
        let poll = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_frame(cx)));
        match poll.await {
            Poll::Ready(frame) => assert_eq!(frame.is_some(), is_some),
            Poll::Pending => panic!("it yields"),
        }
    }
}

/// The end of a call must not wait for a stream that blocks in its poll.
#[test]
fn a_body_can_be_abandoned_while_its_stream_blocks_in_poll() {
    let (polled, is_polled) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let blocking = stream::poll_fn(move |_| {
        polled.send(()).expect("the test waits for it");
        may_go_on.recv().expect("the test lets it go on");
        Poll::Ready(Some(Ok::<_, io::Error>(Bytes::from_static(b"x"))))
    });
    let started = Arc::<SendStarted>::default();
    let source = BodySource::Stream(Arc::new(StreamSource::once(None, blocking)));
    let mut body = body_of(source, Arc::clone(&started));
    let connection = std::thread::spawn(move || poll_once(&mut body));
    is_polled.recv().expect("it is polled");
    let (abandoned, is_abandoned) = mpsc::channel();
    std::thread::spawn(move || {
        drop(AbandonOnDrop::new(started));
        abandoned.send(()).expect("the test waits for it");
    });
    let in_time = is_abandoned.recv_timeout(Duration::from_secs(20));
    go_on.send(()).expect("it waits for this");
    assert!(in_time.is_ok(), "it waits for the stream");
    let polled = connection.join().expect("no panic");
    assert!(matches!(polled, Poll::Ready(Some(Err(_)))), "an abandoned body sends no more");
}

/// The connection's task polls the body, and other calls may share the connection.
#[test]
fn a_panic_in_the_users_stream_fails_only_its_body() {
    type Stream = stream::Empty<Result<Bytes, io::Error>>;
    let made = StreamSource::made(None, || -> Stream { panic!("it cannot be made") });
    let polled = stream::poll_fn(|_| -> Poll<Option<Result<Bytes, io::Error>>> {
        panic!("it cannot be polled")
    });
    for source in [made, StreamSource::once(None, polled)] {
        let mut body = body_of(BodySource::Stream(Arc::new(source)), Arc::default());
        let Poll::Ready(Some(Err(error))) = poll_once(&mut body) else {
            panic!("the body continues");
        };
        assert_eq!(error.to_string(), "the stream of the upload panicked");
        assert!(matches!(poll_once(&mut body), Poll::Ready(None)), "nothing follows an error");
    }
}
