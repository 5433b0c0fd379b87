//! A request as a command line.

use std::fmt::Write;

use super::RawRequest;
use crate::endpoint::DEFAULT_BASE_URL;

pub(super) fn command(raw: &RawRequest) -> String {
    if let Some(reason) = &raw.invalid {
        return format!("# this request cannot be sent: {}", one_line(reason));
    }
    let mut query = String::new();
    raw.write_query(&mut query);
    // Everything in path and query is encoded, so double quotes keep it as it is and expand the
    // account alone.
    let mut command = format!(
        "curl -X {} \"{DEFAULT_BASE_URL}{}?integrated_account_id=$TRUTO_INTEGRATED_ACCOUNT_ID{query}\" \
         \\\n  -H \"Authorization: Bearer $TRUTO_API_TOKEN\" \\\n  -H 'Accept: application/json'",
        raw.endpoint.method,
        raw.path(),
    );
    let mut argument = |flag: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = write!(command, " \\\n  {flag} {}", quoted(value));
    };
    if let Some(options) = &raw.options {
        if let Some(key) = &options.idempotency_key {
            let key = String::from_utf8_lossy(key.as_bytes());
            argument("-H", &format!("Idempotency-Key: {key}"));
        }
        for (name, value) in &options.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            argument("-H", &format!("{name}: {value}"));
        }
    }
    if let Some(body) = &raw.body {
        let content_type = String::from_utf8_lossy(body.content_type.as_bytes());
        argument("-H", &format!("Content-Type: {content_type}"));
        match std::str::from_utf8(&body.bytes) {
            Ok(text) => argument("--data-raw", text),
            Err(_) => argument("--data-binary", "@BODY_FILE"),
        }
    }
    command
}

/// Quotes for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
