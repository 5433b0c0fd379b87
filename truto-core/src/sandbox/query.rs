//! Reading a query, from its text alone: nothing is shared with the code that writes queries.

use percent_encoding::percent_decode_str;

fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(move |pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
}

pub(super) fn values(query: &str, name: &str) -> Vec<String> {
    pairs(query)
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value)
        .collect()
}

pub(super) fn value(query: &str, name: &str) -> Option<String> {
    pairs(query)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

pub(super) fn is_true(query: &str, name: &str) -> bool {
    value(query, name).as_deref() == Some("true")
}

/// The decoded segments of a path.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .skip(1)
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}
