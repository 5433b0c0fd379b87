//! How pages are decoded: an envelope, or the records alone.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::{KeyedPage, Page};
use crate::json_text::repair;
use crate::response::record::{PAGE, RecordSeed};
use crate::response::remote_data::RemoteData;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let envelope: PageEnvelope<Vec<T>> = read(deserializer)?;
        Ok(Self {
            result: envelope.result,
            next_cursor: envelope.next_cursor,
            prev_cursor: envelope.prev_cursor,
            result_count: envelope.result_count,
            is_partial_response: envelope.is_partial_response,
        })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for KeyedPage<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let envelope: PageEnvelope<BTreeMap<String, T>> = read(deserializer)?;
        Ok(Self {
            result: envelope.result,
            next_cursor: envelope.next_cursor,
            prev_cursor: envelope.prev_cursor,
            result_count: envelope.result_count,
            is_partial_response: envelope.is_partial_response,
        })
    }
}

/// What both kinds of page are read from.
struct PageEnvelope<R> {
    result: R,
    next_cursor: Option<String>,
    prev_cursor: Option<String>,
    result_count: Option<u64>,
    is_partial_response: Option<bool>,
}

/// The records of a page, each of which is an object if it is a struct.
trait PageRecords<'de>: Default {
    const EXPECTED: &'static str;

    fn from_seq<A: SeqAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(A::Error::invalid_type(Unexpected::Seq, &Self::EXPECTED))
    }

    fn from_map<A: MapAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(A::Error::invalid_type(Unexpected::Map, &Self::EXPECTED))
    }
}

impl<'de, T: Deserialize<'de>> PageRecords<'de> for Vec<T> {
    const EXPECTED: &'static str = "a list of records";

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

    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut records = Self::new();
        while let Some(key) = map.next_key()? {
            records.insert(key, map.next_value_seed(RecordSeed(PhantomData))?);
        }
        Ok(records)
    }
}

/// Reads `result`, which may be null.
struct RecordsVisitor<R>(PhantomData<R>);

impl<'de, R: PageRecords<'de>> DeserializeSeed<'de> for RecordsVisitor<R> {
    type Value = R;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<R, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: PageRecords<'de>> Visitor<'de> for RecordsVisitor<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(R::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<R, E> {
        Ok(R::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<R, A::Error> {
        R::from_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        R::from_map(map)
    }
}

const FIELDS: &[&str] =
    &["result", "results", "next_cursor", "prev_cursor", "result_count", "is_partial_response"];

fn read<'de, R: PageRecords<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<PageEnvelope<R>, D::Error> {
    deserializer.deserialize_struct(PAGE, FIELDS, EnvelopeVisitor(PhantomData))
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
    #[serde(other)]
    Other,
}

struct EnvelopeVisitor<R>(PhantomData<R>);

impl<'de, R: PageRecords<'de>> Visitor<'de> for EnvelopeVisitor<R> {
    type Value = PageEnvelope<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page with `result` and `next_cursor`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<PageEnvelope<R>, A::Error> {
        Ok(PageEnvelope {
            result: R::from_seq(seq)?,
            next_cursor: None,
            prev_cursor: None,
            result_count: None,
            is_partial_response: None,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PageEnvelope<R>, A::Error> {
        let (mut result, mut results) = (None, None);
        let records = || RecordsVisitor(PhantomData);
        let (mut next_cursor, mut prev_cursor) = (None, None);
        let (mut result_count, mut is_partial_response) = (None, None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Result => {
                    if result.replace(map.next_value_seed(records())?).is_some() {
                        return Err(A::Error::duplicate_field("result"));
                    }
                }
                // Beside `result` it is a field like any other.
                Field::Results if result.is_none() => {
                    results = Some(map.next_value_seed(records())?);
                }
                Field::NextCursor => next_cursor = map.next_value::<Advice>()?.cursor(),
                Field::PrevCursor => prev_cursor = map.next_value::<Advice>()?.cursor(),
                Field::ResultCount => result_count = map.next_value::<Advice>()?.parsed(),
                Field::IsPartialResponse => {
                    is_partial_response = map.next_value::<Advice>()?.parsed();
                }
                Field::Results | Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        match result.or(results) {
            Some(result) => Ok(PageEnvelope {
                result,
                next_cursor,
                prev_cursor,
                result_count,
                is_partial_response,
            }),
            None => Err(A::Error::missing_field("result")),
        }
    }
}

/// An envelope field of any kind: none of them may fail a page.
struct Advice(RemoteData);

impl<'de> Deserialize<'de> for Advice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RemoteData::deserialize(deserializer).map(Self)
    }
}

impl Advice {
    /// The text of a text, and of a number its digits.
    fn text(&self) -> Option<String> {
        let text = self.0.get();
        match text.as_bytes().first()? {
            b'"' => serde_json::from_str(&repair(text)).ok(),
            b'-' | b'0'..=b'9' => Some(text.to_owned()),
            _ => None,
        }
    }

    /// Null, empty, `false` and zero say that this is the last page.
    fn cursor(&self) -> Option<String> {
        let is_zero = self.0.get() == "0";
        self.text().filter(|text| !text.is_empty() && !is_zero)
    }

    /// A count or a flag, bare or as text; what is neither is not known.
    fn parsed<T: std::str::FromStr>(&self) -> Option<T> {
        let text = self.text().unwrap_or_else(|| self.0.get().to_owned());
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page<u64> {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn the_whole_envelope() {
        let page = page(
            r#"{"result":[1,2],"next_cursor":"n","prev_cursor":"p","result_count":2,
                "is_partial_response":false,"unknown":{"x":[]}}"#,
        );
        assert_eq!(page.result, [1, 2]);
        assert_eq!(page.next_cursor.as_deref(), Some("n"));
        assert_eq!(page.prev_cursor.as_deref(), Some("p"));
        assert_eq!(page.result_count, Some(2));
        assert_eq!(page.is_partial_response, Some(false));
    }

    #[test]
    fn null_missing_and_empty_cursors_end() {
        for text in [
            r#"{"result":[]}"#,
            r#"{"result":[],"next_cursor":null}"#,
            r#"{"next_cursor":"","result":[]}"#,
            r#"{"result":[],"next_cursor":false}"#,
            r#"{"result":[],"next_cursor":0}"#,
            r#"{"result":[],"next_cursor":{}}"#,
            r#"{"result":null}"#,
            "[]",
        ] {
            assert_eq!(page(text).next_cursor, None, "{text}");
        }
        assert_eq!(page(r#"{"result":[],"next_cursor":17}"#).next_cursor.as_deref(), Some("17"));
        assert_eq!(page(r#"{"results":[1]}"#).result, [1]);
    }

    #[test]
    fn no_advice_fails_a_page() {
        let odd = page(
            r#"{"result":[1],"results":"x","result_count":"1","is_partial_response":"true",
                "prev_cursor":{},"next_cursor":12345678901234567890123}"#,
        );
        assert_eq!((odd.result_count, odd.is_partial_response), (Some(1), Some(true)));
        assert_eq!(odd.prev_cursor, None);
        assert_eq!(odd.next_cursor.as_deref(), Some("12345678901234567890123"));
        let odd = page(r#"{"result":[1],"result_count":-1,"is_partial_response":7}"#);
        assert_eq!((odd.result_count, odd.is_partial_response), (None, None));
    }

    #[test]
    fn a_list_of_lists_is_not_a_list_of_records() {
        #[derive(Debug, Deserialize)]
        struct Record {
            _id: Option<u8>,
        }
        for text in [r#"{"result":[[1]]}"#, "[[1]]", r#"{"result":{"a":[1]}}"#] {
            assert!(serde_json::from_str::<Page<Record>>(text).is_err(), "{text}");
            assert!(serde_json::from_str::<KeyedPage<Record>>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Page<Vec<u8>>>("[[1]]").is_ok());
    }

    #[test]
    fn a_page_without_records_is_an_error() {
        for text in ["{}", "null", "7", r#"{"result":7}"#, r#"{"result":[],"result":[]}"#] {
            assert!(serde_json::from_str::<Page<u64>>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<KeyedPage<u64>>("[1]").is_err());
    }

    #[test]
    fn keyed_pages() {
        let page: KeyedPage<u64> =
            serde_json::from_str(r#"{"result":{"a":1,"b":2},"next_cursor":"c"}"#).expect("a page");
        assert_eq!(page.result, BTreeMap::from([("a".into(), 1), ("b".into(), 2)]));
        assert_eq!(page.next_cursor.as_deref(), Some("c"));
    }
}
