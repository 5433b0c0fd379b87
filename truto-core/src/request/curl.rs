//! A request as a command line.

use std::fmt::Write;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};

use super::RawRequest;
use crate::endpoint::{DEFAULT_BASE_URL, Role};

pub(super) fn command(raw: &RawRequest) -> String {
    if let Some(reason) = &raw.invalid {
        return format!("# this request cannot be sent: {}", one_line(reason));
    }
    let mut query = String::new();
    raw.write_query(&mut query);
    // Path and query are encoded, so within double quotes the shell expands only the account.
    let query = match raw.endpoint.role {
        // Each pair begins with `&`, and encoding leaves none inside a pair.
        Role::Admin => query.replacen('&', "?", 1),
        _ => format!("?integrated_account_id=$TRUTO_INTEGRATED_ACCOUNT_ID{query}"),
    };
    let mut command = format!(
        "curl -X {} \"{DEFAULT_BASE_URL}{}{query}\" \\\n  -H \"Authorization: Bearer $TRUTO_API_TOKEN\"",
        raw.endpoint.method,
        raw.path(),
    );
    let mut argument = |flag: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = write!(command, " \\\n  {flag} {}", quoted(value));
    };
    let mut header = |name: &str, value: &HeaderValue| {
        let value = one_line(&String::from_utf8_lossy(value.as_bytes()));
        // curl drops a header that ends in `:`; `;` means an empty value.
        match value.trim() {
            "" => argument("-H", &format!("{name};")),
            value => argument("-H", &format!("{name}: {value}")),
        }
    };
    let given = raw.options.as_ref().map(|options| &options.headers);
    let is_given = |name: HeaderName| given.is_some_and(|headers| headers.contains_key(name));
    if !is_given(ACCEPT) {
        header("Accept", &HeaderValue::from_static("application/json"));
    }
    if let Some(options) = &raw.options {
        if let Some(key) = &options.idempotency_key {
            header("Idempotency-Key", key);
        }
        for (name, value) in &options.headers {
            header(name.as_str(), value);
        }
    }
    if let Some(body) = &raw.body {
        if !is_given(CONTENT_TYPE) {
            header("Content-Type", &body.content_type);
        }
        let bytes = body.bytes().map(|bytes| std::str::from_utf8(bytes));
        match (bytes, body.file()) {
            (Some(Ok(text)), _) if !text.contains(char::is_control) => {
                argument("--data-raw", text);
            }
            (_, Some(path)) => {
                argument("--data-binary", &format!("@{}", one_line(&path.display().to_string())));
            }
            _ => argument("--data-binary", "@BODY_FILE"),
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
