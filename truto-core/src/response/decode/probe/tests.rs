use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::testing::{Flattened, Tagged};
use crate::{Id, OrRaw, Page, RemoteData};

#[derive(Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Own {
    #[serde(rename = "result")]
    result: u8,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Other {
    id: Option<Id>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Newtype(Box<Own>);

#[derive(Deserialize)]
#[allow(dead_code, reason = "only its shape matters")]
struct Flat<T> {
    more: Option<u8>,
    #[serde(flatten)]
    inner: T,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its shape matters")]
enum Untagged {
    A { result: Option<String>, id: Option<u8> },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "only its shape matters")]
enum Variants {
    Result(u8),
    Other,
}

type Anything = Flattened<BTreeMap<String, RemoteData>>;

#[test]
fn finds_named_keys_in_every_shape() {
    assert!(names_key::<Own>("result") && names_key::<Newtype>("result"));
    assert!(names_key::<Option<Own>>("result") && names_key::<Page<u8>>("result"));
    assert!(names_key::<Flat<Own>>("result"));
    assert!(names_key::<Untagged>("result") && names_key::<Variants>("result"));
    assert!(names_key::<OrRaw<Own>>("result") && names_key::<OrRaw<Flat<Own>>>("result"));
    assert!(!names_key::<Other>("result") && !names_key::<Flat<Other>>("result"));
    assert!(!names_key::<Vec<Own>>("result") && !names_key::<OrRaw<Other>>("result"));
    assert!(!names_key::<Value>("result") && !names_key::<RemoteData>("result"));
    assert!(!names_key::<BTreeMap<String, u8>>("result") && !names_key::<Anything>("result"));
    assert!(!names_key::<()>("result") && !names_key::<Option<u8>>("result"));
}

#[test]
fn finds_whether_keys_are_read() {
    assert!(reads_any::<Other>(&["x", "id"]) && !reads_any::<Other>(&["x"]));
    assert!(reads_any::<Flat<Other>>(&["id"]) && !reads_any::<Flat<Other>>(&["x"]));
    assert!(reads_any::<Flat<Other>>(&["more"]) && reads_any::<Tagged<Own>>(&["kind"]));
    assert!(reads_any::<Value>(&["x"]) && reads_any::<BTreeMap<String, Value>>(&["x"]));
    assert!(reads_any::<RemoteData>(&["x"]) && reads_any::<Anything>(&["x"]));
    assert!(reads_any::<OrRaw<Other>>(&["id"]) && !reads_any::<OrRaw<Other>>(&["x"]));
    assert!(!reads_any::<()>(&["x"]) && !reads_any::<Vec<u8>>(&["x"]));
}

#[test]
fn recognizes_unit_types() {
    #[derive(Deserialize)]
    struct Unit;
    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Wrapped(());
    assert!(unit::<()>().is_some() && unit::<Unit>().is_some());
    assert!(unit::<Wrapped>().is_none(), "a newtype is a value of its own");
    assert!(unit::<Option<u8>>().is_none() && unit::<Own>().is_none());
    assert!(unit::<Value>().is_none() && unit::<Flat<Other>>().is_none());
}
