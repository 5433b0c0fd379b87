use http::StatusCode;

use super::*;
use crate::testing::Outer;

#[test]
fn an_error_is_small_and_unwind_and_thread_safe() {
    fn anywhere<T: StdError + Send + Sync + UnwindSafe + RefUnwindSafe + 'static>() {}
    anywhere::<Error>();
    assert!(size_of::<Result<(), Error>>() <= 16);
}

#[test]
fn each_error_kind_converts_to_an_error() {
    for kind in [
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
        ErrorKind::Throttled,
        ErrorKind::Canceled,
    ] {
        let error = Error::from(kind);
        assert_eq!(error.kind(), kind);
        assert!(!error.to_string().is_empty());
        assert_eq!(kind.to_string(), kind.as_str());
        assert_eq!(serde_json::to_value(kind).expect("a word"), kind.as_str());
    }
}

/// The predicates that are true of an error, in the order of their names.
fn predicates(error: &Error) -> Vec<&'static str> {
    let all = [
        ("body_too_large", error.is_body_too_large()),
        ("connect", error.is_connect()),
        ("decode", error.is_decode()),
        ("invalid_request", error.is_invalid_request()),
        ("pagination_loop", error.is_pagination_loop()),
        ("redirect", error.is_redirect()),
        ("throttled", error.is_throttled()),
        ("timeout", error.is_timeout()),
        ("token", error.is_token()),
        ("transport", error.is_transport()),
    ];
    all.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect()
}

#[test]
fn each_predicate_is_true_for_its_own_kind_only() {
    for (kind, expected) in [
        (ErrorKind::InvalidRequest, &["invalid_request"][..]),
        (ErrorKind::Token, &["token"]),
        (ErrorKind::Connect, &["connect"]),
        (ErrorKind::Timeout, &["timeout"]),
        (ErrorKind::Transport, &["transport"]),
        (ErrorKind::Api, &[]),
        (ErrorKind::Redirect, &["redirect"]),
        (ErrorKind::BodyTooLarge, &["body_too_large"]),
        (ErrorKind::Decode, &["decode"]),
        (ErrorKind::PaginationLoop, &["pagination_loop"]),
        (ErrorKind::Throttled, &["throttled", "timeout"]),
        (ErrorKind::Canceled, &[]),
    ] {
        assert_eq!(predicates(&Error::from(kind)), expected, "{kind}");
    }
    let what = TimedOut::Connecting;
    let slow = Kind::Timeout { what, after: Duration::from_secs(1), status: None };
    assert_eq!(predicates(&Error::new(slow)), ["connect", "timeout"]);
}

#[test]
fn a_token_error_has_the_status_and_retry_after_of_its_source() {
    let inner = Error::from(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "later"))
        .with_retry_after(Duration::from_secs(7));
    let source: Arc<dyn StdError + Send + Sync> = Arc::new(inner);
    let error = Error::new(Kind::Token { what: "no token", source: Some(source) });
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(Error::from(ErrorKind::Token).status(), None);
    let own = error.with_retry_after(Duration::from_secs(1));
    assert_eq!(own.retry_after(), Some(Duration::from_secs(1)));
}

#[test]
fn throttled_counts_as_a_timeout_and_canceled_does_not() {
    let throttled = Error::from(ErrorKind::Throttled);
    assert!(throttled.is_throttled() && throttled.is_timeout() && !throttled.is_connect());
    assert!(!Error::from(ErrorKind::Canceled).is_timeout());
}

#[test]
fn debug_is_the_message_and_the_kind_on_one_line() {
    let mut api = ApiError::new(StatusCode::CONFLICT, "taken\n\u{1b}[31m");
    api.error = "Conflict".to_owned();
    let error = Error::from(api).with_retry_after(Duration::from_secs(3));
    let shown = format!("{error:?}");
    assert!(shown.starts_with(&error.to_string()), "{shown}");
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(shown.ends_with("(api, retry after 3s)"), "{shown}");
    let invalid = format!("{:#?}", Error::invalid("a\nb"));
    assert_eq!(invalid, "invalid request: a b (invalid_request)");
}

#[test]
fn finds_the_request_id() {
    let mut headers = HeaderMap::new();
    let id = |headers: &HeaderMap| {
        let error = Error::from(ErrorKind::Api).with_headers(headers.clone());
        error.request_id().map(str::to_owned)
    };
    assert_eq!(id(&headers), None);
    headers.insert("cf-ray", http::HeaderValue::from_static("ray"));
    assert_eq!(id(&headers).as_deref(), Some("ray"));
    headers.insert("x-request-id", http::HeaderValue::from_static("id"));
    assert_eq!(id(&headers).as_deref(), Some("id"));
}

#[test]
fn an_error_has_the_attempts_account_and_cursor_of_its_call() {
    let bare = Error::from(ErrorKind::Transport);
    assert_eq!((bare.attempts(), bare.account(), bare.next_cursor()), (0, None, None));
    let full = Error::from(ErrorKind::Transport)
        .with_attempts(3)
        .for_account(Some("acme".into()))
        .with_next_cursor(Some("c2".to_owned()));
    assert_eq!(
        (full.attempts(), full.account(), full.next_cursor()),
        (3, Some("acme"), Some("c2"))
    );
}

#[test]
fn the_excerpt_is_the_beginning_of_an_error_body_or_the_place_of_a_decode_error() {
    let mut api = ApiError::new(StatusCode::CONFLICT, "taken");
    api.body = format!("{}é", "a".repeat(MAX_EXCERPT - 1));
    let decode = Kind::Decode { message: String::new(), status: None, excerpt: "{".to_owned() };
    for (error, excerpt) in [
        (Error::from(api), Some("a".repeat(MAX_EXCERPT - 1))),
        (Error::new(decode), Some("{".to_owned())),
        (Error::from(ErrorKind::Transport), None),
    ] {
        assert_eq!(error.body_excerpt(), excerpt.as_deref());
    }
}

#[test]
fn error_type_is_the_status_or_the_kind() {
    for (error, expected) in [
        (Error::from(ApiError::new(StatusCode::CONFLICT, "")), "409"),
        (Error::from(ErrorKind::Redirect), "302"),
        (Error::new(Kind::Redirect { status: None, host: None }), "redirect"),
        (Error::from(ErrorKind::Decode), "decode"),
    ] {
        assert_eq!(error.error_type(), expected);
    }
}

#[test]
fn is_token_timeout_only_after_waiting_for_a_token() {
    for (what, expected) in [
        (TimedOut::Connecting, false),
        (TimedOut::Attempt, false),
        (TimedOut::Deadline, false),
        (TimedOut::Token, true),
        (TimedOut::Chunk, false),
        (TimedOut::Throughput, false),
    ] {
        let error = Error::new(Kind::Timeout { what, after: Duration::ZERO, status: None });
        assert_eq!(error.is_token_timeout(), expected, "{what:?}");
    }
    assert!(!Error::from(ErrorKind::Token).is_token_timeout());
}

/// The end of the text: the number of attempts, the reason for no further one, and whether a write may
/// have been applied.
#[test]
fn the_message_ends_with_attempts_reason_and_outcome() {
    let second = Some(Duration::from_secs(1));
    for (attempts, stopped, wait, end) in [
        (1, None, None, ""),
        (2, None, None, " (after 2 attempts)"),
        (
            2,
            Some(Stopped::Budget),
            None,
            " (after 2 attempts); not retried: the retry budget is used up",
        ),
        (1, Some(Stopped::Deadline), second, "; not retried: the wait does not fit the deadline"),
        (1, Some(Stopped::Deadline), None, "; not retried: the deadline leaves no time"),
        (
            1,
            Some(Stopped::Denied),
            None,
            "; not retried: the client's limits would delay it for too long",
        ),
    ] {
        for (has_applied, last) in [(false, ""), (true, "; the write may have been applied")] {
            let error = Error::from(ErrorKind::Canceled)
                .with_attempts(attempts)
                .with_stopped(stopped)
                .with_retry_after(wait)
                .with_may_have_applied(has_applied);
            let expected = format!("the call was canceled before it ended{end}{last}");
            assert_eq!(error.to_string(), expected);
        }
    }
}

#[test]
fn error_responses_are_equal_if_all_of_their_content_is() {
    let api = || ApiError::new(StatusCode::CONFLICT, "taken");
    assert_eq!(api(), api());
    let limit = crate::RateLimit { limit: 1, remaining: 1, reset: Duration::ZERO, window: None };
    let changes: [fn(&mut ApiError); 8] = [
        |api| api.status = StatusCode::GONE,
        |api| api.error = "Gone".to_owned(),
        |api| api.message = "gone".to_owned(),
        |api| api.is_remote = true,
        |api| api.raw_response = Some(serde_json::Value::Null),
        |api| api.insight = Some(ErrorInsight::default()),
        |api| api.details = Some(serde_json::Value::Null),
        |api| api.body = "x".to_owned(),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut other = api();
        change(&mut other);
        assert_ne!(other, api(), "{at}");
    }
    let mut other = api();
    other.rate_limit = Some(limit);
    assert_ne!(other, api());
}

#[test]
fn debug_of_an_error_response_shows_the_size_of_its_body_only() {
    let mut api = ApiError::new(StatusCode::CONFLICT, "taken\n");
    api.body = "personal".to_owned();
    let shown = format!("{api:?}");
    assert!(
        shown.starts_with("ApiError { status: 409, error: Conflict, message: taken "),
        "{shown}"
    );
    assert!(shown.contains("body: 8 bytes") && !shown.contains("personal"), "{shown}");
}

/// Each key of the analysis has a field; a value of another form and any other key are kept unchanged.
#[test]
fn an_insight_keeps_each_key() {
    let json = serde_json::json!({
        "missing_required_query_parameters": {"value": ["a"]},
        "missing_required_body_fields": {"value": ["b"], "description": "fields"},
        "conditionally_required_query_parameters": {"value": {"c": 1}},
        "conditionally_required_body_fields": {"value": {"d": 2}},
        "forbidden_error": {"value": {"missing_scopes": ["e"]}},
        "rate_limit_error": {"description": "slow"},
        "remote_error": {"value": "odd"},
        "unknown": {"value": 3},
    });
    let serde_json::Value::Object(json) = json else { panic!("an object") };
    let found = ErrorInsight::from_json(json.clone());
    assert_eq!(found.missing_required_query_parameters, ["a"]);
    assert_eq!(found.missing_required_body_fields, ["b"]);
    assert_eq!(found.conditionally_required_query_parameters["c"], 1);
    assert_eq!(found.conditionally_required_body_fields["d"], 2);
    assert_eq!(found.missing_scopes, ["e"]);
    assert_eq!(found.descriptions["missing_required_body_fields"], "fields");
    assert_eq!(found.descriptions["rate_limit_error"], "slow");
    let other: Vec<&str> = found.other.keys().map(String::as_str).collect();
    assert_eq!(other, ["remote_error", "unknown"]);
}

/// These two consist of a description only; an additional value is kept like an unknown key.
#[test]
fn an_insight_keeps_an_undocumented_value() {
    for (value, is_kept) in [
        (serde_json::json!({"description": "slow"}), false),
        (serde_json::json!({"description": "slow", "value": null}), false),
        (serde_json::json!({"description": "slow", "value": 5}), true),
        (serde_json::json!({}), true),
    ] {
        for key in ["rate_limit_error", "remote_error"] {
            let json = serde_json::Map::from_iter([(key.to_owned(), value.clone())]);
            let found = ErrorInsight::from_json(json);
            assert_eq!(found.other.contains_key(key), is_kept, "{key}: {value}");
        }
    }
}

/// The innermost cause is a part of the message, so the chain begins above it.
#[test]
fn the_error_chain_omits_the_cause_in_the_message() {
    let cause = || Cause::new(&Outer(std::io::Error::other("inner")));
    let transport =
        |source| Kind::Transport { what: "it was lost".to_owned(), status: None, source };
    let token = |source| Kind::Token { what: "no token", source };
    for (kind, expected) in [
        (Kind::Connect(cause()), Some("outer")),
        (Kind::Connect(Cause::new(&std::io::Error::other("inner"))), None),
        (transport(Some(cause())), Some("outer")),
        (transport(None), None),
        (token(Some(std::sync::Arc::new(Outer(std::io::Error::other("inner"))))), Some("outer")),
        (token(None), None),
        (Kind::Canceled, None),
    ] {
        let error = Error::new(kind);
        let source = error.source().map(ToString::to_string);
        assert_eq!(source.as_deref(), expected, "{error}");
    }
}
