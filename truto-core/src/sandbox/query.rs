//! Reading a query, from its text alone: nothing is shared with the code that writes queries.

use percent_encoding::percent_decode_str;

/// The decoded pairs. A `+` is a space, and an index in brackets is read like empty brackets, as the
/// official SDKs write them.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(move |pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (without_indices(&decode(name)), decode(value))
        })
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// `a[0][b]` as `a[][b]`.
fn without_indices(name: &str) -> String {
    let mut parts = name.split('[');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inner, rest) = part.split_once(']').unwrap_or((part, ""));
        let index = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
        out.push('[');
        out.push_str(if index { "" } else { inner });
        out.push(']');
        out.push_str(rest);
    }
    out
}

/// All values of a parameter, in order.
pub(super) fn values(query: &str, name: &str) -> Vec<String> {
    let name = without_indices(name);
    pairs(query)
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .collect()
}

/// The first value of a parameter.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    values(query, name).into_iter().next()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_both_sdks() {
        let query = "a%5B0%5D=x+y&a[1]=z&b[c]=%2B&d";
        assert_eq!(values(query, "a[]"), ["x y", "z"]);
        assert_eq!(values(query, "a[0]"), ["x y", "z"]);
        assert_eq!(value(query, "b[c]").as_deref(), Some("+"));
        assert_eq!(value(query, "d").as_deref(), Some(""));
    }
}
