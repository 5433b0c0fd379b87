//! A program without a TLS feature.

use truto_core::Client;

#[test]
fn https_is_refused_when_the_client_is_built() {
    let error = Client::new("test-token").expect_err("no TLS");
    assert!(error.is_invalid_request());
    let text = error.to_string();
    for name in ["https", "`rustls`", "`rustls-ring`", "`native-tls`", "`http_client`"] {
        assert!(text.contains(name), "{name} in {text}");
    }
}

#[test]
fn plain_http_and_a_client_of_the_user_work() {
    let builder = || Client::builder().token("test-token");
    builder().base_url("http://127.0.0.1:9").build().expect("needs no TLS");
    let http = truto_core::reqwest::Client::new();
    builder().http_client(http).build().expect("its TLS is the user's business");
}
