//! One segment of a path: what was meant, and what is wrong with it.

use super::Segment;

/// A segment, and what is wrong with it.
pub(super) struct SegmentRead {
    pub(super) meant: Meant,
    /// Message and help.
    pub(super) wrong: Option<(String, String)>,
}

/// What a segment was meant to be.
pub(super) enum Meant {
    Segment(Segment),
    /// It is one too many.
    Nothing,
    Unclear,
}

impl SegmentRead {
    fn good(segment: Segment) -> Self {
        Self { meant: Meant::Segment(segment), wrong: None }
    }

    fn wrong(meant: Meant, message: String, help: impl Into<String>) -> Self {
        Self { meant, wrong: Some((message, help.into())) }
    }

    /// A segment that is one too many.
    pub(super) fn nothing(message: &str, help: String) -> Self {
        Self::wrong(Meant::Nothing, message.to_owned(), help)
    }

    /// A placeholder in another form: `before` and `after` stand around its name in the help.
    fn parameter(name: &str, message: String, before: &str, after: &str) -> Self {
        let meant = Meant::Segment(Segment::Parameter(name.to_owned()));
        Self::wrong(meant, message, format!("{before} `<{name}>`{after}"))
    }
}

pub(super) fn parse(segment: &str) -> SegmentRead {
    if segment.is_empty() {
        return SegmentRead::nothing("empty segment `//` in the path", "remove one `/`".into());
    }
    if segment == "." || segment == ".." {
        let message = format!("segment `{segment}` would address another route");
        return SegmentRead::wrong(Meant::Unclear, message, "write the route out");
    }
    let braces = segment.strip_prefix('{').map(|inner| inner.strip_suffix('}').unwrap_or(inner));
    if let Some(inner) = braces.or_else(|| segment.strip_prefix(':')) {
        let message = format!("unsupported placeholder syntax `{segment}`");
        return SegmentRead::parameter(&suggestion(inner), message, "write it as", "");
    }
    match (segment.find('<'), segment.find('>')) {
        (None, None) => literal(segment),
        (Some(open), Some(close)) if open < close => {
            let name = &segment[open + 1..close];
            if open > 0 || close + 1 < segment.len() {
                let message =
                    format!("placeholder `<{name}>` is only a part of segment `{segment}`");
                let before = "a placeholder is a whole segment: write";
                return SegmentRead::parameter(&suggestion(name), message, before, "");
            }
            parameter(name)
        }
        (Some(_), _) => {
            let message = format!("unclosed placeholder in segment `{segment}`");
            SegmentRead::parameter(&suggestion(segment), message, "write it as", "")
        }
        (None, Some(_)) => {
            let message = format!("unopened placeholder in segment `{segment}`");
            SegmentRead::parameter(&suggestion(segment), message, "write it as", "")
        }
    }
}

fn literal(segment: &str) -> SegmentRead {
    let odd = segment.chars().find(|&c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    // The number of segments is clear anyway.
    let meant = Segment::Literal(segment.to_owned());
    match odd {
        None => SegmentRead::good(meant),
        Some('%') => SegmentRead::wrong(
            Meant::Segment(meant),
            format!("percent escape in segment `{segment}`"),
            "write plain letters, digits, `-` and `_`; values of placeholders are encoded for you",
        ),
        Some(other) => SegmentRead::wrong(
            Meant::Segment(meant),
            format!("character `{}` in segment `{segment}`", other.escape_default()),
            "a segment is made of ASCII letters, digits, `-` and `_`, or is a placeholder such as `<id>`",
        ),
    }
}

fn parameter(name: &str) -> SegmentRead {
    if name.is_empty() {
        let message = "placeholder `<>` has no name".to_owned();
        return SegmentRead::parameter("id", message, "write it as", "");
    }
    if let Some(word) = name.strip_suffix("..") {
        let message = format!("placeholder `<{name}>` stands for several segments");
        let after = ", one placeholder for each segment";
        return SegmentRead::parameter(&suggestion(word), message, "write", after);
    }
    if let Some((word, _)) = name.split_once(':') {
        let message = format!("placeholder `<{name}>` has a type");
        let after = "; every argument takes `impl Display`";
        return SegmentRead::parameter(&suggestion(word.trim()), message, "write", after);
    }
    if UNUSABLE.contains(&name) {
        let message = format!("placeholder `<{name}>` cannot name an argument");
        return SegmentRead::parameter("id", message, "write another name, for example", "");
    }
    if !is_name(name) {
        let message = format!("placeholder `<{name}>` is not an identifier");
        return SegmentRead::parameter(&suggestion(name), message, "write it as", "");
    }
    SegmentRead::good(Segment::Parameter(name.to_owned()))
}

/// Words that cannot be identifiers, not even raw ones.
const UNUSABLE: [&str; 5] = ["self", "Self", "super", "crate", "_"];

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !UNUSABLE.contains(&text)
}

/// A valid placeholder name that is near to what was written.
pub(super) fn suggestion(text: &str) -> String {
    let mut name = String::new();
    for c in text.trim_matches(['<', '>', '{', '}', ':', '.']).chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '_' };
        if !(c == '_' && name.ends_with('_')) {
            name.push(c);
        }
    }
    let name = name.trim_matches('_');
    if is_name(name) { name.to_owned() } else { "id".to_owned() }
}
