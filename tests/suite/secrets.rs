//! No error shows the token in `Debug`, `Display` or `source()`, whatever a server sends back.
use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use truto_core::{AccessToken, Client, Error, RemoteData, Throttle};
use truto_tests::{ACCOUNT_ID, OK, Play, Record, Wire, http, json, listen, token_account};

const TOKEN: &str = "s3cret-token";

/// All text that an error shows; the message of a panic is its `Debug`.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string cannot fail.
        let _ = writeln!(shown, "{error}\n{error:?}");
        cause = error.source();
    }
    let _ = writeln!(shown, "{:?} {:?}", error.body_excerpt(), error.endpoint());
    if let Some(api) = error.api() {
        let _ = writeln!(shown, "{api}\n{api:?}\n{:?}\n{}", api.raw_response, api.body);
    }
    shown
}

async fn failing(play: Play) -> Error {
    let wire = Wire::start([play]).await;
    let client = wire.builder().max_body_bytes(10_000).build().expect("a client");
    let request = Record::get("private-id")
        .remote_query(&BTreeMap::from([("q", "private-value")]))
        .timeout(Duration::from_millis(200))
        .no_retry();
    let account = client.account("0ac0ffee-dd91-461e-bd6a-aedd9e0ad79d");
    let account = account.expect("a UUID");
    request.send(&account).await.expect_err("a fault")
}

async fn errors() -> Vec<(&'static str, Error)> {
    let reflected = format!(
        r#"{{"error":"Bearer {TOKEN}","message":"no such token: {TOKEN}","{TOKEN}":["{TOKEN}"],
            "raw_response":{{"headers":"Bearer {TOKEN}"}},
            "truto_error_insight":{{"{TOKEN}":"{TOKEN}","remote_error":{{"description":"{TOKEN}"}}}}}}"#
    );
    let head = format!("HTTP/1.1 200 OK\r\nX: {TOKEN}\r\nContent-Length: 99\r\n\r\n{TOKEN}");
    let location = format!("Location: https://{TOKEN}.evil.invalid/{TOKEN}?{TOKEN}");
    let media = format!("Content-Type: {TOKEN}");
    let looping =
        Wire::start([json(&OK.replace('}', &format!(r#","next_cursor":"{TOKEN}"}}"#)))]).await;
    let closed = Client::builder().token(TOKEN).base_url("http://127.0.0.1:1").build();
    let dns = Client::builder().token(TOKEN).base_url(format!("https://{TOKEN}.invalid")).build();
    let throttled = Client::builder()
        .token(TOKEN)
        .base_url("http://127.0.0.1:1")
        .throttle(Throttle::none().per_token(1, Duration::from_secs(3600)))
        .build()
        .expect("a client")
        .token_account();
    let turn = || Record::get("1").no_retry().deadline(Duration::from_millis(100));
    turn().send(&throttled).await.expect_err("refused");
    let refused = |client: Result<Client, Error>| async {
        let account = client.expect("a client").token_account();
        let request = Record::get("1").no_retry();
        request.send(&account).await.expect_err("no connection")
    };
    vec![
        ("token", Client::new(format!("{TOKEN}\n")).expect_err("a line break")),
        ("bearer", Client::new(format!("Bearer {TOKEN}")).expect_err("a scheme")),
        (
            "agent",
            Client::builder().token(TOKEN).user_agent("\n").build().expect_err("a line break"),
        ),
        (
            "url",
            Client::builder()
                .token(TOKEN)
                .base_url(format!("https://u:{TOKEN}@h/"))
                .build()
                .expect_err("userinfo"),
        ),
        ("account", Client::new(TOKEN).expect("a client").account(TOKEN).expect_err("no UUID")),
        (
            "header",
            Record::get("1")
                .header("x", format!("{TOKEN}\n"))
                .send(&throttled)
                .await
                .expect_err("a line break"),
        ),
        (
            "reserved",
            Record::get("1")
                .header("authorization", TOKEN)
                .send(&throttled)
                .await
                .expect_err("reserved"),
        ),
        (
            "key",
            Record::get("1")
                .idempotency_key(format!("{TOKEN}\n"))
                .send(&throttled)
                .await
                .expect_err("a line break"),
        ),
        ("turn", turn().send(&throttled).await.expect_err("no turn")),
        ("connect", refused(closed).await),
        ("dns", refused(dns).await),
        ("timeout", failing(Play::SendAndStall(head.clone().into_bytes())).await),
        ("transport", failing(Play::SendAndClose(head.into_bytes())).await),
        (
            "no HTTP",
            failing(Play::SendAndClose(format!("{TOKEN} {TOKEN}\r\n\r\n").into_bytes())).await,
        ),
        ("api", failing(http("401 x", &["Set-Cookie: s3cret-token"], &reflected)).await),
        ("api, text", failing(http("500 x", &[], format!("<h1>{TOKEN}"))).await),
        ("redirect", failing(http("302 x", &[&location], "")).await),
        ("too large", failing(json(&TOKEN.repeat(2_000))).await),
        ("no JSON", failing(http("200 OK", &[&media], format!("<{TOKEN}>"))).await),
        ("shape", failing(json(&format!(r#"{{"id":["{TOKEN}"],"{TOKEN}":1}}"#))).await),
        ("loop", Record::list().all(&looping.account()).await.expect_err("a loop")),
        ("remote data", RemoteData::new(&()).expect("JSON").parse::<u8>().expect_err("null")),
    ]
}

#[tokio::test]
async fn no_error_shows_the_token_an_id_or_a_query_value() {
    for (what, error) in errors().await {
        let shown = shown(&error).to_lowercase();
        for hidden in [TOKEN, "private-id", "private-value", "0ac0ffee"] {
            assert!(!shown.contains(hidden), "{what}: {shown}");
        }
    }
}

const RENEWED: &str = "r3newed-token";
const MINTED: &str = "m1nted-token";

/// A server that sends back every token it knows.
fn reflecting(status: &str) -> Play {
    let body = format!(
        r#"{{"statusCode":401,"message":"{TOKEN} {RENEWED} {MINTED}","error":"{MINTED}"}}"#
    );
    let header = format!("www-authenticate: {RENEWED} {TOKEN}");
    http(status, &[&header], body)
}

#[tokio::test]
async fn no_error_shows_the_token_of_a_source_or_one_that_was_renewed_or_minted() {
    let mut errors = Vec::new();

    // A source that fails, and one whose token cannot be sent.
    let wire = Wire::start([json(OK)]).await;
    let client = |source: Result<String, &'static str>| {
        let source = move || std::future::ready(source.clone().map(AccessToken::from));
        let builder = Client::builder().base_url(wire.base_url());
        builder.token_source(source).build().expect("a client")
    };
    let bad = client(Ok(format!("{TOKEN} {TOKEN}"))).token_account();
    errors.push(("unusable", Record::get("1").send(&bad).await));
    let failed = client(Err("the vault is sealed")).token_account();
    let failed = Record::get("1").send(&failed).await;
    let cause = failed.as_ref().expect_err("no token").source().map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("the vault is sealed"));
    errors.push(("failed", failed));
    assert_eq!(wire.requests().len(), 0);

    // Refused, renewed, refused again; both tokens come back.
    let wire = Wire::start([reflecting("401 x"), reflecting("401 x")]).await;
    let tokens = std::sync::Mutex::new(vec![RENEWED, TOKEN]);
    let source = move || {
        let next = tokens.lock().expect("a lock").pop().expect("asked twice");
        std::future::ready(Ok::<_, std::io::Error>(AccessToken::from(next.to_owned())))
    };
    let builder = Client::builder().base_url(wire.base_url());
    let renewed = builder.token_source(source).build().expect("a client");
    errors.push(("renewed", Record::get("1").send(&renewed.token_account()).await));
    assert_eq!(wire.requests().len(), 2);

    // The token of an account: minted and sent back, not minted, or minted in a form that is not one.
    let minted = format!(r#"{{"integrated_account_token":"{MINTED}"}}"#);
    let odd = format!(r#"{{"integrated_account_token":["{MINTED}"]}}"#);
    for (what, plays) in [
        ("minted", vec![json(&minted), reflecting("400 x")]),
        ("not minted", vec![reflecting("403 x")]),
        ("odd", vec![json(&odd)]),
    ] {
        let wire = Wire::start(plays).await;
        let whole = wire.builder().token(TOKEN).build().expect("a client");
        let source = whole.account_tokens(ACCOUNT_ID);
        let builder = Client::builder().base_url(wire.base_url());
        let client = builder.token_source(source.expect("a UUID")).build();
        let account = client.expect("a client").token_account();
        errors.push((what, Record::get("1").no_retry().send(&account).await));
    }

    for (what, result) in errors {
        let shown = shown(&result.expect_err(what));
        for hidden in [TOKEN, RENEWED, MINTED] {
            // A client cannot recognize a token that it never received.
            let unknown = (what == "renewed" && hidden == MINTED)
                || (what == "minted" && hidden != MINTED)
                || (what == "not minted" && hidden != TOKEN);
            assert!(unknown || !shown.contains(hidden), "{what}: {shown}");
        }
    }
}

/// A server with an untrusted certificate receives nothing.
#[tokio::test]
async fn an_unknown_certificate_gets_no_token() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("a configuration");
    let (listener, address) = listen().await;
    let base_url = format!("https://{}", address.replace("127.0.0.1", "localhost"));
    let server = tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (stream, _) = listener.accept().await.expect("a connection");
        let mut received = Vec::new();
        if let Ok(mut stream) = acceptor.accept(stream).await {
            let _ = stream.read_to_end(&mut received).await;
        }
        received
    });
    let account = token_account(Client::builder().token(TOKEN).base_url(base_url));
    let error = Record::delete("1").no_retry().send(&account).await.expect_err("TLS");
    assert!(error.is_connect() && !error.may_have_applied(), "{error:?}");
    assert_eq!(server.await.expect("no panic"), b"", "{error:?}");
}
