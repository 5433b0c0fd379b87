//! The headers that a user may add.

use http::{HeaderName, HeaderValue, header};

/// The maximum number of headers that a request may add; servers accept about a hundred.
pub(crate) const MAX_HEADERS: usize = 1_000;

/// Headers that only the client sets: they carry the token, frame the message or route it.
const RESERVED_HEADERS: [HeaderName; 10] = [
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::TE,
    header::EXPECT,
    HeaderName::from_static("idempotency-key"),
];

/// Checks a header of the user; the error is the reason for the refusal.
pub(crate) fn own_header(name: &str, value: &[u8]) -> Result<(HeaderName, HeaderValue), String> {
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err("a header name is not valid".to_owned());
    };
    if RESERVED_HEADERS.contains(&name) {
        return Err(format!("the header `{name}` is set by the client and cannot be overridden"));
    }
    match HeaderValue::from_bytes(value) {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(format!("the value of the header `{name}` contains a control character")),
    }
}

/// Checks the name of a header that all requests have, whatever their body is.
pub(crate) fn check_shared_header(name: &HeaderName) -> Result<(), String> {
    if RESERVED_HEADERS.contains(name) {
        return Err(format!("the header `{name}` is set by the client and cannot be overridden"));
    }
    if *name == header::CONTENT_TYPE {
        return Err(format!("the header `{name}` depends on the request: use `Request::header`"));
    }
    Ok(())
}
