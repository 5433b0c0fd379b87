use super::super::{InvalidSignature, sign};
use super::wire::PARTS;
use super::*;

const SECRET: &str = "6e17561c-a20c-44ce-b8b5-caff0bf786fe";

fn receive(content_type: &str, body: &str) -> Result<Event, InvalidEvent> {
    let mut headers = HeaderMap::new();
    let signature = sign(SECRET, body.as_bytes()).expect("a secret");
    headers.insert(SIGNATURE_HEADER, signature.parse().expect("a header"));
    headers.insert(header::CONTENT_TYPE, content_type.parse().expect("a header"));
    Event::receive(SECRET, &headers, body.as_bytes())
}

fn json(body: &str) -> Result<Event, InvalidEvent> {
    receive("application/json; charset=utf-8", body)
}

#[test]
fn unexpected_values_do_not_fail_an_event() {
    for (text, id) in [
        (r#"{"event":"a:b","id":{"x":1}}"#, Some(r#"{"x":1}"#)),
        (r#"{"event":"a:b","id":true,"webhook_id":[1]}"#, Some("true")),
        (r#"{"event":"a:b","id":1.10}"#, Some("1.10")),
        (r#"{"event":"a:b","id":"1","id":"2"}"#, Some("2")),
        (r#"{"event":"a:b","id":null,"environment_id":{}}"#, None),
        ("\u{feff}{\"event\":\"a:b\"}", None),
        (r#"{"event":"a:b","id":"cut \ud83d","payload":"\ud83d"}"#, Some("cut \u{fffd}")),
    ] {
        let event = json(text).expect(text);
        assert_eq!(event.id.as_deref(), id, "{text}");
    }
    assert_eq!(json(r#"{"event":"x:y","event":"a:b"}"#).expect("the last one").event, "a:b");
}

#[test]
fn an_event_round_trips_through_json() {
    let form = "--b\r\nContent-Disposition: form-data; name=f; filename=a.bin\r\n\r\n\u{0}\u{1}\r\n\
        --b\r\nContent-Disposition: form-data; name=e\r\n\r\n\
        {\"id\":7,\"event\":\"integrated_account:active\",\"payload\":{\"id\":\"a\",\"n\":1e999},\
        \"created_at\":\"soon\",\"odd\":[1],\"webhook_id\":\"w\",\"environment_id\":null}\r\n--b--";
    let event = receive("multipart/form-data; boundary=b", form).expect("an event");
    let text = serde_json::to_string(&event).expect("JSON");
    let back: Event = serde_json::from_str(&text).expect(&text);
    assert_eq!(back, event);
    assert_eq!(&*back.parts[0].body, b"\0\x01");
    assert_eq!(back.extra["odd"].get(), "[1]");
    assert_eq!(back.integrated_account_id(), Some("a"));
    // Only our own form has parts.
    let own = format!(r#"{{"event":"a:b","{PARTS}":[{{"body":"AAE="}}]}}"#);
    assert!(json(&own).expect("an event").parts.is_empty());
}

#[test]
fn a_file_part_is_never_the_event() {
    for disposition in
        ["filename=\"e.json\"", "filename*=UTF-8''e.json", "filename=\"..\"", "FileName=\"\""]
    {
        let form = format!(
            "--b\r\nContent-Disposition: form-data; name=f; {disposition}\r\n\r\n\
             {{\"event\":\"integrated_account:deleted\"}}\r\n\
             --b\r\nContent-Disposition: form-data; name=p\r\n\r\n{{\"event\":\"record:created\"}}\r\n--b--"
        );
        let event = receive("multipart/form-data; boundary=b", &form).expect("an event");
        assert_eq!(event.kind(), EventKind::Record, "{disposition}");
    }
}

#[test]
fn a_form_with_two_events_is_refused() {
    let part = |event: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=p\r\n\r\n{{\"event\":\"{event}\"}}\r\n"
        )
    };
    let [forged, event] = ["integrated_account:deleted", "record:created"].map(part);
    for form in [format!("{forged}{event}--b--"), format!("{event}{forged}--b--")] {
        let refused = receive("multipart/form-data; boundary=b", &form).expect_err(&form);
        assert!(refused.to_string().contains("two text parts of the form are events"), "{refused}");
    }
}

#[test]
fn an_unexpected_time_does_not_fail_an_event() {
    for (created, kept) in [("1725969600", Some("1725969600")), ("null", None)] {
        let body = format!(r#"{{"event":"record:created","created_at":{created}}}"#);
        let event = json(&body).expect("an event");
        assert_eq!(event.created.as_deref(), kept);
        let age = event.check_age(Duration::from_secs(300));
        assert_eq!(age, Err(InvalidEvent::Undated));
    }
}

#[test]
fn an_event_is_read() {
    let event = json(
        r#"{"id":"e-1","event":"integrated_account:created","payload":{"id":"7"},"environment_id":1,
            "created_at":"2023-06-16T09:21:21.000Z","webhook_id":"w","more":{}}"#,
    );
    let event = event.expect("an event");
    assert_eq!(event.kind(), EventKind::IntegratedAccount);
    assert_eq!((event.entity(), event.action()), ("integrated_account", "created"));
    assert_eq!(event.payload.as_ref().map(RemoteData::get), Some(r#"{"id":"7"}"#));
    assert_eq!(event.environment_id.as_ref().map(Id::as_ref), Some("1"));
    let age = event.check_age(Duration::from_secs(300));
    assert!(matches!(age, Err(InvalidEvent::Age(age)) if age > Duration::from_secs(86_400)));
}

#[test]
fn unknown_kinds_are_kept() {
    for (name, kind, action) in [
        ("record:updated", EventKind::Record, "updated"),
        ("sync_job_run:failed", EventKind::SyncJob, "failed"),
        ("mcp_server:a:b", EventKind::Other, "a:b"),
        ("ping", EventKind::Other, ""),
    ] {
        let event = json(&format!(r#"{{"event":"{name}"}}"#)).expect(name);
        assert_eq!((event.kind(), event.action()), (kind, action), "{name}");
        assert!(event.payload.is_none());
        assert_eq!(event.check_age(Duration::MAX), Err(InvalidEvent::Undated));
    }
}

#[test]
fn a_form_has_the_event_in_one_part() {
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n\
        --b\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{\"event\":\"record:created\"}\r\n--b--";
    let event = receive("multipart/form-data; boundary=b", form).expect("an event");
    assert_eq!(event.kind(), EventKind::Record);
    assert_eq!(event.parts.len(), 1);
    assert_eq!(event.parts[0].file_name.as_deref(), Some("a.txt"));
    let cut = receive("multipart/form-data; boundary=b", &form[..form.len() - 5]);
    assert_eq!(cut.err(), Some(InvalidEvent::Body("the form is truncated".to_owned())));
    let none = receive("multipart/form-data; boundary=b", "--b\r\n\r\nhello\r\n--b--");
    assert!(none.expect_err("no event").to_string().contains("no part of the form"));
}

#[test]
fn refuses_other_bodies_without_quoting_them() {
    let unsigned = Event::receive(SECRET, &HeaderMap::new(), b"{}");
    assert_eq!(unsigned.err(), Some(InvalidEvent::Unsigned));
    let mut headers = HeaderMap::new();
    let signature = sign("another", b"{}").expect("a secret");
    headers.insert(SIGNATURE_HEADER, signature.parse().expect("a header"));
    let other = Event::receive(SECRET, &headers, b"{}");
    let mismatch = InvalidEvent::Signature(InvalidSignature::Mismatch);
    assert_eq!(other.err(), Some(mismatch));
    for (body, why) in [
        ("", "it is not JSON, at line 1 column 0"),
        (r#"{"event":"#, "it is not JSON, at line 1 column 9"),
        (r#"{"event":["private"]}"#, "it is a JSON object without a string in `event`"),
        ("{}", "it is a JSON object without a string in `event`"),
        ("[]", "it is JSON, but not an object"),
        (r#"["e","record:created",null,null,null,null]"#, "it is JSON, but not an object"),
    ] {
        let error = json(body).expect_err(body).to_string();
        assert_eq!(error, format!("the body is not an event: {why}"));
    }
}

proptest::proptest! {
    #[test]
    fn any_signed_bytes_are_an_event_or_an_error(
        text in "(--b|\r\n|\r\n--b|--|[a-z:;=\"{}, ]|event|name){0,40}",
        is_form in proptest::prelude::any::<bool>(),
    ) {
        let content_type =
            if is_form { "multipart/form-data; boundary=b" } else { "application/json" };
        let _ = receive(content_type, &text);
    }
}
