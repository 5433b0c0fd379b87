//! Calls that cannot work fail before anything is sent, and calls that need no certificates work without them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::future::Future;
use std::io::{Read as _, Write as _};
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

use truto_core::{Client, Error, unified_endpoint};
use truto_tests::{Wire, current_thread, json, token_account};

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query = BTreeMap<&'static str, String>)]
#[derive(Debug, serde::Deserialize)]
struct Record {}

async fn refused(request: truto_core::Request<Record>) -> Error {
    let wire = Wire::start([json("{}")]).await;
    let error = request.send(&wire.account()).await.expect_err("refused");
    assert!(error.is_invalid_request(), "{error:?}");
    assert!(!error.may_have_applied());
    assert_eq!((error.attempts(), wire.requests().len()), (0, 0));
    error
}

#[tokio::test]
async fn requests_beyond_the_limits_of_http_are_refused() {
    let long = BTreeMap::from([("filter", "x".repeat(66_000))]);
    let error = refused(Record::get("1", &long)).await;
    assert!(error.to_string().contains("shorten the query"), "{error}");

    let headers = (0..40_000).fold(Record::get("1", &BTreeMap::new()), |request, number| {
        request.header(format!("x-{number}"), "1")
    });
    let error = refused(headers).await;
    assert!(error.to_string().contains("more than 1000 headers"), "{error}");
}

/// Polls once outside of tokio, like another executor.
fn polled<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[test]
fn without_a_runtime_or_its_drivers_a_call_is_refused() {
    let account =
        token_account(Client::builder().token("test-token").base_url("http://127.0.0.1:9"));
    let request = Record::get("1", &BTreeMap::new());
    let error = polled(request.send(&account)).expect("at once").expect_err("no runtime");
    assert!(error.is_invalid_request());
    assert!(error.to_string().contains("no tokio runtime is running here"), "{error}");

    let bare = tokio::runtime::Builder::new_current_thread().build();
    let no_io = tokio::runtime::Builder::new_current_thread().enable_time().build();
    for runtime in [bare, no_io] {
        let error = runtime.expect("a runtime").block_on(request.send(&account));
        let error = error.expect_err("a driver is missing");
        assert!(error.is_invalid_request() && !error.may_have_applied(), "{error:?}");
        assert!(error.to_string().contains("`enable_all()`"), "{error}");
    }
}

/// Runs a test of this file again in a separate process, with some variables set.
fn in_process(test: &str, variables: &[(&str, &OsStr)]) {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", &format!("preflight::{test}"), "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .expect("a process");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && stdout.contains("1 passed"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn reports_a_variable_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;

    let not_text = OsStr::from_bytes(b"token-\xff-\xff");
    if std::env::var_os("TRUTO_API_TOKEN").as_deref() != Some(not_text) {
        let test = "reports_a_variable_that_is_not_utf_8";
        return in_process(test, &[("TRUTO_API_TOKEN", not_text)]);
    }
    let error = Client::from_env().expect_err("not text");
    assert!(error.is_invalid_request());
    assert!(error.to_string().contains("`TRUTO_API_TOKEN` is not valid UTF-8"), "{error}");
}

#[test]
fn a_refusing_proxy_is_named() {
    let Ok(proxy) = std::env::var("HTTPS_PROXY") else {
        // Refuses each tunnel.
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let proxy = format!("http://me:s3cret@{}", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            }
        });
        for proxy in [&*proxy, "http://127.0.0.1:1"] {
            let no_proxy = ("NO_PROXY", OsStr::new(""));
            let proxy = ("HTTPS_PROXY", OsStr::new(proxy));
            in_process("a_refusing_proxy_is_named", &[proxy, no_proxy]);
        }
        return;
    };
    let error = current_thread().block_on(async {
        let account =
            token_account(Client::builder().token("test-token").base_url("https://truto.invalid"));
        let call = Record::get("1", &BTreeMap::new()).no_retry();
        call.send(&account).await.expect_err("refused")
    });
    assert!(error.is_connect() && !error.may_have_applied(), "{error:?}");
    let address = proxy.rsplit(['@', '/']).next().expect("an address");
    assert!(error.to_string().contains(&format!("through the proxy `{address}`")), "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

/// Set in the process that has no certificates.
const WITHOUT: &str = "TRUTO_TEST_WITHOUT_CERTIFICATES";

#[test]
fn a_machine_without_certificates_reaches_plain_http() {
    if std::env::var_os(WITHOUT).is_none() {
        let nowhere = OsStr::new("/nonexistent");
        let variables =
            [(WITHOUT, OsStr::new("1")), ("SSL_CERT_FILE", nowhere), ("SSL_CERT_DIR", nowhere)];
        in_process("a_machine_without_certificates_reaches_plain_http", &variables);
        return;
    }
    current_thread().block_on(async {
        let wire = Wire::start([json("{}")]).await;
        let client = Client::builder().token("test-token").base_url(wire.base_url()).build();
        let account = client.expect("no certificates needed").token_account();
        Record::get("1", &BTreeMap::new()).send(&account).await.expect("200");
    });
    // The real API needs them; the error names the package to install.
    if let Err(error) = Client::builder().token("test-token").build() {
        assert!(error.to_string().contains("SSL_CERT_FILE"), "{error}");
    }
}
