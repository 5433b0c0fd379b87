//! Keeps the token out of what servers send back.

use serde_json::Value;

pub(crate) const REDACTED: &str = "[redacted]";

/// Replaces the token in text that a server sent.
pub(crate) fn text(text: &mut String, token: &str) {
    if text.contains(token) {
        *text = text.replace(token, REDACTED);
    }
}

/// Replaces the token in every string and key of a JSON value that a server sent.
pub(crate) fn json(value: &mut Value, token: &str) {
    match value {
        Value::String(string) => text(string, token),
        Value::Array(items) => items.iter_mut().for_each(|item| json(item, token)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| json(field, token));
            if fields.keys().any(|key| key.contains(token)) {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(mut key, field)| {
                        text(&mut key, token);
                        (key, field)
                    })
                    .collect();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_replaced_everywhere() {
        let mut value = serde_json::json!({
            "a": ["Bearer s3cret", {"s3cret": "s3crets3cret"}],
            "n": 1,
        });
        json(&mut value, "s3cret");
        assert_eq!(
            value,
            serde_json::json!({
                "a": ["Bearer [redacted]", {"[redacted]": "[redacted][redacted]"}],
                "n": 1,
            })
        );
    }
}
