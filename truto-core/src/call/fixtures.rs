//! Calls that unit tests of this folder make without a server.

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
