//! One segment of a path.

use std::fmt;

use crate::Family;

/// A segment of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Segment<'a> {
    /// Sent as written.
    Literal(&'a str),
    /// `<name>`: an argument, sent as one encoded segment.
    Parameter(&'a str),
    /// `<name>:verb` or `<name>.json`: an argument and the text after it, which begins with `.` or `:`.
    Suffixed(&'a str, &'a str),
    /// `<name..>`: an argument of one or more segments, each encoded; only at the end of a path.
    Rest(&'a str),
}

/// The reason why a text is not a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SegmentError {
    /// The segment is empty.
    Empty,
    /// `.` or `..`, which would address another route.
    Dots,
    /// A character that a literal segment of this family cannot contain.
    Character(char),
    /// The name of a placeholder is empty, or contains a character other than letters, digits and `_`.
    Name,
    /// `<name..>` in a family whose paths have a fixed number of segments.
    Rest,
    /// A placeholder that is only a part of its segment: anything but `<name>:verb` and `<name>.json`
    /// under `/proxy/` and `/custom/`.
    Part,
}

impl<'a> Segment<'a> {
    /// Reads a segment by the rules of a family.
    ///
    /// # Errors
    ///
    /// If it is empty, `.` or `..`, contains a character that the family does not allow, or is a
    /// malformed placeholder.
    ///
    /// ```
    /// use truto_route::{Family, Segment, SegmentError};
    ///
    /// assert_eq!(Segment::parse("<id>", Family::Unified), Ok(Segment::Parameter("id")));
    /// assert_eq!(Segment::parse("v1.0", Family::Custom), Ok(Segment::Literal("v1.0")));
    /// assert_eq!(Segment::parse("<id>.json", Family::Proxy), Ok(Segment::Suffixed("id", ".json")));
    /// assert_eq!(Segment::parse("v1.0", Family::Unified), Err(SegmentError::Character('.')));
    /// ```
    pub fn parse(text: &'a str, family: Family) -> Result<Self, SegmentError> {
        match text {
            "" => return Err(SegmentError::Empty),
            "." | ".." => return Err(SegmentError::Dots),
            _ => {}
        }
        if let Some((name, suffix)) = text.strip_prefix('<').and_then(|text| text.split_once('>')) {
            return Self::placeholder(name, suffix, family);
        }
        // `:id` is the placeholder of other frameworks.
        if text.starts_with(':') {
            return Err(SegmentError::Character(':'));
        }
        match foreign_character(text, family) {
            Some(character) => Err(SegmentError::Character(character)),
            None => Ok(Self::Literal(text)),
        }
    }

    fn placeholder(name: &'a str, suffix: &'a str, family: Family) -> Result<Self, SegmentError> {
        let (name, is_rest) = match name.strip_suffix("..") {
            Some(name) => (name, true),
            None => (name, false),
        };
        if !is_placeholder_name(name) {
            return Err(SegmentError::Name);
        }
        if is_rest && !family.takes_rest() {
            return Err(SegmentError::Rest);
        }
        let Some(first) = suffix.chars().next() else {
            return Ok(if is_rest { Self::Rest(name) } else { Self::Parameter(name) });
        };
        if is_rest || !matches!(first, '.' | ':') {
            return Err(SegmentError::Part);
        }
        match foreign_character(suffix, family) {
            // The family has no suffixes, so its character is not the mistake.
            Some('.' | ':') => Err(SegmentError::Part),
            Some(character) => Err(SegmentError::Character(character)),
            None => Ok(Self::Suffixed(name, suffix)),
        }
    }

    /// The name of a placeholder; `None` for a literal segment.
    #[must_use]
    pub const fn name(self) -> Option<&'a str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) | Self::Suffixed(name, _) | Self::Rest(name) => Some(name),
        }
    }
}

/// The first character that a literal segment of the family cannot contain.
fn foreign_character(text: &str, family: Family) -> Option<char> {
    text.chars().find(|&character| !family.takes_character(character))
}

/// True if a placeholder can have this name: one or more ASCII letters, digits and `_`.
///
/// A declared endpoint requires more, since the name is also that of an argument.
#[must_use]
pub fn is_placeholder_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Parameter(name) => write!(f, "<{name}>"),
            Self::Suffixed(name, suffix) => write!(f, "<{name}>{suffix}"),
            Self::Rest(name) => write!(f, "<{name}..>"),
        }
    }
}

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Dots => f.write_str("would address another route"),
            Self::Character(character) => {
                write!(f, "has the character `{}`", character.escape_default())
            }
            Self::Name => {
                f.write_str("is a placeholder whose name must consist of letters, digits and `_`")
            }
            Self::Rest => {
                f.write_str("covers several segments, which only `/proxy/` and `/custom/` allow")
            }
            Self::Part => f.write_str(
                "has text next to a placeholder; only `/proxy/` and `/custom/` allow \
                 `<id>:verb` and `<id>.json`",
            ),
        }
    }
}

impl std::error::Error for SegmentError {}
