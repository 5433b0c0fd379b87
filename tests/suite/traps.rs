//! Mistakes that were seen in plain HTTP clients.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use truto_core::{Account, Client, RetryPolicy};
use truto_tests::{BODY, Play, Record, Wire, gzip, http, idempotency_key, serve, token_account};

#[tokio::test]
async fn all_members_of_a_gzip_body_are_read() {
    let (one, two) = (br#"{"id":"#, br#""1"}"#);
    let mut members = [gzip(one), gzip(two)].concat();
    // Some servers pad their files.
    members.extend_from_slice(&[0; 16]);
    let play = || http("200 OK", &["Content-Encoding: gzip"], &members);
    let wire = Wire::start([play(), play()]).await;
    let account = wire.account();
    let record = Record::get("1").send(&account).await.expect("200");
    assert_eq!(record.id, "1");
    let stream = Record::get("1").stream().send(&account).await;
    let stream = stream.expect("200");
    assert_eq!(stream.content_length(), None);
    let mut whole = Vec::new();
    let copied = stream.copy_to(&mut whole).await.expect("a whole stream");
    assert_eq!(whole, [&one[..], &two[..]].concat());
    assert_eq!(copied, whole.len() as u64);

    // Truncated within the second member, on a connection that reports no error.
    let cut = &members[..members.len() - 24];
    let wire = Wire::start([http("200 OK", &["Content-Encoding: gzip"], cut)]).await;
    let stream = Record::get("1").stream().send(&wire.account()).await;
    let error = stream.expect("200").copy_to(&mut Vec::new()).await;
    let error = error.expect_err("cut");
    assert!(error.to_string().contains("the response was cut short after "), "{error}");
}

/// A server that refuses the first streams and counts every one it sees.
async fn refusing(refusals: usize) -> (String, Arc<AtomicUsize>) {
    serve(move |stream, counter: Arc<AtomicUsize>| async move {
        let Ok(mut connection) = h2::server::handshake(stream).await else {
            return;
        };
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            if counter.fetch_add(1, Ordering::SeqCst) < refusals {
                respond.send_reset(h2::Reason::REFUSED_STREAM);
                continue;
            }
            let response = http::Response::new(());
            if let Ok(mut body) = respond.send_response(response, false) {
                let _ = body.send_data(Bytes::from_static(br#"{"id":"1"}"#), true);
            }
        }
    })
    .await
}

fn http2_account(base_url: &str) -> Account {
    // With reqwest's own retries at their default, which repeat refused streams by themselves.
    let http = reqwest::Client::builder().http2_prior_knowledge().build();
    token_account(
        Client::builder()
            .token("test-token")
            .base_url(base_url)
            .http_client(http.expect("a client"))
            .retry(
                RetryPolicy::default().backoff(Duration::from_millis(1), Duration::from_millis(1)),
            ),
    )
}

#[tokio::test]
async fn reqwest_does_not_retry_refused_streams() {
    let (base_url, seen) = refusing(1).await;
    let response = Record::create(&BODY).response(&http2_account(&base_url)).await.expect("200");
    assert_eq!((response.attempts, seen.load(Ordering::SeqCst)), (2, 2));

    let (base_url, seen) = refusing(usize::MAX).await;
    let account = http2_account(&base_url);
    let error = Record::delete("1").no_retry().send(&account).await.expect_err("refused");
    assert_eq!((error.attempts(), seen.load(Ordering::SeqCst)), (1, 1));
    assert!(!error.may_have_applied(), "a refused stream was never executed: {error:?}");
    let error = Record::delete("1").send(&account).await.expect_err("refused");
    assert_eq!((error.attempts(), seen.load(Ordering::SeqCst)), (4, 5));
}

/// A server that reads each request's head and then sends GOAWAY with the last stream that it processed.
async fn leaving(last_stream: u8) -> (String, Arc<AtomicUsize>) {
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    const HEADERS: u8 = 1;
    let goaway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last_stream, 0, 0, 0, 0];
    serve(move |mut stream, counter: Arc<AtomicUsize>| async move {
        let mut preface = [0; 24];
        stream.read_exact(&mut preface).await?;
        stream.write_all(&SETTINGS).await?;
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head).await?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length as usize];
            stream.read_exact(&mut payload).await?;
            if head[3] == HEADERS {
                counter.fetch_add(1, Ordering::SeqCst);
                stream.write_all(&goaway).await?;
                stream.shutdown().await?;
            }
        }
        #[expect(unreachable_code, reason = "sets the block's error type")]
        std::io::Result::Ok(())
    })
    .await
}

#[tokio::test]
async fn a_goaway_refuses_only_streams_after_its_last_id() {
    let (base_url, seen) = leaving(0).await;
    let account = http2_account(&base_url);
    let error = Record::create(&BODY).send(&account).await.expect_err("leaving");
    assert!(!error.may_have_applied(), "{error:?}");
    assert_eq!((error.attempts(), seen.load(Ordering::SeqCst)), (4, 4));

    let (base_url, seen) = leaving(1).await;
    let account = http2_account(&base_url);
    let error = Record::create(&BODY).send(&account).await.expect_err("leaving");
    assert!(error.may_have_applied(), "{error:?}");
    assert_eq!((error.attempts(), seen.load(Ordering::SeqCst)), (1, 1));
}

/// A pooled connection repeatedly dies between two calls: no write arrives twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pooled_connection_causes_no_second_send() {
    const TASKS: usize = 20;
    const CALLS: usize = 500;
    let body = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}";
    let wire = Wire::start([Play::SendAndClose(body.into())]).await;
    let client = wire.builder().build().expect("a client");
    let tasks = (0..TASKS).map(|_| {
        let account = client.token_account();
        tokio::spawn(async move {
            let mut sent = 0;
            for _ in 0..CALLS {
                match Record::create(&BODY).response(&account).await {
                    Ok(response) => sent += response.attempts as usize,
                    Err(error) => sent += error.attempts() as usize,
                }
            }
            sent
        })
    });
    let sent: usize = futures_util::future::join_all(tasks)
        .await
        .into_iter()
        .map(|sent| sent.expect("no panic"))
        .sum();
    let requests = wire.requests();
    let keys: HashSet<&str> =
        requests.iter().filter_map(|request| idempotency_key(request)).collect();
    assert_eq!(keys.len(), requests.len(), "a write arrived twice");
    assert!(requests.len() >= TASKS * CALLS * 9 / 10, "few calls raced");
    assert!(requests.len() <= sent);
}

/// The environment's proxy would see the token in clear on its way to a plain HTTP server.
#[tokio::test]
async fn a_proxy_of_the_environment_sees_no_plain_http() {
    if let Ok(base_url) = std::env::var("TRAPS_BASE_URL") {
        let account = token_account(Client::builder().token("test-token").base_url(base_url));
        Record::delete("1").send(&account).await.expect("200");
        return;
    }
    let wire = Wire::start([http("200 OK", &[], r#"{"id":"1"}"#)]).await;
    let proxy = Wire::start([http("200 OK", &[], r#"{"id":"1"}"#)]).await;
    let mut child = std::process::Command::new(std::env::current_exe().expect("a path"));
    child
        .args(["--exact", "traps::a_proxy_of_the_environment_sees_no_plain_http"])
        .env("TRAPS_BASE_URL", wire.base_url())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        child.env(name, proxy.base_url());
    }
    let output = tokio::task::spawn_blocking(move || child.output());
    let output = output.await.expect("no panic").expect("a process");
    assert!(output.status.success(), "{output:?}");
    assert_eq!((wire.requests().len(), proxy.requests().len()), (1, 0));
}
