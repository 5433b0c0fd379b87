//! External text within our messages.

use std::fmt::{self, Write};

/// The maximum number of characters of a server's message that an error shows.
pub(crate) const MAX_MESSAGE: usize = 500;

/// Writes text on one line: control characters and those that change the direction of text become
/// spaces, and text longer than `max` characters is truncated and ends in `…`.
pub(crate) fn write_line(f: &mut fmt::Formatter<'_>, text: &str, max: usize) -> fmt::Result {
    for (at, character) in text.chars().enumerate() {
        if at == max {
            return f.write_char('…');
        }
        f.write_char(if is_harmless(character) { character } else { ' ' })?;
    }
    Ok(())
}

/// The same as a [`Display`](fmt::Display) value.
pub(crate) struct OneLine<'a>(pub(crate) &'a str, pub(crate) usize);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, self.0, self.1)
    }
}

/// Returns true if a character is visible: not a control, a line separator or a direction mark.
pub(crate) fn is_harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Cuts text at a character boundary.
pub(crate) fn truncate(text: &mut String, max: usize) {
    if text.len() > max {
        let cut = (0..=max).rev().find(|&at| text.is_char_boundary(at));
        text.truncate(cut.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_on_one_bounded_line() {
        let line = |text, max| OneLine(text, max).to_string();
        assert_eq!(line("a\r\nb\u{1b}[31m", 99), "a  b [31m");
        assert_eq!(line("user\u{202e}gpj.exe", 99), "user gpj.exe");
        assert_eq!(line("user\u{61c}1", 99), "user 1");
        assert_eq!(line("abcdef", 3), "abc…");
        assert_eq!(line("abc", 3), "abc");
    }
}
