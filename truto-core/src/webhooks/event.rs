//! What a delivery says, verified.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use serde::{Deserialize, Deserializer};

use super::multipart::{self, Part};
use super::signature::{InvalidSignature, SIGNATURE_HEADER, verify};
use super::timestamp;
use crate::{Id, RemoteData};

/// An event that Truto delivered.
///
/// ```
/// # use truto_core::webhooks::{Event, SIGNATURE_HEADER, sign};
/// # let (secret, mut headers) = ("key", http::HeaderMap::new());
/// let body = br#"{"id":"e-1","event":"record:updated","payload":{"id":7,"name":"Ada"}}"#;
/// # headers.insert(SIGNATURE_HEADER, sign(secret, body)?.parse()?);
/// let event = Event::receive(secret, &headers, body)?;
/// assert_eq!(event.id.as_deref(), Some("e-1"));
/// let payload = event.payload.ok_or("a payload")?.to_value()?;
/// assert_eq!(payload["name"], "Ada");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The event's own id, the same in each delivery of it.
    pub id: Option<Id>,
    /// What happened, as `entity:action`: `integrated_account:created`, say.
    pub event: String,
    /// What it happened to: in most cases the resource as it is now. JSON text, parsed when asked.
    pub payload: Option<RemoteData>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// The webhook that it was delivered to.
    pub webhook_id: Option<Id>,
    /// When it was made, as Truto writes it; see [`created_at`](Self::created_at).
    #[serde(rename = "created_at", default, deserialize_with = "text")]
    pub created: Option<String>,
    /// What came beside the event, where the delivery is a form.
    #[serde(skip)]
    pub parts: Vec<Part>,
}

/// A time of another kind costs no event: it is kept as its JSON.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value: Option<RemoteData> = Deserialize::deserialize(deserializer)?;
    Ok(value.map(|value| value.parse().unwrap_or_else(|_| value.get().to_owned())))
}

/// What an event is about. There are others; they are [`Other`](Self::Other).
///
/// ```
/// use truto_core::webhooks::{Event, EventKind};
///
/// fn topic(event: &Event) -> &str {
///     match event.kind() {
///         EventKind::IntegratedAccount => "accounts",
///         EventKind::Record => "records",
///         _ => event.entity(),
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// `record:*`: a record of a unified model changed at the provider.
    Record,
    /// `integrated_account:*`: an account was connected, changed or deleted, or must be connected anew.
    IntegratedAccount,
    /// `sync_job:*` and `sync_job_run:*`: a sync job began, ended or failed.
    SyncJob,
    /// Anything else; [`Event::entity`] says what.
    Other,
}

/// Why a delivery is not an event to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// There is no `X-Truto-Signature`.
    Unsigned,
    /// The signature is not that of this body.
    Signature(InvalidSignature),
    /// The body is signed, but not an event; the text says why.
    Body(String),
    /// The event does not say when it was made, or says it in a form that nobody can read.
    Undated,
    /// The event is older than was asked for, or lies as much in the future; by so much.
    Age(Duration),
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the header `X-Truto-Signature` is missing"),
            Self::Signature(error) => error.fmt(f),
            Self::Body(why) => write!(f, "the body is not an event: {why}"),
            Self::Undated => f.write_str("the event has no `created_at` that is a time"),
            Self::Age(age) => write!(f, "the event is {age:?} away from now: was it sent again?"),
        }
    }
}

impl std::error::Error for InvalidEvent {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Signature(error) => Some(error),
            _ => None,
        }
    }
}

impl Event {
    /// Checks the signature of a delivery and reads its event.
    ///
    /// `body` is the request's body as it came. A delivery is JSON, or a form (`multipart/form-data`) with
    /// the event in one of its parts; the others are in [`parts`](Self::parts).
    ///
    /// # Errors
    ///
    /// [`InvalidEvent`], nothing of which may be acted on: respond with 401 or 400.
    pub fn receive(
        secret: impl AsRef<[u8]>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Self, InvalidEvent> {
        let signature = headers.get(SIGNATURE_HEADER).ok_or(InvalidEvent::Unsigned)?;
        verify(secret, signature, body).map_err(InvalidEvent::Signature)?;
        let content_type = headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        match content_type.and_then(multipart::boundary) {
            Some(boundary) => Self::of_form(body, &boundary),
            None => Self::of_json(body),
        }
    }

    fn of_json(body: &[u8]) -> Result<Self, InvalidEvent> {
        serde_json::from_slice(body).map_err(|error| {
            // serde_json's own words on a wrong type quote the value.
            InvalidEvent::Body(match error.is_data() {
                true => "it is JSON, but without a text in `event`".to_owned(),
                false => {
                    format!("it is not JSON, at line {} column {}", error.line(), error.column())
                }
            })
        })
    }

    fn of_form(body: &[u8], boundary: &str) -> Result<Self, InvalidEvent> {
        let cut = || InvalidEvent::Body("the form has no end".to_owned());
        let mut parts = multipart::parts(body, boundary).ok_or_else(cut)?;
        let found = parts.iter().enumerate().find_map(|(at, part)| {
            let event = Self::of_json(&part.body).ok()?;
            Some((at, event))
        });
        let (at, event) = found
            .ok_or_else(|| InvalidEvent::Body("no part of the form is an event".to_owned()))?;
        parts.remove(at);
        Ok(Self { parts, ..event })
    }

    /// What the event is about.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self.entity() {
            "record" => EventKind::Record,
            "integrated_account" => EventKind::IntegratedAccount,
            "sync_job" | "sync_job_run" => EventKind::SyncJob,
            _ => EventKind::Other,
        }
    }

    /// What the event is about, in Truto's word: `integrated_account` of `integrated_account:created`.
    #[must_use]
    pub fn entity(&self) -> &str {
        self.event.split_once(':').map_or(&*self.event, |(entity, _)| entity)
    }

    /// What happened: `created` of `integrated_account:created`; empty if the event does not say.
    #[must_use]
    pub fn action(&self) -> &str {
        self.event.split_once(':').map_or("", |(_, action)| action)
    }

    /// When the event was made; `None` if it does not say, or in a form that nobody can read.
    ///
    /// Truto writes ISO 8601 (`2024-09-10T12:00:00.000Z`) and `2024-09-10 12:00:00`, which is UTC.
    ///
    /// ```
    /// # use truto_core::webhooks::{Event, SIGNATURE_HEADER, sign};
    /// # let (secret, mut headers) = ("key", http::HeaderMap::new());
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let body = br#"{"event":"record:updated","created_at":"2024-09-10 12:00:00"}"#;
    /// # headers.insert(SIGNATURE_HEADER, sign(secret, body)?.parse()?);
    /// let event = Event::receive(secret, &headers, body)?;
    /// assert_eq!(event.created_at(), Some(UNIX_EPOCH + Duration::from_secs(1_725_969_600)));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn created_at(&self) -> Option<SystemTime> {
        timestamp::parse(self.created.as_deref()?)
    }

    /// Refuses an event that is sent again long after it was made: five minutes are usual.
    ///
    /// Truto's retries come within seconds. A clock may be wrong by as much the other way, too.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use truto_core::webhooks::{Event, InvalidEvent, SIGNATURE_HEADER, sign};
    /// # let (secret, mut headers) = ("key", http::HeaderMap::new());
    /// let body = br#"{"event":"record:updated","created_at":"2024-09-10 12:00:00"}"#;
    /// # headers.insert(SIGNATURE_HEADER, sign(secret, body)?.parse()?);
    /// let event = Event::receive(secret, &headers, body)?;
    /// let age = event.check_age(Duration::from_secs(300));
    /// assert!(matches!(age, Err(InvalidEvent::Age(_))));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidEvent::Undated`] and [`InvalidEvent::Age`].
    pub fn check_age(&self, most: Duration) -> Result<(), InvalidEvent> {
        let created = self.created_at().ok_or(InvalidEvent::Undated)?;
        let age = match SystemTime::now().duration_since(created) {
            Ok(age) => age,
            Err(ahead) => ahead.duration(),
        };
        match age > most {
            true => Err(InvalidEvent::Age(age)),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sign;
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
    fn a_time_of_another_kind_costs_no_event() {
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
    fn kinds_are_open() {
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
        assert_eq!(cut.err(), Some(InvalidEvent::Body("the form has no end".to_owned())));
        let none = receive("multipart/form-data; boundary=b", "--b\r\n\r\nhello\r\n--b--");
        assert!(none.expect_err("no event").to_string().contains("no part of the form"));
    }

    #[test]
    fn what_is_not_an_event_of_truto_is_refused_without_its_values() {
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
            (r#"{"event":["private"]}"#, "it is JSON, but without a text in `event`"),
            ("[]", "it is JSON, but without a text in `event`"),
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
            let content_type = match is_form {
                true => "multipart/form-data; boundary=b",
                false => "application/json",
            };
            let _ = receive(content_type, &text);
        }
    }
}
