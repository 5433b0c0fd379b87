//! The file name that a `Content-Disposition` header suggests.

use percent_encoding::percent_decode_str;

/// The file name in a `Content-Disposition`; the extended form (RFC 8187) takes precedence if it can be
/// read.
pub(crate) fn file_name(disposition: &[u8]) -> Option<String> {
    let disposition = text(disposition);
    let (mut plain, mut extended) = (None, None);
    for parameter in parameters(&disposition) {
        // A parameter without a value names no file.
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            name if name.eq_ignore_ascii_case("filename*") => {
                extended = extended.or_else(|| decoded(value));
            }
            name if name.eq_ignore_ascii_case("filename") => {
                plain = plain.or_else(|| Some(unquote(value)));
            }
            _ => {}
        }
    }
    extended.as_deref().and_then(safe_name).or_else(|| safe_name(&plain?))
}

/// The header as text: UTF-8, else ISO-8859-1, the former encoding of HTTP headers.
fn text(header: &[u8]) -> String {
    match std::str::from_utf8(header) {
        Ok(text) => text.to_owned(),
        Err(_) => header.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// `UTF-8''na%C3%AFve.txt`: a charset, a language, the percent-encoded name.
fn decoded(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    let bytes: Vec<u8> = percent_decode_str(encoded).collect();
    match charset.trim().to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        _ => None,
    }
}

/// The value of a parameter of a header such as `Content-Type`.
#[cfg(feature = "webhooks")]
pub(crate) fn parameter(header: &str, name: &str) -> Option<String> {
    parameters(header).into_iter().find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let is_named = key.trim().eq_ignore_ascii_case(name);
        is_named.then(|| unquote(value.trim()))
    })
}

/// The parameters after the disposition's type; a `;` within quotes is not a separator.
pub(crate) fn parameters(disposition: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    disposition
        .split(move |character| {
            let separates = character == ';' && !quoted;
            quoted ^= character == '"' && !escaped;
            escaped = quoted && character == '\\' && !escaped;
            separates
        })
        .skip(1)
        .collect()
}

/// The content of a quoted string. As in browsers, a backslash escapes only a quote or a backslash, since
/// some servers write a Windows path without escaping it.
fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut content = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = match character {
            '\\' => characters.next_if(|next| matches!(next, '"' | '\\')),
            _ => None,
        };
        content.push(escaped.unwrap_or(character));
    }
    content
}

/// The last component of a path, as a file name that is valid on every system, since programs create a file
/// of this name.
fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|&c| !c.is_control() && !is_unseen(c))
        // Windows allows none of these in a name; `:` selects a stream of a file there.
        .map(|c| if matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .collect();
    // Windows drops these at the end of a name, so the file would have another name.
    let name = name.trim().trim_end_matches(['.', ' ']);
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    match name {
        "" => None,
        _ if is_device(stem) => Some(format!("_{name}")),
        _ => Some(name.to_owned()),
    }
}

/// Characters that are invisible or change the direction of the text around them.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Returns true for a name that Windows reserves for a device, with any extension.
fn is_device(stem: &str) -> bool {
    let stem = stem.to_ascii_lowercase();
    let port = |name: &str| {
        let mut number = stem.strip_prefix(name).unwrap_or_default().chars();
        // Windows reads the superscripts of ISO-8859-1 as digits, too.
        let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³');
        number.next().is_some_and(is_digit) && number.next().is_none()
    };
    ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || port("com") || port("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_file_names_that_are_safe_everywhere() {
        for (disposition, expected) in [
            ("attachment; filename=\"a b.pdf\"", Some("a b.pdf")),
            ("attachment; filename=a.pdf", Some("a.pdf")),
            ("attachment; filename=\"a;b\\\"c.pdf\"; size=3", Some("a;b_c.pdf")),
            (
                "attachment; filename=\"x\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf",
                Some("résumé.pdf"),
            ),
            ("attachment; FileName=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\x\\\\y.pdf\"", Some("y.pdf")),
            ("attachment; filename=\"C:\\Users\\me\\report.pdf\"", Some("report.pdf")),
            ("attachment; filename=\"\\\\share\\new\\a.pdf\"", Some("a.pdf")),
            ("attachment; filename=\"a\\b\\\"c.pdf\"", Some("b_c.pdf")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"\"", None),
            ("attachment", None),
            ("inline; size=3", None),
            ("attachment; filename=a.pdf;", Some("a.pdf")),
            ("attachment; x; filename=a.pdf", Some("a.pdf")),
            ("attachment; filename=a.pdf; filename*=broken", Some("a.pdf")),
            ("attachment; filename=a.pdf; filename*=UTF-8''%FF", Some("a.pdf")),
            ("attachment; filename=a.pdf; filename*=KOI8-R''%C1", Some("a.pdf")),
            ("attachment; filename*=UTF-8''it's%20here.pdf", Some("it's here.pdf")),
            ("attachment; filename*=ISO-8859-1'en'%A3.txt", Some("£.txt")),
            ("attachment; filename=\"a\u{202e}fdp.exe\"", Some("afdp.exe")),
            ("attachment; filename=\"a.txt:stream\"", Some("a.txt_stream")),
            ("attachment; filename=\"CON.txt\"", Some("_CON.txt")),
            ("attachment; filename=\"com1\"", Some("_com1")),
            ("attachment; filename=\"LPT\u{b2}.txt\"", Some("_LPT\u{b2}.txt")),
            ("attachment; filename=\"com12\"", Some("com12")),
            ("attachment; filename=\"lpt9.tar.gz\"", Some("_lpt9.tar.gz")),
            ("attachment; filename=\"com\"", Some("com")),
            ("attachment; filename=\"com12\"", Some("com12")),
            ("attachment; filename=\"comx\"", Some("comx")),
            ("attachment; filename=\"a. . \"", Some("a")),
            ("attachment; filename=\"...\"", None),
        ] {
            let found = file_name(disposition.as_bytes());
            assert_eq!(found.as_deref(), expected, "{disposition}");
        }
        let latin = file_name(b"attachment; filename=\"r\xe9sum\xe9.pdf\"");
        assert_eq!(latin.as_deref(), Some("résumé.pdf"));
    }
}
