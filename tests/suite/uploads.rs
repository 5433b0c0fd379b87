//! Files from disk: streamed with their length, sent again unchanged, or refused before anything is sent.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use truto_core::{Client, Error, Request, Upload, unified_endpoint};
use truto_tests::{Wire, http, json as play, listen, token_account};

#[unified_endpoint(method = "POST", path = "/unified/m/r/upload", body = Upload)]
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub struct Record {
    pub id: Option<u64>,
}

/// A file in the temporary folder, removed at the end.
struct Temporary(PathBuf);

impl Temporary {
    fn new(content: &[u8]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("truto-upload-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).expect("a file");
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").expect("a body").1
}

#[tokio::test]
async fn a_file_is_sent_with_its_length_and_again_after_a_refusal() {
    let content = "a,b;".repeat(50_000);
    let file = Temporary::new(content.as_bytes());
    let refused = http("429 Too Many Requests", &["Retry-After: 0"], r#"{"message": "slow down"}"#);
    let wire = Wire::start([refused, play(r#"{"id":1}"#)]).await;
    let upload = Upload::path("text/csv", &file.0);
    let request = Record::upload(&upload);
    assert_eq!(request.body_bytes(), None);
    let curl = request.to_curl();
    assert!(curl.contains(&format!("--data-binary '@{}'", file.0.display())), "{curl}");
    assert_eq!(request, Record::upload(&Upload::path("text/csv", &file.0)));
    let record = request.send(&wire.account()).await.expect("200");
    assert_eq!(record.id, Some(1));
    let requests = wire.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let head = request.to_ascii_lowercase();
        assert!(head.contains(&format!("content-length: {}\r\n", content.len())));
        assert!(head.contains("content-type: text/csv\r\n"));
        assert!(!head.contains("transfer-encoding"));
        assert_eq!(body(&request), content);
    }
}

#[tokio::test]
async fn a_form_streams_its_file_parts() {
    let file = Temporary::new(b"%PDF");
    let wire = Wire::start([play(r#"{"id":1}"#)]).await;
    let form = Upload::form()
        .text("name", "Lease")
        .file_path("file", "lease.pdf", "application/pdf", &file.0)
        .text("note", "signed");
    Record::upload(&form).send(&wire.account()).await.expect("200");
    let request = &wire.requests()[0];
    let (_, rest) = request.split_once("boundary=").expect("a boundary");
    let boundary = rest.split_once("\r\n").expect("a line").0;
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nLease\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"lease.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n%PDF\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nsigned\r\n--{boundary}--\r\n"
    );
    assert_eq!(body(request), expected);
    assert!(
        request.to_ascii_lowercase().contains(&format!("content-length: {}\r\n", expected.len()))
    );
}

#[tokio::test]
async fn an_empty_file_is_sent_as_such() {
    let file = Temporary::new(b"");
    let wire = Wire::start([play(r#"{"id":1}"#)]).await;
    let upload = Upload::path("text/plain", &file.0);
    Record::upload(&upload).send(&wire.account()).await.expect("200");
    let request = &wire.requests()[0];
    assert!(request.to_ascii_lowercase().contains("content-length: 0\r\n"), "{request}");
    assert_eq!(body(request), "");
}

#[tokio::test]
async fn uploads_of_missing_files_are_refused_before_sending() {
    let wire = Wire::start([play("{}")]).await;
    let missing = std::env::temp_dir().join("truto-no-such-file");
    for (path, words) in [(missing, "cannot be read: "), (std::env::temp_dir(), "is not a file")] {
        let upload = Upload::path("text/plain", &path);
        let error = Record::upload(&upload).send(&wire.account()).await.expect_err("no file");
        assert!(error.is_invalid_request() && !error.may_have_applied(), "{error:?}");
        assert_eq!(error.attempts(), 0);
        let text = error.to_string();
        assert!(text.contains(words) && text.contains(&path.display().to_string()), "{text}");
    }
    assert!(wire.requests().is_empty());
}

/// Opening a pipe would wait for its writer, beyond any deadline.
#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_at_once() {
    let pipe = std::env::temp_dir().join(format!("truto-pipe-{}", std::process::id()));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let wire = Wire::start([play("{}")]).await;
    let upload = Upload::path("text/plain", &pipe);
    let request = Record::upload(&upload);
    let account = wire.account();
    let sent =
        tokio::time::timeout(std::time::Duration::from_secs(10), request.send(&account)).await;
    std::fs::remove_file(&pipe).expect("the pipe");
    let error = sent.expect("no hang").expect_err("a pipe");
    assert!(error.is_invalid_request() && error.to_string().contains("is not a file"), "{error}");
}

#[tokio::test]
async fn a_file_that_changes_while_sent_is_an_error_without_retry() {
    let file = Temporary::new(&vec![b'a'; 1 << 20]);
    let wire = Wire::start([play("{}")]).await;
    let path = file.0.clone();
    let upload = Upload::path("text/plain", &file.0).on_progress(move |_, _| {
        std::fs::write(&path, b"short").expect("a file");
    });
    let error = Record::upload(&upload).send(&wire.account()).await.expect_err("a change");
    assert!(
        error.to_string().contains("changed while it was sent: it had 1048576 bytes"),
        "{error}"
    );
    assert!(error.is_transport() && error.may_have_applied(), "{error:?}");
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn progress_is_reported_in_both_directions() {
    let reported: Arc<Mutex<Vec<(u64, u64)>>> = Arc::default();
    let sink = Arc::clone(&reported);
    let file = Temporary::new(&vec![b'a'; 200_000]);
    let wire = Wire::start([http("200 OK", &[], vec![b'b'; 100_000])]).await;
    let account = wire.account();
    let upload = Upload::path("text/plain", &file.0)
        .on_progress(move |sent, total| sink.lock().expect("a lock").push((sent, total)));
    let stream = Record::upload(&upload).stream().send(&account).await.expect("200");
    let sent = std::mem::take(&mut *reported.lock().expect("a lock"));
    assert!(sent.len() >= 4 && sent.is_sorted(), "{sent:?}");
    assert_eq!(sent.last(), Some(&(200_000, 200_000)));

    let received = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&received);
    let stream =
        stream.on_progress(move |so_far, total| sink.lock().expect("a lock").push((so_far, total)));
    stream.copy_to(&mut Vec::new()).await.expect("a copy");
    let received = std::mem::take(&mut *received.lock().expect("a lock"));
    assert!(received.is_sorted());
    assert_eq!(received.last(), Some(&(100_000, Some(100_000))));

    // Bytes in memory are reported in steps, too.
    let sink = Arc::clone(&reported);
    let upload = Upload::bytes("text/plain", vec![b'c'; 200_000])
        .on_progress(move |sent, total| sink.lock().expect("a lock").push((sent, total)));
    let request: Request<Value> = Record::upload(&upload).raw();
    assert_eq!(request.body_bytes().map(<[u8]>::len), Some(200_000));
    drop(Record::upload(&upload).stream().send(&account).await.expect("200"));
    assert_eq!(reported.lock().expect("a lock").len(), 4);
}

fn chunks(
    parts: &[&'static str],
) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static {
    let parts: Vec<_> = parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes()))).collect();
    stream::iter(parts)
}

/// Decodes a body that was sent in chunks.
fn dechunked(body: &str) -> String {
    let mut rest = body;
    let mut whole = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a size");
        whole.push_str(&after[..size]);
        rest = &after[size + 2..];
        if size == 0 {
            break;
        }
    }
    whole
}

#[tokio::test]
async fn a_file_without_a_declared_length_is_sent_whole() {
    let path = "/proc/self/status";
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0) {
        let wire = Wire::start([play(r#"{"id":1}"#)]).await;
        let account = wire.account();
        let form = Upload::form().file_path("f", "status", "text/plain", path);
        for upload in [Upload::path("text/plain", path), form] {
            Record::upload(&upload).send(&account).await.expect("200");
        }
        for request in wire.requests() {
            assert!(request.to_ascii_lowercase().contains("transfer-encoding: chunked\r\n"));
            assert!(dechunked(body(&request)).contains("VmPeak"), "{request}");
        }
        assert_eq!(wire.requests().len(), 2);
    }
}

#[tokio::test]
async fn streams_are_sent_with_their_length_or_in_chunks() {
    let wire = Wire::start([play(r#"{"id":1}"#)]).await;
    let account = wire.account();
    let upload = Upload::stream("text/csv", Some(8), chunks(&["a,b\n", "", "1,2\n"]));
    Record::upload(&upload).send(&account).await.expect("200");
    let upload = Upload::stream("text/csv", None, chunks(&["a,b\n", "1,2\n"]));
    Record::upload(&upload).send(&account).await.expect("200");
    let form = Upload::form()
        .text("a", "b")
        .file_stream("f", "f.csv", "text/csv", Some(4), chunks(&["1,2\n"]))
        .file_stream_with("g", "g.csv", "text/csv", Some(4), || chunks(&["3,4\n"]));
    Record::upload(&form).send(&account).await.expect("200");
    let requests = wire.requests();
    assert!(requests[0].to_ascii_lowercase().contains("content-length: 8\r\n"));
    assert_eq!(body(&requests[0]), "a,b\n1,2\n");
    assert_eq!(dechunked(body(&requests[1])), "a,b\n1,2\n");
    let length = format!("content-length: {}\r\n", body(&requests[2]).len());
    assert!(requests[2].to_ascii_lowercase().contains(&length));
    assert!(requests[2].contains("filename=\"f.csv\"\r\nContent-Type: text/csv\r\n\r\n1,2\n\r\n"));
    assert!(requests[2].contains("\r\n\r\n3,4\n\r\n"));
}

#[tokio::test]
async fn a_failed_stream_is_named_and_not_sent_again() {
    let failing = || stream::iter([Ok(Bytes::from("ab")), Err(io::Error::other("disk on fire"))]);
    for (upload, words) in [
        (Upload::stream("text/plain", Some(3), chunks(&["ab"])), "as long as declared (3 bytes)"),
        (Upload::stream("text/plain", Some(1), chunks(&["ab"])), "as long as declared (1 bytes)"),
        // The declared length ends with a chunk, after which hyper asks for no more.
        (
            Upload::stream("text/plain", Some(2), chunks(&["ab", "", "c"])),
            "as long as declared (2 bytes)",
        ),
        (Upload::stream("text/plain", Some(2), failing()), "failed: disk on fire"),
        (Upload::stream("text/plain", None, failing()), "failed: disk on fire"),
        (Upload::stream_with("text/plain", None, failing), "failed: disk on fire"),
    ] {
        let wire = Wire::start([play("{}")]).await;
        let error = Record::upload(&upload).send(&wire.account()).await.expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.is_transport() && error.may_have_applied(), "{error:?}");
        assert_eq!(error.attempts(), 1);
    }
}

/// The end of the stream is not part of what is sent.
#[tokio::test]
async fn a_stream_of_the_declared_length_need_not_end() {
    let wire = Wire::start([play(r#"{"id":1}"#)]).await;
    let open = chunks(&["a", "b"]).chain(stream::pending());
    let upload = Upload::stream("text/plain", Some(2), open);
    Record::upload(&upload).send(&wire.account()).await.expect("200");
    assert_eq!(body(&wire.requests()[0]), "ab");
}

#[tokio::test]
async fn a_stream_of_empty_chunks_does_not_outlast_the_timeout() {
    let wire = Wire::start([play("{}")]).await;
    let empty = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::new()));
    let upload = Upload::stream("text/plain", None, empty);
    let request = Record::upload(&upload).no_retry().timeout(Duration::from_millis(100));
    let error = request.send(&wire.account()).await.expect_err("nothing comes");
    assert!(error.is_timeout(), "{error}");
    // Once the declared length is sent, the call does not wait for the end of the stream.
    let chunks = chunks(&["ab"]).chain(stream::repeat_with(|| Ok(Bytes::new())));
    let upload = Upload::stream("text/plain", Some(2), chunks);
    Record::upload(&upload).send(&wire.account()).await.expect("200");
}

#[tokio::test]
async fn lengths_that_no_body_can_have_are_refused() {
    let wire = Wire::start([play("{}")]).await;
    let form = |first, second| {
        Upload::form()
            .file_stream("f", "f.csv", "text/csv", first, chunks(&["1,2\n"]))
            .file_stream("g", "g.csv", "text/csv", second, chunks(&["1,2\n"]))
            .file_stream("h", "h.csv", "text/csv", None, chunks(&["1,2\n"]))
    };
    for (first, second) in [(Some(u64::MAX), None), (Some(u64::MAX / 2), Some(u64::MAX / 2 + 1))] {
        let error = Record::upload(&form(first, second)).send(&wire.account()).await;
        let error = error.expect_err("too long");
        assert!(error.is_invalid_request() && error.to_string().contains("add up to"), "{error}");
    }
    assert!(wire.requests().is_empty());
    let longest = Upload::stream("text/csv", Some(u64::MAX), chunks(&["1,2\n"]));
    let error = Record::upload(&longest).send(&wire.account()).await.expect_err("it is shorter");
    assert!(error.to_string().contains("as long as declared"), "{error}");
}

#[tokio::test]
async fn a_stream_is_sent_once_unless_it_can_be_made_again() {
    let refused = http("429 Too Many Requests", &["Retry-After: 0"], r#"{"message": "slow down"}"#);
    let plays = [refused.clone(), play(r#"{"id":1}"#)];
    let wire = Wire::start(plays.clone()).await;
    let upload = Upload::stream("text/plain", Some(2), chunks(&["ab"]));
    let error = Record::upload(&upload).send(&wire.account()).await.expect_err("429");
    assert_eq!((error.status().map(|status| status.as_u16()), error.attempts()), (Some(429), 1));
    assert_eq!(wire.requests().len(), 1);
    // The stream was sent, so another call has none.
    let error = Record::upload(&upload).send(&wire.account()).await.expect_err("no stream");
    assert!(error.to_string().contains("has sent the stream"), "{error}");

    let wire = Wire::start(plays).await;
    let upload = Upload::stream_with("text/plain", Some(2), || chunks(&["ab"]));
    Record::upload(&upload).send(&wire.account()).await.expect("200");
    assert_eq!(wire.requests().len(), 2);
    assert!(wire.requests().iter().all(|request| body(request) == "ab"));

    // Nothing was sent to a port that refuses, so the stream is still there.
    let wire = Wire::start([play(r#"{"id":1}"#)]).await;
    let upload = Upload::stream("text/plain", Some(2), chunks(&["ab"]));
    let account =
        token_account(Client::builder().token("s3cret-token").base_url("http://127.0.0.1:1"));
    let request = Record::upload(&upload);
    let error = request.no_retry().send(&account).await.expect_err("refused");
    assert!(error.is_connect(), "{error}");
    request_again(&upload, &wire).await;
}

async fn request_again(upload: &Upload, wire: &Wire) {
    let record = Record::upload(upload).send(&wire.account()).await.expect("200");
    assert_eq!(record.id, Some(1));
}

#[tokio::test]
async fn a_stream_that_panics_is_named() {
    let panicking = stream::poll_fn(|_| panic!("a bug of the caller's"));
    let upload = Upload::stream::<_, io::Error>("text/plain", None, panicking);
    let wire = Wire::start([play("{}")]).await;
    let error = Record::upload(&upload).send(&wire.account()).await.expect_err("a panic");
    assert!(error.to_string().contains("the stream of the upload panicked"), "{error}");
}

#[tokio::test]
async fn a_callback_that_panics_does_not_fail_an_upload() {
    let called = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&called);
    let wire = Wire::start([play(r#"{"id":1}"#)]).await;
    let upload = Upload::bytes("text/plain", vec![b'a'; 200_000]).on_progress(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        panic!("a bug of the caller's");
    });
    Record::upload(&upload).send(&wire.account()).await.expect("200");
    assert_eq!(wire.requests().len(), 1);
    assert_eq!(called.load(Ordering::Relaxed), 1, "it is not called again");
}

#[tokio::test]
async fn a_form_refuses_a_content_type_of_the_caller() {
    let wire = Wire::start([play("{}")]).await;
    let form = Upload::form().text("a", "b");
    let requests = [
        Record::upload(&form).header("Content-Type", "multipart/form-data"),
        Request::<Record>::unified("POST", "m", "r", None)
            .header("content-type", "multipart/form-data; boundary=mine")
            .body(&form),
    ];
    for request in requests {
        assert!(request.to_curl().starts_with("# this request cannot be sent"), "{request:?}");
        let error = request.send(&wire.account()).await.expect_err("no boundary");
        assert!(error.is_invalid_request() && error.to_string().contains("boundary"), "{error}");
    }
    assert!(wire.requests().is_empty());
    // One file has no boundary, so another media type is the caller's choice.
    let file = Upload::bytes("application/pdf", "%PDF");
    Record::upload(&file)
        .header("Content-Type", "text/plain")
        .send(&wire.account())
        .await
        .expect("200");
    assert!(wire.requests()[0].contains("content-type: text/plain\r\n"));
}

#[tokio::test]
async fn numbers_that_json_cannot_express_are_refused() {
    let wire = Wire::start([play("{}")]).await;
    for number in [f64::NAN, f64::INFINITY] {
        let request = Request::<Record>::unified("POST", "m", "r", None)
            .body(&std::collections::BTreeMap::from([("score", number)]));
        let error = request.send(&wire.account()).await.expect_err("refused");
        assert!(error.is_invalid_request() && error.to_string().contains("`score`"), "{error}");
    }
    assert!(wire.requests().is_empty());
}

/// A write counts as sent exactly from the moment at which a connection takes it, also without a body:
/// this depends on when hyper asks a body whether it is empty.
#[tokio::test]
async fn a_request_counts_as_sent_once_a_connection_takes_it() {
    let (listener, address) = listen().await;
    // Accepts, and never sends a byte.
    let silent = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    let http2 = truto_core::reqwest::Client::builder().http2_prior_knowledge().build();
    let http2 = http2.expect("a client");
    for (scheme, client, is_sent) in
        [("http", None, true), ("http", Some(http2), true), ("https", None, false)]
    {
        let mut builder =
            Client::builder().token("s3cret-token").base_url(format!("{scheme}://{address}"));
        if let Some(client) = client {
            builder = builder.http_client(client);
        }
        let account = token_account(builder);
        let uploads = [None, Some(Upload::bytes("text/plain", "x"))];
        for upload in uploads {
            let request = Request::<Record>::unified("POST", "m", "r", None);
            let request = match &upload {
                Some(upload) => request.body(upload),
                None => request,
            };
            let request = request.no_retry().timeout(Duration::from_secs(1));
            let error = request.send(&account).await.expect_err("silence");
            assert!(error.is_timeout(), "{error}");
            assert_eq!(error.may_have_applied(), is_sent, "{scheme}, {upload:?}: {error}");
        }
    }
    silent.abort();
}

/// The file closes soon after the call ended, though hyper keeps the connection for as long as the peer
/// neither reads nor closes.
#[tokio::test]
async fn an_upload_to_a_peer_that_stops_reading_closes_its_file() {
    for responds in [false, true] {
        let (error, elapsed) = upload_to_a_peer_that_stops_reading(responds).await;
        assert_eq!(error.is_timeout(), !responds, "{error}");
        assert_eq!(error.status().is_some(), responds, "{error}");
        assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    }
}

/// The outcome of the call, and the time for which its file stayed open after that.
async fn upload_to_a_peer_that_stops_reading(responds: bool) -> (Error, Duration) {
    let (listener, address) = listen().await;
    let client = Client::builder().token("s3cret-token").base_url(format!("http://{address}"));
    let file = Temporary::new(&vec![b'a'; 64 << 20]);
    let upload = Upload::path("text/plain", &file.0);
    // Long enough for a response on a busy machine.
    let timeout = Duration::from_millis(if responds { 30_000 } else { 500 });
    let request = Record::upload(&upload).no_retry().timeout(timeout);
    let account = token_account(client);
    let call = tokio::spawn(async move { request.send(&account).await });
    let (mut stream, _) = listener.accept().await.expect("a connection");
    if responds {
        let read = stream.read(&mut [0; 512]).await.expect("a head");
        assert!(read > 0, "no head came");
        let refusal = b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\n\r\n{}";
        stream.write_all(refusal).await.expect("a response");
    }
    let error = call.await.expect("no panic").expect_err("nobody reads");
    let ended = Instant::now();
    let is_open = || {
        let name = file.0.as_os_str();
        let files = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|path| path == name)
    };
    while is_open() && ended.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(stream);
    (error, ended.elapsed())
}

/// The sockets of this process to an address that are connected.
#[cfg(target_os = "linux")]
fn connected_to(address: &str) -> usize {
    let port: u16 = address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let table = std::fs::read_to_string("/proc/self/net/tcp").expect("the table of sockets");
    let remote = format!(":{port:04X} 01 ");
    table.lines().filter(|line| line.contains(&remote)).count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_upload_to_a_peer_that_stops_reading_closes_its_socket() {
    let (listener, address) = listen().await;
    let client = Client::builder()
        .token("test-token")
        .base_url(format!("http://{address}"))
        .timeout(Duration::from_millis(500))
        .retry(truto_core::RetryPolicy::none());
    let account = token_account(client);
    let bytes = Upload::bytes("application/octet-stream", vec![0; 32 * 1024 * 1024]);
    let sent = Record::upload(&bytes).send(&account);
    let (accepted, sent) = tokio::join!(listener.accept(), sent);
    // Held open, and not read.
    let (_held, _) = accepted.expect("a connection");
    assert!(sent.expect_err("nothing is read").is_timeout());
    let started = Instant::now();
    while connected_to(&address) > 0 {
        assert!(started.elapsed() < Duration::from_secs(25), "the socket stays open");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
