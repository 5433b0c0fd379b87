//! The arguments of one attribute, as far as they could be read.

mod key;
mod split;
mod value;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::{Ident, LitStr, Type};

pub(crate) use self::key::Key;
use self::split::{Argument, split};
use self::value::{a_path, a_type, text, truth};
use crate::diag::{Errors, closest, helped};
use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// Methods that some write as a key.
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
    /// Where `safe = true` stands.
    pub(crate) safe: Option<Span>,
    pub(crate) krate: Option<syn::Path>,
    /// Keys that were given, whether or not their value could be read.
    given: Vec<Key>,
    /// Keys that were meant by something else.
    meant: Vec<Key>,
}

/// Reads all arguments; what is wrong is reported, and kept as far as it is clear what was meant.
pub(crate) fn parse(dialect: Dialect, args: TokenStream, errors: &mut Errors) -> RawArgs {
    let mut raw = RawArgs::default();
    for argument in split(dialect, args, errors) {
        match argument {
            Argument::Keyed(key, value) => raw.keyed(dialect, &key, value, errors),
            Argument::Bare(literal) => raw.bare(dialect, &literal, errors),
        }
    }
    raw
}

impl RawArgs {
    /// Whether a key was given, so that it is not reported as missing on top of what is wrong with it.
    pub(crate) fn is_given(&self, key: Key) -> bool {
        self.given.contains(&key) || self.meant.contains(&key)
    }

    fn keyed(
        &mut self,
        dialect: Dialect,
        written: &Ident,
        value: Option<TokenStream>,
        errors: &mut Errors,
    ) {
        let name = written.unraw().to_string();
        if let Some(key) = Key::of(&name) {
            if self.given.contains(&key) {
                errors.help(
                    written.span(),
                    format!("duplicate key `{name}`"),
                    format!("remove one of the two `{name}`"),
                );
                return;
            }
            self.given.push(key);
            self.set(dialect, key, written, value, errors);
            return;
        }
        let meant = if let Some(meant) = Key::of_alias(&name) {
            errors.help(
                written.span(),
                format!("`{name}` is called `{}` here", meant.name()),
                format!("write `{}`", meant.example(dialect)),
            );
            meant
        } else if VERBS.contains(&name.to_lowercase().as_str()) {
            self.verb(dialect, written, &name, value, errors);
            return;
        } else if let Some(near) = closest(&name, &Key::names()) {
            errors.help(
                written.span(),
                format!("unknown key `{name}`"),
                format!("did you mean `{near}`?"),
            );
            match Key::of(near) {
                Some(meant) => meant,
                None => return,
            }
        } else {
            let names = Key::names().join("`, `");
            errors.help(
                written.span(),
                format!("unknown key `{name}`"),
                format!("the keys are `{names}`"),
            );
            return;
        };
        if !self.is_given(meant) {
            self.meant.push(meant);
            // The name was told already; of the value only what is wrong with it.
            if value.is_some() {
                self.set(dialect, meant, written, value, errors);
            }
        }
    }

    /// `get = "/unified/…"`
    fn verb(
        &mut self,
        dialect: Dialect,
        key: &Ident,
        name: &str,
        value: Option<TokenStream>,
        errors: &mut Errors,
    ) {
        let verb = name.to_uppercase();
        let path: Option<LitStr> = value.and_then(|value| syn::parse2(value).ok());
        let shown = match &path {
            Some(path) => path.value().escape_debug().to_string(),
            None => dialect.collection().to_owned(),
        };
        errors.help(
            key.span(),
            format!("method `{name}` is written as a value"),
            format!("write `method = \"{verb}\", path = \"{shown}\"`"),
        );
        self.meant.extend([Key::Method, Key::Path]);
        let method = LitStr::new(&verb, key.span());
        self.method = self.method.take().or(Some(method));
        self.path = self.path.take().or(path);
    }

    /// A literal without a key: `"GET /unified/…"` says both.
    fn bare(&mut self, dialect: Dialect, literal: &TokenTree, errors: &mut Errors) {
        let text: Option<LitStr> = syn::parse2(literal.clone().into()).ok();
        let value = text.as_ref().map(LitStr::value).unwrap_or_default();
        let parts = match value.split_once(' ') {
            Some((verb, path)) => (verb.trim(), path.trim()),
            None if value.starts_with('/') => ("", &*value),
            None => ("", ""),
        };
        let is_verb = VERBS.contains(&parts.0.to_lowercase().as_str());
        let help = match (is_verb, parts.1.starts_with('/')) {
            (true, true) => format!(
                "write `method = \"{}\", path = \"{}\"`",
                parts.0.to_uppercase(),
                parts.1.escape_debug()
            ),
            (false, true) => {
                format!("write `method = \"GET\", path = \"{}\"`", parts.1.escape_debug())
            }
            _ => format!("write `{}`", dialect.example()),
        };
        let message = format!("expected a key, found `{}`", crate::diag::shown(literal));
        errors.help(literal.span(), message, help);
        if is_verb {
            self.method =
                self.method.take().or(Some(LitStr::new(&parts.0.to_uppercase(), literal.span())));
        }
        if parts.1.starts_with('/') {
            let path = LitStr::new(parts.1, literal.span());
            self.path = self.path.take().or(Some(path));
        }
        // A bare text was meant as the whole declaration.
        self.meant.extend([Key::Method, Key::Path]);
    }

    fn set(
        &mut self,
        dialect: Dialect,
        key: Key,
        written: &Ident,
        value: Option<TokenStream>,
        errors: &mut Errors,
    ) {
        let Some(value) = value else {
            errors.push(helped(
                written.span(),
                &format!("key `{}` has no value", key.name()),
                &format!("write `{}`", key.example(dialect)),
            ));
            return;
        };
        match key {
            Key::Method => take(&mut self.method, text(dialect, key, &value), errors),
            Key::Path => take(&mut self.path, text(dialect, key, &value), errors),
            Key::Name => take(&mut self.name, text(dialect, key, &value), errors),
            Key::Doc => take(&mut self.doc, text(dialect, key, &value), errors),
            Key::Query => take(&mut self.query, a_type(dialect, key, &value), errors),
            Key::Body => take(&mut self.body, a_type(dialect, key, &value), errors),
            Key::Response => take(&mut self.response, a_type(dialect, key, &value), errors),
            Key::Safe => take(&mut self.safe, truth(value), errors),
            Key::Crate => take(&mut self.krate, a_path(dialect, value), errors),
        }
    }
}

fn take<T>(slot: &mut Option<T>, read: Recovered<T>, errors: &mut Errors) {
    *slot = read.value;
    for error in read.errors {
        errors.push(error);
    }
}
