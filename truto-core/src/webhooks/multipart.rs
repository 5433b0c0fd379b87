//! A delivery sent as a form, with files in addition to the event.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::response::{file_name, parameter, parameters};

/// The parameter that makes a part a file, or the beginning of its other forms.
const FILE_NAME: &str = "filename";

/// One part of a delivery that was sent as a form.
///
/// ```
/// # use http::header::CONTENT_TYPE;
/// # use truto_core::webhooks::{Event, SIGNATURE_HEADER, sign};
/// # let (secret, mut headers) = ("key", http::HeaderMap::new());
/// let body = b"--b\r\n\r\n{\"event\":\"record:created\"}\r\n\
///     --b\r\nContent-Disposition: form-data; name=f; filename=a.txt\r\n\r\nhello\r\n--b--";
/// # headers.insert(CONTENT_TYPE, "multipart/form-data; boundary=b".parse()?);
/// # headers.insert(SIGNATURE_HEADER, sign(secret, body)?.parse()?);
/// let event = Event::receive(secret, &headers, body)?;
/// assert_eq!(event.parts[0].file_name.as_deref(), Some("a.txt"));
/// assert_eq!(&*event.parts[0].body, b"hello");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Part {
    /// The name of the form's field.
    pub name: Option<String>,
    /// The name of the file, changed if it would be a path or a device on some systems.
    pub file_name: Option<String>,
    /// The content type.
    pub content_type: Option<String>,
    /// The bytes.
    #[serde(with = "base64_bytes")]
    pub body: Bytes,
    /// True if the part is a file, even one without a usable name.
    #[serde(default)]
    pub(super) is_file: bool,
}

/// The bytes of a part as base64.
mod base64_bytes {
    use std::borrow::Cow;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(inner: D) -> Result<Bytes, D::Error> {
        let text: Cow<'de, str> = Deserialize::deserialize(inner)?;
        STANDARD.decode(&*text).map(Into::into).map_err(D::Error::custom)
    }
}

/// Shows the length of the body, not its content, which is the customer's data.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

/// The boundary of a `multipart/form-data`; `None` for any other content type.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (media, _) = content_type.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    // RFC 2046 allows at most 70 characters.
    parameter(content_type, "boundary").filter(|boundary| (1..=70).contains(&boundary.len()))
}

/// The parts in order; `None` if the end is missing.
pub(super) fn parts(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
    // The first delimiter may begin the body, without a line before it.
    let mut rest = match body.strip_prefix(&delimiter[2..]).and_then(after_delimiter) {
        Some(rest) => rest,
        None => split_at_delimiter(body, &delimiter)?.1,
    };
    let mut parts = Vec::new();
    while let Delimited::Part(content) = rest {
        let (bytes, next) = split_at_delimiter(content, &delimiter)?;
        parts.push(part(bytes));
        rest = next;
    }
    Some(parts)
}

/// The rest of a form after a delimiter.
#[derive(Clone, Copy)]
enum Delimited<'a> {
    /// The next part, beginning with the line break of its delimiter.
    Part(&'a [u8]),
    /// The delimiter closed the form.
    End,
}

/// Splits at the next delimiter that fills its line: a boundary `B` does not end a part at `--Bar`.
fn split_at_delimiter<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], Delimited<'a>)> {
    let mut from = 0;
    loop {
        let at = from + find(bytes.get(from..)?, delimiter)?;
        if let Some(rest) = after_delimiter(&bytes[at + delimiter.len()..]) {
            return Some((&bytes[..at], rest));
        }
        from = at + 1;
    }
}

/// Reads the end of a delimiter, which must fill its line but for white space, or close the form.
fn after_delimiter(bytes: &[u8]) -> Option<Delimited<'_>> {
    if bytes.starts_with(b"--") {
        return Some(Delimited::End);
    }
    // RFC 2046 lets transports add white space after a delimiter.
    let padding = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let line = &bytes[padding..];
    line.starts_with(b"\r\n").then_some(Delimited::Part(line))
}

/// Reads a part, which begins with the line break of its delimiter.
fn part(bytes: &[u8]) -> Part {
    let (head, body) = match find(bytes, b"\r\n\r\n") {
        Some(0) => (&[][..], &bytes[4..]),
        Some(end) => (&bytes[2..end], &bytes[end + 4..]),
        // A part without an empty line has neither head nor body.
        None => (&[][..], bytes.strip_prefix(b"\r\n").unwrap_or(bytes)),
    };
    // RFC 2046 lets a header continue in a line that begins with white space.
    let head = String::from_utf8_lossy(head).replace("\r\n ", " ").replace("\r\n\t", " ");
    let field = |name: &str| {
        head.split("\r\n").find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let disposition = field("content-disposition").unwrap_or_default();
    Part {
        name: parameter(disposition, "name"),
        file_name: file_name(disposition.as_bytes()),
        is_file: names_file(disposition),
        content_type: field("content-type").map(str::to_owned),
        body: Bytes::copy_from_slice(body),
    }
}

/// Returns true for a file, even one without a usable name or with a name in pieces (`filename*0`,
/// RFC 2231).
fn names_file(disposition: &str) -> bool {
    parameters(disposition).into_iter().any(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default().trim();
        name.get(..FILE_NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(FILE_NAME))
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"preamble\r\n--x y\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\n{\"a\":1}\r\n\
        --x y\r\ncontent-type: image/png\r\nCONTENT-DISPOSITION: form-data; name=f; filename=\"a.png\"\r\n\r\n\
        \x00--x\r\n\r\n\r\n--x y--\r\nepilogue";

    #[test]
    fn reads_the_event_of_a_form() {
        let parts = parts(FORM, "x y").expect("a form");
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name.as_deref(), Some("event"));
        assert_eq!((&parts[0].file_name, &*parts[0].body), (&None, &b"{\"a\":1}"[..]));
        assert_eq!(parts[1].name.as_deref(), Some("f"));
        assert_eq!(parts[1].file_name.as_deref(), Some("a.png"));
        assert_eq!(parts[1].content_type.as_deref(), Some("image/png"));
        assert_eq!(&*parts[1].body, b"\x00--x\r\n\r\n");
        let shown = format!("{parts:?}");
        assert!(shown.contains("body: 7 bytes") && !shown.contains("a.png"), "{shown}");
    }

    /// A file that a customer uploaded must not be taken for the event.
    #[test]
    fn a_file_is_recognized_in_every_form_of_its_name() {
        for (disposition, expected) in [
            ("form-data; name=f", false),
            ("form-data; name=\"filename=a\"", false),
            ("form-data; name=f; filename=a.json", true),
            ("form-data; name=f; FileName=", true),
            ("form-data; name=f; filename", true),
            ("form-data; name=f; filename*=UTF-8''a", true),
            ("form-data; name=f; filename*0=a; filename*1=b", true),
            ("form-data; name=f;\r\n filename=a.json", true),
            ("form-data;\r\n\tname=f;\r\n\tfilename=a.json", true),
        ] {
            let form = format!("--x\r\nContent-Disposition: {disposition}\r\n\r\n{{}}\r\n--x--");
            let parts = parts(form.as_bytes(), "x").expect("a form");
            assert_eq!(parts[0].is_file, expected, "{disposition}");
        }
    }

    #[test]
    fn a_boundary_needs_a_line_of_its_own() {
        let form = b"--B\r\n\r\na\r\n--Bar\r\nb\r\n--B \t\r\n\r\nc\r\n--B--";
        let parts = parts(form, "B").expect("a form");
        let bodies: Vec<_> = parts.iter().map(|part| &*part.body).collect();
        assert_eq!(bodies, [&b"a\r\n--Bar\r\nb"[..], b"c"]);
    }

    #[test]
    fn rejects_truncated_forms() {
        let end = FORM.windows(7).position(|window| window == b"--x y--").expect("an end");
        for cut in 0..end + 6 {
            assert_eq!(parts(&FORM[..cut], "x y"), None, "{cut}");
        }
        assert_eq!(parts(b"--x--", "x"), Some(Vec::new()));
    }

    #[test]
    fn reads_the_boundary_of_a_content_type() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=a", Some("a")),
            ("Multipart/Form-Data; charset=x; Boundary=\"a b\"", Some("a b")),
            ("multipart/form-data; boundary=\"a;b\"", Some("a;b")),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data", None),
            ("multipart/mixed; boundary=a", None),
            ("application/json", None),
        ] {
            assert_eq!(boundary(content_type).as_deref(), expected, "{content_type}");
        }
    }
}
