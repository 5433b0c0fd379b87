//! A verified delivery.

mod invalid;
mod wire;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use serde::de::Deserializer as _;

pub use self::invalid::InvalidEvent;
use self::wire::EventVisitor;
use super::account::AccountEvent;
use super::kind::EventKind;
use super::multipart::{self, Part};
use super::signature::{SIGNATURE_HEADER, verify};
use super::timestamp;
use crate::json::lenient;
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
///
/// An event implements `Serialize` and `Deserialize`, for a durable queue: a deserialized event equals
/// the serialized one, including its [`parts`](Self::parts) (whose bytes are base64).
///
/// Only `event` is required. An id or a time that is neither a string nor a number is kept as its JSON
/// text. If a key occurs twice, the last one is used, as in JavaScript.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The event's own id, the same in each delivery of it.
    pub id: Option<Id>,
    /// The event's name as `entity:action`, such as `integrated_account:created`.
    pub event: String,
    /// The resource that changed, usually in its current state. It is JSON text, parsed on demand.
    pub payload: Option<RemoteData>,
    /// The environment of the event.
    pub environment_id: Option<Id>,
    /// The webhook that it was delivered to.
    pub webhook_id: Option<Id>,
    /// The time of the event, as Truto writes it; see [`created_at`](Self::created_at).
    pub created: Option<String>,
    /// Other keys of the delivery.
    pub extra: BTreeMap<String, RemoteData>,
    /// The other parts of the delivery, if it is a form.
    pub parts: Vec<Part>,
    account_id: Option<Id>,
}

impl Event {
    /// Creates an event with this name and no payload, for tests of your handlers.
    ///
    /// ```
    /// use truto_core::webhooks::{Event, EventKind};
    ///
    /// assert_eq!(Event::named("record:created").kind(), EventKind::Record);
    /// ```
    #[must_use]
    pub fn named(event: impl Into<String>) -> Self {
        Self {
            id: None,
            event: event.into(),
            payload: None,
            environment_id: None,
            webhook_id: None,
            created: None,
            extra: BTreeMap::new(),
            parts: Vec::new(),
            account_id: None,
        }
    }

    /// Checks the signature of a delivery and reads its event.
    ///
    /// `body` is the unmodified body of the request. A delivery is JSON, or a form
    /// (`multipart/form-data`) with the event in one of its text parts; the others are in
    /// [`parts`](Self::parts). A form with two such parts is refused, since a customer may have written
    /// one of them.
    ///
    /// # Errors
    ///
    /// [`InvalidEvent`] if the delivery must not be processed: respond with 401 or 400.
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
        // Lossy: the signature has proven that the body is Truto's, and one bad byte must not lose the event.
        let text = String::from_utf8_lossy(body);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let read = |text: &str| {
            let mut json = serde_json::Deserializer::from_str(text);
            let event = json.deserialize_map(EventVisitor { is_own: false })?;
            json.end().map(|()| event)
        };
        lenient(text, read).map_err(|error| {
            // serde_json's message on a wrong type quotes the value.
            InvalidEvent::Body(if !error.is_data() {
                let (line, column) = (error.line(), error.column());
                format!("it is not JSON, at line {line} column {column}")
            } else if text.trim_start().starts_with('{') {
                "it is a JSON object without a string in `event`".to_owned()
            } else {
                "it is JSON, but not an object".to_owned()
            })
        })
    }

    fn of_form(body: &[u8], boundary: &str) -> Result<Self, InvalidEvent> {
        let cut = || InvalidEvent::Body("the form is truncated".to_owned());
        let mut parts = multipart::parts(body, boundary).ok_or_else(cut)?;
        // A file that a customer uploaded may look like an event.
        let fields = parts.iter().enumerate().filter(|(_, part)| !part.is_file);
        let mut events =
            fields.filter_map(|(at, part)| Some((at, Self::of_json(&part.body).ok()?)));
        let refused = |why: &str| InvalidEvent::Body(why.to_owned());
        let (at, event) =
            events.next().ok_or_else(|| refused("no part of the form is an event"))?;
        // A text that a customer wrote may look like one, too, and no rule identifies Truto's part.
        if events.next().is_some() {
            return Err(refused(
                "two text parts of the form are events, so the one that Truto sent cannot be identified",
            ));
        }
        drop(events);
        parts.remove(at);
        Ok(Self { parts, ..event })
    }

    /// The integrated account that the event is about or belongs to, if the delivery contains it.
    ///
    /// For an event of an account it is the `id` of the payload, otherwise the `integrated_account_id`
    /// of the payload or of the delivery.
    ///
    /// ```
    /// # use truto_core::webhooks::{Event, SIGNATURE_HEADER, sign};
    /// # let (secret, mut headers) = ("key", http::HeaderMap::new());
    /// let body = br#"{"event":"integrated_account:deleted","payload":{"id":"62f44730"}}"#;
    /// # headers.insert(SIGNATURE_HEADER, sign(secret, body)?.parse()?);
    /// let event = Event::receive(secret, &headers, body)?;
    /// assert_eq!(event.integrated_account_id(), Some("62f44730"));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn integrated_account_id(&self) -> Option<&str> {
        self.account_id.as_deref()
    }

    /// The event as an event of an integrated account; `None` for any other.
    ///
    /// ```
    /// # use truto_core::webhooks::{Event, SIGNATURE_HEADER, sign};
    /// # let (secret, mut headers) = ("key", http::HeaderMap::new());
    /// use truto_core::webhooks::AccountAction;
    ///
    /// let body = br#"{"event":"integrated_account:authentication_error",
    ///     "payload":{"id":"62f44730","status":"needs_reauth","last_error":"invalid_grant"}}"#;
    /// # headers.insert(SIGNATURE_HEADER, sign(secret, body)?.parse()?);
    /// let event = Event::receive(secret, &headers, body)?;
    /// let account = event.account_event().ok_or("an account's event")?;
    /// assert_eq!(account.action, AccountAction::AuthenticationError);
    /// assert_eq!(account.last_error.as_deref(), Some("invalid_grant"));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn account_event(&self) -> Option<AccountEvent> {
        (self.kind() == EventKind::IntegratedAccount).then(|| AccountEvent::of(self))
    }

    /// The kind of entity that the event is about.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        EventKind::of_entity(self.entity())
    }

    /// The event's entity as named by Truto: `integrated_account` in `integrated_account:created`.
    #[must_use]
    pub fn entity(&self) -> &str {
        self.event.split_once(':').map_or(&*self.event, |(entity, _)| entity)
    }

    /// The event's action: `created` in `integrated_account:created`; empty if there is none.
    #[must_use]
    pub fn action(&self) -> &str {
        self.event.split_once(':').map_or("", |(_, action)| action)
    }

    /// The time of the event; `None` if it is missing or invalid.
    ///
    /// Truto writes ISO 8601 (`2024-09-10T12:00:00.000Z`), `2024-09-10 12:00:00`, which is UTC, and
    /// `2024-09-10 12:00:00.123456+00`.
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

    /// Refuses an event older than `most`, such as a replayed one. Five minutes is a common choice.
    ///
    /// Truto's retries arrive within seconds. An event dated more than `most` in the future is refused
    /// as well; within that bound, clocks may differ.
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
        if age > most { Err(InvalidEvent::Age(age)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
