use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use http::header;

use super::*;
use crate::endpoint::Role;
use crate::request::MAX_HEADERS;
use crate::testing::current_thread;
use crate::{Endpoint, Throttle};

const ID: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";
const OTHER: &str = "0b9b3d1c-0c0f-4f0e-9d43-2a3f5d3f0f6a";

fn builder() -> ClientBuilder {
    Client::builder().token("test-token").base_url("http://127.0.0.1:9/v1/")
}

fn client() -> Client {
    builder().build().expect("a client")
}

#[test]
fn an_account_id_is_a_hyphenated_uuid() {
    let client = client();
    for (id, is_valid) in [
        (ID, true),
        (&*ID.to_uppercase(), true),
        ("62f44730dd91461ebd6aaedd9e0ad79d", false),
        ("{62f44730-dd91-461e-bd6a-aedd9e0ad79d}", false),
        ("urn:uuid:62f44730-dd91-461e-bd6a-aedd9e0ad79d", false),
        // 36 characters.
        ("62f44730-dd91-461e-bd6a-aedd9e0ad79x", false),
        ("------------------------------------", false),
        ("", false),
    ] {
        assert_eq!(client.account(id).is_ok(), is_valid, "{id}");
    }
    assert_eq!(client.account(ID).expect("an id").id(), Some(ID));
    assert_eq!(client.token_account().id(), None);
}

#[test]
fn accounts_compare_by_client_id_label_and_lane() {
    let client = client();
    let account = || client.account(ID).expect("an id");
    let hash = |account: &Account| {
        let mut hasher = DefaultHasher::new();
        account.hash(&mut hasher);
        hasher.finish()
    };
    let shouted = client.account(ID.to_uppercase()).expect("an id");
    assert_eq!((account(), hash(&account())), (shouted.clone(), hash(&shouted)));
    let others = [
        client.account(OTHER).expect("an id"),
        account().labeled("a"),
        account().labeled("b"),
        account().background(),
        client.token_account(),
    ];
    for other in &others {
        assert_ne!(account(), *other);
        assert_ne!(hash(&account()), hash(other), "{other:?}");
    }
    assert_eq!(others.iter().collect::<HashSet<_>>().len(), others.len());
    let of_another_client = self::client().account(ID).expect("an id");
    assert_ne!(account(), of_another_client);
    assert_eq!(account().label(), None);
    assert_eq!(account().labeled("a").label(), Some("a"));
    assert!(account().background().is_background() && !account().is_background());
}

#[test]
fn debug_output_names_settings_and_no_secret() {
    let client = client();
    let shown = "Client { base_url: \"http://127.0.0.1:9/v1\", timeout: 30s, deadline: 120s, .. }";
    assert_eq!(format!("{client:?}"), shown);
    assert_eq!(format!("{:?}", builder()), "ClientBuilder { timeout: 30s, deadline: 120s, .. }");
    assert_eq!(
        format!("{:?}", client.account(ID).expect("an id").labeled("a")),
        format!(
            "Account {{ client: {shown}, id: set, label: Some(\"a\"), is_background: false, .. }}"
        )
    );
    let of_token = format!("{:?}", client.token_account());
    assert!(of_token.contains("id: named by the token"), "{of_token}");
    assert_eq!(format!("{:?}", client.inner().tokens), "fixed");
}

#[test]
fn a_setting_of_zero_is_refused() {
    let (zero, short) = (Duration::ZERO, Duration::from_nanos(1));
    for (builder, is_valid) in [
        (builder().timeout(zero), false),
        (builder().timeout(short), true),
        (builder().deadline(zero), false),
        (builder().deadline(short), true),
        (builder().connect_timeout(zero), false),
        (builder().connect_timeout(short), true),
        (builder().token_timeout(zero), false),
        (builder().token_timeout(short), true),
        (builder().throttle(Throttle::none().per_token(0, short)), false),
        (builder().throttle(Throttle::none().per_token(1, zero)), false),
        (builder().throttle(Throttle::none().per_account(0, short)), false),
        (builder().throttle(Throttle::none().per_account(1, zero)), false),
        (builder().throttle(Throttle::none().per_account(1, short)), true),
        (builder().user_agent(""), false),
        (builder().user_agent("a\nb"), false),
        (builder().user_agent("é"), false),
        (builder().user_agent("a/1"), true),
    ] {
        let built = builder.clone().build();
        assert_eq!(built.is_ok(), is_valid, "{:?}", built.err());
    }
    assert!(Client::builder().build().is_err_and(|error| error.is_invalid_request()));
    assert!(Client::new("test-token").is_ok());
}

#[test]
fn every_request_has_the_standard_headers() {
    let client = builder().user_agent("a/1").build().expect("a client");
    let headers = &client.inner().headers;
    assert_eq!(headers[header::ACCEPT], "application/json");
    assert_eq!(headers[header::ACCEPT_ENCODING], "gzip");
    assert_eq!(headers[header::USER_AGENT], "a/1");
    assert_eq!(headers.len(), 4);
}

#[test]
fn default_headers_are_checked_and_limited() {
    let client = builder().default_header("x-a", "1").default_header("x-a", "2").build();
    let client = client.expect("one header");
    assert_eq!(client.inner().default_headers["x-a"], "2");
    for name in ["content-type", "authorization", "host", "", "a b"] {
        assert!(builder().default_header(name, "x").build().is_err(), "{name}");
    }
    let add =
        |builder: ClientBuilder, number: usize| builder.default_header(format!("x-{number}"), "1");
    let full = (0..MAX_HEADERS).fold(builder(), add);
    assert!(full.clone().build().is_ok());
    let error = add(full, MAX_HEADERS).build().expect_err("one too many");
    assert!(error.to_string().contains("more than 1000 headers"), "{error}");
}

/// Rate limits are read from each response only if something uses them.
#[test]
fn rate_limit_headers_are_read_only_for_an_adaptive_throttle_or_a_hook() {
    let follows =
        |builder: ClientBuilder| builder.build().expect("a client").inner().follows_rate_limit();
    let second = Duration::from_secs(1);
    assert!(!follows(builder()));
    assert!(follows(builder().on_attempt(|_| {})));
    assert!(follows(builder().throttle(Throttle::none().per_token(1, second).adaptive(true))));
}

#[test]
fn a_hook_may_set_only_headers_that_a_user_may_set() {
    static GET: Endpoint = Endpoint::new(http::Method::GET, "/unified/m/r", Role::List);
    type Change = fn(&mut HeaderMap);
    let fill = |count: usize| -> HeaderMap {
        (0..count)
            .map(|number| {
                let name: http::HeaderName = format!("x-{number}").parse().expect("a name");
                (name, http::HeaderValue::from_static("1"))
            })
            .collect()
    };
    let own = http::HeaderValue::from_static("text/csv");
    let typed = HeaderMap::from_iter([(header::CONTENT_TYPE, own)]);
    let cases: [(&HeaderMap, Change, &str); 9] = [
        (&HeaderMap::new(), |_| {}, ""),
        (&HeaderMap::new(), |set| drop(set.insert("x-a", value())), ""),
        (&HeaderMap::new(), |set| drop(set.insert(header::AUTHORIZATION, value())), "authoriz"),
        (&HeaderMap::new(), |set| drop(set.insert(header::CONTENT_TYPE, value())), "content-type"),
        (&typed, |_| {}, ""),
        (&typed, |set| drop(set.insert(header::CONTENT_TYPE, value())), "content-type"),
        (&typed, |set| drop(set.remove(header::CONTENT_TYPE)), "content-type"),
        (&fill(MAX_HEADERS), |_| {}, ""),
        (&fill(MAX_HEADERS), |set| drop(set.insert("y", value())), "more than 1000"),
    ];
    for (number, (before, change, refused)) in cases.into_iter().enumerate() {
        let hook = RequestHook::new(move |_, headers| change(headers));
        match hook.call(&GET, before) {
            Ok(headers) => {
                assert_eq!(refused, "", "case {number}");
                let mut expected = before.clone();
                change(&mut expected);
                assert_eq!(headers, expected, "case {number}");
            }
            Err(error) => {
                let error = error.to_string();
                assert!(!refused.is_empty() && error.contains(refused), "case {number}: {error}");
            }
        }
    }
    let panics = RequestHook::new(|_, _| panic!("the user's"));
    let error = panics.call(&GET, &HeaderMap::new()).expect_err("a panic");
    assert!(error.to_string().contains("`ClientBuilder::on_request` panicked"), "{error}");
}

fn value() -> http::HeaderValue {
    http::HeaderValue::from_static("1")
}

/// Only an HTTP/2 connection stays in its pool although it may be dead.
#[tokio::test]
async fn a_timeout_replaces_the_pool_of_http_2() {
    for (version, is_kept) in [
        (None, false),
        (Some(http::Version::HTTP_2), false),
        (Some(http::Version::HTTP_11), true),
        (Some(http::Version::HTTP_10), true),
    ] {
        let client = client();
        let pools = &client.inner().pools;
        let pool = pools.lease().expect("a runtime");
        if let Some(version) = version {
            pool.seen(version);
        }
        pools.suspect(&pool);
        let next = pools.lease().expect("a runtime");
        assert_eq!(Arc::ptr_eq(&pool, &next), is_kept, "{version:?}");
    }
    let own = builder().http_client(reqwest::Client::new()).build().expect("a client");
    let pools = &own.inner().pools;
    let pool = pools.lease().expect("a runtime");
    pools.suspect(&pool);
    assert!(Arc::ptr_eq(&pool, &pools.lease().expect("a runtime")), "it is the user's");
    assert!(pools.is_custom() && !client().inner().pools.is_custom());
    assert_eq!((pools.proxy(), client().inner().pools.proxy()), (None, None));
}

#[test]
fn a_call_needs_a_runtime_with_a_timer() {
    let client = client();
    let pools = &client.inner().pools;
    assert!(pools.check_runtime().is_err(), "no runtime");
    let bare = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let refused = bare.block_on(async { pools.check_runtime() });
    let refused = refused.expect_err("no timer").to_string();
    assert!(refused.contains("has no timer"), "{refused}");
    assert!(current_thread().block_on(async { pools.check_runtime() }).is_ok());
}

#[test]
fn attempt_info_has_the_delay_until_the_retry() {
    static GET: Endpoint = Endpoint::new(http::Method::GET, "/unified/m/r", Role::List);
    let info = AttemptInfo {
        endpoint: &GET,
        account: None,
        attempt: 1,
        duration: Duration::ZERO,
        waited: Duration::ZERO,
        status: None,
        rate_limit: None,
        error: None,
        retry_in: None,
    };
    assert_eq!(info.retry_in(Duration::from_secs(3)).retry_in, Some(Duration::from_secs(3)));
}
