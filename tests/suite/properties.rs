//! Properties of every input: paths, queries, bodies.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Page, RemoteData, Request, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/parts/<part>", name = "part", response = Self)]
#[derive(Debug, Deserialize)]
pub struct Record {}

/// Values that all query decoders read in the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Query {
    text: String,
    number: i64,
    flag: bool,
    kind: Kind,
    #[serde(default)]
    list: Vec<String>,
    #[serde(default)]
    objects: Vec<Object>,
    #[serde(default)]
    map: BTreeMap<String, u32>,
    nested: Nested,
    absent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SigningGroup,
    UserGroup,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Object {
    a: String,
    b: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Nested {
    gt: Option<String>,
    inner: Object,
}

fn object() -> impl Strategy<Value = Object> {
    (any::<String>(), any::<u8>()).prop_map(|(a, b)| Object { a, b })
}

fn queries() -> impl Strategy<Value = Query> {
    let scalars = (any::<String>(), any::<i64>(), any::<bool>(), any::<bool>());
    let lists = (
        prop::collection::vec(any::<String>(), 0..4),
        prop::collection::vec(object(), 0..4),
        // The decoder takes digits alone for an index.
        prop::collection::btree_map("[a-zA-Z][a-zA-Z0-9 é&=+%]{0,4}", any::<u32>(), 0..4),
    );
    let nested = (prop::option::of(".+"), object());
    (scalars, lists, nested, prop::option::of(".+")).prop_map(
        |((text, number, flag, group), (list, objects, map), (gt, inner), absent)| Query {
            text,
            number,
            flag,
            kind: if group { Kind::SigningGroup } else { Kind::UserGroup },
            list,
            objects,
            map,
            nested: Nested { gt, inner },
            absent,
        },
    )
}

fn refusal<O: truto_core::Output>(request: &Request<O>) -> Option<String> {
    let curl = request.to_curl();
    curl.starts_with('#').then_some(curl)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// A standard URL parser reads an id back unchanged, or the id is refused.
    #[test]
    fn ids_survive_their_encoding_as_one_segment(id in any::<String>(), part in "(\\.|%2e|/|\\\\|[a-z?#]|\u{7f}){0,6}") {
        let request = Record::part(&id, &part);
        if let Some(refused) = refusal(&request) {
            prop_assert!(refused.contains("path argument"));
            let bad = |id: &str| matches!(id, "" | "." | "..") || id.chars().any(char::is_control);
            prop_assert!(bad(&id) || bad(&part), "{refused}");
            return Ok(());
        }
        let url = format!("https://api.truto.one{}?q", request.path());
        let parsed = reqwest::Url::parse(&url).expect("a URL");
        prop_assert_eq!(parsed.as_str(), &url);
        let segments: Vec<String> = parsed
            .path_segments()
            .expect("a path")
            .map(|segment| {
                let bytes = segment.bytes().collect::<Vec<_>>();
                String::from_utf8(decode(&bytes)).expect("UTF-8")
            })
            .collect();
        prop_assert_eq!(segments, ["unified", "m", "r", &id, "parts", &part]);
    }

    /// An independent decoder reads back what the serializer wrote.
    #[test]
    fn queries_survive_their_encoding(query in queries()) {
        let request = Record::part("1", "2").query(&query);
        prop_assert!(refusal(&request).is_none());
        let text = request.query_string();
        let config = serde_qs::Config::new().use_form_encoding(true).max_depth(8);
        let back: Query = config.deserialize_str(&text).map_err(|error| {
            TestCaseError::fail(format!("{error}: {text}"))
        })?;
        prop_assert_eq!(back, query);
    }

    /// No JSON, cut anywhere, makes decoding panic.
    #[test]
    fn no_response_body_causes_a_panic(text in "[\\[\\]{}\":,a-z0-9 ]{0,40}", cut in 0_usize..80) {
        let whole = r#"{"result":[{"id":"1"}],"next_cursor":"x","result_count":1}"#;
        let cut = &whole[..cut.min(whole.len())];
        for text in [text.as_str(), cut] {
            let _ = serde_json::from_str::<Page<RemoteData>>(text);
        }
    }
}

fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'%' {
            let hex = std::str::from_utf8(&text[at + 1..at + 3]).expect("ASCII");
            out.push(u8::from_str_radix(hex, 16).expect("hex"));
            at += 3;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

#[test]
fn all_output_types_implement_output() {
    fn output<T: truto_core::Output>() {}
    output::<Record>();
    output::<Deleted<Record>>();
    output::<Page<Record>>();
    output::<truto_core::WithDebug<Deleted<Record>>>();
    output::<truto_core::ByteStream>();
    output::<serde_json::Value>();
    output::<Vec<String>>();
}
