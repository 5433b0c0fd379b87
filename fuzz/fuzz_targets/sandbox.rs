#![no_main]

//! Any bytes sent to the sandbox get an HTTP response or an end of the connection, never a panic, and
//! it serves on.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use truto_sandbox::Sandbox;

fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let sandbox = Sandbox::start_blocking().expect("a sandbox");
        sandbox.load(&serde_json::json!({"m": {"r": [{"id": "1", "a": {"b": [1]}}]}})).expect("records");
        sandbox
    })
}

fn exchange(bytes: &[u8]) -> Vec<u8> {
    let address = sandbox().base_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    // It may respond and close before it has read everything.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut response = Vec::new();
    match stream.read_to_end(&mut response) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("it hangs"),
        _ => response,
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // Bytes as they are, then as method, target and body of a request that gets past the token.
    exchange(data);
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (method, target, body) = (part(), part(), part());
    let head = format!(
        " HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        sandbox().token(),
        body.len()
    );
    let account = format!("?integrated_account_id={}&", sandbox().account_id());
    let request = [method, b" /", target, account.as_bytes(), head.as_bytes(), body].concat();
    exchange(&request);
    let alive = exchange(b"GET /ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(alive.starts_with(b"HTTP/1.1 401"), "it does not serve any more");
    sandbox().clear_requests();
});
