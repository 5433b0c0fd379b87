//! Files from disk: streamed with their length, sent again as they are, refused before anything goes out.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use truto_core::{Request, Upload, unified_endpoint};
use truto_tests::{Wire, http, json as play};

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
async fn what_is_not_a_file_is_refused_before_anything_is_sent() {
    let wire = Wire::start([play("{}")]).await;
    let missing = std::env::temp_dir().join("truto-no-such-file");
    for (path, words) in [(missing, "cannot be read: "), (std::env::temp_dir(), "is not a file")] {
        let upload = Upload::path("text/plain", &path);
        let error = Record::upload(&upload).send(&wire.account()).await.expect_err("no file");
        assert!(error.is_invalid_request() && !error.may_have_applied(), "{error:?}");
        assert_eq!(error.attempts(), 0);
        let told = error.to_string();
        assert!(told.contains(words) && told.contains(&path.display().to_string()), "{told}");
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
async fn a_file_that_changes_while_it_is_sent_is_told_and_not_sent_again() {
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
async fn progress_is_told_both_ways() {
    let told: Arc<Mutex<Vec<(u64, u64)>>> = Arc::default();
    let sink = Arc::clone(&told);
    let file = Temporary::new(&vec![b'a'; 200_000]);
    let wire = Wire::start([http("200 OK", &[], vec![b'b'; 100_000])]).await;
    let account = wire.account();
    let upload = Upload::path("text/plain", &file.0)
        .on_progress(move |sent, total| sink.lock().expect("a lock").push((sent, total)));
    let stream = Record::upload(&upload).stream().send(&account).await.expect("200");
    let sent = std::mem::take(&mut *told.lock().expect("a lock"));
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

    // Bytes in memory are told in steps, too.
    let sink = Arc::clone(&told);
    let upload = Upload::bytes("text/plain", vec![b'c'; 200_000])
        .on_progress(move |sent, total| sink.lock().expect("a lock").push((sent, total)));
    let request: Request<Value> = Record::upload(&upload).raw();
    assert_eq!(request.body_bytes().map(<[u8]>::len), Some(200_000));
    drop(Record::upload(&upload).stream().send(&account).await.expect("200"));
    assert_eq!(told.lock().expect("a lock").len(), 4);
}
