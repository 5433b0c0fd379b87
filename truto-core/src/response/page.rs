use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::record::{PAGE, RecordSeed};
use super::remote_data::RemoteData;
use crate::json_text::repair;

/// One page of a list: the records, and the cursor of the next page.
///
/// The last page has no `next_cursor`; an empty page with a cursor is not the last one.
/// [`Request::items`](crate::Request::items) and [`Request::pages`](crate::Request::pages) follow
/// the cursors for you.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use truto_core::__doc::{User, sandbox};
/// # let (sandbox, account) = sandbox().await?;
/// let page = User::list().limit(2).send(&account).await?;
/// assert_eq!(page.result.len(), 2);
/// let cursor = page.next_cursor.expect("one more page");
/// let rest = User::list().next_cursor(cursor).send(&account).await?;
/// assert_eq!(rest.result[0].id, "c");
/// assert_eq!(rest.next_cursor, None);
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's page on pagination](https://truto.one/docs/api-reference/overview/pagination).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records of this page.
    pub result: Vec<T>,
    /// The cursor of the next page; `None` at the end. An empty one counts as none.
    pub next_cursor: Option<String>,
    /// The cursor of the previous page, if the response has one.
    pub prev_cursor: Option<String>,
    /// How many records this page has, if the response says so. It is not a total.
    pub result_count: Option<u64>,
    /// Whether the provider gave incomplete data.
    pub is_partial_response: Option<bool>,
}

/// One page of a list turned into a map by [`Request::key_by`](crate::Request::key_by).
///
/// Records with the same key replace each other on the server, so a page may hold fewer than it
/// listed.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use truto_core::__doc::{User, sandbox};
/// # let (sandbox, account) = sandbox().await?;
/// let page = User::list().key_by("id").send(&account).await?;
/// assert_eq!(page.result["b"].id, "b");
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's page on pagination](https://truto.one/docs/api-reference/overview/pagination).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct KeyedPage<T> {
    /// The records of this page by their key.
    pub result: BTreeMap<String, T>,
    /// The cursor of the next page; `None` at the end. An empty one counts as none.
    pub next_cursor: Option<String>,
    /// The cursor of the previous page, if the response has one.
    pub prev_cursor: Option<String>,
    /// How many records this page has, if the response says so. It is not a total.
    pub result_count: Option<u64>,
    /// Whether the provider gave incomplete data.
    pub is_partial_response: Option<bool>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let envelope: Envelope<List<T>> = read(deserializer)?;
        Ok(Self {
            result: envelope.result.0,
            next_cursor: envelope.next_cursor,
            prev_cursor: envelope.prev_cursor,
            result_count: envelope.result_count,
            is_partial_response: envelope.is_partial_response,
        })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for KeyedPage<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let envelope: Envelope<Keyed<T>> = read(deserializer)?;
        Ok(Self {
            result: envelope.result.0,
            next_cursor: envelope.next_cursor,
            prev_cursor: envelope.prev_cursor,
            result_count: envelope.result_count,
            is_partial_response: envelope.is_partial_response,
        })
    }
}

/// What both kinds of page are read from.
struct Envelope<R> {
    result: R,
    next_cursor: Option<String>,
    prev_cursor: Option<String>,
    result_count: Option<u64>,
    is_partial_response: Option<bool>,
}

/// A collection of records that a page can hold.
/// The records of a page, each of which is an object if it is a struct.
trait Records<'de>: Deserialize<'de> + Default {
    fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Self, A::Error>;
}

struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<List<T>, A::Error> {
        List::from_seq(seq)
    }
}

impl<'de, T: Deserialize<'de>> Records<'de> for List<T> {
    fn from_seq<A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = seq.next_element_seed(RecordSeed(PhantomData))? {
            records.push(record);
        }
        Ok(Self(records))
    }
}

struct Keyed<T>(BTreeMap<String, T>);

impl<T> Default for Keyed<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Keyed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeyedVisitor(PhantomData))
    }
}

struct KeyedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for KeyedVisitor<T> {
    type Value = Keyed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records keyed by a field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keyed<T>, A::Error> {
        let mut records = BTreeMap::new();
        while let Some(key) = map.next_key()? {
            records.insert(key, map.next_value_seed(RecordSeed(PhantomData))?);
        }
        Ok(Keyed(records))
    }
}

impl<'de, T: Deserialize<'de>> Records<'de> for Keyed<T> {
    fn from_seq<A: SeqAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(serde::de::Error::invalid_type(
            serde::de::Unexpected::Seq,
            &"a page keyed by a field",
        ))
    }
}

const FIELDS: &[&str] = &[
    "result",
    "results",
    "next_cursor",
    "prev_cursor",
    "result_count",
    "is_partial_response",
];

fn read<'de, R: Records<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Envelope<R>, D::Error> {
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

impl<'de, R: Records<'de>> Visitor<'de> for EnvelopeVisitor<R> {
    type Value = Envelope<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page with `result` and `next_cursor`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Envelope<R>, A::Error> {
        Ok(Envelope {
            result: R::from_seq(seq)?,
            next_cursor: None,
            prev_cursor: None,
            result_count: None,
            is_partial_response: None,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<R>, A::Error> {
        let mut result: Option<Option<R>> = None;
        let mut results: Option<Option<R>> = None;
        let (mut next_cursor, mut prev_cursor) = (None, None);
        let (mut result_count, mut is_partial_response) = (None, None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Result => {
                    if result.replace(map.next_value()?).is_some() {
                        return Err(serde::de::Error::duplicate_field("result"));
                    }
                }
                // Beside `result` it is a field like any other.
                Field::Results if result.is_none() => results = Some(map.next_value()?),
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
            Some(result) => Ok(Envelope {
                result: result.unwrap_or_default(),
                next_cursor,
                prev_cursor,
                result_count,
                is_partial_response,
            }),
            None => Err(serde::de::Error::missing_field("result")),
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

impl<T> Page<T> {
    /// A page of records without a further one, for tests.
    ///
    /// ```
    /// use truto_core::Page;
    ///
    /// let mut page = Page::new(vec![1, 2]);
    /// page.next_cursor = Some("more".to_owned());
    /// assert_eq!((&page).into_iter().sum::<i32>(), 3);
    /// ```
    #[must_use]
    pub fn new(result: Vec<T>) -> Self {
        Self {
            result,
            next_cursor: None,
            prev_cursor: None,
            result_count: None,
            is_partial_response: None,
        }
    }
}

impl<T> Page<T> {
    /// The records by reference.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.result.iter()
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<T> From<Vec<T>> for Page<T> {
    fn from(result: Vec<T>) -> Self {
        Self::new(result)
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.result.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.result.iter()
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
        assert_eq!(
            page(r#"{"result":[],"next_cursor":17}"#)
                .next_cursor
                .as_deref(),
            Some("17")
        );
        assert_eq!(page(r#"{"results":[1]}"#).result, [1]);
    }

    #[test]
    fn no_advice_fails_a_page() {
        let odd = page(
            r#"{"result":[1],"results":"x","result_count":"1","is_partial_response":"true",
                "prev_cursor":{},"next_cursor":12345678901234567890123}"#,
        );
        assert_eq!(
            (odd.result_count, odd.is_partial_response),
            (Some(1), Some(true))
        );
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
            assert!(
                serde_json::from_str::<Page<Record>>(text).is_err(),
                "{text}"
            );
            assert!(
                serde_json::from_str::<KeyedPage<Record>>(text).is_err(),
                "{text}"
            );
        }
        assert!(serde_json::from_str::<Page<Vec<u8>>>("[[1]]").is_ok());
    }

    #[test]
    fn a_page_without_records_is_an_error() {
        for text in [
            "{}",
            "null",
            "7",
            r#"{"result":7}"#,
            r#"{"result":[],"result":[]}"#,
        ] {
            assert!(serde_json::from_str::<Page<u64>>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<KeyedPage<u64>>("[1]").is_err());
    }

    #[test]
    fn keyed_pages() {
        let page: KeyedPage<u64> =
            serde_json::from_str(r#"{"result":{"a":1,"b":2},"next_cursor":"c"}"#).expect("a page");
        assert_eq!(
            page.result,
            BTreeMap::from([("a".into(), 1), ("b".into(), 2)])
        );
        assert_eq!(page.next_cursor.as_deref(), Some("c"));
    }
}
