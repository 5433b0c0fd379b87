//! Responses on the wire: responses to a DELETE, error bodies, and unexpected bodies.

use std::error::Error as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use truto_core::{Deleted, Error, OrRaw, StatusCode};
use truto_examples::e_signature::User;
use truto_tests::{Play, Wire, http, json};

async fn delete(play: Play) -> Result<Deleted<User>, Error> {
    let wire = Wire::start([play]).await;
    User::delete("1").no_retry().send(&wire.account()).await
}

async fn get(play: Play) -> Result<User, Error> {
    let wire = Wire::start([play]).await;
    User::get("private-id").no_retry().send(&wire.account()).await
}

const FULL: &str = r#"{
    "id": "23423523", "avatar": "https://a", "created_at": "2026-11-24T10:00:00Z",
    "updated_at": "24/11/2026", "emails": [{"email": "a@b.c", "is_primary": true, "type": "work"}],
    "first_name": "Ada", "last_name": "Lovelace", "name": "Ada Lovelace",
    "groups": [{"id": "g", "name": "G", "organization": "o"}], "languages": ["en"],
    "organizations": [{"id": "o", "name": "O"}],
    "phones": [{"extension": "1", "number": "2", "type": "home"}],
    "remote_data": {"big": 123456789012345678901234567890, "z": 1, "a": 2},
    "roles": [{"id": "r", "name": "R", "group": "g", "organization": "o", "workspace": "w"}],
    "status": "suspended", "timezone": "UTC", "title": "Countess",
    "urls": [{"type": "profile", "url": "https://u"}], "username": "ada",
    "workspace": {"id": "w", "name": "W", "organization": "o"}, "unknown": [{"x": 1}]
}"#;

#[tokio::test]
async fn a_whole_deleted_object_is_decoded() {
    let deleted = delete(json(FULL)).await.expect("200");
    assert_eq!(deleted.id(), Some("23423523"));
    let user = deleted.into_resource().expect("the object");
    assert_eq!(user.status, Some(OrRaw::Raw(serde_json::json!("suspended").into())));
    assert!(user.created_at.expect("a date").known().is_some());
    assert!(user.updated_at.expect("a text").known().is_none());
    assert_eq!(user.emails.expect("emails")[0].is_primary, Some(true));
    assert_eq!(
        user.remote_data.expect("remote data").get(),
        r#"{"big": 123456789012345678901234567890, "z": 1, "a": 2}"#
    );
    assert_eq!(user.workspace.expect("a workspace").organization.as_deref(), Some("o"));
}

#[tokio::test]
async fn ids_alone_and_nulls_are_decoded() {
    let nulls = r#"{"id":"1","emails":null,"status":null,"groups":[{"id":null}],"roles":[{}],
                    "workspace":{},"remote_data":null}"#;
    let user = get(json(nulls)).await.expect("200");
    assert_eq!((user.status, user.emails), (None, None));
    assert_eq!(user.groups.expect("groups")[0].id, None);
    assert_eq!(get(json(r#"{"id":"1"}"#)).await.expect("200").name, None);
}

#[tokio::test]
async fn truto_errors_are_typed() {
    let body = r#"{"statusCode":400,"error":"Bad Request","message":"missing parameter",
        "truto_error_insight":{"missing_required_query_parameters":
            {"description":"d","value":["workflow_id"]}}}"#;
    let error = delete(http("400 Bad Request", &["Content-Type: application/json"], body))
        .await
        .expect_err("400");
    let api = error.api().expect("an API error");
    let insight = api.insight.as_ref().expect("insight");
    assert_eq!(insight.missing_required_query_parameters, ["workflow_id"]);
    assert_eq!(
        error.to_string(),
        "DELETE /unified/e-signature/users/<id>: 400 Bad Request: missing parameter \
         (missing query parameters: workflow_id)"
    );
    assert!(!error.may_have_applied());
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn errors_that_are_not_json_are_kept_as_text() {
    let error = get(http("502 Bad Gateway", &["Content-Type: text/html"], "<html>bad</html>"))
        .await
        .expect_err("502");
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(error.api().expect("an API error").body, "<html>bad</html>");
    assert_eq!(error.body_excerpt(), Some("<html>bad</html>"));
    assert!(error.source().is_none());
}

#[tokio::test]
async fn a_decode_error_names_the_place_and_not_the_value() {
    let error = get(json(r#"{"id":"private-id","emails":[{"is_primary":"s3cret"}]}"#))
        .await
        .expect_err("a wrong type");
    assert!(error.is_decode());
    assert_eq!(
        error.to_string(),
        "GET /unified/e-signature/users/<id>: expected a boolean, found a string at \
         `emails[0].is_primary`"
    );
    assert!(error.body_excerpt().expect("an excerpt").contains("s3cret"));
    assert_eq!(error.status(), Some(StatusCode::OK));
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("private-id"), "{shown}");
}

#[tokio::test]
async fn errors_describe_bodies_that_are_not_json() {
    for (play, expected) in [
        (
            http("200 OK", &["Content-Type: text/html; charset=utf-8"], "<html>"),
            "not JSON: expected value at line 1 column 1 (status 200, content type text/html)",
        ),
        (
            http("200 OK", &[], ""),
            "empty response body, expected JSON (status 200, no content type)",
        ),
        (json("\u{feff}<"), "not JSON"),
        (http("200 OK", &[], b"{\"id\":\"\xff\"}"), "not valid UTF-8 at byte 7"),
        (json(r#"{"id":"1"} x"#), "not JSON: trailing characters"),
        (json(r#"{"id":NaN}"#), "not JSON"),
        (json(r#"{"id":"1""#), "in the middle of its JSON"),
    ] {
        let error = get(play).await.expect_err(expected);
        assert!(error.is_decode(), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.may_have_applied());
    }
}

#[tokio::test]
async fn redirects_are_errors_that_name_status_and_host() {
    let location = "Location: https://evil.example/steal?token=q";
    let error = delete(http("307 x", &[location], "")).await.expect_err("a redirect");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("to evil.example") && !shown.contains("token=q"), "{shown}");
    assert_eq!(error.status(), Some(StatusCode::TEMPORARY_REDIRECT));
}

#[tokio::test]
async fn responses_carry_status_headers_and_rate_limit() {
    let wire = Wire::start([http(
        "200 OK",
        &[
            "ratelimit-limit: 110;w=10",
            "ratelimit-remaining: 109",
            "ratelimit-reset: 60",
            "Set-Cookie: session=s3cret",
        ],
        r#"{"id":"1"}"#,
    )])
    .await;
    let response = User::get("1").response(&wire.account()).await.expect("200");
    let limit = response.rate_limit.expect("a limit");
    assert_eq!((limit.limit, limit.remaining), (110, 109));
    assert_eq!(limit.reset, Duration::from_secs(60));
    assert_eq!(limit.window, Some(Duration::from_secs(10)));
    assert_eq!((response.status, response.attempts), (StatusCode::OK, 1));
    assert_eq!(response.headers["set-cookie"], "session=s3cret");
    assert!(!format!("{response:?}").contains("s3cret"));
}

#[tokio::test]
async fn endless_empty_gzip_members_keep_all_timeouts_working() {
    let empty = truto_tests::gzip(b"");
    let endless = async |max: usize, timeout: Duration| {
        let (listener, address) = truto_tests::listen().await;
        let base_url = format!("http://{address}");
        let members = empty.repeat(1_000);
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let _ = stream.read(&mut [0; 1_024]).await;
            let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
            let _ = stream.write_all(head).await;
            while stream.write_all(&members).await.is_ok() {}
        });
        let client = truto_core::Client::builder().token("s3cret-token").base_url(base_url);
        let client = client.max_body_bytes(max).build().expect("a client");
        let started = std::time::Instant::now();
        let request = User::get("1").no_retry().timeout(timeout);
        let error = request.send(&client.token_account()).await.expect_err("it is endless");
        server.abort();
        (error, started.elapsed())
    };
    let (error, elapsed) = endless(usize::MAX, Duration::from_millis(500)).await;
    assert!(error.is_timeout(), "{error}");
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    let (error, _) = endless(1_000, Duration::from_secs(20)).await;
    assert!(error.is_body_too_large(), "{error}");
}

#[tokio::test]
async fn the_unit_type_accepts_any_success_but_html() {
    async fn nothing(content_type: &str, body: impl AsRef<[u8]>) -> Result<(), Error> {
        let play = http("200 OK", &[&format!("Content-Type: {content_type}")], body);
        let wire = Wire::start([play]).await;
        User::get("1").raw_as::<()>().send(&wire.account()).await
    }
    for (content_type, body) in [
        ("application/xml", &b"<done/>"[..]),
        ("text/plain", b"OK"),
        ("application/octet-stream", b"\xff\x00"),
        ("application/json", b"{\"cut"),
        ("application/json", b""),
    ] {
        nothing(content_type, body).await.expect(content_type);
    }
    for (content_type, body) in [
        ("text/html; charset=utf-8", "<p>Sign in</p>"),
        ("text/html", "Sign in"),
        ("application/json", " <!DOCTYPE html><title>Sign in</title>"),
    ] {
        let error = nothing(content_type, body).await.expect_err(content_type);
        assert!(error.is_decode(), "{error}");
    }
}

#[tokio::test]
async fn decode_errors_name_a_charset_other_than_utf_8() {
    let latin = "Content-Type: application/json; charset=ISO-8859-1";
    let error = get(http("200 OK", &[latin], b"{\"id\":\"\xe9\"}")).await.expect_err("not UTF-8");
    assert!(error.to_string().contains("application/json, charset ISO-8859-1)"), "{error}");
    let utf8 = "Content-Type: application/json; charset=UTF-8";
    let error = get(http("200 OK", &[utf8], "x")).await.expect_err("no JSON");
    assert!(error.to_string().contains("content type application/json)"), "{error}");
}

#[tokio::test]
async fn the_debug_part_of_a_response_may_be_any_json() {
    let wire = Wire::start([json(r#"{"result":{"id":"1"},"debug":1e999}"#)]).await;
    let response = User::get("1").debug().send(&wire.account()).await.expect("a result");
    assert_eq!(response.result.id, "1");
    assert_eq!(response.debug, Some("1e999".into()));
    let wire = Wire::start([json("[1]")]).await;
    let error = User::get("1").debug().send(&wire.account()).await.expect_err("no envelope");
    let expected = "expected an object with `result` and `debug`, found an array";
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test]
async fn a_refused_deletion_keeps_its_body() {
    let body = r#"{"success":false,"error":"locked"}"#;
    let deleted: Deleted<User> = delete(json(body)).await.expect("200");
    assert_eq!((deleted.id(), deleted.resource().is_some()), (None, false));
    assert_eq!(deleted.raw().expect("the body").get(), body);
    let deleted = delete(json(r#"{"result":{"id":"7"}}"#)).await.expect("200");
    assert_eq!(deleted.id(), Some("7"));
}
