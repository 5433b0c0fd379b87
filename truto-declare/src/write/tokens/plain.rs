//! Reads the tokens of generated code without a tree of them.
//!
//! Most of a run over a long file would be spent on trees of tokens that are read once. Generated code has few
//! kinds of tokens; a text with any other is left to the tree.

/// The `use` and `mod` items of a text, and the rest in the form of `Canonical`; `None` if the text has
/// anything but words, plain strings, signs and line comments.
pub(super) fn read(text: &str) -> Option<(Vec<&str>, String)> {
    let mut reader = Reader { text, at: 0, items: Vec::new() };
    let mut rest = String::with_capacity(text.len());
    reader.level(None, &mut rest)?;
    Some((reader.items, rest))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    items: Vec<&'t str>,
}

enum Token<'t> {
    Word(&'t str),
    Text(&'t str),
    Doc { line: &'t str, inner: bool },
    Attribute { inner: bool },
    Open(u8),
    Close(u8),
    Sign(u8),
    End,
}

/// Doc comments and derives that the next token follows.
#[derive(Default)]
struct Pending {
    docs: String,
    derives: String,
    comma: bool,
}

impl Pending {
    fn write(&mut self, text: &mut String) {
        self.write_comma(text);
        for (name, pending) in [("doc", &mut self.docs), ("derive", &mut self.derives)] {
            if !pending.is_empty() {
                text.push_str(&format!("#{name} {pending}\n"));
                pending.clear();
            }
        }
    }

    fn write_comma(&mut self, text: &mut String) {
        if std::mem::take(&mut self.comma) {
            text.push_str(", ");
        }
    }
}

/// The position within an item of the file.
#[derive(Default)]
struct Item {
    begun: bool,
    attributed: bool,
    assigned: bool,
}

impl Item {
    /// Marks an item that has an attribute; an inner attribute of the file is an item by itself.
    fn attribute(&mut self, inner: bool) -> Option<()> {
        if self.begun || inner && self.attributed {
            return None;
        }
        self.attributed = !inner;
        Some(())
    }
}

impl<'t> Reader<'t> {
    /// Reads up to the closing delimiter, or to the end of the file.
    fn level(&mut self, close: Option<u8>, text: &mut String) -> Option<()> {
        let (mut pending, mut item) = (Pending::default(), Item::default());
        let is_file = close.is_none();
        loop {
            let before = self.at;
            match self.next()? {
                found @ (Token::End | Token::Close(_)) => {
                    // A comma before it is left out.
                    pending.comma = false;
                    pending.write(text);
                    let is_close = matches!(found, Token::Close(found) if Some(found) == close);
                    return (is_close || is_file && matches!(found, Token::End)).then_some(());
                }
                Token::Doc { line, inner } => {
                    pending.write_comma(text);
                    for word in line.split_whitespace() {
                        pending.docs.push_str(word);
                        pending.docs.push(' ');
                    }
                    if is_file {
                        item.attribute(inner)?;
                    }
                }
                Token::Attribute { inner } => {
                    self.attribute(inner, &mut pending, text)?;
                    if is_file {
                        item.attribute(inner)?;
                    }
                }
                Token::Word(word @ ("use" | "mod" | "pub")) if is_file && !item.begun => {
                    self.at = before;
                    if self.declaration()? {
                        if item.attributed {
                            return None;
                        }
                        continue;
                    }
                    self.next()?;
                    pending.write(text);
                    text.push_str(word);
                    text.push(' ');
                    item.begun = true;
                }
                Token::Word(word) | Token::Text(word) => {
                    pending.write(text);
                    text.push_str(word);
                    text.push(' ');
                    item.begun = true;
                }
                Token::Open(open) => {
                    pending.write(text);
                    self.group(open, text)?;
                    item.begun = true;
                    if open == b'{' && !item.assigned {
                        item = Item::default();
                    }
                }
                Token::Sign(b',') => {
                    pending.write(text);
                    pending.comma = true;
                    item.begun = true;
                }
                Token::Sign(sign) => {
                    // A comma before the end of generics is left out.
                    pending.comma &= sign != b'>';
                    pending.write(text);
                    text.push(char::from(sign));
                    text.push(' ');
                    item.begun = true;
                    item.assigned |= sign == b'=';
                    if sign == b';' {
                        item = Item::default();
                    }
                }
            }
        }
    }

    fn group(&mut self, open: u8, text: &mut String) -> Option<()> {
        let (close, around) = match open {
            b'(' => (b')', ["( ", ") "]),
            b'{' => (b'}', ["{ ", "} "]),
            _ => (b']', ["[ ", "] "]),
        };
        text.push_str(around[0]);
        self.level(Some(close), text)?;
        text.push_str(around[1]);
        Some(())
    }

    /// Reads an attribute from its bracket on.
    fn attribute(&mut self, inner: bool, pending: &mut Pending, text: &mut String) -> Option<()> {
        let content = &self.text[self.at + 1..];
        // `#[doc = …]` has the meaning of a doc comment.
        if content.starts_with("doc") || !content.bytes().next().is_some_and(is_word) {
            return None;
        }
        if content.starts_with("derive") {
            if inner || !content.starts_with("derive(") {
                return None;
            }
            pending.write_comma(text);
            self.at += "[derive(".len();
            self.level(Some(b')'), &mut pending.derives)?;
            pending.derives.push_str(", ");
            return matches!(self.next()?, Token::Close(b']')).then_some(());
        }
        pending.write(text);
        text.push_str(if inner { "# ! " } else { "# " });
        self.at += 1;
        self.group(b'[', text)
    }

    /// Reads a `use` or `mod` item without attributes; `false` if another item begins here.
    fn declaration(&mut self) -> Option<bool> {
        self.skip()?;
        let rest = &self.text[self.at..];
        let inner = rest.strip_prefix("pub ").unwrap_or(rest);
        // Between `pub` and the next word there may be more than a space.
        let is_pub = inner.len() < rest.len();
        if !is_pub && rest.starts_with("pub")
            || is_pub && (inner.starts_with("pub") || !inner.bytes().next().is_some_and(is_word))
        {
            return None;
        }
        if !inner.starts_with("use ") && !inner.starts_with("mod ") {
            // `use` and `mod` before another sign than a space are left to the tree.
            return (!inner.starts_with("use") && !inner.starts_with("mod")).then_some(false);
        }
        let (item, _) = rest.split_once(';')?;
        let is_mod = inner.starts_with("mod ");
        let is_plain = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || b"_ \n".contains(&byte)
                || !is_mod && b":{},*".contains(&byte)
        };
        if !item.bytes().all(is_plain) {
            return None;
        }
        self.items.push(&rest[..=item.len()]);
        self.at += item.len() + 1;
        Some(true)
    }

    /// Skips spaces and comments.
    fn skip(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        loop {
            match &bytes[self.at..] {
                [b' ' | b'\n' | b'\t', ..] => self.at += 1,
                [b'/', b'/', b'/', b'/', ..] => self.at = self.end_of_line(),
                [b'/', b'/', b'/' | b'!', ..] => return Some(()),
                [b'/', b'/', ..] => self.at = self.end_of_line(),
                [b'/', ..] => return None,
                _ => return Some(()),
            }
        }
    }

    fn end_of_line(&self) -> usize {
        self.text[self.at..].find('\n').map_or(self.text.len(), |at| self.at + at)
    }

    /// The next token; `None` if it is not plain.
    fn next(&mut self) -> Option<Token<'t>> {
        self.skip()?;
        let start = self.at;
        let Some(&first) = self.text.as_bytes().get(start) else { return Some(Token::End) };
        let after = &self.text.as_bytes()[start + 1..];
        self.at += 1;
        Some(match first {
            b'/' => {
                self.at = self.end_of_line();
                let inner = after.get(1) == Some(&b'!');
                Token::Doc { line: &self.text[start + 3..self.at], inner }
            }
            b'#' if after.first() == Some(&b'[') => Token::Attribute { inner: false },
            b'#' if after.starts_with(b"![") => {
                self.at += 1;
                Token::Attribute { inner: true }
            }
            b'(' | b'{' | b'[' => Token::Open(first),
            b')' | b'}' | b']' => Token::Close(first),
            b'"' => {
                self.at = start + 1 + string_length(after)?;
                if self.text.as_bytes().get(self.at).is_some_and(|byte| is_word(*byte)) {
                    // A suffix belongs to the literal.
                    return None;
                }
                Token::Text(&self.text[start..self.at])
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let is_own = |byte: &&u8| is_word(**byte) && byte.is_ascii();
                let length = after.iter().take_while(is_own).count();
                self.at += length;
                // Another kind of literal, a raw word, or a character that may be a space.
                if matches!(after.get(length), Some(b'"' | b'\'' | b'#' | 0x80..)) {
                    return None;
                }
                Token::Word(&self.text[start..self.at])
            }
            _ if b"!&*+-.:;,<=>?@^|".contains(&first) => Token::Sign(first),
            _ => return None,
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of a string after its first quote, up to and with the last one.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' if matches!(bytes.get(at + 1)?, b'"' | b'\\' | b'n' | b't') => at += 2,
            b'\\' => return None,
            _ => at += 1,
        }
    }
}
