use futures_util::{StreamExt as _, stream};
use http::{HeaderName, HeaderValue, Method, Response};

use super::*;
use crate::call::Call;
use crate::call::fixtures::server;
use crate::encode::{BodySource, EncodedBody, StreamSource};
use crate::endpoint::Role;
use crate::policy::CommitHandle;
use crate::request::RawRequest;
use crate::{Client, RetryPolicy};

static GET: Endpoint = Endpoint::new(Method::GET, "/unified/m/r/<id>", Role::Get);

const TOKEN: &str = "s3cret-token";
const LIMIT: Duration = Duration::from_secs(30);
const MAX_BODY: usize = 10;

fn client() -> Client {
    let builder = Client::builder().token(TOKEN).base_url("http://127.0.0.1:9");
    builder.max_body_bytes(MAX_BODY).build().expect("a client")
}

fn attempt(account: &Account, is_conditional: bool) -> Attempt<'_> {
    Attempt {
        pool: account.client().inner().pools.lease().expect("a runtime"),
        secrets: Redactor::new(TOKEN, ""),
        endpoint: &GET,
        account,
        streamed: false,
        is_conditional,
        number: 1,
        limits: &CallLimits { attempt: LIMIT, deadline: LIMIT },
        timed_out: TimedOut::Attempt,
    }
}

fn split(
    is_conditional: bool,
    response: reqwest::Response,
    url: Option<&Url>,
) -> Result<ResponseHead, Error> {
    let account = client().token_account();
    let split = attempt(&account, is_conditional).split(response, url);
    split.map(|(head, _)| head).map_err(|failed| failed.error)
}

fn response(status: u16, headers: &[(HeaderName, &'static str)], body: &str) -> reqwest::Response {
    let mut response = Response::new(body.to_owned());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.into()
}

#[tokio::test]
async fn a_304_is_a_response_only_if_the_request_is_conditional() {
    for (status, is_conditional, is_answer) in [
        (200, false, true),
        (200, true, true),
        (304, false, false),
        (304, true, true),
        (302, true, false),
        (302, false, false),
        (404, true, true),
    ] {
        let split = split(is_conditional, response(status, &[], ""), None);
        assert_eq!(split.is_ok(), is_answer, "{status} {is_conditional}");
    }
}

/// If a client follows a redirect, the URL is the only trace of it.
#[tokio::test]
async fn a_response_from_another_url_is_a_redirect() {
    // The URL of a response that was made by hand.
    let url = response(200, &[], "").url().clone();
    let other: Url = "http://127.0.0.1:9/other".parse().expect("a URL");
    for (asked, is_answer) in [(&url, true), (&other, false)] {
        let split = split(false, response(200, &[], ""), Some(asked));
        assert_eq!(split.is_ok(), is_answer, "{asked}");
    }
}

/// An HTTP/1 body with neither header ends only when the connection ends.
#[tokio::test]
async fn a_body_without_a_length_is_unframed_over_http_1() {
    let (length, coding) = (header::CONTENT_LENGTH, header::TRANSFER_ENCODING);
    for (version, headers, expected) in [
        (Version::HTTP_11, &[][..], true),
        (Version::HTTP_10, &[], true),
        (Version::HTTP_11, &[(length.clone(), "2")], false),
        (Version::HTTP_11, &[(coding, "chunked")], false),
        (Version::HTTP_2, &[], false),
        (Version::HTTP_2, &[(length, "2")], false),
    ] {
        let mut sent = Response::builder().version(version);
        for (name, value) in headers {
            sent = sent.header(name, *value);
        }
        let sent = sent.body("{}").expect("a response");
        let head = split(false, sent.into(), None);
        assert_eq!(head.expect("no redirect").is_unframed, expected, "{version:?} {headers:?}");
    }
}

#[tokio::test]
async fn responses_and_redirects_keep_their_headers() {
    let head = split(false, response(200, &[(header::ETAG, "v1")], ""), None);
    let head = head.expect("a head");
    assert_eq!(head.headers[header::ETAG], "v1");
    let failed = split(false, response(302, &[(header::ETAG, "v1")], ""), None);
    let failed = failed.expect_err("a redirect");
    assert!(failed.is_redirect());
    assert_eq!(failed.headers().expect("headers of the redirect")[header::ETAG], "v1");
}

/// The body of a response, read by an attempt of a client that accepts ten bytes.
async fn read(
    headers: &[(HeaderName, &'static str)],
    body: &'static str,
) -> Result<RawResponse, AttemptError> {
    let account = client().token_account();
    let attempt = attempt(&account, false);
    let (head, body) = attempt.split(response(200, headers, body), None)?;
    attempt.receive(head, body, Instant::now() + LIMIT).await
}

/// The declared length, the body, and whether it is read, too large or cut short.
#[tokio::test]
async fn a_body_has_its_declared_length_and_at_most_the_limit() {
    for (declared, body, expected) in [
        (None, "12345678", "read"),
        (None, "1234567890", "read"),
        (None, "12345678901", "too large"),
        (Some("10"), "1234567890", "read"),
        (Some("11"), "12345678901", "too large"),
        (Some("11"), "", "too large"),
        (Some("3"), "12", "cut short"),
        (Some("3"), "123", "read"),
        (Some("3"), "1234", "read"),
        (Some("0"), "", "read"),
    ] {
        let length = declared.map(|length| (header::CONTENT_LENGTH, length));
        let found = match read(length.as_slice(), body).await {
            Ok(_) => "read",
            Err(failed) if failed.error.is_body_too_large() => "too large",
            Err(failed) if failed.error.is_transport() => "cut short",
            Err(failed) => panic!("{declared:?} {body}: {}", failed.error),
        };
        assert_eq!(found, expected, "{declared:?} {body}");
    }
}

/// The server has sent all of it, so another attempt would fail as well.
#[tokio::test]
async fn a_body_that_cannot_be_decompressed_is_unusable() {
    let coding = [(header::CONTENT_ENCODING, "gzip")];
    let Err(failed) = read(&coding, "not a gzip").await else { panic!("no gzip") };
    assert!(failed.error.is_decode(), "{}", failed.error);
    assert_eq!(failed.outcome, Outcome::Unusable);
}

#[tokio::test]
async fn an_error_body_is_read_up_to_a_mebibyte() {
    for (length, origin) in [(1_048_576, "Truto"), (1_048_577, "Unproven")] {
        let client = Client::builder().token(TOKEN).base_url("http://127.0.0.1:9").build();
        let account = client.expect("a client").token_account();
        let attempt = attempt(&account, false);
        let json = r#"{"statusCode":429,"message":"slow down"}"#;
        let body = json.to_owned() + &" ".repeat(length - json.len());
        let Ok((head, body)) = attempt.split(response(429, &[], &body), None) else {
            panic!("no redirect")
        };
        let Err(failed) = attempt.receive(head, body, Instant::now() + LIMIT).await else {
            panic!("a refusal");
        };
        assert!(failed.error.api().is_some());
        // Only a whole body proves that Truto itself refused the call.
        let outcome = format!("{:?}", failed.outcome);
        assert!(outcome.contains(origin), "{length}: {outcome}");
    }
}

/// A body that ends early does not count as the whole text of an error.
#[tokio::test]
async fn an_incomplete_error_body_proves_no_origin() {
    async fn outcome(length: &'static str) -> String {
        let client = Client::builder().token(TOKEN).base_url("http://127.0.0.1:9").build();
        let account = client.expect("a client").token_account();
        let attempt = attempt(&account, false);
        let body = r#"{"statusCode":429,"message":"slow down"}"#;
        let sent = response(429, &[(header::CONTENT_LENGTH, length)], body);
        let Ok((head, body)) = attempt.split(sent, None) else { panic!("no redirect") };
        let Err(failed) = attempt.receive(head, body, Instant::now() + LIMIT).await else {
            panic!("a refusal");
        };
        assert!(failed.error.api().is_some());
        format!("{:?}", failed.outcome)
    }
    // Only a whole body proves that Truto itself refused the call.
    for (length, origin) in [("40", "Truto"), ("41", "Unproven")] {
        let outcome = outcome(length).await;
        assert!(outcome.contains(origin), "{length}: {outcome}");
    }
}

/// Makes one attempt of a request.
async fn run(
    base: &str,
    raw: &RawRequest,
    streamed: bool,
) -> (Client, Result<RawResponse, AttemptError>) {
    let builder = Client::builder().token(TOKEN).base_url(base).retry(RetryPolicy::none());
    let client = builder.max_body_bytes(MAX_BODY).build().expect("a client");
    let account = client.token_account();
    let call = Call::new(raw, &account, streamed).expect("a call");
    let token = HeaderValue::from_static("Bearer s3cret-token");
    let outgoing = call.template.build(client.inner(), token, &[None], CommitHandle::default());
    let ended = Attempt { streamed, ..attempt(&account, false) }.run(outgoing, LIMIT).await;
    (client, ended)
}

/// A retry that would have no time for a response is not made.
#[tokio::test]
async fn every_failure_after_a_head_has_the_time_until_the_head() {
    for (answer, is_known) in [
        ("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n", true),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n", true),
        ("not HTTP\r\n\r\n", false),
    ] {
        let url = server(b"\r\n\r\n", answer);
        let (_client, ended) = run(&url, &RawRequest::new(&GET, &[&1]), false).await;
        let Err(failed) = ended else { panic!("{answer}") };
        assert_eq!(failed.responded.is_some(), is_known, "{answer}: {}", failed.error);
    }
}

/// The server may still be reading the request when its response is complete.
#[tokio::test]
async fn an_upload_outlives_its_attempt_only_with_a_streamed_response() {
    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    const FAILED: &str = "HTTP/1.1 500 Failed\r\ncontent-length: 2\r\n\r\n{}";
    static POST: Endpoint = Endpoint::new(Method::POST, "/unified/m/r", Role::Create);
    for (answer, streamed, continues) in
        [(OK, false, false), (FAILED, false, false), (OK, true, true), (FAILED, true, false)]
    {
        let content = Arc::new(());
        let kept = Arc::clone(&content);
        let chunk = stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"ab"))]);
        let upload = chunk.chain(stream::pending()).inspect(move |_| drop(Arc::clone(&kept)));
        let mut raw = RawRequest::new(&POST, &[]);
        raw.body = Some(EncodedBody {
            content_type: HeaderValue::from_static("text/plain"),
            sources: vec![BodySource::Stream(Arc::new(StreamSource::once(None, upload)))].into(),
            progress: None,
        });
        let (client, ended) = run(&server(b"\r\nab\r\n", answer), &raw, streamed).await;
        assert_eq!(ended.is_ok(), answer == OK);
        assert_eq!(Arc::strong_count(&content) == 2, continues, "{streamed}: {answer}");
        drop((client, ended));
    }
}

/// Until a connection takes the request, only connecting can have taken too long.
#[tokio::test]
async fn an_attempt_without_a_head_names_the_limit_that_passed() {
    let seconds = Duration::from_secs;
    let limits = CallLimits { attempt: seconds(2), deadline: seconds(4) };
    let client = client();
    let account = client.token_account();
    for (send_started, timed_out, text, outcome) in [
        (
            false,
            TimedOut::Attempt,
            "the connection could not be established within 1s",
            Outcome::NotExecuted,
        ),
        (true, TimedOut::Attempt, "timed out waiting for the response after 2s", Outcome::Lost),
        (true, TimedOut::Deadline, "the deadline of 4s has passed", Outcome::Lost),
    ] {
        let attempt = Attempt { limits: &limits, timed_out, ..attempt(&account, false) };
        let failed = attempt.no_head(send_started, seconds(1));
        assert_eq!((failed.error.to_string().as_str(), failed.outcome), (text, outcome));
    }
}
