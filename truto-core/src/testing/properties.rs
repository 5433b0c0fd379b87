//! Properties of any bytes. Called by the fuzz targets, and with random and collected bytes by
//! `cargo test`.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use crate::encode::query::Namespace;
use crate::endpoint::Role;
use crate::error::Redactor;
use crate::request::RawRequest;
use crate::{ApiError, Endpoint, RateLimit};

pub use crate::call::whole_response;

static ENDPOINT: Endpoint =
    Endpoint::new(Method::GET, "/unified/m/r/<id>/parts/<part>", Role::Other);

const BASE: &str = "https://api.truto.one";

/// A path argument stays one segment of the route and reads back as it was, or is refused.
///
/// # Panics
///
/// If it does not.
pub fn path(data: &[u8]) {
    let id = String::from_utf8_lossy(data);
    let parts = RawRequest::new(&ENDPOINT, &[&id, &"2"]);
    let dots = matches!(&*id, "" | "." | "..");
    let bad = dots || id.len() > 16 * 1024 || id.chars().any(char::is_control);
    assert_eq!(parts.invalid.is_some(), bad, "{id:?}: {:?}", parts.invalid);
    if bad {
        return;
    }
    let url = format!("{BASE}{}", parts.path());
    let parsed = reqwest::Url::parse(&url).expect("a URL");
    assert_eq!(parsed.as_str(), url);
    let segments: Vec<&str> = parsed.path_segments().expect("a path").collect();
    assert_eq!(segments.len(), 6);
    assert_eq!(segments[..3], ["unified", "m", "r"]);
    assert_eq!(segments[4..], ["parts", "2"]);
    assert_eq!(decoded(segments[3]), id.as_bytes());
}

/// A query is written in the one safe alphabet, adds no account and no fragment, and keeps every
/// text; or it is refused.
///
/// # Panics
///
/// If it does not.
pub fn query(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    for scope in [Namespace::Endpoint, Namespace::Remote] {
        let mut parts = RawRequest::new(&ENDPOINT, &[&"1", &"2"]);
        parts.push_query(scope, &value);
        let mut query = String::new();
        parts.write_query(&mut query);
        if parts.invalid.is_some() {
            assert_eq!(query, "", "a refused query is written in part");
            continue;
        }
        let url = format!("{BASE}{}?x{query}", parts.path());
        let parsed = reqwest::Url::parse(&url).expect("a URL");
        assert_eq!(parsed.as_str(), url, "the URL parser would change the URL");
        let mut texts = Vec::new();
        leaves(&value, &mut texts);
        let pairs: Vec<&str> = query.split('&').skip(1).collect();
        assert_eq!(pairs.len(), texts.len(), "{query} for {texts:?}");
        for (pair, text) in pairs.into_iter().zip(texts) {
            let (key, written) = pair.split_once('=').expect("a pair");
            let key = String::from_utf8(decoded(key)).expect("UTF-8");
            let name = key.split('[').next().unwrap_or_default();
            match scope {
                Namespace::Endpoint => assert_ne!(name, "integrated_account_id"),
                Namespace::Remote => assert_eq!(name, "remote_query"),
            }
            assert_eq!(decoded(written), text.as_bytes(), "{key}");
        }
    }
}

/// The texts of a value in the order they are written; nulls and empty lists and maps are left out.
fn leaves(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| leaves(field, texts)),
        // A float is written without an exponent, so that every server can read it.
        Value::Number(number) if number.is_f64() => {
            texts.push(number.as_f64().unwrap_or_default().to_string());
        }
        Value::Bool(_) | Value::Number(_) => texts.push(value.to_string()),
    }
}

fn decoded(text: &str) -> Vec<u8> {
    assert!(
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
        "{text}"
    );
    percent_encoding::percent_decode_str(text).collect()
}

/// The body of an error, and its header, become a typed error without the token.
///
/// # Panics
///
/// If they do not.
pub fn error(data: &[u8]) {
    // Begins with no letter of an escape: `\t` before `oken` would look like the token.
    const TOKEN: &str = "s3cret-token";
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(data) {
        headers.insert("truto-response-error-insight", value);
    }
    let api =
        ApiError::parse(StatusCode::BAD_REQUEST, &headers, data, true, Redactor::new(TOKEN, ""));
    assert!(api.body.len() <= 64 * 1024);
    let shown = format!("{api} {api:?} {:?}", api.raw_response);
    assert!(!shown.contains(TOKEN), "{shown}");
}

/// A header that states a wait is parsed or ignored.
///
/// # Panics
///
/// If it is neither.
pub fn retry_after(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else {
        return;
    };
    let reset = HeaderName::from_static("ratelimit-reset");
    let limit = HeaderName::from_static("ratelimit-limit");
    let remaining = HeaderName::from_static("ratelimit-remaining");
    for names in [&[header::RETRY_AFTER][..], &[reset, limit, remaining]] {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.insert(name, value.clone());
        }
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
        let wait = crate::retry_after::retry_after(StatusCode::TOO_MANY_REQUESTS, &headers, now);
        let digits = data.iter().all(u8::is_ascii_digit);
        let text = std::str::from_utf8(data).unwrap_or_default();
        // A larger number can be a point in time.
        if let (true, Ok(secs @ ..1_000_000_000)) = (digits, text.parse::<u32>()) {
            assert_eq!(wait, Some(Duration::from_secs(secs.into())));
        }
        let _ = RateLimit::from_headers(&headers);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::response;
    #[cfg(feature = "webhooks")]
    use crate::testing::webhook;

    /// Runs the property on the fuzzer's corpus of this target.
    fn corpus(target: &str, property: fn(&[u8])) {
        let folder = format!("{}/../fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
        let files: Vec<_> = std::fs::read_dir(&folder).into_iter().flatten().collect();
        // The seeds are not a part of the packaged crate, but they are one of the repository.
        let in_repository =
            Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("CONTRIBUTING.md").exists();
        assert!(!files.is_empty() || !in_repository, "no seeds in {folder}");
        for file in files {
            let path = file.expect("a file").path();
            property(&std::fs::read(path).expect("a readable file"));
        }
    }

    #[test]
    fn every_property_holds_for_the_corpus() {
        corpus("path", path);
        corpus("query", query);
        corpus("response", response);
        #[cfg(feature = "webhooks")]
        corpus("webhook", webhook);
        corpus("whole_response", whole_response);
        corpus("error", error);
        corpus("retry_after", retry_after);
    }

    /// Text that is often JSON, or close to it.
    fn text() -> impl Strategy<Value = String> {
        let key = prop::sample::select(vec![
            "id",
            "result",
            "next_cursor",
            "prev_cursor",
            "result_count",
            "debug",
            "error",
            "s3cret",
            "a",
            "a[b]",
            "integrated_account_id",
            "limit",
            "truto_error_insight",
            "message",
            "results",
            "success",
            "status",
            "statusCode",
            "event",
            "payload",
            "$serde_json::private::RawValue",
        ]);
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("1e999".to_owned()),
            any::<bool>().prop_map(|flag| flag.to_string()),
            any::<i128>().prop_map(|number| number.to_string()),
            any::<f64>().prop_map(|number| number.to_string()),
            any::<String>().prop_map(|text| Value::from(text).to_string()),
        ];
        leaf.prop_recursive(4, 32, 6, move |inner| {
            let fields = prop::collection::vec((key.clone(), inner.clone()), 0..6);
            prop_oneof![
                prop::collection::vec(inner, 0..6)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                fields.prop_map(|fields| {
                    let fields: Vec<_> = fields
                        .into_iter()
                        .map(|(key, value)| format!("\"{key}\":{value}"))
                        .collect();
                    format!("{{{}}}", fields.join(","))
                }),
            ]
        })
    }

    /// A header line that the client interprets.
    fn header_line() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec![
            "content-type",
            "content-encoding",
            "content-length",
            "location",
            "retry-after",
            "ratelimit-reset",
            "truto-response-error-insight",
            "x-request-id",
        ]);
        let value = prop_oneof![
            prop::sample::select(vec![
                "application/json",
                "gzip",
                "br",
                "0",
                "7",
                "99999999999999999999",
                "https://s3cret.example/",
                "s3cret",
                r#"{"a":"s3cret"}"#,
            ])
            .prop_map(str::to_owned),
            "[ -~]{0,20}",
        ];
        (name, value).prop_map(|(name, value)| format!("{name}: {value}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 1_024,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn paths(data in any::<Vec<u8>>(), text in any::<String>()) {
            path(&data);
            path(text.as_bytes());
        }

        #[test]
        fn queries(text in text()) {
            query(text.as_bytes());
        }

        #[test]
        fn responses(text in text(), data in any::<Vec<u8>>()) {
            response(text.as_bytes());
            response(&data);
        }

        #[cfg(feature = "webhooks")]
        #[test]
        fn webhooks(text in text(), form in "(--B|\r\n|\r\n--B|--|[a-z:;=\"{}, ]|event|name){0,40}") {
            webhook(text.as_bytes());
            webhook(form.as_bytes());
        }

        #[test]
        fn whole_responses(
            status in prop::sample::select(vec![200_u16, 201, 204, 302, 400, 401, 409, 422, 429, 500, 503]),
            head in prop::collection::vec(header_line(), 0..4),
            text in text(),
        ) {
            let mut data = (status - 200).to_be_bytes().to_vec();
            data.extend_from_slice(head.join("\n").as_bytes());
            data.extend_from_slice(b"\n\n");
            data.extend_from_slice(text.as_bytes());
            whole_response(&data);
        }

        #[test]
        fn errors(text in text(), data in any::<Vec<u8>>()) {
            error(text.as_bytes());
            error(&data);
        }

        #[test]
        fn waits(text in "[0-9.eE+ -]{0,24}|[A-Za-z0-9:, -]{0,32}", data in any::<Vec<u8>>()) {
            retry_after(text.as_bytes());
            retry_after(&data);
        }
    }
}
