//! The error and its accessors.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::hash::Hash;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use truto_core::{
    ApiError, Endpoint, Error, ErrorInsight, ErrorKind, HeaderMap, RateLimit, StatusCode,
};

use crate::has;

has!(Error: StdError + Send + Sync + 'static);
has!(ApiError: StdError + Clone + Send + Sync + 'static);
has!(ErrorKind: Copy + Eq + Hash + Debug);
has!(ErrorKind: std::fmt::Display);
has!(ErrorInsight: Clone + Debug + PartialEq);
has!(ErrorKind: Serialize);
has!(ErrorInsight: Serialize);
has!(ApiError: Serialize);
has!(Error: UnwindSafe + RefUnwindSafe);
// As the documentation of `Error` states.
const _: () = assert!(size_of::<Result<(), Error>>() <= 8);

fn accessors(error: &Error) {
    let _: ErrorKind = error.kind();
    let _: Option<&str> = error.request_id();
    for holds in [
        error.is_invalid_request(),
        error.is_connect(),
        error.is_timeout(),
        error.is_decode(),
        error.is_body_too_large(),
        error.is_pagination_loop(),
        error.is_token(),
        error.is_transport(),
        error.is_redirect(),
        error.may_have_applied(),
    ] {
        let _: bool = holds;
    }
    let _: bool = error.is_throttled();
    let _: bool = error.is_cursor_invalid();
    let _: Option<&str> = error.account();
    let _: Option<&str> = error.next_cursor();
    let _: Option<StatusCode> = error.status();
    let _: Option<&HeaderMap> = error.headers();
    let _: Option<&ApiError> = error.api();
    let _: Option<&'static Endpoint> = error.endpoint();
    let _: u32 = error.attempts();
    let _: Option<Duration> = error.retry_after();
    let _: Option<&str> = error.body_excerpt();
}

fn kinds() {
    let kinds = [
        ErrorKind::InvalidRequest,
        ErrorKind::Token,
        ErrorKind::Connect,
        ErrorKind::Timeout,
        ErrorKind::Transport,
        ErrorKind::Api,
        ErrorKind::Redirect,
        ErrorKind::BodyTooLarge,
        ErrorKind::Decode,
        ErrorKind::PaginationLoop,
    ];
    let _ = [ErrorKind::Throttled, ErrorKind::Canceled];
    for kind in kinds {
        let _: ErrorKind = kind;
        let word: &'static str = kind.as_str();
        assert_eq!(kind.to_string(), word);
    }
}

fn api(error: ApiError) {
    let ApiError { status, error, message, is_remote, raw_response, insight, .. } = error;
    let _: (StatusCode, String, String, bool) = (status, error, message, is_remote);
    let _: (Option<Value>, Option<ErrorInsight>) = (raw_response, insight);
}

fn more_of_api(error: &ApiError) {
    let _: (&Option<Value>, &Option<RateLimit>, &String) =
        (&error.details, &error.rate_limit, &error.body);
}

fn insight(insight: ErrorInsight) {
    let _: (Vec<String>, Vec<String>, Vec<String>) = (
        insight.missing_required_query_parameters,
        insight.missing_required_body_fields,
        insight.missing_scopes,
    );
    let _: serde_json::Map<String, Value> = insight.other;
}

#[test]
fn a_refused_id_is_an_invalid_request() {
    let client = truto_core::Client::new("a-token-of-ours").expect("a client");
    let error = client.account("acme").expect_err("no UUID");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    accessors(&error);
    kinds();
}
