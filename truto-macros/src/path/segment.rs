//! One segment of a path: the intended segment, and the mistake in it.

use std::borrow::Cow;

use truto_route::{Family, Segment, SegmentError};

use super::placeholder::{self, Beside, decoded, identifier, is_name, is_unusable};

/// A segment that `truto-route` accepts, and the mistake in the written one.
pub(super) struct ReadSegment {
    pub(super) text: String,
    /// The message, and a note on the help.
    pub(super) wrong: Option<(String, Cow<'static, str>)>,
}

impl ReadSegment {
    fn good(text: &str) -> Self {
        Self { text: text.to_owned(), wrong: None }
    }

    fn wrong(text: String, message: String, note: impl Into<Cow<'static, str>>) -> Self {
        Self { text, wrong: Some((message, note.into())) }
    }
}

/// Reads a segment that is neither empty nor dots.
pub(super) fn read(segment: &str, family: Family, is_last: bool) -> ReadSegment {
    match Segment::parse(segment, family) {
        Ok(Segment::Literal(_)) => return ReadSegment::good(segment),
        Ok(Segment::Rest(name)) if !is_last => {
            let message = format!("placeholder `<{name}..>` is not the last segment");
            return ReadSegment::wrong(format!("<{}>", identifier(name)), message, "");
        }
        Ok(own) if own.name().is_some_and(is_name) => return ReadSegment::good(segment),
        _ => {}
    }
    // Percent escapes of brackets are a placeholder that went through an encoder.
    let decoded = decoded(segment);
    if placeholder::is_foreign(&decoded) {
        foreign(&decoded, segment, family, is_last)
    } else {
        literal(&decoded, segment, family)
    }
}

/// Repairs a placeholder in another notation, or an invalid one.
fn foreign(decoded: &str, segment: &str, family: Family, is_last: bool) -> ReadSegment {
    let own = decoded.split_once('<').and_then(|(before, rest)| {
        let (name, after) = rest.split_once('>')?;
        Some((before, name, after))
    });
    let is_rest = placeholder::is_rest(own.map_or(decoded, |(_, name, _)| name));
    let beside = placeholder::beside(decoded);
    let name = match beside {
        // The names of all of them.
        Beside::Placeholder => identifier(decoded),
        _ => placeholder::name(decoded),
    };
    let mut text = format!("<{name}>");
    let mut about_text = None;
    if is_rest && is_last && family.takes_rest() {
        text = format!("<{name}..>");
    } else if let Beside::Suffix(suffix) = beside {
        // `:verb` or `.json`, where the family has it.
        let probe = format!("<id>{suffix}");
        if matches!(Segment::parse(&probe, family), Ok(Segment::Suffixed(..))) {
            text.push_str(suffix);
        } else {
            about_text = Some(format!(
                ", without `{suffix}`: only routes under `/proxy/` and `/custom/` have text after a placeholder"
            ));
        }
    } else if beside != Beside::Nothing {
        about_text =
            Some(format!("; a placeholder is a whole segment, so `{segment}` is one argument"));
    }
    let (message, note) = match own {
        Some((before, inner, after)) if !before.is_empty() || !after.is_empty() => (
            format!("placeholder `<{inner}>` is only a part of segment `{segment}`"),
            "; a placeholder is a whole segment",
        ),
        Some((_, "", _)) => ("placeholder `<>` has no name".to_owned(), ""),
        Some((_, inner, _)) if is_rest => (
            format!("placeholder `<{inner}>` covers several segments"),
            if text.ends_with("..>") { "" } else { ", one placeholder for each segment" },
        ),
        Some((_, inner, _)) if inner.contains(':') => (
            format!("placeholder `<{inner}>` has a type"),
            "; an argument accepts any type that implements `Display`",
        ),
        Some((_, inner, _)) if is_unusable(inner) && !inner.contains(' ') => {
            (format!("placeholder `<{inner}>` cannot name an argument"), ", or use another name")
        }
        Some((_, inner, _)) => (format!("placeholder `<{inner}>` is not an identifier"), ""),
        None if decoded.contains('<') => {
            (format!("unclosed placeholder in segment `{segment}`"), "")
        }
        None if decoded.contains('>') => {
            (format!("unopened placeholder in segment `{segment}`"), "")
        }
        None => (format!("unsupported placeholder syntax `{segment}`"), ""),
    };
    match about_text {
        Some(about_text) => ReadSegment::wrong(text, message, about_text),
        None => ReadSegment::wrong(text, message, note),
    }
}

/// Repairs a literal segment with a character that its family does not allow.
fn literal(decoded: &str, segment: &str, family: Family) -> ReadSegment {
    let text = letters(decoded, family);
    if segment.contains('%') {
        let message = format!("percent escape in segment `{segment}`");
        return ReadSegment::wrong(text, message, "; values of placeholders are encoded for you");
    }
    let odd = match Segment::parse(segment, family) {
        Err(SegmentError::Character(odd)) => odd,
        _ => ' ',
    };
    let message = format!("character `{odd}` in segment `{segment}`");
    if let Some((resource, extension)) = decoded.rsplit_once('.') {
        if EXTENSIONS.contains(&extension) && !family.takes_character('.') {
            let note = format!(
                ", without `.{extension}`: only routes under `/proxy/` and `/custom/` have it"
            );
            return ReadSegment::wrong(letters(resource, family), message, note);
        }
    }
    let note = if family.takes_character('.') {
        ": a segment is made of ASCII letters, digits, `-`, `_`, `.` and `:`, or is a placeholder such as `<id>`"
    } else {
        ": a segment is made of ASCII letters, digits, `-` and `_`, or is a placeholder such as `<id>`"
    };
    ReadSegment::wrong(text, message, note)
}

/// Formats that providers append to a path.
const EXTENSIONS: [&str; 4] = ["json", "xml", "csv", "html"];

/// The ASCII letter of an accented one.
fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ę' => 'e',
        'ì'..='ï' => 'i',
        'ñ' | 'ń' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'š' | 'ś' => 's',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    }
}

/// The text with `-` in place of characters that the family does not allow.
pub(super) fn letters(text: &str, family: Family) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let c = without_accent(c);
        if family.takes_character(c) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_matches(['-', ':', '.']);
    // A segment must not be empty, and this word reads as an example.
    if out.is_empty() { "items".to_owned() } else { out.to_owned() }
}
