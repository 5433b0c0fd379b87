//! Values without a key: `"GET", "/unified/…"`, `get = "/unified/…"`.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::LitStr;

use super::argument::Argument;
use super::show::{first_span, found};
use super::split::{Item, split};
use super::value::Value;
use super::{Key, Reader, VERBS, text};
use crate::diag::Errors;
use crate::dialect::Dialect;

impl Reader<'_> {
    /// `get = "/unified/…"`, and `get("/unified/…", query = T)`
    pub(super) fn verb(&mut self, argument: Argument, verb: &str) {
        let span = argument.key.span();
        let (value, others) = first_of(argument.value);
        let path = value.and_then(|value| {
            let text = text::intended(Key::Path, &value)?;
            let path = self.text(Key::Path, &text, first_span(&value));
            path.value().starts_with('/').then_some(path)
        });
        // Only these routes take `PUT`.
        let is_custom = path.as_ref().is_none_or(|path| path.value().starts_with("/custom/"));
        let verb = if verb == "put" && !is_custom { "patch" } else { verb };
        let method = Value::Text(self.text(Key::Method, verb, span));
        self.raw.given.push(Key::Method);
        let mut arguments = vec![method.argument(Key::Method)];
        if !self.is_taken(Key::Path) {
            let example = format!("path = \"{}\"", self.dialect.collection());
            let written = path.clone().map(|path| Value::Text(path).argument(Key::Path));
            arguments.push(written.unwrap_or(example));
            self.raw.path = path;
            self.raw.given.push(Key::Path);
        }
        for other in others {
            let key = Key::of(&other.key.to_string());
            self.keyed(other);
            arguments.extend(key.and_then(|key| Some(self.raw.get(key)?.argument(key))));
        }
        self.raw.set(Key::Method, method);
        self.errors.help(
            span,
            format!("method `{}` must be the value of `method`", argument.key),
            format!("write `{}`", arguments.join(", ")),
        );
    }

    /// `method = "GET /unified/…"`: reads the path from the value, too; false if it has none.
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
        let message = "the value of `method` also contains the path";
        self.errors.help(span, message, help);
        self.raw.set(Key::Method, Value::Text(method));
        self.raw.set(Key::Path, Value::Text(path));
        self.raw.given.push(Key::Path);
        true
    }

    /// A text in the form that the attribute accepts, or unchanged if that form is not clear.
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
        let texts = values.iter().flat_map(|value| {
            texts_of(value).into_iter().map(move |text| (text, first_span(value)))
        });
        let texts: Vec<(String, Span)> = texts.collect();
        let words: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        // `"crm", "deals", "list"`
        if let ([model, resource, rest @ ..], Dialect::Unified) = (&*words, self.dialect) {
            let is_part =
                |word: &str| word.contains(char::is_alphanumeric) && !word.contains(['/', ' ']);
            if rest.len() < 2 && words.iter().all(|word| is_part(word)) && !VERBS.contains(model) {
                let route = format!("/unified/{model}/{resource}");
                path = Some(self.text(Key::Path, &route, first_span(first)));
                let verb =
                    rest.first().and_then(|verb| text::repaired(self.dialect, Key::Method, verb));
                method = verb.map(|verb| LitStr::new(&verb, first_span(first)));
            }
        }
        for (text, span) in &texts {
            let span = *span;
            let (verb, route) = verb_and_route(text);
            if let Some(verb) = verb {
                method = method.or_else(|| Some(self.text(Key::Method, verb, span)));
            }
            if let Some(route) = route {
                path = path.or_else(|| Some(self.text(Key::Path, route, span)));
            }
        }
        if method.is_none() && path.is_some() {
            // The help shows one of the methods that fit, and calls should not be wrong on top.
            let verb = if self.is_taken(Key::Body) { "POST" } else { "GET" };
            method = Some(LitStr::new(verb, first_span(first)));
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
            // Values without keys are the whole declaration, so neither key is missing.
            self.raw.given.push(key);
        }
    }

    /// The help that gives its keys to a method and a path.
    fn keyed_form(&self, method: Option<&LitStr>, path: Option<&LitStr>) -> String {
        let argument = |key: Key, value: Option<&LitStr>, example: &str| {
            let value = value.map(|value| Value::Text(value.clone()));
            let value = self.raw.get(key).or(value).map(|value| value.argument(key));
            value.unwrap_or_else(|| example.to_owned())
        };
        let is_open = |key: Key| !self.is_taken(key) || self.reformed.contains(&key);
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

/// The value of a method, and the arguments after it in the same brackets.
fn first_of(value: Option<TokenStream>) -> (Option<TokenStream>, Vec<Argument>) {
    let Some(value) = value else {
        return (None, Vec::new());
    };
    let mut unread = Errors::default();
    let mut items = split(value.clone(), &mut unread).into_iter();
    // The argument as a whole is one mistake, and its help shows these values repaired.
    unread.discard();
    match items.next() {
        Some(Item::Positional(first)) => {
            let arguments = items.filter_map(|item| match item {
                Item::Keyed(argument) => Some(argument),
                _ => None,
            });
            (Some(first), arguments.collect())
        }
        _ => (Some(value), Vec::new()),
    }
}

/// The texts of a value without a key: literals, a word, an unquoted route.
fn texts_of(value: &TokenStream) -> Vec<String> {
    let only: Vec<TokenTree> = value.clone().into_iter().collect();
    match &*only {
        [TokenTree::Ident(word)] => vec![word.to_string()],
        _ if text::is_quoted(value) => text::literals(value),
        _ => text::intended(Key::Path, value).into_iter().collect(),
    }
}

/// `GET /unified/…` in one text, or one of the two.
fn verb_and_route(text: &str) -> (Option<&'static str>, Option<&str>) {
    let text = text.trim();
    let upper = |word: &str| {
        let at = VERBS.iter().position(|verb| word.eq_ignore_ascii_case(verb))?;
        ["GET", "POST", "PATCH", "PUT", "DELETE"].get(at).copied()
    };
    let is_route = |route: &&str| route.contains('/');
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match upper(first) {
        Some(verb) => (Some(verb), Some(rest.trim()).filter(is_route)),
        None => (None, Some(text).filter(is_route)),
    }
}
