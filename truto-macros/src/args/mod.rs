//! The arguments of one attribute, as far as they could be read.

mod argument;
mod key;
mod lifetimes;
mod mistake;
mod parts;
mod positional;
mod prose;
mod reader;
mod show;
mod split;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod unknown;
mod value;
mod words;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{LitStr, Type};

pub(crate) use self::key::Key;
use self::reader::Reader;
pub(crate) use self::show::compact;
use self::value::Value;
use crate::diag::Errors;
use crate::dialect::Dialect;

/// Methods, in lower case, which may be written as a key.
const VERBS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

#[derive(Default)]
pub(crate) struct RawArgs {
    pub(crate) method: Option<LitStr>,
    pub(crate) path: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) query: Option<Type>,
    pub(crate) body: Option<Type>,
    pub(crate) response: Option<Type>,
    pub(crate) doc: Option<LitStr>,
    /// The span of `safe = true`.
    pub(crate) safe: Option<Span>,
    /// Names of placeholders.
    pub(crate) secret: Option<LitStr>,
    pub(crate) krate: Option<syn::Path>,
    /// Keys that were written, or that a written word was meant as, even if the value cannot be read.
    given: Vec<Key>,
}

/// Reads all arguments; mistakes are reported, and repaired where the intention is clear.
pub(crate) fn parse(dialect: Dialect, args: TokenStream, errors: &mut Errors) -> RawArgs {
    Reader::read_all(dialect, args, errors)
}

/// The keys as written, known or not, and the path in `crate = …`, if any.
pub(crate) fn written(args: TokenStream) -> (Vec<Ident>, Option<syn::Path>) {
    // Another pass reports the mistakes.
    let (mut mistakes, mut more) = (Errors::default(), Errors::default());
    let items = split::split(args.clone(), &mut mistakes);
    let krate = parse(Dialect::Any, args, &mut more).krate;
    mistakes.discard();
    more.discard();
    let keys = items.into_iter().filter_map(|item| match item {
        split::Item::Keyed(argument) => Some(argument.key),
        _ => None,
    });
    (keys.collect(), krate)
}

impl RawArgs {
    /// True for a key that was written, even wrongly: its mistake is reported, its absence is not.
    pub(crate) fn is_given(&self, key: Key) -> bool {
        self.given.contains(&key)
    }

    fn set(&mut self, key: Key, value: Value) {
        match (key, value) {
            (Key::Method, Value::Text(text)) => self.method = Some(text),
            (Key::Path, Value::Text(text)) => self.path = Some(text),
            (Key::Name, Value::Text(text)) => self.name = Some(text),
            (Key::Doc, Value::Text(text)) => self.doc = Some(text),
            (Key::Query, Value::Type(ty)) => self.query = Some(*ty),
            (Key::Body, Value::Type(ty)) => self.body = Some(*ty),
            (Key::Response, Value::Type(ty)) => self.response = Some(*ty),
            (Key::Safe, Value::Flag(span)) => self.safe = Some(span),
            (Key::Secret, Value::Text(text)) => self.secret = Some(text),
            (Key::Crate, Value::ModulePath(path)) => self.krate = Some(path),
            // Each key is read as its own kind of value.
            _ => {}
        }
    }

    fn get(&self, key: Key) -> Option<Value> {
        match key {
            Key::Method => self.method.clone().map(Value::Text),
            Key::Path => self.path.clone().map(Value::Text),
            Key::Name => self.name.clone().map(Value::Text),
            Key::Doc => self.doc.clone().map(Value::Text),
            Key::Query => self.query.clone().map(Box::new).map(Value::Type),
            Key::Body => self.body.clone().map(Box::new).map(Value::Type),
            Key::Response => self.response.clone().map(Box::new).map(Value::Type),
            Key::Safe => self.safe.map(Value::Flag),
            Key::Secret => self.secret.clone().map(Value::Text),
            Key::Crate => self.krate.clone().map(Value::ModulePath),
        }
    }
}
