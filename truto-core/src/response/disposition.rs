//! The file name that a `Content-Disposition` header suggests.

use percent_encoding::percent_decode_str;

/// The file name in a `Content-Disposition`; the extended form (RFC 8187) wins.
pub(super) fn file_name(disposition: &str) -> Option<String> {
    let mut plain = None;
    for parameter in parameters(disposition) {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim();
        if name.trim().eq_ignore_ascii_case("filename*") {
            let (_, encoded) = value.rsplit_once('\'')?;
            return safe_name(&percent_decode_str(encoded).decode_utf8_lossy());
        }
        if name.trim().eq_ignore_ascii_case("filename") {
            plain = Some(unquote(value));
        }
    }
    safe_name(&plain?)
}

/// The parameters behind the disposition's type; a `;` within quotes separates nothing.
fn parameters(disposition: &str) -> Vec<&str> {
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

fn unquote(value: &str) -> String {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    let mut escaped = false;
    inner
        .chars()
        .filter(|&character| {
            escaped = character == '\\' && !escaped;
            !escaped
        })
        .collect()
}

/// The last component of a path, without what no file name can hold.
fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names() {
        for (disposition, expected) in [
            ("attachment; filename=\"a b.pdf\"", Some("a b.pdf")),
            ("attachment; filename=a.pdf", Some("a.pdf")),
            (
                "attachment; filename=\"a;b\\\"c.pdf\"; size=3",
                Some("a;b\"c.pdf"),
            ),
            (
                "attachment; filename=\"x\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf",
                Some("résumé.pdf"),
            ),
            ("attachment; FileName=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\x\\\\y.pdf\"", Some("y.pdf")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"\"", None),
            ("attachment", None),
            ("inline; size=3", None),
        ] {
            assert_eq!(file_name(disposition).as_deref(), expected, "{disposition}");
        }
    }
}
