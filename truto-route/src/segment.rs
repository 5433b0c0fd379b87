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
    /// `<name..>`: an argument of one or more segments, each encoded; only at the end of a path.
    Rest(&'a str),
}

/// Why a text is not a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SegmentError {
    /// The segment is empty.
    Empty,
    /// `.` or `..`, which would address another route.
    Dots,
    /// A character that a literal segment of this family cannot hold.
    Character(char),
    /// The name of a placeholder is empty or not letters, digits and `_`.
    Name,
    /// `<name..>` in a family that has no paths of unknown length.
    Rest,
}

impl<'a> Segment<'a> {
    /// Reads a segment by the rules of a family.
    ///
    /// # Errors
    ///
    /// If it is empty, `.` or `..`, holds a character that the family does not allow, or is a
    /// malformed placeholder.
    ///
    /// ```
    /// use truto_route::{Family, Segment, SegmentError};
    ///
    /// assert_eq!(Segment::parse("<id>", Family::Unified), Ok(Segment::Parameter("id")));
    /// assert_eq!(Segment::parse("v1.0", Family::Custom), Ok(Segment::Literal("v1.0")));
    /// assert_eq!(Segment::parse("v1.0", Family::Unified), Err(SegmentError::Character('.')));
    /// ```
    pub fn parse(text: &'a str, family: Family) -> Result<Self, SegmentError> {
        match text {
            "" => return Err(SegmentError::Empty),
            "." | ".." => return Err(SegmentError::Dots),
            _ => {}
        }
        if let Some(name) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
            let (name, is_rest) = match name.strip_suffix("..") {
                Some(name) => (name, true),
                None => (name, false),
            };
            return if !is_placeholder_name(name) {
                Err(SegmentError::Name)
            } else if !is_rest {
                Ok(Self::Parameter(name))
            } else if family.takes_rest() {
                Ok(Self::Rest(name))
            } else {
                Err(SegmentError::Rest)
            };
        }
        match text.chars().find(|&character| !family.takes_character(character)) {
            Some(character) => Err(SegmentError::Character(character)),
            None => Ok(Self::Literal(text)),
        }
    }

    /// The name of a placeholder; `None` for a literal segment.
    #[must_use]
    pub const fn name(self) -> Option<&'a str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) | Self::Rest(name) => Some(name),
        }
    }
}

/// Whether a placeholder can have this name: an ASCII letter, a digit or `_` throughout.
///
/// A declared endpoint asks for more, since the name is also that of an argument.
#[must_use]
pub fn is_placeholder_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Parameter(name) => write!(f, "<{name}>"),
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
            Self::Name => f.write_str("is a placeholder whose name is not letters, digits and `_`"),
            Self::Rest => {
                f.write_str("stands for several segments, which only `/proxy/` and `/custom/` have")
            }
        }
    }
}

impl std::error::Error for SegmentError {}
