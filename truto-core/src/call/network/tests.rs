//! The errors of reqwest, from real sockets.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use reqwest::dns::{Name, Resolve, Resolving};

use super::*;

/// Serves one connection in a thread.
fn serve(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        answer(&mut stream);
    });
    address
}

/// The failure of a request that a connection took.
async fn failure(client: reqwest::ClientBuilder, url: &str) -> AttemptError {
    failure_within(Duration::from_secs(20), true, client, url).await
}

/// The failure of a request, if the HTTP client has its own time limit.
async fn failure_within(
    limit: Duration,
    is_started: bool,
    client: reqwest::ClientBuilder,
    url: &str,
) -> AttemptError {
    let client = client.no_proxy().retry(reqwest::retry::never()).timeout(limit);
    let client = client.build().expect("a client");
    let error = client.get(url).send().await.expect_err("no response");
    send_error(error, is_started, Duration::from_secs(1), None)
}

/// Cannot resolve any name, for a reason.
struct Unresolved(&'static str);

impl Resolve for Unresolved {
    fn resolve(&self, _: Name) -> Resolving {
        let reason = self.0;
        Box::pin(async move { Err(reason.into()) })
    }
}

/// Only its text identifies the error of some TLS libraries.
#[tokio::test]
async fn an_error_about_a_certificate_is_permanent() {
    for (reason, outcome) in [
        ("the certificate has expired", Outcome::Permanent),
        ("the name is unknown", Outcome::NotExecuted),
    ] {
        let client = reqwest::Client::builder().dns_resolver(Arc::new(Unresolved(reason)));
        let failed = failure(client, "http://truto.test/").await;
        assert!(failed.error.is_connect(), "{}", failed.error);
        assert_eq!(failed.outcome, outcome, "{reason}");
    }
}

/// Reads one frame of HTTP/2: its type and its flags.
fn read_frame(stream: &mut TcpStream) -> Option<(u8, u8)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    std::io::copy(&mut stream.take(length.into()), &mut std::io::sink()).ok()?;
    Some((head[3], head[4]))
}

/// A frame of HTTP/2 without flags.
fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    [&length[1..], &[kind, 0], &stream.to_be_bytes(), payload].concat()
}

fn reset(reason: u32) -> Vec<u8> {
    frame(3, 1, &reason.to_be_bytes())
}

/// Says that no stream was processed.
fn go_away(reason: u32) -> Vec<u8> {
    frame(7, 0, &[[0; 4], reason.to_be_bytes()].concat())
}

#[tokio::test]
async fn only_refused_streams_were_certainly_not_executed() {
    let (no_error, internal, refused, cancel) = (0, 2, 7, 8);
    for (answer, is_refused) in [
        (reset(refused), true),
        (go_away(no_error), true),
        (reset(no_error), false),
        (reset(internal), false),
        (reset(cancel), false),
        (go_away(refused), false),
        (go_away(internal), false),
    ] {
        let sent = answer.clone();
        let address = serve(move |stream| {
            let mut preface = [0; 24];
            stream.read_exact(&mut preface).expect("HTTP/2");
            stream.write_all(&frame(4, 0, &[])).expect("settings");
            while let Some((kind, flags)) = read_frame(stream) {
                let mut acknowledged = frame(4, 0, &[]);
                acknowledged[4] = 1;
                // The client may close the connection at any time after the answer.
                let _ = match kind {
                    1 => stream.write_all(&sent),
                    4 if flags == 0 => stream.write_all(&acknowledged),
                    _ => Ok(()),
                };
            }
        });
        let client = reqwest::Client::builder().http2_prior_knowledge();
        let failed = failure(client, &format!("http://{address}/")).await;
        let outcome = if is_refused { Outcome::NotExecuted } else { Outcome::Lost };
        assert_eq!(failed.outcome, outcome, "{answer:?}: {}", failed.error);
    }
}

#[tokio::test]
async fn a_head_that_cannot_be_read_differs_from_a_lost_connection() {
    for (answer, expected) in [
        ("not HTTP\r\n\r\n", "the head of the response could not be read"),
        ("", "the connection was lost before the response arrived"),
    ] {
        let address = serve(move |stream| {
            let mut received = [0; 1024];
            let length = stream.read(&mut received).expect("a request");
            assert!(received[..length].starts_with(b"GET / HTTP/1.1"));
            stream.write_all(answer.as_bytes()).expect("an answer");
        });
        let failed = failure(reqwest::Client::builder(), &format!("http://{address}/")).await;
        assert!(failed.error.to_string().starts_with(expected), "{}", failed.error);
        assert_eq!(failed.outcome, Outcome::Lost);
    }
}

/// The own time limit of the HTTP client also includes the time that connecting takes.
#[tokio::test]
async fn a_timeout_before_a_connection_takes_the_request_is_one_of_connecting() {
    for (is_started, expected, outcome) in [
        (false, "the connection could not be established within 1s", Outcome::NotExecuted),
        (true, "timed out waiting for the response after 1s", Outcome::Lost),
    ] {
        let address = serve(|stream| {
            // The request, and then the end of the connection.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let (limit, client) = (Duration::from_millis(50), reqwest::Client::builder());
        let url = format!("http://{address}/");
        let failed = failure_within(limit, is_started, client, &url).await;
        assert_eq!((failed.error.to_string().as_str(), failed.outcome), (expected, outcome));
    }
}
