use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::*;
use crate::encode::BodySource;
use crate::{Client, Request, Upload};

const ID: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";

fn client(base: &str) -> Client {
    Client::builder().token("test-token").base_url(base).build().expect("a client")
}

fn contacts(method: &str) -> Request<Value> {
    Request::unified(method, "crm", "contacts", None)
}

#[tokio::test]
async fn the_account_is_the_first_parameter() {
    for (base, id, query, expected) in [
        ("http://127.0.0.1:9", None, None, "/unified/crm/contacts"),
        ("http://127.0.0.1:9/", None, Some("a"), "/unified/crm/contacts?q=a"),
        (
            "http://127.0.0.1:9",
            Some(ID),
            None,
            "/unified/crm/contacts?integrated_account_id=62f44730-dd91-461e-bd6a-aedd9e0ad79d",
        ),
        (
            "http://127.0.0.1:9/prefix/",
            Some(ID),
            Some("a&b"),
            "/prefix/unified/crm/contacts?integrated_account_id=\
             62f44730-dd91-461e-bd6a-aedd9e0ad79d&q=a%26b",
        ),
        ("http://127.0.0.1:9/prefix", None, Some("é"), "/prefix/unified/crm/contacts?q=%C3%A9"),
    ] {
        let client = client(base);
        let account = match id {
            Some(id) => client.account(id).expect("an id"),
            None => client.token_account(),
        };
        let request = match query {
            Some(text) => contacts("GET").query(&serde_json::json!({"q": text})),
            None => contacts("GET"),
        };
        let target = target(request.as_raw(), &account);
        assert_eq!(target, expected);
        let url = client.inner().url(&target).expect("nothing to change");
        assert_eq!(url.as_str(), format!("http://127.0.0.1:9{expected}"));
        let template = RequestTemplate::new(request.as_raw(), &account).expect("a request");
        assert_eq!(template.url, url);
    }
}

/// The declared route is the one that is called, or none is.
#[tokio::test]
async fn a_url_that_its_parser_would_change_is_refused() {
    let client = client("http://127.0.0.1:9/prefix");
    for target in ["/prefix/../x", "/a/./b", "/a b", "//other.example/x", "/a\\b", "x", ""] {
        assert_eq!(client.inner().url(target), None, "{target}");
    }
    assert!(client.inner().url("/a%20b?c=d").is_some());
}

#[tokio::test]
async fn refuses_urls_longer_than_the_http_layer_accepts() {
    let client = client("http://127.0.0.1:9");
    let account = client.token_account();
    let with = |length: usize| contacts("GET").query(&serde_json::json!({"q": "x".repeat(length)}));
    let spare = "http://127.0.0.1:9/".len() + target(with(0).as_raw(), &account).len();
    for (length, fits) in [(MAX_URL - spare, true), (MAX_URL - spare + 1, false)] {
        let built = RequestTemplate::new(with(length).as_raw(), &account);
        assert_eq!(built.is_ok(), fits, "{length}");
    }
}

#[test]
fn post_and_patch_get_an_idempotency_key() {
    for (method, id, has_key) in [
        ("GET", None, false),
        ("GET", Some("1"), false),
        ("POST", None, true),
        ("POST", Some("1"), true),
        ("PATCH", Some("1"), true),
        ("DELETE", Some("1"), false),
    ] {
        let request = Request::<Value>::unified(method, "crm", "contacts", id);
        let (first, second) =
            (idempotency_key(request.as_raw()), idempotency_key(request.as_raw()));
        assert_eq!(first.is_some(), has_key, "{method}");
        assert!(!has_key || first != second, "each call has its own");
        let own = request.idempotency_key("mine");
        assert_eq!(idempotency_key(own.as_raw()).expect("the caller's"), "mine", "{method}");
    }
}

#[test]
fn either_condition_makes_a_request_conditional() {
    let with = |name: HeaderName| HeaderMap::from_iter([(name, HeaderValue::from_static("x"))]);
    assert!(is_conditional(&with(header::IF_NONE_MATCH)));
    assert!(is_conditional(&with(header::IF_MODIFIED_SINCE)));
    assert!(!is_conditional(&with(header::IF_MATCH)) && !is_conditional(&HeaderMap::new()));
}

#[tokio::test]
async fn headers_of_a_request_override_those_of_the_client() {
    let plain = client("http://127.0.0.1:9");
    let request = || contacts("GET");
    assert_eq!(own_headers(plain.inner(), request().as_raw()), None);
    // Any other option allocates the options without adding a header.
    let timed = request().timeout(std::time::Duration::from_secs(1));
    assert_eq!(own_headers(plain.inner(), timed.as_raw()), None);
    let own = own_headers(plain.inner(), request().header("x-own", "1").as_raw());
    assert_eq!(own.expect("one header")["x-own"], "1");
    let builder = Client::builder().token("test-token").base_url("http://127.0.0.1:9");
    let shared = builder.default_header("x-own", "0").default_header("x-all", "2").build();
    let shared = shared.expect("a client");
    for (request, expected) in [(request(), "0"), (request().header("x-own", "1"), "1")] {
        let headers = own_headers(shared.inner(), request.as_raw()).expect("shared headers");
        assert_eq!(
            (&headers["x-own"], &headers["x-all"], headers.len()),
            (&HeaderValue::from_static(expected), &HeaderValue::from_static("2"), 2)
        );
    }
}

fn built(request: &Request<Value>) -> OutgoingRequest {
    let client = client("http://127.0.0.1:9");
    let template = RequestTemplate::new(request.as_raw(), &client.token_account());
    let template = template.expect("a request");
    let token = HeaderValue::from_static("Bearer token");
    template.build(client.inner(), token, &[], CommitHandle::default())
}

/// Some front ends respond with 411 to an empty POST without a `Content-Length`.
#[tokio::test]
async fn an_empty_post_or_patch_has_content_length_zero() {
    let body = serde_json::json!({"a": 1});
    for (method, id, body, expected) in [
        ("GET", None, None, None),
        ("DELETE", Some("1"), None, None),
        ("POST", None, None, Some("0")),
        ("PATCH", Some("1"), None, Some("0")),
        ("POST", None, Some(&body), None),
    ] {
        let mut request = Request::<Value>::unified(method, "crm", "contacts", id);
        if let Some(body) = body {
            request = request.body(body);
        }
        let outgoing = built(&request);
        let length = outgoing.request.headers().get(header::CONTENT_LENGTH);
        assert_eq!(length.and_then(|length| length.to_str().ok()), expected, "{method}");
        let media = outgoing.request.headers().get(header::CONTENT_TYPE);
        assert_eq!(media.is_some(), body.is_some(), "{method}");
        assert_eq!(outgoing.request.headers()[header::AUTHORIZATION], "Bearer token");
        assert!(!outgoing.is_conditional && !outgoing.started.get());
    }
    assert!(built(&contacts("GET").header("if-none-match", "x")).is_conditional);
}

#[tokio::test]
async fn a_hook_can_add_change_and_remove_user_headers() {
    let client = client("http://127.0.0.1:9");
    let request = contacts("GET").header("x-gone", "1").header("x-old", "1").header("x-kept", "1");
    let template = RequestTemplate::new(request.as_raw(), &client.token_account());
    let template = template.expect("a request");
    let hook = RequestHook::new(|_, headers| {
        headers.remove("x-gone");
        headers.insert("x-old", HeaderValue::from_static("2"));
        headers.append("baggage", HeaderValue::from_static("a"));
        headers.append("baggage", HeaderValue::from_static("b"));
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("x"));
    });
    let token = HeaderValue::from_static("Bearer token");
    let mut outgoing = template.build(client.inner(), token, &[], CommitHandle::default());
    template.apply(&hook, &mut outgoing).expect("headers that may be set");
    let headers = outgoing.request.headers();
    assert!(!headers.contains_key("x-gone") && headers.contains_key(header::AUTHORIZATION));
    assert_eq!(
        (&headers["x-old"], &headers["x-kept"]),
        (&HeaderValue::from_static("2"), &HeaderValue::from_static("1"))
    );
    assert_eq!(headers.get_all("baggage").iter().count(), 2);
    assert_eq!(headers.get_all("x-old").iter().count(), 1);
    assert!(outgoing.is_conditional);
}

#[tokio::test]
async fn the_lengths_of_all_sources_are_known_before_sending() {
    let client = client("http://127.0.0.1:9");
    let template = |body: Option<EncodedBody>| {
        let request = contacts("POST");
        let template = RequestTemplate::new(request.as_raw(), &client.token_account());
        RequestTemplate { body, ..template.expect("a request") }
    };
    let file = std::env::temp_dir().join(format!("truto-lengths-{}", std::process::id()));
    std::fs::write(&file, "12345").expect("a file");
    let stream = |length| {
        let upload = Upload::stream(
            "text/plain",
            length,
            futures_util::stream::empty::<Result<Bytes, std::io::Error>>(),
        );
        upload.to_encoded().expect("a media type")
    };
    let path = |path: &std::path::Path| {
        Upload::path("text/plain", path).to_encoded().expect("a media type")
    };
    assert_eq!(template(None).source_lengths().await.expect("no body"), []);
    let bytes = Upload::bytes("text/plain", "abc").to_encoded().expect("a media type");
    assert_eq!(template(Some(bytes)).source_lengths().await.expect("memory"), []);
    for (body, expected) in [(stream(Some(7)), Some(7)), (stream(None), None)] {
        let found = template(Some(body)).source_lengths().await.expect("a stream");
        assert_eq!(found, [expected]);
    }
    let found = template(Some(path(&file))).source_lengths().await.expect("a file");
    assert_eq!(found, [Some(5)]);
    std::fs::write(&file, "").expect("a file");
    let found = template(Some(path(&file))).source_lengths().await.expect("a file");
    assert_eq!(found, [Some(0)], "an empty file has a length");
    std::fs::remove_file(&file).expect("it exists");
    let missing = template(Some(path(&file))).source_lengths().await.expect_err("no file");
    let shown = format!("the file `{}` cannot be read", file.display());
    assert!(missing.to_string().contains(&shown), "{missing}");
    let folder = std::env::temp_dir();
    let refused = template(Some(path(&folder))).source_lengths().await.expect_err("a folder");
    assert!(refused.to_string().contains("is not a file"), "{refused}");
    let parts = EncodedBody {
        sources: Arc::from([
            BodySource::Bytes(Bytes::from_static(b"head")),
            stream(Some(u64::MAX)).sources[0].clone(),
        ]),
        ..stream(None)
    };
    let refused = template(Some(parts)).source_lengths().await.expect_err("too many bytes");
    assert!(refused.to_string().contains("2^64"), "{refused}");
}

/// Files in /proc declare no length though they have content.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_without_a_length_is_read_to_its_end() {
    let upload = Upload::path("text/plain", "/proc/self/status");
    let body = upload.to_encoded().expect("a media type");
    assert_eq!(source_lengths(Some(&body)).await, Ok(vec![None]));
}

#[tokio::test]
async fn a_body_is_replayable_until_its_stream_is_opened() {
    let client = client("http://127.0.0.1:9");
    let template = |body: Option<EncodedBody>| {
        let template = RequestTemplate::new(contacts("POST").as_raw(), &client.token_account());
        RequestTemplate { body, ..template.expect("a request") }
    };
    assert!(template(None).is_replayable());
    let stream = futures_util::stream::empty::<Result<Bytes, std::io::Error>>();
    let body = Upload::stream("text/plain", None, stream).to_encoded().expect("a media type");
    let template = template(Some(body.clone()));
    assert!(template.is_replayable());
    let BodySource::Stream(source) = &body.sources[0] else { panic!("a stream") };
    assert!(source.open().is_some());
    assert!(!template.is_replayable());
}
