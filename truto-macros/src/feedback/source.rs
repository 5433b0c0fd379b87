//! Attributes as text that can be edited.

use std::fmt;

use proc_macro2::{TokenStream, TokenTree};

use crate::dialect::Dialect;

/// The attributes above an item.
pub(super) struct Stack {
    pub(super) attributes: Vec<Declaration>,
    pub(super) item: String,
}

/// One attribute: its arguments, each as tokens in text form.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) dialect: Dialect,
    pub(super) arguments: Vec<String>,
}

impl Declaration {
    pub(super) fn args(&self) -> String {
        self.arguments.join(", ")
    }

    /// The key of an argument, or of what was to be one.
    fn key(argument: &str) -> &str {
        let end = argument.find(|c: char| !c.is_alphanumeric() && c != '_');
        &argument[..end.unwrap_or(argument.len())]
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.arguments.iter().any(|argument| Self::key(argument) == key)
    }

    /// Writes the value of a key, in the place of the first argument with this key.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        let text = format!("{key} = {value}");
        match self.arguments.iter_mut().find(|argument| Self::key(argument) == key) {
            Some(argument) => *argument = text,
            None => self.arguments.push(text),
        }
    }

    /// Removes the last argument with this key.
    pub(super) fn remove(&mut self, key: &str) -> bool {
        let last = self.arguments.iter().rposition(|argument| Self::key(argument) == key);
        last.map(|at| self.arguments.remove(at)).is_some()
    }

    /// Removes the arguments whose key part contains a word.
    pub(super) fn remove_word(&mut self, word: &str) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        self.arguments.retain(|argument| {
            let head = argument.split('=').next().unwrap_or_default();
            !head.split(|c| !is_word(c)).any(|own| own == word)
        });
    }

    /// Removes what precedes the first key: `@`, `let`, `#[…]`.
    pub(super) fn remove_prefix(&mut self) {
        for argument in &mut self.arguments {
            let head = argument.split('=').next().unwrap_or_default();
            let keys = head.rsplit(|c: char| !c.is_alphanumeric() && c != '_');
            if let Some(key) = keys.into_iter().find(|key| !key.is_empty()) {
                let at = head.rfind(key).unwrap_or_default();
                *argument = argument[at..].to_owned();
            }
        }
    }

    /// Renames the key of an argument.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        for argument in &mut self.arguments {
            if Self::key(argument) == from {
                *argument = format!("{to}{}", &argument[from.len()..]);
            }
        }
    }

    /// Writes `key = value` for an argument with another key or separator.
    pub(super) fn keep_value(&mut self, written: &str, key: &str) -> Option<()> {
        let own = self.arguments.iter_mut().find(|argument| Self::key(argument) == written)?;
        let value = own.get(own.find('"')?..=own.rfind('"')?)?;
        *own = format!("{key} = {value}");
        Some(())
    }

    /// Replaces a part of the path.
    pub(super) fn replace_in_path(&mut self, (from, to): (&str, &str)) {
        for argument in &mut self.arguments {
            if argument.contains('/') {
                *argument = argument.replacen(from, to, 1);
            }
        }
    }

    /// Removes empty arguments, those without a key, and handlers: `get(list_deals)`.
    pub(super) fn tidy(&mut self) {
        let is_handler = |argument: &str| {
            ["get", "post"].contains(&Self::key(argument)) && !argument.contains(['=', '"'])
        };
        self.arguments.retain(|argument| !Self::key(argument).is_empty() && !is_handler(argument));
    }
}

impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#[{}({})]", self.dialect.name(), self.args())
    }
}

/// The stacks of attributes in a source.
pub(super) fn stacks(source: &str) -> Vec<Stack> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) =
        rest.find("#[unified_endpoint").into_iter().chain(rest.find("#[endpoint")).min()
    {
        let stack = &rest[at..];
        let end =
            stack.find("\n}\n").or_else(|| stack.find(";\n")).map_or(stack.len(), |end| end + 2);
        let (stack, behind) = stack.split_at(end);
        rest = behind;
        if let Ok(tokens) = stack.parse::<TokenStream>() {
            found.push(read(tokens));
        }
    }
    found
}

fn read(tokens: TokenStream) -> Stack {
    let mut attributes = Vec::new();
    let mut item = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let own = match (&token, tokens.peek()) {
            (TokenTree::Punct(punct), Some(TokenTree::Group(group))) if punct.as_char() == '#' => {
                declaration(group.stream())
            }
            _ => None,
        };
        if let Some(own) = own {
            attributes.push(own);
            tokens.next();
        } else {
            item.extend([token]);
        }
    }
    Stack { attributes, item: item.to_string() }
}

fn declaration(attribute: TokenStream) -> Option<Declaration> {
    let mut tokens = attribute.into_iter();
    let name = tokens.next()?.to_string();
    let arguments = match tokens.next() {
        Some(TokenTree::Group(group)) => split(group.stream()),
        _ => Vec::new(),
    };
    Some(Declaration { dialect: Dialect::from_name(&name)?, arguments })
}

/// Splits at commas, and where a comma is missing.
fn split(args: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = args.into_iter().collect();
    let is = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let (mut arguments, mut own, mut depth) = (Vec::new(), TokenStream::new(), 0);
    for (at, token) in tokens.iter().enumerate() {
        if is(at, '<') {
            depth += 1;
        } else if is(at, '>') && (at == 0 || !is(at - 1, '-')) {
            depth -= 1;
        }
        let has_value = own.to_string().contains('=');
        let begins = matches!(token, TokenTree::Ident(_)) && is(at + 1, '=') && has_value;
        if depth <= 0 && (is(at, ',') || is(at, ';') || begins) {
            arguments.push(std::mem::take(&mut own).to_string());
        }
        if !(depth <= 0 && (is(at, ',') || is(at, ';'))) {
            own.extend([token.clone()]);
        }
    }
    arguments.push(own.to_string());
    arguments.retain(|argument| !argument.is_empty());
    arguments
}
