//! An event as JSON: read from a delivery or from a queue, and written for a queue.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Event;
use crate::Id;
use crate::json::RawJson;
use crate::webhooks::account::account_id;

/// The key of the parts in a serialized event. A delivery in JSON has none.
pub(super) const PARTS: &str = "truto_form_parts";

pub(super) struct EventVisitor {
    /// True for an event that we serialized, which may have parts.
    pub(super) is_own: bool,
}

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let mut name = None;
        let mut event = Event::named(String::new());
        while let Some(key) = map.next_key::<String>()? {
            if key == PARTS {
                // Ignored in a delivery.
                if self.is_own {
                    event.parts = map.next_value()?;
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
                continue;
            }
            match &*key {
                "event" => name = Some(map.next_value()?),
                "id" => event.id = id(&map.next_value()?),
                "environment_id" => event.environment_id = id(&map.next_value()?),
                "webhook_id" => event.webhook_id = id(&map.next_value()?),
                "created_at" => event.created = id(&map.next_value()?).map(Into::into),
                "payload" => event.payload = map.next_value()?,
                _ => {
                    event.extra.insert(key, map.next_value()?);
                }
            }
        }
        event.event = name.ok_or_else(|| A::Error::missing_field("event"))?;
        // Computed once: the payload is kept as text, which each call would parse again.
        event.account_id = account_id(&event);
        Ok(event)
    }
}

/// A string, the digits of a number, or other JSON unchanged; `None` for null.
fn id(raw: &RawJson<'_>) -> Option<Id> {
    match (raw.as_text(), raw) {
        (Some(text), _) => Some(text.into()),
        (None, RawJson::Text(text)) => (text.trim() != "null").then(|| Id::from(text.trim())),
        (None, RawJson::Buffered(value)) => (!value.is_null()).then(|| value.to_string().into()),
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor { is_own: true })
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in [
            ("id", self.id.as_deref()),
            ("event", Some(&*self.event)),
            ("environment_id", self.environment_id.as_deref()),
            ("webhook_id", self.webhook_id.as_deref()),
            ("created_at", self.created.as_deref()),
        ] {
            if let Some(value) = value {
                map.serialize_entry(key, value)?;
            }
        }
        if let Some(payload) = &self.payload {
            map.serialize_entry("payload", payload)?;
        }
        for (key, value) in &self.extra {
            map.serialize_entry(key, value)?;
        }
        if !self.parts.is_empty() {
            map.serialize_entry(PARTS, &self.parts)?;
        }
        map.end()
    }
}
