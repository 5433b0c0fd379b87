use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::raw::RawRequest;
use super::{MAX_HEADERS, Request, SecretArgument};
use crate::encode::query::Namespace;
use crate::endpoint::Role;
use crate::{Endpoint, Page, Upload};

/// Its first argument is a secret.
static SECRET: Endpoint =
    Endpoint::new(Method::GET, "/custom/<token>/x/<id>", Role::Custom).secret(&[0]);

type Records = Request<Page<Value>>;

fn list() -> Records {
    Request::unified("GET", "crm", "contacts", None)
}

fn create() -> Request<Value> {
    Request::unified("POST", "crm", "contacts", None)
}

fn refusal<O>(request: &Request<O>) -> &str {
    request.as_raw().invalid.as_deref().unwrap_or_default()
}

#[test]
fn a_unified_route_follows_from_the_method_and_the_id() {
    for (method, id, role, refused) in [
        ("GET", None, Role::List, ""),
        ("GET", Some("1"), Role::Get, ""),
        ("POST", None, Role::Create, ""),
        ("POST", Some("1"), Role::Method, ""),
        ("PATCH", Some("1"), Role::Update, ""),
        ("PATCH", None, Role::Update, "an update needs an id"),
        ("DELETE", Some("1"), Role::Delete, ""),
        ("DELETE", None, Role::Delete, "a delete needs an id"),
        ("PUT", Some("1"), Role::Update, "use `PATCH`"),
        ("PUT", None, Role::Update, "use `PATCH`"),
        ("HEAD", None, Role::Get, "the method is not"),
        ("TRACE", Some("1"), Role::Get, "the method is not"),
    ] {
        let request = Request::<Value>::unified(method, "crm", "contacts", id);
        assert_eq!(request.endpoint().role, role, "{method} {id:?}");
        let reason = refusal(&request);
        assert!(reason.contains(refused) && reason.is_empty() == refused.is_empty(), "{reason}");
    }
    for (model, resource, refused) in
        [("crm", "contacts", ""), ("<m>", "r", "the model"), ("m", "a/b", "the resource")]
    {
        let request = Request::<Value>::unified("GET", model, resource, None);
        let reason = refusal(&request);
        assert!(reason.contains(refused) && reason.is_empty() == refused.is_empty(), "{reason}");
    }
}

#[test]
fn a_request_shows_what_it_sends() {
    let request = create().query(&json!({"q": "a b"})).body(&json!({"a": 1}));
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.path(), "/unified/crm/contacts");
    assert_eq!(request.query_string(), "q=a%20b");
    assert_eq!(request.body_bytes(), Some(&br#"{"a":1}"#[..]));
    assert_eq!(
        format!("{request:?}"),
        "Request { method: POST, path: \"/unified/crm/contacts\", query: \"q=a%20b\", \
         body: application/json, 7 bytes, .. }"
    );
    assert_eq!((create().query_string(), create().body_bytes()), (String::new(), None));
    let refused = list().max_pages(0);
    assert!(format!("{refused:?}").contains("`max_pages` must be at least 1"), "{refused:?}");
}

#[test]
fn requests_that_send_the_same_are_equal() {
    assert_eq!(create(), create());
    assert_ne!(create(), create().body(&json!({})));
    assert_ne!(list().limit(1), list().limit(2));
    // A query without pairs adds nothing.
    assert_eq!(list().query(&()), list());
    assert_eq!(list().limit(1), list().query(&json!({"limit": 5})).limit(1));
}

#[test]
fn a_curl_command_has_route_headers_and_body() {
    let account = "?integrated_account_id=$TRUTO_INTEGRATED_ACCOUNT_ID";
    let start = |method: &str, target: &str| {
        format!(
            "curl -X {method} \"https://api.truto.one{target}\" \\\n  \
             -H \"Authorization: Bearer $TRUTO_API_TOKEN\""
        )
    };
    let accept = " \\\n  -H 'Accept: application/json'";
    assert_eq!(
        list().limit(2).to_curl(),
        start("GET", &format!("/unified/crm/contacts{account}&limit=2")) + accept
    );
    let admin = Request::<Value>::at("GET", "/integrated-account", &[]);
    let admin = admin.query(&json!({"a": 1, "b": 2}));
    assert_eq!(admin.to_curl(), start("GET", "/integrated-account?a=1&b=2") + accept);
    let own = list().header("accept", "text/csv").header("x-empty", "").header("x-quote", "it's");
    assert_eq!(
        own.to_curl(),
        start("GET", &format!("/unified/crm/contacts{account}"))
            + " \\\n  -H 'accept: text/csv' \\\n  -H 'x-empty;' \\\n  -H 'x-quote: it'\\''s'"
    );
    let post = start("POST", &format!("/unified/crm/contacts{account}")) + accept;
    let json = " \\\n  -H 'Content-Type: application/json' \\\n  ";
    assert_eq!(create().to_curl(), post);
    assert_eq!(
        create().idempotency_key("k").body(&json!({"a": 1})).to_curl(),
        format!("{post} \\\n  -H 'Idempotency-Key: k'{json}--data-raw '{{\"a\":1}}'")
    );
    let plain = " \\\n  -H 'Content-Type: text/plain' \\\n  ";
    let upload = |upload: Upload| create().body(&upload).to_curl();
    assert_eq!(
        upload(Upload::bytes("text/plain", "two\nlines")),
        format!("{post}{plain}--data-binary '@BODY_FILE'")
    );
    assert_eq!(
        upload(Upload::path("text/plain", "a\nfile")),
        format!("{post}{plain}--data-binary '@a file'")
    );
    let own = create().header("content-type", "text/csv").body(&json!(1));
    assert!(!own.to_curl().contains("application/json' \\\n  --data"), "{}", own.to_curl());
    assert_eq!(
        list().max_pages(0).to_curl(),
        "# this request cannot be sent: `max_pages` must be at least 1"
    );
}

#[test]
fn the_number_of_headers_is_limited() {
    let mut request = list();
    for number in 0..MAX_HEADERS {
        request = request.header(format!("x-{number}"), "1");
    }
    assert_eq!(refusal(&request), "");
    assert!(refusal(&request.header("x-more", "1")).contains("more than 1000 headers"));
}

#[test]
fn an_idempotency_key_is_printable_ascii() {
    for (key, is_key) in
        [("a", true), ("a b", true), (" ", true), ("", false), ("é", false), ("a\tb", false)]
    {
        let request = create().idempotency_key(key);
        assert_eq!(refusal(&request).is_empty(), is_key, "{key:?}");
        let set = request.as_raw().options.as_ref();
        let set = set.and_then(|options| options.idempotency_key.as_ref());
        assert_eq!(set.is_some(), is_key, "{key:?}");
    }
}

#[test]
fn an_empty_cursor_is_the_first_page() {
    assert_eq!(list().next_cursor("").as_raw().next_cursor(), None);
    assert_eq!(list().next_cursor("a b").as_raw().next_cursor().as_deref(), Some("a b"));
    assert_eq!(list().next_cursor("a b").query_string(), "next_cursor=a%20b");
    let own = list().query(&json!({"next_cursor": "a b", "q": 1}));
    assert_eq!(own.as_raw().next_cursor().as_deref(), Some("a b"));
    assert_eq!(list().query(&json!({"next_cursor": ""})).as_raw().next_cursor(), None);
    // The next page replaces the cursor of the query.
    let mut next = own.into_raw();
    next.set_next_cursor(Some("c".to_owned()));
    let next = Records::from_raw(next);
    assert_eq!(next.query_string(), "q=1&next_cursor=c");
}

/// A setter takes precedence over the endpoint's own query, in whatever order they are called.
#[test]
fn a_setter_takes_precedence_over_a_query() {
    let query = json!({"limit": 5, "next_cursor": "q", "truto_super_query": "q", "other": 1});
    for request in [
        list().query(&query).limit(2).next_cursor("s"),
        list().limit(2).next_cursor("s").query(&query),
    ] {
        let sent = request.query_string();
        assert_eq!(sent, "other=1&truto_super_query=q&limit=2&next_cursor=s", "{request:?}");
    }
    let request = list().query(&query).query_string();
    assert_eq!(request, "limit=5&next_cursor=q&other=1&truto_super_query=q");
    // The names of a provider's parameters belong to the provider.
    let remote = list().remote_query(&json!({"limit": 7})).limit(2).query_string();
    assert!(remote.contains("limit%5D=7") && remote.ends_with("&limit=2"), "{remote}");
}

#[test]
fn each_setter_adds_one_query_pair() {
    for (request, expected) in [
        (list().ignore_remote_data(), "truto_ignore_remote_data=true"),
        (list().ignore_limit(), "truto_ignore_limit=true"),
        (list().super_query("eu"), "truto_super_query=eu"),
        (list().normalized(), "truto_response_format=normalized"),
        (list().limit(0), "limit=0"),
    ] {
        assert_eq!(request.query_string(), expected);
    }
    assert_eq!(list().raw().query_string(), "truto_response_format=raw");
    assert_eq!(list().stream().query_string(), "truto_response_format=stream");
    assert_eq!(list().debug().query_string(), "truto_response_format=debug");
    assert_eq!(list().key_by("id").query_string(), "truto_key_by=id");
}

#[test]
fn excluded_fields_accumulate_and_are_encoded() {
    let request = list().exclude_fields(["a", "b&c"]).exclude_fields(["d"]);
    let name = "truto_exclude_fields%5B%5D";
    assert_eq!(request.query_string(), format!("{name}=a&{name}=b%26c&{name}=d"));
}

/// The length of a query is computed before it is written, so that it is allocated once.
#[test]
fn the_length_of_a_query_is_known_before_it_is_written() {
    let long = "x".repeat(500);
    for request in [
        list(),
        list().limit(u32::MAX),
        list().limit(u32::MAX).next_cursor(&long).ignore_limit().ignore_remote_data(),
        list().query(&json!({"q": long})).super_query(&long),
    ] {
        let length = request.query_string().len() + 1;
        let reserved = request.as_raw().query_len();
        assert!((length..=length + 40).contains(&reserved), "{reserved} for {length}");
    }
}

#[test]
fn responses_of_custom_methods_may_be_wrapped_unless_raw_or_streamed() {
    let method = || Request::<Value>::unified("POST", "crm", "contacts", "send");
    assert!(method().as_raw().may_be_wrapped() && method().normalized().as_raw().may_be_wrapped());
    assert!(method().debug().as_raw().may_be_wrapped());
    assert!(!method().raw().as_raw().may_be_wrapped());
    assert!(!method().stream().as_raw().may_be_wrapped());
    assert!(!list().as_raw().may_be_wrapped() && !create().as_raw().may_be_wrapped());
}

#[test]
fn refuses_a_content_type_header_for_a_form() {
    let form = || Upload::form().text("a", "1");
    for (request, is_refused) in [
        (create().body(&form()), false),
        (create().body(&form()).header("content-type", "text/csv"), true),
        (create().header("content-type", "text/csv").body(&form()), true),
        (create().body(&form()).header("x-own", "1"), false),
        (create().body(&json!(1)).header("content-type", "text/csv"), false),
    ] {
        assert_eq!(
            refusal(&request).contains("`content-type` of a form"),
            is_refused,
            "{request:?}"
        );
    }
}

#[test]
fn limits_of_zero_are_refused() {
    for (request, is_refused) in [
        (list().max_pages(0), true),
        (list().max_pages(1), false),
        (list().timeout(Duration::ZERO), true),
        (list().timeout(Duration::from_nanos(1)), false),
        (list().deadline(Duration::ZERO), true),
        (list().deadline(Duration::from_nanos(1)), false),
        (list().max_wait(Duration::ZERO), false),
        (list().max_empty_pages(0), false),
    ] {
        assert_eq!(!refusal(&request).is_empty(), is_refused, "{}", refusal(&request));
    }
    assert_eq!(list().max_empty_pages(0).as_raw().max_empty_pages, 1);
}

#[test]
fn secret_arguments_are_text_and_shown_as_placeholders() {
    fn exposed(argument: &(impl SecretArgument + ?Sized)) -> &str {
        argument.exposed()
    }
    let secret = secrecy::SecretString::from("s3cret");
    assert_eq!(exposed(&secret), "s3cret");
    assert_eq!(exposed(&"s3cret".to_owned()), "s3cret");
    assert_eq!((exposed("s3cret"), exposed(&"s3cret")), ("s3cret", "s3cret"));
    let raw = |token: &str| RawRequest::new(&SECRET, &[&token, &"1"]);
    let one = raw("s3cret");
    assert_eq!((one.path(), one.sent_path()), ("/custom/<token>/x/1", "/custom/s3cret/x/1"));
    let masked = format!("{:?}", one.masked.as_ref().expect("a secret"));
    assert_eq!(masked, "Masked { path: \"/custom/<token>/x/1\", .. }");
    assert!(one == raw("s3cret") && one != raw("other"));
    let mut queried = raw("s3cret");
    queried.push_query(Namespace::Endpoint, &json!({"a": 1}));
    assert!(one != queried);
}
