use http::{HeaderMap, HeaderValue, header};

use crate::webhooks::{Event, SIGNATURE_HEADER, sign};

/// Any signed bytes are an event that survives a queue, or an error that quotes none of them.
///
/// # Panics
///
/// If they are neither.
pub fn webhook(data: &[u8]) {
    for content_type in ["application/json", "multipart/form-data; boundary=B"] {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        let signature = sign("secret", data).expect("a secret");
        headers.insert(SIGNATURE_HEADER, signature.parse().expect("a header"));
        match Event::receive("secret", &headers, data) {
            Ok(event) => {
                let text = serde_json::to_string(&event).expect("JSON");
                let back: Event = serde_json::from_str(&text).expect(&text);
                assert_eq!(back, event);
                let _ = (event.created_at(), event.account_event(), event.integrated_account_id());
            }
            Err(error) => assert!(error.to_string().len() < 128, "{error}"),
        }
    }
}
