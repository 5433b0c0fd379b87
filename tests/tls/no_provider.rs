//! A program in which another crate enables TLS in reqwest, and no provider is installed.

use truto_core::Client;

#[test]
fn building_a_client_never_panics() {
    let loopback = Client::builder().token("test-token").base_url("http://127.0.0.1:9").build();
    let secure = Client::new("test-token");
    if cfg!(feature = "ring") {
        loopback.expect("a provider of our own");
        secure.expect("a provider of our own");
    } else {
        let error = loopback.expect_err("no provider");
        assert!(error.is_invalid_request());
        assert!(error.to_string().contains("`rustls-ring`"), "{error}");
        assert!(secure.is_err_and(|error| error.is_invalid_request()));
    }
}
