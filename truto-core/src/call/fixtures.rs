//! Calls without a server, and a server of one response, for the unit tests of this folder.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use http::Method;
use tracing::Span;

use super::Call;
use super::execution::Execution;
use super::telemetry::Telemetry;
use crate::endpoint::Role;
use crate::request::RawRequest;
use crate::{Client, ClientBuilder, Endpoint};

static READ: Endpoint = Endpoint::new(Method::GET, "/unified/m/r", Role::List);
static WRITE: Endpoint = Endpoint::new(Method::POST, "/unified/m/r", Role::Create);

/// A client whose server does not exist.
pub(super) fn builder() -> ClientBuilder {
    Client::builder().token("test-token").base_url("http://127.0.0.1:9")
}

/// A call of a client with these settings.
pub(super) fn call(builder: ClientBuilder, is_write: bool) -> Call {
    let account = builder.build().expect("a client").token_account();
    let endpoint = if is_write { &WRITE } else { &READ };
    Call::new(&RawRequest::new(endpoint, &[]), &account, false).expect("a call")
}

/// A running call before its first attempt.
pub(super) fn execution(call: &Call) -> Execution<'_> {
    Execution::new(call, Telemetry::new(call.template.endpoint, &call.account, Span::none()))
}

/// A server that answers one request once it ends in these bytes; the URL of its root.
pub(super) fn server(request_ends: &'static [u8], answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let (mut received, mut byte) = (Vec::new(), [0]);
        while !received.ends_with(request_ends) {
            stream.read_exact(&mut byte).expect("the request");
            received.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).expect("an answer");
        // Open for as long as the client keeps the connection.
        let _ = stream.read_to_end(&mut received);
    });
    url
}
