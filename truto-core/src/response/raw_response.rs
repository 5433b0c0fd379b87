//! Decodes a successful response into a typed value, or explains why that fails.

use bytes::Bytes;
use http::header;

use super::body_error::cut_short;
use super::decode::{DecodeCause, Failure};
use super::head::ResponseHead;
use super::output::Output;
use super::stream::ByteStream;
use crate::Error;
use crate::error::text::truncate;
use crate::error::{Kind, MAX_EXCERPT, Redactor};

/// A successful response, not yet decoded.
#[derive(Debug)]
pub struct RawResponse {
    pub(crate) head: ResponseHead,
    pub(crate) body: RawBody,
    /// The response of a custom method, which may be wrapped in `{"result": …}`.
    pub(crate) may_be_wrapped: bool,
}

/// The body of a successful response.
#[derive(Debug)]
pub(crate) enum RawBody {
    Buffered(Bytes),
    Streaming(Box<ByteStream>),
}

impl RawResponse {
    pub(crate) fn new(head: ResponseHead, body: RawBody) -> Self {
        Self { head, body, may_be_wrapped: false }
    }

    /// A response that does not come from a call, for benchmarks and fuzzing.
    pub(crate) fn of_bytes(bytes: Bytes) -> Self {
        Self::new(ResponseHead::detached(), RawBody::Buffered(bytes))
    }

    /// The whole body.
    pub(super) fn bytes(&self) -> Result<&Bytes, Failure> {
        match &self.body {
            RawBody::Buffered(bytes) => Ok(bytes),
            RawBody::Streaming(_) => {
                Err(Failure::new(DecodeCause::Shape, "the response was requested as a stream"))
            }
        }
    }

    /// Takes the body out and leaves an empty one.
    pub(super) fn take_body(&mut self) -> RawBody {
        std::mem::replace(&mut self.body, RawBody::Buffered(Bytes::new()))
    }

    /// Decodes the body. Errors redact the secrets.
    pub(crate) fn decode<O: Output>(
        mut self,
        may_be_wrapped: bool,
        secrets: Redactor<'_>,
    ) -> Result<(O, ResponseHead), Error> {
        self.may_be_wrapped = may_be_wrapped;
        match O::from_response(&mut self) {
            Ok(output) => Ok((output, self.head)),
            Err(failure) => {
                let body = self.bytes().cloned().unwrap_or_default();
                Err(error(&self.head, failure, &body, secrets))
            }
        }
    }
}

fn error(head: &ResponseHead, failure: Failure, body: &[u8], secrets: Redactor<'_>) -> Error {
    if failure.cause == DecodeCause::Unfinished && head.is_unframed {
        // The server declared no length, so an end in mid-JSON is a lost connection.
        return head.error(cut_short(head.status, body.len() as u64, None, None));
    }
    let mut message = failure.message;
    if failure.cause != DecodeCause::Shape {
        message.push_str(&description(head, secrets));
    }
    head.error(Kind::Decode {
        message,
        status: Some(head.status),
        excerpt: excerpt(body, failure.at, secrets),
    })
}

/// Status, media type and coding of a body that is not the expected JSON.
fn description(head: &ResponseHead, secrets: Redactor<'_>) -> String {
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    // The message should fit one line of a log, and media types are shorter than this.
    let content_type = text(header::CONTENT_TYPE).filter(|media| media.len() < 128);
    let media = match content_type {
        Some(media) => {
            let (media, parameters) = media.split_once(';').unwrap_or((media, ""));
            let charset = parameters.split(';').find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                let value = value.trim().trim_matches('"');
                let is_news = name.trim().eq_ignore_ascii_case("charset")
                    && !value.eq_ignore_ascii_case("utf-8");
                is_news.then(|| format!(", charset {}", secrets.clean(value)))
            });
            format!("content type {}{}", secrets.clean(media.trim()), charset.unwrap_or_default())
        }
        None => "no content type".to_owned(),
    };
    let encoding = text(header::CONTENT_ENCODING).filter(|encoding| encoding.len() < 64);
    let encoding = encoding.map_or_else(String::new, |encoding| {
        format!(", content encoding {}", secrets.clean(encoding))
    });
    format!(" (status {}, {media}{encoding})", head.status.as_u16())
}

/// The part of the body around the failing place, a third of it before that place.
fn excerpt(body: &[u8], at: usize, secrets: Redactor<'_>) -> String {
    // Secrets are replaced in a wider piece first, so that the cut cannot leave half of one.
    const AROUND: usize = 4 * MAX_EXCERPT;
    let start = at.saturating_sub(AROUND.saturating_add(secrets.margin())).min(body.len());
    let end = at.saturating_add(AROUND).min(body.len());
    let clean = |piece: &[u8], cut: bool| {
        let text = String::from_utf8_lossy(piece);
        match (start, cut) {
            (0, false) => secrets.clean(&text),
            (0, true) => secrets.clean_cut(&text),
            (_, cut) => secrets.clean_middle(&text, cut),
        }
    };
    // The place moves with the secrets before it, so it is measured in redacted text.
    let before = clean(&body[start..at.clamp(start, end)], false);
    let wide = clean(&body[start..end], true);
    let from = before.len().saturating_sub(MAX_EXCERPT / 3).min(wide.len());
    let from = (from..=wide.len()).find(|&from| wide.is_char_boundary(from)).unwrap_or(0);
    let mut excerpt = wide[from..].to_owned();
    truncate(&mut excerpt, MAX_EXCERPT);
    excerpt
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn described(headers: &[(header::HeaderName, &str)]) -> String {
        let mut head = ResponseHead::detached();
        for (name, value) in headers {
            head.headers.insert(name, HeaderValue::from_str(value).expect("a header"));
        }
        description(&head, Redactor::new("token-of-a-test", ""))
    }

    #[test]
    fn decode_errors_describe_the_response() {
        let (media, coding) = (header::CONTENT_TYPE, header::CONTENT_ENCODING);
        let long = "a/".repeat(64);
        for (headers, expected) in [
            (&[][..], "no content type"),
            (&[(media.clone(), "text/plain")], "content type text/plain"),
            (&[(media.clone(), "text/plain; charset=UTF-8")], "content type text/plain"),
            (
                &[(media.clone(), "text/plain ;x=y; Charset=\"latin1\"")],
                "content type text/plain, charset latin1",
            ),
            (&[(media.clone(), "text/plain; x=latin1")], "content type text/plain"),
            (&[(media.clone(), &long[..127])], &format!("content type {}", &long[..127])),
            (&[(media.clone(), &long)], "no content type"),
            (&[(coding.clone(), "br")], "no content type, content encoding br"),
            (&[(coding.clone(), &long[..64])], "no content type"),
            (
                &[(coding, &long[..63])],
                &format!("no content type, content encoding {}", &long[..63]),
            ),
        ] {
            assert_eq!(described(headers), format!(" (status 200, {expected})"), "{headers:?}");
        }
        assert!(!described(&[(media, "a/token-of-a-test")]).contains("token-of-a-test"));
    }

    #[test]
    fn an_excerpt_begins_a_third_of_its_length_before_the_failure() {
        let secrets = || Redactor::new("token-of-a-test", "");
        let body: Vec<u8> =
            (0..10_000).map(|at| b'a' + u8::try_from(at % 26).expect("a letter")).collect();
        let text = String::from_utf8_lossy(&body).into_owned();
        let at = 5_000;
        let from = at - MAX_EXCERPT / 3;
        assert!(excerpt(&body, at, secrets()).starts_with(&text[from..from + 400]));
        assert!(excerpt(&body, at, secrets()).len() <= MAX_EXCERPT);
        assert!(excerpt(&body, 0, secrets()).starts_with(&text[..400]));
        assert_eq!(excerpt(b"abc", 3, secrets()), "abc");
        assert_eq!(excerpt(b"", 9, secrets()), "");
        let whole = excerpt(&body, usize::MAX, secrets());
        assert!(text.ends_with(&whole), "{whole}");
    }

    #[test]
    fn an_excerpt_redacts_a_secret_that_its_start_cuts() {
        let token: String = (0..2_100)
            .map(|at| char::from(b'a' + u8::try_from(at * 7 % 26).expect("a letter")))
            .collect();
        for (repeated, between) in
            [(1, ""), (1, " and 40 bytes of text before the failing place"), (3, "")]
        {
            let body = format!("{}{}{between}}}", " ".repeat(9_000), token.repeat(repeated));
            for at in body.len() - 400..=body.len() {
                let shown = excerpt(body.as_bytes(), at, Redactor::new(&token, ""));
                let end = &token[token.len() - 8..];
                assert!(!shown.contains(end) && !shown.contains(&token[..8]), "{at}: {shown}");
            }
        }
    }

    #[test]
    fn an_excerpt_is_full_although_secrets_in_it_are_replaced() {
        let token = "token-of-a-test".repeat(12);
        let body = format!("{}{}{}", "x".repeat(1_000), token.repeat(4), "y".repeat(2_000));
        let shown = excerpt(body.as_bytes(), 1_000, Redactor::new(&token, ""));
        let before = "x".repeat(MAX_EXCERPT / 3);
        let after = MAX_EXCERPT - before.len() - 4 * "[redacted]".len();
        assert_eq!(shown, format!("{before}{}{}", "[redacted]".repeat(4), "y".repeat(after)));
    }

    #[test]
    fn an_unframed_body_that_ends_early_is_a_lost_connection() {
        for (is_unframed, is_transport) in [(true, true), (false, false)] {
            let mut head = ResponseHead::detached();
            head.is_unframed = is_unframed;
            let response =
                RawResponse::new(head, RawBody::Buffered(Bytes::from_static(b"{\"a\":")));
            let decoded = response.decode::<serde_json::Value>(false, Redactor::new("token", ""));
            let error = decoded.expect_err("half a body");
            assert_eq!((error.is_transport(), error.is_decode()), (is_transport, !is_transport));
            assert_eq!(error.to_string().contains("(status 200, no content type)"), !is_transport);
        }
    }
}
