//! Foreign text, made harmless: for a terminal, a string literal, and a doc comment.

/// Returns whether a character is invisible or changes how the text around it is rendered.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    ) || c.is_control()
}

/// The text with its unseen characters written out, so that a terminal shows all of it.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_unseen(c) => shown.push_str(&format!("U+{:04X}", c as u32)),
            c => shown.push(c),
        }
    }
    shown
}

/// A number with its noun.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A Rust string literal.
pub(crate) fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if is_unseen(c) || c.is_whitespace() && c != ' ' => {
                literal.push_str(&format!("\\u{{{:x}}}", c as u32));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// The lines of a doc comment without `///`: one paragraph of plain text, at most `width` wide, unless a single
/// word is longer.
pub(crate) fn doc(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c == '\u{85}') {
        let word = escaped(word);
        if word.is_empty() {
            continue;
        }
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    for line in &mut lines {
        *line = without_marker(line);
    }
    lines
}

/// Escapes the characters of a word that have a meaning in Markdown.
fn escaped(word: &str) -> String {
    let mut escaped = String::with_capacity(word.len());
    let mut before = None;
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let alphanumeric = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            // An underscore between letters has no meaning.
            '_' if alphanumeric(before) && alphanumeric(next) => escaped.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~' | '|' | '&' | '!' | '$' => {
                escaped.extend(['\\', c]);
            }
            // `https://` alone would be a bare link.
            ':' if next == Some('/') => escaped.push_str("\\:"),
            c if is_unseen(c) => escaped.push_str(&format!("U+{:04X}", c as u32)),
            c => escaped.push(c),
        }
        before = Some(c);
    }
    escaped
}

/// Escapes a leading marker of a list, a heading or a rule.
fn without_marker(line: &str) -> String {
    if line.starts_with(['-', '+', '=', ':']) {
        return format!("\\{line}");
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line[digits..].chars().next() {
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &line[..digits], &line[digits..]),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_one_paragraph_of_text() {
        let cases = [
            ("```\nlet x;\n```", r"\`\`\` let x; \`\`\`"),
            ("    indented", "indented"),
            ("- a\t- b", r"\- a - b"),
            ("1. one", r"1\. one"),
            ("see [x](y) and `code`", r"see \[x\](y) and \`code\`"),
            ("https://a.example/b", r"https\://a.example/b"),
            ("<b>*/ end\\", r"\<b\>\*/ end\\"),
            ("snake_case _word_", r"snake_case \_word\_"),
            ("a\u{202e}b\u{7}", "aU+202EbU+0007"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(doc(text, 80).join("|"), expected, "{text:?}");
        }
        assert_eq!(doc("aaa bbb ccc", 7), ["aaa bbb", "ccc"]);
        assert_eq!(doc("aaa bbb 1) c", 7), ["aaa bbb", r"1\) c"]);
    }

    #[test]
    fn pluralizes_nouns_by_number() {
        for (number, text) in [(0, "0 more files"), (1, "1 more file"), (2, "2 more files")] {
            assert_eq!(counted(number, "more file"), text);
        }
    }

    #[test]
    fn escapes_text_in_literals() {
        assert_eq!(literal("a\"\\\n\u{202e}ä"), "\"a\\\"\\\\\\n\\u{202e}ä\"");
    }
}
