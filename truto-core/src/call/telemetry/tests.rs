use http::{HeaderMap, Method};

use super::*;
use crate::Client;
use crate::endpoint::Role;
use crate::error::{ApiError, Kind, Redactor};

static GET: Endpoint = Endpoint::new(Method::GET, "/unified/m/r/<id>", Role::Get);

#[test]
fn durations_are_whole_milliseconds_and_statuses_are_codes() {
    assert_eq!(code(StatusCode::NOT_FOUND), 404);
    assert_eq!(millis(Duration::from_micros(2_999)), 2);
    assert_eq!(millis(Duration::MAX), i64::MAX);
}

/// A 4xx is an ordinary outcome, unless the user asked for a warning or a write may have been applied.
#[test]
fn only_unusual_errors_are_warnings() {
    let builder = Client::builder().token("test-token").base_url("http://127.0.0.1:9");
    let client = builder.warn_on_status([StatusCode::CONFLICT]).build().expect("a client");
    let account = client.token_account();
    let telemetry = Telemetry::new(&GET, &account, Span::none());
    for (status, may_have_applied, expected) in [
        (StatusCode::NOT_FOUND, false, true),
        (StatusCode::NOT_FOUND, true, false),
        (StatusCode::CONFLICT, false, false),
        (StatusCode::TOO_MANY_REQUESTS, false, true),
        (StatusCode::INTERNAL_SERVER_ERROR, false, false),
        (StatusCode::BAD_GATEWAY, true, false),
    ] {
        let api = ApiError::parse(status, &HeaderMap::new(), b"", true, Redactor::new("", ""));
        let error = Error::new(Kind::Api(Box::new(api))).with_may_have_applied(may_have_applied);
        assert_eq!(telemetry.is_expected(&error), expected, "{status} {may_have_applied}");
    }
    assert!(!telemetry.is_expected(&Error::new(Kind::Canceled)));
}
