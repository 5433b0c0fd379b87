//! Downloads and uploads over a real socket.

use std::time::Duration;

use futures_util::TryStreamExt;
use serde::Deserialize;
use tokio::io::AsyncReadExt;
use truto_core::{ByteStream, Error, Upload, unified_endpoint};
use truto_tests::{Play, Wire, http, json as play};

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/download", response = ByteStream)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/upload", body = Upload)]
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Record {
    pub id: Option<u64>,
}

#[tokio::test]
async fn downloads_stream_with_their_name_type_and_length() {
    let headers =
        ["Content-Type: application/pdf", "Content-Disposition: attachment; filename=\"a.pdf\""];
    let wire = Wire::start([http("200 OK", &headers, "%PDF-1.7")]).await;
    let account = wire.account();
    let request = Record::download();
    let download = || request.send(&account);
    let stream = download().await.expect("200");
    assert_eq!(stream.content_type(), Some("application/pdf"));
    assert_eq!(stream.content_length(), Some(8));
    assert_eq!(stream.file_name().as_deref(), Some("a.pdf"));
    let mut copied = Vec::new();
    assert_eq!(stream.copy_to(&mut copied).await.expect("a copy"), 8);
    assert_eq!(copied, b"%PDF-1.7");
    let mut read = String::new();
    let mut reader = download().await.expect("200").into_async_read();
    reader.read_to_string(&mut read).await.expect("a read");
    assert_eq!(read, "%PDF-1.7");
    let chunks: Vec<_> = download().await.expect("200").try_collect().await.expect("chunks");
    assert_eq!(chunks.concat(), b"%PDF-1.7");
}

#[tokio::test]
async fn a_stream_that_ends_early_or_stalls_is_an_error() {
    let cut = Play::SendAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".to_vec());
    let wire = Wire::start([cut]).await;
    let stream = Record::get("1").stream().send(&wire.account()).await.expect("a head");
    let error = stream.copy_to(&mut Vec::new()).await.expect_err("cut");
    assert!(error.to_string().contains("cut short"), "{error}");
    assert!(!error.may_have_applied(), "a read changes nothing");
    // The head of a write's response reported success.
    let download = Record::download().send(&wire.account()).await;
    let error = download.expect("a head").copy_to(&mut Vec::new()).await;
    assert!(error.expect_err("cut").may_have_applied());

    let stall = Play::SendAndStall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".to_vec());
    let wire = Wire::start([stall]).await;
    let stream = Record::get("1")
        .stream()
        .timeout(Duration::from_secs(2))
        .send(&wire.account())
        .await
        .expect("a head");
    let error: Error = stream.try_collect::<Vec<_>>().await.expect_err("stalled");
    assert!(error.is_timeout(), "{error}");
    wire.all_closed().await;
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let stall = Play::SendAndStall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".to_vec());
    let wire = Wire::start([stall]).await;
    let stream = Record::get("1").stream().send(&wire.account()).await.expect("a head");
    drop(stream);
    wire.all_closed().await;
}

#[tokio::test]
async fn uploads_are_sent_as_they_are_and_again() {
    let plays = [http("429 Too Many Requests", &["Retry-After: 0"], "{}"), play(r#"{"id":1}"#)];
    let wire = Wire::start(plays).await;
    let form = Upload::form().text("na\"me", "vé").file(
        "file",
        "a\nb.pdf",
        "application/pdf",
        b"\x00\xff",
    );
    Record::upload(&form).body_passthrough().send(&wire.account()).await.expect("200");
    let requests = wire.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], requests[1]);
    assert!(requests[0].contains("&truto_body_passthrough=true "));
    assert!(requests[0].contains("content-type: multipart/form-data; boundary=truto-"));
    assert!(requests[0].contains("name=\"na%22me\"\r\n\r\nvé\r\n"));
    assert!(requests[0].contains("filename=\"a%0Ab.pdf\"\r\nContent-Type: application/pdf\r\n"));

    let wire = Wire::start([play("{}")]).await;
    let upload = Upload::bytes("application/pdf", "%PDF");
    Record::upload(&upload).send(&wire.account()).await.expect("200");
    let request = &wire.requests()[0];
    assert!(request.contains("content-type: application/pdf\r\n"));
    assert!(request.ends_with("\r\n\r\n%PDF"));
    let refused = Record::upload(&Upload::bytes("nonsense", "x")).send(&wire.account()).await;
    assert!(refused.expect_err("refused").is_invalid_request());
    assert_eq!(wire.requests().len(), 1);
}
