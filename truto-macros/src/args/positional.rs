//! Values without a key: `"GET", "/unified/…"`, `get = "/unified/…"`.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::LitStr;

use super::argument::Argument;
use super::value::Value;
use super::{Key, Reader, VERBS, text};
use crate::args::show::{first_span, found};

impl Reader<'_> {
    /// `get = "/unified/…"`
    pub(super) fn verb(&mut self, argument: &Argument, verb: &str) {
        let span = argument.key.span();
        let method = Value::Text(self.text(Key::Method, verb, span));
        let value = argument.value.as_ref();
        let path = value.and_then(|value| {
            let text = text::intended(Key::Path, value)?;
            let path = self.text(Key::Path, &text, first_span(value));
            path.value().starts_with('/').then_some(path)
        });
        let is_path_given = self.is_taken(Key::Path);
        let path_argument = match &path {
            _ if is_path_given => String::new(),
            Some(path) => format!(", {}", Value::Text(path.clone()).argument(Key::Path)),
            None => format!(", path = \"{}\"", self.dialect.collection()),
        };
        self.errors.help(
            span,
            format!("method `{}` is written as a value", argument.key),
            format!("write `{}{path_argument}`", method.argument(Key::Method)),
        );
        self.raw.set(Key::Method, method);
        self.raw.given.push(Key::Method);
        if !is_path_given {
            self.raw.path = path;
            self.raw.given.push(Key::Path);
        }
    }

    /// `method = "GET /unified/…"`: whether the value holds the path, too.
    pub(super) fn is_whole_route(&mut self, value: &TokenStream) -> bool {
        let text = text::intended(Key::Path, value).unwrap_or_default();
        let (Some(verb), Some(route)) = verb_and_route(&text) else {
            return false;
        };
        if self.is_taken(Key::Path) {
            return false;
        }
        let span = first_span(value);
        let (method, path) =
            (self.text(Key::Method, verb, span), self.text(Key::Path, route, span));
        let [method_argument, path_argument] = [(Key::Method, &method), (Key::Path, &path)]
            .map(|(key, text)| Value::Text(text.clone()).argument(key));
        let help = format!("write `{method_argument}, {path_argument}`");
        let message = "the value of `method` holds the path, too";
        self.errors.help(span, message, help);
        self.raw.set(Key::Method, Value::Text(method));
        self.raw.set(Key::Path, Value::Text(path));
        self.raw.given.push(Key::Path);
        true
    }

    /// A text as the attribute accepts it where that is clear, else as it is.
    fn text(&self, key: Key, text: &str, span: Span) -> LitStr {
        let repaired = text::repaired(self.dialect, key, text);
        LitStr::new(repaired.as_deref().unwrap_or(text), span)
    }

    /// All values without a key, as one mistake.
    pub(super) fn positional(&mut self, values: &[TokenStream]) {
        let Some(first) = values.first() else {
            return;
        };
        let mut method: Option<LitStr> = None;
        let mut path: Option<LitStr> = None;
        for value in values {
            let span = first_span(value);
            let Some(text) = text_of(value) else {
                continue;
            };
            let (verb, route) = verb_and_route(&text);
            if let Some(verb) = verb {
                method = method.or_else(|| Some(self.text(Key::Method, verb, span)));
            }
            if let Some(route) = route {
                path = path.or_else(|| Some(self.text(Key::Path, route, span)));
            }
        }
        let help = self.keyed_form(method.as_ref(), path.as_ref());
        let message = format!("expected a key, found `{}`", found(first));
        self.errors.help(first_span(first), message, help);
        for (key, value) in [(Key::Method, method), (Key::Path, path)] {
            if self.is_taken(key) {
                continue;
            }
            if let Some(value) = value {
                self.raw.set(key, Value::Text(value));
            }
            // The values are the whole declaration.
            self.raw.given.push(key);
        }
    }

    /// The help that gives its keys to a method and a path.
    fn keyed_form(&self, method: Option<&LitStr>, path: Option<&LitStr>) -> String {
        let argument = |key: Key, value: Option<&LitStr>, example: &str| {
            let value = value.map(|value| Value::Text(value.clone()).argument(key));
            value.unwrap_or_else(|| example.to_owned())
        };
        let is_open = |key: Key| !self.is_taken(key);
        let example = format!("path = \"{}\"", self.dialect.collection());
        let method =
            is_open(Key::Method).then(|| argument(Key::Method, method, "method = \"GET\""));
        let path = is_open(Key::Path).then(|| argument(Key::Path, path, &example));
        let parts: Vec<String> = method.into_iter().chain(path).collect();
        if parts.is_empty() {
            "remove it, or write `key = value`".to_owned()
        } else {
            format!("write `{}`", parts.join(", "))
        }
    }
}

/// The text of a value without a key: a literal, a word, an unquoted route.
fn text_of(value: &TokenStream) -> Option<String> {
    let only: Vec<TokenTree> = value.clone().into_iter().collect();
    match &*only {
        [TokenTree::Ident(word)] => Some(word.to_string()),
        _ => text::intended(Key::Path, value),
    }
}

/// `GET /unified/…` in one text, or one of the two.
fn verb_and_route(text: &str) -> (Option<&'static str>, Option<&str>) {
    let text = text.trim();
    let upper = |word: &str| {
        let at = VERBS.iter().position(|verb| word.eq_ignore_ascii_case(verb))?;
        ["GET", "POST", "PATCH", "PUT", "DELETE"].get(at).copied()
    };
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match (upper(first), rest.trim()) {
        (verb @ Some(_), "") => (verb, None),
        (verb @ Some(_), route) => (verb, Some(route).filter(|route| route.starts_with('/'))),
        (None, _) => (None, Some(text).filter(|text| text.starts_with('/'))),
    }
}
