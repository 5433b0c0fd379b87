//! The bytes of a body: lengths, ends, progress and errors.

use std::sync::Mutex;

use futures_util::stream;

use super::*;
use crate::encode::StreamSource;
use crate::policy::{Admission, AdmissionRequest};

fn poll_once(body: &mut SingleUseBody) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
    Pin::new(body).poll_frame(&mut Context::from_waker(std::task::Waker::noop()))
}

fn body(length: usize) -> SingleUseBody {
    whole_body(vec![BodySource::Bytes(vec![b'a'; length].into())], &[])
}

fn whole_body(sources: Vec<BodySource>, lengths: &[Option<u64>]) -> SingleUseBody {
    let body = EncodedBody {
        content_type: http::HeaderValue::from_static("text/plain"),
        sources: sources.into(),
        progress: None,
    };
    SingleUseBody::new(Some(&body), lengths, Arc::default())
}

fn of_chunks(length: Option<u64>, chunks: &[&'static str]) -> BodySource {
    let chunks = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())));
    let chunks: Vec<io::Result<Bytes>> = chunks.collect();
    BodySource::Stream(Arc::new(StreamSource::once(length, stream::iter(chunks))))
}

/// Everything that a body sends, or the reason why it does not.
async fn sent(body: &mut SingleUseBody) -> Result<String, String> {
    let mut sent = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
        let frame = frame.map_err(|error| error.to_string())?;
        sent.extend_from_slice(&frame.into_data().expect("data"));
    }
    Ok(String::from_utf8(sent).expect("text"))
}

/// The declared length, the chunks, and what is sent of them.
#[tokio::test]
async fn a_stream_has_its_declared_length_or_fails() {
    let other = "the stream of the upload is not as long as declared (4 bytes)";
    for (length, chunks, expected) in [
        (None, &["ab", "", "cd"][..], Ok("abcd")),
        (None, &[], Ok("")),
        (Some(4), &["ab", "cd"], Ok("abcd")),
        (Some(4), &["", "abcd", ""], Ok("abcd")),
        (Some(4), &["ab"], Err(other)),
        (Some(4), &["ab", "c"], Err(other)),
        (Some(4), &["ab", "cde"], Err(other)),
        (Some(4), &["abcd", "e"], Err(other)),
        (Some(4), &[], Err(other)),
    ] {
        let mut body = whole_body(vec![of_chunks(length, chunks)], &[length]);
        let found = sent(&mut body).await;
        let found = found.as_deref().map_err(String::as_str);
        assert_eq!(found, expected, "{length:?} {chunks:?}");
    }
}

/// hyper does not poll a body again once it has received its declared length.
#[tokio::test]
async fn a_stream_longer_than_declared_fails_at_its_last_declared_byte() {
    for (before, chunks) in [(&b""[..], &["ab", "cd", "e"][..]), (b"xyz", &["ab", "cd", "e"])] {
        let sources =
            vec![BodySource::Bytes(Bytes::from_static(before)), of_chunks(Some(4), chunks)];
        let mut body = whole_body(sources, &[Some(before.len() as u64), Some(4)]);
        let whole = before.len() + 4;
        let mut sent = 0;
        let failed = loop {
            assert!(sent < whole, "the whole length was sent");
            match poll_once(&mut body) {
                Poll::Ready(Some(Ok(frame))) => {
                    sent += frame.into_data().expect("data").len();
                }
                Poll::Ready(Some(Err(error))) => break error,
                other => panic!("{:?}", other.is_ready()),
            }
        };
        assert!(failed.to_string().contains("not as long as declared"), "{failed}");
    }
}

#[tokio::test]
async fn a_body_has_an_exact_size_hint_if_all_lengths_are_known() {
    let parts = || {
        vec![
            BodySource::Bytes(Bytes::from_static(b"ab")),
            of_chunks(None, &["cd", "e"]),
            BodySource::Bytes(Bytes::from_static(b"f")),
        ]
    };
    for (lengths, known) in
        [(&[Some(2), Some(3), Some(1)], true), (&[Some(2), None, Some(1)], false)]
    {
        let mut body = whole_body(parts(), lengths);
        for left in [6, 4, 2, 1] {
            assert_eq!(body.size_hint().exact(), known.then_some(left), "{lengths:?}");
            assert!(!body.is_end_stream() && !body.is_empty());
            assert!(matches!(poll_once(&mut body), Poll::Ready(Some(Ok(_)))), "{left}");
        }
        // Without the lengths, the end is known once it is reached.
        assert_eq!(body.is_end_stream(), known);
        assert!(matches!(poll_once(&mut body), Poll::Ready(None)));
        assert!(body.is_end_stream());
    }
    for (body, is_empty) in [
        (SingleUseBody::new(None, &[], Arc::default()), true),
        (body(0), true),
        (body(1), false),
        (whole_body(vec![of_chunks(Some(0), &[])], &[Some(0)]), true),
        (whole_body(vec![of_chunks(None, &[])], &[None]), false),
    ] {
        assert_eq!(body.is_empty(), is_empty);
        assert_eq!(body.is_end_stream(), is_empty);
    }
}

#[test]
fn progress_counts_bytes_and_its_panic_is_contained() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut body = whole_body(
        vec![
            BodySource::Bytes(Bytes::from_static(b"ab")),
            BodySource::Bytes(Bytes::from_static(b"c")),
        ],
        &[Some(2), Some(1)],
    );
    body.progress = Some(Arc::new(move |sent, total| {
        log.lock().expect("no panic").push((sent, total));
    }));
    for _ in 0..2 {
        assert!(matches!(poll_once(&mut body), Poll::Ready(Some(Ok(_)))));
    }
    assert_eq!(*seen.lock().expect("no panic"), [(2, 3), (3, 3)]);
    let mut body = self::body(1);
    body.progress = Some(Arc::new(|_, _| panic!("the user's")));
    assert!(matches!(poll_once(&mut body), Poll::Ready(Some(Ok(_)))));
    assert!(body.progress.is_none(), "it is not called again");
}

#[tokio::test]
async fn an_error_names_the_file_or_the_stream() {
    let file = std::env::temp_dir().join(format!("truto-body-{}", std::process::id()));
    let path = file.display();
    let source = || BodySource::File(Arc::from(file.as_path()));
    std::fs::write(&file, "abc").expect("a file");
    let mut body = whole_body(vec![source()], &[Some(3)]);
    assert_eq!(sent(&mut body).await.as_deref(), Ok("abc"));
    let mut body = whole_body(vec![source()], &[Some(2)]);
    let changed = format!("the file `{path}` changed while it was sent: it had 2 bytes");
    assert_eq!(sent(&mut body).await, Err(changed.clone()));
    assert_eq!(body.started.aborted(), Some(changed));
    std::fs::remove_file(&file).expect("it exists");
    let mut body = whole_body(vec![source()], &[Some(3)]);
    let failed = sent(&mut body).await.expect_err("no file");
    assert!(failed.starts_with(&format!("the file `{path}` cannot be read: ")), "{failed}");
    let broken = stream::iter([Err::<Bytes, _>(io::Error::other("it broke"))]);
    let source = BodySource::Stream(Arc::new(StreamSource::once(None, broken)));
    let mut body = whole_body(vec![source.clone()], &[None]);
    let failed = sent(&mut body).await;
    assert_eq!(failed, Err("the stream of the upload failed: it broke".to_owned()));
    let mut body = whole_body(vec![source], &[None]);
    let failed = sent(&mut body).await;
    assert_eq!(failed, Err("an earlier attempt has sent the stream".to_owned()));
}

/// hyper asks if a body has ended right before it writes the head.
#[test]
fn a_send_starts_when_hyper_asks_for_the_end_or_polls_the_body() {
    for ask in [
        (|body: &mut SingleUseBody| !body.is_end_stream()) as fn(&mut SingleUseBody) -> bool,
        |body| poll_once(body).is_ready(),
    ] {
        let mut body = body(1);
        let started = Arc::clone(&body.started);
        let _ = body.size_hint();
        assert!(!started.get());
        assert!(ask(&mut body), "it has one byte");
        assert!(started.get() && started.aborted().is_none());
    }
}

/// A request that no connection took leaves its slot to another one.
#[tokio::test]
async fn a_slot_is_committed_when_a_connection_takes_the_request() {
    let minute = std::time::Duration::from_secs(60);
    for (takes, is_free) in [(0, true), (1, false), (2, false)] {
        let throttle = crate::Throttle::none().per_account(1, minute);
        let admission = Admission::new(Some(throttle), true, Admission::MAX_GATE);
        let request = AdmissionRequest {
            until: Some(tokio::time::Instant::now() + minute / 2),
            ..AdmissionRequest::default()
        };
        let account: Arc<str> = "a".into();
        let permit = admission.admit(&account, request).await.expect("the first turn");
        let started = SendStarted::new(permit.handle());
        (0..takes).for_each(|_| started.set());
        drop(permit);
        assert_eq!(admission.admit(&account, request).await.is_ok(), is_free, "{takes}");
    }
}

#[test]
fn dropping_an_attempt_abandons_its_body_unless_disarmed() {
    for disarms in [false, true] {
        let mut body = whole_body(vec![of_chunks(None, &["a"])], &[None]);
        let mut attempt = AbandonOnDrop::new(Arc::clone(&body.started));
        body.started.set();
        assert!(attempt.get(), "it is the state of the body");
        if disarms {
            attempt.disarm();
        }
        drop(attempt);
        match poll_once(&mut body) {
            Poll::Ready(Some(Ok(_))) => assert!(disarms),
            Poll::Ready(Some(Err(error))) => {
                assert!(!disarms);
                assert_eq!(error.to_string(), "the call was abandoned");
            }
            other => panic!("{:?}", other.is_ready()),
        }
    }
}
