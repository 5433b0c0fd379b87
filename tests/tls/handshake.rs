//! Handshakes with a server whose certificate the process trusts, and with one whose certificate it does not,
//! with the TLS feature that this test is built with.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::rustls::{HandshakeKind, ServerConfig};
use truto_core::{Client, Error, Request};

/// Names the folder of the certificate in the process that trusts it.
const FOLDER: &str = "TRUTO_TEST_TLS_FOLDER";

#[test]
fn https_works_without_a_provider_for_the_process() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return call(&PathBuf::from(folder));
    }
    let name = if cfg!(feature = "native") { "native" } else { "ring" };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
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

fn server_config(folder: &Path) -> Arc<ServerConfig> {
    let read = |name: &str| std::fs::read(folder.join(name)).expect("a file");
    let key = PrivateKeyDer::try_from(read("key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![read("certificate").into()], key)
        .expect("a configuration");
    Arc::new(config)
}

/// A handshake of the server.
struct Accepted {
    /// The protocols that the client offered.
    protocols: Vec<String>,
    /// The client resumed a session of another connection.
    is_resumed: bool,
}

/// Answers one request.
async fn serve(stream: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<Accepted> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let protocols = start.client_hello().alpn().map(|names| {
        names.map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>()
    });
    let mut stream = start.into_stream(config).await?;
    let is_resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
    let mut received = Vec::new();
    while !received.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut received).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}";
    stream.write_all(response).await?;
    stream.shutdown().await?;
    Ok(Accepted { protocols: protocols.unwrap_or_default(), is_resumed })
}

fn client(base_url: String) -> Client {
    Client::builder().token("test-token").base_url(base_url).build().expect("a client")
}

async fn get(base_url: String) -> Result<Value, Error> {
    get_by(&client(base_url)).await
}

async fn get_by(client: &Client) -> Result<Value, Error> {
    let account = client.token_account();
    Request::<Value>::unified("GET", "m", "r", "1").send(&account).await
}

/// Calls a server with the certificate in the folder, which is that of `localhost`.
fn call(folder: &Path) {
    let config = server_config(folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            let accepted = serve(stream, Arc::clone(&config)).await.expect("a request");
            let (stream, _) = listener.accept().await.expect("another connection");
            (accepted.protocols, serve(stream, config).await.is_err())
        });
        let body = get(format!("https://localhost:{port}")).await.expect("200");
        assert_eq!(body, serde_json::json!({"id": "1"}));
        let error = get(format!("https://127.0.0.1:{port}")).await.expect_err("another host");
        assert!(error.is_connect() && !error.may_have_applied(), "{error}");
        assert_eq!(error.attempts(), 1, "retrying cannot make a certificate trusted: {error}");
        let (offered, is_refused) = server.await.expect("no panic");
        assert_eq!(offered, ["h2", "http/1.1"]);
        assert!(is_refused);
    });
    pools_share_their_tls_settings(folder);
    assert!(CryptoProvider::get_default().is_none(), "no provider was installed");
}

/// Each runtime has its own connections, but rustls resumes a session only with the same settings: those
/// of another pool would have another verifier.
fn pools_share_their_tls_settings(folder: &Path) {
    let config = server_config(folder);
    let current_thread = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime")
    };
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    let server = std::thread::spawn(move || {
        current_thread().block_on(async {
            let listener = TcpListener::from_std(listener).expect("a runtime");
            let mut resumed = Vec::new();
            for _ in 0..3 {
                let (stream, _) = listener.accept().await.expect("a connection");
                let accepted = serve(stream, Arc::clone(&config)).await.expect("a request");
                resumed.push(accepted.is_resumed);
            }
            resumed
        })
    });
    let shared = client(format!("https://localhost:{port}"));
    for client in [&shared, &shared, &client(format!("https://localhost:{port}"))] {
        current_thread().block_on(get_by(client)).expect("200");
    }
    // OpenSSL keeps no sessions unless it is asked to.
    let resumes = cfg!(feature = "ring");
    assert_eq!(server.join().expect("no panic"), [false, resumes, false]);
}
