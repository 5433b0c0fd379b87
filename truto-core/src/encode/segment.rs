//! Encodes path arguments: each is one encoded segment, or is refused.

use std::fmt::{self, Display, Write};

use crate::encode::push_encoded;

/// The longest path argument, in bytes before encoding.
pub(crate) const MAX_BYTES: usize = 16 * 1024;

/// The reason why a path argument cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentError {
    Empty,
    Dots,
    Control,
    TooLong,
    Display,
}

impl Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty, which would address the whole collection",
            Self::Dots => "is `.` or `..`, which would address another route",
            Self::Control => "contains a control character",
            Self::TooLong => "is longer than 16 KiB",
            Self::Display => "could not be formatted: its `Display` returned an error",
        })
    }
}

/// Appends `value` to `out` as one percent-encoded path segment.
///
/// On an error, `out` may contain a part of the value; the caller discards it.
pub(crate) fn push_segment(out: &mut String, value: &dyn Display) -> Result<(), SegmentError> {
    let start = out.len();
    let mut segment = Segment { out, bytes: 0, error: None };
    // A refusal by `Segment` makes `write!` fail as well, so it is checked first.
    let written = write!(segment, "{value}");
    if let Some(error) = segment.error {
        return Err(error);
    }
    if written.is_err() {
        return Err(SegmentError::Display);
    }
    // Dots are unreserved, so a value of dots alone is unchanged in `out`.
    match &out[start..] {
        "" => Err(SegmentError::Empty),
        "." | ".." => Err(SegmentError::Dots),
        _ => Ok(()),
    }
}

/// Appends a path of one or more segments: slashes are kept, and each segment is encoded.
///
/// On an error, `out` may contain a part of the value; the caller discards it.
pub(crate) fn push_segments(out: &mut String, value: &dyn Display) -> Result<(), SegmentError> {
    let mut path = String::new();
    write!(path, "{value}").map_err(|_| SegmentError::Display)?;
    if path.len() > MAX_BYTES {
        return Err(SegmentError::TooLong);
    }
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        push_segment(out, &segment)?;
    }
    Ok(())
}

/// Encodes while a `Display` writes, so that no argument is copied first.
struct Segment<'a> {
    out: &'a mut String,
    bytes: usize,
    error: Option<SegmentError>,
}

impl Write for Segment<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > MAX_BYTES {
            self.error = Some(SegmentError::TooLong);
        } else if text.chars().any(char::is_control) {
            self.error = Some(SegmentError::Control);
        } else {
            push_encoded(self.out, text);
            return Ok(());
        }
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(value: &dyn Display) -> Result<String, SegmentError> {
        let mut out = String::new();
        push_segment(&mut out, value).map(|()| out)
    }

    #[test]
    fn encodes_each_value_as_one_segment() {
        for (value, expected) in [
            ("23423523", "23423523"),
            ("a/b c?d#é%2F", "a%2Fb%20c%3Fd%23%C3%A9%252F"),
            ("%2e%2e", "%252e%252e"),
            ("%2E", "%252E"),
            ("...", "..."),
            (".a", ".a"),
            ("a..", "a.."),
            (" ", "%20"),
            (
                "alt:ref:imported@frontapp.com_t:50603",
                "alt%3Aref%3Aimported%40frontapp.com_t%3A50603",
            ),
            ("\\..\\", "%5C..%5C"),
        ] {
            assert_eq!(segment(&value).as_deref(), Ok(expected), "{value}");
        }
        assert_eq!(segment(&42_u64).as_deref(), Ok("42"));
    }

    #[test]
    fn refuses_values_that_would_change_the_route() {
        for (value, error) in [
            ("", SegmentError::Empty),
            (".", SegmentError::Dots),
            ("..", SegmentError::Dots),
            ("\n", SegmentError::Control),
            ("a\tb", SegmentError::Control),
            ("a\u{0}", SegmentError::Control),
            ("\u{7f}", SegmentError::Control),
            ("\u{85}", SegmentError::Control),
        ] {
            assert_eq!(segment(&value), Err(error), "{value:?}");
        }
    }

    #[test]
    fn refuses_dots_that_display_writes_in_parts() {
        let dot = '.';
        assert_eq!(segment(&format_args!("{dot}{dot}")), Err(SegmentError::Dots));
    }

    #[test]
    fn the_length_limit_is_16_kib() {
        assert!(segment(&"x".repeat(16_384)).is_ok());
        assert_eq!(segment(&"x".repeat(16_385)), Err(SegmentError::TooLong));
    }

    #[test]
    fn a_failing_display_is_an_error() {
        struct Broken;
        impl Display for Broken {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        assert_eq!(segment(&Broken), Err(SegmentError::Display));
    }

    #[test]
    fn a_rest_path_has_the_length_limit_of_a_segment() {
        let path = |first: usize, second: usize| {
            let mut out = String::new();
            let value = format!("{}/{}", "a".repeat(first), "b".repeat(second));
            push_segments(&mut out, &value).map(|()| out == value)
        };
        assert_eq!(path(1, 1), Ok(true));
        assert_eq!(path(MAX_BYTES / 2, MAX_BYTES / 2 - 1), Ok(true));
        assert_eq!(path(MAX_BYTES / 2, MAX_BYTES / 2), Err(SegmentError::TooLong));
        assert_eq!(path(0, 1), Err(SegmentError::Empty));
    }

    #[test]
    fn each_segment_error_names_its_reason() {
        for (error, reason) in [
            (SegmentError::Empty, "is empty"),
            (SegmentError::Dots, "`..`"),
            (SegmentError::Control, "control character"),
            (SegmentError::TooLong, "16 KiB"),
            (SegmentError::Display, "its `Display` returned an error"),
        ] {
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
