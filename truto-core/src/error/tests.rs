use http::StatusCode;

use super::*;

#[test]
fn an_error_is_small_and_can_go_anywhere() {
    fn anywhere<T: StdError + Send + Sync + UnwindSafe + RefUnwindSafe + 'static>() {}
    anywhere::<Error>();
    assert!(size_of::<Result<(), Error>>() <= 16);
}

#[test]
fn an_error_can_be_made_of_each_kind() {
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
fn a_predicate_is_true_of_its_own_kind_only() {
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
fn an_error_of_a_token_has_the_status_and_the_wait_of_its_request() {
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
fn debug_is_one_line_that_begins_with_the_text() {
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
