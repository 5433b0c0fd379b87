//! Decodes pages: an envelope, or only the records.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::{KeyedPage, ListPage, Page};
use crate::json::{JsonKind, RawJson, repair};
use crate::response::record::{PAGE, RecordSeed};

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<Vec<T>, D>(deserializer, true).map(Into::into)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ListPage<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let envelope: PageEnvelope<Vec<T>> = read(deserializer, false)?;
        let bad_cursor = envelope.bad_cursor;
        Ok(Self { page: envelope.into(), bad_cursor })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for KeyedPage<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<BTreeMap<String, T>, D>(deserializer, true).map(Into::into)
    }
}

/// The fields of both kinds of page.
#[derive(Default)]
struct PageEnvelope<R> {
    result: R,
    next_cursor: Option<String>,
    /// The JSON type of a `next_cursor` that neither can be followed nor marks the end.
    bad_cursor: Option<JsonKind>,
    prev_cursor: Option<String>,
    result_count: Option<u64>,
    is_partial_response: Option<bool>,
}

macro_rules! from_envelope {
    ($($page:ident of $records:ty;)*) => {$(
        impl<T> From<PageEnvelope<$records>> for $page<T> {
            fn from(envelope: PageEnvelope<$records>) -> Self {
                Self {
                    result: envelope.result,
                    next_cursor: envelope.next_cursor,
                    prev_cursor: envelope.prev_cursor,
                    result_count: envelope.result_count,
                    is_partial_response: envelope.is_partial_response,
                }
            }
        }
    )*};
}

from_envelope! {
    Page of Vec<T>;
    KeyedPage of BTreeMap<String, T>;
}

/// The records of a page; a record that is a struct must be an object.
trait PageRecords<'de>: Default {
    const EXPECTED: &'static str;

    fn is_empty(&self) -> bool;

    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Self, A::Error>;

    fn from_map<A: MapAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &Self::EXPECTED))
    }
}

impl<'de, T: Deserialize<'de>> PageRecords<'de> for Vec<T> {
    const EXPECTED: &'static str = "a list of records";

    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        let mut records = Self::new();
        while let Some(record) = seq.next_element_seed(RecordSeed(PhantomData))? {
            records.push(record);
        }
        Ok(records)
    }
}

impl<'de, T: Deserialize<'de>> PageRecords<'de> for BTreeMap<String, T> {
    const EXPECTED: &'static str = "records keyed by a field";

    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    /// An empty list arrives as an array, since there are no records to key.
    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(Self::new()),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &Self::EXPECTED)),
        }
    }

    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut records = Self::new();
        while let Some(key) = map.next_key()? {
            records.insert(key, map.next_value_seed(RecordSeed(PhantomData))?);
        }
        Ok(records)
    }
}

/// Reads `result`; `None` if it is null.
struct RecordsVisitor<R>(PhantomData<R>);

impl<'de, R: PageRecords<'de>> DeserializeSeed<'de> for RecordsVisitor<R> {
    type Value = Option<R>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<R>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: PageRecords<'de>> Visitor<'de> for RecordsVisitor<R> {
    type Value = Option<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(R::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<R>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Option<R>, A::Error> {
        R::from_seq(seq).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<R>, A::Error> {
        R::from_map(map).map(Some)
    }
}

/// The keys of [`Field`]. An error may name only keys that a type declares, so `result` must be among them.
const FIELDS: &[&str] = &[
    "result",
    "results",
    "next_cursor",
    "prev_cursor",
    "result_count",
    "is_partial_response",
    "error",
    "statusCode",
];

fn read<'de, R: PageRecords<'de>, D: Deserializer<'de>>(
    deserializer: D,
    checks_cursor: bool,
) -> Result<PageEnvelope<R>, D::Error> {
    let visitor = EnvelopeVisitor { checks_cursor, records: PhantomData };
    deserializer.deserialize_struct(PAGE, FIELDS, visitor)
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Result,
    Results,
    NextCursor,
    PrevCursor,
    ResultCount,
    IsPartialResponse,
    Error,
    #[serde(rename = "statusCode")]
    StatusCode,
    #[serde(other)]
    Other,
}

struct EnvelopeVisitor<R> {
    /// Rejects a cursor that cannot be followed: a single page has no field for it, and the list would
    /// seem to end here.
    checks_cursor: bool,
    records: PhantomData<R>,
}

impl<'de, R: PageRecords<'de>> Visitor<'de> for EnvelopeVisitor<R> {
    type Value = PageEnvelope<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page with `result` and `next_cursor`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<PageEnvelope<R>, A::Error> {
        Ok(PageEnvelope { result: R::from_seq(seq)?, ..PageEnvelope::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PageEnvelope<R>, A::Error> {
        let mut page = PageEnvelope::<R>::default();
        // Outer `None`: the key is missing; inner: it is null.
        let mut result: Option<Option<R>> = None;
        let mut results: Option<RawJson<'de>> = None;
        let (mut is_error, mut is_error_status) = (false, false);
        let mut cursor = None;
        while let Some(field) = map.next_key()? {
            match field {
                Field::Result => {
                    let records = map.next_value_seed(RecordsVisitor(PhantomData))?;
                    if result.replace(records).is_some() {
                        return Err(A::Error::duplicate_field("result"));
                    }
                }
                // Next to a `result` with records, it is an ordinary key of any type.
                Field::Results => results = Some(map.next_value()?),
                Field::NextCursor => {
                    let seed = CursorSeed { is_checked: self.checks_cursor };
                    let found = map.next_value_seed(seed)?;
                    // A second value that marks the end would otherwise end the list silently.
                    if cursor.replace(found.clone()).is_some_and(|first| first != found) {
                        return Err(A::Error::duplicate_field("next_cursor"));
                    }
                }
                // Nothing follows this cursor, so an invalid one is ignored instead of being an error.
                Field::PrevCursor => page.prev_cursor = next_cursor(&map.next_value()?).0,
                // Both are hints: an unexpected value must not lose the records of the page.
                Field::ResultCount => page.result_count = parsed(&map.next_value()?),
                Field::IsPartialResponse => page.is_partial_response = parsed(&map.next_value()?),
                Field::Error => is_error |= is_error_text(&map.next_value()?),
                Field::StatusCode => {
                    let status: Option<u16> = parsed(&map.next_value()?);
                    is_error_status |= status.is_some_and(|status| status >= 400);
                }
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        (page.next_cursor, page.bad_cursor) = cursor.unwrap_or_default();
        let is_missing = result.is_none();
        let records = match (result.flatten(), results) {
            (Some(records), _) => Some(records),
            (None, Some(raw)) => records::<R, A::Error>(raw)?,
            (None, None) if is_missing => return Err(A::Error::missing_field("result")),
            (None, None) => None,
        };
        // With an error status, an empty list does not prove that there are no records.
        let is_failure = match &records {
            None => is_error || is_error_status,
            Some(records) => is_error_status && records.is_empty(),
        };
        if is_failure {
            let found = Unexpected::Other("an error body without records");
            return Err(A::Error::invalid_value(found, &R::EXPECTED));
        }
        page.result = records.unwrap_or_default();
        Ok(page)
    }
}

/// Reads `next_cursor`: the cursor, or the JSON type of one that cannot be followed.
struct CursorSeed {
    is_checked: bool,
}

impl<'de> DeserializeSeed<'de> for CursorSeed {
    type Value = (Option<String>, Option<JsonKind>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let (cursor, bad) = next_cursor(&RawJson::deserialize(deserializer)?);
        match bad {
            Some(kind) if self.is_checked => {
                Err(D::Error::invalid_type(kind.unexpected(), &"a string or a number"))
            }
            _ => Ok((cursor, bad)),
        }
    }
}

/// Decodes the records of `results`, which are buffered until it is known that there is no `result`.
fn records<'de, R: PageRecords<'de>, E: Error>(raw: RawJson<'de>) -> Result<Option<R>, E> {
    let seed = RecordsVisitor(PhantomData);
    let read = match raw {
        // Borrowed text keeps large numbers; owned text goes through `Value`, since the records may
        // borrow from the input, which a temporary cannot outlive.
        RawJson::Text(Cow::Borrowed(text)) => {
            seed.deserialize(&mut serde_json::Deserializer::from_str(text))
        }
        RawJson::Text(Cow::Owned(text)) => {
            serde_json::from_str::<serde_json::Value>(&repair(&text))
                .and_then(|value| seed.deserialize(value))
        }
        RawJson::Buffered(value) => seed.deserialize(value),
    };
    read.map_err(E::custom)
}

/// Returns the cursor, or the JSON type of one that cannot be followed.
///
/// Null, an empty string, `false`, zero and `{}` mark the last page. Any other string or number is
/// opaque and sent unchanged, even `-1`, `"null"` and `"undefined"`: a server that marks the end
/// with one of these returns it again, so the list ends with an error rather than silently.
fn next_cursor(raw: &RawJson<'_>) -> (Option<String>, Option<JsonKind>) {
    match raw.kind() {
        JsonKind::String => {
            (raw.as_text().map(Cow::into_owned).filter(|text| !text.is_empty()), None)
        }
        JsonKind::Number => {
            // Compares the value: `0`, `0.0` and `-0` are all offsets of the first page, which cannot be the
            // next one. Compares the digits, since `1e-400` would also be zero as `f64`.
            let is_zero = |text: &str| {
                let digits = text.split(['e', 'E']).next().unwrap_or_default();
                !digits.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
            };
            match raw.as_text() {
                Some(text) => (Some(text.into_owned()).filter(|text| !is_zero(text)), None),
                None => (None, Some(JsonKind::Number)),
            }
        }
        _ if is_end(raw) => (None, None),
        kind => (None, Some(kind)),
    }
}

/// Returns true if a cursor that is neither text nor a number marks the end.
fn is_end(raw: &RawJson<'_>) -> bool {
    match raw {
        RawJson::Text(text) => {
            let text: String = text.split_ascii_whitespace().collect();
            matches!(&*text, "null" | "false" | "{}")
        }
        RawJson::Buffered(value) => {
            value.is_null()
                || value.as_bool() == Some(false)
                || value.as_object().is_some_and(serde_json::Map::is_empty)
        }
    }
}

/// A number or a boolean, bare or in a string; `None` if it is neither.
fn parsed<T: std::str::FromStr>(raw: &RawJson<'_>) -> Option<T> {
    match raw {
        RawJson::Text(text) if raw.kind() == JsonKind::Boolean => text.trim_ascii().parse().ok(),
        RawJson::Buffered(serde_json::Value::Bool(flag)) => flag.to_string().parse().ok(),
        _ => raw.as_text()?.parse().ok(),
    }
}

/// Returns true if the key `error` of a body reports an error.
fn is_error_text(raw: &RawJson<'_>) -> bool {
    match raw.kind() {
        JsonKind::String => raw.as_text().is_some_and(|text| !text.is_empty()),
        _ => !is_end(raw),
    }
}

#[cfg(test)]
mod tests;
