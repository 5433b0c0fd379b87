//! A program with the feature `rustls-ring`.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use truto_core::{Client, Request};

/// Names the folder of the certificate in the process that trusts it.
const FOLDER: &str = "TRUTO_TEST_TLS_FOLDER";

#[test]
fn https_works_without_a_provider_for_the_process() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return call(&PathBuf::from(folder));
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("ring");
    std::fs::create_dir_all(&folder).expect("a folder");
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    std::fs::write(folder.join("key"), own.signing_key.serialize_der()).expect("a file");
    std::fs::write(folder.join("certificate"), own.cert.der()).expect("a file");
    std::fs::write(folder.join("roots.pem"), pem(own.cert.der())).expect("a file");
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "https_works_without_a_provider_for_the_process", "--nocapture"])
        .env("SSL_CERT_FILE", folder.join("roots.pem"))
        .env(FOLDER, &folder)
        .output()
        .expect("a process");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && stdout.contains("1 passed"), "{output:?}");
}

/// A certificate as a file of trusted ones.
fn pem(der: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encoded: String = der
        .chunks(3)
        .flat_map(|bytes| {
            let group = bytes
                .iter()
                .chain(&[0; 3])
                .take(3)
                .fold(0, |group, byte| (group << 8) | usize::from(*byte));
            let letter = move |at| char::from(LETTERS[(group >> (18 - 6 * at)) & 63]);
            (0..4).map(move |at| if at <= bytes.len() { letter(at) } else { '=' })
        })
        .collect();
    format!("-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n")
}

/// Calls a server with the certificate in the folder.
fn call(folder: &std::path::Path) {
    let read = |name: &str| std::fs::read(folder.join(name)).expect("a file");
    let key = PrivateKeyDer::try_from(read("key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![read("certificate").into()], key)
        .expect("a configuration");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let body = runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            let acceptor = TlsAcceptor::from(Arc::new(config));
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            let mut received = Vec::new();
            while !received.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut received).await.expect("a request");
            }
            let response = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}";
            stream.write_all(response).await.expect("a response");
            stream.shutdown().await.expect("an end");
        });
        let client = Client::builder().token("test-token");
        let client = client.base_url(format!("https://localhost:{port}")).build();
        let account = client.expect("a client").token_account();
        let body = Request::<Value>::unified("GET", "m", "r", "1").send(&account).await;
        server.await.expect("no panic");
        body
    });
    assert_eq!(body.expect("200"), serde_json::json!({"id": "1"}));
    assert!(CryptoProvider::get_default().is_none(), "no provider was installed");
}
