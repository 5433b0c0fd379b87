use super::*;

fn body(length: usize) -> SingleUseBody {
    let body = EncodedBody {
        content_type: http::HeaderValue::from_static("text/plain"),
        sources: Arc::from([BodySource::Bytes(vec![b'a'; length].into())]),
        progress: None,
    };
    SingleUseBody::new(Some(&body), &[], SendStarted::default())
}

#[tokio::test]
async fn yields_between_chunks_so_that_an_early_response_is_noticed() {
    let mut body = body(3 * CHUNK + 1);
    let mut polls = String::new();
    loop {
        let poll = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_frame(cx)));
        match poll.await {
            Poll::Ready(Some(frame)) => {
                let chunk = frame.expect("memory").into_data().expect("data");
                assert!(chunk.len() <= CHUNK);
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
    let mut body = body(CHUNK - 1);
    for is_some in [true, false] {
        let poll = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_frame(cx)));
        match poll.await {
            Poll::Ready(frame) => assert_eq!(frame.is_some(), is_some),
            Poll::Pending => panic!("it yields"),
        }
    }
}
