use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A struct whose content serde buffers.
#[derive(Debug, Deserialize)]
pub(crate) struct Flattened<T> {
    #[serde(flatten)]
    pub(crate) inner: T,
}

#[derive(Deserialize)]
#[serde(tag = "kind")]
pub(crate) enum Tagged<T> {
    A(T),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Untagged<T> {
    A(T),
}

/// Reads an object with `"kind":"A"` through the types whose content serde buffers: flattened, tagged and
/// untagged ones, and a `serde_json::Value`.
pub(crate) fn in_containers<T: DeserializeOwned>(text: &str) -> [T; 4] {
    let flattened: Flattened<T> = serde_json::from_str(text).expect("flattened");
    let Tagged::A(tagged) = serde_json::from_str(text).expect("tagged");
    let Untagged::A(untagged) = serde_json::from_str(text).expect("untagged");
    let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    [flattened.inner, tagged, untagged, serde_json::from_value(value).expect("a value")]
}
